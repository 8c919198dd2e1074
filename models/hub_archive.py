"""Unpacking of a model's archive while it arrives: counted, limited, and never outside its folder."""

import gzip
import io
import tarfile
import time
import zlib
from collections import deque
from pathlib import Path
from typing import Any

from models.errors import ModelUnavailableError
from models.hub_limits import DownloadLimits, Progress
from models.model_spec import ModelSpec

_TELL_SECONDS = 0.1


class ArchiveStream(io.RawIOBase):
    """The bytes of an HTTP answer, with progress, size and speed watched.

    Args:
        spec: the model, for messages.
        raw: urllib3's answer; ``read1`` returns what has arrived.
        total: announced length in bytes, or None.
        tell: progress callback.
        limits: size and speed limits.
    """

    def __init__(self, spec: ModelSpec, raw: Any, total: int | None, tell: Progress, limits: DownloadLimits) -> None:
        self._spec, self._raw, self._total, self._tell, self._limits = spec, raw, total, tell, limits
        self.received = 0
        self._told_at = 0.0
        self._arrivals: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])

    def readable(self) -> bool:
        """Return True: this is a stream to read from."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill ``buffer`` with what has arrived; 0 at the end of a complete answer."""
        import urllib3

        try:
            # The first two bytes tell gzip from tar, so they must come together; after that, whatever has arrived.
            chunk = self._raw.read1(len(buffer)) if self.received else self._raw.read(2)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise self._slow() from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self.broken() from error
        if not chunk and self._total is not None and self.received < self._total:
            raise self.broken()
        buffer[: len(chunk)] = chunk
        self.received += len(chunk)
        if self.received > self._limits.max_bytes:
            raise too_large(self._spec, self._limits)
        if chunk:
            self._watch()
        return len(chunk)

    def _watch(self) -> None:
        now = time.monotonic()
        self._arrivals.append((now, self.received))
        while now - self._arrivals[0][0] > self._limits.stall_seconds:
            _, before = self._arrivals.popleft()
            if self.received - before < self._limits.stall_bytes and self.received != self._total:
                raise self._slow()
        if now - self._told_at >= _TELL_SECONDS or self.received == self._total:
            self._told_at = now
            done = f"{self.received / 1e6:,.1f}"
            if self._total:
                self._tell(
                    min(self.received / self._total, 1.0),
                    f"Downloading {self._spec.title}: {done} of {self._total / 1e6:,.1f} MB",
                )
            else:
                self._tell(None, f"Downloading {self._spec.title}: {done} MB")

    def _slow(self) -> ModelUnavailableError:
        return ModelUnavailableError(
            self._spec.title,
            "timeout",
            f"was not downloaded, because the connection is too slow or stopped after {self.received / 1e6:,.1f} MB",
            "Try again later, or choose a model that is on this machine.",
        )

    def broken(self) -> ModelUnavailableError:
        """Return the error for an answer that ended too early."""
        of = f" of {self._total / 1e6:,.1f}" if self._total else ""
        return ModelUnavailableError(
            self._spec.title,
            "no_network",
            f"was not downloaded completely: the connection broke after {self.received / 1e6:,.1f}{of} MB",
            "Try again, or choose a model that is on this machine.",
        )


def too_large(spec: ModelSpec, limits: DownloadLimits) -> ModelUnavailableError:
    """Return the error for an archive beyond the limits."""
    return ModelUnavailableError(
        spec.title,
        "incompatible",
        f"was not downloaded, because it is larger than {limits.max_bytes / 1e6:,.0f} MB "
        f"or holds more than {limits.max_files:,} files",
        "Download it by hand, unpack it, and name its folder instead.",
    )


def extract_archive(spec: ModelSpec, stream: ArchiveStream, folder: Path, limits: DownloadLimits) -> None:
    """Unpack a tar or tar.gz into ``folder``, which exists and is empty.

    Only files and folders inside ``folder`` are accepted: no links, devices, absolute names or "..".

    Raises:
        ModelUnavailableError: truncated, not an archive, unsafe or too large.
    """
    buffered = io.BufferedReader(stream, 1 << 20)
    compressed = buffered.peek(2)[:2] == b"\x1f\x8b"
    source: Any = gzip.GzipFile(fileobj=buffered) if compressed else buffered
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            size = 0
            for count, member in enumerate(archive, start=1):
                size += member.size
                if size > limits.max_bytes or count > limits.max_files:
                    raise too_large(spec, limits)
                if not (member.isfile() or member.isdir()):
                    raise _unsafe(spec, member.name)
                archive.extract(member, folder, filter="data")
        # To the end: only then gzip compares its checksum, and a tar cut between two files is noticed.
        while source.read(1 << 20):
            pass
    except tarfile.FilterError as error:
        raise _unsafe(spec, error.tarinfo.name) from error
    except EOFError as error:
        raise stream.broken() from error
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error) as error:
        raise ModelUnavailableError(
            spec.title,
            "incompatible",
            "was downloaded, but what arrived is not a model archive or is damaged",
            "Try again; if it happens again, the copy on the server is broken: choose another model.",
        ) from error


def _unsafe(spec: ModelSpec, name: str) -> ModelUnavailableError:
    return ModelUnavailableError(
        spec.title,
        "incompatible",
        f"was not unpacked, because its archive holds an unsafe entry ({name[:80]!r})",
        "Do not use this address; choose another model.",
    )
