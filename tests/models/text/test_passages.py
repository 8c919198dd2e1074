import time
from itertools import pairwise

import pytest

from models.errors import InvalidInputError
from models.languages import LANGUAGES
from models.text.passages import Passage, sentence_spans, split_into_passages, split_sentences
from tests.models.text.file_makers import TEXTS

SENTENCES = {
    "ar": ["وصل د. أحمد إلى القاهرة.", "هل أنت بخير؟", "نعم!", "السعر 3.5 دولار."],
    "de": [
        "Das ist z.B. ein Test, d. h. nichts Ernstes.",
        "Am 3. Oktober kam Prof. Müller.",
        "„Warum?“, fragte er.",
        "Ja!",
    ],
    "en": [
        "Dr. Smith paid $3.50 to J. R. Jones.",
        'He asked: "Why?"',
        "See example.org, e.g. today.",
        "Then he slept... and woke.",
    ],
    "es": ["¿Cómo está la Sra. López?", "¡Muy bien!", "Vive en la Av. Colón 3.", "Fin."],
    "fr": ["M. Dupont est arrivé.", "Il a dit : « Bonjour ! »", "Puis il est parti.", "Quel prix ?", "3.50 euros."],
    "it": ["Il dott. Rossi abita qui.", "Costa 1.000 euro.", "Perché?", "Non so."],
    "ja": ["今日は晴れです。", "「そうですね。」と彼は言った。", "本当？", "価格は3.5円です。"],
    "ko": ["오늘은 날씨가 좋습니다.", "가격은 3.5달러입니다.", "정말요?", "네!"],
    "nl": ["Dhr. Jansen komt, d.w.z. Misschien.", "Het is laat.", "Gaat u mee?"],
    "pl": ["Mieszkam przy ul. Długiej.", "Było to 3. maja, tzn. Wczoraj.", "Dlaczego?", "Nie wiem."],
    "pt": ["O Sr. Silva mora na Av. Paulista.", "Custa 3.5 reais.", "Tudo bem?"],
    "ru": ["Он жил на ул. Ленина в г. Москве.", "А. С. Пушкин писал стихи, т. е. Много.", "Почему?", "Не знаю."],
    "tr": ["Prof. Dr. Yılmaz geldi.", "29. Ekim kutlandı.", "Nasılsın?", "İyiyim."],
    "zh": ["今天天气很好。", "价格是3.5元！", "真的？", "他说：“你好吗？”", "她笑了。"],
    "zh_tw": ["今天天氣很好。", "價格是3.5元！", "真的？", "他說：「你好嗎？」", "她笑了。"],
}
UNSPACED = {"ja", "zh", "zh_tw"}


@pytest.mark.parametrize("language", SENTENCES)
def test_sentences_are_found_and_abbreviations_and_decimals_are_not_split(language):
    text = ("" if language in UNSPACED else " ").join(SENTENCES[language])
    assert split_sentences(text, language) == SENTENCES[language]


def test_thai_is_split_at_spaces_between_clauses_but_not_around_numbers_and_foreign_words():
    text = "วันนี้อากาศดีมากและท้องฟ้าแจ่มใสทั้งวันเลย เราจึงไปเที่ยวทะเลกับครอบครัวที่หัวหิน ราคา 350 บาท\nบรรทัดใหม่"
    assert split_sentences(text, "th") == [
        "วันนี้อากาศดีมากและท้องฟ้าแจ่มใสทั้งวันเลย",
        "เราจึงไปเที่ยวทะเลกับครอบครัวที่หัวหิน ราคา 350 บาท",
        "บรรทัดใหม่",
    ]


def test_numbers_of_a_list_stay_with_what_they_number():
    assert split_sentences("1. Open the lid. 2. Close it.", "en") == ["1. Open the lid.", "2. Close it."]


@pytest.mark.parametrize("language", LANGUAGES)
def test_spans_are_ordered_and_lose_nothing(language):
    text = f"  {TEXTS[language]}\n\n{TEXTS['en']}  "
    spans = sentence_spans(text, language)
    assert len(spans) >= 3
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", "  \n\n ", "\n"])
def test_nothing_has_no_sentences_and_no_passages(text):
    assert sentence_spans(text, "en") == []
    assert split_into_passages(text, "a.txt") == []


@pytest.mark.parametrize("text", [". " * 200_000, "\n" * 200_000, " " * 200_000 + "ก", "ก " * 100_000, '"' * 200_000])
@pytest.mark.parametrize("language", ["en", "th"])
def test_hostile_text_takes_linear_time(text, language):
    started = time.perf_counter()
    sentence_spans(text, language)
    assert time.perf_counter() - started < 10


def test_paragraphs_keep_their_line_language_and_position():
    text = f"{TEXTS['de']}\n\n\n{TEXTS['th']}\n\n{TEXTS['ar']}"
    passages = split_into_passages(text, "mixed.txt", topic="library")
    assert [(p.line, p.place, p.language, p.position) for p in passages] == [
        (1, "line 1", "de", 0),
        (4, "line 4", "th", 1),
        (6, "line 6", "ar", 2),
    ]
    assert {(p.document, p.topic) for p in passages} == {("mixed.txt", "library")}


def test_hard_wrapped_lines_are_joined_and_separate_lines_are_not():
    wrapped = (
        "This paragraph was written in an editor that\nbreaks the lines at a certain width, which has\nno meaning."
    )
    assert [p.text for p in split_into_passages(wrapped)] == [wrapped.replace("\n", " ")]
    lines = "Solar power\nEnergía solar\nالطاقة الشمسية"
    assert [p.text for p in split_into_passages(lines)] == lines.split("\n")
    items = "- bread from the baker around the corner, if\n- milk from the farm on the hill behind the\n- salt"
    assert len(split_into_passages(items)) == 3


def test_wrapped_lines_without_spaces_between_words_are_joined_without_a_space():
    sentence = (
        "市立図書館は町の中心にあります。日曜日を除いて毎日開いていますが、祝日の前の日は早く閉まることがありますから"
    )
    wrapped = "\n".join((sentence[:35], sentence[35:]))
    assert [p.text for p in split_into_passages(wrapped)] == [sentence]


@pytest.mark.parametrize("language", LANGUAGES)
def test_long_paragraphs_are_split_at_sentences_and_nothing_is_lost(language):
    joiner = "" if language in UNSPACED else " "
    text = joiner.join([TEXTS[language]] * 12)
    passages = split_into_passages(text, max_chars=200)
    assert len(passages) > 2
    assert all(len(p.text) <= 200 for p in passages)
    assert "".join("".join(p.text.split()) for p in passages) == "".join(text.split())
    assert [p.position for p in passages] == list(range(len(passages)))
    assert {p.language for p in passages} == {language}
    if language != "th":
        assert all(p.text.endswith((".", "?", "!", "。", "？", "？", "؟")) for p in passages)


def test_passages_of_a_wrapped_paragraph_know_the_line_on_which_they_start():
    lines = ["these words fill the line up to its very end,"] * 40
    passages = split_into_passages("\n".join(lines), max_chars=200)
    assert passages[0].line == 1
    assert [p.line for p in passages] == sorted({p.line for p in passages})
    assert passages[-1].line > 30


def test_a_sentence_without_any_boundary_is_cut_between_whole_characters():
    word = "é" * 2_000  # e and a combining accent
    passages = split_into_passages(word, max_chars=101)
    assert "".join(p.text for p in passages) == word
    assert all(not p.text.startswith("\u0301") for p in passages)


def test_a_long_clause_is_cut_after_a_comma_when_there_is_one():
    text = ("one two three four five six, " * 20).strip()
    assert all(p.text.endswith(",") for p in split_into_passages(text, max_chars=100)[:-1])


def test_a_line_of_a_million_characters_is_split_quickly():
    started = time.perf_counter()
    passages = split_into_passages("word " * 200_000)
    assert sum(len(p.text) + 1 for p in passages) == 1_000_000
    assert time.perf_counter() - started < 20


def test_invisible_characters_are_dropped_and_markup_is_kept():
    (passage,) = split_into_passages("\ufeffA\x00 <script>alert(1)</script>\u00ad \ud800 text\x07")
    assert passage.text == "A <script>alert(1)</script> \ufffd text"
    passage.text.encode("utf8")


def test_lines_without_letters_or_digits_make_no_passage():
    assert [p.text for p in split_into_passages("Title\n=====\n\n* * *\n\n12")] == ["Title", "12"]


def test_a_passage_can_be_made_of_its_text_alone():
    assert Passage("Hello") == Passage("Hello", "Pasted text", "", 0, "und", 0, None)


def test_a_silly_length_is_refused():
    with pytest.raises(InvalidInputError, match="at least 40"):
        split_into_passages("Hello", max_chars=0)
