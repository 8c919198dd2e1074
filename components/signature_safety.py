"""What the scan found: every flagged operation with what it could do, and what was not judged."""

import streamlit as st

from components.guard import plain
from components.wording import counted, enumerated
from models.savedmodel.description import ModelDescription
from models.savedmodel.security import Finding, ScanReport, scan

_REACH = {
    "code": ("runs other code", "red", ":material/code:"),
    "write": ("writes files", "red", ":material/edit_document:"),
    "read": ("reads files", "red", ":material/file_open:"),
    "network": ("uses the network", "red", ":material/lan:"),
    "hidden": ("hides operations", "orange", ":material/visibility_off:"),
    "print": ("prints", "orange", ":material/print:"),
    "stop": ("ends the program", "red", ":material/power_settings_new:"),
}

_MOST_NAMES = 300


def scan_of(model: ModelDescription) -> ScanReport:
    """Judge the operations of a model; nothing of it is executed."""
    return scan(model)


def show_safety(report: ScanReport) -> None:
    """Draw the findings of the scan: deny list, neither list, allow list."""
    flagged, unknown, known = report.judged("flagged"), report.judged("unknown"), report.judged("known")
    _heading("On the deny list", len(flagged), "Operations that reach outside of the model.")
    for finding in flagged:
        _flagged(finding)
    _heading("On neither list", len(unknown), "Not judged. Look them up before you trust a model that has some.")
    _names(unknown)
    _heading(
        "On the allow list",
        len(known),
        "Used by the models that ship with this app, or by every SavedModel to store its variables.",
    )
    _names(known)
    st.caption(
        "A scan of names is no proof. A model is a program: load one from a stranger only in a sandbox, whatever "
        "this page says. The page itself reads files and executes nothing."
    )


def _heading(title: str, count: int, words: str) -> None:
    with st.container(gap="xsmall"):
        st.markdown(f"**{title}: {counted(count, 'operation') if count else 'none'}**")
        st.caption(words)


def _flagged(finding: Finding) -> None:
    label, colour, icon = _REACH[finding.reach]
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(finding.operation)}**", width="content")
            st.badge(label, icon=icon, color=colour)  # type: ignore[arg-type]
        st.markdown(plain(finding.words))
        when = enumerated(finding.when[:4]) or "never by a signature or a function that can be called"
        more = f", and {len(finding.when) - 4} more" if len(finding.when) > 4 else ""
        st.caption(plain(f"Found {counted(finding.count, 'time')}. It can run {when}{more}."))


def _names(findings: tuple[Finding, ...]) -> None:
    if not findings:
        return
    st.markdown(" ".join(f":gray-badge[{plain(finding.operation)}]" for finding in findings[:_MOST_NAMES]))
    if len(findings) > _MOST_NAMES:
        st.caption(f"The first {_MOST_NAMES} are shown; the JSON file has all.")
