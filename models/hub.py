"""From a model's name to a loaded model: the bundled folder, then the local cache, then a download.

Every failure says why and what to do. ``POLYGLOT_OFFLINE=1`` forbids downloads; ``TFHUB_CACHE_DIR`` moves the cache.
"""

import os
import sys
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from models.catalog import is_bundled_name
from models.errors import ModelUnavailableError, PolyglotError
from models.hub_cache import clear_cached, find_cached, folder_for
from models.hub_download import download_model
from models.hub_failures import check_folder, explain_failure
from models.hub_limits import DownloadLimits, Progress
from models.model_names import describe_model
from models.model_spec import Modality, ModelSpec

__all__ = [
    "DownloadLimits",
    "LoadedModel",
    "Progress",
    "clear_cached",
    "describe_model",
    "fetch_model",
    "is_cached",
    "load_model",
]

Origin = Literal["bundled", "cache", "download", "path"]


@dataclass(frozen=True, eq=False)
class LoadedModel:
    """A model in memory.

    Args:
        spec: what the catalogue says about it, or what little is known of a folder or an address.
        model: what ``hub.load`` returned.
        origin: where it came from this time.
        path: the folder that it was loaded from.
        seconds: how long that took, a download included.
    """

    spec: ModelSpec
    model: Any
    origin: Origin
    path: Path
    seconds: float


# Models that somebody still holds, so that two visitors share one copy and an unused one is freed.
_alive: "weakref.WeakValueDictionary[tuple[str, int, int], Any]" = weakref.WeakValueDictionary()
_locks: dict[str, threading.Lock] = {}
_locks_guard = threading.Lock()
_TELL_SECONDS = 0.25


def is_cached(spec: ModelSpec, cache_dir: Path | str | None = None) -> bool:
    """Return True when ``spec`` can be loaded without network: bundled, a local folder, or complete in the cache."""
    folder = spec.bundled_path or find_cached(spec, cache_dir)
    return folder is not None and (folder / "saved_model.pb").is_file()


def load_model(
    model: ModelSpec | str | Path,
    progress: Progress | None = None,
    cache_dir: Path | str | None = None,
    limits: DownloadLimits | None = None,
    modality: Modality = Modality.TEXT,
) -> LoadedModel:
    """Load a model; threads that ask for the same one at the same time share one load.

    Args:
        model: a spec, a catalogue name, an http(s) address or a local folder that you trust: a model is a program.
        progress: told the share done and a sentence while waiting.
        cache_dir: see ``models.hub_cache.cache_root``.
        limits: of a download.
        modality: of a model that is not in the catalogue.

    Raises:
        InvalidInputError: no such name.
        ModelUnavailableError: see its ``reason``.
    """
    started = time.perf_counter()
    spec = describe_model(model, modality)
    tell = progress or (lambda share, text: None)
    with _alone(spec, tell, cache_dir):
        folder, origin = _locate(spec, tell, cache_dir, limits)
        loaded = _load_folder(spec, folder, origin, tell)
    return LoadedModel(spec, loaded, origin, folder, time.perf_counter() - started)


def fetch_model(
    spec: ModelSpec,
    progress: Progress | None = None,
    cache_dir: Path | str | None = None,
    limits: DownloadLimits | None = None,
) -> tuple[Path, Origin]:
    """Return the folder of a model and where it came from; it is downloaded where that is needed, and not loaded.

    Arguments and errors are those of ``load_model``.
    """
    tell = progress or (lambda share, text: None)
    with _alone(spec, tell, cache_dir):
        return _locate(spec, tell, cache_dir, limits)


@contextmanager
def _alone(spec: ModelSpec, tell: Progress, cache_dir: Path | str | None) -> Iterator[None]:
    """Let one thread at a time fetch or load a model; the others wait, and say so."""
    key = str(spec.bundled_path or folder_for(spec.handles[0], cache_dir))
    with _locks_guard:
        lock = _locks.setdefault(key, threading.Lock())
    while not lock.acquire(timeout=_TELL_SECONDS):
        tell(None, f"Waiting for {spec.title}, which is being loaded already")
    try:
        yield
    finally:
        lock.release()


def _locate(
    spec: ModelSpec, tell: Progress, cache_dir: Path | str | None, limits: DownloadLimits | None
) -> tuple[Path, Origin]:
    if spec.bundled_path:
        return spec.bundled_path, "bundled" if is_bundled_name(spec.name) else "path"
    if cached := find_cached(spec, cache_dir):
        return cached, "cache"
    if os.environ.get("POLYGLOT_OFFLINE", "").lower() in ("1", "true", "yes", "on"):
        raise ModelUnavailableError(
            spec.title,
            "no_network",
            "is not on this machine, and downloads are switched off (POLYGLOT_OFFLINE)",
            "Choose a model that is on this machine, or unset POLYGLOT_OFFLINE.",
        )
    handle = spec.handles[0]
    folder = folder_for(handle, cache_dir)
    download_model(spec, handle, folder, tell, limits)
    return folder, "download"


def _load_folder(spec: ModelSpec, folder: Path, origin: Origin, tell: Progress) -> Any:
    check_folder(spec, folder, origin)
    stat = (folder / "saved_model.pb").stat()
    key = (str(folder), stat.st_mtime_ns, stat.st_size)
    if (model := _alive.get(key)) is not None:
        return model
    if "tensorflow" not in sys.modules:
        tell(None, "Starting TensorFlow")
    # Here, not above: the rest of this module works without TensorFlow and its seconds of import.
    from models.runtime import import_hub, register_text_ops

    try:
        hub = import_hub()
        if spec.modality is Modality.TEXT:
            register_text_ops()
        tell(None, f"Loading {spec.title}")
        model = hub.load(str(folder))
    except PolyglotError:
        raise
    except Exception as error:
        raise explain_failure(spec, folder, origin, error) from error
    _alive[key] = model
    return model
