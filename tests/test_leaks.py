"""Where the key and the passphrase are not: in no file, no argument, no environment, no message of a kernel, no log."""

import io
import logging
import os
import stat
import subprocess
import sys
import tempfile
from base64 import b64encode, urlsafe_b64encode
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from jupyter_client import KernelManager

import kit
from kit import places
from kit.jupyter import unlocking
from kit.vault import agent, backups, keys, recovery_sheet, system_keyring, transfer

pytestmark = pytest.mark.slow

WORDS = 'a "quiet" morning, and tea 🌿'
NEW_WORDS = "an even quieter evening, ça alors"
FROM_THE_SHEET = "words after the sheet"

linux = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks into /proc, as Linux has it")

IN_A_NOTEBOOK = """
import kit
book = kit.open_book()
book
book.add(kit.Client(name="Otter"))
book.add(kit.Agreement(client="Otter", to="notes"))
panel = book.small_win()
book.state.choose("Otter")
panel
panel._heard(panel, {"do": "draft", "typed": {"win": {"title": "half a sentence"}}}, [])
panel._heard(panel, {"do": "save", "typed": {"win": {"title": "bread from scratch"}}}, [])
book.settings()
vars(book), vars(book.state)
book._store._engine, vars(book._store)
book.records(kit.Win)[0].title
kit.open_book(passphrase="another")
kit.Store = __import__("kit.store").store.Store
kit.Store(book.place, bytes(32))
book._store.save("no record")
book._store.records("no kind")
"""


@pytest.fixture
def own_tmp(tmp_path, monkeypatch):
    """Whatever goes to the folder for passing files goes here."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def unlock(own_tmp, monkeypatch):
    monkeypatch.setattr(system_keyring, "is_available", lambda: False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    running = agent.start()
    yield running
    running.end()


def do(wish, **asked):
    return unlocking.handle_request({"do": wish, **asked})


def begun():
    told = do("begin", passphrase=WORDS, again=WORDS)
    parts = [told["rows"][row - 1].split()[group - 1] for row, group in told["places"]]
    assert do("confirm", parts=parts) == {"place": str(places.practice())}
    return keys.read_key_file(places.practice(), WORDS)


# what is looked for ---------------------------------------------------------------------------------


def spellings(key):
    """What must stand nowhere: the key and the passphrases, as a program or a person could write them down."""
    rows = recovery_sheet.encode(key)
    letters = [*rows, *(row.replace(" ", "") for row in rows), *(row.replace(" ", "-") for row in rows)]
    texts = [WORDS, NEW_WORDS, FROM_THE_SHEET, key.hex(), key.hex().upper(), *letters, *map(str.lower, letters)]
    raw = [key, key[::-1], repr(key)[2:-1].encode(), str(list(key))[1:-1].encode()]
    wide = [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "unicode-escape")]
    folded = [shape for one in (key, *(text.encode() for text in texts)) for shape in in_base64(one)]
    return {*raw, *wide, *folded}


def in_base64(raw):
    """Its three shapes, by where in a group of three bytes it begins; the edges mix with what is beside."""
    for code in (b64encode, urlsafe_b64encode):
        for lead, first in enumerate((0, 2, 3)):
            yield code(b"\0" * lead + raw)[first : (lead + len(raw)) // 3 * 4]


def found_in(content, key):
    return {form for form in spellings(key) if form in content}


def in_files(key, *folders):
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    return {path: found for path in files if (found := found_in(content_of(path), key))}


def content_of(path):
    """What stands in a file; a backup that is made meanwhile takes its own half of one away again."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return b""


def in_processes(key, *parents):
    """What can be read of these processes and of those they began by anybody with the same account."""
    found = {one for pid in parents for one in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))}
    every = [one for one in found if one.status() != psutil.STATUS_ZOMBIE]  # one that has ended holds nothing
    told = {
        (one.pid, name): Path(f"/proc/{one.pid}/{name}").read_bytes()
        for one in every
        for name in ("cmdline", "environ")
    }
    assert len(told) >= 2 * len(parents) and all(told.values())
    return {where: found for where, content in told.items() if (found := found_in(content, key))}


def test_the_search_finds_each_spelling_wherever_it_stands(tmp_path):
    key = keys.generate()
    for form in spellings(key):
        (tmp_path / "file").write_bytes(b"before" + form + b"behind")

        assert form in in_files(key, tmp_path)[tmp_path / "file"]
    for around in (b"", b"a", b"ab"):
        assert found_in(b64encode(around + key + around), key)
        assert found_in(b64encode(around + WORDS.encode() + around), key)
    assert not found_in(os.urandom(4096), key)


@linux
def test_the_search_finds_what_stands_in_a_process():
    key = keys.generate()
    waits = [sys.executable, "-c", "print('here', flush=True); input()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(waits, env={**os.environ, "A_KEY": key.hex()}, **pipes) as one:
        try:
            one.stdout.readline()
            assert in_processes(key, one.pid) == {(one.pid, "environ"): {key.hex().encode()}}
        finally:
            one.kill()


# where it is not --------------------------------------------------------------------------------------


@pytest.fixture
def kernel(unlock, kit_home, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(kit_home / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(kit_home / "runtime"))
    manager = KernelManager()
    manager.start_kernel(env={**os.environ})
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def messages(client, code):
    """All that the kernel sends while it runs a line: to the one who asked, and to all who listen."""
    ours = client.execute(code)
    told = [client.get_shell_msg(timeout=60)]
    while True:
        message = client.get_iopub_msg(timeout=60)
        told.append(message)
        state = message["content"].get("execution_state")
        if message["parent_header"].get("msg_id") == ours and state == "idle":
            return told


def as_sent(told):
    """All words in a message, as they stand there, and its buffers."""
    if isinstance(told, dict):
        return as_sent([*told, *told.values()])
    if isinstance(told, list | tuple):
        return b"\n".join(map(as_sent, told))
    return bytes(told) if isinstance(told, bytes | memoryview) else str(told).encode("utf-8", "replace")


def test_neither_key_nor_passphrase_leaves_a_kernel_that_opened_the_book(kernel):
    key = begun()
    _manager, client = kernel
    heard = [message for line in IN_A_NOTEBOOK.strip().splitlines() for message in messages(client, line)]
    for ask in (client.inspect, client.complete, client.history):
        ask() if ask == client.history else ask("book", 4)
        heard.append(client.get_shell_msg(timeout=60))

    told = as_sent(heard)

    assert b"bread from scratch" in told and b"comm_open" in told and b"Traceback" in told
    assert not found_in(told, key)
    for ask in ("agent.get_key(book.place)", "agent.get_key(book.place).hex()"):  # whoever asks for it is heard
        assert found_in(as_sent(messages(client, f"from kit.vault import agent; {ask}")), key)


@linux
def test_neither_stands_in_a_file_or_in_a_process_while_the_practice_is_open(kernel, unlock, kit_home, own_tmp):
    key = begun()
    manager, client = kernel
    for line in IN_A_NOTEBOOK.strip().splitlines():
        messages(client, line)

    assert agent.get_key(places.practice()) == key
    assert in_files(key, kit_home, own_tmp) == {}
    assert in_processes(key, os.getpid(), unlock.process.pid, manager.provisioner.pid) == {}


def test_nothing_is_left_by_what_the_door_does_nor_by_the_end(unlock, kit_home, own_tmp, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    key = begun()
    sheet = "\n".join(recovery_sheet.encode(key))
    for wish, asked in {
        "open": {"passphrase": "another"},
        "sheet": {"passphrase": WORDS},
        "change": {"old": WORDS, "passphrase": NEW_WORDS, "again": NEW_WORDS},
        "lock": {},
        "recover": {"sheet": sheet, "passphrase": FROM_THE_SHEET, "again": FROM_THE_SHEET},
        "touch": {},
    }.items():
        do(wish, **asked)
        assert in_files(key, kit_home, own_tmp) == {}, wish
    with unlocking.export_sealed() as file:
        content = file.read_bytes()
    unlocking.import_sealed({"sheet": sheet, "passphrase": WORDS, "again": WORDS}, io.BytesIO(content))
    transfer.pack(places.practice(), key, places.backups())
    unlock.end()

    assert in_files(key, kit_home, own_tmp) == {}
    said = capfd.readouterr()
    assert not found_in((caplog.text + said.out + said.err).encode(), key)


@pytest.mark.skipif(os.name == "nt", reason="there the profile's own rights hold")
def test_whatever_the_kit_keeps_is_its_owners_alone_even_where_new_files_are_open_to_all(unlock, kit_home):
    before = os.umask(0)
    try:
        key = begun()
        book = kit.open_book()
        book.add(kit.Client(name="Otter"))
        book.add(kit.Agreement(client="Otter", to="my report"))
        book.add(kit.SupportLine(name="The Lantern", number="000"))
        book.report("Otter")
        backups.make(book.place, key)
        places.log_error("Traceback")
        found = {path: path.lstat().st_mode for path in kit_home.rglob("*")}
        book.close()
        kit.open_book("sample").close()
    finally:
        os.umask(before)

    found |= {path: path.lstat().st_mode for path in kit_home.rglob("*")}
    endings = ("book", "-wal", "-shm", ".head", ".key", ".lines.json", ".html", ".log")
    assert [one for one in endings if not any(path.name.endswith(one) for path in found)] == []
    assert any(map(stat.S_ISSOCK, found.values()))
    assert "backups" in {path.parent.name for path in found}
    assert {path for path, mode in found.items() if mode & 0o077} == set()


# a wrong passphrase ---------------------------------------------------------------------------------------


@pytest.fixture
def worked(monkeypatch):
    """What each unwrapping of a key cost, in the order in which it was asked for."""
    from cryptography.hazmat.primitives.kdf import argon2

    slow, asked = argon2.Argon2id, []

    def counted(**costs):
        asked.append(costs)
        return slow(**costs)

    monkeypatch.setattr(argon2, "Argon2id", counted)
    return asked


def costs(worked, ask):
    """What was worked for, and what was said; `worked` is empty again."""
    said = ask()
    done = list(worked)
    worked.clear()
    return done, said


def test_a_wrong_passphrase_takes_the_same_way_as_the_right_one(unlock, worked):
    begun()
    worked.clear()

    right, nothing = costs(worked, lambda: do("open", passphrase=WORDS))
    refusals = [
        costs(worked, lambda typed=typed: do("open", passphrase=typed)) for typed in ("x", WORDS[:-1], "é" * 900)
    ]

    assert len(right) == 1 and nothing == {}
    assert all(wrong == right for wrong, _said in refusals)
    assert len({said["said"] for _wrong, said in refusals}) == 1


def test_so_it_does_for_a_sealed_practice(unlock, worked, monkeypatch, tmp_path):
    key = begun()
    content = transfer.pack(places.practice(), key, tmp_path).read_bytes()
    monkeypatch.setattr(unlocking, "book_path", lambda: tmp_path / "here.book")
    worked.clear()

    wrong, said = costs(worked, lambda: unlocking.import_sealed({"passphrase": "x"}, io.BytesIO(content)))
    right, place = costs(worked, lambda: unlocking.import_sealed({"passphrase": WORDS}, io.BytesIO(content)))

    assert wrong == right and len(right) == 1
    assert set(said) == {"said"} and set(place) == {"place"}


@pytest.mark.parametrize("wish", ["sheet", "change"])
def test_what_the_passphrase_guards_once_more_says_the_same_sentence(unlock, wish):
    begun()
    wrong = do("open", passphrase="x")

    asked = {"passphrase": "x"} if wish == "sheet" else {"old": "x", "passphrase": NEW_WORDS, "again": NEW_WORDS}
    assert do(wish, **asked) == wrong
