"""Opening a book: new, older, newer, or none at all; whatever is in the way is told in a sentence, nothing is lost."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from pathlib import Path

import harmed
import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from harmed import tell
from jupyter_client.manager import start_new_kernel

import kit
import kit.store as store_module
from kit.records import KINDS
from kit.store import Store, checkpoint, opening
from kit.store.tables import METADATA
from kit.words import KitError

BY_STORE = pytest.param(Store, id="Store")
BY_THE_FRONT_DOOR = pytest.param(lambda place: kit.open_book(str(place)), id="open_book")
each_way = pytest.mark.parametrize("way", [BY_STORE, BY_THE_FRONT_DOOR])

# What a child process does as a person with no more rights than others: root alone could write anywhere.
AS_A_GUEST = """
import ctypes, json, os, sys
from pathlib import Path
import kit
from kit.book import Store
from kit.words import KitError

def become_a_guest():
    if sys.platform != "linux" or os.geteuid():
        return
    header, rights = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    libc = ctypes.CDLL(None)
    assert libc.capget(header, rights) == 0
    rights[0] &= ~0b110  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    assert libc.capset(header, rights) == 0

def told(do):
    try:
        do()
    except Exception as error:
        return [type(error).__name__, str(error)]
    return ["fine", ""]

place, answers = Path(sys.argv[1]), []
win = lambda: kit.Win(client="Heron", title="bread")
book = kit.open_book(":memory:")  # what is imported only when it is needed is imported now
book.close()
"""


@pytest.fixture
def place(tmp_path):
    return tmp_path / "practice.book"


@pytest.fixture
def kept(place):
    """A book on disk, closed, with Heron and enough wins that it fills several pages."""
    with closing(Store(place)) as store:
        store.save(kit.Client(name="Heron"), kit.Agreement(client="Heron", to="notes"))
        store.save(*(kit.Win(client="Heron", title=f"loaf {number} " + "x" * 150) for number in range(60)))
    return place


def look(place):
    """All that a book holds."""
    with closing(Store(place)) as store:
        return store.rows(KINDS)


def asked(place, question):
    with closing(sqlcipher.connect(str(place))) as db:
        return db.execute(question).fetchall()


def as_a_guest(place, code):
    done = subprocess.run(
        [sys.executable, "-c", AS_A_GUEST + code + "\nprint(json.dumps(answers))", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def trouble_of(way, place):
    with pytest.raises(KitError) as told:
        way(place)
    sentence = str(told.value)
    assert str(place) in sentence
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


# a new book -------------------------------------------------------------------------------------


@each_way
def test_a_new_file_becomes_an_empty_book(way, place):
    way(place).close()

    assert asked(place, "SELECT version_num FROM alembic_version") == [(opening.SCHEMA,)]
    assert set(map(len, look(place).values())) == {0}


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_a_new_book_is_readable_for_its_owner_alone_and_so_is_what_lies_beside_it(place):
    with closing(Store(place)) as store:
        store.save(kit.Client(name="Heron"))

        assert {path.stat().st_mode & 0o777 for path in place.parent.iterdir()} == {0o600}
        assert len(list(place.parent.iterdir())) == 4


@each_way
def test_a_book_is_closed_into_one_file_and_its_head(way, kept):
    way(kept).close()

    assert sorted(kept.parent.iterdir()) == [kept, checkpoint.path_for(kept)]


def test_a_book_whose_journal_was_set_otherwise_by_another_program_opens_as_it_does_by_itself(kept):
    tell(kept, "PRAGMA journal_mode = DELETE")

    with closing(Store(kept)) as store:
        assert store.settings()["journal_mode"] == "wal"
        assert len(store.records(kit.Win)) == 60


# the schema and its migrations ------------------------------------------------------------------


def alembic_config(connection=None):
    config = Config()
    config.set_main_option("script_location", str(opening.MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@pytest.fixture
def migrated():
    """A database that was made from nothing by the migrations alone."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as db:
        command.upgrade(alembic_config(db), "head")
        yield db
    engine.dispose()


def shape(db):
    """Everything that SQLite knows of the tables: columns, keys, links, indexes, what is unique."""
    look = sa.inspect(db)
    return {
        table: {
            "columns": db.exec_driver_sql(f"PRAGMA table_info('{table}')").fetchall(),
            "links": sorted(map(str, look.get_foreign_keys(table))),
            "indexes": sorted(map(str, look.get_indexes(table))),
            "unique": sorted(map(str, look.get_unique_constraints(table))),
            "index list": sorted(row[1:] for row in db.exec_driver_sql(f"PRAGMA index_list('{table}')")),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_lead_from_nothing_to_the_very_tables_of_the_records(migrated):
    engine = sa.create_engine("sqlite://")
    with engine.begin() as db:
        METADATA.create_all(db)

        assert shape(migrated) == shape(db)
        assert set(shape(db)) == {kind.plural for kind in KINDS} | {"drafts", "seat", "history", "salts"}


def test_alembic_finds_nothing_that_a_migration_has_left_out(migrated):
    assert compare_metadata(MigrationContext.configure(migrated, opts={"compare_type": True}), METADATA) == []


def test_a_book_begins_with_the_version_to_which_the_migrations_lead():
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [opening.SCHEMA]


MIGRATION = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "{revision}", "{before}"

def upgrade():
    {what}
"""
REBUILD = """
    for table in ("clients", "steps", "tools"):
        with op.batch_alter_table(table, recreate="always") as parent:
            parent.add_column(sa.Column("colour", sa.Text, server_default="blue"))
"""


@pytest.fixture
def next_kit(tmp_path, monkeypatch):
    """A kit to come: one migration more than today's, in a folder with a sign that config files mistake."""
    folder = tmp_path / "100% mine" / "migrations"
    shutil.copytree(opening.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))

    def made(what, revision="9000"):
        written = MIGRATION.format(revision=revision, before=opening.SCHEMA, what=what)
        (folder / "versions" / f"{revision}_next.py").write_text(written, encoding="utf-8")
        monkeypatch.setattr(opening, "MIGRATIONS", folder)
        monkeypatch.setattr(opening, "SCHEMA", revision)

    return made


@pytest.fixture
def woven(kept):
    """The book on disk with parents and children of every kind: required, optional, drafts, the seat."""
    with closing(Store(kept)) as store:
        tool = kit.Tool(client="Heron", title="a walk")
        step = kit.Step(client="Heron", title="walk", tool=tool.id)
        week = kit.StepWeek(client="Heron", step=step.id, week_of="2026-03-02", done=2)
        store.save(tool, step, week, kit.ToolUse(client="Heron", tool=tool.id))
        store.save(kit.Step(client="Heron", title="walk once", smaller_of=step.id))
        store.save_draft("Heron", "small_win", {"title": "br"})
        store.set_active_client("Heron", "server 1")
    return kept


def test_an_older_book_is_brought_up_to_date_and_no_child_is_lost(woven, next_kit):
    before = look(woven)
    next_kit(REBUILD)

    with closing(Store(woven)) as store:
        assert store.rows(KINDS) == before
        assert len(before["wins"]) == 60 and len(before["step_weeks"]) == 1
        assert store.draft("Heron", "small_win") == {"title": "br"}
        assert store.active_client()[:2] == ("Heron", "server 1")
    assert asked(woven, "SELECT colour FROM clients") == [("blue",)]
    assert asked(woven, "SELECT version_num FROM alembic_version") == [("9000",)]


def test_a_rebuilt_parent_still_holds_its_children(woven, next_kit):
    next_kit(REBUILD)

    with closing(Store(woven)) as store:
        assert store.settings()["foreign_keys"] == 1
        with pytest.raises(KitError):
            store.save(kit.ToolUse(client="Heron", tool="never heard of"))
        store.save(client := store.records(kit.Client)[0].model_copy(update={"name": "Otter", "version": 2}))
        assert len(store.records(kit.Win, client.name)) == 60
        store.remove(store.records(kit.Tool)[0])
        assert store.records(kit.ToolUse) == []


def test_a_copy_of_the_older_book_lies_beside_it(woven, next_kit):
    before, older = look(woven), opening.SCHEMA
    next_kit(REBUILD)

    Store(woven).close()

    copy = woven.with_name("practice.book.before-9000")
    assert asked(copy, "SELECT version_num FROM alembic_version") == [(older,)]
    assert asked(copy, "PRAGMA integrity_check") == [("ok",)]
    assert len(asked(copy, "SELECT * FROM wins")) == len(before["wins"])
    assert os.name == "nt" or copy.stat().st_mode & 0o777 == 0o600


def test_an_upgraded_book_is_not_upgraded_or_copied_again(woven, next_kit):
    next_kit(REBUILD)
    Store(woven).close()
    woven.with_name("practice.book.before-9000").unlink()

    Store(woven).close()

    assert sorted(woven.parent.glob("*.book*")) == [woven, checkpoint.path_for(woven)]


IN_THE_MIDDLE = {
    "an error of its own": "raise RuntimeError('not today')",
    "a table that is not there": "op.execute('SELECT * FROM nowhere')",
    "a child without its parent": "op.execute('DELETE FROM tools')",
}


@each_way
@pytest.mark.parametrize("what", IN_THE_MIDDLE.values(), ids=IN_THE_MIDDLE)
def test_a_migration_that_stops_in_the_middle_leaves_the_book_as_it_was(woven, next_kit, monkeypatch, way, what):
    before, as_bytes = look(woven), woven.read_bytes()
    with monkeypatch.context():
        next_kit(f"{REBUILD}\n    op.execute('DELETE FROM wins')\n    {what}")

        sentence = trouble_of(way, woven)

    monkeypatch.undo()
    assert "Please " in sentence
    assert woven.read_bytes() == as_bytes
    assert look(woven) == before


def test_a_book_of_a_version_that_no_migration_knows_is_left_as_it_is(kept):
    tell(kept, "UPDATE alembic_version SET version_num = '0000'")
    as_bytes = kept.read_bytes()

    assert "could not be brought up to date; it is as it was" in trouble_of(Store, kept)
    assert kept.read_bytes() == as_bytes


# books of earlier kits --------------------------------------------------------------------------

BOOKS = Path(__file__).parent / "books"
EARLIER = {"plain": (None, ".book.gz"), "encrypted": (b"k" * 32, ".encrypted.book.gz")}
HELD = {"0001": 17, "0002": 16}  # records in the book of each schema
each_sort = pytest.mark.parametrize("sort", EARLIER)


def laid_down(place, schema, sort):
    """The book that a kit of that schema has left, and its key."""
    key, ending = EARLIER[sort]
    place.write_bytes(gzip.decompress((BOOKS / f"{schema}{ending}").read_bytes()))
    return key


def test_of_each_schema_a_book_is_kept_plain_and_encrypted():
    revisions = {one.revision for one in ScriptDirectory.from_config(alembic_config()).walk_revisions()}

    assert {path.name for path in BOOKS.glob("*.gz")} == {
        f"{one}{ending}" for one in revisions for _key, ending in EARLIER.values()
    }
    assert set(HELD) == revisions


@each_sort
@pytest.mark.parametrize("schema", HELD)
def test_a_book_of_each_earlier_schema_opens_in_this_one_and_nothing_is_lost(place, schema, sort):
    key = laid_down(place, schema, sort)

    with closing(Store(place, key)) as store:
        rows = store.rows(KINDS)
        assert sum(map(len, rows.values())) == HELD[schema]
        assert [len(rows[kind]) for kind in ("tool_uses", "step_weeks", "ladder_marks")] == [1, 1, 1]
        assert store.draft("Heron", "small_win") == {"title": "br"}
        store.save(kit.Win(client="Heron", title="bread"))
    Store(place, key).close()


@pytest.mark.slow
@each_sort
def test_an_older_book_that_is_killed_at_any_step_of_its_way_to_this_schema_loses_nothing(place, sort):
    key = laid_down(place, "0001", sort)
    as_bytes, steps = place.read_bytes(), 0

    while harmed.killed_at(place, key, steps):
        with closing(Store(place, key)) as store:
            assert sum(map(len, store.rows(KINDS).values())) == HELD["0001"]
            assert store.remark == "" and len(store.records(kit.StepWeek)) == 1
        for path in place.parent.iterdir():
            path.unlink()
        place.write_bytes(as_bytes)
        steps += 1 if steps < 20 else 8

    assert steps > 60


# books that are none ----------------------------------------------------------------------------


@each_way
def test_a_book_of_a_newer_kit_is_left_as_it_is(kept, way):
    tell(kept, "UPDATE alembic_version SET version_num = '9999'")
    as_bytes = kept.read_bytes()

    assert "was written by a newer kit. Please update the kit" in trouble_of(way, kept)
    assert kept.read_bytes() == as_bytes


@each_way
@pytest.mark.parametrize("words", ["x", "Dear diary,\n", "Dear diary,\n" * 1000], ids=["a letter", "a line", "pages"])
def test_a_text_file_is_no_book(place, way, words):
    place.write_text(words, encoding="utf-8")

    trouble_of(way, place)

    assert place.read_text("utf-8") == words
    assert list(place.parent.iterdir()) == [place]


@each_way
def test_a_folder_is_no_book(place, way):
    place.mkdir()

    assert "is a folder. Please name a file" in trouble_of(way, place)
    assert list(place.iterdir()) == []


@each_way
def test_a_book_in_a_folder_that_is_not_there_cannot_be_opened(tmp_path, way):
    place = tmp_path / "nowhere" / "practice.book"

    assert "cannot be opened. Please look whether its folder is there" in trouble_of(way, place)
    assert list(tmp_path.iterdir()) == []


@each_way
def test_a_database_of_another_program_is_no_book(place, way):
    tell(place, "CREATE TABLE recipes (title TEXT)")
    as_bytes = place.read_bytes()

    assert "is a database, but not a book of the kit" in trouble_of(way, place)
    assert place.read_bytes() == as_bytes


def test_a_database_with_tables_of_the_same_names_is_no_book_either(place):
    tell(place, "CREATE TABLE clients (name TEXT)")
    tell(place, "CREATE TABLE alembic_version (version_num TEXT)")
    as_bytes = place.read_bytes()

    assert "not a book of the kit" in trouble_of(Store, place)
    assert place.read_bytes() == as_bytes


@each_way
@pytest.mark.parametrize("left", [1, 15, 16, 99, 100, 511, 512, 4096, 4097, 8192, 0.3, 0.5, 0.9, -4096, -1])
def test_a_book_that_was_cut_short_is_not_read_as_if_it_were_whole(kept, way, left):
    whole = kept.read_bytes()
    cut = whole[: int(len(whole) * left)] if isinstance(left, float) else whole[:left]
    kept.write_bytes(cut)

    trouble_of(way, kept)

    assert kept.read_bytes() == cut


@each_way
@pytest.mark.parametrize("page", [2, 0.3, 0.6])
def test_a_book_with_a_scrambled_page_is_not_opened(kept, way, page):
    scrambled = bytearray(kept.read_bytes())
    pages = len(scrambled) // 4096
    start = 4096 * (
        page if isinstance(page, int) else asked(kept, "SELECT rootpage FROM sqlite_master")[int(pages * page)][0] - 1
    )
    scrambled[start : start + 4096] = bytes(range(256)) * 16
    kept.write_bytes(scrambled)

    assert "is damaged. Please put a backup in its place" in trouble_of(way, kept)
    assert kept.read_bytes() == bytes(scrambled)


@pytest.mark.parametrize(
    "scrambled",
    [
        "share_with = '[\"half'",
        "share_with = x'ff'",
        "title = cast(x'ff' AS TEXT)",
        "\"on\" = '2026-99-01'",
        "version = 0",
    ],
)
def test_an_entry_that_is_no_longer_what_was_kept_is_told(kept, scrambled):
    tell(kept, f"UPDATE wins SET {scrambled} WHERE rowid = 7")

    assert re.search(r"is damaged.* Please put a backup in its place", trouble_of(Store, kept))


# a notebook that ends ---------------------------------------------------------------------------

IN_A_NOTEBOOK = """
import kit
book = kit.open_book({place!r})
book.add(kit.Win(client="Heron", title="bread"))
"""


@contextmanager
def a_notebook(place):
    """A kernel as JupyterLab starts it, with the book open in it and something saved."""
    kernel, client = start_new_kernel()
    kernel.shutdown_wait_time = 60  # seconds until it is ended by force
    try:
        assert client.execute_interactive(IN_A_NOTEBOOK.format(place=str(place)))["content"]["status"] == "ok"
        yield kernel
    finally:
        client.stop_channels()
        if kernel.is_alive():
            kernel.shutdown_kernel(now=True)


def is_noted_as_closed(place):
    return checkpoint.matches_file(place, checkpoint.read(place, checkpoint.signing_key(None)))


@pytest.mark.slow
@pytest.mark.parametrize("end", ["shutdown_kernel", "restart_kernel"])
def test_a_notebook_that_is_shut_down_or_restarted_closes_its_book(kept, end):
    with a_notebook(kept) as kernel:
        assert not is_noted_as_closed(kept)

        getattr(kernel, end)()

        assert is_noted_as_closed(kept)


@pytest.mark.slow
def test_of_two_notebooks_the_last_one_notes_the_book_as_it_is(kept):
    with a_notebook(kept) as one, a_notebook(kept) as other:
        one.shutdown_kernel()
        assert not is_noted_as_closed(kept)

        other.shutdown_kernel()

        assert is_noted_as_closed(kept)
    assert len(look(kept)["wins"]) == 62


def test_a_forked_process_leaves_the_book_of_its_parent_alone(kept):
    with closing(Store(kept)) as store:
        store.save(kit.Win(client="Heron", title="bread"))
        child = harmed.FORK.Process(target=store_module.store._close_all)
        child.start()
        child.join()

        assert not is_noted_as_closed(kept)
        store.save(kit.Win(client="Heron", title="butter"))


# places that cannot be written to ---------------------------------------------------------------


@pytest.fixture
def locked_folder(kept):
    folder = kept.parent / "locked"
    folder.mkdir()
    book = Path(shutil.move(kept, folder / kept.name))
    folder.chmod(0o500)
    yield folder, book
    folder.chmod(0o700)


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders by other rights than these")
@pytest.mark.parametrize("name", ["practice.book", "new.book"])
def test_a_folder_that_cannot_be_written_to_is_told_and_nothing_changes(locked_folder, name):
    folder, book = locked_folder
    as_bytes = book.read_bytes()

    by_store, by_front_door = as_a_guest(
        folder / name,
        """
become_a_guest()
assert not os.access(place.parent, os.W_OK, effective_ids=True)
answers.append(told(lambda: Store(place).save(win())))
answers.append(told(lambda: kit.open_book(place).add(win())))
""",
    )

    for kind, sentence in (by_store, by_front_door):
        assert kind == "KitError", sentence
        assert str(folder / name) in sentence and "Please " in sentence
    folder.chmod(0o700)
    assert [path.name for path in folder.iterdir()] == [book.name]
    assert book.read_bytes() == as_bytes


def test_a_book_that_cannot_be_written_to_is_told_and_nothing_changes(kept):
    kept.chmod(0o400)
    as_bytes = kept.read_bytes()

    by_store, by_front_door = as_a_guest(
        kept,
        """
become_a_guest()
assert not os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
answers.append(told(lambda: Store(place).save(win())))
answers.append(told(lambda: kit.open_book(place).add(win())))
""",
    )

    for kind, sentence in (by_store, by_front_door):
        assert kind == "KitError", sentence
        assert f"{kept} cannot be written to. Please give yourself the right" in sentence
    kept.chmod(0o600)
    assert kept.read_bytes() == as_bytes
    assert len(look(kept)["wins"]) == 60


# a full disk ------------------------------------------------------------------------------------


def full_after(monkeypatch, pages):
    monkeypatch.setitem(opening.SETTINGS, "max_page_count", pages)


def test_a_full_disk_is_told_and_what_was_kept_is_there(kept, monkeypatch):
    (pages,) = asked(kept, "PRAGMA page_count")[0]
    full_after(monkeypatch, pages)
    wins = [kit.Win(client="Heron", title=f"late loaf {number} " + "x" * 150) for number in range(100)]
    done = []

    with (
        closing(Store(kept)) as store,
        pytest.raises(KitError, match=r"is full\. Nothing is lost\.") as told,
    ):
        for win in wins:
            store.save(win)
            done.append(win)

    assert str(kept) in str(told.value)
    monkeypatch.undo()
    with closing(Store(kept)) as store:
        assert store.records(kit.Win)[60:] == done
        store.save(*wins[len(done) :])
        assert len(store.records(kit.Win)) == 160


def test_of_several_records_none_is_kept_when_the_disk_is_full_half_way(kept, monkeypatch):
    (pages,) = asked(kept, "PRAGMA page_count")[0]
    full_after(monkeypatch, pages)
    before = look(kept)

    with closing(Store(kept)) as store, pytest.raises(KitError, match="is full"):
        store.save(*(kit.Win(client="Heron", title="x" * 200) for _ in range(200)))

    assert look(kept) == before


@each_way
def test_a_new_book_for_which_there_is_no_room_is_told_and_begins_once_there_is(place, way, monkeypatch):
    with monkeypatch.context() as small:
        full_after(small, 8)

        assert "is full. Nothing is lost. Please make some room" in trouble_of(way, place)

    assert set(map(len, look(place).values())) == {0}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit on the size of a file")
def test_a_disk_that_takes_no_more_is_told_and_what_was_said_to_be_saved_is_there(kept):
    answers = as_a_guest(
        kept,
        """
import resource
store = Store(place)
store.save(win())
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, -1))
saved = 0
while len(answers) < 3:
    answer = told(lambda: store.save(win()))
    if answer[0] == "fine":
        saved += 1
    else:
        answers.append(answer)
answers.append(saved)
""",
    )

    *troubles, saved = answers
    for kind, sentence in troubles:
        assert kind == "KitError", sentence
        assert str(kept) in sentence and "disk" in sentence
    assert saved > 0
    assert len(look(kept)["wins"]) == 61 + saved


def test_an_older_book_for_whose_copy_there_is_no_room_is_left_as_it_is(woven, next_kit, monkeypatch):
    as_bytes = woven.read_bytes()
    next_kit(REBUILD)

    def full(engine, place, key):
        raise sqlcipher.OperationalError("database or disk is full")

    monkeypatch.setattr(opening, "backup_to", full)

    assert "is full" in trouble_of(Store, woven)
    assert woven.read_bytes() == as_bytes


def test_what_is_typed_stays_in_its_form_when_the_disk_is_full_and_is_saved_once_there_is_room(kept, monkeypatch):
    (pages,) = asked(kept, "PRAGMA page_count")[0]
    with monkeypatch.context() as small:
        full_after(small, pages)
        book = kit.open_book(kept)
    book.state.choose("Heron")
    panel = book.plan()
    panel.fill("plan", section="every day", text="breakfast " * 1500)

    panel._heard(panel, {"do": "save"}, [])

    assert "is full. Nothing is lost. Please make some room" in panel.status["said"]
    assert panel.typed["plan"]["text"].startswith("breakfast")
    assert book.records(kit.Plan) == []
    book._store._engine.dispose()
    panel._heard(panel, {"do": "save"}, [])
    assert len(book.records(kit.Plan)) == 1
    book.close()
