import re
from collections import Counter

import pytest

from models.errors import UnreadableFileError
from models.languages import LANGUAGES
from models.text import sample_corpus
from models.text.sample_corpus import (
    load_example_queries,
    load_sample_corpus,
    load_sample_documents,
    sample_alignment,
    sample_topics,
)


def test_at_least_24_topics_in_all_languages_and_six_categories():
    documents = load_sample_documents()
    topics = sample_topics()
    assert len(topics) >= 24
    assert set(topics.values()) == {"technology", "health", "daily life", "travel", "law", "science"}
    assert Counter(document.language for document in documents) == dict.fromkeys(LANGUAGES, len(topics))
    assert len({(document.topic, document.language) for document in documents}) == len(documents)
    assert len({document.text for document in documents}) == len(documents)


def test_passages_carry_language_topic_and_title():
    passages = load_sample_corpus(["th", "ar"])
    assert {passage.language for passage in passages} == {"th", "ar"}
    assert all(passage.topic in sample_topics() and passage.document and passage.text for passage in passages)


def test_every_topic_has_a_query_in_every_language():
    queries = load_example_queries()
    assert Counter(query.language for query in queries) == dict.fromkeys(LANGUAGES, len(sample_topics()))
    assert [query.language for query in load_example_queries("ja")] == ["ja"] * len(sample_topics())
    assert all(3 <= len(query.text) <= 120 for query in queries)


def test_texts_are_written_in_the_script_of_their_language():
    scripts = {"ar": "[\u0600-\u06ff]", "ru": "[\u0400-\u04ff]", "th": "[\u0e00-\u0e7f]", "ja": "[\u3040-\u30ff]",
               "ko": "[\uac00-\ud7a3]", "zh": "[\u4e00-\u9fff]", "zh_tw": "[\u4e00-\u9fff]"}  # fmt: skip
    for topic, texts in sample_alignment().items():
        for code, script in scripts.items():
            assert len(re.findall(script, texts[code])) > len(texts[code]) * 0.3, (topic, code)
        assert texts["zh"] != texts["zh_tw"]


@pytest.mark.parametrize(
    "content", ['{"topic": "x"}', '{"topic": "x", "category": "y", "title": {}, "text": {}, "query": {}}']
)
def test_an_incomplete_topic_is_named(tmp_path, content):
    path = tmp_path / "broken.json"
    path.write_text(content)
    with pytest.raises(UnreadableFileError, match=r"broken\.json"):
        sample_corpus._read_topic(path)
