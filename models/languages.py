"""The 16 languages of the app and offline identification of the language of a text."""

from dataclasses import dataclass


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
