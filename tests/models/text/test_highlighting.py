from models.text.highlighting import best_sentences
from models.text.passages import Passage

TEXT = "Bread needs warm yeast. The cat sleeps on the sofa. Trains run at night."


def highlighted(encoder, query: str, passages: list[Passage]) -> list[str]:
    spans = best_sentences(encoder, encoder.encode([query])[0], passages)
    return [passage.text[span.start : span.end] for passage, span in zip(passages, spans, strict=True)]


def test_the_best_sentence_of_each_passage_is_found(tiny_encoder):
    passages = [
        Passage(TEXT, language="en"),
        Passage("Only one sentence here", language="en"),
        Passage(TEXT, language="en"),
    ]
    assert highlighted(tiny_encoder, "where sleeps the cat", passages) == [
        "The cat sleeps on the sofa.",
        "Only one sentence here",
        "The cat sleeps on the sofa.",
    ]
    assert highlighted(tiny_encoder, "night trains", passages)[0] == "Trains run at night."


def test_scripts_without_spaces_and_odd_text_have_a_span(tiny_encoder):
    passages = [Passage("猫は寝る。電車は夜に走る。", language="ja"), Passage("!!!"), Passage("  padded  ")]
    for passage, span in zip(
        passages, best_sentences(tiny_encoder, tiny_encoder.encode(["x"])[0], passages), strict=True
    ):
        assert 0 <= span.start < span.end <= len(passage.text)
        assert -1 <= span.similarity <= 1


def test_no_hits_need_no_encoder_call(tiny_encoder):
    assert best_sentences(tiny_encoder, tiny_encoder.encode(["x"])[0], []) == []
