"""The command line speaks in whatever code page a terminal has, of clients with names in any script."""

import io
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing

import pytest
from asking import run

import kit
from kit import places, rooms
from kit.cli import app as command_line

pytestmark = pytest.mark.slow

NAMES = {"Polish": "Żółw", "Hebrew": "דוב", "Chinese": "小熊", "emoji": "🦊 🌿"}
PAGES = ["cp1252", "cp437", "cp950", "ascii", "utf-8"]
ODD = re.compile(r"Traceback|Error\b|did not work|charmap|codec")
START = places.ROOT / "start.py"


@pytest.fixture(scope="module")
def many_tongues(tmp_path_factory):
    """A book with a client of each name, made once."""
    place = tmp_path_factory.mktemp("tongues") / "Bücher 書.book"
    with closing(kit.open_book(place)) as book:
        for name in NAMES.values():
            book.add(kit.Client(name=name))
            for to in ("notes", "my report", "a room"):
                book.add(kit.Agreement(client=name, to=to))
            book.add(kit.Win(client=name, title=f"{name}: bread"))
            book.add(kit.Supporter(client=name, name=f"{name} ♥"))
    return place


@pytest.fixture
def place(many_tongues, tmp_path):
    return shutil.copy(many_tongues, tmp_path / many_tongues.name)


@pytest.fixture
def said(monkeypatch):
    """Runs a command with streams in a code page, and gives its exit code and what it said, as bytes."""

    def run_in(page, *words, typed=b""):
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding=page) for _stream in range(2))
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(sys, "stderr", err)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding=page))
        monkeypatch.setattr(sys, "argv", ["kit", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        told = [stream.buffer.getvalue().decode(page, "replace") for stream in (out, err) if not stream.flush()]
        assert not ODD.search("".join(told)), told
        return ended.value.code or 0, *told

    return run_in


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
@pytest.mark.parametrize("page", PAGES)
def test_every_command_about_a_client_does_its_work_and_says_so(page, name, place, said, tmp_path):
    out, other = tmp_path / "out", tmp_path / "other.book"

    assert [said(page, *words, "--book", place)[0] for words in (
        ("clients",),
        ("report", name, "--out", out / "page.html"),
        ("report", name, "--card", "--out", out / "card.html"),
        ("export", name, "--out", out / "data"),
        ("report", "Nobody " + name),
        ("export", "Nobody " + name, "--out", out),
        ("erase", "Nobody " + name, "--yes"),
    )] == [0, 0, 0, 0, 2, 2, 2]  # fmt: skip
    assert said(page, "import", out / "data", "--book", other)[0] == 0
    assert said(page, "import", out / "data", "--book", other)[0] == 0
    assert said(page, "erase", name, "--book", other, typed=b"\x81\xff\n")[0] == 2  # no signs of this page
    assert said(page, "erase", name, "--yes", "--book", other)[0] == 0
    assert name in (out / "page.html").read_text("utf-8") and name in (out / "card.html").read_text("utf-8")
    with closing(kit.open_book(other)) as book:
        assert book.records(kit.Client) == []


@pytest.mark.parametrize("page", PAGES)
def test_every_command_about_all_of_a_practice_does_its_work_and_says_so(page, place, said, tmp_path):
    code, out, _err = said(page, "report", "--all", "--book", place, "--out", tmp_path / "all")
    assert (code, len(list((tmp_path / "all").iterdir()))) == (0, len(NAMES))
    assert f"{len(NAMES)} of {len(NAMES)} pages are made." in out

    assert said(page, "check", "--book", place)[0] in (0, 1)
    assert said(page, "backup", tmp_path / "書.sealed", "--book", place)[0] == 0
    assert said(page, "backup", "--book", place)[0] == 0
    assert said(page, "restore", "--book", place)[0] == 0
    assert said(page, "restore", "1", "--yes", "--book", place)[0] == 0
    assert said(page, "restore", tmp_path / "書.sealed", "--book", tmp_path / "熊.book")[0] == 0
    assert said(page, "clients", "--book", tmp_path / "nowhere 書" / "x.book")[0] == 1
    assert said(page, "open", "書 2", "--book", place)[0] == 1
    assert said(page, "dance 🦊")[0] == 2
    assert said(page, "room", "--close")[0] == 0


def test_a_sign_that_a_code_page_lacks_is_a_question_mark_and_that_is_said_once(place, said):
    code, out, err = said("cp1252", "clients", "--book", place)

    assert (code, out.split("\n")[:3]) == (0, ["?ó?w", "???", "??"])
    assert err == "This window cannot show every character; you see a ? instead.\n"
    assert said("utf-8", "clients", "--book", place)[1:] == ("\n".join(NAMES.values()) + "\n", "")


def test_what_was_written_is_said_in_a_terminal_of_another_code_page(place, tmp_path):
    written = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "kit", "report", "--all", "--book", place, "--out", tmp_path / "all"]
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, **written})

    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert done.stdout.decode("cp1252").endswith(f"{len(NAMES)} of {len(NAMES)} pages are made.{os.linesep}")


def test_a_room_is_opened_told_and_closed_in_another_code_page(place):
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    command = [sys.executable, "-m", "kit", "room", "Grupa Żółw 書", "--book", str(place)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=places.ROOT, env=env) as room:
        told = [room.stdout.readline() for _line in range(2)]
        assert b"http" in told[0]
        (there,) = rooms.list_open()
        rooms.close_room(there)
        _out, err = room.communicate()
    assert b"Traceback" not in err and room.returncode == 0


def test_the_first_start_speaks_in_any_code_page_too():
    asked = "import sys; sys.path.insert(0, sys.argv[1]); import start; start.say('Żółw 書')"
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run([sys.executable, "-c", asked, str(START.parent)], capture_output=True, check=False, env=env)

    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)


def test_every_file_of_the_kit_is_opened_with_its_encoding_named(place, tmp_path):
    own = {"PYTHONWARNDEFAULTENCODING": "1"}
    told = [
        run(*words, "--book", place, **own).stderr
        for words in (("report", "Żółw", "--out", tmp_path), ("backup", tmp_path), ("check",))
    ]

    assert [one for text in told for one in text.splitlines() if "EncodingWarning" in one and "kit" in one] == []


# words that nobody foresaw ---------------------------------------------------------------------------


def test_whatever_goes_wrong_a_coach_reads_one_sentence_and_it_is_noted(place, said, monkeypatch, kit_home):
    monkeypatch.setattr(kit.book.Book, "records", lambda *_given: 1 // 0)
    monkeypatch.setattr(sys.modules[__name__], "ODD", re.compile("Traceback"))

    code, out, err = said("cp1252", "clients", "--book", place)
    assert (code, out) == (1, "")
    assert err.startswith("This did not work here. What went on is noted in ")
    assert "ZeroDivisionError" in places.error_log().read_text("utf-8")


def test_who_reads_only_the_first_line_hears_nothing_of_it(place):
    command = [sys.executable, "-m", "kit", "clients", "--book", place]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as asked:
        asked.stdout.close()
        assert asked.stderr.read() == b""
