import csv
import io
import json

import pytest

from models.text.export import answer_to_json, corpus_to_csv, hits_to_csv, safe_cell, to_csv
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch

NASTY = [
    Passage('=HYPERLINK("http://example.org")', "=a.txt", "line 1", 1, "en"),
    Passage('قطة, "cat"\nsecond line', "ج.csv", "row 2", 2, "ar"),
    Passage("-2+3 cat", "b.txt", "line 3", 3, "en"),
]


def read(data: bytes) -> list[dict[str, str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\ufeff=1", "＝1"])
def test_formulas_become_text(value):
    assert safe_cell(value) == "'" + value


@pytest.mark.parametrize(("value", "cell"), [("plain", "plain"), (-0.25, "-0.25"), (3, "3"), ("", ""), ("a=b", "a=b")])
def test_everything_else_stays(value, cell):
    assert safe_cell(value) == cell


def test_hits_become_rows(tiny_encoder):
    search = MultilingualSemanticSearch(tiny_encoder)
    search.add_documents(NASTY)
    answer = search.answer("cat", 3)
    rows = read(hits_to_csv(answer.hits))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    by_language = {row["passage"].lstrip("'"): row for row in rows}
    assert by_language[NASTY[1].text]["document"] == "ج.csv"
    assert all(not cell.startswith(("=", "-2", "@")) for row in rows for cell in row.values())
    assert -1 <= float(rows[0]["similarity"]) <= 1
    values = json.loads(answer_to_json(answer, "tiny"))
    assert values["query"] == "cat"
    assert [hit["rank"] for hit in values["hits"]] == [1, 2, 3]
    assert {hit["passage"] for hit in values["hits"]} == {passage.text for passage in NASTY}


def test_a_corpus_becomes_rows_and_broken_unicode_does_not_stop_it():
    rows = read(corpus_to_csv([*NASTY, Passage("half a pair \ud83d")]))
    assert [row["language"] for row in rows] == ["en", "ar", "en", "und"]
    assert rows[0]["passage"].startswith("'=HYPERLINK")
    assert read(to_csv(["a"], [])) == []
