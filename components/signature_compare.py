"""Two models side by side."""

from collections.abc import Sequence

import streamlit as st

from components.guard import plain
from components.signature_source import Explored, choose_model
from models.savedmodel.comparison import ComparisonRow, compare

_ROW = 35  # pixels of a line in a table
_TALLEST = 475  # a half row at the end says that there are more


def show_comparison(explored: Explored) -> None:
    """Draw the choice of a second model, and what differs."""
    other = choose_model("other", "Compare with")
    if other is None:
        return
    first, second = explored.description, other.description
    names = (first.name, second.name if second.name != first.name else f"{second.name} (second)")
    comparison = compare(first, second)
    if comparison.interchangeable:
        st.markdown(
            ":green[:material/check_circle:] Both have the same signatures, with the same types and shapes: "
            "a program that calls one can call the other."
        )
    else:
        different = sum(not row.same for row in comparison.signatures)
        st.markdown(f":material/difference: {different} of {len(comparison.signatures)} inputs and outputs differ.")
    _table("At a glance", comparison.facts, names)
    _table("Inputs and outputs", comparison.signatures, names)
    only_different = st.toggle("Only what differs", value=True, key="other_only_different")
    for title, rows in (("Operations", comparison.operations), ("Variables", comparison.variables)):
        shown = [row for row in rows if not row.same] if only_different else rows
        _table(title, shown, names, len(rows))


def _table(title: str, rows: Sequence[ComparisonRow], names: tuple[str, str], total: int | None = None) -> None:
    st.markdown(f"**{title}**")
    if not rows:
        st.caption("Nothing differs." if total else "Neither model has any.")
        return
    words = {"only in the first": f"only in {names[0]}", "only in the second": f"only in {names[1]}"}
    st.dataframe(
        {
            "What": [row.what for row in rows],
            names[0]: [_cell(row.first) for row in rows],
            names[1]: [_cell(row.second) for row in rows],
            "Verdict": [words.get(row.verdict, row.verdict) for row in rows],
        },
        hide_index=True,
        height=min(_ROW * (len(rows) + 1) + 2, _TALLEST),
        alt=f"{title} of the two models side by side: {plain(names[0])} and {plain(names[1])}",
    )


def _cell(value: str | int | None) -> str:
    if value is None:
        return "none"
    return f"{value:,}" if isinstance(value, int) else value
