"""A corpus on disk: one zip that NumPy reads as .npz, with JSON inside and nothing that could run.

``corpus.json`` holds format, version, model and counts; ``passages.jsonl`` one passage a line; ``vectors_0.npy`` and so
on the vectors in blocks, so that neither writing nor reading needs a second copy of them.
"""

import json
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, BinaryIO, get_type_hints

import numpy as np
from numpy.typing import NDArray

from models.errors import UnreadableFileError
from models.stores.memory import MAX_ROWS, Snapshot
from models.text.passages import Passage

FORMAT = "polyglot-lens-corpus"
VERSION = 1
# A stranger's file must not fill the memory: a line of passages.jsonl, and all of them together.
MAX_LINE_CHARACTERS = 100_000
MAX_PASSAGE_BYTES = 512 * 2**20
REMEDY = "Save the corpus again, or add the documents anew."

_FIELDS = get_type_hints(Passage)


@dataclass(frozen=True)
class CorpusHeader:
    """What a saved corpus says about itself."""

    model: str
    dimension: int
    count: int


def write_corpus(target: str | Path | BinaryIO, model: str, passages: list[Passage], vectors: Snapshot) -> None:
    """Write a corpus to a path (replaced in one step at the end) or to an open binary file."""
    if isinstance(target, str | Path):
        path = Path(target)
        part = path.with_name(path.name + ".part")
        try:
            with part.open("wb") as file:
                _write(file, model, passages, vectors)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    else:
        _write(target, model, passages, vectors)


def _write(file: IO[bytes], model: str, passages: list[Passage], vectors: Snapshot) -> None:
    header = {
        "format": FORMAT,
        "version": VERSION,
        "model": model,
        "dimension": vectors.dimension,
        "count": len(vectors),
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("corpus.json", json.dumps(header, ensure_ascii=False, indent=2))
        with archive.open("passages.jsonl", "w") as lines:
            for passage in passages[: len(vectors)]:
                lines.write(json.dumps(vars(passage), ensure_ascii=False).encode() + b"\n")
        for number, view in enumerate(vectors.views()):
            # unit vectors do not compress: storing them as they are is ten times faster
            entry = zipfile.ZipInfo(f"vectors_{number}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            with archive.open(entry, "w", force_zip64=True) as data:
                np.lib.format.write_array(data, view, allow_pickle=False)


class CorpusReader:
    """An open corpus file; each part is read when it is asked for.

    Raises:
        UnreadableFileError: the file is damaged, of another kind, or of a newer version.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self.name = name
        with _damage_named(name):
            self.header = self._read_header()

    def _read_header(self) -> CorpusHeader:
        if "corpus.json" not in self._archive.namelist() or self._archive.getinfo("corpus.json").file_size > 10_000:
            raise _not_a_corpus(self.name)
        header = json.loads(self._archive.read("corpus.json"))
        if not isinstance(header, dict) or header.get("format") != FORMAT:
            raise _not_a_corpus(self.name)
        version, model, dimension, count = (header.get(key) for key in ("version", "model", "dimension", "count"))
        if isinstance(version, int) and version > VERSION:
            raise UnreadableFileError(self.name, "was saved by a newer version of this app", "Update this app.")
        if not (isinstance(version, int) and isinstance(dimension, int) and isinstance(count, int)):
            raise ValueError("its header is incomplete")
        if not isinstance(model, str) or dimension < 1 or not 0 <= count <= MAX_ROWS:
            raise ValueError("its header does not make sense")
        return CorpusHeader(model, dimension, count)

    def passages(self) -> list[Passage]:
        """All passages, checked field by field."""
        passages: list[Passage] = []
        with _damage_named(self.name), self._archive.open("passages.jsonl") as entry:
            if self._archive.getinfo("passages.jsonl").file_size > MAX_PASSAGE_BYTES:
                raise ValueError("its passages are too large")
            lines = TextIOWrapper(entry, encoding="utf-8", newline="\n")
            while line := lines.readline(MAX_LINE_CHARACTERS):
                passages.append(_as_passage(json.loads(line)))
            if len(passages) != self.header.count:
                raise ValueError(f"it holds {len(passages)} of {self.header.count} passages")
        return passages

    def vectors(self) -> Iterator[NDArray[np.float32]]:
        """The vectors in blocks, float32 [n, dimension], unit length or zero."""
        seen = number = 0
        while seen < self.header.count:
            with _damage_named(self.name), self._archive.open(f"vectors_{number}.npy") as data:
                block = _read_block(data, self.header.count - seen, self.header.dimension)
            seen, number = seen + len(block), number + 1
            yield block


def _read_block(data: IO[bytes], most_rows: int, dimension: int) -> NDArray[np.float32]:
    if np.lib.format.read_magic(data) != (1, 0):
        raise ValueError("a block of vectors has another format")
    shape, by_column, dtype = np.lib.format.read_array_header_1_0(data)
    rows_fit = len(shape) == 2 and 1 <= shape[0] <= most_rows and shape[1] == dimension
    if not rows_fit or by_column or dtype != np.float32:
        raise ValueError(f"a block of vectors has shape {shape} and type {dtype}")
    # reading to the end makes zipfile compare the checksum
    block = np.frombuffer(data.read(), dtype=np.float32).reshape(shape)
    lengths = np.linalg.norm(block, axis=1)
    if not np.all((np.abs(lengths - 1) < 1e-3) | (lengths == 0)):
        raise ValueError("its vectors do not have unit length")
    return block


def _as_passage(values: Any) -> Passage:
    if not isinstance(values, dict) or not values.get("text"):
        raise ValueError("a passage has no text")
    for name, value in values.items():
        if name not in _FIELDS or isinstance(value, bool) or not isinstance(value, _FIELDS[name]):
            raise ValueError(f"a passage has a wrong value for {name[:50]!r}")
    return Passage(**values)


def _not_a_corpus(name: str) -> UnreadableFileError:
    return UnreadableFileError(name, "is not a saved corpus", "Choose a file that was saved by this app.")


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Turn what NumPy, JSON and zip say about a damaged file into one sentence with the file's name."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableFileError(name, "does not exist", "Check the name.") from error
    except (
        zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, RecursionError, NotImplementedError, OSError
    ) as error:  # fmt: skip
        raise UnreadableFileError(name, f"is damaged ({error})", REMEDY) from error


@contextmanager
def open_corpus(source: str | Path | BinaryIO) -> Iterator[CorpusReader]:
    """Open a corpus from a path or a binary file.

    Raises:
        UnreadableFileError: names the file and what is wrong with it.
    """
    name = Path(source).name if isinstance(source, str | Path) else str(getattr(source, "name", "The file"))
    with _damage_named(name):
        archive = zipfile.ZipFile(source)
    with archive:
        yield CorpusReader(archive, name)
