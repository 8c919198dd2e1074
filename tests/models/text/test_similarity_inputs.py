import json

import numpy as np
import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.text.evaluation import pearson, spearman
from models.text.graded_pairs import MAX_PAIRS, GradedColumns, guess_columns, read_graded_pairs
from models.text.sentence_lists import MAX_SENTENCES, join_lists, read_sentences, sentences_from_lines
from models.text.sts import sts_score

SCRIPTS = "القطة نائمة\n猫は眠っている\nแมวกำลังนอน\nThe cat sleeps.\n\n  \n고양이가 자고 있다"


def test_a_line_is_a_sentence_with_its_language_and_place() -> None:
    found = sentences_from_lines(SCRIPTS)
    assert [(s.language, s.place) for s in found.sentences] == [
        ("ar", "line 1"),
        ("ja", "line 2"),
        ("th", "line 3"),
        ("en", "line 4"),
        ("ko", "line 7"),
    ]
    assert found.notes == []


def test_lines_of_a_file_are_not_joined_though_they_look_wrapped() -> None:
    lines = [f"this line number {n} has no full stop and is as long as the others" for n in range(20)]
    for end in ("\n", "\r\n"):
        found = read_sentences("wrapped.txt", end.join(lines).encode())
        assert [s.text for s in found.sentences] == lines


def test_ten_thousand_sentences_are_cut_with_a_word() -> None:
    found = sentences_from_lines("\n".join(f"猫 {n}" for n in range(10_000)), "cats.txt")
    assert len(found.sentences) == MAX_SENTENCES
    assert found.notes == [
        "cats.txt has 10,000 sentences, and 2,000 can be compared at a time: the first 2,000 are used. "
        "Split the list to compare the others."
    ]


def test_a_sentence_of_a_megabyte_is_left_out_with_its_line() -> None:
    text = "short one\n" + "long " * 200_000 + "\nshort two"
    found = read_sentences("long.txt", text.encode())
    assert [s.text for s in found.sentences] == ["short one", "short two"]
    assert "Line 2 of long.txt is longer than 2,000 characters" in found.notes[0]
    table = read_sentences("long.csv", f"text\nshort one\n{'long ' * 1000}\nshort two\n".encode())
    assert [s.text for s in table.sentences] == ["short one", "short two"]
    assert any("Row" in note and "long.csv is longer" in note for note in table.notes)


def test_a_file_with_nothing_but_a_long_line_is_refused_by_name() -> None:
    with pytest.raises(UnreadableFileError, match=r"only\.txt has no sentence that can be compared\. Line 1 of only"):
        read_sentences("only.txt", b"x" * 1_000_000)


def test_prose_is_split_into_sentences_and_tables_into_rows() -> None:
    prose = read_sentences("story.md", b"# Cats\n\nThe cat sleeps. The dog barks! Who is there?")
    assert [s.text for s in prose.sentences][-3:] == ["The cat sleeps.", "The dog barks!", "Who is there?"]
    table = read_sentences("rows.csv", b"id,say\n1,The cat sleeps. It snores.\n2,Der Hund bellt.\n", "say")
    assert [s.text for s in table.sentences] == ["The cat sleeps. It snores.", "Der Hund bellt."]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", "empty.txt"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture.txt is not a text file"),
        ("noise.csv", bytes(range(256)) * 10, "noise.csv"),
        ("model.bin", b"abc", "model.bin"),
        ("rules.txt", b"---\n***\n", "rules.txt has no sentence"),
    ],
)
def test_unreadable_files_are_named(name: str, data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_sentences(name, data)


def test_lists_are_joined_with_their_notes_and_duplicates_counted() -> None:
    one, other = sentences_from_lines("a cat\na dog"), sentences_from_lines("a cat\na cow")
    joined = join_lists([one, other], "List A")
    assert [s.text for s in joined.sentences] == ["a cat", "a dog", "a cat", "a cow"]
    assert joined.notes == ["List A repeats a sentence; identical sentences have a similarity of 1."]
    assert join_lists([], "List A").sentences == []
    many = sentences_from_lines("\n".join(f"猫 {n}" for n in range(1500)))
    assert "List A has 3,000 sentences" in " ".join(join_lists([many, many], "List A").notes)


STS = "sentence1,sentence2,score\nA man sings.,A man is singing.,4.8\nA dog runs.,A cat sleeps.,0.5\n"


def test_graded_pairs_are_found_by_themselves() -> None:
    pairs = read_graded_pairs("sts.csv", STS.encode())
    assert pairs.first == ["A man sings.", "A dog runs."]
    assert pairs.gold.tolist() == [4.8, 0.5] and pairs.notes == []


def test_the_format_of_the_sts_benchmark_without_header_is_understood() -> None:
    rows = [
        "main-captions\tMSRvid\t2012test\t0001\t5.000\tA plane is taking off.\tAn air plane is taking off.",
        'main-captions\tMSRvid\t2012test\t0004\t3.800\tA man plays a "large flute.\tA man plays a flute.',
        "main-news\theadlines\t2015\t0005\t1.2\tStocks fall in London\tA cat sits on the mat",
    ]
    pairs = read_graded_pairs("sts-test.tsv", "\n".join(rows).encode())
    assert pairs.gold.tolist() == [5.0, 3.8, 1.2]
    assert pairs.first[1] == 'A man plays a "large flute.' and pairs.second[2] == "A cat sits on the mat"


def test_json_lines_and_decimal_commas() -> None:
    lines = [{"a": "One cat", "b": "A cat", "gold": "4,5"}, {"a": "A dog", "b": "The sea", "gold": "0,2"}]
    pairs = read_graded_pairs("sts.jsonl", "\n".join(map(json.dumps, lines)).encode())
    assert pairs.gold.tolist() == [4.5, 0.2]


def test_rows_without_a_number_are_left_out_and_named() -> None:
    bad = STS + "A bird flies.,A bird sings.,NaN\nOne,Two,\nOne,,3\nThe end.,The start.,inf\nLast one.,The last.,4\n"
    pairs = read_graded_pairs("sts.csv", bad.encode())
    assert pairs.gold.tolist() == [4.8, 0.5, 4.0]
    assert pairs.notes[-1].startswith("4 rows of sts.csv lack a sentence or a score")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("text\nonly one column\nof text\n", "sts.csv has no two columns of text and one of numbers"),
        ("a,b\none,two\nthree,four\n", "sts.csv has no two columns"),
        ("a,b,score\none,two,high\nthree,four,low\n", "sts.csv has no two columns"),
        ("a,b,score\none,two,NaN\nthree,four,5\n", "sts.csv"),
    ],
)
def test_wrong_columns_are_said_with_the_name_of_the_file(data: str, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_graded_pairs("sts.csv", data.encode())


def test_chosen_columns_are_checked() -> None:
    with pytest.raises(UnreadableFileError, match='no column "grade"'):
        read_graded_pairs("sts.csv", STS.encode(), GradedColumns("sentence1", "sentence2", "grade"))
    with pytest.raises(InvalidInputError, match="three different columns"):
        read_graded_pairs("sts.csv", STS.encode(), GradedColumns("sentence1", "sentence1", "score"))
    with pytest.raises(UnreadableFileError, match=r"notes\.txt is not a table"):
        guess_columns("notes.txt", b"a line")


def test_long_files_of_pairs_are_cut_with_a_word() -> None:
    rows = "".join(f"A cat number {n},Cat {n} is here,{n % 6}\n" for n in range(MAX_PAIRS + 3))
    pairs = read_graded_pairs("long.csv", ("one,two,score\n" + rows).encode())
    assert len(pairs.gold) == MAX_PAIRS and pairs.notes == ["long.csv is longer: the first 5,000 pairs are compared."]


def test_the_score_is_that_of_scipy() -> None:
    from scipy import stats

    rng = np.random.default_rng(0)
    gold, similarity = rng.integers(0, 6, 200).astype(float), rng.random(200, dtype=np.float32)
    score = sts_score(gold, similarity)
    assert score.pearson == pytest.approx(stats.pearsonr(gold, similarity)[0], abs=1e-6)
    assert score.spearman == pytest.approx(stats.spearmanr(gold, similarity)[0], abs=1e-6)
    assert (score.pearson, score.spearman) == (pearson(gold, similarity), spearman(gold, similarity))
    with pytest.raises(InvalidInputError, match="All 3 pairs have the score 2"):
        sts_score([2, 2, 2], similarity[:3])
