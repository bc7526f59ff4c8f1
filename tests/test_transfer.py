"""A practice sealed in one file: it comes back whole, or not at all."""

import hashlib
import io
import json
import os
from pathlib import Path

import pytest
from asking import run, trouble_of
from owned import WORDS

import kit
from kit import places
from kit.jupyter import unlocking
from kit.store import support_lines
from kit.vault import agent, keys, practice, recovery_sheet, system_keyring, transfer
from kit.words import KitError

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture
def sealed(place, key, tmp_path):
    return transfer.pack(place, key, tmp_path / "stick")


@pytest.fixture
def elsewhere(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    return tmp_path / "elsewhere" / "practice.book"


def bring(content, to, secret=WORDS):
    return transfer.unpack(io.BytesIO(content), to, secret)


def under(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def titles(place, passphrase=WORDS):
    book = kit.open_book(place, passphrase=passphrase)
    try:
        return [one.title for one in book.records(kit.Win)]
    finally:
        book.close()


def resealed(content, was, now, key=None):
    """A file changed by somebody who knows the format: its digest adds up again, its seal only with the key."""
    body = content[:-64].replace(was, now)
    digest = hashlib.sha256(body).digest()
    return body + digest + (transfer._mac(key, digest) if key else content[-32:])


# there and back -----------------------------------------------------------------------------------


def test_a_sealed_practice_comes_back_whole_with_its_key_file_and_its_support_lines(sealed, elsewhere, key):
    assert bring(sealed.read_bytes(), elsewhere) == key

    assert titles(elsewhere) == ["bread"]
    assert [one.name for one in support_lines.read_lines(elsewhere)] == ["Night line"]
    assert {path.name.removeprefix(elsewhere.name) for path in elsewhere.parent.iterdir()} <= {
        "", ".key", ".lines.json", ".head", "-wal", "-shm",
    }  # fmt: skip


def test_the_key_of_the_recovery_sheet_opens_it_too(sealed, elsewhere, key):
    assert bring(sealed.read_bytes(), elsewhere, recovery_sheet.decode("\n".join(recovery_sheet.encode(key)))) == key

    assert titles(elsewhere) == ["bread"]


def test_what_was_noted_a_moment_ago_is_in_it_while_the_book_is_open(place, key, elsewhere, tmp_path):
    book = kit.open_book(place, passphrase=WORDS)
    book.add(kit.Win(client="Otter", title="just now"))

    bring(transfer.pack(place, key, tmp_path).read_bytes(), elsewhere)

    assert titles(elsewhere) == ["bread", "just now"]
    book.close()


def test_nothing_of_what_was_noted_can_be_read_in_it(sealed, key):
    content = sealed.read_bytes()

    for mark in (b"Otter", b"bread", b"Night line", WORDS.encode(), key, key.hex().encode()):
        assert mark not in content


def test_a_practice_without_its_key_file_is_sealed_and_opens_with_its_sheet(place, key, elsewhere, tmp_path):
    keys.path_for(place).unlink()
    content = transfer.pack(place, key, tmp_path).read_bytes()

    assert "recovery sheet" in trouble_of(bring, content, elsewhere)
    bring(content, elsewhere, key)
    practice.recover(elsewhere, "\n".join(recovery_sheet.encode(key)), "a few quite new words")
    assert titles(elsewhere, "a few quite new words") == ["bread"]


def test_each_file_has_a_name_of_its_own_and_nothing_is_left_beside_it(place, key, tmp_path):
    made = [transfer.pack(place, key, tmp_path / "stick") for _time in range(3)]

    assert sorted(path.name for path in (tmp_path / "stick").iterdir()) == sorted(path.name for path in made)
    assert len(set(made)) == 3
    assert all(path.name.startswith("practice-2") and path.suffix == ".sealed" for path in made)


def test_a_file_that_is_named_is_written_once_and_never_over(place, key, tmp_path):
    named = transfer.pack(place, key, tmp_path / "mine.sealed")
    before = under(tmp_path)

    assert named == tmp_path / "mine.sealed"
    assert "stays" in trouble_of(transfer.pack, place, key, named)
    assert under(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_a_sealed_file_is_its_owners_alone(sealed):
    assert sealed.stat().st_mode & 0o077 == 0


def test_a_book_without_a_key_is_put_into_a_file_as_it_is_and_comes_back_without_a_secret_alone(kit_home, tmp_path):
    book = kit.open_book(tmp_path / "plain.book")
    book.add(kit.Client(name="Otter"))
    book.close()
    content = transfer.pack(tmp_path / "plain.book", None, tmp_path).read_bytes()

    assert "without a passphrase" in trouble_of(bring, content, tmp_path / "back.book")
    assert bring(content, tmp_path / "back.book", b"") == b""
    assert [one.name for one in kit.open_book(tmp_path / "back.book").records(kit.Client)] == ["Otter"]


def test_a_book_that_is_not_there_is_not_made_and_a_locked_one_is_not_sealed_without_its_key(place, tmp_path):
    before = under(tmp_path)

    assert "begin one" in trouble_of(transfer.pack, tmp_path / "none.book", None, tmp_path)
    assert "locked" in trouble_of(transfer.pack, place, None, tmp_path)
    assert under(tmp_path) == before


def test_a_file_that_does_not_come_back_is_not_handed_out(place, key, tmp_path, monkeypatch):
    seals = iter((b"a" * 32, b"b" * 32))
    monkeypatch.setattr(transfer, "_mac", lambda key, digest: next(seals))

    trouble_of(transfer.pack, place, key, tmp_path / "stick")

    assert under(tmp_path) == {}


# what is not brought here ---------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 33, 100, 200, 600, 5000, -1, -32, -64, -65])
def test_a_file_that_was_cut_is_told_in_a_sentence(sealed, elsewhere, length):
    told = trouble_of(bring, sealed.read_bytes()[:length], elsewhere)

    assert "cut or changed" in told or "not a practice that was sealed" in told
    assert under(elsewhere.parent) == {}


def test_wherever_one_bit_is_another_it_is_told_and_nothing_is_put_anywhere(sealed, elsewhere):
    content = sealed.read_bytes()
    front = content.index(b"\n", 40) + 400  # head, manifest and key file bit by bit, the book here and there
    for at in [*range(front), *range(front, len(content), 9973), *range(len(content) - 64, len(content))]:
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8

        assert trouble_of(bring, bytes(changed), elsewhere)
    assert under(elsewhere.parent) == {}


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 a zip", b"SQLite format 3\0" * 100, b"\0" * 5000, b"reflection-kit"]
)
def test_another_kind_of_file_is_told(elsewhere, content):
    assert "not a practice that was sealed" in trouble_of(bring, content, elsewhere)


@pytest.mark.parametrize(
    "line",
    [b"{}", b"[]", b"null", b"[" * 4000, b'{"parts": {"key": -1, "book": 9}}', b'{"parts": {"key": 1e3, "book": 9}}',
     b'{"parts": {"key": 330}}', b'{"parts": {"key": 99999, "book": 9}}', b'{"parts": {"key": 1, "book": 1e999}}',
     b'{"parts": {"key": 1, "book": 999999999999999999}}', b'{"parts": 7}', b"x" * 9000],
)  # fmt: skip
def test_sizes_that_do_not_add_up_are_told_before_anything_is_read(elsewhere, line):
    content = transfer.MAGIC + b"1\n" + line + b"\n" + b"\0" * 100

    assert "cut or changed" in trouble_of(bring, content, elsewhere)


def test_a_file_of_a_newer_kit_is_told(sealed, elsewhere):
    newer = sealed.read_bytes().replace(b"practice 1\n", b"practice 2\n", 1)

    assert "newer kit" in trouble_of(bring, newer, elsewhere)


def test_somebody_who_knows_the_format_but_not_the_key_changes_nothing_unseen(sealed, elsewhere, key):
    content = sealed.read_bytes()
    made = json.loads(content.splitlines()[1])["made"].encode()

    assert "changed on its way" in trouble_of(bring, resealed(content, made, b"2020" + made[4:]), elsewhere)
    assert under(elsewhere.parent) == {}
    bring(resealed(content, made, b"2020" + made[4:], key), elsewhere)


def test_another_passphrase_and_another_sheet_are_told_and_nothing_is_put_anywhere(sealed, elsewhere):
    assert "does not open" in trouble_of(bring, sealed.read_bytes(), elsewhere, "another")
    assert "another practice" in trouble_of(bring, sealed.read_bytes(), elsewhere, keys.generate())
    assert under(elsewhere.parent) == {}


@pytest.mark.parametrize("there", ["practice.book", "practice.book.key", "practice.book-wal"])
def test_what_is_there_already_stays(sealed, elsewhere, there):
    (elsewhere.parent / there).write_bytes(b"something of theirs")

    assert "stays" in trouble_of(bring, sealed.read_bytes(), elsewhere)
    assert under(elsewhere.parent) == {there: b"something of theirs"}


def test_a_disk_that_takes_no_more_leaves_nothing_half_done(sealed, elsewhere, monkeypatch):
    moved = Path.replace

    def replace(path, target):
        if Path(target) == elsewhere:
            raise OSError("no space left")
        return moved(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert "could not be written" in trouble_of(bring, sealed.read_bytes(), elsewhere)
    assert under(elsewhere.parent) == {}


# the door, as a page asks for it ----------------------------------------------------------------------


@pytest.fixture
def unlock():
    running = agent.start()
    yield running
    running.end()


def test_the_page_gets_the_sealed_file_of_an_open_practice_and_nothing_stays(place, key, unlock, kit_home, elsewhere):
    agent.add_key(place, key, 60)
    before = set(under(kit_home))

    with unlocking.export_sealed() as file:
        content = file.read_bytes()

    assert set(under(kit_home)) - {"practice.book-wal", "practice.book-shm"} == before
    bring(content, elsewhere)
    assert titles(elsewhere) == ["bread"]


def test_a_locked_practice_is_not_handed_out(place):
    with pytest.raises(KitError, match="locked"), unlocking.export_sealed():
        pass


def test_a_page_brings_a_practice_here_and_it_is_open(sealed, unlock, monkeypatch, tmp_path):
    monkeypatch.setattr(unlocking, "book_path", lambda: tmp_path / "here.book")
    content = io.BytesIO(sealed.read_bytes())

    assert "does not open" in unlocking.import_sealed({"passphrase": "another"}, content)["said"]
    assert unlocking.import_sealed({"passphrase": WORDS}, content) == {"place": str(tmp_path / "here.book")}
    assert unlocking.lock_state()["open"]
    assert "stays" in unlocking.import_sealed({"passphrase": WORDS}, content)["said"]


def test_a_page_brings_a_practice_here_by_its_sheet_with_a_new_passphrase(sealed, key, unlock, monkeypatch, tmp_path):
    here = tmp_path / "here.book"
    monkeypatch.setattr(unlocking, "book_path", lambda: here)
    asked = {
        "sheet": "\n".join(recovery_sheet.encode(key)),
        "passphrase": "a few quite new words",
        "again": "a few quite new words",
    }

    assert (
        "not the same" in unlocking.import_sealed({**asked, "again": "others"}, io.BytesIO(sealed.read_bytes()))["said"]
    )
    assert not here.exists()
    unlocking.import_sealed(asked, io.BytesIO(sealed.read_bytes()))
    assert titles(here, "a few quite new words") == ["bread"]
    assert "does not open" in trouble_of(titles, here, WORDS)


@pytest.mark.parametrize("asked", [{}, {"again": "x"}])
def test_what_a_page_of_another_version_brings_is_one_sentence(asked, sealed):
    assert "another version" in unlocking.import_sealed(asked, io.BytesIO(sealed.read_bytes()))["said"]


def test_a_key_that_this_computer_remembers_can_be_forgotten(place, key, monkeypatch):
    kept = {place: key}
    monkeypatch.setattr(system_keyring, "recall", kept.get)
    monkeypatch.setattr(system_keyring, "forget", lambda book: kept.pop(book, None) is not None)

    assert unlocking.handle_request({"do": "look"})["remembered"]
    assert "Forgotten" in unlocking.handle_request({"do": "forget"})["told"]
    assert not unlocking.handle_request({"do": "look"})["remembered"]
    assert "did not answer" in unlocking.handle_request({"do": "forget"})["said"]


# the command line ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_line_makes_a_backup_and_brings_it_back(place, elsewhere):
    made = run("backup", typed=WORDS + "\n")
    back = run("restore", made.stdout.strip(), "--book", elsewhere, KIT_PASSPHRASE=WORDS)

    assert (made.returncode, made.stderr, back.returncode, back.stderr) == (0, "", 0, "")
    assert made.stdout.startswith(str(places.backups()))
    assert titles(elsewhere) == ["bread"]


@pytest.mark.parametrize(
    ("words", "typed", "code", "said"),
    [
        (("backup",), "another\n", 1, "does not open"),
        (("backup",), "", 1, "locked"),
        (("backup", "--book", "sample"), "", 2, "leave it out"),
        (("backup", "--book", "{none}"), "", 1, "begin one"),
        (("restore", "{none}"), "", 2, "{none}"),
        (("restore", "7"), "", 2, "is not there"),
        (("restore", "{other}", "--book", "{none}"), WORDS + "\n", 1, "is not a book of the kit"),
        (("restore", "{other}"), WORDS + "\n", 1, "stays"),
    ],
)
def test_what_a_backup_cannot_do_is_one_plain_sentence(place, tmp_path, words, typed, code, said):
    names = {"none": tmp_path / "none", "other": __file__}
    done = run(*(word.format(**names) for word in words), typed=typed)

    assert (done.returncode, done.stdout) == (code, "")
    assert said.format(**names).lower() in done.stderr.lower()
    assert len(done.stderr.strip().splitlines()) == 1


def test_an_open_practice_is_sealed_without_asking_again(place, key, unlock):
    agent.add_key(place, key, 60)

    assert run("backup").returncode == 0
