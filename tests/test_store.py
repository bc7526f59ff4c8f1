"""Records kept: to the letter, all or none, in one book that several use at once; removed and taken back exactly."""

import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

import kit
from kit import exchange
from kit.fields import about
from kit.records import KINDS, problems
from kit.store import Store, opening
from kit.words import KitError, NoSuchClient

SAMPLE = Path(__file__).parent.parent / "sample_data"
ANY_TEXT = st.text(st.characters(), max_size=80)
SAVE_FIFTY = """
import sys, time
from pathlib import Path
import kit
place, go, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
book = kit.open_book(place)
(go.parent / f"{name}.ready").touch()
while not go.exists():
    time.sleep(0.005)
for number in range(50):
    book.add(kit.Win(client="Heron", title=f"{name} {number}"))
book.close()
"""


@pytest.fixture
def place(tmp_path):
    return tmp_path / "Heron's übung #1 100%.book"


@pytest.fixture
def open_at():
    """Opens stores, and closes them after the test."""
    opened = []

    def begin(place):
        opened.append(Store(place))
        return opened[-1]

    yield begin
    for store in opened:
        store.close()


@pytest.fixture(scope="module")
def sample():
    return exchange.read_folder(SAMPLE)[0]


def everything(store):
    """The whole book as it lies there, to the letter, drafts and the seat too."""
    kept = {plural: sorted(map(str, rows)) for plural, rows in store.rows(KINDS).items()}
    return kept, store.active_client() and store.active_client()[:2]


def titles(store, kind=kit.Win):
    return [one.title for one in store.records(kind)]


# kept as it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.plural)
def test_every_field_of_every_kind_comes_back_as_it_was_kept(sample, kind):
    noted = [one for one in sample if one.plural == kind.plural]
    store = Store(None)

    store.save(*sample)

    assert sorted(store.records(kind), key=lambda one: one.id) == sorted(noted, key=lambda one: one.id)
    store.close()


@pytest.fixture(scope="module")
def notebook():
    store = Store(None)
    store.save(kit.Client(name="Heron"))
    yield store
    store.close()


@given(title=ANY_TEXT, note=ANY_TEXT, several=st.lists(ANY_TEXT, max_size=3))
def test_any_text_comes_back_to_the_letter_or_is_refused_in_a_sentence(notebook, title, note, several):
    try:
        setback = kit.Setback(client="Heron", title=title, learned=note, triggers=tuple(several))
    except ValidationError as refused:
        labels = tuple(told.label for told in about(kit.Setback).values())
        assert all(sentence.startswith(labels) for sentence in problems(kit.Setback, refused).values())
    else:
        notebook.save(setback)

        assert notebook.records(kit.Setback, id=setback.id) == [setback]


@pytest.mark.parametrize(
    "words",
    [
        "é and e\u0301",
        "👩🏽\u200d🌾",
        "שלום, \u202eabc\u202c",
        "one\n\n\ttwo",
        "'; DROP TABLE wins; --",
        "{x} %s \\u0041",
    ],
)
def test_letters_of_every_kind_come_back_from_a_book_on_disk(place, open_at, words):
    win = kit.Win(client="Heron", title=words)
    open_at(place).save(kit.Client(name="Heron"), win)

    assert open_at(place).records(kit.Win) == [win]


def test_records_come_in_the_order_in_which_they_were_noted_and_of_one_client_or_of_all(book):
    book._store.save(*[kit.Client(name="Heron"), kit.Client(name="Maple")])
    for client, title in (("Heron", "tea"), ("Maple", "sun"), ("Heron", "bread")):
        book.add(kit.Win(client=client, title=title))

    assert [one.title for one in book.records(kit.Win)] == ["tea", "sun", "bread"]
    assert [one.title for one in book.records(kit.Win, "Heron")] == ["tea", "bread"]
    assert [one.name for one in book.records(kit.Client, "Maple")] == ["Maple"]
    assert book.records(kit.Win, "Nobody") == []


def test_a_day_that_was_kept_is_read_back_when_the_clock_was_set_back(place, open_at, monkeypatch):
    store = open_at(place)
    win = kit.Win(client="Heron", title="bread")
    store.save(kit.Client(name="Heron"), win)

    class Earlier(date):
        @classmethod
        def today(cls):
            return date.today() - timedelta(days=30)

    monkeypatch.setattr("kit.fields.date", Earlier)

    assert store.records(kit.Win)[0].on == win.on


# whose it is ------------------------------------------------------------------------------------


def test_a_client_whom_the_book_does_not_know_is_told_by_name(story):
    with pytest.raises(NoSuchClient, match="There is no client called Finch in this book"):
        story.add(kit.Win(client="Finch", title="bread"))

    assert story.records(kit.Win, "Finch") == []


@pytest.mark.parametrize("name", ["Heron", "heron", "HERON", " Heron", "Heron\t", "\uff28eron"])
def test_a_code_name_is_given_once_also_in_other_capitals(story, name):
    with pytest.raises(KitError, match="Code name: there is a client called"):
        story.add(kit.Client(name=name))

    assert [one.name for one in story.records(kit.Client)] == ["Heron"]


def test_a_rename_to_a_name_that_is_there_changes_nothing(story):
    finch = story.add(kit.Client(name="Finch"))

    with pytest.raises(KitError, match="Please choose another name"):
        story.change(finch, name="heron")

    assert {one.name for one in story.records(kit.Client)} == {"Heron", "Finch"}


def test_a_client_may_take_other_capitals_of_their_own_name(story):
    story.change(story.records(kit.Client)[0], name="HERON")

    assert len(story.records(kit.Win, "HERON")) == 1


def test_a_new_name_follows_everywhere_drafts_and_seat_too(story):
    store = story._store
    before = {kind: len(story.records(kind, "Heron")) for kind in KINDS if kind is not kit.Client}
    store.save_draft("Heron", "small_win", {"title": "br"})
    store.set_active_client("Heron", "server 1")

    story.change(story.records(kit.Client)[0], name="Kingfisher")

    assert {kind: len(story.records(kind, "Kingfisher")) for kind in before} == before
    assert story.records(kit.Win, "Heron") == []
    assert store.draft("Kingfisher", "small_win") == {"title": "br"}
    assert store.active_client()[:2] == ("Kingfisher", "server 1")


def test_a_name_with_half_a_sign_is_looked_up_without_a_traceback(story):
    with pytest.raises(KitError, match="half of a sign"):
        story.records(kit.Win, "\udcff")


# all or none ------------------------------------------------------------------------------------


def test_of_several_records_all_are_kept_or_none(story):
    with pytest.raises(NoSuchClient):
        story._store.save(*[kit.Win(client="Heron", title="one"), kit.Win(client="Finch", title="two")])

    assert titles(story) == ["Bread in the oven"]


def test_a_record_that_belongs_to_nothing_is_refused_and_the_book_stays_usable(story):
    use = kit.ToolUse(client="Heron", tool="never heard of")

    with pytest.raises(KitError, match="no longer in the book"):
        story._store.save(*[kit.Win(client="Heron", title="one"), use])

    assert titles(story) == ["Bread in the oven"]
    story.add(kit.Win(client="Heron", title="two"))
    assert titles(story) == ["Bread in the oven", "two"]


def test_the_same_record_is_kept_once(story, only):
    with pytest.raises(KitError, match="in the book already"):
        story.add(only(kit.Win))

    assert len(story.records(kit.Win)) == 1


# settings and several at once -------------------------------------------------------------------


def test_the_settings_of_a_book_are_set_and_read_back(place, open_at):
    told = open_at(place).settings()

    assert told["journal_mode"] == "wal"
    assert told["synchronous"] == 2
    assert (told["foreign_keys"], told["secure_delete"], told["busy_timeout"]) == (1, 1, 10_000)


def test_every_connection_of_a_book_has_the_same_settings(place, open_at):
    store = open_at(place)

    with store._reading.connect() as one, store._reading.connect() as two:
        told = [
            [db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("foreign_keys", "secure_delete", "synchronous")]
            for db in (one, two)
        ]

    assert told == [[1, 1, 2], [1, 1, 2]]


@pytest.mark.parametrize("name", ["foreign_keys", "secure_delete", "synchronous"])
def test_a_setting_that_does_not_hold_is_told_and_the_book_is_not_used(place, monkeypatch, name):
    # As if this build of SQLite did not hear it.
    made = opening._create_engine

    def deaf(place, key):
        engine = made(place, key)
        sa.event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA {name} = 0"))
        return engine

    monkeypatch.setattr(opening, "_create_engine", deaf)

    with pytest.raises(KitError, match=rf"could not be opened safely \({name}\)"):
        Store(place)


def test_a_draft_that_was_dropped_leaves_no_trace_in_the_file_once_the_book_is_closed(place):
    store = Store(place)
    store.save(kit.Client(name="Heron"))
    store.save_draft("Heron", "small_win", {"title": "a very particular loaf"})
    store.delete_draft("Heron", "small_win")
    store.close()

    assert b"particular" not in place.read_bytes()
    assert sorted(path.name for path in place.parent.iterdir()) == [place.name, f"{place.name}.head"]


def test_a_save_holds_the_book_from_its_first_moment(place, open_at):
    store = open_at(place)
    other = sqlcipher.connect(str(place), isolation_level=None, timeout=0)

    with store._writing_transaction(), pytest.raises(sqlcipher.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")

    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_save_that_waits_too_long_for_another_is_told_and_nothing_is_lost(place, open_at, monkeypatch):
    monkeypatch.setitem(opening.SETTINGS, "busy_timeout", 1)
    store = open_at(place)
    store.save(kit.Client(name="Heron"))
    other = sqlcipher.connect(str(place), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(KitError, match="busy with another save"):
        store.save(kit.Win(client="Heron", title="bread"))

    other.close()
    store.save(kit.Win(client="Heron", title="bread"))
    assert titles(store) == ["bread"]


def test_reading_never_waits_for_a_save(place, open_at):
    store = open_at(place)
    store.save(kit.Client(name="Heron"))

    with store._writing_transaction():
        assert [one.name for one in store.records(kit.Client)] == ["Heron"]


@pytest.mark.slow
def test_two_programs_that_save_at_once_lose_nothing(place, open_at, tmp_path):
    store, go = open_at(place), tmp_path / "go"
    store.save(kit.Client(name="Heron"))
    names = ("left", "right")
    both = [subprocess.Popen([sys.executable, "-c", SAVE_FIFTY, str(place), str(go), name]) for name in names]
    while not all((tmp_path / f"{name}.ready").exists() for name in names):
        assert all(one.poll() is None for one in both)
        time.sleep(0.005)

    go.touch()

    assert [one.wait() for one in both] == [0, 0]
    assert sorted(titles(store)) == sorted(f"{name} {number}" for name in names for number in range(50))


@pytest.mark.slow
def test_two_programs_that_begin_the_same_book_at_once_get_one_book(place, tmp_path):
    code = "import sys, kit; book = kit.open_book(sys.argv[1]); book.add(kit.Client(name=sys.argv[2])); book.close()"

    both = [subprocess.Popen([sys.executable, "-c", code, str(place), name]) for name in ("Heron", "Maple")]

    assert [one.wait() for one in both] == [0, 0]
    store = Store(place)
    assert {one.name for one in store.records(kit.Client)} == {"Heron", "Maple"}
    store.close()


def test_a_new_book_that_another_program_has_just_begun_is_taken_as_it_is(place, monkeypatch):
    begin = opening._create_schema

    def late(engine):
        monkeypatch.setattr(opening, "_create_schema", begin)
        other = Store(place)
        other.save(kit.Client(name="Heron"))
        other.close()
        begin(engine)

    monkeypatch.setattr(opening, "_create_schema", late)
    store = Store(place)

    assert [one.name for one in store.records(kit.Client)] == ["Heron"]
    store.close()


def test_a_mark_moves_when_its_kind_is_written_here_and_when_anything_is_written_elsewhere(place, open_at):
    here, elsewhere = open_at(place), open_at(place)
    here.save(kit.Client(name="Heron"))
    first = here.change_tokens()
    assert here.change_tokens() == first

    here.save(kit.Win(client="Heron", title="bread"))
    second = here.change_tokens()
    assert {plural for plural in first if first[plural] != second[plural]} == {"wins"}

    elsewhere.save(kit.Spark(client="Heron", title="rain"))
    assert here.change_tokens()["sparks"] != second["sparks"]


# two people, one record -------------------------------------------------------------------------


def test_of_two_people_who_change_one_record_the_second_is_told_and_nothing_is_overwritten(place):
    coach, client = kit.open_book(place), kit.open_book(place)
    coach.add(kit.Client(name="Heron"))
    win = coach.add(kit.Win(client="Heron", title="bread"))
    (seen,) = client.records(kit.Win, "Heron")

    coach.change(win, title="bread, and butter")
    with pytest.raises(KitError, match="changed or removed elsewhere in the meantime"):
        client.change(seen, title="cake")

    assert titles(client) == ["bread, and butter"]
    coach.close()
    client.close()


def taken_up(book, record):
    """A record in the panel of entries, as it is shown on this person's page."""
    book.state.choose("Heron")
    panel = book.entries()
    panel.do_take_up([record.plural, record.id])
    return panel


def test_of_two_people_who_save_one_record_on_two_pages_both_forms_are_kept_and_the_second_save_is_meant(place):
    coach, client = kit.open_book(place), kit.open_book(place)
    coach.add(kit.Client(name="Heron"))
    coach.add(kit.Agreement(client="Heron", to="notes"))
    win = coach.add(kit.Win(client="Heron", title="bread"))
    first, second = taken_up(coach, win), taken_up(client, win)
    first.fill("entry", title="bread, and butter")
    second.fill("entry", title="cake")
    first._heard(first, {"do": "save"}, [])

    second._heard(second, {"do": "save"}, [])

    assert "elsewhere in the meantime" in second.status["said"]
    assert second.typed["entry"]["title"] == "cake" and "bread, and butter" in repr(second.view)
    assert titles(coach) == ["bread, and butter"]
    second._heard(second, {"do": "save"}, [])
    assert titles(coach) == ["cake"]
    assert [one.record.title for one in coach.history(win)] == ["bread", "bread, and butter", "cake"]
    coach.close(), client.close()


def test_a_record_that_was_changed_elsewhere_is_not_removed_unseen(story, only):
    win = only(kit.Win)
    story.change(win, title="two loaves")

    with pytest.raises(KitError, match="changed or removed elsewhere"):
        story.remove(win)

    assert titles(story) == ["two loaves"]


def test_a_record_that_was_removed_elsewhere_cannot_be_changed_or_removed_again(story, only):
    win = only(kit.Win)
    story.remove(win)

    for late in (lambda: story.change(win, title="two loaves"), lambda: story.remove(win)):
        with pytest.raises(KitError, match="changed or removed elsewhere"):
            late()

    assert titles(story) == []


def test_a_change_counts_up_and_keeps_its_beginning(story, only):
    win = only(kit.Win)

    story.change(story.change(win, title="two loaves"), title="three loaves")

    found = only(kit.Win)
    assert (found.title, found.version, found.created_at, found.id) == ("three loaves", 3, win.created_at, win.id)


# removed and taken back -------------------------------------------------------------------------


@pytest.fixture
def woven(story, only):
    """The story, with entries that hang on one another in every way that there is."""
    ada, walk, setback = only(kit.Supporter), only(kit.Tool), only(kit.Setback)
    music = kit.Aspiration(client="Heron", title="music", rungs=("hum", "sing"))
    large = kit.Step(
        client="Heron", title="walk daily", tell=ada.id, tool=walk.id, aspiration=music.id, from_setback=setback.id
    )
    small = kit.Step(client="Heron", title="walk once", tool=walk.id, smaller_of=large.id)
    story._store.save(
        *[
            music,
            kit.LadderMark(client="Heron", aspiration=music.id, level=0),
            kit.ToolUse(client="Heron", tool=walk.id, setback=setback.id, helped=7),
            large,
            small,
            kit.StepWeek(client="Heron", step=large.id, week_of=date(2026, 3, 2), planned=3, done=2),
            kit.StepWeek(client="Heron", step=small.id, week_of=date(2026, 3, 9), planned=1, done=1),
        ]
    )
    return story


def every(book):
    return [one for kind in KINDS for one in book.records(kind)]


def test_what_belongs_to_a_record_goes_along_and_other_links_are_let_go(woven, only):
    woven.remove(only(kit.Tool))

    assert woven.records(kit.ToolUse) == []
    assert [(one.title, one.tool) for one in woven.records(kit.Step)] == [("walk daily", None), ("walk once", None)]
    assert len(woven.records(kit.StepWeek)) == 2


def test_a_step_goes_with_its_weeks_and_a_smaller_one_stays(woven):
    woven.remove(woven.records(kit.Step)[0])

    assert [(one.title, one.smaller_of) for one in woven.records(kit.Step)] == [("walk once", None)]
    assert [one.done for one in woven.records(kit.StepWeek)] == [1]


def test_a_client_goes_with_all_that_was_ever_noted_for_them_and_nobody_else(woven):
    woven.add(kit.Client(name="Maple"))
    woven.add(kit.Win(client="Maple", title="sun"))
    woven._store.save_draft("Heron", "small_win", {"title": "br"})
    woven._store.set_active_client("Heron")

    woven.remove(woven.records(kit.Client, "Heron")[0])

    assert [getattr(one, "title", one.id) for one in every(woven)][1:] == ["sun"]
    assert woven._store.draft("Heron", "small_win") == {}
    assert woven._store.active_client() is None


def test_whatever_is_removed_comes_back_exactly_as_it_was(woven):
    before = everything(woven._store)

    for record in every(woven):
        touched = woven.remove(record)
        assert everything(woven._store) != before

        woven._store.undo([], touched)
        assert everything(woven._store) == before, record


def test_whoever_is_removed_from_the_sample_comes_back_exactly(sample):
    store = Store(None)
    store.save(*sample)
    before = everything(store)

    for client in store.records(kit.Client):
        store.undo([], store.remove(client))

        assert everything(store) == before
    store.close()


@pytest.mark.slow
@settings(max_examples=12)
@given(st.data())
def test_several_things_removed_one_after_the_other_come_back_in_turn(sample, data):
    store = Store(None)
    store.save(*(one for one in sample if "River" in (getattr(one, "client", ""), getattr(one, "name", ""))))
    moments, undo = [everything(store)], []

    for _ in range(data.draw(st.integers(1, 4))):
        left = every(store)
        if left:
            undo.append(store.remove(data.draw(st.sampled_from(left))))
            moments.append(everything(store))

    while undo:
        store.undo([], undo.pop())
        moments.pop()
        assert everything(store) == moments[-1]
    store.close()


def test_a_save_of_several_is_taken_back_as_a_whole(woven):
    before = everything(woven._store)
    tool = kit.Tool(client="Heron", title="clay", kind="creative")
    new = [tool, kit.ToolUse(client="Heron", tool=tool.id, helped=8)]

    woven._store.undo(new, woven._store.save(*new))

    assert everything(woven._store) == before


@pytest.mark.parametrize("kind", [kit.Tool, kit.Setback, kit.Supporter, kit.Aspiration, kit.Win, kit.Client])
def test_a_change_is_taken_back_and_what_hangs_on_the_record_stays(woven, kind):
    before = everything(woven._store)
    record = woven.records(kind)[0]
    new = record.__class__.model_validate({**dict(record), record.heading: "Otter", "version": record.version + 1})

    replaced = woven._store.save(*[new])
    assert everything(woven._store) != before
    woven._store.undo([new], replaced)

    assert everything(woven._store) == before


def test_what_was_changed_since_is_not_taken_back_unseen(story):
    new = [kit.Win(client="Heron", title="soup")]
    replaced = story._store.save(*new)
    story.change(new[0], title="soup for two")

    with pytest.raises(KitError, match="changed or removed elsewhere"):
        story.state.store.undo(new, replaced)

    assert "soup for two" in titles(story)


def test_what_was_noted_later_is_not_lost_when_something_earlier_is_taken_back(story):
    tool = kit.Tool(client="Heron", title="clay")
    replaced = story._store.save(*[tool])
    story.add(kit.ToolUse(client="Heron", tool=tool.id, helped=8))

    with pytest.raises(KitError, match="Something noted later belongs to this"):
        story.state.store.undo([tool], replaced)

    assert [one.tool for one in story.records(kit.ToolUse)] == [tool.id]


def test_an_undo_does_not_overwrite_what_was_changed_after_the_removal(woven, only):
    touched = woven.remove(only(kit.Tool))
    step = woven.change(woven.records(kit.Step)[0], title="walk at noon")

    with pytest.raises(KitError, match="changed or removed elsewhere"):
        woven._store.undo([], touched)

    assert woven.records(kit.Step)[0] == step


# drafts and the seat ----------------------------------------------------------------------------


def test_a_draft_is_kept_replaced_and_dropped(story):
    store = story._store

    store.save_draft("Heron", "small_win", {"title": "br"})
    store.save_draft("Heron", "small_win", {"title": "bread", "on": None, "share_with": ["a"]})
    assert store.draft("Heron", "small_win") == {"title": "bread", "on": None, "share_with": ["a"]}

    store.delete_draft("Heron", "small_win")
    assert store.draft("Heron", "small_win") == {}


def test_a_draft_belongs_to_its_client_and_its_panel(story):
    story.add(kit.Client(name="Maple"))
    story._store.save_draft("Heron", "small_win", {"title": "bread"})

    assert story._store.draft("Maple", "small_win") == {}
    assert story._store.draft("Heron", "check_in") == {}


def test_a_draft_for_nobody_is_not_kept(story):
    with pytest.raises(KitError):
        story._store.save_draft("Finch", "small_win", {"title": "bread"})

    assert story._store.draft("Finch", "small_win") == {}


def test_nobody_at_the_table_means_no_draft(story):
    story.state.save_draft("small_win", {"title": "bread"})

    assert story.state.draft("small_win") == {}
    story.state.choose("Heron")
    assert story.state.draft("small_win") == {}


def test_a_draft_is_there_for_the_next_program_that_opens_the_book(place, open_at):
    one = open_at(place)
    one.save(kit.Client(name="Heron"))
    one.save_draft("Heron", "small_win", {"title": "half a sen"})

    assert open_at(place).draft("Heron", "small_win") == {"title": "half a sen"}


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.none() | st.integers() | st.lists(ANY_TEXT), max_size=4))
def test_whatever_is_being_typed_is_kept_to_the_letter(notebook, typed):
    notebook.save_draft("Heron", "small_win", typed)

    assert notebook.draft("Heron", "small_win") == typed


def test_one_client_at_a_time_sits_at_the_table(story):
    story.add(kit.Client(name="Maple"))
    store = story._store

    assert store.active_client() is None
    store.set_active_client("Heron", "server 1")
    store.set_active_client("Maple", "server 2")
    assert store.active_client()[:2] == ("Maple", "server 2")
    store.set_active_client(None)
    assert store.active_client() is None
