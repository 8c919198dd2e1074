from pathlib import Path
from typing import Any

import numpy as np
import pytest

from training.checkpoint import save_checkpoint, take_up


def test_a_run_goes_on_from_its_last_checkpoint(tmp_path: Path) -> None:
    path, restored = tmp_path / "checkpoint.npz", []
    assert take_up(path, restored.append) == (0, 0.0) and not restored
    for step in (3, 7):
        save_checkpoint(path, step, 1.5 * step, {"weights/0": np.full(2, step)})
    assert take_up(path, lambda arrays: restored.append(arrays["weights/0"].tolist())) == (7, 10.5)
    assert restored == [[7, 7]]
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_checkpoint_that_cannot_be_written_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint.npz"
    save_checkpoint(path, 3, 1.0, {})

    def cut_off(file: Path, **_: Any) -> None:
        file.write_bytes(b"half")
        raise OSError

    with monkeypatch.context() as patch, pytest.raises(OSError):
        patch.setattr(np, "savez", cut_off)
        save_checkpoint(path, 4, 2.0, {})
    assert take_up(path, lambda _: None) == (3, 1.0)
