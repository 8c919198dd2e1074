import pytest

from components.examples import EXAMPLE_TOPICS, browser_language, examples_in
from models.languages import LANGUAGES
from models.text.encoder import TextEncoder
from models.text.sample_corpus import load_sample_corpus, sample_topics
from models.text.search import MultilingualSemanticSearch


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_examples_of_three_categories_in_every_language(language: str) -> None:
    examples = examples_in(language)
    assert [example.language for example in examples] == [language] * 3
    assert len({sample_topics()[example.topic] for example in examples}) == 3


def test_bundled_model_answers_the_examples(bundled_encoder: TextEncoder) -> None:
    search = MultilingualSemanticSearch(bundled_encoder)
    search.add_documents(load_sample_corpus())
    examples = [example for language in EXAMPLE_TOPICS for example in examples_in(language)]
    answers = [(example, search.answer(example.text, 1)) for example in examples]
    assert [e.text for e, answer in answers if answer.hits[0].passage.topic != e.topic] == []
    assert [e.text for e, answer in answers if not answer.confident] == []


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("de-DE", "de"),
        ("pt_BR", "pt"),
        ("zh-TW", "zh_tw"),
        ("zh-Hant-HK", "zh_tw"),
        ("zh-CN", "zh"),
        ("sv-SE", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_examples_open_in_the_browsers_language(locale: str | None, expected: str) -> None:
    assert browser_language(locale) == expected
