"""Uploaded archives of a SavedModel: read in memory, never unpacked, and names in them are never paths."""

import io
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import PurePosixPath

from models.errors import UnreadableFileError
from models.savedmodel.archive_entries import ArchiveLimits, Entries, tar_entries, zip_entries
from models.savedmodel.reading import GRAPH_FILE, INDEX_FILE, OLD_HUB_FILE, ModelFiles, check_names

ARCHIVE_TYPES = ("zip", "tar.gz", "tgz", "tar")
_MAX_DEPTH = 2
_ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".7z")
_CHOOSE = "Make a .zip or .tar.gz of the folder that tf.saved_model.save wrote, and choose that."
_GRAPHS = (GRAPH_FILE, OLD_HUB_FILE, "saved_model.pbtxt", "saved_model.cpb")


class SeveralModelsError(UnreadableFileError):
    """An archive of several models; ``folders`` says which, to choose from."""

    def __init__(self, file_name: str, folders: list[str]) -> None:
        shown = ", ".join(repr(folder) for folder in folders[:5])
        super().__init__(file_name, f"holds {len(folders)} models ({shown})", "Choose one of them.")
        self.folders = folders


def read_archive(name: str, data: bytes, limits: ArchiveLimits | None = None, chosen: str | None = None) -> ModelFiles:
    """Return the parts of the SavedModel in an archive; its folder may lie up to two levels deep.

    Args:
        name: of the uploaded file, for messages.
        data: its content.
        limits: on sizes, counts and compression.
        chosen: the folder of the model, where the archive holds several.

    Raises:
        SeveralModelsError: there are several, and none was chosen.
        UnreadableFileError: no archive, damaged, unsafe, too large, or without a SavedModel.
    """
    limits = limits or ArchiveLimits()
    with _opened(name, data, limits) as entries:
        root = _model_folder(name, entries.sizes, chosen)
        prefix = f"{root}/" if root else ""
        sizes = {path.removeprefix(prefix): size for path, size in entries.sizes.items() if path.startswith(prefix)}
        check_names(name, set(sizes))
        graph = entries.read(prefix + GRAPH_FILE, limits.max_graph_bytes)
        index = entries.read(prefix + INDEX_FILE, limits.max_index_bytes) if INDEX_FILE in sizes else None
    notes = (f"The model lies in the folder {root!r} of the archive.",) if root else ()
    title = PurePosixPath(root).name if chosen and root else name
    return ModelFiles(title, graph, index, dict(sorted(sizes.items())), trusted=False, notes=notes)


def _opened(name: str, data: bytes, limits: ArchiveLimits) -> "Entries":
    if len(data) > limits.max_bytes:
        raise UnreadableFileError(
            name, f"is larger than {limits.max_bytes >> 20:,} MB", "Inspect it on your own machine."
        )
    if not data:
        raise UnreadableFileError(name, "is empty", _CHOOSE)
    try:
        if data[:4] in (b"PK\x03\x04", b"PK\x05\x06") or zipfile.is_zipfile(io.BytesIO(data)):
            return zip_entries(name, data, limits)
        return tar_entries(name, data, limits)
    except UnreadableFileError:
        raise
    except (tarfile.TarError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError) as e:
        raise _unreadable(name, data) from e


def _unreadable(name: str, data: bytes) -> UnreadableFileError:
    if data[:4] in (b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08") or data[257:262] == b"ustar":
        return UnreadableFileError(name, "is damaged or was not uploaded completely", "Upload it again.")
    return UnreadableFileError(name, "is not an archive, whatever its name says", _CHOOSE)


def _folders(sizes: Mapping[str, int]) -> list[str]:
    parents = {PurePosixPath(path).parent for path in sizes if PurePosixPath(path).name in _GRAPHS}
    return sorted("" if str(parent) == "." else str(parent) for parent in parents if len(parent.parts) <= _MAX_DEPTH)


def _model_folder(name: str, sizes: Mapping[str, int], chosen: str | None) -> str:
    folders = _folders(sizes)
    if chosen is not None and chosen in folders:
        return chosen
    if len(folders) == 1:
        return folders[0]
    if folders:
        raise SeveralModelsError(name, folders)
    if any(PurePosixPath(path).name in _GRAPHS for path in sizes):
        raise UnreadableFileError(
            name, f"holds its model more than {_MAX_DEPTH} folders deep", "Pack the model's own folder."
        )
    if any(path.lower().endswith(_ARCHIVES) for path in sizes):
        raise UnreadableFileError(name, "holds another archive and no model", "Unpack it, and choose that one.")
    raise UnreadableFileError(name, f"holds no {GRAPH_FILE}, so it is not an archive of a SavedModel", _CHOOSE)
