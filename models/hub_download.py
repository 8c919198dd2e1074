"""Download of one model by the protocol of TensorFlow Hub (``?tf-hub-format=compressed``) into its cache layout.

``tensorflow_hub`` can download too, but without a time limit, a size limit or a progress callback, and a process
that is killed leaves a lock on which the next one waits ten minutes. The result is the same: ``hub.resolve`` finds
the folder.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from models.errors import ModelUnavailableError
from models.hub_archive import ArchiveStream, extract_archive
from models.hub_cache import sweep_abandoned, temporary_folder
from models.hub_http import announced_length, open_archive
from models.hub_limits import DownloadLimits, Progress
from models.model_spec import ModelSpec


def download_model(
    spec: ModelSpec, handle: str, folder: Path, progress: Progress | None = None, limits: DownloadLimits | None = None
) -> None:
    """Download ``handle`` and unpack it as ``folder``, which appears complete or not at all.

    Args:
        spec: the model, for messages.
        handle: an http or https address.
        folder: the final folder; must not exist.
        progress: called about ten times a second; an exception that it raises stops the download.
        limits: see ``DownloadLimits``.

    Raises:
        ModelUnavailableError: with the reason and what to do; nothing is left in the cache.
    """
    limits = limits or DownloadLimits()
    tell = progress or (lambda share, text: None)
    tell(None, f"Connecting to {urlsplit(handle).hostname}")
    with open_archive(spec, handle, limits) as response:
        total = announced_length(response)
        with _prepared(spec, folder, total) as unfinished:
            stream = ArchiveStream(spec, response.raw, total, tell, limits)
            extract_archive(spec, stream, unfinished, limits)
            if not (unfinished / "saved_model.pb").is_file():
                raise ModelUnavailableError(
                    spec.title,
                    "incompatible",
                    "was downloaded, but the archive holds no saved_model.pb",
                    "Check the address: it must name a TensorFlow 2 SavedModel.",
                )
            _publish(unfinished, folder)


@contextmanager
def _prepared(spec: ModelSpec, folder: Path, total: int | None) -> Iterator[Path]:
    """Yield a new folder next to ``folder``; afterwards it is gone, whatever happened."""
    unfinished = temporary_folder(folder)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        sweep_abandoned(folder)
        free = shutil.disk_usage(folder.parent).free
        # Weights hardly compress: half as much again covers the unpacked files.
        if total is not None and total * 1.5 > free:
            raise _no_space(spec, folder, f"needs about {total * 1.5 / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free")
        unfinished.mkdir()
        yield unfinished
    except OSError as error:
        raise _no_space(spec, folder, f"cannot be stored ({error.strerror or error})") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _no_space(spec: ModelSpec, folder: Path, problem: str) -> ModelUnavailableError:
    remedy = f"Make room in {folder.parent}, or set TFHUB_CACHE_DIR to another folder that can be written."
    return ModelUnavailableError(spec.title, "no_space", problem, remedy)


def _publish(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        # Another process was faster; its copy is as good.
        if not (folder / "saved_model.pb").is_file():
            raise
