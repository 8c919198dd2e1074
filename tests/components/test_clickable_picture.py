import pytest

from components.clickable_picture import Click, click_of

SAID = {"of": "nuclei:1", "across": 0.25, "down": 1, "reach": 0.01}


def test_what_the_browser_says_becomes_a_click() -> None:
    assert click_of(SAID) == Click("nuclei:1", 0.25, 1.0, 0.01)
    assert click_of({**SAID, "reach": 7}) == Click("nuclei:1", 0.25, 1.0, 0.1)  # never more than a tenth


@pytest.mark.parametrize(
    "said",
    [
        None,
        "0.5,0.5",
        {},
        {**SAID, "of": 3},
        {**SAID, "across": "0.5"},
        {**SAID, "across": -0.01},
        {**SAID, "down": 1.01},
        {**SAID, "down": float("nan")},
        {**SAID, "reach": float("nan")},
        {**SAID, "reach": -1},
        {name: value for name, value in SAID.items() if name != "reach"},
    ],
)
def test_what_is_no_click_in_a_picture_is_none(said: object) -> None:
    assert click_of(said) is None
