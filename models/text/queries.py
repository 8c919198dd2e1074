"""What a person may ask: limits on the query, the number of results, the minimum score and the languages."""

import operator
from collections.abc import Iterable

from models.errors import InvalidInputError
from models.languages import LANGUAGES, UNKNOWN

MAX_QUERY_CHARACTERS = 2_000
MAX_RESULTS = 1_000


def checked_query(query: str) -> str:
    """The query without surrounding white space; InvalidInputError when it is empty or too long."""
    if not isinstance(query, str):
        raise InvalidInputError(f"A query is a text, not {type(query).__name__}.")
    text = query.strip()
    if not text:
        raise InvalidInputError("The query is empty. Type a question or a few words.")
    if len(text) > MAX_QUERY_CHARACTERS:
        raise InvalidInputError(
            f"The query has {len(text):,} characters; the limit is {MAX_QUERY_CHARACTERS:,}. "
            "Shorten it, or add the long text as a document."
        )
    return text


def checked_count(k: int) -> int:
    """The number of results as an int; InvalidInputError unless it is a whole number from 1 to 1,000."""
    try:
        count = operator.index(k)
    except TypeError:
        raise InvalidInputError(f"The number of results must be a whole number, not {k!r}.") from None
    if not 1 <= count <= MAX_RESULTS:
        raise InvalidInputError(f"The number of results must lie between 1 and {MAX_RESULTS:,}, not {count}.")
    return count


def checked_minimum(similarity: float | None) -> float | None:
    """The minimum similarity; InvalidInputError outside [-1, 1]."""
    if similarity is not None and not -1 <= similarity <= 1:
        raise InvalidInputError(f"The minimum similarity must lie between -1 and 1, not {similarity}.")
    return similarity


def checked_languages(codes: str | Iterable[str] | None) -> set[str]:
    """The language codes as a set, empty for all; InvalidInputError when one is unknown."""
    chosen = {codes} if isinstance(codes, str) else set(codes or ())
    unknown = chosen - LANGUAGES.keys() - {UNKNOWN}
    if unknown:
        raise InvalidInputError(f"Unknown language {', '.join(sorted(unknown))}. Known: {', '.join(LANGUAGES)}.")
    return chosen
