"""The kit as a wheel installs it: in an environment of its own, used from an empty folder, away from its source."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import lab
import pytest
import sitting

from kit import places


@pytest.fixture(scope="module")
def env(tmp_path_factory):
    """An environment that has the kit from a wheel, and borrows the parts of the environment that runs the tests."""
    built, env = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("installed") / "env"
    build = ["-m", "hatchling", "build", "-t", "wheel", "-d", str(built)]
    subprocess.run([sys.executable, *build], cwd=places.ROOT, check=True, capture_output=True)
    venv.create(env, symlinks=os.name != "nt")
    for shared in ("share/jupyter", "etc/jupyter"):
        shutil.copytree(Path(sys.prefix) / shared, env / shared, ignore=shutil.ignore_patterns("reflection-kit*"))
    # A folder that is named in a .pth is searched, and the .pth files in it are not read: no editable kit comes along.
    own, parts = site_packages(env), {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    (own / "parts.pth").write_text("\n".join(parts), encoding="utf-8")
    install = ["-m", "uv", "pip", "install", "--offline", "--no-deps", "--python", str(env)]
    subprocess.run([sys.executable, *install, *map(str, built.glob("*.whl"))], check=True, capture_output=True)
    return env


def site_packages(env: Path) -> Path:
    return Path(sysconfig.get_path("purelib", "venv", {"base": str(env), "platbase": str(env)}))


def program(env: Path, name: str) -> str:
    return str(Path(sysconfig.get_path("scripts", "venv", {"base": str(env)})) / name)


@pytest.fixture(autouse=True)
def here(env, tmp_path):
    """An empty folder, which stays empty; and nothing is written to where the kit is installed."""
    before = files(env)
    (tmp_path / "here").mkdir()
    yield tmp_path / "here"
    assert (files(tmp_path / "here"), files(env)) == ({}, before)


def files(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def asked(env, here, tmp_path):
    """What a program of that environment says, asked from the empty folder."""

    def ask(name: str, *words: str) -> subprocess.CompletedProcess:
        there = lab.surroundings(tmp_path / "home", PYTHONDONTWRITEBYTECODE="1", PYTHONUTF8="1")
        pipes = {"stdin": subprocess.DEVNULL, "capture_output": True, "encoding": "utf-8"}
        return subprocess.run([program(env, name), *words], cwd=here, env=there, check=False, **pipes)

    return ask


def test_it_is_the_kit_of_the_wheel_with_its_version_and_its_types(env, asked):
    import kit

    done = asked("python", "-c", "import kit; print(kit.__version__, kit.__file__)")
    version, place = done.stdout.strip().split(" ", 1)

    assert version == kit.__version__
    assert Path(place).parent == site_packages(env) / "kit"
    assert (site_packages(env) / "kit/py.typed").is_file()


def test_all_of_the_kit_travels_along(env):
    shipped = [path for path in (places.ROOT / "kit").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    beside = [*places.NOTEBOOKS.glob("*.ipynb"), *places.SAMPLE_DATA.rglob("*.csv")]
    wanted = {path.relative_to(places.ROOT) for path in shipped} | {
        Path("kit/shipped") / path.relative_to(places.ROOT) for path in beside
    }

    there = {path.relative_to(site_packages(env)) for path in files(site_packages(env) / "kit")}
    assert len(wanted) > 150
    assert wanted - there == set()
    assert not [path for path in there if path.name.startswith("make_") or ".ipynb_checkpoints" in path.parts]


def test_check_says_that_all_is_in_order(asked):
    done = asked("kit", "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip().endswith("All in order.")


def test_a_report_of_the_sample_is_written(asked, tmp_path):
    done = asked("kit", "report", "Heron")

    assert (done.returncode, done.stderr) == (0, "")
    page = Path(done.stdout.strip())
    assert page.is_relative_to(tmp_path / "home")
    assert "Heron" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("word", ["test", "bench"])
def test_what_stands_in_the_source_alone_is_said_in_a_sentence(asked, word):
    done = asked("kit", word)

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "This is part of the kit's source folder. Please run it there, with start.py.\n"


def test_open_shows_the_first_form(env, here, tmp_path, page):
    command = [program(env, "kit"), "open", "--no-browser"]
    home = tmp_path / "home"
    server = lab.start(command, home, home / "notebooks", here, PYTHONDONTWRITEBYTECODE="1")
    try:
        page.goto(server.address)
        sitting.all_is_there(page)
        sitting.choose(page, "Heron")
        assert (home / "notebooks" / sitting.NOTEBOOK).is_file()
    finally:
        assert server.end() == 0
