import numpy as np

from components.language_check import findings, heatmap, in_percent, matrix_table
from models.text.self_check import LanguageMatrix

MATRIX = LanguageMatrix(
    ["de", "th", "Suomi"],
    np.array([[np.nan, 0.9, 1.0], [0.4, np.nan, np.nan], [1.0, np.nan, np.nan]]),
    np.array([[0, 10, 10], [10, 0, 0], [10, 0, 0]]),
    topics=10,
)


def test_table_has_a_row_for_each_measured_pair() -> None:
    table = matrix_table(MATRIX)
    assert len(table) == 4
    assert list(table.iloc[0]) == ["German", "Thai", 0.9, 10]
    assert set(table["asked in"]) == {"German", "Thai", "Suomi"}


def test_findings_name_the_weakest_pair() -> None:
    assert "The weakest pair is Thai to German, with 40%." in findings(MATRIX, matrix_table(MATRIX))


def test_findings_of_a_perfect_model() -> None:
    perfect = LanguageMatrix(
        ["de", "th"], np.array([[np.nan, 1.0], [1.0, np.nan]]), np.array([[0, 5], [5, 0]]), topics=5
    )
    assert findings(perfect, matrix_table(perfect)).endswith("Every text found its translation.")


def test_only_a_perfect_mean_is_a_hundred_percent() -> None:
    assert [in_percent(share) for share in (1.0, 0.9998, 0.957, 0.0)] == ["100.0%", "99.9%", "95.7%", "0.0%"]


def test_scale_reaches_down_to_the_weakest_pair() -> None:
    assert heatmap(matrix_table(MATRIX)).to_dict()["encoding"]["color"]["scale"]["domain"] == [0.4, 1.0]
