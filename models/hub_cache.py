"""Where downloaded models lie: the same layout as ``tensorflow_hub``, in a folder that survives a restart."""

import hashlib
import os
import shutil
import time
import uuid
from pathlib import Path

from models.model_spec import ModelSpec

_ABANDONED_SECONDS = 3600.0


def cache_root(cache_dir: Path | str | None = None) -> Path:
    """Return the cache folder: ``cache_dir``, else ``TFHUB_CACHE_DIR``, else one in the user's cache folder.

    ``tensorflow_hub`` itself falls back to the temporary folder, which a restart may empty or a stranger may fill.
    """
    if cache_dir:
        return Path(cache_dir).expanduser()
    if configured := os.environ.get("TFHUB_CACHE_DIR"):
        return Path(configured).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(base) / "polyglot-lens" / "tfhub"


def folder_for(handle: str, cache_dir: Path | str | None = None) -> Path:
    """Return the folder in which ``tensorflow_hub`` keeps ``handle``, whether it exists or not."""
    return cache_root(cache_dir) / hashlib.sha1(handle.encode(), usedforsecurity=False).hexdigest()


def find_cached(spec: ModelSpec, cache_dir: Path | str | None = None) -> Path | None:
    """Return the cached folder of ``spec`` under any of its addresses, complete or not; None when there is none."""
    return next((folder for handle in spec.handles if (folder := folder_for(handle, cache_dir)).is_dir()), None)


def clear_cached(spec: ModelSpec, cache_dir: Path | str | None = None) -> bool:
    """Delete the cached copies of ``spec``; True when there was one. Bundled models and local folders stay."""
    cleared = False
    for handle in spec.handles:
        folder = folder_for(handle, cache_dir)
        if folder.is_dir():
            # Renamed first: a reader sees the whole folder or none, never one that is half deleted.
            doomed = temporary_folder(folder)
            folder.rename(doomed)
            shutil.rmtree(doomed, ignore_errors=True)
            cleared = True
        Path(f"{folder}.descriptor.txt").unlink(missing_ok=True)
    return cleared


def temporary_folder(folder: Path) -> Path:
    """Return an unused name next to ``folder``, with the suffix that ``tensorflow_hub`` gives unfinished downloads."""
    return folder.with_name(f"{folder.name}.{uuid.uuid4().hex}.tmp")


def sweep_abandoned(folder: Path) -> None:
    """Delete unfinished downloads of ``folder`` that a killed process left behind an hour ago or earlier."""
    for leftover in folder.parent.glob(f"{folder.name}.*.tmp"):
        if time.time() - leftover.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(leftover, ignore_errors=True)
