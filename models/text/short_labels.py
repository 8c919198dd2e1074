"""Labels for the rows and columns of a matrix: numbered, short enough to be read, whatever the script."""

import unicodedata
from collections.abc import Sequence

_ISOLATE, _POP = "\u2068", "\u2069"  # keep a right-to-left text from pulling the number to its side


def display_width(text: str) -> int:
    """Width in columns of a terminal: 2 for Chinese, Japanese and Korean characters, 0 for marks, 1 for others."""
    return sum(_width(character) for character in text)


def shortened(text: str, width: int) -> str:
    """``text`` on one line and at most ``width`` columns wide, with an ellipsis where it was cut.

    Marks stay with the letter that carries them. Lines and tabs become spaces.
    """
    flat = " ".join(text.split())
    if len(flat) <= width // 2 or display_width(flat) <= width:
        return flat
    used, kept = 0, 0
    for character in flat:
        used += _width(character)
        if used > width - 1:
            break
        kept += 1
    return flat[:kept].rstrip() + "…"


def numbered_labels(
    texts: Sequence[str], width: int = 28, prefix: str = "", numbers: Sequence[int] | None = None
) -> list[str]:
    """One label for each text, such as "3 · The cat sl…"; all different because of the number.

    Args:
        texts: sentences.
        width: columns for the text, without its number.
        prefix: letter before the number, to tell list A from list B.
        numbers: one for each text; None counts from 1.
    """
    counted = range(1, len(texts) + 1) if numbers is None else numbers
    return [
        f"{prefix}{number} · {_ISOLATE}{shortened(text, width)}{_POP}"
        for number, text in zip(counted, texts, strict=True)
    ]


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
