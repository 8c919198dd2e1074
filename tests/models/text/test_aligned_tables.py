import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.text.aligned_tables import aligned_columns, column_language, read_aligned

TABLE = """en,Deutsch,العربية
The cat sleeps on the sofa,Die Katze schläft auf dem Sofa,القطة تنام على الأريكة
Rain falls on the roof,,المطر يهطل على السقف
The bread is fresh today,Das Brot ist heute frisch,الخبز طازج اليوم
"""


def test_rows_become_topics_and_columns_languages() -> None:
    passages = read_aligned("pairs.csv", TABLE.encode(), ["en", "Deutsch"])
    assert [(p.language, p.topic) for p in passages] == [("en", "2"), ("de", "2"), ("en", "4"), ("de", "4")]
    assert passages[1].text == "Die Katze schläft auf dem Sofa"
    assert passages[0].document == "pairs.csv"


def test_all_columns() -> None:
    assert aligned_columns("pairs.csv", TABLE.encode()) == ["en", "Deutsch", "العربية"]
    assert {p.language for p in read_aligned("pairs.csv", TABLE.encode(), ["en", "Deutsch", "العربية"])} == {
        "en",
        "de",
        "ar",
    }


def test_tabs() -> None:
    data = "source\ttarget\nThe weather is fine today\tHeute ist das Wetter schön\nWe go home\tWir gehen nach Hause\n"
    passages = read_aligned("pairs.tsv", data.encode(), ["source", "target"])
    assert [p.language for p in passages] == ["en", "de", "en", "de"]


def test_language_of_a_column() -> None:
    assert column_language("zh-TW", ["anything"]) == "zh_tw"
    assert column_language("Thai", ["anything"]) == "th"
    assert column_language("target", ["Heute ist das Wetter schön", "Wir gehen nach Hause"]) == "de"
    assert column_language("Suomi", ["123", "456"]) == "Suomi"


def test_one_column_is_not_enough() -> None:
    with pytest.raises(UnreadableFileError, match=r"one\.csv has no second column"):
        aligned_columns("one.csv", b"text\nfirst\nsecond\n")
    with pytest.raises(InvalidInputError, match="at least two"):
        read_aligned("pairs.csv", TABLE.encode(), ["en"])


def test_two_columns_in_one_language() -> None:
    data = b"first,second\nThe cat sleeps on the sofa,A cat is sleeping\nThe bread is fresh,This bread is fresh\n"
    with pytest.raises(InvalidInputError, match="same language"):
        read_aligned("same.csv", data, ["first", "second"])


def test_too_few_complete_rows() -> None:
    with pytest.raises(UnreadableFileError, match="fewer than two rows"):
        read_aligned("pairs.csv", b"en,de\nOne,Eins\nTwo,\n", ["en", "de"])
