"""A model at a glance: its numbers, what the scan says, its files, and everything as JSON."""

from dataclasses import asdict

import streamlit as st

from components.guard import plain
from components.signature_source import Explored
from components.wording import counted, enumerated
from models.savedmodel.description import ModelDescription, description_to_json
from models.savedmodel.security import ScanReport


def show_overview(explored: Explored, report: ScanReport) -> None:
    """Draw the numbers of the model, the verdict of the scan and what is unusual."""
    model = explored.description
    with st.container(horizontal=True, gap="medium", key="explored_numbers"):
        for label, value in (
            ("Parameters", short_number(model.parameters)),
            ("Size", size_text(model.total_bytes)),
            ("Signatures", f"{len(model.signatures):,}"),
        ):
            st.metric(label, value, width="content")
    saved_by = f"saved by TensorFlow {model.tensorflow_version}" if model.tensorflow_version else "version unknown"
    tags = f"tags {enumerated(model.tags)}" if len(model.tags) > 1 else f"tag {''.join(model.tags) or 'none'}"
    st.caption(
        plain(
            f"{counted(len(model.variables), 'variable')}, {counted(len(model.assets), 'asset')}, {saved_by}, {tags}."
        )
    )
    verdict(report)
    for note in model.notes:
        st.caption(f":material/info: {plain(note)}")


def verdict(report: ScanReport) -> None:
    """Say in one sentence what the scan found."""
    if report.judged("flagged"):
        st.warning(plain(report.summary), icon=":material/gpp_maybe:")
    elif report.judged("unknown"):
        st.markdown(f":material/help: {plain(report.summary)}")
    else:
        st.markdown(f":green[:material/verified_user:] {plain(report.summary)}")


def show_files(explored: Explored, report: ScanReport) -> None:
    """Draw the files of the model and the download of the whole description."""
    model = explored.description
    st.dataframe(
        {
            "File": list(model.files),
            "Size": [size_text(size) for size in model.files.values()],
            "Kind": [_kind(name, model) for name in model.files],
        },
        hide_index=True,
        alt="The files of the model with their sizes",
    )
    st.caption(f"{counted(len(model.files), 'file')}, {size_text(model.total_bytes)}. Nothing of it was executed.")
    st.download_button(
        "Description as JSON",
        lambda: description_to_json(model, {"scan": [asdict(finding) for finding in report.findings]}),
        "model.json",
        "application/json",
        key="explored_json",
        icon=":material/download:",
        on_click="ignore",
        help="Signatures, functions, variables, operations, files and the scan, for a program",
    )


def _kind(name: str, model: ModelDescription) -> str:
    if name == "saved_model.pb":
        return "signatures and operations"
    if name.startswith("variables/"):
        return "types and shapes of the variables" if name.endswith(".index") else "values of the variables"
    if name.removeprefix("assets/") in model.assets:
        return "asset that the model reads"
    return "fingerprint" if name == "fingerprint.pb" else "not read by TensorFlow"


def short_number(number: int) -> str:
    """A large number for a person: "41.0 M", "1,204"."""
    for unit, letter in ((1e9, "B"), (1e6, "M")):
        if number >= unit:
            return f"{number / unit:,.1f} {letter}"
    return f"{number:,}"


def size_text(size: int) -> str:
    """A size in units of 1,000: "44.7 MB", "271 bytes"."""
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:,.1f} {name}"
    return f"{size:,} bytes"
