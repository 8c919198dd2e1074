import threading
from functools import partial
from typing import Any

import pytest

from components.add_documents import Source, SourceReport, add_sources, read_source, report_line
from components.jobs import Job
from models.text.encoder import TextEncoder
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch


@pytest.fixture
def index(tiny_encoder: TextEncoder) -> MultilingualSemanticSearch:
    index = MultilingualSemanticSearch(tiny_encoder)
    index.add_documents(["Already here."])
    return index


def file(name: str, data: bytes, column: str | None = None) -> Source:
    return Source(name, partial(read_source, name, data, column))


def added(index: MultilingualSemanticSearch, sources: list[Source]) -> list[SourceReport]:
    job: Job[Any] = Job("Adding", lambda job: add_sources(index, sources, job))
    job._thread.join(60)
    assert job.error is None
    return job.result  # type: ignore[no-any-return]


def test_a_bad_file_leaves_the_rest_of_the_batch(index: MultilingualSemanticSearch) -> None:
    reports = added(
        index,
        [
            file("empty.txt", b""),
            file("good.txt", b"Rivers flow to the sea."),
            file("binary.txt", bytes(range(256)) * 20),
            file("script.md", b"<script>alert(1)</script> stays text."),
        ],
    )
    assert [report.error is None for report in reports] == [False, True, False, True]
    assert reports[0].error and reports[0].error.startswith("empty.txt is empty")
    assert reports[2].error and reports[2].error.startswith("binary.txt ")
    assert set(index.documents) >= {"good.txt", "script.md"} and "empty.txt" not in index.documents


def test_column_of_a_table_is_chosen(index: MultilingualSemanticSearch) -> None:
    data = b"title,body\nLakes,A long description of several lakes in the north\nHills,Hills are low mountains\n"
    assert added(index, [file("places.csv", data, "title")])[0].added == 2
    assert {p.text for p in index.passages if p.document == "places.csv"} == {"Lakes", "Hills"}


def test_duplicates_are_counted(index: MultilingualSemanticSearch) -> None:
    source = file("good.txt", b"Rivers flow to the sea.")
    first, second = added(index, [source, source])
    assert (first.added, first.duplicates) == (1, 0)
    assert (second.added, second.duplicates) == (0, 1)


def test_cancelled_job_adds_nothing_more(index: MultilingualSemanticSearch) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def slow() -> tuple[list[Passage], list[str]]:
        reached.set()
        go_on.wait(10)
        return [Passage(f"Line {number}.", "slow.txt") for number in range(200)], []

    sources = [file("first.txt", b"First file."), Source("slow.txt", slow), file("last.txt", b"Last file.")]
    job: Job[Any] = Job("Adding", lambda job: add_sources(index, sources, job))
    assert reached.wait(10)
    job.cancel()
    go_on.set()
    job._thread.join(30)
    assert [report.error is None for report in job.result] == [True, False, False]
    assert "slow.txt" not in index.documents and "last.txt" not in index.documents
    assert "first.txt" in index.documents


def test_a_reader_that_breaks_is_reported_by_name(index: MultilingualSemanticSearch) -> None:
    def broken() -> tuple[list[Passage], list[str]]:
        raise ZeroDivisionError("inner detail")

    (report,) = added(index, [Source("odd.pdf", broken)])
    assert report.error and report.error.startswith("odd.pdf could not be added") and "inner" not in report.error


def test_lines_name_the_file_and_disarm_it() -> None:
    assert report_line(SourceReport("a_b.txt", 1)) == ":green[:material/check_circle:] **a\\_b\\.txt** 1 passage added"
    assert report_line(SourceReport("x", 2, 3)).endswith("2 passages added, 3 already there")
    assert report_line(SourceReport("x", error="x is [empty].")) == ":red[:material/error:] x is \\[empty\\]\\."
