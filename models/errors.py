"""Errors that a person can act on: every message says what was wrong, with what, and what to do."""

from typing import Literal

ModelFailure = Literal[
    "no_network", "forbidden", "corrupt_cache", "missing_op", "not_found", "timeout", "incompatible", "no_space"
]


class PolyglotError(Exception):
    """Base of all expected failures; ``str(error)`` is a sentence fit for a page."""


class UnreadableFileError(PolyglotError):
    """A file that cannot be used.

    Args:
        file_name: the name that the person gave the file; shown, never used as a path.
        problem: what is wrong with it, continuing "<file name> ...", without a full stop.
        remedy: what to do, as a sentence.
    """

    def __init__(self, file_name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file_name} {problem}. {remedy}")
        self.file_name = file_name
        self.problem = problem
        self.remedy = remedy


class InvalidInputError(PolyglotError):
    """A query or a parameter that is out of range."""


class CancelledError(PolyglotError):
    """The person stopped a long task."""


class ModelUnavailableError(PolyglotError):
    """A model that cannot be loaded now.

    Args:
        model: the model's title or handle.
        reason: a code for the cause, for tests and icons.
        problem: what happened, continuing "<model> ...", without a full stop.
        remedy: what to do, as a sentence.
    """

    def __init__(self, model: str, reason: ModelFailure, problem: str, remedy: str) -> None:
        super().__init__(f"{model} {problem}. {remedy}")
        self.model = model
        self.reason = reason
        self.problem = problem
        self.remedy = remedy
