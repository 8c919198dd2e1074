"""How long a download may take, how much it may bring, and how it tells about itself."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[float | None, str], None]
"""Called with the share done (0 to 1; None when it is unknown) and a sentence for the person who waits."""


@dataclass(frozen=True)
class DownloadLimits:
    """How long to wait and how much to accept.

    Args:
        connect_seconds: to reach the server, name look-up included.
        answer_seconds: until it has answered, redirects included.
        stall_seconds: a window in which at least ``stall_bytes`` must arrive.
        stall_bytes: see ``stall_seconds``.
        max_bytes: of the archive and, separately, of its unpacked files.
        max_files: in the archive.
    """

    connect_seconds: float = 5.0
    answer_seconds: float = 30.0
    stall_seconds: float = 30.0
    stall_bytes: int = 32_768
    max_bytes: int = 4_000_000_000
    max_files: int = 10_000
