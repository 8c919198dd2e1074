"""Results and corpora as files for a spreadsheet or a program."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from models.text.passages import Passage

if TYPE_CHECKING:
    from models.text.search import Answer, Hit

# A spreadsheet runs a cell that begins with one of these. Source: OWASP, "CSV injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The value as a cell that no spreadsheet takes for a formula: texts that begin like one get an apostrophe."""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return "'" + text if text.lstrip(" \ufeff").startswith(_FORMULA_STARTS) else text


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file in UTF-8 with the mark by which Excel knows the encoding, formulas made harmless."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", "replace")


def hits_to_csv(hits: Sequence["Hit"]) -> bytes:
    """Search results as CSV, one hit a row."""
    header = ["rank", "similarity", "confidence", "language", "document", "place", "passage"]
    return to_csv(header, ([_hit_values(hit)[name] for name in header] for hit in hits))


def corpus_to_csv(passages: Iterable[Passage]) -> bytes:
    """Passages as CSV, one a row."""
    header = ["document", "place", "language", "topic", "passage"]
    return to_csv(header, ([p.document, p.place, p.language, p.topic or "", p.text] for p in passages))


def answer_to_json(answer: "Answer", model: str) -> bytes:
    """An answer as JSON in UTF-8: the query, the model, how confident it is and all hits."""
    values = {
        "query": answer.query,
        "model": model,
        "confident": answer.confident,
        "possible": answer.possible,
        "message": answer.message,
        "hits": [_hit_values(hit) for hit in answer.hits],
    }
    return json.dumps(values, ensure_ascii=False, indent=2).encode("utf-8", "replace")


def _hit_values(hit: "Hit") -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "similarity": round(hit.similarity, 6),
        "confidence": "" if hit.confidence is None else round(hit.confidence, 4),
        "language": hit.passage.language,
        "document": hit.passage.document,
        "place": hit.passage.place,
        "index": hit.index,
        "passage": hit.document,
    }
