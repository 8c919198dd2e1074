"""The Makefile explains itself, and its targets run the commands that the README promises."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, folder: Path = ROOT) -> str:
    # `make test` hands its own flags and variables down; they are not what is tested here
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "PORT")}
    command = ["make", "--no-print-directory", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_alone_prints_every_verb() -> None:
    targets = re.findall(r"^([a-z-]+):.* ## ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    listed = [line.split()[1] for line in make().splitlines()]
    assert listed == targets
    assert {"app", "test", "bench", "lint", "typecheck", "format", "train-text", "clean"} <= set(listed)


def test_app_runs_on_this_machine_only_and_on_the_port_asked_for() -> None:
    steps = make("--dry-run", "app", "PORT=9000")
    assert "http://localhost:9000" in steps
    assert "streamlit run app.py --server.address localhost --server.port 9000" in steps


def test_a_fresh_clone_gets_its_environment_first(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy(ROOT / name, tmp_path)
    steps = make("--dry-run", "test", folder=tmp_path)
    order = ["-m venv .venv", "-r requirements.txt", "-r requirements-dev.txt", ".ci/chromium", "ruff check", "pytest"]
    positions = [steps.index(step) for step in order]
    assert positions == sorted(positions)


def test_installed_requirements_are_not_installed_again_until_they_change(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / ".venv" / ".app").touch()
    assert "pip" not in make("--dry-run", "app", folder=tmp_path)
    newer = (tmp_path / ".venv" / ".app").stat().st_mtime + 10
    os.utime(tmp_path / "requirements.txt", (newer, newer))
    assert "install -r requirements.txt" in make("--dry-run", "app", folder=tmp_path)


def test_scripts_of_the_build_are_sound_bash() -> None:
    for script in (ROOT / ".ci" / "run", ROOT / ".ci" / "chromium"):
        assert script.stat().st_mode & 0o111, f"{script.name} is not executable"
        subprocess.run(["bash", "-n", str(script)], check=True)
