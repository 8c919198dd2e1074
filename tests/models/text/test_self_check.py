import numpy as np
import pytest

from models.errors import InvalidInputError
from models.text.passages import Passage
from models.text.self_check import check_languages


def aligned(*rows: tuple[str, str, list[float]]) -> tuple[list[Passage], np.ndarray]:
    passages = [Passage(f"{language} {topic}", language=language, topic=topic) for language, topic, _ in rows]
    return passages, np.array([vector for *_, vector in rows], dtype=np.float32)


def test_precision_is_counted_for_each_ordered_pair():
    passages, vectors = aligned(
        ("th", "sun", [1, 0]), ("th", "cat", [0.9, 0.436]),
        ("en", "sun", [1, 0]), ("en", "cat", [0, 1]),
        ("de", "cat", [0, 1]),
    )  # fmt: skip
    matrix = check_languages(passages, vectors)
    assert matrix.languages == ["de", "en", "th"]
    assert matrix.topics == 2
    # Thai "cat" lies nearer to English "sun"; every English text finds its Thai one
    assert matrix.precision[2, 1] == 0.5
    assert matrix.precision[1, 2] == 1.0
    assert matrix.counts.tolist() == [[0, 1, 1], [1, 0, 2], [1, 2, 0]]
    assert np.isnan(np.diag(matrix.precision)).all()
    assert matrix.mean == pytest.approx(np.nanmean(matrix.precision))


def test_passages_without_topic_are_left_out_and_one_language_is_not_enough():
    passages, vectors = aligned(("en", "sun", [1, 0]), ("en", "cat", [0, 1]))
    with pytest.raises(InvalidInputError, match="two languages"):
        check_languages([*passages, Passage("x", language="de")], np.vstack([vectors, [[1, 0]]]))
    with pytest.raises(InvalidInputError, match="two languages"):
        check_languages([], np.empty((0, 2), np.float32))
