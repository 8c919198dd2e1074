"""Adding to the corpus: files or pasted lines, read and indexed in the background, with a word about each."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import streamlit as st

from components import workspace
from components.guard import UNEXPECTED, plain
from components.jobs import Job, job_running, show_job, start_job, take_finished
from components.table_column import text_column
from components.wording import counted
from models.errors import CancelledError, PolyglotError
from models.text.documents import (
    SUPPORTED_EXTENSIONS,
    passages_from_lines,
    read_document,
)
from models.text.encoder import TextEncoder
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch

_JOB = "search_add_job"
_REPORT = "search_add_report"
_ROUND = "search_add_round"
_PASTED = "search_pasted"
_FILE_MEGABYTES = 20


@dataclass(frozen=True)
class Source:
    """Something to add: its name, and what reads it into passages and notes."""

    name: str
    read: Callable[[], tuple[list[Passage], list[str]]]


@dataclass(frozen=True)
class SourceReport:
    """What became of one source.

    Args:
        name: of the file.
        added: passages that are new in the corpus.
        duplicates: passages that were there already.
        notes: what was assumed or left out.
        error: why nothing of it was added; None if it was.
    """

    name: str
    added: int = 0
    duplicates: int = 0
    notes: list[str] = field(default_factory=list)
    error: str | None = None


@dataclass(frozen=True)
class _Outcome:
    index: MultilingualSemanticSearch
    reports: list[SourceReport]


def adding() -> bool:
    """Whether documents are being added, so that nothing else should change the corpus."""
    return job_running(_JOB)


def add_documents(encoder: TextEncoder) -> None:
    """Draw the choice of files or lines, the progress while they are indexed, and what became of each."""
    st.subheader("Add documents", anchor=False)
    way = st.segmented_control(
        "What to add",
        ["Files", "Pasted lines"],
        default="Files",
        required=True,
        key="search_add_way",
        label_visibility="collapsed",
        persist_state="page",
    )
    sources = _files() if way == "Files" else _lines()
    label = "Add the files" if way == "Files" else "Add the lines"
    if st.button(label, key="search_add", icon=":material/add:", disabled=adding() or not sources):
        _start(sources, encoder)
        st.rerun()
    _show_report()


def _files() -> list[Source]:
    uploads = st.file_uploader(
        "Files to search",
        type=SUPPORTED_EXTENSIONS,
        accept_multiple_files=True,
        key=f"search_files_{st.session_state.get(_ROUND, 0)}",
        max_upload_size=_FILE_MEGABYTES,
        label_visibility="collapsed",
    )
    return [
        Source(upload.name, partial(read_source, upload.name, upload.getvalue(), text_column(upload)))
        for upload in uploads
    ]


def read_source(name: str, data: bytes, column: str | None) -> tuple[list[Passage], list[str]]:
    """Passages of a file, and what there is to say about them."""
    contents = read_document(name, data, text_column=column)
    return contents.passages, contents.notes


def _lines() -> list[Source]:
    text = st.text_area(
        "Lines to search",
        key=_PASTED,
        height=200,
        placeholder="One passage a line, in any of the 16 languages",
        label_visibility="collapsed",
        persist_state="page",
    )
    if not (text or "").strip():
        return []
    return [Source("Pasted text", lambda: (passages_from_lines(text), []))]


def _start(sources: list[Source], encoder: TextEncoder) -> None:
    index = workspace.own_index()
    start = workspace.current_index(encoder)

    def work(job: Job[_Outcome]) -> _Outcome:
        # The shared sample index is copied, never changed.
        target = index if index is not None else workspace.copy_of(start)
        return _Outcome(target, add_sources(target, sources, job))

    st.session_state.pop(_REPORT, None)
    start_job(_JOB, "Adding documents", work)


def add_sources(index: MultilingualSemanticSearch, sources: list[Source], job: Job[Any]) -> list[SourceReport]:
    """Read and index one source after the other; what is wrong with one leaves the index and the others alone."""
    reports = []
    for source in sources:
        if job.cancelled:
            reports.append(SourceReport(source.name, error="Stopped before this one."))
            continue
        job.report(None, f"Reading {source.name}")
        try:
            passages, notes = source.read()
            job.report(0.0, f"Indexing {counted(len(passages), 'passage')} of {source.name}")
            report = index.add_documents(passages, job.count, lambda: job.cancelled)
            reports.append(SourceReport(source.name, report.added, report.duplicates, notes))
        except CancelledError:
            reports.append(SourceReport(source.name, error=f"Stopped: nothing of {source.name} was added."))
        except PolyglotError as error:
            reports.append(SourceReport(source.name, error=str(error)))
        except Exception:
            logging.getLogger(__name__).exception("Adding a document failed")
            reports.append(SourceReport(source.name, error=f"{source.name} could not be added. {UNEXPECTED}"))
    return reports


def collect_added() -> None:
    """Take over what a background task has added, or show how far it is; call it before the corpus is searched."""
    job = take_finished(_JOB)
    if job is None:
        if adding():
            show_job(_JOB)
        return
    if job.error is not None:
        st.session_state[_REPORT] = [SourceReport("", error=str(job.error))]
        return
    outcome = cast("_Outcome", job.result)
    st.session_state[_REPORT] = outcome.reports
    if any(report.added for report in outcome.reports):
        workspace.keep_index(outcome.index)
    if not job.cancelled:
        # New keys empty the uploader and the text area for the next documents.
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        st.session_state[_PASTED] = ""


def _show_report() -> None:
    reports: list[SourceReport] = st.session_state.get(_REPORT, [])
    if not reports:
        return
    with st.container(border=True, gap="xsmall", key="search_add_report_box"):
        for report in reports:
            st.markdown(report_line(report))
            for note in report.notes:
                st.caption(plain(note))


def report_line(report: SourceReport) -> str:
    """What became of one source, as a line of Markdown."""
    if report.error is not None:
        return f":red[:material/error:] {plain(report.error)}"
    words = f":green[:material/check_circle:] **{plain(report.name)}** {counted(report.added, 'passage')} added"
    return f"{words}, {report.duplicates:,} already there" if report.duplicates else words
