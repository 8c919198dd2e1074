"""Bytes to text when nobody says in which encoding they are.

Byte order marks and valid UTF-8 settle most files. For the rest each candidate encoding is tried and the text that
is the likeliest in one of its languages wins: legacy files are often too short for general detectors. The likelihood
is a sum of bits, from the character table and three rules of spelling; see ``_cost``.
"""

import codecs
import functools
import json
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("character_table.json")
_SAMPLE = 32_768  # bytes that decide; enough for any language, and cheap for 20 MB files

_MARKS = (  # longest first: the mark of UTF-32 LE begins with that of UTF-16 LE
    (codecs.BOM_UTF32_LE, "utf_32"),
    (codecs.BOM_UTF32_BE, "utf_32"),
    (codecs.BOM_UTF8, "utf_8_sig"),
    (codecs.BOM_UTF16_LE, "utf_16"),
    (codecs.BOM_UTF16_BE, "utf_16"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
_LATIN = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "tr")
_EVERY = (*_LATIN, "ar", "ja", "ko", "ru", "th", "zh", "zh_tw")
# codec -> the languages that are written in it; the first of two equally likely candidates wins
_CANDIDATES: dict[str, tuple[str, ...]] = {
    "utf_8": _EVERY,
    "cp1252": ("en", "de", "es", "fr", "it", "nl", "pt"),
    "cp1250": ("pl", "de"),
    "iso8859_2": ("pl", "de"),
    "cp1254": ("tr",),
    "mac_roman": ("en", "de", "es", "fr", "it", "nl", "pt"),
    "cp1251": ("ru",),
    "koi8_r": ("ru",),
    "cp866": ("ru",),
    "cp1256": ("ar",),
    "iso8859_6": ("ar",),
    "cp874": ("th",),
    "cp932": ("ja",),
    "euc_jp": ("ja",),
    "cp949": ("ko",),
    "gb18030": ("zh", "zh_tw"),
    "cp950": ("zh_tw",),
    "utf_16_le": _EVERY,
    "utf_16_be": _EVERY,
}
_RARE = frozenset({"mac_roman", "cp866", "iso8859_6", "euc_jp"})
_JAPANESE_ESCAPE = b"\x1b$"
_NAMES = {
    "utf_8": "UTF-8", "utf_8_sig": "UTF-8", "utf_16": "UTF-16", "utf_16_le": "UTF-16 LE", "utf_16_be": "UTF-16 BE",
    "utf_32": "UTF-32", "cp1252": "Windows-1252", "cp1250": "Windows-1250", "iso8859_2": "ISO 8859-2",
    "cp1254": "Windows-1254", "mac_roman": "Mac Roman", "cp1251": "Windows-1251", "koi8_r": "KOI8-R",
    "cp866": "IBM866", "cp1256": "Windows-1256", "iso8859_6": "ISO 8859-6", "cp874": "Windows-874",
    "cp932": "Shift-JIS", "euc_jp": "EUC-JP", "iso2022_jp": "ISO-2022-JP", "cp949": "EUC-KR", "gb18030": "GB18030",
    "cp950": "Big5",
}  # fmt: skip

_UNSEEN_BITS = 20.0
_COMMON_SIGNS = dict.fromkeys("‘’‚“”„«»–—…•·€£§°²³½×©®™´¡¿\u00a0", 9.0)  # at home in every language
_BROKEN_BITS = 40.0  # a byte that the encoding does not have
_MIXED_SCRIPT_BITS = 8.0  # a letter of another script inside a Latin word
_MIXED_IDEOGRAPH_BITS = 2.0  # the same in scripts without spaces, where it happens
_DOUBLE_ACCENT_BITS = 4.0  # two accented letters in a row: rare in Latin languages
_CASE_BITS = 8.0  # a capital after a small letter: how the wrong Cyrillic encoding looks
_RARE_BITS = 6.0  # the head start of the other encodings
_MAX_BITS_PER_CHARACTER = 16.0  # above this the best candidate is no text of the 16 languages


@dataclass(frozen=True)
class DecodedText:
    r"""Text with how it was decoded.

    Args:
        text: line ends are ``\n``; undecodable bytes are U+FFFD.
        encoding: name for a person, such as "UTF-8" or "Windows-1251".
        replaced: how many bytes or sequences could not be decoded.
        guessed: True where no mark or rule settled the encoding.
    """

    text: str
    encoding: str
    replaced: int
    guessed: bool


def decode(data: bytes) -> DecodedText:
    """Detect the encoding of ``data`` and decode all of it; never fails, see ``DecodedText.replaced``."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decoded(data, codec, guessed=False)
    if _JAPANESE_ESCAPE in data[:_SAMPLE] and data.isascii():
        return _decoded(data, "iso2022_jp", guessed=False)
    if b"\x00" not in data:  # text in UTF-16 is often valid UTF-8, with a NUL before or after each ASCII letter
        try:
            return DecodedText(_unify_line_ends(data.decode("utf_8")), "UTF-8", 0, guessed=False)
        except UnicodeDecodeError:
            pass
    return _decoded(data, detect_codec(data), guessed=True)


def detect_codec(data: bytes) -> str:
    """Name the Python codec under which ``data``, which is not valid UTF-8, reads best."""
    sample = data[:_SAMPLE]
    # no encoding but UTF-16 has NULs, and UTF-16 has one for every space and line end
    candidates = ("utf_8", "utf_16_le", "utf_16_be") if b"\x00" in sample else tuple(_CANDIDATES)
    texts = {codec: _decode_sample(sample, codec) for codec in candidates}
    costs = {codec: _cost(text, _CANDIDATES[codec]) + _RARE_BITS * (codec in _RARE) for codec, text in texts.items()}
    best = min(costs, key=lambda codec: costs[codec])
    if costs[best] > _MAX_BITS_PER_CHARACTER * sum(character > "\x7f" for character in texts[best]):
        return _detect_elsewhere(sample) or best
    return best


def _detect_elsewhere(sample: bytes) -> str | None:
    """What the general detector says, for languages outside the 16."""
    from charset_normalizer import from_bytes

    match = from_bytes(sample).best()
    return match.encoding if match else None


def _decoded(data: bytes, codec: str, *, guessed: bool) -> DecodedText:
    already = data.count("\ufffd".encode()) if codec.startswith("utf_8") else 0
    text = data.decode(codec, "replace")
    return DecodedText(
        _unify_line_ends(text), _NAMES.get(codec, codec), max(0, text.count("\ufffd") - already), guessed=guessed
    )


def _unify_line_ends(text: str) -> str:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _decode_sample(sample: bytes, codec: str) -> str:
    """Decode without complaining about a character cut off at the end."""
    return codecs.getincrementaldecoder(codec)("replace").decode(sample)


@functools.cache
def _bits() -> dict[str, dict[str, float]]:
    """Bits of each non-ASCII character, by language."""
    table: dict[str, list[str]] = json.loads(_TABLE.read_text(encoding="utf8"))
    return {
        language: _COMMON_SIGNS | {character: float(bits) for bits, group in enumerate(groups) for character in group}
        for language, groups in table.items()
    }


def _cost(text: str, languages: tuple[str, ...]) -> float:
    """Bits that the non-ASCII part of ``text`` takes in the likeliest of ``languages``; less is better."""
    foreign = "".join(character for character in text if character > "\x7f")
    shared = _BROKEN_BITS * (foreign.count("\ufffd") + sum(c < " " and c not in "\t\n\r\f" for c in text))
    shared += _spelling_cost(text, latin=languages[0] in _LATIN)
    tables = _bits()
    return shared + min(
        sum(map(functools.partial(_character_bits, tables[language]), foreign)) for language in languages
    )


def _character_bits(table: dict[str, float], character: str) -> float:
    return table.get(character, _UNSEEN_BITS)


def _spelling_cost(text: str, *, latin: bool) -> float:
    cost = 0.0
    previous = " "
    for character in text:
        if character > "\x7f" or previous > "\x7f":
            if character.isupper() and previous.islower():
                cost += _CASE_BITS
            if character.isalpha() and previous.isalpha():
                if character > "\x7f" and previous > "\x7f":
                    cost += _DOUBLE_ACCENT_BITS * latin
                elif not latin:
                    cost += _MIXED_SCRIPT_BITS if _is_alphabetic(max(character, previous)) else _MIXED_IDEOGRAPH_BITS
        previous = character
    return cost


def _is_alphabetic(character: str) -> bool:
    """True for scripts that put a space between words, and so between scripts."""
    return character < "\u0e00"
