import numpy as np
import pytest

from models.errors import InvalidInputError, UnreadableFileError
from models.feature_inputs import NamedFile
from models.feature_inputs.items import Item
from models.feature_inputs.texts import read_texts, short
from tests.models.feature_inputs.makers import picture


def test_string_is_one_text() -> None:
    (prepared,) = read_texts(Item("", "Ein Satz. Noch einer."))
    assert prepared.value == "Ein Satz. Noch einer." and prepared.name == prepared.value and prepared.notes == ()


def test_document_is_one_text_a_passage() -> None:
    prepared = read_texts(Item("notes.txt", NamedFile("notes.txt", b"First paragraph.\n\nSecond paragraph.\n")))
    assert [one.value for one in prepared] == ["First paragraph.", "Second paragraph."]
    assert prepared[0].name == "notes.txt, line 1"


def test_bytes_without_a_name_are_one_text() -> None:
    (prepared,) = read_texts(Item("", NamedFile("", "Grüße\naus Köln".encode("utf-16"))))
    assert prepared.value == "Grüße\naus Köln"


def test_long_text_is_cut_with_a_note() -> None:
    (prepared,) = read_texts(Item("", "x" * 50), max_length=20)
    assert prepared.value == "x" * 20 and prepared.notes == ("Cut from 50 to 20 characters.",)


def test_empty_text_is_noted() -> None:
    assert "vector is zero" in read_texts(Item("", " \n"))[0].notes[0]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (NamedFile("sun.txt", picture(np.zeros((8, 8, 3), np.uint8))), r"sun\.txt is a PNG picture, not a text"),
        (NamedFile("empty.txt", b""), r"empty\.txt is empty"),
        (NamedFile("empty", b"  "), "empty is empty"),
        (NamedFile("noise", bytes(range(256)) * 9), "binary data"),
    ],
)
def test_files_without_text(value: NamedFile, words: str) -> None:
    with pytest.raises(UnreadableFileError, match=words):
        read_texts(Item(value.name, value))


def test_array_is_no_text() -> None:
    with pytest.raises(InvalidInputError, match="is no text"):
        read_texts(Item("", np.zeros(3)))


def test_name_of_a_long_text_is_short() -> None:
    assert short("a  b\nc") == "a b c" and len(short("word " * 100)) == 120
