"""What start.py decides: when .venv is made anew, what it says, and what it hands on."""

import ast
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAID_BY_INSTALLERS = {
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device": "FULL",
    "error: failed to copy file: There is not enough room on the disk (os error 112)": "FULL",
    "Error: [Errno 13] Permission denied: 'bin'": "CLOSED",
    "Error: [Errno 30] Read-only file system: '.venv'": "CLOSED",
    "PermissionError: [WinError 5] Zugriff verweigert: '.venv'": "CLOSED",
    "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError'": "OFFLINE",
    "ERROR: Could not find a version that satisfies the requirement uv==1 (from versions: none)": "OFFLINE",
    "error: Request failed after 3 retries: error sending request for url": "OFFLINE",
    "error: Hash mismatch for `plotly==7.1.0`": "OTHER",
}

WAITING_KIT = """
import time
try:
    print("up", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    raise SystemExit(7)
"""


def loaded(folder: Path):
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def start(tmp_path):
    """start.py in a small copy of the house, where nothing is installed."""
    place = tmp_path.resolve() / "house"
    (place / "kit" / "jupyter" / "labextension" / "static").mkdir(parents=True)
    (place / "kit" / "jupyter" / "labextension" / "static" / "remoteEntry.js").write_text("1")
    (place / "kit" / "jupyter" / "server.json").write_text("{}")
    for name in ("start.py", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, place)
    return loaded(place)


@pytest.fixture
def made(start):
    """The same, with a .venv that was completed."""
    python = Path(start.PYTHON)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable) if os.name == "posix" else shutil.copy(sys.executable, python)
    Path(start.STAMP).write_text("\n".join(start.wanted()), encoding="utf-8")
    return start


def write_kit(folder: Path, body: str) -> dict[str, str]:
    (folder / "kit").mkdir()
    (folder / "kit" / "__init__.py").touch()
    (folder / "kit" / "__main__.py").write_text(body)
    return {**os.environ, "PYTHONPATH": str(folder)}


def run_kit(*words: str) -> list[str]:
    told = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import start; "
    return [sys.executable, "-c", f"{told}sys.exit(start.run_kit(sys.executable, {list(words)!r}))"]


def test_start_parses_on_python_2_and_on_early_python_3():
    source = (ROOT / "start.py").read_text("ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    too_new = (ast.AnnAssign, ast.JoinedStr, ast.Nonlocal, ast.NamedExpr, ast.Await, ast.YieldFrom)

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.cause]
    assert not [call for call in calls if any(isinstance(arg, ast.Starred) for arg in call.args[:-1])]
    assert not [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]
    assert not [f for f in functions if f.returns or f.args.kwonlyargs or any(a.annotation for a in f.args.args)]


def test_start_begins_with_imports_that_python_2_has_too():
    tree = ast.parse((ROOT / "start.py").read_text("ascii"))
    known = {
        "contextlib",
        "gettext",
        "hashlib",
        "os",
        "platform",
        "re",
        "shutil",
        "signal",
        "subprocess",
        "sys",
        "threading",
        "time",
    }

    assert {alias.name for node in tree.body if isinstance(node, ast.Import) for alias in node.names} <= known
    assert not [node for node in tree.body if isinstance(node, ast.ImportFrom)]


def test_an_old_python_gets_one_sentence(start, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 13))

    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer"):
        start.main([])


@pytest.mark.parametrize(
    "name",
    [
        "requirements.lock",
        "pyproject.toml",
        "kit/jupyter/server.json",
        "kit/jupyter/labextension/static/remoteEntry.js",
    ],
)
def test_a_change_in_what_venv_is_made_from_calls_for_a_new_one(made, name):
    assert made.repair() is None

    with (Path(made.ROOT) / name).open("a") as file:
        file.write("\n")
    assert made.stamp() != made.wanted()


def test_a_new_file_of_the_labextension_calls_for_a_new_venv(made):
    (Path(made.ROOT) / "kit" / "jupyter" / "labextension" / "package.json").write_text("{}")

    assert made.stamp() != made.wanted()


def test_another_python_calls_for_a_new_venv(made, monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))

    assert made.stamp() != made.wanted()
    assert made.usable()


def test_a_moved_folder_calls_for_a_new_venv(made):
    moved = Path(made.ROOT).rename(Path(made.ROOT).with_name("moved"))

    there = loaded(moved)
    assert there.stamp() != there.wanted()
    assert not there.usable()


@pytest.mark.parametrize("left", [None, "", "half a st"])
def test_an_interrupted_install_leaves_no_usable_venv(made, left):
    Path(made.STAMP).unlink() if left is None else Path(made.STAMP).write_text(left)

    assert made.stamp() != made.wanted()
    assert not made.usable()


def test_a_vanished_python_leaves_no_usable_venv(made):
    Path(made.PYTHON).unlink()

    assert made.stamp() == made.wanted()
    assert not made.usable()


def test_a_lacking_venv_module_is_named_before_anything_is_made(start, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    assert start.repair() == start.NO_VENV
    assert not Path(start.VENV).exists()


def test_without_a_network_a_first_start_ends_with_one_sentence(start, monkeypatch):
    monkeypatch.setattr(start, "run", lambda heading, command: (_ for _ in ()).throw(SystemExit(start.OFFLINE)))

    with pytest.raises(SystemExit, match="connect to the internet"):
        start.environment()


def test_without_a_network_an_earlier_venv_comes_back_and_is_used(made, monkeypatch, capsys):
    monkeypatch.setattr(made, "has_kit", lambda: False)
    monkeypatch.setattr(made, "install", lambda: (_ for _ in ()).throw(SystemExit(made.OFFLINE)))
    Path(made.LOCK).write_text("")

    assert made.environment() == made.PYTHON
    assert made.usable()
    assert not Path(made.ASIDE).exists()
    assert "goes on with what was installed before" in capsys.readouterr().err


def test_a_complete_venv_takes_the_place_of_the_earlier_one(made, monkeypatch):
    monkeypatch.setattr(made, "install", lambda: Path(made.VENV).mkdir())

    made.make()
    assert not made.usable()
    assert not Path(made.ASIDE).exists()


@pytest.mark.parametrize(("words", "name"), SAID_BY_INSTALLERS.items())
def test_what_installers_say_becomes_one_sentence_with_the_next_step(start, words, name):
    sentence = start.reason(words)

    assert sentence.split("%s")[0].startswith(getattr(start, name).replace("%s", start.ROOT)[:20])
    assert "then start again" in sentence or "please start again" in sentence


def test_only_one_start_at_a_time_touches_venv(start):
    with start.alone():
        second = os.open(Path(start.ROOT) / "start.py", os.O_RDONLY)

        with pytest.raises((BlockingIOError, PermissionError)):
            start.take(second)
    start.take(second)
    os.close(second)


def test_uv_is_fetched_by_its_own_entry_of_the_lock(start):
    Path(start.VENV).mkdir()

    entry = Path(start.uv_alone()).read_text("utf-8")
    assert re.findall(r"^\S+==", entry, re.M) == ["uv=="]
    assert entry.count("--hash=sha256:") > 1


def test_an_environment_that_has_this_kit_already_is_used(monkeypatch):
    here = loaded(ROOT)
    monkeypatch.setattr(here, "VENV", str(ROOT / "elsewhere"))

    assert here.has_kit()
    assert here.environment() == sys.executable


def test_the_kit_of_another_folder_is_not_taken_for_this_one(start):
    assert not start.has_kit()


def test_the_exit_code_of_the_kit_is_passed_on(tmp_path):
    env = write_kit(tmp_path, "import sys; sys.exit(int(sys.argv[1]))")

    assert subprocess.run(run_kit("5"), env=env, check=False).returncode == 5


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C to a whole console")
@pytest.mark.parametrize("reach", [os.killpg, os.kill] if os.name == "posix" else [])
def test_ctrl_c_lets_the_kit_close_and_leaves_no_process(tmp_path, reach):
    env = write_kit(tmp_path, WAITING_KIT)
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}

    with subprocess.Popen(run_kit(), env=env, start_new_session=True, text=True, **pipes) as child:
        child.stdout.readline()
        reach(child.pid, signal.SIGINT)
        assert "Traceback" not in child.stderr.read()  # ends only when nobody holds it any more
    assert child.returncode == 7


def test_the_files_to_double_click_run_start():
    files = sorted(ROOT.glob("Start the Reflection Kit.*"))

    assert [file.suffix for file in files] == [".bat", ".command"]
    assert all(b"start.py" in file.read_bytes() for file in files)
    assert files[0].read_bytes().count(b"\n") == files[0].read_bytes().count(b"\r\n")
    assert os.name == "nt" or os.access(files[1], os.X_OK)
