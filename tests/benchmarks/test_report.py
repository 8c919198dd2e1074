"""A bound that does not hold must never look as if it did."""

import json
from importlib import import_module
from pathlib import Path

import pytest

import benchmarks.run
from benchmarks.report import Measurement, as_table, print_report
from benchmarks.run import BENCHMARKS

SLOW = Measurement("First page", 1.8, "times", 1.5, detail="1.8 s to 1.0 s")
FAST = Measurement("Indexing", 1500, "passages/s", 500, at_least=True)
FREE = Measurement("Start of the server", 2.04, "s")


@pytest.mark.parametrize(("measurement", "passed"), [(SLOW, False), (FAST, True), (FREE, None)])
def test_verdict(measurement: Measurement, passed: bool | None) -> None:
    assert measurement.passed is passed


def test_bound_itself_holds_in_both_directions() -> None:
    assert Measurement("a", 1.5, "times", 1.5).passed
    assert Measurement("b", 500, "passages/s", 500, at_least=True).passed


def test_margin_is_above_one_when_better_than_the_bound() -> None:
    assert FAST.margin == pytest.approx(3)
    assert SLOW.margin == pytest.approx(1.5 / 1.8)
    assert FREE.margin is None


def test_a_value_without_meaning_does_not_pass() -> None:
    assert Measurement("never measured", float("nan"), "ms", 50).passed is False


def test_table_names_value_bound_and_verdict_in_words() -> None:
    lines = as_table([SLOW, FAST, FREE]).splitlines()
    assert len(lines) == 5
    assert "1.8 times" in lines[2] and "at most 1.5 times" in lines[2] and "FAIL" in lines[2]
    assert "1,500 passages/s" in lines[3] and "at least 500 passages/s" in lines[3] and "pass" in lines[3]
    assert "pass" not in lines[4].lower() and "fail" not in lines[4].lower()


def test_json_can_be_read_by_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    print_report([SLOW, FAST], as_json=True)
    rows = json.loads(capsys.readouterr().out)
    assert [(row["what"], row["passed"]) for row in rows] == [("First page", False), ("Indexing", True)]


def test_every_benchmark_has_a_name_for_the_command_line() -> None:
    folder = Path(benchmarks.run.__file__).parent
    modules = [path.stem for path in folder.glob("*.py") if "\ndef measure(" in path.read_text("utf-8")]
    modules.remove("search_speed")  # returns more than has a bound; "exact_search" takes what has one
    assert "exact_search" in BENCHMARKS
    assert len(modules) > 3
    missing = [name for name in modules if import_module(f"benchmarks.{name}").measure not in BENCHMARKS.values()]
    assert missing == []
