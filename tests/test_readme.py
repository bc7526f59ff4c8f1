"""What the README says is true."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from asking import run

from kit import places, rooms
from kit.cli import app as command_line
from kit.exchange import sample
from kit.records import KINDS
from kit.reports import print_pdf
from kit.store import Store

pytestmark = pytest.mark.slow

README = (places.ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(command.name or command.callback.__name__ for command in command_line.app.registered_commands)


def test_the_code_in_the_readme_runs_and_gives_what_it_says():
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.S)
    told = re.findall(r"^(.+?)  # (.+)$", code, flags=re.M)
    names: dict = {}
    exec(code, names)

    assert told
    for expression, value in told:
        assert eval(expression, names) == eval(value)


def test_every_command_stands_in_the_readme():
    listed = re.findall(r"^\| `(\w+)` \|", README, flags=re.M)

    assert sorted(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command):
    done = subprocess.run([sys.executable, "-m", "kit", command, "--help"], capture_output=True, text=True, check=False)

    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_the_two_commands_stand_at_the_top():
    assert README.index("python3 start.py ") < README.index("python3 start.py test") < 600


# its examples ------------------------------------------------------------------------------------

ALONE = {"--all", "--close", "--new", "--fresh", "--no-browser", "--quick"}  # options that stand in the place of a name
OF_A_PRACTICE = ("backup", "restore")
BRIEFLY = {"test": ["--version"]}  # what would run for long
STARTS = re.compile(r"(?:python3?|py) start\.py\b *([^`#\n]*)")


def examples() -> list[str]:
    """Each command line of the README, without what stands before its first word; options go with their example."""
    found = [given.strip() for given in STARTS.findall(README)]
    for word, told in re.findall(r"^\| `(\w+)` \|(.*)\|$", README, flags=re.M):
        given = re.findall(r"`([^`]+)`", told)
        named = [one for one in given if one.startswith(f"{word} ")]
        found += named or ([word] if word in ("clients", "check", "restore", "backup") else [])
        for option in (one for one in given if one.startswith("--")):
            found.append(f"{word} {option}" if option in ALONE else f"{named[0]} {option}")
    return list(dict.fromkeys(found))


def asked(line: str, folder: Path) -> list[str]:
    words = shlex.split(line.replace("FOLDER", shlex.quote(str(folder / "out"))))
    return words + BRIEFLY.get(words[0], []) if words else []


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Where a kit runs on the sample, as its first start leaves it, in a terminal of an old code page."""
    home = tmp_path_factory.mktemp("readme")
    command = [sys.executable, "-m", "kit", "open", "--no-browser"]
    env = {**os.environ, "KIT_HOME": str(home), "PYTHONIOENCODING": "cp437"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=places.ROOT, env=env, **pipes) as running:
        assert running.stdout.readline().startswith(b"http://")
        yield home
        running.send_signal(signal.SIGINT)
        assert b"Traceback" not in running.communicate()[1]
    assert running.returncode == 0


def of_a_practice(home: Path) -> Path:
    """A practice of one's own in which the sample's people are."""
    with contextlib.closing(sample.open_sample()) as store:
        people = [one for kind in KINDS for one in store.records(kind)]
    with contextlib.closing(Store(home / "practice.book")) as store:
        store.import_records(people)
    return home


def test_there_are_examples():
    assert {"", "test", "open --new", 'room "Tuesday group"', "room --client River", "report Heron"} <= {*examples()}
    assert {line.split()[0] for line in examples() if line} >= {*COMMANDS} - {"bench", "erase", "import"}


@pytest.mark.parametrize("line", [one for one in examples() if not one.startswith("room")])
def test_each_example_of_the_readme_runs_on_the_sample(line, home, kit_home, tmp_path):
    if "--pdf" in line and not print_pdf.find_browser():
        pytest.skip("there is no browser here that prints")
    words = asked(line, tmp_path)
    opens = words[:1] in ([], ["open"])
    where = of_a_practice(kit_home) if words and words[0] in OF_A_PRACTICE else home

    done = run(*words or ["open"], *(["--no-browser"] if opens else []), KIT_HOME=str(where))

    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done
    assert not opens or done.stdout.startswith("http://127.0.0.1")


@pytest.mark.parametrize("line", [one for one in examples() if one.startswith("room") and "--close" not in one])
def test_each_room_of_the_readme_opens_on_the_sample_and_is_closed(line, kit_home, tmp_path):
    command = [sys.executable, "-m", "kit", *asked(line, tmp_path)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=places.ROOT, **pipes) as opened:
        told = opened.stdout.readline()
        there = rooms.list_open()
        closed = run("room", "--close")
        err = opened.communicate()[1]

    if "--lan" in line and "in no network" in err:
        return
    assert told.startswith("For the people who join: http") and len(there) == 1, err
    assert (opened.returncode, closed.stdout) == (0, "Closed: 1.\n")
