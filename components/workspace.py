"""What one visitor searches: the shared sample corpus, or a corpus of their own.

A visitor starts on the sample index that all share and nobody changes. The first change makes a copy of it, which
lives in this visitor's session and ends with it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import streamlit as st

from components.cache import sample_index
from models.text.encoder import TextEncoder
from models.text.passages import Passage
from models.text.sample_corpus import load_sample_corpus
from models.text.search import MultilingualSemanticSearch

_KEY = "search_own_index"
_OVERVIEW = "search_overview"

Progress = Callable[[int, int], None]
Cancel = Callable[[], bool]


@dataclass(frozen=True)
class DocumentSummary:
    """One document of a corpus: its passages, and their languages, the most frequent first."""

    name: str
    passages: int
    languages: tuple[str, ...]


@cache
def sample_passages() -> frozenset[Passage]:
    """The passages of the sample corpus, to tell them from a visitor's own."""
    return frozenset(load_sample_corpus())


def own_index() -> MultilingualSemanticSearch | None:
    """The visitor's own corpus; None as long as they use the sample corpus as it is."""
    return st.session_state.get(_KEY)


def keep_index(index: MultilingualSemanticSearch) -> None:
    """Make ``index`` the visitor's corpus."""
    st.session_state[_KEY] = index


def back_to_sample() -> None:
    """Forget the visitor's own corpus."""
    st.session_state.pop(_KEY, None)


def current_index(encoder: TextEncoder) -> MultilingualSemanticSearch:
    """What is searched now: the visitor's own corpus, or the shared sample."""
    own = own_index()  # an empty corpus is false, and still the one that the visitor wants
    return sample_index(encoder.name) if own is None else own


def copy_of(index: MultilingualSemanticSearch) -> MultilingualSemanticSearch:
    """A copy with the same encoder; nothing is embedded again."""
    buffer = BytesIO()
    index.save(buffer)
    buffer.seek(0)
    return MultilingualSemanticSearch.load(buffer, index.encoder)


def reindexed(
    passages: list[Passage], encoder: TextEncoder, progress: Progress | None = None, cancel: Cancel | None = None
) -> MultilingualSemanticSearch:
    """The same passages in the space of another encoder."""
    index = MultilingualSemanticSearch(encoder)
    index.add_documents(passages, progress, cancel)
    return index


def set_sample(index: MultilingualSemanticSearch, include: bool) -> MultilingualSemanticSearch:
    """A copy of ``index`` with the sample corpus, or without it; what the visitor added stays."""
    copy = copy_of(index)
    if include:
        copy.add_documents(load_sample_corpus())
        return copy
    own = {passage.document for passage in index.passages if passage not in sample_passages()}
    sample = set(index.documents) - own
    if sample:
        copy.remove(sample)
    return copy


@dataclass(frozen=True)
class Overview:
    """What a corpus holds.

    Args:
        passages: in all.
        sample: of these, passages of the sample corpus.
        languages: passages of each language code, most frequent first.
        documents: those that are not of the sample corpus, in the order in which they came.
    """

    passages: int
    sample: int
    languages: dict[str, int]
    documents: list[DocumentSummary]


def overview(index: MultilingualSemanticSearch) -> Overview:
    """What ``index`` holds; counted again only after a change."""
    vectors = index.vectors
    held = st.session_state.get(_OVERVIEW)
    if held is None or held[0] is not vectors:
        own = [passage for passage in index.passages if passage not in sample_passages()]
        held = (vectors, Overview(len(index), len(index) - len(own), index.languages, _summarise(own)))
        st.session_state[_OVERVIEW] = held
    return held[1]


def _summarise(passages: list[Passage]) -> list[DocumentSummary]:
    languages: dict[str, Counter[str]] = {}
    for passage in passages:
        languages.setdefault(passage.document, Counter())[passage.language] += 1
    return [
        DocumentSummary(name, counts.total(), tuple(code for code, _ in counts.most_common()))
        for name, counts in languages.items()
    ]
