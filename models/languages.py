"""The 16 languages of the app and offline identification of the language of a text."""

import bisect
import functools
import re
import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier


@dataclass(frozen=True)
class Language:
    """One supported language; ``code`` is ISO 639-1, with ``zh_tw`` for traditional Chinese."""

    code: str
    english_name: str
    native_name: str
    right_to_left: bool = False


LANGUAGES: dict[str, Language] = {
    language.code: language
    for language in (
        Language("ar", "Arabic", "العربية", right_to_left=True),
        Language("de", "German", "Deutsch"),
        Language("en", "English", "English"),
        Language("es", "Spanish", "Español"),
        Language("fr", "French", "Français"),
        Language("it", "Italian", "Italiano"),
        Language("ja", "Japanese", "日本語"),
        Language("ko", "Korean", "한국어"),
        Language("nl", "Dutch", "Nederlands"),
        Language("pl", "Polish", "Polski"),
        Language("pt", "Portuguese", "Português"),
        Language("ru", "Russian", "Русский"),
        Language("th", "Thai", "ไทย"),
        Language("tr", "Turkish", "Türkçe"),
        Language("zh", "Chinese (simplified)", "简体中文"),
        Language("zh_tw", "Chinese (traditional)", "繁體中文"),
    )
}

UNKNOWN = "und"

_SAMPLE = 240  # characters that decide; more costs time and changes nothing measurable
_MIN_INSIDE = 0.05  # below this share of the probability the text is in a language outside the 16
_MIN_CONFIDENCE = 0.4  # below this, short Latin texts ("hello") are a coin toss
_MIN_LATIN_LETTERS = 4
_NON_LATIN_WEIGHT = 2.5  # any script quotes Latin names; Latin texts seldom quote other scripts
_MIN_KANA_SHARE = 0.08  # Chinese texts borrow a stray の; Japanese has far more kana than this
_ADDRESSES = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")

_SCRIPT_RANGES = (  # first and last code point, in rising order; letters elsewhere count as "other"
    (0x0041, 0x024F, "latin"),
    (0x0400, 0x052F, "cyrillic"),
    (0x0600, 0x06FF, "arabic"),
    (0x0750, 0x077F, "arabic"),
    (0x0E01, 0x0E5B, "thai"),
    (0x1100, 0x11FF, "hangul"),
    (0x1E00, 0x1EFF, "latin"),
    (0x3041, 0x30FF, "kana"),
    (0x3130, 0x318F, "hangul"),
    (0x3400, 0x9FFF, "han"),
    (0xAC00, 0xD7A3, "hangul"),
    (0xF900, 0xFAFF, "han"),
    (0xFB50, 0xFEFC, "arabic"),
    (0xFF21, 0xFF5A, "latin"),
    (0xFF66, 0xFF9D, "kana"),
    (0x20000, 0x323AF, "han"),
)
_RANGE_STARTS = [first for first, _, _ in _SCRIPT_RANGES]
# what the identifier's labels count as here; varieties are told apart by nobody who searches
_LABELS = {
    "latin": {code: code for code in ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "tr")},
    "arabic": {"ar": "ar", "arz": "ar", "ary": "ar"},
    "cyrillic": {"ru": "ru"},
}
_loading = threading.Lock()


def identify_language(text: str) -> str:
    """Name the language of a text: a code of ``LANGUAGES``, or "und".

    Offline and deterministic: the script decides where it can (Thai, Korean, Japanese, Chinese), a naive Bayes model
    of 140 languages (py3langid) decides the rest. "und" means no letters, too little text to tell, or a language
    outside the 16. The first call that needs the model loads it, in about a second.

    Args:
        text: any string; the first 240 characters are read.
    """
    sample = _ADDRESSES.sub(" ", text.strip()[: 2 * _SAMPLE]).strip()[:_SAMPLE]
    counts = _count_scripts(sample)
    if not counts:
        return UNKNOWN
    east_asian = counts["han"] + counts["kana"] + counts["hangul"]
    weights = {script: counts[script] * _NON_LATIN_WEIGHT for script in ("cyrillic", "arabic", "thai", "other")}
    weights |= {"latin": float(counts["latin"]), "east_asian": east_asian * _NON_LATIN_WEIGHT}
    main = max(weights, key=lambda script: weights[script])
    if main == "thai":
        return "th"
    if main == "other":
        return UNKNOWN
    if main == "east_asian":
        if counts["hangul"] >= max(counts["kana"], counts["han"] / 2):
            return "ko"
        if counts["kana"] >= _MIN_KANA_SHARE * east_asian:
            return "ja"
        return _chinese_variant(sample)
    if main == "latin" and counts["latin"] < _MIN_LATIN_LETTERS:
        return UNKNOWN
    return _identify_by_model(sample, _LABELS[main])


def _script(character: str) -> str | None:
    """The script of a letter; None for what is not a letter."""
    if not character.isalpha():
        # Thai vowels and tone marks are marks, not letters, and yet half of the text
        return "thai" if "\u0e30" <= character <= "\u0e4e" else None
    point = ord(character)
    index = bisect.bisect_right(_RANGE_STARTS, point) - 1
    return _SCRIPT_RANGES[index][2] if index >= 0 and point <= _SCRIPT_RANGES[index][1] else "other"


def _count_scripts(text: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for character, times in Counter(text).items():
        script = _script(character)
        if script:
            counts[script] += times
    return counts


def _chinese_variant(text: str) -> str:
    """Tell ``zh``, ``zh_tw`` and kanji-only ``ja`` apart by which national character set covers the ideographs.

    GB 2312 holds the simplified forms, Big5 the traditional ones, JIS X 0208 the Japanese ones; each leaves out what
    only the others use. A text whose characters are common to all counts as simplified.
    """
    ideographs = "".join(character for character in text if _script(character) == "han")
    covered = {
        code: len(ideographs.encode(charset, "ignore")) // 2
        for code, charset in (("zh", "gb2312"), ("zh_tw", "big5"), ("ja", "euc_jp"))
    }
    if covered["ja"] == len(ideographs) > max(covered["zh"], covered["zh_tw"]):
        return "ja"
    return "zh_tw" if covered["zh_tw"] > covered["zh"] else "zh"


def _identify_by_model(text: str, labels: dict[str, str]) -> str:
    scores: Counter[str] = Counter()
    for label, probability in _identifier().rank(text):
        if label in labels:
            scores[labels[label]] += probability
    inside = sum(scores.values())
    code = max(scores, key=lambda label: scores[label])
    if inside < _MIN_INSIDE or scores[code] / inside < _MIN_CONFIDENCE:
        return UNKNOWN
    return code


def _identifier() -> "LanguageIdentifier":
    with _loading:  # two visitors at once must not load it twice
        return _load_identifier()


@functools.cache
def _load_identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
