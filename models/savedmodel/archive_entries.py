"""The entries of a stranger's archive: listed within limits, refused when unsafe, and read one by one in memory."""

import contextlib
import gzip
import io
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from models.errors import UnreadableFileError

_CHUNK = 1 << 20
_SMALL = 10_000_000  # bytes that may come out of any archive: nobody is hurt by them
_DIRECTORY_BYTES = 4_000_000  # of a zip file's list of entries, which Python unfolds into objects


@dataclass(frozen=True)
class ArchiveLimits:
    """What an uploaded archive may hold.

    Args:
        max_bytes: of the archive.
        max_unpacked_bytes: of all its files.
        max_ratio: of unpacked to packed bytes; weights hardly compress.
        max_files: in it.
        max_graph_bytes: of saved_model.pb.
        max_index_bytes: of the variables' index.
    """

    max_bytes: int = 500 << 20
    max_unpacked_bytes: int = 2_000_000_000
    max_ratio: float = 100.0
    max_files: int = 10_000
    max_graph_bytes: int = 128_000_000
    max_index_bytes: int = 32_000_000


@dataclass
class Entries:
    """Files of an open archive.

    Args:
        name: of the archive, for messages.
        sizes: relative name -> unpacked bytes.
        fetch: returns one file as a stream.
        close: lets go of the archive.
    """

    name: str
    sizes: Mapping[str, int]
    fetch: Callable[[str], Any]
    close: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> "Entries":
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Let go of the archive."""
        self.close.close()

    def read(self, path: str, most: int) -> bytes:
        """Return the content of ``path``, an entry, if it is no larger than ``most`` bytes."""
        short = PurePosixPath(path).name
        if self.sizes[path] > most:
            raise UnreadableFileError(
                self.name, f"holds a {short} of more than {most // 1_000_000:,} MB", "Inspect it on your own machine."
            )
        try:
            with self.fetch(path) as stream:
                chunks = list(iter(lambda: stream.read(_CHUNK), b""))
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
            raise UnreadableFileError(
                self.name, f"is damaged at its {short}", "Upload it again, or pack it anew."
            ) from error
        return b"".join(chunks)


def zip_entries(name: str, data: bytes, limits: ArchiveLimits) -> Entries:
    """Open a zip file; its declared sizes are promises that ``zipfile`` keeps: reading stops there."""
    if _directory_bytes(data) > _DIRECTORY_BYTES:
        raise _too_large(name, limits)
    archive = zipfile.ZipFile(io.BytesIO(data))
    total, found = 0, {}
    for count, info in enumerate(archive.infolist(), start=1):
        if stat.S_ISLNK(info.external_attr >> 16):
            raise _unsafe(name, info.filename)
        if info.flag_bits & 1:
            raise UnreadableFileError(name, "is protected with a password", "Pack it without one.")
        total += info.file_size
        path = _checked(name, info.filename)
        if not info.is_dir():
            found[path] = info
        _check(name, total, count, len(data), limits)
    sizes = {path: info.file_size for path, info in found.items()}
    # The largest possible window, whatever a crafted entry asks for.
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in found.values()):
        raise UnreadableFileError(name, "is packed in an unusual way", "Pack it again as a plain .zip or .tar.gz.")
    entries = Entries(name, sizes, lambda path: archive.open(found[path]))
    entries.close.callback(archive.close)
    return entries


def tar_entries(name: str, data: bytes, limits: ArchiveLimits) -> Entries:
    """Open a tar or tar.gz file."""
    source: Any = io.BytesIO(data)
    if data[:2] == b"\x1f\x8b":
        source = gzip.GzipFile(fileobj=source)
    watched = _Watched(name, source, len(data), limits)
    archive = tarfile.TarFile(fileobj=watched)
    total, found = 0, {}
    for count, member in enumerate(archive, start=1):
        total += member.size
        _check(name, total, count, len(data), limits)
        path = _checked(name, member.name)
        if member.isdir():
            continue
        if not member.isreg() or member.issparse():
            raise _unsafe(name, member.name)
        found[path] = member
    sizes = {path: member.size for path, member in found.items()}
    entries = Entries(name, sizes, lambda path: archive.extractfile(found[path]))
    entries.close.callback(archive.close)
    return entries


class _Watched(io.RawIOBase):
    """The unpacked bytes of a tar file; stops a bomb while it unfolds, before its content is in memory."""

    def __init__(self, name: str, source: Any, packed: int, limits: ArchiveLimits) -> None:
        self._name, self._source, self._packed, self._limits = name, source, packed, limits

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._source.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            _check(self._name, offset, 0, self._packed, self._limits, slack=_CHUNK)
        return int(self._source.seek(offset, whence))

    def read(self, size: int = -1) -> bytes:
        # tarfile reads headers whole: one that claims more than this is no header
        if size < 0 or size > _CHUNK:
            raise ValueError("a header larger than any real one")
        _check(self._name, self._source.tell() + size, 0, self._packed, self._limits, slack=_CHUNK)
        return bytes(self._source.read(size))


def _directory_bytes(data: bytes) -> int:
    """Size of a zip file's list of entries, as its end says; 0 where there is no end."""
    end = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if end < 0:
        return 0
    size = int.from_bytes(data[end + 12 : end + 16], "little")
    large = data.rfind(b"PK\x06\x06", max(0, end - 1_000), end)
    return int.from_bytes(data[large + 40 : large + 48], "little") if large >= 0 else size


def _checked(name: str, path: str) -> str:
    """Return a relative name in one form; refuse what would lead out of a folder if somebody unpacked it."""
    parts = path.replace("\\", "/").split("/")
    if path.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")) or "\0" in path:
        raise _unsafe(name, path)
    return "/".join(part for part in parts if part not in ("", "."))


def _check(name: str, total: int, files: int, packed: int, limits: ArchiveLimits, slack: int = 0) -> None:
    allowed = min(limits.max_unpacked_bytes, max(_SMALL, int(packed * limits.max_ratio))) + slack
    if total > allowed or files > limits.max_files:
        raise _too_large(name, limits)


def _too_large(name: str, limits: ArchiveLimits) -> UnreadableFileError:
    return UnreadableFileError(
        name,
        f"was not read, because it unfolds into more than {limits.max_ratio:.0f} times its size, "
        f"{limits.max_unpacked_bytes // 1_000_000:,} MB or {limits.max_files:,} files",
        "Pack only the model's folder.",
    )


def _unsafe(name: str, path: str) -> UnreadableFileError:
    return UnreadableFileError(
        name,
        f"was not read, because it holds an unsafe entry ({path[:80]!r}): a link, or a name that leads elsewhere",
        "Do not unpack it; pack the model's folder again.",
    )
