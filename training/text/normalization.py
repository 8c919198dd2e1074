"""Character rules of the tokenizer: Unicode NFKC with case folding, plus what helps Arabic, Chinese and Turkish.

The rules live inside the SentencePiece model, so the exported graph needs no other normalisation.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

ARABIC_MARKS = [*range(0x064B, 0x0653), 0x0670, 0x0640]
"""Short vowels and the stretching bar: written or left out at will."""

ARABIC_LETTERS = {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"}
"""Hamza seats and final forms that writers exchange freely."""

TURKISH = {"İ": "i", "ı": "i"}
"""Case folding cannot tell Turkish from other languages: one i for all keeps upper and lower case together."""

_SKIPPED_CATEGORIES = {"Cs", "Co", "Cn"}


def _folded(text: str) -> str:
    """NFKC, case folding, NFKC again: case folding can undo the composition."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _base_rules() -> dict[str, str]:
    rules: dict[str, str] = {}
    for code in range(0x20, 0x30000):
        character = chr(code)
        category = unicodedata.category(character)
        if category in _SKIPPED_CATEGORIES or 0xAC00 <= code <= 0xD7A3:
            continue
        if category in {"Cc", "Cf"}:
            rules[character] = " " if character in "\t\n\r\u0085" else ""
            continue
        if category in {"Zs", "Zl", "Zp"}:
            rules[character] = " "
            continue
        folded = _folded(character)
        if folded != character:
            rules[character] = folded
        decomposed = unicodedata.normalize("NFD", character)
        if 1 < len(decomposed) <= 3 and folded:
            rules[decomposed] = folded
    for character in "\t\n\r":
        rules[character] = " "
    rules.pop(" ", None)
    return rules


def chinese_rules(pairs: Iterable[tuple[str, str]], minimum: int = 2) -> dict[str, str]:
    """Traditional to simplified characters, learned from aligned (simplified, traditional) words.

    Only words of one length are compared, character by character; the commonest partner wins.
    """
    partners: dict[str, Counter[str]] = defaultdict(Counter)
    for simplified, traditional in pairs:
        if len(simplified) == len(traditional):
            for short, long in zip(simplified, traditional, strict=True):
                if "\u4e00" <= long <= "\u9fff" and "\u4e00" <= short <= "\u9fff":
                    partners[long][short] += 1
    rules = {}
    for long, counts in partners.items():
        short, count = counts.most_common(1)[0]
        if short != long and count >= minimum:
            rules[long] = short
    return {long: short for long, short in rules.items() if short not in rules}


def write_rules(path: Path, chinese: dict[str, str]) -> int:
    """Write the rules in SentencePiece's TSV form (code points in hexadecimal); returns how many there are."""
    rules = _base_rules()
    rules.update({chr(code): "" for code in ARABIC_MARKS})
    rules.update(ARABIC_LETTERS)
    rules.update(TURKISH)
    rules.update(chinese)
    for source, target in list(rules.items()):
        rules[source] = "".join(rules.get(character, character) for character in target)
    lines = []
    for source, target in sorted(rules.items()):
        if source != target:
            codes = [" ".join(f"{ord(character):X}" for character in text) for text in (source, target)]
            lines.append("\t".join(codes))
    path.write_text("\n".join(lines) + "\n", encoding="utf8")
    return len(lines)
