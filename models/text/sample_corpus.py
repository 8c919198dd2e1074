"""The sample corpus: short passages on 27 topics in 16 languages, written for this app, and a query for each.

A file a topic in ``samples/``: ``{"topic", "category", "title": {language: text}, "text": {...}, "query": {...}}``. The
same facts stand in all languages, so that a query in one language has a known answer in every other.
"""

import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UnreadableFileError
from models.languages import LANGUAGES
from models.text.passages import Passage

SAMPLES = Path(__file__).parent / "samples"


@dataclass(frozen=True)
class SampleDocument:
    """One passage of the sample corpus; ``topic`` is what its translations share."""

    topic: str
    category: str
    language: str
    title: str
    text: str


@dataclass(frozen=True)
class ExampleQuery:
    """A query whose answer in the sample corpus is known: the passages of ``topic``."""

    language: str
    text: str
    topic: str


@dataclass(frozen=True)
class _Topic:
    topic: str
    category: str
    title: dict[str, str]
    text: dict[str, str]
    query: dict[str, str]


@functools.cache
def _topics() -> tuple[_Topic, ...]:
    return tuple(_read_topic(path) for path in sorted(SAMPLES.glob("*.json")))


def _read_topic(path: Path) -> _Topic:
    values = json.loads(path.read_text(encoding="utf-8"))
    try:
        topic = _Topic(**values)
        missing = [code for part in (topic.title, topic.text, topic.query) for code in LANGUAGES if not part.get(code)]
    except (TypeError, AttributeError) as error:
        raise UnreadableFileError(path.name, f"is not a topic of the sample corpus ({error})", "Restore it.") from error
    if missing:
        raise UnreadableFileError(path.name, f"lacks the languages {', '.join(missing)}", "Restore it.")
    return topic


def load_sample_documents(languages: Sequence[str] | None = None) -> list[SampleDocument]:
    """All sample documents, topic by topic, in the order of ``LANGUAGES``; only some languages if given."""
    chosen = [code for code in LANGUAGES if languages is None or code in languages]
    return [
        SampleDocument(topic.topic, topic.category, code, topic.title[code], topic.text[code])
        for topic in _topics()
        for code in chosen
    ]


def load_sample_corpus(languages: Sequence[str] | None = None) -> list[Passage]:
    """The sample documents as passages; the document is the title, the place the category."""
    return [
        Passage(sample.text, sample.title, sample.category, 1, sample.language, 0, sample.topic)
        for sample in load_sample_documents(languages)
    ]


def load_example_queries(language: str | None = None) -> list[ExampleQuery]:
    """One query for each topic and language, or those in one language."""
    return [
        ExampleQuery(code, topic.query[code], topic.topic)
        for topic in _topics()
        for code in LANGUAGES
        if language is None or code == language
    ]


def sample_topics() -> dict[str, str]:
    """Topics and their categories, in alphabetical order."""
    return {topic.topic: topic.category for topic in _topics()}


def sample_alignment() -> dict[str, dict[str, str]]:
    """Texts that say the same: topic, then language, then text."""
    return {topic.topic: {code: topic.text[code] for code in LANGUAGES} for topic in _topics()}
