import pytest

from components.segmentation_objects import number_format


@pytest.mark.parametrize(
    ("largest", "expected"),
    [
        (0, "%.0f"),
        (0.0004, "%.4f"),
        (0.99, "%.3f"),
        (1.0, "%.3f"),
        (94.08, "%.2f"),
        (162.3, "%.1f"),
        (50_030, "%.0f"),
    ],
)
def test_a_column_has_as_many_digits_as_its_largest_number_needs(largest: float, expected: str) -> None:
    assert number_format(largest) == expected
