"""The rules of the house: who may import whom, where caching lives, and how long a page may be."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHIPPED = ("app.py", "pages", "components", "models")
# Seconds of import or hundreds of MB each: they come in when a person uses them, not when the app starts.
HEAVY = ("tensorflow", "tensorflow_text", "tensorflow_hub", "keras", "sklearn", "matplotlib", "cv2", "skimage", "torch")
# What a page may know of models/: names to show, and errors that components raise.
FOR_PAGES = {"models", "models.catalog", "models.errors", "models.languages", "models.model_spec"}
# Imported here, installed by a requirement that cannot work without it.
BROUGHT_ALONG = {"protobuf": "tensorflow", "urllib3": "requests"}


def python_files(*places: str) -> list[Path]:
    paths = [ROOT / place for place in places]
    return sorted(file for path in paths for file in ([path] if path.is_file() else path.rglob("*.py")))


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file: Path) -> Iterator[str]:
    """Every module that a file names in an import, wherever it stands, and in importlib.import_module("...")."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func):
            yield from (str(arg.value) for arg in node.args if isinstance(arg, ast.Constant))


def offenders(places: tuple[str, ...], forbidden: tuple[str, ...]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)} imports {module}"
        for file in python_files(*places)
        for module in imports(file)
        if module.split(".")[0] in forbidden
    ]


def test_there_is_something_to_check() -> None:
    assert all(len(python_files(place)) > 3 for place in ("components", "models", "training"))
    assert "numpy" in imports(ROOT / "models" / "text" / "encoder.py")


def test_models_and_training_import_no_streamlit() -> None:
    assert offenders(("models", "training"), ("streamlit",)) == []


def test_layers_point_one_way() -> None:
    assert offenders(("models",), ("components", "pages", "app", "training", "benchmarks", "tests")) == []
    assert offenders(("training",), ("components", "pages", "app", "benchmarks", "tests")) == []
    assert offenders(("components",), ("pages", "app", "training", "benchmarks", "tests")) == []
    assert offenders(("app.py", "pages"), ("training", "benchmarks", "tests")) == []


@pytest.mark.parametrize("page", python_files("app.py", "pages"), ids=lambda page: page.name)
def test_pages_arrange_components_and_compute_nothing(page: Path) -> None:
    known = sys.stdlib_module_names | {"streamlit", "components"}
    foreign = [module for module in imports(page) if module.split(".")[0] not in known and module not in FOR_PAGES]
    assert foreign == []


@pytest.mark.parametrize("page", python_files("pages"), ids=lambda page: page.name)
def test_a_page_that_is_opened_alone_goes_through_the_app(page: Path) -> None:
    # A fresh server runs the page of a first visitor's link without app.py: no navigation, no model.
    calls = [
        node.value for node in tree_of(page).body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    ]
    assert ast.unparse(calls[0]) == f"enter('pages/{page.name}')"


def test_scripts_stay_short() -> None:
    scripts = python_files("app.py", "pages")
    lengths = {script.name: len(script.read_text(encoding="utf-8").splitlines()) for script in scripts}
    assert {name: lines for name, lines in lengths.items() if lines > (60 if name == "app.py" else 120)} == {}


def test_caching_lives_in_one_module() -> None:
    caching = {
        str(file.relative_to(ROOT))
        for file in python_files(*SHIPPED)
        for node in ast.walk(tree_of(file))
        if (isinstance(node, ast.Attribute) and node.attr in ("cache_data", "cache_resource"))
        or (isinstance(node, ast.alias) and node.name in ("cache_data", "cache_resource"))
    }
    assert caching == {"components/cache.py"}


def loaded_by(code: str) -> set[str]:
    """The heavy packages, and streamlit, that a fresh interpreter has loaded after ``code``."""
    report = f"\nimport sys; print('loaded:', *({{'streamlit', *{HEAVY}}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code + report], cwd=ROOT, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr[-3000:]
    return set(done.stdout.rpartition("loaded:")[2].split())


def module_names(place: str) -> list[str]:
    files = (file.relative_to(ROOT).with_suffix("") for file in python_files(place))
    return [".".join(part for part in file.parts if part != "__init__") for file in files]


def test_importing_all_of_models_is_cheap() -> None:
    assert loaded_by("import " + ", ".join(module_names("models"))) == set()


def test_importing_all_components_is_cheap() -> None:
    assert loaded_by("import " + ", ".join(module_names("components"))) == {"streamlit"}


def test_first_page_is_drawn_without_tensorflow() -> None:
    # The thread that warms up the encoder may import what it likes, so it is the one thing that does not run here.
    code = (
        "import components.cache\n"
        "components.cache.warm_up = lambda: None\n"
        "from streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('app.py', default_timeout=150).run()\n"
        "assert not app.exception and app.main.children, 'nothing was drawn'\n"
    )
    assert loaded_by(code) == {"streamlit"}


def test_what_the_app_imports_is_in_its_requirements() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    required = {re.split(r"[=<>~\[ ]", line)[0].lower() for line in lines if line and not line.startswith("#")}
    own = {"app", "pages", "components", "models"}
    packages = {module.split(".")[0] for file in python_files(*SHIPPED) for module in imports(file)} - own
    providers = packages_distributions()
    missing = {}
    for package in packages - sys.stdlib_module_names:
        names = {name.lower().replace("_", "-") for name in providers.get(package, [package])}
        names |= {BROUGHT_ALONG[name] for name in names if name in BROUGHT_ALONG}
        if not names & required:
            missing[package] = sorted(names)
    assert missing == {}


def tracked_texts() -> Iterator[tuple[Path, str]]:
    git = shutil.which("git")
    listed = git and subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if not listed or listed.returncode:
        pytest.skip("not a git work tree")
    for name in listed.stdout.split("\0"):
        if name and (ROOT / name).is_file() and b"\0" not in (content := (ROOT / name).read_bytes()):
            yield Path(name), content.decode("utf-8", "replace")


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    homes = r"/home/(?!lens\b)\w+/|/Users/\w+/|/root/\w|[A-Z]:\\Users"  # lens is the user of the container image
    here = "|".join(re.escape(str(place)) for place in (ROOT, Path.home()) if len(place.parts) > 2)
    pattern = re.compile(f"{homes}|(?:{here})(?=[/\"'\\s])")
    found = [f"{name}: {match[0]}" for name, text in tracked_texts() for match in pattern.finditer(text)]
    assert [line for line in found if not line.startswith("tests/test_architecture.py")] == []


def test_no_bundled_graph_names_the_folder_in_which_it_was_made() -> None:
    graphs = sorted((ROOT / "models" / "bundled").rglob("saved_model.pb"))
    assert len(graphs) > 3
    pattern = re.compile(rb"/(?:home|root|tmp|work|mnt|srv|Users)/[\w.-]+")
    assert {str(path.parent): pattern.findall(path.read_bytes()) for path in graphs} == {
        str(path.parent): [] for path in graphs
    }
