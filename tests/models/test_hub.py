import contextlib
import gzip
import io
import os
import shutil
import socket
import tarfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from models import hub as hub_module
from models.errors import CancelledError, InvalidInputError, ModelUnavailableError
from models.hub import DownloadLimits, clear_cached, describe_model, is_cached, load_model
from models.hub_cache import cache_root, folder_for, temporary_folder
from models.hub_download import download_model
from models.text.encoder import load_text_encoder
from tests.conftest import TINY_WIDTH
from tests.models.hub_server import ModelHub, pack, pack_entries, serve_archive

QUICK = DownloadLimits(connect_seconds=2, answer_seconds=1, stall_seconds=0.5)


@pytest.fixture(scope="module")
def archive(tiny_text_model: Path) -> bytes:
    return pack(tiny_text_model)


@pytest.fixture
def hub(archive: bytes) -> Iterator[ModelHub]:
    with serve_archive(archive) as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def download_fails(address: str, cache: Path, limits: DownloadLimits = QUICK) -> ModelUnavailableError:
    """Load ``address``, check that it fails and leaves the cache empty, and return the error."""
    with pytest.raises(ModelUnavailableError) as caught:
        load_model(address, cache_dir=cache, limits=limits)
    assert not cache.exists() or list(cache.iterdir()) == []
    assert str(caught.value).endswith(".")
    return caught.value


# --- first download, then the cache


def test_first_a_download_with_progress_then_the_cache_without_a_request(hub: ModelHub, cache: Path) -> None:
    told: list[tuple[float | None, str]] = []
    first = load_model(hub.url(), progress=lambda share, text: told.append((share, text)), cache_dir=cache)
    shares = [share for share, _ in told if share is not None]
    assert first.origin == "download"
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert told[0] == (None, "Connecting to 127.0.0.1")
    assert any(text.startswith("Downloading tiny/1: ") and " MB" in text for _, text in told)
    assert len(hub.requests) == 1

    second = load_model(hub.url(), cache_dir=cache)
    assert second.origin == "cache"
    assert second.path == first.path == folder_for(hub.url(), cache)
    assert len(hub.requests) == 1
    assert sorted(path.name for path in cache.iterdir()) == [first.path.name]


def test_the_downloaded_model_encodes_like_the_original(hub: ModelHub, cache: Path, tiny_text_model: Path) -> None:
    texts = ["the cat sat", "ein Hund", "แมว"]
    downloaded = load_text_encoder(hub.url(), cache_dir=cache)
    assert downloaded.origin == "download"
    assert downloaded.dimension == TINY_WIDTH
    assert np.array_equal(downloaded.encode(texts), load_text_encoder(tiny_text_model).encode(texts))


def test_tensorflow_hub_finds_our_download_in_its_cache(
    hub: ModelHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from models.runtime import import_hub

    path = load_model(hub.url(), cache_dir=cache).path
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(cache))
    assert import_hub().resolve(hub.url()) == str(path)
    assert len(hub.requests) == 1


def test_we_find_the_download_of_tensorflow_hub(hub: ModelHub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from models.runtime import import_hub

    monkeypatch.setenv("TFHUB_CACHE_DIR", str(cache))
    import_hub().resolve(hub.url())
    assert load_model(hub.url()).origin == "cache"
    assert len(hub.requests) == 1


@pytest.mark.parametrize("path", ["redirect/google/tiny/1", "nolength/google/tiny/1"])
def test_redirects_and_answers_without_length_work(hub: ModelHub, cache: Path, path: str) -> None:
    assert load_model(hub.url(path), cache_dir=cache).origin == "download"


def test_an_uncompressed_tar_works(tiny_text_model: Path, cache: Path) -> None:
    with serve_archive(pack(tiny_text_model, compress=False)) as hub:
        assert load_model(hub.url(), cache_dir=cache).origin == "download"


def test_a_cancelled_download_leaves_nothing(hub: ModelHub, cache: Path) -> None:
    def stop(share: float | None, text: str) -> None:
        if share is not None:
            raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        load_model(hub.url(), progress=stop, cache_dir=cache)
    assert list(cache.iterdir()) == []


def test_threads_that_want_the_same_model_cause_one_download_and_one_load(hub: ModelHub, cache: Path) -> None:
    loaded = []
    threads = [threading.Thread(target=lambda: loaded.append(load_model(hub.url(), cache_dir=cache))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(hub.requests) == 1
    assert len({id(one.model) for one in loaded}) == 1
    assert sorted(one.origin for one in loaded) == ["cache"] * 5 + ["download"]


def test_one_that_waits_for_another_load_is_told_and_can_give_up(hub: ModelHub, cache: Path) -> None:
    limits = DownloadLimits(stall_seconds=20)
    background = threading.Thread(target=_ignore_failure, args=(hub.url("slow/m/1"), cache, limits))
    background.start()
    while not hub.requests:
        time.sleep(0.01)

    def give_up(share: float | None, text: str) -> None:
        raise CancelledError(text)

    with pytest.raises(CancelledError, match="Waiting for m/1"):
        load_model(hub.url("slow/m/1"), progress=give_up, cache_dir=cache)
    hub.finish.set()
    background.join()
    assert list(cache.iterdir()) == []


def _ignore_failure(address: str, cache: Path, limits: DownloadLimits) -> None:
    with contextlib.suppress(ModelUnavailableError):
        load_model(address, cache_dir=cache, limits=limits)


def test_a_leftover_of_a_killed_download_is_swept_after_an_hour(hub: ModelHub, cache: Path) -> None:
    folder = folder_for(hub.url(), cache)
    old, young = temporary_folder(folder), temporary_folder(folder)
    for leftover in (old, young):
        leftover.mkdir(parents=True)
        (leftover / "half").write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    assert load_model(hub.url(), cache_dir=cache).origin == "download"
    assert not old.exists()
    assert young.exists(), "another process may still be writing it"


def test_a_slower_process_keeps_the_copy_of_the_faster_one(hub: ModelHub, cache: Path) -> None:
    spec, folder = describe_model(hub.url()), folder_for(hub.url(), cache)
    download_model(spec, hub.url(), folder)
    before = (folder / "saved_model.pb").stat().st_mtime_ns
    download_model(spec, hub.url(), folder)
    assert (folder / "saved_model.pb").stat().st_mtime_ns == before
    assert list(cache.iterdir()) == [folder]


# --- refusals


@pytest.mark.parametrize(
    ("path", "reason", "words"),
    [
        ("403/m/1", "forbidden", "refuses it (403)"),
        ("401/m/1", "forbidden", "refuses it (401)"),
        ("404/m/1", "not_found", "does not exist at http://127.0.0.1"),
        ("503/m/1", "no_network", "answers 503"),
        ("html/m/1", "forbidden", "a web page instead of the model"),
    ],
)
def test_a_refusal_says_why(hub: ModelHub, cache: Path, path: str, reason: str, words: str) -> None:
    error = download_fails(hub.url(path), cache)
    assert error.reason == reason
    assert words in str(error)


def test_no_route_fails_at_once(cache: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    started = time.perf_counter()
    error = download_fails(f"http://127.0.0.1:{closed}/m/1", cache)
    assert error.reason == "no_network"
    assert "cannot be reached" in str(error)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("address", ["http://:/m/1", "http://127.0.0.1:99999999/m/1", f"http://{'x' * 70}.invalid/m"])
def test_a_malformed_address_is_explained(address: str, cache: Path) -> None:
    assert download_fails(address, cache).reason == "no_network"


def test_a_name_that_does_not_resolve_fails_within_seconds(cache: Path) -> None:
    started = time.perf_counter()
    error = download_fails("https://no-such-host.invalid/m/1", cache)
    assert error.reason == "no_network"
    assert time.perf_counter() - started < 5


def test_a_secure_connection_that_cannot_be_made_is_not_replaced_by_an_open_one(hub: ModelHub, cache: Path) -> None:
    error = download_fails(hub.url().replace("http:", "https:"), cache)
    assert error.reason == "no_network"
    assert "no secure connection" in str(error)
    assert hub.requests == []


def test_a_server_that_accepts_but_never_answers_times_out(hub: ModelHub, cache: Path) -> None:
    started = time.perf_counter()
    error = download_fails(hub.url("silent/m/1"), cache)
    assert error.reason == "timeout"
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize("path", ["slow/m/1", "trickle/m/1"])
def test_a_download_that_stalls_times_out(hub: ModelHub, cache: Path, path: str) -> None:
    started = time.perf_counter()
    error = download_fails(hub.url(path), cache)
    assert error.reason == "timeout"
    assert "too slow" in str(error)
    assert time.perf_counter() - started < 3


def test_a_truncated_archive_says_how_much_arrived(hub: ModelHub, cache: Path) -> None:
    error = download_fails(hub.url("cut/m/1"), cache)
    assert error.reason == "no_network"
    assert "connection broke after 0.0 of 0." in str(error)


def test_a_truncated_archive_without_announced_length_is_noticed(hub: ModelHub, cache: Path) -> None:
    assert download_fails(hub.url("cutnolength/m/1"), cache).reason == "no_network"


@pytest.mark.parametrize(
    "data",
    [b"this is not an archive" * 100, b"", b"\x1f\x8b" + b"garbage" * 500, gzip.compress(b"not a tar" * 1000), b"\x1f"],
    ids=["text", "empty", "damaged gzip", "gzip of something else", "one byte"],
)
def test_something_that_is_not_an_archive_is_refused(data: bytes, cache: Path) -> None:
    with serve_archive(data) as hub:
        assert download_fails(hub.url(), cache).reason == "incompatible"


def test_a_flipped_bit_is_noticed(archive: bytes, cache: Path) -> None:
    # In the checksum at the end of the gzip stream: every byte before it unpacks without complaint.
    with serve_archive(archive[:-8] + bytes([archive[-8] ^ 1]) + archive[-7:]) as hub:
        assert download_fails(hub.url(), cache).reason == "incompatible"


def test_an_archive_without_a_model_is_refused(cache: Path) -> None:
    with serve_archive(pack_entries((tarfile.TarInfo("readme.txt"), b"hello"))) as hub:
        assert "no saved_model.pb" in str(download_fails(hub.url(), cache))


def _link(kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo("saved_model.pb")
    info.type, info.linkname = kind, "/etc/passwd"
    return info


@pytest.mark.parametrize(
    "entry",
    [
        tarfile.TarInfo("../../escaped.txt"),
        tarfile.TarInfo("variables/../../escaped.txt"),
        _link(tarfile.SYMTYPE),
        _link(tarfile.LNKTYPE),
        _link(tarfile.FIFOTYPE),
        _link(tarfile.CHRTYPE),
    ],
    ids=["parent", "hidden parent", "symbolic link", "hard link", "pipe", "device"],
)
def test_a_malicious_archive_writes_nothing_outside(entry: tarfile.TarInfo, cache: Path, tmp_path: Path) -> None:
    with serve_archive(pack_entries((entry, b""))) as hub:
        error = download_fails(hub.url(), cache)
    assert error.reason == "incompatible"
    assert "unsafe entry" in str(error)
    assert not list(tmp_path.rglob("escaped.txt"))


def test_an_absolute_name_stays_inside(tiny_text_model: Path, cache: Path, tmp_path: Path) -> None:
    target = tmp_path / "absolute.txt"
    with serve_archive(pack_entries((tarfile.TarInfo(str(target)), b"x"))) as hub:
        download_fails(hub.url(), cache)
    assert not target.exists()


def test_sizes_and_counts_are_limited(hub: ModelHub, cache: Path) -> None:
    assert "larger than" in str(download_fails(hub.url(), cache, DownloadLimits(max_bytes=1000)))
    assert "larger than" in str(download_fails(hub.url(), cache, DownloadLimits(max_files=2)))


def test_a_bomb_is_stopped_by_the_size_in_its_header(cache: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as bomb:
        info = tarfile.TarInfo("saved_model.pb")
        info.size = 50_000_000
        bomb.addfile(info, io.BytesIO(bytes(info.size)))
    assert len(buffer.getvalue()) < 100_000
    with serve_archive(buffer.getvalue()) as hub:
        assert "larger than" in str(download_fails(hub.url(), cache, DownloadLimits(max_bytes=1_000_000)))


def test_a_full_disk_is_noticed_before_the_download(
    hub: ModelHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(cache.parent)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=100))
    error = download_fails(hub.url(), cache)
    assert error.reason == "no_space"
    assert "0 MB are free" in str(error) and "TFHUB_CACHE_DIR" in str(error)


def test_a_cache_that_cannot_be_written_is_explained(hub: ModelHub, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelUnavailableError, match="TFHUB_CACHE_DIR") as caught:
        load_model(hub.url(), cache_dir=tmp_path / "file")
    assert caught.value.reason == "no_space"


@pytest.mark.parametrize("value", ["1", "true"])
def test_polyglot_offline_refuses_downloads_at_once(
    hub: ModelHub, cache: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("POLYGLOT_OFFLINE", value)
    error = download_fails(hub.url(), cache)
    assert error.reason == "no_network"
    assert "POLYGLOT_OFFLINE" in str(error)
    assert hub.requests == []


def test_polyglot_offline_still_loads_from_the_cache(
    hub: ModelHub, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_model(hub.url(), cache_dir=cache)
    monkeypatch.setenv("POLYGLOT_OFFLINE", "1")
    assert load_model(hub.url(), cache_dir=cache).origin == "cache"


# --- the cache


def test_the_default_cache_survives_a_restart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TFHUB_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_root() == tmp_path / "polyglot-lens" / "tfhub"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "polyglot-lens" / "tfhub"
    monkeypatch.setenv("TFHUB_CACHE_DIR", str(tmp_path / "own"))
    assert cache_root() == tmp_path / "own"


@pytest.mark.parametrize("content", [{}, {"readme.txt": b"x"}, {"saved_model.pb": b"\xff\xff garbage"}])
def test_a_damaged_cache_is_explained_and_can_be_cleared(hub: ModelHub, cache: Path, content: dict[str, bytes]) -> None:
    folder = folder_for(hub.url(), cache)
    folder.mkdir(parents=True)
    for name, data in content.items():
        (folder / name).write_bytes(data)
    with pytest.raises(ModelUnavailableError, match="Clear the cached copy") as caught:
        load_model(hub.url(), cache_dir=cache)
    assert caught.value.reason == "corrupt_cache"
    assert hub.requests == []

    spec = describe_model(hub.url())
    assert clear_cached(spec, cache)
    assert not clear_cached(spec, cache)
    assert list(cache.iterdir()) == []
    assert load_model(hub.url(), cache_dir=cache).origin == "download"


def test_a_cached_copy_with_damaged_weights_is_explained(cache: Path, tiny_sentencepiece_model: Path) -> None:
    with serve_archive(pack(tiny_sentencepiece_model)) as hub:
        path = load_model(hub.url(), cache_dir=cache).path
        (path / "variables" / "variables.index").write_bytes(b"damaged")
        os.utime(path / "saved_model.pb")
        with pytest.raises(ModelUnavailableError) as caught:
            load_model(hub.url(), cache_dir=cache)
    assert caught.value.reason == "corrupt_cache"


def test_is_cached_is_true_only_for_a_complete_copy(hub: ModelHub, cache: Path, tiny_text_model: Path) -> None:
    spec = describe_model(hub.url())
    assert not is_cached(spec, cache)
    folder_for(hub.url(), cache).mkdir(parents=True)
    assert not is_cached(spec, cache)
    clear_cached(spec, cache)
    load_model(hub.url(), cache_dir=cache)
    assert is_cached(spec, cache)
    assert is_cached(describe_model(tiny_text_model))


def test_clearing_leaves_local_folders_alone(tiny_text_model: Path, cache: Path) -> None:
    assert not clear_cached(describe_model(tiny_text_model), cache)
    assert (tiny_text_model / "saved_model.pb").is_file()


def test_a_copy_under_the_kaggle_address_counts(cache: Path, tiny_text_model: Path) -> None:
    spec = describe_model("universal-sentence-encoder-multilingual")
    assert spec.kaggle_handle is not None
    shutil.copytree(tiny_text_model, folder_for(spec.kaggle_handle, cache))
    assert is_cached(spec, cache)
    assert load_model(spec, cache_dir=cache).origin == "cache"


# --- local folders and names


def test_loading_can_be_cancelled_too(tmp_path: Path, tiny_text_model: Path) -> None:
    def stop(share: float | None, text: str) -> None:
        raise CancelledError(text)

    with pytest.raises(CancelledError, match="Loading m"):
        load_model(shutil.copytree(tiny_text_model, tmp_path / "m"), progress=stop)


def test_a_folder_is_loaded_where_it_lies(tiny_text_model: Path) -> None:
    loaded = load_model(str(tiny_text_model))
    assert loaded.origin == "path"
    assert loaded.path == tiny_text_model.resolve()
    assert load_model(tiny_text_model).model is loaded.model


def test_a_bundled_model_says_so(tmp_path: Path, tiny_text_model: Path) -> None:
    from models.catalog import build_catalog

    shutil.copytree(tiny_text_model, tmp_path / "polyglot-fast" / "1")
    assert load_model(build_catalog(tmp_path)["polyglot-fast"]).origin == "bundled"


def test_a_retrained_model_in_the_same_folder_is_loaded_anew(tmp_path: Path, tiny_text_model: Path) -> None:
    folder = Path(shutil.copytree(tiny_text_model, tmp_path / "m"))
    first = load_model(folder)
    os.utime(folder / "saved_model.pb", (1, 1))
    assert load_model(folder).model is not first.model


def test_a_model_that_nobody_holds_is_freed(tmp_path: Path, tiny_text_model: Path) -> None:
    import gc

    folder = Path(shutil.copytree(tiny_text_model, tmp_path / "m"))
    before = len(hub_module._alive)
    loaded = load_model(folder)
    assert len(hub_module._alive) == before + 1
    del loaded
    gc.collect()
    assert len(hub_module._alive) <= before


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("nonsense", InvalidInputError, "no model called 'nonsense'"),
        ("/no/such/folder", ModelUnavailableError, "is not a folder"),
        (Path("nonsense"), ModelUnavailableError, "is not a folder"),
    ],
)
def test_a_wrong_name_or_path_is_explained(name: str | Path, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        load_model(name)


def test_a_version_folder_is_titled_with_its_model(tiny_text_model: Path) -> None:
    assert describe_model(tiny_text_model).title == f"{tiny_text_model.parent.name}/1"


def test_an_address_of_the_catalogue_is_its_model() -> None:
    assert describe_model("https://tfhub.dev/google/yamnet/1").name == "yamnet"
    assert describe_model("https://example.com/models/own/2?x=1").title == "own/2"


def test_an_empty_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match=r"no saved_model\.pb.+complete TensorFlow 2 SavedModel") as caught:
        load_model(tmp_path)
    assert caught.value.reason == "incompatible"


def test_a_tf1_hub_module_is_explained(tmp_path: Path) -> None:
    (tmp_path / "tfhub_module.pb").write_bytes(b"")
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(ModelUnavailableError, match="TensorFlow 1 hub format") as caught:
        load_model(tmp_path)
    assert caught.value.reason == "incompatible"


def test_a_missing_op_names_itself(tmp_path: Path, tiny_sentencepiece_model: Path) -> None:
    # The same length, so that the protobuf stays valid: the graph now asks for an op that nobody has registered.
    folder = Path(shutil.copytree(tiny_sentencepiece_model, tmp_path / "m"))
    graph = folder / "saved_model.pb"
    content = graph.read_bytes()
    assert b"SentencepieceTokenizeOp" in content
    graph.write_bytes(content.replace(b"SentencepieceTokenizeOp", b"SentencepieceTokenizeXx"))
    with pytest.raises(ModelUnavailableError, match=r"needs the operation SentencepieceTokenizeXx") as caught:
        load_model(folder)
    assert caught.value.reason == "missing_op"
    assert "tensorflow_text" in str(caught.value)
