"""The reader of variables.index next to TensorFlow's own."""

from pathlib import Path

import pytest

from models.savedmodel.checkpoint_index import read_index


def index_of(folder: Path) -> bytes:
    return (folder / "variables" / "variables.index").read_bytes()


def test_keys_and_shapes_are_those_of_tensorflow(harmless_model: Path) -> None:
    from models.runtime import import_tensorflow

    theirs = import_tensorflow().train.list_variables(str(harmless_model / "variables" / "variables"))
    ours = read_index(index_of(harmless_model))
    assert [(entry.key, list(entry.shape or ())) for entry in ours] == sorted(theirs)


def test_many_blocks(tmp_path: Path) -> None:
    from models.runtime import import_tensorflow

    tf = import_tensorflow()
    variables = {f"layer_with_a_long_name_{number:05d}": tf.Variable(float(number)) for number in range(3_000)}
    prefix = tf.train.Checkpoint(**variables).write(str(tmp_path / "many"))
    entries = read_index(Path(f"{prefix}.index").read_bytes())
    assert {entry.key.split("/")[0] for entry in entries} >= set(variables)


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_what_is_no_index(damage: bytes) -> None:
    with pytest.raises(ValueError, match="not an index"):
        read_index(damage)


def test_every_changed_byte_is_an_error_or_an_answer(harmless_model: Path) -> None:
    data = index_of(harmless_model)
    for place in range(len(data)):
        for value in (0, 0x7F, 0xFF):
            try:
                read_index(data[:place] + bytes([value]) + data[place + 1 :])
            except ValueError:
                continue
