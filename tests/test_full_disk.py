"""A disk that is full: each command says so in one sentence, loses nothing, and leaves nothing behind."""

import errno
import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import faults
import pytest
from asking import run, trouble_of
from owned import WORDS, begun

import kit
from kit import places
from kit.reports import print_pdf
from kit.store import Store
from kit.vault import keys, transfer
from kit.words import FULL

pytestmark = pytest.mark.slow

FIRST, LATER = 1, 4  # the first write of a command, and one amid its work


@pytest.fixture(autouse=True)
def can_be_made():
    faults.require()


@pytest.fixture(scope="module")
def shim(tmp_path_factory):
    return faults.shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def disk(tmp_path):
    """A disk with a practice, a sealed copy of it and a client's tables; the kit's own folder lies on it too."""
    disk = tmp_path / "disk"
    home = disk / "own"
    home.mkdir(parents=True)
    place = begun(home / "practice.book", WORDS)
    with closing(Store(place, keys.read_key_file(place, WORDS))) as store:
        store.save(kit.Agreement(client="Otter", to="my report"), kit.Agreement(client="Otter", to="a room"))
    transfer.pack(place, keys.read_key_file(place, WORDS), disk / "there.sealed")
    with closing(kit.open_book(place, passphrase=WORDS)) as book:
        book.export("Otter", disk / "tables")
    return disk


def at_full_disk(disk, shim, nth, *words, **more):
    told = f"{faults.KINDS['write']} {nth} {errno.ENOSPC} 1 {disk}"
    env = {"LD_PRELOAD": shim, "KIT_FAULTS": told, "KIT_HOME": str(disk / "own"), "KIT_PASSPHRASE": WORDS, **more}
    return run(*words, **env)


def files(disk):
    """What lies there, without what SQLite keeps beside a book that it has open, and locks that hold nothing."""
    passing = ("-wal", "-shm", ".lock")
    there = [path for path in disk.rglob("*") if path.is_file() and not path.name.endswith(passing)]
    return {str(path.relative_to(disk)): path.read_bytes() for path in there if "jupyter" not in path.parts}


COMMANDS = {
    "report": ("report", "Otter", "--out", "{disk}/page.html"),
    "report --all": ("report", "--all", "--out", "{disk}/pages"),
    "report --card": ("report", "Otter", "--card", "--out", "{disk}/card.html"),
    "report among the kit's own": ("report", "Otter"),
    "export": ("export", "Otter", "--out", "{disk}/out"),
    "backup": ("backup",),
    "backup to a file": ("backup", "{disk}/mine.sealed"),
    "restore": ("restore", "{disk}/there.sealed", "--yes"),
    "restore elsewhere": ("restore", "{disk}/there.sealed", "--book", "{disk}/new/practice.book"),
    "import into a new book": ("import", "{disk}/tables", "--book", "{disk}/own/new.book"),
    "erase": ("erase", "Otter", "--yes"),
    "the sample": ("clients", "--book", "sample"),
    "room": ("room", "A group", "--book", "{disk}/own/practice.book"),
    "open": ("open", "--no-browser"),
}


FULL_AT = [(words, LATER) for words in COMMANDS] + [(words, FIRST) for words in ("backup", "restore", "erase")]


@pytest.mark.parametrize(("name", "nth"), FULL_AT)
def test_each_command_says_that_the_disk_is_full_and_leaves_all_as_it_was(name, nth, disk, shim):
    before = files(disk)

    done = at_full_disk(disk, shim, nth, *(word.format(disk=disk) for word in COMMANDS[name]))

    assert done.returncode == 1, done
    assert "is full. Nothing is lost." in done.stderr, done
    assert [one for one in ("Traceback", "close the file", "typed", "did not work") if one in done.stderr] == []
    after = files(disk)
    shipped = {f"own/notebooks/{one.name}": one.read_bytes() for one in places.NOTEBOOKS.glob("*.ipynb")}
    assert [one for one in after.keys() - before.keys() if after[one] != shipped.get(one)] == []
    assert before.keys() <= after.keys()
    place = disk / "own" / "practice.book"
    with closing(Store(place, keys.read_key_file(place, WORDS))) as store:
        assert [one.title for one in store.records(kit.Win)] == ["bread"]


@pytest.mark.parametrize("words", [("clients",), ("check",), ("restore",)])
def test_a_command_that_only_looks_goes_on_or_says_so(words, disk, shim):
    done = at_full_disk(disk, shim, FIRST, *words)

    assert "Traceback" not in done.stderr
    assert done.stdout or "is full. Nothing is lost." in done.stderr  # SQLite looks into no book without any room


ONTO_A_STICK = {
    "report": ("report", "Otter", "--out", "{stick}/page.html"),
    "report --all": ("report", "--all", "--out", "{stick}/pages"),
    "report --card": ("report", "Otter", "--card", "--out", "{stick}/card.html"),
    "report --pdf": ("report", "Otter", "--pdf", "--out", "{stick}/page.pdf"),
    "export": ("export", "Otter", "--out", "{stick}/out"),
    "backup": ("backup", "{stick}/mine.sealed"),
}


@pytest.mark.parametrize("name", ONTO_A_STICK)
def test_a_stick_that_is_full_is_named_and_nothing_of_a_file_stays_on_it(name, disk, shim, tmp_path):
    if name.endswith("pdf") and not print_pdf.find_browser():
        pytest.skip("there is no browser here that prints")
    stick = tmp_path / "stick"
    stick.mkdir()

    words = (word.format(stick=stick) for word in ONTO_A_STICK[name])
    done = at_full_disk(stick, shim, FIRST, *words, KIT_HOME=str(disk / "own"))

    assert done.returncode == 1
    assert f"The disk of {stick}" in done.stderr and "is full. Nothing is lost." in done.stderr, done
    assert files(stick) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_what_is_said_into_a_full_file_is_one_sentence():
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "kit", "clients", "--book", "sample"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, FULL.format(place="the output") + "\n")


def test_a_disk_without_links_leaves_no_empty_file_where_there_is_no_room(tmp_path, monkeypatch):
    place = begun(tmp_path / "x.book", None)

    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    monkeypatch.setattr(Path, "replace", full)
    assert "is full" in trouble_of(transfer.pack, place, None, tmp_path / "to.sealed")
    assert not (tmp_path / "to.sealed").exists()
