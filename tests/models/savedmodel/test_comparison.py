from pathlib import Path

from models.savedmodel.comparison import Comparison, compare
from tests.models.savedmodel.conftest import described


def rows(comparison: Comparison, part: str) -> dict[str, tuple[object, object, str]]:
    return {row.what: (row.first, row.second, row.verdict) for row in getattr(comparison, part)}


def test_model_and_itself(harmless_model: Path) -> None:
    found = compare(described(harmless_model), described(harmless_model))
    assert found.interchangeable
    for part in ("facts", "signatures", "operations", "variables"):
        assert getattr(found, part) and all(row.verdict == "same" for row in getattr(found, part))


def test_two_models(harmless_model: Path, reading_model: Path) -> None:
    found = compare(described(harmless_model), described(reading_model))
    assert not found.interchangeable
    facts = rows(found, "facts")
    assert facts["Parameters"] == (15, 0, "differs")
    assert facts["Tags"] == ("serve", "serve", "same")
    assert facts["Flagged operations"] == ("none", "ReadFile", "differs")
    signatures = rows(found, "signatures")
    assert signatures["serving_default, input features"] == ("float32 [?, 4]", None, "only in the first")
    assert signatures["serving_default, input path"] == (None, "string scalar", "only in the second")
    assert rows(found, "operations")["ReadFile"] == (None, 1, "only in the second")
    assert rows(found, "variables")["layer/bias"] == ("float32 [3]", None, "only in the first")


def test_differences_come_first(harmless_model: Path, reading_model: Path) -> None:
    same = [row.same for row in compare(described(harmless_model), described(reading_model)).operations]
    assert same == sorted(same) and True in same and False in same
