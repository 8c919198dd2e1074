"""What the scan found: every flagged operation with what it could do, and what was not judged."""

import streamlit as st

from components.guard import plain
from components.signature_overview import verdict
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
}


def scan_of(model: ModelDescription) -> ScanReport:
    """Judge the operations of a model; nothing of it is executed."""
    return scan(model)


def show_safety(report: ScanReport) -> None:
    """Draw the findings of the scan, the flagged ones first."""
    verdict(report)
    for finding in report.judged("flagged"):
        _flagged(finding)
    unknown, known = report.judged("unknown"), report.judged("known")
    if unknown:
        st.markdown(f"**Not judged: {counted(len(unknown), 'operation')}**")
        st.caption("On neither list. Most models have some; look them up before you trust a model with them.")
        _names(unknown)
    if known:
        st.markdown(f"**Known: {counted(len(known), 'operation')}**")
        st.caption("Used by the models that ship with this app, or by every SavedModel to store its variables.")
        _names(known)
    st.caption(
        "A scan of names is no proof. A model is a program: load one from a stranger only in a sandbox, whatever "
        "this page says. The page itself reads files and executes nothing."
    )


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
    st.markdown(" ".join(f":gray-badge[{plain(finding.operation)}]" for finding in findings[:300]))
