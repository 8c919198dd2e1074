"""A passage as HTML: the text as it is, its best sentence marked, in its own direction."""

from html import escape

from models.languages import UNKNOWN

# Of the page's own markup only these three properties are set: a mark that suits both themes, and lines with room for
# Thai vowels and Arabic points.
_MARK = "background-color: rgba(214, 158, 46, 0.26); color: inherit; border-radius: 0.2em; padding: 0.05em 0.1em"
_PARAGRAPH = "margin: 0; line-height: 1.6; white-space: pre-line; overflow-wrap: anywhere"
_BCP47 = {"zh": "zh-Hans", "zh_tw": "zh-Hant"}


def passage_html(text: str, language: str, start: int = 0, end: int = 0) -> str:
    """A paragraph of HTML with ``text[start:end]`` marked; nothing of the text is interpreted.

    ``dir="auto"`` lets Arabic read from the right, also when the language was not recognised.
    """
    marked = ""
    if start < end:
        marked = f'<mark style="{_MARK}">{escape(text[start:end])}</mark>'
    code = "" if language == UNKNOWN else f' lang="{escape(_BCP47.get(language, language))}"'
    return (
        f'<p dir="auto"{code} style="{_PARAGRAPH}">{escape(text[:start])}{marked}{escape(text[max(start, end) :])}</p>'
    )
