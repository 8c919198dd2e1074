import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from models.errors import UnreadableFileError
from models.stores.memory import InMemoryStore
from models.text.passages import Passage
from models.text.search import MultilingualSemanticSearch

PASSAGES = [
    Passage("the sun warms the roof", "a.txt", "line 1", 1, "en", 0, "sun"),
    Passage("die Katze schläft", "b.pdf", "page 3", 3, "de", 7),
    Passage("قطة نائمة\nسطر ثانٍ", "ج.txt", "line 2", 2, "ar", 1),
]


@pytest.fixture
def search(tiny_encoder) -> MultilingualSemanticSearch:
    search = MultilingualSemanticSearch(tiny_encoder, InMemoryStore(tiny_encoder.dimension, first_block_rows=2))
    search.add_documents(PASSAGES)
    return search


@pytest.fixture
def saved(search, tmp_path) -> Path:
    path = tmp_path / "corpus.npz"
    search.save(path)
    return path


def rewrite(path: Path, change) -> Path:
    """Copy a saved corpus, with ``change(name, bytes)`` applied to each entry; None leaves the entry out."""
    target = path.with_name("changed.npz")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def with_header(path: Path, **values) -> Path:
    def change(name: str, data: bytes) -> bytes:
        return json.dumps(json.loads(data) | values).encode() if name == "corpus.json" else data

    return rewrite(path, change)


def test_a_corpus_comes_back_as_it_was_saved(search, saved, tiny_encoder):
    loaded = MultilingualSemanticSearch.load(saved, tiny_encoder)
    assert loaded.passages == PASSAGES
    np.testing.assert_array_equal(loaded.embeddings, search.embeddings)
    assert loaded.search("sun roof", 1)[0].document == PASSAGES[0].text
    assert loaded.add_documents(PASSAGES).duplicates == 3
    assert not list(saved.parent.glob("*.part"))


def test_it_is_a_plain_npz_without_pickle(saved, search):
    with np.load(saved, allow_pickle=False) as archive:
        np.testing.assert_array_equal(np.concatenate([archive["vectors_0"], archive["vectors_1"]]), search.embeddings)
        assert json.loads(bytes(archive["corpus.json"]))["version"] == 1


def test_it_can_be_written_to_and_read_from_memory(search, tiny_encoder):
    buffer = io.BytesIO()
    search.save(buffer)
    assert MultilingualSemanticSearch.load(io.BytesIO(buffer.getvalue()), tiny_encoder).passages == PASSAGES


def test_an_empty_corpus_can_be_saved(tiny_encoder, tmp_path):
    MultilingualSemanticSearch(tiny_encoder).save(tmp_path / "empty.npz")
    assert len(MultilingualSemanticSearch.load(tmp_path / "empty.npz", tiny_encoder)) == 0


def test_another_model_is_named(saved, tiny_encoder, tiny_sentencepiece_model):
    with pytest.raises(UnreadableFileError, match="was made with the model"):
        MultilingualSemanticSearch.load(saved, str(tiny_sentencepiece_model))
    with pytest.raises(UnreadableFileError, match=r"corpus\.npz was made with the model"):
        MultilingualSemanticSearch.load(
            saved
        )  # the tiny model is not in the catalogue: never loaded from a file's word
    with pytest.raises(UnreadableFileError, match="polyglot-fast"):
        MultilingualSemanticSearch.load(with_header(saved, model="polyglot-fast"), tiny_encoder)


def test_a_retrained_model_of_the_same_name_is_noticed(saved, tiny_encoder):
    def other_vectors(name: str, data: bytes) -> bytes:
        if not name.endswith(".npy"):
            return data
        buffer = io.BytesIO()
        np.save(buffer, np.roll(np.load(io.BytesIO(data)), 1, axis=1))
        return buffer.getvalue()

    with pytest.raises(UnreadableFileError, match="another version"):
        MultilingualSemanticSearch.load(rewrite(saved, other_vectors), tiny_encoder)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_is_damaged(saved, tiny_encoder, share):
    data = saved.read_bytes()
    saved.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableFileError, match=r"corpus\.npz is damaged"):
        MultilingualSemanticSearch.load(saved, tiny_encoder)


def test_every_flipped_byte_is_noticed_or_harmless(saved, tiny_encoder):
    data = saved.read_bytes()
    for position in range(0, len(data), 37):
        broken = data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]
        try:
            loaded = MultilingualSemanticSearch.load(io.BytesIO(broken), tiny_encoder)
        except UnreadableFileError:
            continue
        assert loaded.passages == PASSAGES


def test_files_of_another_kind_are_refused(tmp_path, tiny_encoder):
    text = tmp_path / "notes.txt"
    text.write_text("hello")
    with pytest.raises(UnreadableFileError, match=r"notes\.txt is damaged"):
        MultilingualSemanticSearch.load(text, tiny_encoder)
    np.savez(tmp_path / "other.npz", a=np.ones(3))
    with pytest.raises(UnreadableFileError, match=r"other\.npz is not a saved corpus"):
        MultilingualSemanticSearch.load(tmp_path / "other.npz", tiny_encoder)
    with pytest.raises(UnreadableFileError, match="does not exist"):
        MultilingualSemanticSearch.load(tmp_path / "nowhere.npz", tiny_encoder)


def test_a_newer_version_is_named(saved, tiny_encoder):
    with pytest.raises(UnreadableFileError, match="newer version"):
        MultilingualSemanticSearch.load(with_header(saved, version=2), tiny_encoder)


@pytest.mark.parametrize(
    "values",
    [
        {"version": "1"}, {"count": 4}, {"count": 2}, {"count": -1}, {"count": 10**9}, {"dimension": 3},
        {"dimension": "64"}, {"model": None}, {"version": None},
    ],
)  # fmt: skip
def test_a_header_that_does_not_fit_is_refused(saved, tiny_encoder, values):
    with pytest.raises(UnreadableFileError):
        MultilingualSemanticSearch.load(with_header(saved, **values), tiny_encoder)


@pytest.mark.parametrize(
    "line",
    ["", "nonsense", "[]", '{"text": ""}', '{"text": 3}', '{"text": "x", "line": true}',
     '{"text": "x", "__class__": "y"}', '{"document": "x"}', "[" * 5000],
)  # fmt: skip
def test_passages_that_make_no_sense_are_refused(saved, tiny_encoder, line):
    def change(name: str, data: bytes) -> bytes:
        return b"\n".join([line.encode(), *data.splitlines()[1:]]) + b"\n" if name == "passages.jsonl" else data

    with pytest.raises(UnreadableFileError, match=r"changed\.npz is damaged"):
        MultilingualSemanticSearch.load(rewrite(saved, change), tiny_encoder)


@pytest.mark.parametrize(
    "vectors",
    [
        np.ones((2, 64), np.float32), np.full((2, 64), np.nan, np.float32), np.ones((2, 64), np.float64),
        np.zeros((2, 63), np.float32), np.zeros((5, 64), np.float32), np.zeros((0, 64), np.float32),
        np.asfortranarray(np.zeros((2, 64), np.float32)), np.zeros(64, np.float32),
    ],
)  # fmt: skip
def test_vectors_that_make_no_sense_are_refused(saved, tiny_encoder, vectors):
    buffer = io.BytesIO()
    np.save(buffer, vectors)
    changed = rewrite(saved, lambda name, data: buffer.getvalue() if name == "vectors_0.npy" else data)
    with pytest.raises(UnreadableFileError):
        MultilingualSemanticSearch.load(changed, tiny_encoder)


def test_a_pickle_is_never_opened(saved, tiny_encoder):
    buffer = io.BytesIO()
    np.save(buffer, np.array([print, print], dtype=object), allow_pickle=True)
    changed = rewrite(saved, lambda name, data: buffer.getvalue() if name == "vectors_0.npy" else data)
    with pytest.raises(UnreadableFileError, match="object"):
        MultilingualSemanticSearch.load(changed, tiny_encoder)


def test_a_failed_save_leaves_the_old_file(search, saved, tiny_encoder):
    broken = Passage("text")
    object.__setattr__(broken, "line", object())  # cannot become JSON
    search.add_documents([broken])
    before = saved.read_bytes()
    with pytest.raises(TypeError):
        search.save(saved)
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["corpus.npz"]
