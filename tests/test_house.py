"""The house keeps its own rules: style, types, floors, notebooks without answers, one list of parts."""

import ast
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import kit
from kit.cli.diagnostics import MINIMUM_VERSIONS

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
MACHINE_PATH = re.compile(r"(?<![\w.<>}])(/(home|root|work|Users|mnt)/\w|[A-Z]:\\+Users\\+\w)")
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as c; c()"
EVERYTHING_WRONG = """
import alembic, anywidget, cryptography, jinja2, jupyter_server, nbconvert, pandas, plotly, sqlalchemy, tornado, typer
from kit import open_book, places
"""

TWO = """
import pytest

def test_short():
    pass

@pytest.mark.slow
def test_long():
    raise AssertionError
"""
LEFT = """
import os
import pytest

@pytest.fixture(scope="module")
def found():
    return os.environ.get("KIT_BOOK")

def test_first():
    os.environ["KIT_BOOK"] = "left.book"

def test_second(found):
    assert found is None
"""


def told(*words: str, **options) -> subprocess.CompletedProcess:
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    command = [sys.executable, *words]
    return subprocess.run(command, encoding="utf-8", errors="replace", check=False, **{"cwd": ROOT, **pipes, **options})


def holds(*words: str, **options) -> None:
    done = told(*words, **options)
    assert done.returncode == 0, done.stdout


def written() -> list[Path]:
    """The files that people wrote: no tool's folder, no picture."""
    folders = [
        ROOT,
        *(ROOT / name for name in ("kit", "notebooks", "sample_data", "tests", "bench", "docs", ".ci", ".github")),
    ]
    found = [path for folder in folders for path in (folder.glob("*") if folder == ROOT else folder.rglob("*"))]
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts and readable(path)]


def readable(path: Path) -> bool:
    return b"\0" not in path.read_bytes()[:4096]


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text("utf-8"))["cells"]


def code(path: Path) -> list[dict]:
    return [cell for cell in cells(path) if cell["cell_type"] == "code"]


def locked() -> list[tuple[str, str, str]]:
    """Each entry of the lock: its name, its version, and all that stands below it."""
    entries = re.split(r"^(?=\S+==)", LOCK, flags=re.M)[1:]
    heads = [re.match(r"([\w.-]+)==([\w.]+)", entry) for entry in entries]
    return [(canonicalize_name(head[1]), head[2], entry) for head, entry in zip(heads, entries, strict=True)]


def versions(name: str) -> list[str]:
    """The versions of a part in the lock: one, or one for each sort of machine."""
    return [version for known, version, _entry in locked() if known == canonicalize_name(name)]


def asked_for() -> list[Requirement]:
    lists = [PROJECT["project"]["dependencies"], PROJECT["project"]["optional-dependencies"]["dev"]]
    return [Requirement(line) for lines in [*lists, PROJECT["build-system"]["requires"]] for line in lines]


notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_linter_finds_nothing():
    holds("-m", "ruff", "check", ".")


def test_the_format_is_ruffs():
    holds("-m", "ruff", "format", "--check", ".")


def test_the_types_fit():
    holds("-m", "mypy")


def test_a_module_imports_only_from_below_and_big_libraries_stay_at_home():
    holds("-c", LINT_IMPORTS, "--no-cache")


def test_every_wall_of_the_house_can_be_felt(tmp_path):
    shutil.copytree(ROOT / "kit", tmp_path / "kit", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for name, wrong in (("words.py", EVERYTHING_WRONG), ("measures/columns.py", "from kit import charts, store")):
        with (tmp_path / "kit" / name).open("a", encoding="utf-8") as module:
            module.write(wrong)

    done = told("-c", LINT_IMPORTS, "--no-cache", cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)})
    count = len(PROJECT["tool"]["importlinter"]["contracts"])
    assert f"Contracts: 0 kept, {count} broken." in done.stdout


@pytest.mark.parametrize("path", sorted((ROOT / "kit" / "measures").glob("*.py")), ids=lambda path: path.stem)
def test_a_measure_has_words_for_what_it_cannot_take_alone(path):
    tree = ast.parse(path.read_text("utf-8"))
    imported = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.module == "kit.words"]
    assert {name.name for one in imported for name in one.names} <= {"_"}

    warns = {"ValueError", "warn"}
    excused = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) in warns]
    assert sorted(words_in(tree)) == sorted(words for one in excused for words in words_in(one))


def words_in(tree: ast.AST) -> list[str]:
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and ast.unparse(one.func) == "_"]
    return [ast.unparse(one) for one in calls]


def test_the_hooks_before_a_commit_can_be_read():
    holds("-m", "pre_commit", "validate-config")


def test_no_file_holds_a_path_of_somebodys_machine():
    found = [(path.name, hit[0]) for path in written() if (hit := MACHINE_PATH.search(path.read_text("utf-8")))]

    assert len(written()) > 20
    assert found == []


def test_there_are_notebooks():
    assert "1_session" in [path.stem for path in NOTEBOOKS]


@pytest.mark.slow
def test_a_failing_test_fails_the_test_command(tmp_path):
    (tmp_path / "test_wrong.py").write_text("def test_wrong():\n    assert False")
    env = {**os.environ, "KIT_HOME": str(tmp_path / "home")}

    done = told("-m", "kit", "test", str(tmp_path / "test_wrong.py"), env=env)
    assert "1 failed" in done.stdout
    assert done.returncode == 1


@pytest.mark.slow
def test_quick_leaves_out_what_is_slow(tmp_path):
    (tmp_path / "test_two.py").write_text(TWO, encoding="utf-8")
    env = {**os.environ, "KIT_HOME": str(tmp_path / "home")}

    done = told("-m", "kit", "test", "--quick", str(tmp_path / "test_two.py"), env=env)
    assert "1 passed, 1 deselected" in done.stdout
    assert done.returncode == 0


@pytest.mark.slow
def test_what_a_test_sets_in_its_surroundings_reaches_no_other_one(tmp_path):
    (tmp_path / "test_left.py").write_text(LEFT, encoding="utf-8")
    own = {"PYTHONPATH": str(ROOT / "tests"), "KIT_BOOK": "somebody's own.book"}

    done = told("-m", "pytest", "-p", "conftest", str(tmp_path), cwd=tmp_path, env={**os.environ, **own})
    assert "2 passed" in done.stdout


@notebook
def test_a_notebook_holds_no_answers(path):
    kept = json.loads(path.read_text("utf-8"))["metadata"]

    assert "widgets" not in kept
    assert [cell for cell in code(path) if cell["outputs"] or cell["execution_count"] is not None] == []


@notebook
def test_a_notebook_bears_the_kits_mark(path):
    assert json.loads(path.read_text("utf-8"))["metadata"]["kit"]["notebook"] == path.stem


@notebook
def test_a_code_cell_is_one_line_whose_source_is_hidden(path):
    long = [cell["source"] for cell in code(path) if len("".join(cell["source"]).splitlines()) != 1]
    shown = [cell["source"] for cell in code(path) if not cell["metadata"].get("jupyter", {}).get("source_hidden")]

    assert code(path)
    assert (long, shown) == ([], [])


@notebook
def test_a_cell_can_neither_be_changed_nor_removed_by_chance(path):
    marks = [(cell["metadata"].get("editable"), cell["metadata"].get("deletable")) for cell in cells(path)]

    assert set(marks) == {(False, False)}


@pytest.mark.slow
@notebook
def test_a_notebook_runs(path, tmp_path):
    env = {key: value for key, value in os.environ.items() if key not in ("KIT_BOOK", "KIT_PASSPHRASE")}
    words = ["-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider", str(path)]

    done = told(*words, env={**env, "KIT_HOME": str(tmp_path / "home")})
    assert done.returncode == 0, done.stdout
    assert f"{len(code(path))} passed" in done.stdout


@pytest.mark.parametrize("requirement", asked_for(), ids=lambda requirement: requirement.name)
def test_the_lock_holds_each_part_in_a_version_that_fits(requirement):
    fits = [requirement.specifier.contains(version) for version in versions(requirement.name)]

    assert any(fits) if requirement.marker else fits and all(fits)


def test_each_entry_of_the_lock_has_its_hashes():
    assert len(locked()) > 100
    assert [name for name, _version, entry in locked() if "--hash=sha256:" not in entry] == []


def test_the_lock_names_no_index():
    assert re.findall(r"https?:|file:|^-\S+|--(?:index|extra|find)\S*", LOCK, re.M) == []


def test_the_version_is_the_same_wherever_it_stands():
    package = json.loads((ROOT / "kit" / "jupyter" / "labextension" / "package.json").read_text("utf-8"))
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    (newest, *_earlier) = re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)

    assert {kit.__version__, package["version"], cited and cited[1], newest} == {
        importlib.metadata.version("reflection-kit")
    }


def test_conda_installs_what_pyproject_asks_for():
    lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
    entries = [line.strip().removeprefix("- ") for line in lines if line.strip().startswith("- ")]

    assert "name: reflection-kit" in lines
    bounds = {one.name: f"{one.name} {one.specifier}" for one in asked_for()}
    from_conda = [bounds[name] for name in ("jupyterlab", "ipywidgets", "pandas", "plotly", "nbval")]
    python = "python " + PROJECT["project"]["requires-python"]
    assert entries == ["conda-forge", python, *from_conda, "pip", "pip:", "-e .[dev]"]


@pytest.mark.skipif(os.name == "nt", reason="the bare machine of CI is a Debian one")
def test_ci_calls_the_readmes_test_command_with_browser_tests_required():
    script = ROOT / ".ci" / "run"

    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    assert re.search(r"export KIT_BROWSER_TESTS=required.*\n(.*\n)*.*python3 start\.py test", script.read_text("utf-8"))


def test_the_workflow_runs_the_readmes_test_command_on_each_system_with_the_first_and_the_last_python():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8"))
    job = workflow["jobs"]["tests"]
    pythons = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["project"]["classifiers"]))

    assert job["strategy"]["matrix"]["python"] == [pythons[0], pythons[-1]]
    assert {one.partition("-")[0] for one in job["strategy"]["matrix"]["system"]} == {"windows", "macos", "ubuntu"}
    assert [one["run"] for one in job["steps"] if "start.py" in one.get("run", "")] == ["python start.py test"]


def test_the_list_of_parts_asks_for_no_older_one_than_the_check_does():
    asked = {canonicalize_name(one.name): one.specifier for one in asked_for() if not one.marker}

    assert len(MINIMUM_VERSIONS) >= 3
    for name, floor in MINIMUM_VERSIONS.items():
        just_below = ".".join(map(str, (*floor[:-1], floor[-1] - 1, 999)))
        assert not asked[name].contains(just_below), f"{name} {just_below}"
        assert all(asked[name].contains(version) for version in versions(name))
