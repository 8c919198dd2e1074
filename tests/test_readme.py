"""What the README promises exists: commands, files, models, Python code."""

import re
import runpy
from pathlib import Path

import pytest

from models.catalog import CATALOG
from models.languages import LANGUAGES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_first_screen_says_what_it_is_and_how_to_start_it() -> None:
    first = "\n".join(README.splitlines()[:20])
    assert "docs/screenshot-search.png" in first
    assert "make app" in first and "make test" in first


def test_links_lead_to_files() -> None:
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if not target.startswith("http")]
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_make_verbs_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = set(re.findall(r"^(?:    )?make ([a-z-]+)", README, flags=re.MULTILINE))
    assert verbs >= {"app", "test", "bench", "train-text"}
    assert [verb for verb in verbs if not re.search(rf"^{verb}:", makefile, flags=re.MULTILINE)] == []


def test_python_modules_of_the_commands_exist() -> None:
    modules = re.findall(r"python -m ([\w.]+)", README)
    assert modules
    paths = {name: ROOT / name.replace(".", "/") for name in modules}
    # a module, or a package that can be run
    missing = [n for n, p in paths.items() if not (p.with_suffix(".py").is_file() or (p / "__main__.py").is_file())]
    assert missing == []


def test_every_model_and_language_of_the_catalogue_is_named() -> None:
    assert [name for name in CATALOG if f"`{name}`" not in README] == []
    names = {language.english_name.split(" ")[0] for language in LANGUAGES.values()}
    assert [name for name in names if name not in README] == []


@pytest.mark.timeout(180)
def test_python_example_gives_the_answer_that_it_shows(tmp_path: Path) -> None:
    code = re.search(r"```python\n(.+?)```", README, flags=re.DOTALL)
    assert code
    last, answer = re.findall(r"^(search\.search.+?)  # (\".+\")$", code[1], flags=re.MULTILINE)[0]
    script = tmp_path / "example.py"
    script.write_text(code[1] + f"\nassert {last} == {answer}, {last}\n", encoding="utf-8")
    runpy.run_path(str(script))
