"""Archives for the tests, made in memory: honest ones of a folder, and crafted ones of any entries."""

import io
import tarfile
import zipfile
from pathlib import Path


def zip_of(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return target.getvalue()


def tar_of(entries: dict[str, bytes | tarfile.TarInfo], mode: str = "w:gz") -> bytes:
    """Return a tar file with these entries; a ``TarInfo`` stands for itself."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in entries.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def entries_of(folder: Path, prefix: str = "") -> dict[str, bytes]:
    """Return the files of a folder, relative name -> content."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {prefix + file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def zipped(folder: Path, prefix: str = "") -> bytes:
    """Return a zip file of a folder."""
    return zip_of(entries_of(folder, prefix))
