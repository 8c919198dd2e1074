"""The shipped encoder and its calibration on the questions that people put to a search page."""

import pytest

from models.text.encoder import load_text_encoder
from models.text.passages import Passage
from models.text.sample_corpus import load_sample_corpus
from models.text.search import MultilingualSemanticSearch


@pytest.fixture(scope="module")
def encoder():
    return load_text_encoder("polyglot-fast")


@pytest.fixture(scope="module")
def sample(encoder) -> MultilingualSemanticSearch:
    search = MultilingualSemanticSearch(encoder)
    search.add_documents(load_sample_corpus())
    return search


@pytest.mark.parametrize(
    "query",
    [
        "asdf qwer",
        "qwertz uiop",
        "йцукен",
        "ㅁㄴㅇㄹ ㅂㅈㄷㄱ",
        "ฟหกด ่าสว",
        "ضصثق فغع",
        "囧囧囧",
        "12345 67890",
        "!!! ???",
        "🎉🎉🎉",
    ],
)
def test_nonsense_in_any_script_has_no_confident_match(sample, query):
    answer = sample.answer(query)
    assert not answer.confident
    assert answer.message.startswith("No confident match")
    assert len(answer.hits) == 5


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("coffee", "coffee"),
        ("sleep better", "sleep"),
        ("lost my passport abroad", "lost_passport"),
        ("choosing a strong password", "password_security"),
        ("مرض السكري", "diabetes"),
        ("租房押金", "tenancy_deposit"),
        ("洗衣服", "washing_clothes"),
        ("고양이 키우기", "cat_care"),
    ],
)
def test_a_question_on_a_topic_of_the_corpus_is_answered_until_the_topic_is_taken_out(sample, encoder, query, topic):
    answer = sample.answer(query)
    assert answer.hits[0].passage.topic == topic
    assert answer.confident, answer.assessment
    rest = MultilingualSemanticSearch(encoder)
    rest.add_documents([passage for passage in load_sample_corpus() if passage.topic != topic])
    without = rest.answer(query)
    assert without.assessment.confidence < answer.assessment.confidence
    assert not without.confident, without.assessment


def test_between_a_match_and_chance_lies_a_possible_match(sample):
    """A plain question whose answer comes first, without standing out enough to be called one."""
    answer = sample.answer("how do I get my deposit back")
    assert answer.hits[0].passage.topic == "tenancy_deposit"
    assert not answer.confident and answer.possible
    assert answer.message.startswith("No confident match: the best result may answer")
    assert sample.answer("coffee").possible and not sample.answer("asdf qwer").possible


def test_a_corpus_of_one_document_can_match_and_can_miss(encoder):
    search = MultilingualSemanticSearch(encoder)
    search.add_documents([Passage("Solar panels turn sunlight into electricity for the whole house.", "roof.txt")])
    assert search.answer("electricity from the sun").confident
    assert not search.answer("symptoms of diabetes").confident
    assert not search.answer("asdf qwer").confident


def test_a_language_filter_and_a_minimum_have_their_own_words(sample):
    answer = sample.answer("solar panels", languages=["ar", "de"], min_similarity=0.99)
    assert answer.hits == []
    assert "minimum similarity" in answer.message
    assert {hit.passage.language for hit in sample.answer("solar panels", 32, languages=["ar", "de"]).hits} == {
        "ar",
        "de",
    }


def test_without_passages_in_the_language_nothing_is_confident(encoder):
    search = MultilingualSemanticSearch(encoder)
    search.add_documents([Passage("The cat sleeps.", language="en")])
    answer = search.answer("cat", languages=["th"])
    assert (answer.hits, answer.confident, answer.assessment) == ([], False, None)
    assert "chosen languages" in answer.message
