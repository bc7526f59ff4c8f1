"""Erasing a client: nothing of them is left anywhere that the kit keeps something, and nothing of others is touched."""

import json
import random
import re
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from datetime import date

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
import traces
from asking import run
from harmed import with_a_flipped_bit
from marked import Story, _add

import kit
from kit import places, reports
from kit.cli import diagnostics
from kit.exchange import takeout
from kit.fields import about
from kit.frames import CLIENT_KINDS
from kit.records import BY_PLURAL, Client, OfClient, changed
from kit.store import Store, opening
from kit.store.tables import HISTORY, METADATA, TABLES
from kit.vault import agent, backups, erasing, keys, transfer
from kit.words import KitError, NoSuchClient

KEY = b"k" * 32
PASSPHRASE = "a quiet walk by the river"
ENCRYPTED = pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])


def story_of(client, seed):
    """Two records of each kind, with a mark in every text of them."""
    made, dice = Story(), random.Random(seed)
    for kind in CLIENT_KINDS:
        for _n in range(1 if kind is Client else 2):
            _add(made, dice, kind, client)
    return [record(kind, row) for kind in CLIENT_KINDS for row in made.rows[kind.plural]]


def record(kind, row):
    gone = {
        name: None for name, told in about(kind).items() if told.kind == "link" and str(row[name]).endswith("-none")
    }
    return kind.model_validate({**row, **gone}, context={"kept": True})


def texts_of(one):
    return [name for name, told in about(type(one)).items() if told.kind in ("text", "texts") and name != "name"]


def marked(one, stem, numbers):
    """The same record with a new mark in each of its texts."""
    told = {name: f"{stem}{next(numbers)}" for name in texts_of(one)}
    new = {name: (mark,) * max(1, about(type(one))[name].least) if isinstance(getattr(one, name), tuple) else mark
           for name, mark in told.items()}  # fmt: skip
    return type(one).model_validate({**one.model_dump(), **new, "version": one.version + 1}, context={"kept": True})


def mine(one):
    return getattr(one, "client", getattr(one, "name", "")) == "Heron"


class Held:
    """A book with two people in it, and all that a kit may have kept of them over the months."""

    def __init__(self, home, key):
        self.home, self.key, self.place = home, key, home / "practice.book"
        self.stem, self.count = traces.stem(), iter(range(10**6))
        if key:
            keys.write_key_file(self.place, key, PASSPHRASE)
        with closing(Store(self.place, key)) as store:
            self.fill(store)
        self.leave_copies()

    def fill(self, store):
        told = [one for client in ("Heron", "Maple") for one in story_of(client, len(client))]
        store.save(*told)
        for _round in range(2):  # what stood there first is history then, and what stands second too
            store.save(*[marked(one, self.stem, self.count) for one in self.standing(store) if mine(one)])
        for one in [*store.records(kit.Setback, "Heron")[:1], *store.records(kit.Aspiration, "Heron")[:1]]:
            store.remove(one)
        (heron,) = [one for one in store.records(Client) if one.name == "Heron"]
        store.save(former := changed(heron, name=f"{self.stem}before", version=heron.version + 1))
        reports.write_report(store, former.name, "just_me")
        store.save(changed(former, name="Heron", version=former.version + 1))
        for panel in ("check_in", "private_notes"):
            store.save_draft("Heron", panel, {"check_in": {"soft": f"{self.stem}{next(self.count)}"}})
        store.save_draft("Maple", "check_in", {"check_in": {"soft": "tea"}})
        store.set_active_client("Heron", "")
        for client in ("Heron", "Maple"):
            reports.write_report(store, client, "just_me")

    def standing(self, store):
        return [one for kind in CLIENT_KINDS for one in store.records(kind)]

    def leave_copies(self):
        """Backups, a copy beside the book, and what was cut off half-way."""
        for by in (backups.BY_KIT, backups.BY_HAND):
            backups.make(self.place, self.key, by)
        engine = opening.open_engine(self.place, self.key)
        opening.backup_to(engine, self.place.with_name(f"{self.place.name}.before-0001"), self.key)
        engine.dispose()
        (places.reports() / ".abc.part").write_text(self.stem)
        (places.home() / "trouble.log").write_text(f"ValueError: {self.stem}")
        (places.home() / ".moving-abc").mkdir()
        (places.home() / ".moving-abc" / "book").write_text(self.stem)

    def erase(self):
        with closing(Store(self.place, self.key)) as store:
            return erasing.erase(store, "Heron", self.key)

    def found(self, tmp_path):
        """Whatever holds a mark or a name of Heron's: files as they lie, and what is locked inside of them."""
        opened = tmp_path / "opened"
        shutil.rmtree(opened, ignore_errors=True)
        opened.mkdir()
        for number, file in enumerate(traces.files(self.home)):
            self.unlocked(file, opened / f"{number}-{file.name}")
        everything = traces.files(self.home, opened)
        return traces.holding(everything, self.stem), [one for one in everything if b"Heron" in one.read_bytes()]

    def unlocked(self, file, to):
        if file.suffix == transfer.SUFFIX:
            with file.open("rb") as sealed:
                transfer.unpack(sealed, to, self.key or b"")
            file = to
        if self.key and (file == to or re.fullmatch(r"practice\.book(\.before-\d+)?", file.name)):
            in_the_clear(file, to.with_name(f"{to.name}.clear"), self.key)

    def rows(self):
        """All that is kept of Maple and of the practice, as it stands in the tables."""
        with closing(Store(self.place, self.key)) as store:
            kept = {kind.plural: store.rows([kind])[kind.plural] for kind in BY_PLURAL.values()}
            told = [
                row for some in kept.values() for row in some if "Heron" not in (row.get("client"), row.get("name"))
            ]
            changes, drafts = store.history_of("Maple")
            with store._reading_transaction() as db:
                chain = db.execute(sa.select(HISTORY).where(HISTORY.c.client == store.client("Maple").id)).all()
        return json.dumps([told, changes, drafts, [tuple(row) for row in chain]], default=str)


def in_the_clear(book, to, key):
    """A locked book with all that lies in its pages, and no lock."""
    with closing(sqlcipher.connect(str(book))) as db:
        db.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        db.execute("ATTACH DATABASE ? AS clear KEY ''", (str(to),))
        db.execute("SELECT sqlcipher_export('clear')")
    # What a page holds beside its rows is not exported: it is decrypted page by page.
    to.with_name(f"{to.name}.pages").write_bytes(raw_pages(book, key))


def raw_pages(book, key):
    """Each page as it lies in the file, decrypted: free room and what was there before included."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    data, size, reserved = book.read_bytes(), 4096, 80
    pages = []
    for start in range(0, len(data), size):
        page = data[start + (16 if start == 0 else 0) : start + size]
        content, vector = page[:-reserved], page[-reserved : -reserved + 16]
        decryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).decryptor()
        pages.append(decryptor.update(content) + decryptor.finalize())
    return b"".join(pages)


@pytest.fixture
def held(request, kit_home):
    return Held(kit_home, getattr(request, "param", None))


BOTH = pytest.mark.parametrize("held", [None, KEY], ids=["plain", "encrypted"], indirect=True)


@BOTH
def test_nothing_of_an_erased_client_is_left_anywhere_and_the_others_are_as_they_were(held, tmp_path):
    others = held.rows()
    marks, names = held.found(tmp_path)
    suffixes = {one.name for one in [*marks, *names]}
    assert next(held.count) >= 50
    assert len(marks) > 8 and any("before-0001" in one for one in suffixes)
    assert not held.key or len([one for one in suffixes if one.endswith(".pages")]) == 4
    assert any("Maple" in one.name for one in traces.files(places.reports()))

    erased = held.erase()

    assert held.found(tmp_path) == ([], [])
    assert held.rows() == others
    assert [one.name for one in traces.files(places.reports()) if "Maple" not in one.name] == []
    assert (erased.pages, erased.unopened) == (2, ())
    assert not erasing.unfinished(held.place)


@BOTH
def test_the_chain_holds_after_an_erasure_in_the_book_and_in_each_backup(held, tmp_path):
    held.erase()

    with closing(Store(held.place, held.key)) as store:
        assert store.remark == ""
        assert [one.did for one in store.latest_changes("Maple", 99)] == ["noted"] * len(
            store.latest_changes("Maple", 99)
        )
    sealed = [file for file in backups.backup_files(held.place) if file.suffix == transfer.SUFFIX]
    assert len(sealed) == 2 and len(backups.backup_files(held.place)) == 3
    for number, file in enumerate(sealed):
        with file.open("rb") as opened:
            transfer.unpack(opened, tmp_path / f"{number}.book", held.key or b"")
        with closing(Store(tmp_path / f"{number}.book", held.key)) as store:
            assert [one.name for one in store.records(Client)] == ["Maple"]


def test_that_somebody_was_erased_and_when_is_all_that_stays(held):
    held.erase()

    with closing(sqlcipher.connect(str(held.place))) as db:
        told = db.execute("SELECT kind, did, \"by\", before, digest FROM history WHERE did = 'erased'").fetchall()
        emptied = db.execute("SELECT DISTINCT kind, record, did, at, before, digest FROM history WHERE kind IS NULL")
        assert told == [("clients", "erased", "coach", None, None)]
        assert emptied.fetchall() == [(None,) * 6]
        assert db.execute(
            "SELECT count(*) FROM history WHERE did = 'erased' AND at LIKE ?", (f"{date.today().year}-%",)
        )
        assert db.execute("SELECT count(*) FROM salts").fetchone() == (2,)  # Maple's, and that of the practice


def test_the_book_is_written_anew_so_that_no_free_room_keeps_anything(held):
    """What is deleted is overwritten, but for what SQLite had moved within a page: only pages made anew are sure."""
    with closing(Store(held.place)) as store:
        store.save(*[kit.Better(client="Heron", text=f"{n} " + "x" * 3000) for n in range(200)])
    large = held.place.stat().st_size

    with closing(Store(held.place)) as store:
        erasing.erase(store, "Heron")

        assert held.place.with_name(f"{held.place.name}-wal").stat().st_size == 0
        assert held.place.stat().st_size < large / 2
        with store._reading_transaction() as db:
            assert db.exec_driver_sql("PRAGMA freelist_count").scalar() == 0


def test_who_was_removed_earlier_is_erased_by_the_name_that_they_had_then(held, tmp_path):
    with closing(Store(held.place)) as store:
        store.remove(store.client("Heron"))

    held.erase()

    assert held.found(tmp_path) == ([], [])


def test_a_client_whom_nobody_knows_is_not_erased_and_nothing_is_touched(held):
    before = {file: file.read_bytes() for file in backups.backup_files(held.place)}
    with closing(Store(held.place)) as store, pytest.raises(NoSuchClient, match="no client called Coot"):
        erasing.erase(store, "Coot")

    assert {file: file.read_bytes() for file in backups.backup_files(held.place)} == before
    assert not erasing.unfinished(held.place)


def test_a_backup_that_does_not_open_is_named(held):
    file = backups.backup_files(held.place)[0]
    content = file.read_bytes()
    file.write_bytes(with_a_flipped_bit(content, len(content) - 40))

    erased = held.erase()

    assert erased.unopened == (file,)
    assert str(file) in str(erased) and "may still hold Heron" in str(erased)


def test_what_cannot_be_reached_is_said(held, monkeypatch):
    monkeypatch.setattr(places, "cloud_service_of", lambda _path: "Dropbox")

    said = str(held.erase())

    assert "handed out" in said and "sealed files that were copied elsewhere" in said
    assert "printed" in said and "Dropbox may keep earlier forms" in said


def test_a_link_from_somebody_else_is_let_go_and_what_would_go_along_stops_it(held):
    with closing(Store(held.place)) as store:
        ada = store.records(kit.Supporter, "Heron")[0]
        store.save(step := kit.Step(client="Maple", title="walk", tell=ada.id))
        rung = store.records(kit.Aspiration, "Heron")[0]
        store.save(mark := kit.LadderMark(client="Maple", aspiration=rung.id, level=0))
        with pytest.raises(KitError, match="Something noted for Maple hangs on an entry of Heron"):
            erasing.erase(store, "Heron")
        assert store.client("Heron")
        store.remove(mark)

        erasing.erase(store, "Heron")

        assert [one.tell for one in store.records(kit.Step, "Maple") if one.id == step.id] == [None]
    Store(held.place).close()


def test_a_book_in_memory_forgets_too(story):
    story.erase("Heron")

    assert story.records(Client) == []
    assert story.records(kit.Win) == []


def test_pages_of_somebody_whose_name_begins_alike_stay(held):
    with closing(Store(held.place)) as store:
        store.save(kit.Client(name="Heron-2026-01-05"))
        page = reports.write_report(store, "Heron-2026-01-05", "just_me")

    held.erase()

    assert page.exists()


# killed in the middle ------------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
from kit.vault import erasing
from kit.vault.backups import rewriting
from kit.store import Store, person

at, key = sys.argv[2], bytes.fromhex(sys.argv[3]) or None
steps = {{"backups": (rewriting, "_replace"), "pages": (erasing, "_remove_pages"), "book": (person, "erase"),
          "scrub": (person, "scrub"), "sweep": (erasing, "_remove_leftovers"),
          "begun": (erasing, "_modification_times")}}
where, name = steps[at]
real, left = getattr(where, name), [int(sys.argv[4])]

def dies(*given):
    if not left[0]:
        os.kill(os.getpid(), signal.{signal})
    left[0] -= 1
    return real(*given)

setattr(where, name, dies)
erasing.erase(Store(Path(sys.argv[1]), key), "Heron", key)
""".format(signal="SIGKILL" if hasattr(signal, "SIGKILL") else "SIGTERM")
MOMENTS = [("backups", 0), ("backups", 2), ("pages", 0), ("book", 3), ("scrub", 3), ("begun", 1), ("sweep", 0)]


@pytest.mark.slow
@pytest.mark.parametrize(("at", "times"), MOMENTS)
def test_an_erasure_that_is_killed_loses_nothing_of_others_and_is_done_once_more(held, tmp_path, at, times):
    others = held.rows()
    killed = subprocess.run([sys.executable, "-c", KILLED, held.place, at, "", str(times)], check=False)
    assert killed.returncode != 0
    assert held.rows() == others
    assert len(erasing.unfinished(held.place)) == 1

    held.erase()

    assert held.found(tmp_path) == ([], [])
    assert held.rows() == others
    assert len(backups.backup_files(held.place)) == 3


def test_only_who_was_cut_off_can_be_erased_without_being_in_the_book(held, monkeypatch):
    with monkeypatch.context() as cut_off, closing(Store(held.place)) as store:
        cut_off.setattr(erasing, "_remove_leftovers", lambda _place: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erasing.erase(store, "Heron")

        with pytest.raises(NoSuchClient):
            erasing.erase(store, "Coot")
    assert b"Heron" not in erasing._journal_file(held.place).read_bytes()
    findings = [one.words for one in diagnostics.run_checks(str(held.place)) if not one.fine]
    assert [one for one in findings if "was begun and is not done" in one] != []

    held.erase()

    assert not [one for one in diagnostics.run_checks(str(held.place)) if "was begun" in one.words]


def test_a_backup_that_is_made_meanwhile_is_found(held, monkeypatch, tmp_path):
    real = erasing._remove_pages

    def meanwhile(*given):
        backups.make(held.place, held.key)
        return real(*given)

    monkeypatch.setattr(erasing, "_remove_pages", meanwhile)
    held.erase()

    assert held.found(tmp_path) == ([], [])
    assert len(backups.backup_files(held.place)) == 4


def test_every_table_that_names_a_client_lets_go_of_them():
    named = {table.name for table in METADATA.tables.values() if "client" in table.columns}
    goes_along = {
        key.parent.table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.target_fullname == "clients.name" and (table.name in TABLES or key.ondelete == "CASCADE")
    }

    assert named - goes_along == {"history", "salts"}


# other notebooks -----------------------------------------------------------------------------------


@pytest.fixture
def two(kit_home):
    """The same book in two notebooks: a session with Heron, and the coach's own page that looks at them."""
    with closing(kit.open_book(kit_home / "practice.book")) as book, closing(kit.open_book(book.place)) as mine:
        book.add(kit.Client(name="Heron"))
        book.add(kit.Agreement(client="Heron", to="notes"))
        book.state.choose("Heron")
        mine.just_me()
        mine.state.look_up("Heron")
        yield book, mine


def press(panel, do, given=None, **message):
    panel._heard(panel, {"do": do, "with": given, **message}, [])


def test_another_notebook_brings_nothing_back(two):
    book, mine = two
    panel, away = book.small_win(), mine.caseload()
    mine.state.look_up(None)
    press(away, "put_away", "Heron")
    mine.state.look_up("Heron")
    kit.open_book(book.place).erase("Heron")

    press(panel, "draft", typed={"win": {"title": "half a word"}})
    assert "no longer in the book" in panel.status["said"]
    press(panel, "save", typed={"win": {"title": "a whole one"}})
    assert "Saved" not in panel.status["said"]
    press(away, "undo")

    assert book.records(Client) == [] and book.records(kit.Win) == []
    with book._store._reading_transaction() as db:
        assert db.execute(sa.text("SELECT count(*) FROM drafts")).scalar() == 0


def test_another_notebook_puts_the_client_away(two):
    book, mine = two
    shown = [book.small_win(), mine.retention(), mine.private_notes(), mine.prepare(), mine.caseload()]
    kit.open_book(book.place).erase("Heron")

    for one in (book, mine):
        one._heard("seat")

    assert (book.state.client, mine.state.client) == (None, None)
    assert not any("Heron" in json.dumps(panel.view) for panel in shown)


def test_other_notebooks_are_told(two, monkeypatch):
    told = []
    monkeypatch.setattr(agent, "publish", told.append)

    kit.open_book(two[0].place).erase("Heron")

    assert told == ["seat"]


# the command line ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_asks_for_the_code_name_and_offers_a_copy_first(held):
    done = run("erase", "Heron", "--book", str(held.place), typed="Maple\n")

    assert done.returncode == 2
    assert "There is no way back" in done.stderr and "kit export Heron --out FOLDER" in done.stderr
    assert done.stderr.strip().endswith("nothing was erased.")
    with closing(Store(held.place)) as store:
        assert store.client("Heron")


@pytest.mark.slow
@BOTH
def test_the_command_erases_once_the_name_is_typed(held, tmp_path):
    secret = {"KIT_PASSPHRASE": PASSPHRASE} if held.key else {}
    done = run("erase", "Heron", "--book", str(held.place), typed="Heron\n", **secret)

    assert done.returncode == 0, done.stderr
    assert "Heron is erased" in done.stdout and "Out of reach" in done.stdout
    assert held.found(tmp_path) == ([], [])


@pytest.mark.slow
def test_the_command_says_who_is_not_known(held):
    done = run("erase", "Coot", "--yes", "--book", str(held.place))

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == "There is no client called Coot in this book. Please look at the spelling."


def test_a_script_needs_the_passphrase_where_nobody_has_opened_the_book_for_all(kit_home):
    place = kit_home / "practice.book"
    with closing(kit.open_book(place, PASSPHRASE)) as book:
        book.add(kit.Client(name="Heron"))
        with pytest.raises(KitError, match="Please name the passphrase"):
            book.erase("Heron")

        assert "is erased" in str(book.erase("Heron", PASSPHRASE))


def test_a_client_who_was_taken_out_can_be_brought_in_again(held, tmp_path):
    with closing(Store(held.place)) as store:
        takeout.export(store, "Heron", tmp_path / "out")
        before = [one for kind in CLIENT_KINDS for one in store.records(kind, "Heron")]
        erasing.erase(store, "Heron")

        new, _known, amiss = takeout.import_folder(store, tmp_path / "out")

        assert (new, amiss) == (len(before), [])
        assert [one for kind in CLIENT_KINDS for one in store.records(kind, "Heron")] == before
    assert all(issubclass(kind, OfClient) or kind is Client for kind in CLIENT_KINDS)
