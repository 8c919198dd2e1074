"""Uploaded archives: what is honest is read from memory, and what is hostile is refused with a sentence."""

import io
import os
import stat
import tarfile
import tempfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from models.errors import UnreadableFileError
from models.savedmodel.archive_entries import ArchiveLimits
from models.savedmodel.archives import SeveralModelsError, read_archive
from models.savedmodel.reading import describe, read_folder
from tests.archives import entries_of, tar_of, zip_of, zipped

HOSTILE = "unsafe entry"


def refusal(data: bytes, name: str = "model.zip", limits: ArchiveLimits | None = None) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        read_archive(name, data, limits)
    assert str(caught.value).startswith(name)
    return str(caught.value)


@pytest.mark.parametrize("prefix", ["", "./", "model/", "models/classifier/"])
@pytest.mark.parametrize("kind", ["zip", "stored zip", "tar.gz", "tar"])
def test_archive_says_what_the_folder_says(kind: str, prefix: str, harmless_model: Path) -> None:
    entries = entries_of(harmless_model, prefix)
    data = {
        "zip": lambda: zip_of(entries),
        "stored zip": lambda: zip_of(entries, zipfile.ZIP_STORED),
        "tar.gz": lambda: tar_of(entries),
        "tar": lambda: tar_of(entries, "w"),
    }[kind]()
    files = read_archive("model." + kind[-3:], data)
    folder = describe(read_folder(harmless_model, "model"))
    found = describe(files)
    assert not files.trusted
    assert (found.signatures, found.functions, found.variables) == (
        folder.signatures,
        folder.functions,
        folder.variables,
    )
    assert (found.operations, found.files) == (folder.operations, folder.files)


def test_nothing_is_written_anywhere(harmless_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(harmless_model)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    read_archive("model.zip", data)
    refusal(data[:-100])
    refusal(zip_of({"../../x": b"x", **entries_of(harmless_model)}))
    assert list(tmp_path.rglob("*")) == []


def test_one_of_several_models_is_chosen(harmless_model: Path, reading_model: Path) -> None:
    data = zip_of({**entries_of(harmless_model, "a/"), **entries_of(reading_model, "b/")})
    with pytest.raises(SeveralModelsError, match="holds 2 models") as caught:
        read_archive("both.zip", data)
    assert caught.value.folders == ["a", "b"]
    assert {o.name for o in describe(read_archive("both.zip", data, chosen="b")).operations} >= {"ReadFile"}
    with pytest.raises(SeveralModelsError):
        read_archive("both.zip", data, chosen="../..")


@pytest.mark.parametrize(
    "name", ["../evil", "a/../../evil", "/etc/passwd", "\\\\host\\share", "C:\\evil", "C:/evil", "a\\..\\..\\evil"]
)
@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
def test_names_that_lead_elsewhere(pack, name: str, harmless_model: Path) -> None:  # type: ignore[no-untyped-def]
    assert HOSTILE in refusal(pack({**entries_of(harmless_model), name: b"x"}))


def special(kind: bytes, target: str = "/etc/passwd") -> tarfile.TarInfo:
    member = tarfile.TarInfo("variables/link")
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE],
)
def test_links_and_devices_in_a_tar(kind: bytes, harmless_model: Path) -> None:
    data = tar_of({**entries_of(harmless_model), "variables/link": special(kind)})
    text = refusal(data, "model.tar.gz")
    assert HOSTILE in text or "damaged" in text


def test_link_in_a_zip(harmless_model: Path) -> None:
    target = io.BytesIO(zipped(harmless_model))
    with zipfile.ZipFile(target, "a") as archive:
        link = zipfile.ZipInfo("variables/link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert HOSTILE in refusal(target.getvalue())


@pytest.mark.parametrize("where", ["saved_model.pb", "variables/variables.data-00000-of-00001", "padding"])
@pytest.mark.parametrize("pack", [zip_of, tar_of], ids=["zip", "tar"])
def test_bombs_are_stopped_before_they_unfold(pack, where: str, harmless_model: Path) -> None:  # type: ignore[no-untyped-def]
    data = pack({**entries_of(harmless_model), where: bytes(60_000_000)})
    assert len(data) < 100_000
    tracemalloc.start()
    start = time.perf_counter()
    assert "unfolds into more than 100 times its size" in refusal(data)
    assert time.perf_counter() - start < 2
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


def test_zip_that_lies_about_its_sizes(harmless_model: Path) -> None:
    entries = {**entries_of(harmless_model), "saved_model.pb": bytes(30_000_000)}
    data = zip_of(entries).replace((30_000_000).to_bytes(4, "little"), (5_000).to_bytes(4, "little"))
    tracemalloc.start()
    assert "damaged" in refusal(data)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_bomb_of_many_files(harmless_model: Path) -> None:
    many = {f"assets/{number}": b"" for number in range(10_001)}
    for pack in (zip_of, tar_of):
        assert "10,000 files" in refusal(pack({**many, **entries_of(harmless_model)}))


def test_zip_with_a_huge_directory(harmless_model: Path) -> None:
    data = bytearray(zipped(harmless_model))
    end = data.rfind(b"PK\x05\x06")
    data[end + 12 : end + 16] = (2_000_000_000).to_bytes(4, "little")
    assert "was not read" in refusal(bytes(data))


def test_tar_header_that_claims_gigabytes(harmless_model: Path) -> None:
    long = tarfile.TarInfo("././@LongLink")
    long.type, long.size = tarfile.GNUTYPE_LONGNAME, 3_000_000_000
    data = long.tobuf(tarfile.GNU_FORMAT) + b"x" * 1024
    tracemalloc.start()
    refusal(data, "model.tar")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_archive_larger_than_allowed(harmless_model: Path) -> None:
    assert ArchiveLimits().max_bytes <= 512_000_000 + (24 << 20)
    text = refusal(bytes(3 << 20), limits=ArchiveLimits(max_bytes=2 << 20))
    assert "larger than 2 MB" in text


def test_graph_larger_than_allowed(harmless_model: Path) -> None:
    entries = {**entries_of(harmless_model), "saved_model.pb": os.urandom(3_000_000)}
    assert "saved_model.pb of more than 2 MB" in refusal(
        zip_of(entries), limits=ArchiveLimits(max_graph_bytes=2_000_000)
    )


@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_upload_that_was_cut_off(kind: str, share: float, harmless_model: Path) -> None:
    entries = {**entries_of(harmless_model), "assets/noise": os.urandom(50_000)}
    data = zip_of(entries) if kind == "zip" else tar_of(entries)
    text = refusal(data[: int(len(data) * share)], f"model.{kind}")
    assert "not uploaded completely" in text or "holds no saved_model.pb" in text


def test_every_changed_byte_is_a_sentence_or_a_model(reading_model: Path) -> None:
    for data in (zipped(reading_model), tar_of(entries_of(reading_model))):
        for place in range(0, len(data), max(1, len(data) // 200)):
            try:
                describe(read_archive("model.zip", data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]))
            except UnreadableFileError as error:
                assert str(error).endswith(".")


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"readme.txt": b"hello"}, "holds no saved_model.pb"),
        ({}, "holds no saved_model.pb"),
        ({"a/b/c/d/saved_model.pb": b"x"}, "more than 2 folders deep"),
        ({"model.tar.gz": b"x"}, "another archive"),
        ({"saved_model.pbtxt": b"x"}, "in another form"),
        ({"tfhub_module.pb": b"\x08\x03", "saved_model.pb": b"x"}, "old TensorFlow 1 hub format"),
    ],
)
def test_archive_without_a_model_of_tensorflow_2(entries: dict[str, bytes], words: str) -> None:
    assert words in refusal(zip_of(entries))
    if entries:
        assert words in refusal(tar_of(entries), "model.tar.gz")


@pytest.mark.parametrize(
    "data", [b"", b"no archive at all", b"\x89PNG\r\n\x1a\n" + bytes(600), b"\x1f\x8b", bytes(2_000)]
)
def test_what_is_no_archive(data: bytes) -> None:
    refusal(data)


def test_archive_with_a_password(harmless_model: Path) -> None:
    data = bytearray(zipped(harmless_model))
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 4)
    assert "password" in refusal(bytes(data))


def test_unusual_packing_is_named(harmless_model: Path) -> None:
    assert "unusual way" in refusal(zip_of(entries_of(harmless_model), zipfile.ZIP_LZMA))
