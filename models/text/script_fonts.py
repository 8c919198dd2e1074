"""Which installed fonts draw which characters, so that a picture shows every script or says which one it cannot."""

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

# Tried first, in this order: even weights, and between them all 16 languages. The first comes with matplotlib.
_PREFERRED = ("Noto Sans", "DejaVu Sans", "Noto Naskh Arabic", "Noto Sans Arabic", "Noto Sans Thai", "Noto Sans CJK JP")
_OTHER_CJK = (
    "Noto Sans CJK SC",
    "Noto Sans CJK KR",
    "Noto Sans JP",
    "Noto Sans SC",
    "Noto Sans KR",
    "WenQuanYi Zen Hei",
)
_SCRIPT_WORDS = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "FULLWIDTH": "Chinese",
    "IDEOGRAPHIC": "Chinese",
}


@dataclass(frozen=True)
class FontChoice:
    """Fonts for a set of texts.

    Args:
        families: names of installed families, in the order in which they are asked for a character; never empty.
        missing: characters that none of them has.
    """

    families: tuple[str, ...]
    missing: frozenset[str]

    @property
    def missing_scripts(self) -> list[str]:
        """Names of the scripts that cannot be drawn: "Thai", "Chinese"; each once, in alphabetical order."""
        return sorted({script_name(character) for character in self.missing})

    def covers(self, text: str) -> bool:
        """Whether every visible character of ``text`` can be drawn."""
        return self.missing.isdisjoint(text)


def fonts_for(texts: Iterable[str], installed: Iterable[str] | None = None) -> FontChoice:
    """Choose installed fonts that have every character of ``texts`` between them, as far as there are any.

    Args:
        texts: what is to be drawn.
        installed: families to choose among; None for all that matplotlib finds.
    """
    available = set(_font_files()) if installed is None else set(installed)
    missing = {character for text in texts for character in text if _visible(character)}
    chosen: list[str] = []
    others = sorted(family for family in available if family.startswith("Noto Sans "))
    for family in (*_PREFERRED, *_OTHER_CJK, *others):
        if not chosen or missing:
            covered = _covered(family) if family in available and family not in chosen else frozenset()
            if covered and (not chosen or missing & covered):
                chosen.append(family)
                missing -= covered
    return FontChoice(tuple(chosen) or ("DejaVu Sans",), frozenset(missing))


def script_name(character: str) -> str:
    """Script of a character as a person calls it: "Thai", "Arabic", "Chinese"; "Symbols" for what is in none."""
    word = unicodedata.name(character, "").split(" ")[0].split("-")[0]
    if word in _SCRIPT_WORDS:
        return _SCRIPT_WORDS[word]
    return word.capitalize() if character.isalpha() and word else "Symbols"


def _visible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) not in ("Cf", "Cc", "Mn", "Cs")


@functools.cache
def _font_files() -> dict[str, str]:
    """Files of the regular upright fonts, by family."""
    from matplotlib.font_manager import fontManager

    return {
        font.name: font.fname
        for font in reversed(fontManager.ttflist)
        if font.style == "normal" and str(font.weight) in ("400", "normal", "regular")
    }


@functools.cache
def _covered(family: str) -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(map(chr, FT2Font(_font_files()[family]).get_charmap()))
    except (KeyError, OSError, RuntimeError):
        return frozenset()  # a damaged font is as good as none
