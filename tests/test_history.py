"""What was before each change, brought back at will; and a book in which something is missing says what, and when."""

import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import harmed
import pytest
import sqlcipher3.dbapi2 as sqlcipher
from harmed import tell
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

import kit
from kit.records import KINDS, changed
from kit.store import Store, audit_log, checkpoint, integrity, opening
from kit.widgets import SessionState
from kit.widgets.entries import Entries
from kit.widgets.history import _apart
from kit.widgets.session import CloseSession
from kit.words import KitError, NoSuchClient

FIRST_BOOK = Path(__file__).parent / "books" / "0001.book.gz"
KEY = b"k" * 32


@pytest.fixture
def place(tmp_path):
    return tmp_path / "practice.book"


@pytest.fixture
def store(place):
    """Heron and Otter in a book on disk, with a win of Heron's that was changed once."""
    with closing(Store(place)) as store:
        store.save(kit.Client(name="Heron"), kit.Client(name="Otter"), kit.Agreement(client="Heron", to="notes"))
        store.save(bread := kit.Win(client="Heron", title="bread"))
        store.save(changed(bread, title="bread in the oven", version=2))
        yield store


def the_win(store):
    (found,) = store.records(kit.Win)
    return found


def forms(store, record):
    return [one.record and one.record.title for one in store.history(record)]


def is_sound(store):
    with store._reading_transaction() as db:
        integrity.verify_rows(db.connection.driver_connection, None)
    return True


def sentence(place, key=None):
    with pytest.raises(KitError) as told:
        Store(place, key)
    said = str(told.value)
    assert str(place) in said and said.endswith(".") and "\n" not in said
    assert "Please put a backup in its place." in said and "kit check --accept" in said
    return said


# what was before --------------------------------------------------------------------------------


def test_each_change_says_when_by_whom_and_what_stood_there_before(store):
    first, second = store.history(the_win(store))

    assert (first.did, first.before, first.record.title) == ("noted", None, "bread")
    assert (second.did, second.before.title, second.record.title) == ("changed", "bread", "bread in the oven")
    assert first.at <= second.at and {first.by, second.by} == {"coach"}


def test_the_book_tells_the_history_of_a_record_and_brings_an_earlier_form_back(book):
    book.add(kit.Client(name="Heron"))
    bread = book.add(kit.Win(client="Heron", title="bread"))
    book.change(bread, title="cake")

    back = book.restore(book.history(bread)[0].record)

    assert (back.title, back.version) == ("bread", 3)
    assert forms(book._store, bread) == ["bread", "cake", "bread"]
    assert book.records(kit.Win) == [back]


def test_who_speaks_in_a_record_is_who_did_it(store):
    store.save(new := kit.Win(client="Heron", title="a walk", by="client"))
    store.remove(new, by="room")

    assert [one.by for one in store.history(new)] == ["client", "room"]


def test_what_was_removed_is_brought_back_with_the_form_that_it_had(store):
    win = the_win(store)
    store.remove(win)

    new, stood = store.restore(store.history(win)[-1].before)

    assert stood == []
    assert the_win(store) == new == win.model_copy(update={"version": 3})


def test_what_was_brought_back_is_taken_back_again(store):
    win = the_win(store)
    new, stood = store.restore(store.history(win)[0].record)

    store.undo([new], stood)

    assert the_win(store) == win
    assert [one.did for one in store.history(win)] == ["noted", "changed", "brought back", "taken back"]
    assert is_sound(store)


def test_an_earlier_form_comes_back_under_the_new_name_of_its_client(store):
    win, heron = the_win(store), store.client("Heron")
    store.save(changed(heron, name="Coot", version=2))

    store.restore(store.history(win)[0].record)

    assert (the_win(store).client, the_win(store).title) == ("Coot", "bread")
    assert is_sound(store)


def test_an_earlier_form_lets_go_of_what_is_no_longer_there(store):
    store.save(walk := kit.Tool(client="Heron", title="a walk"))
    store.save(step := kit.Step(client="Heron", title="walk", tool=walk.id))
    store.remove(walk)
    store.save(changed(store.records(kit.Step)[0], title="run", version=2))

    store.restore(step)

    (back,) = store.records(kit.Step)
    assert (back.title, back.tool) == ("walk", None)


def test_what_belongs_to_something_that_is_gone_is_not_brought_back_alone(store):
    store.save(walk := kit.Tool(client="Heron", title="a walk"), use := kit.ToolUse(client="Heron", tool=walk.id))
    store.remove(walk)

    with pytest.raises(KitError, match="belongs to something that is no longer in the book"):
        store.restore(use)

    assert store.records(kit.ToolUse) == [] and is_sound(store)


def test_what_belonged_to_a_removed_client_asks_for_the_client_first(store):
    win, heron = the_win(store), store.client("Heron")
    store.remove(heron)

    with pytest.raises(NoSuchClient, match="Please bring them back first"):
        store.restore(win)

    store.restore(heron)
    store.restore(win)
    assert the_win(store).title == win.title and is_sound(store)


def test_a_form_that_stands_already_is_not_brought_back_once_more(store):
    with pytest.raises(KitError, match="stands like this already"):
        store.restore(the_win(store))

    assert len(store.history(the_win(store))) == 2


def test_the_latest_changes_of_a_client_are_theirs_alone_and_the_latest_comes_first(store):
    store.save(kit.Win(client="Otter", title="a nap"))
    store.remove(the_win_of(store, "Heron"))

    told = [(one.did, one.plural) for one in store.latest_changes("Heron", 3)]

    assert told == [("removed", "wins"), ("changed", "wins"), ("noted", "wins")]


def the_win_of(store, client):
    (found,) = store.records(kit.Win, client)
    return found


def test_an_erased_clients_history_is_emptied_and_the_chain_still_holds(store, place):
    store.save(kit.Win(client="Otter", title="a nap"))
    heron = store.client("Heron")
    store.remove(heron)

    with store._writing_transaction() as db:
        audit_log.erase_client(db, heron.id)

    assert store.history(kit.Win(client="Heron", title="x", id=heron.id)) == []
    store.close()
    assert b"bread" not in place.read_bytes() and b"Heron" not in place.read_bytes()
    with closing(Store(place)) as again:
        assert is_sound(again)
        assert [one.did for one in again.latest_changes("Otter", 9)] == ["noted", "noted"]


def test_what_goes_along_with_a_removed_record_has_its_history_too(store):
    store.save(walk := kit.Tool(client="Heron", title="a walk"), use := kit.ToolUse(client="Heron", tool=walk.id))
    store.save(step := kit.Step(client="Heron", title="walk", tool=walk.id))

    store.remove(walk)

    assert [one.did for one in store.history(use)] == ["noted", "removed"]
    assert [(one.did, one.record.tool) for one in store.history(step)] == [("noted", walk.id), ("changed", None)]


class AnyHistory(RuleBasedStateMachine):
    """Whatever is kept, changed, removed, taken back and brought back: the history tells every form of it."""

    wins = Bundle("wins")
    undo = Bundle("undo")

    def __init__(self):
        super().__init__()
        self.store = Store(None)
        self.store.save(kit.Client(name="Heron"))
        self.forms, self.now, self.changes = {}, {}, 0

    def noted(self, key, form):
        self.changes += 1
        self.forms.setdefault(key, []).append(form)
        self.now[key] = form

    @rule(target=wins, title=st.text("abc", min_size=1))
    def keep(self, title):
        win = kit.Win(client=self.name(), title=title)
        self.store.save(win)
        self.noted(win.id, title)
        return win.id

    @rule(target=undo, key=wins, title=st.text("abc", min_size=1))
    def change(self, key, title):
        if self.now[key] is None:
            return []
        new = changed(self.standing(key), title=title, version=self.standing(key).version + 1)
        before = self.store.save(new)
        self.noted(key, title)
        return [[new], before, self.changes]

    @rule(target=undo, key=wins)
    def remove(self, key):
        if self.now[key] is None:
            return []
        before = self.store.remove(self.standing(key))
        self.noted(key, None)
        return [[], before, self.changes]

    @rule(given=consumes(undo))
    def take_back(self, given):
        if not given or given[2] != self.changes:
            return
        new, before, _at = given
        (was,) = before
        if new and self.standing(was.id) != new[0]:  # renamed since
            return
        self.store.undo(new, [changed(was, client=self.name())])
        self.noted(was.id, was.title)

    @rule(key=wins, data=st.data())
    def restore(self, key, data):
        told = [one.record for one in self.store.history(self.some(key)) if one.record]
        earlier = data.draw(st.sampled_from(told))
        if earlier.title == self.now[key]:
            with pytest.raises(KitError):
                self.store.restore(earlier)
            return
        self.store.restore(earlier)
        self.noted(key, earlier.title)

    @rule(name=st.sampled_from(("Heron", "Coot", "Otter")))
    def rename(self, name):
        (client,) = self.store.records(kit.Client)
        self.store.save(changed(client, name=name, version=client.version + 1))

    def name(self):
        return self.store.records(kit.Client)[0].name

    def standing(self, key):
        return next((one for one in self.store.records(kit.Win) if one.id == key), None)

    def some(self, key):
        return kit.Win(id=key, client="whoever", title="x")

    @invariant()
    def everything_is_told(self):
        assert {one.id: one.title for one in self.store.records(kit.Win)} == {
            key: title for key, title in self.now.items() if title is not None
        }
        for key, some in self.forms.items():
            assert forms(self.store, self.some(key)) == some
        assert is_sound(self.store)

    def teardown(self):
        self.store.close()


TestAnyHistory = pytest.mark.slow(AnyHistory.TestCase)
TestAnyHistory.settings = settings(max_examples=25, stateful_step_count=15)


# what opening says ------------------------------------------------------------------------------


@pytest.fixture
def closed(store, place):
    store.close()
    return place


def test_a_removed_tail_is_named_with_where_the_book_ends_and_how_much_is_missing(closed):
    tell(closed, "DELETE FROM wins")
    tell(closed, "DELETE FROM history WHERE seq > 3")

    assert "it ends on " in (said := sentence(closed)) and "and 2 later changes up to " in said


def test_an_older_copy_that_was_put_back_is_named(store, place, tmp_path):
    store.close()
    shutil.copy(place, tmp_path / "older")
    with closing(Store(place)) as again:
        again.save(kit.Win(client="Heron", title="noted later"))
    shutil.copy(tmp_path / "older", place)

    assert "and 1 later change up to " in sentence(place)


def test_an_older_copy_on_which_somebody_went_on_elsewhere_is_named(store, place, tmp_path):
    store.close()
    elsewhere = tmp_path / "elsewhere.book"
    shutil.copy(place, elsewhere)
    for one, words in ((place, "noted here"), (elsewhere, "noted there")):
        with closing(Store(one)) as again:
            again.save(kit.Win(client="Heron", title=words))
    shutil.copy(elsewhere, place)

    assert "is not the book that was open last, on " in sentence(place)


def test_an_entry_that_was_changed_from_outside_is_named_by_its_kind_and_day_and_not_by_its_words(closed):
    tell(closed, "UPDATE wins SET title = 'somebody else wrote this'")

    said = sentence(closed)

    assert "entries are not as they were kept (small win: 1; the first of them was saved on " in said
    assert "bread" not in said and "somebody" not in said and "Heron" not in said


def test_an_entry_that_moved_to_another_client_is_named(closed):
    tell(closed, "UPDATE wins SET client = 'Otter'")

    assert "(small win: 1;" in sentence(closed)


def test_an_entry_that_can_no_longer_be_found_by_its_client_is_named(closed):
    with closing(sqlcipher.connect(str(closed))) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_wins_client'").fetchone()
    content = bytearray(closed.read_bytes())
    at = content.index(b"Heron", 4096 * (page - 1), 4096 * page)
    content[at] ^= 1
    closed.write_bytes(content)

    with pytest.raises(KitError, match=r"is damaged\. Please put a backup in its place"):
        Store(closed)


def test_a_history_that_was_rewritten_is_named(closed):
    tell(closed, "UPDATE history SET \"before\" = replace(\"before\", 'bread', 'cake')")

    assert "the history of its entries holds until " in sentence(closed)


def test_a_book_that_is_gone_is_named_and_none_is_begun_in_its_place(closed):
    closed.unlink()

    with pytest.raises(KitError, match=r"is empty or gone, though 5 changes up to .* Please put a backup in its place"):
        Store(closed)

    assert not closed.exists()


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_whoever_accepts_what_is_left_goes_on_with_it(place, key):
    with closing(Store(place, key)) as store:
        store.save(kit.Client(name="Heron"), kit.Win(client="Heron", title="bread"), kit.Win(client="Heron", title="x"))
    practice = harmed.Practice(place, key, None, place)
    with closing(harmed.connected(practice)) as db:
        db.execute("UPDATE wins SET title = 'cake' WHERE title = 'bread'")
        db.execute("DELETE FROM history WHERE seq > 2")
    sentence(place, key)

    Store(place, key, accept=True).close()

    with closing(Store(place, key)) as store:
        assert [one.title for one in store.records(kit.Win)] == ["cake", "x"]
        store.save(kit.Win(client="Heron", title="one more"))
        assert is_sound(store)
    with closing(harmed.connected(practice)) as db:
        db.execute("UPDATE wins SET title = 'cake' WHERE title = 'x'")
    assert "(small win: 1;" in sentence(place, key)


@pytest.mark.slow
def test_the_command_line_accepts_what_is_left(closed):
    tell(closed, "DELETE FROM wins")
    command = [sys.executable, "-m", "kit", "check", "--book", str(closed)]

    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    accepted = subprocess.run([*command, "--accept"], capture_output=True, text=True, check=False)

    assert refused.returncode == 1 and "(small win: 1;" in refused.stdout
    assert f"From now on {closed} is taken as it is." in accepted.stdout
    Store(closed).close()


def test_a_head_of_another_key_is_not_believed(place):
    with closing(Store(place, KEY)) as store:
        store.save(kit.Client(name="Heron"))
    checkpoint.append(place, b"another", checkpoint.Checkpoint(99, "00", ""))

    Store(place, KEY).close()


def test_a_copy_without_its_head_says_once_that_nobody_can_tell_whether_it_is_complete(closed):
    checkpoint.path_for(closed).unlink()

    first, second = _opened_twice(closed)

    assert first.startswith("Whether this book is complete cannot be told") and second == ""


def _opened_twice(place):
    for _time in range(2):
        with closing(Store(place)) as store:
            yield store.remark


def test_a_new_book_and_one_without_changes_have_nothing_to_say(place):
    assert list(_opened_twice(place)) == ["", ""]
    checkpoint.path_for(place).unlink()

    assert list(_opened_twice(place)) == ["", ""]


def test_a_closed_book_is_known_by_its_bytes_and_one_that_was_changed_since_is_looked_through(store, place):
    store.close()
    again = Store(place)
    assert again._is_unchanged
    again.save_draft("Heron", "small_win", {"title": "b"})
    again._engine.dispose()

    with closing(Store(place)) as again:
        assert not again._is_unchanged


def test_a_change_from_outside_while_the_kit_has_the_book_open_is_named_too(store, place):
    tell(place, "UPDATE wins SET title = 'cake'")
    store.close()

    assert "(small win: 1;" in sentence(place)


def test_the_head_stays_small_however_much_is_saved(place, monkeypatch):
    monkeypatch.setattr(checkpoint, "MAX_SIZE", 2000)
    with closing(Store(place)) as store:
        store.save(kit.Client(name="Heron"))
        for _save in range(20):
            store.save(kit.Win(client="Heron", title="bread"))
    Store(place).close()

    assert len([line for line in checkpoint.path_for(place).read_bytes().splitlines() if line]) <= 2
    assert checkpoint.read(place, b"").count == 21


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_the_head_is_readable_for_its_owner_alone_and_tells_nothing_of_anybody(closed):
    assert checkpoint.path_for(closed).stat().st_mode & 0o777 == 0o600
    told = [json.loads(line) for line in checkpoint.path_for(closed).read_text().splitlines() if line]
    assert {name for line in told for name in line} == {"count", "link", "at", "file", "check"}


def test_a_rating_cannot_be_guessed_from_its_digest_without_the_salt(store):
    store.save(kit.CheckIn(client="Heron", energy=3, id="x"), kit.CheckIn(client="Otter", energy=3, id="y"))
    with store._reading_transaction() as db:
        rows = db.exec_driver_sql("SELECT digest FROM history WHERE kind = 'check_ins'").scalars().all()
        salts = db.exec_driver_sql("SELECT salt FROM salts").scalars().all()

    assert len(set(rows)) == 2
    assert len(set(salts)) == len(salts) >= 2 and min(map(len, salts)) == 32


# damaged and sound copies, kills ----------------------------------------------------------------


@pytest.mark.slow
def test_of_300_damaged_copies_every_one_that_lost_or_changed_something_is_named(tmp_path):
    looked = [one for seed in range(15) for one in harmed.looked_at(tmp_path, seed)]

    assert [what for what, said, as_it_was in looked if not (said or as_it_was)] == []
    assert len(looked) == 300 and sum(bool(said) for _what, said, _same in looked) > 150


@pytest.mark.slow
def test_of_300_sound_copies_none_raises_an_alarm(tmp_path):
    looked = [one for seed in range(15) for one in harmed.looked_at(tmp_path, 100 + seed, harmed.HARMLESS)]

    assert [(what, said) for what, said, as_it_was in looked if said or not as_it_was] == []
    assert len(looked) == 300


@pytest.mark.slow
def test_after_50_kills_while_two_save_every_acknowledged_entry_is_there_and_there_is_no_alarm(tmp_path):
    acknowledged, lacking, said = harmed.killed(tmp_path, 50)

    assert (lacking, said) == (0, [])
    assert acknowledged > 10


@pytest.mark.slow
@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_20_programs_save_20_entries_each_into_one_book_and_all_are_kept(place, key):
    assert harmed.saved_at_once(place, key, 20, 20) == 400


# the first schema -------------------------------------------------------------------------------


@pytest.fixture
def first(place):
    """A book as the kit wrote it before there was a history."""
    place.write_bytes(gzip.decompress(FIRST_BOOK.read_bytes()))
    return place


def held(place):
    """Everything in an old book, without opening it as one."""
    with closing(sqlcipher.connect(str(place))) as db:
        return {kind.plural: sorted(db.execute(f'SELECT * FROM "{kind.plural}"').fetchall()) for kind in KINDS}


def test_a_book_of_the_first_schema_opens_and_its_history_begins(first):
    before = held(first)

    with closing(Store(first)) as store:
        assert store.remark == ""
        win = the_win(store)
        assert [(one.did, one.record) for one in store.history(win)] == [("found", win)]
        assert win.title == "bread in the oven \U0001f35e"
        assert store.draft("Heron", "small_win") == {"title": "br"}
        assert is_sound(store)

    assert held(first) == before and sum(map(len, before.values())) == 17
    tell(first, "UPDATE wins SET title = 'cake'")
    assert "(small win: 1;" in sentence(first)


def test_what_is_missing_in_an_older_book_is_named_before_it_is_brought_up_to_date(closed, monkeypatch):
    tell(closed, "UPDATE wins SET title = 'cake'")
    monkeypatch.setattr(opening, "SCHEMA", "9000")
    as_bytes = closed.read_bytes()

    assert "(small win: 1;" in sentence(closed)
    assert closed.read_bytes() == as_bytes


# the panel --------------------------------------------------------------------------------------


@pytest.fixture
def panel(story):
    """The story with a changed milestone, and the panel opened for Heron."""
    rang = next(one for one in story.records(kit.Milestone) if one.title == "Rang my sister")
    story.change(rang, title="Rang my sister twice", effort=3)
    story.state.choose("Heron")
    panel = story.history()
    panel.act("more")
    return panel


@pytest.fixture
def entries(panel, story):
    """All that is noted of Heron, with what can be done about it."""
    return story.entries()


def lines(panel):
    """All lines of a panel, also those that stand inside another one."""
    found = [one for block in panel.view["blocks"] if block["is"] == "list" for one in block["items"]]
    inner = [one for line in found for block in line["blocks"] if block["is"] == "list" for one in block["items"]]
    return [*found, *inner]


def pressed(line):
    """What the buttons of a line do, and with what."""
    rows = [block["items"] for block in line["blocks"] if block["is"] == "buttons"]
    return [(one["do"], one["with"]) for one in (*line.get("buttons", []), *(one for row in rows for one in row))]


def bring_back(panel, title, place=0):
    (*_some, (_do, given)) = pressed([one for one in lines(panel) if one["title"] == title and pressed(one)][place])
    panel.act("bring_back", given)


def was_and_is(line):
    """Label -> the words of both forms."""
    said = [(label, *forms) for label, *forms in line["forms"].get("rows", [])]
    return {
        label: tuple(forms and " ".join(words for words, _differs in forms) for forms in some) for label, *some in said
    }


def titles(story, kind):
    return [one.title for one in story.records(kind)]


def test_the_panel_opens_at_a_press_and_says_what_was_changed_newest_first(panel):
    newest = lines(panel)[0]

    assert newest["title"] == "Rang my sister twice"
    assert re.fullmatch(r"milestone \u00b7 changed \u00b7 \d\d:\d\d \u00b7 by the coach", newest["meta"])
    assert was_and_is(newest) == {
        "My milestone, in my words": ("Rang my sister", "Rang my sister twice"),
        "What it took": ("7", "3"),
    }
    assert [block["text"] for block in panel.view["blocks"] if block["is"] == "heading"] == ["Today"]


def test_what_was_only_noted_is_no_change_and_is_not_told_as_one(panel):
    assert [one["title"] for one in lines(panel)] == ["Rang my sister twice"]


def test_a_client_of_whom_nothing_was_changed_reads_one_kind_sentence(story):
    story.add(kit.Client(name="Otter"))
    story.state.choose("Otter")
    panel = story.history()
    panel.act("more")

    assert "Nothing was changed or removed yet. When something is, what it was stays here." in repr(panel.view)


def test_the_words_that_differ_are_marked_and_what_is_alike_is_shown_in_part(panel, story):
    begin, end = " ".join(f"b{n}" for n in range(20)), " ".join(f"e{n}" for n in range(20))
    note = story.add(kit.Milestone(client="Heron", title="x", note=f"{begin} one small {end}"))
    story.change(note, note=f"{begin} two {end}")
    panel.refresh()

    _label, was, now = lines(panel)[0]["forms"]["rows"][0]

    around = " ".join(begin.split()[-8:]), " ".join(end.split()[:8])
    assert was == [[f"\u2026 {around[0]}", False], ["one small", True], [f"{around[1]} \u2026", False]]
    assert now[1] == ["two", True]


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_of_any_two_short_forms_each_word_is_shown_in_its_own(was, now):
    for form, told in zip((was, now), _apart(was, now), strict=True):
        words = " ".join(words for words, _differs in told).split()

        assert words == (form.split() or ["left", "open"]) or "\u2026" in words


def test_an_earlier_form_comes_back_at_one_press_and_goes_at_undo(panel, story):
    bring_back(panel, "Rang my sister twice")

    assert "Rang my sister" in titles(story, kit.Milestone)
    assert panel.status == {"undo": True, "said": "It is back as it was."}
    assert "an earlier form brought back" in lines(panel)[0]["meta"]
    panel.act("undo")
    assert "Rang my sister twice" in titles(story, kit.Milestone)


def test_what_was_said_stands_inside_the_line_that_was_pressed_and_nowhere_else(panel):
    bring_back(panel, "Rang my sister twice")

    with_room = [one for one in lines(panel) if any(block["is"] == "save" for block in one["blocks"])]
    assert [one["title"] for one in with_room] == ["Rang my sister twice"]
    assert [block for block in panel.view["blocks"] if block["is"] == "save"] == []


def test_a_form_that_stands_already_is_not_offered(panel):
    bring_back(panel, "Rang my sister twice")

    assert [bool(pressed(one)) for one in lines(panel)] == [True, False]


def test_what_was_removed_comes_back_with_what_went_along_and_with_the_links_to_it(panel, story):
    walk = next(one for one in story.records(kit.Tool) if one.title == "a quiet walk")
    step = story.add(kit.Step(client="Heron", title="Walk", tool=walk.id))
    use = story.add(kit.ToolUse(client="Heron", tool=walk.id, helped=7))
    story.remove(walk)
    panel.refresh()

    assert "2 entries that belonged to it went along." in lines(panel)[0]["lines"]
    bring_back(panel, "a quiet walk")

    assert [one.tool for one in (*story.records(kit.Step), *story.records(kit.ToolUse))] == [walk.id, walk.id]
    panel.act("undo")
    assert story.records(kit.ToolUse) == [] and story.records(kit.Step)[0].tool is None
    assert step.id == story.records(kit.Step)[0].id and use.helped == 7


def test_a_name_that_is_gone_is_told_in_words_and_never_as_an_id(panel, story):
    walk = next(one for one in story.records(kit.Tool) if one.title == "a quiet walk")
    step = story.add(kit.Step(client="Heron", title="Walk", tool=walk.id))
    story.remove(walk)
    story.change(story.records(kit.Step)[0], title="Walk slowly")
    story.remove(story.records(kit.Step)[0])
    panel.refresh()

    shown = repr([one["forms"] for one in lines(panel)])
    assert walk.id not in shown and step.id not in shown


def test_the_shared_page_shows_nothing_of_what_is_for_the_coach_alone_and_leaves_it_as_it_stands(panel, story, only):
    story.change(only(kit.Setback), private_note="a very private note", title="Four days in bed")
    story.change(only(kit.Setback), private_note="a note of yesterday")
    panel.refresh()

    assert "private" not in repr(panel.view) and "yesterday" not in repr(panel.view)
    bring_back(panel, "Four days in bed")
    assert (only(kit.Setback).title, only(kit.Setback).private_note) == ("Three days in bed", "a note of yesterday")


def test_the_coachs_own_page_shows_earlier_private_notes_too(panel, story, only):
    story.change(only(kit.Setback), private_note="a very private note")
    story.state.turn_to_the_coach()
    panel.refresh()

    was, now = was_and_is(lines(panel)[0])["For my eyes alone"]
    assert was.startswith("looked very tired") and now == "a very private note"


def test_without_an_agreement_the_history_is_read_and_nothing_is_brought_back(panel, story, only):
    story.change(only(kit.Agreement), withdrawn_on=date.today())
    panel.refresh()

    assert lines(panel) and [pressed(one) for one in lines(panel) if pressed(one)] == []
    panel.act("bring_back", int(lines(panel)[-1]["id"]))
    assert "Rang my sister twice" in titles(story, kit.Milestone)


def test_an_agreement_that_was_taken_back_is_not_given_again_by_a_press_here(panel, story, only):
    other = story.add(kit.Agreement(client="Heron", to="a room"))
    story.change(other, withdrawn_on=date.today())
    panel.refresh()

    assert lines(panel)[0]["title"] == "filling in forms on my own device"
    assert pressed(lines(panel)[0]) == []
    panel.act("bring_back", int(lines(panel)[0]["id"]))
    assert all(one.withdrawn_on for one in story.records(kit.Agreement) if one.to == "a room")


def test_an_earlier_name_of_who_is_here_is_read_and_not_brought_back(panel, story, only):
    story.change(only(kit.Client), name="Coot")
    story.state.choose("Coot")
    panel.act("more")

    assert was_and_is(lines(panel)[0])["Code name"] == ("Heron", "Coot")
    assert pressed(lines(panel)[0]) == []


def test_the_next_person_finds_the_panel_closed(panel, story):
    story.add(kit.Client(name="Otter"))

    story.state.choose("Otter")

    assert "Rang my sister" not in repr(panel.view)
    panel.act("more")
    assert "Rang my sister" not in repr(panel.view)


def test_a_change_long_ago_is_found_though_much_was_noted_since(panel, story):
    story._store.save(*[kit.Win(client="Heron", title=f"win {n}") for n in range(200)])
    private = story.add(kit.Setback(client="Heron", title="y"))
    for n in range(60):
        private = story.change(private, private_note=f"note {n}")
    panel.refresh()

    assert [one["title"] for one in lines(panel)] == ["Rang my sister twice"]


# earlier forms among the entries ----------------------------------------------------------------


def offers(panel, title):
    return [do for do, _given in pressed(next(one for one in lines(panel) if one["title"] == title))]


def test_an_entry_that_was_changed_offers_its_earlier_forms_inside_its_own_line(entries, story):
    assert offers(entries, "Rang my sister twice") == ["earlier", "take_up", "remove"]
    assert offers(entries, "Bread in the oven") == ["take_up", "remove"]
    rang = next(one for one in story.records(kit.Milestone) if one.version == 2)

    entries.act("earlier", ["milestones", rang.id])

    changed_line, noted = lines(entries)[-2:]
    assert changed_line["meta"].startswith("changed \u00b7 ") and noted["meta"].startswith("noted \u00b7 ")
    assert was_and_is(changed_line)["What it took"] == ("7", "3")
    bring_back(entries, "")
    assert "Rang my sister" in titles(story, kit.Milestone)
    entries.act("undo")
    assert "Rang my sister twice" in titles(story, kit.Milestone)


def test_what_was_removed_lately_comes_back_after_a_reload(entries, story, only):
    story.remove(only(kit.Win))
    again = story.entries()
    assert "Bread in the oven" not in repr(again.view)

    again.act("removed")
    bring_back(again, "Bread in the oven")

    assert only(kit.Win).title == "Bread in the oven"
    again.act("undo")
    assert story.records(kit.Win) == []


def test_what_is_back_is_no_longer_among_what_was_removed(entries, story, only):
    win = only(kit.Win)
    story.remove(win)
    story.restore(win)

    entries.act("removed")

    assert "Nothing was removed lately." in repr(entries.view)
    assert offers(entries, "Bread in the oven") == ["earlier", "take_up", "remove"]


def test_the_next_person_finds_no_earlier_form_open(entries, story, only):
    story.remove(only(kit.Win))
    entries.act("removed")
    story.add(kit.Client(name="Otter"))

    story.state.choose("Otter")
    assert "Bread in the oven" not in repr(entries.view)
    story.state.choose("Heron")
    assert "Bread in the oven" not in repr(entries.view)


# two people, one record -------------------------------------------------------------------------


@pytest.fixture
def elsewhere(story):
    """Another notebook on the same book, with Heron at its table."""
    other = SessionState(story._store)
    other.client = "Heron"
    story.state.choose("Heron")
    return {"here": story.state, "there": other}


def taken_up(state, record):
    panel = Entries(state)
    panel.act("take_up", [record.plural, record.id])
    return panel


def save(panel):
    """What the page sends when Save is pressed: all that stands in the forms, touched or not."""
    shown = {block["key"]: block["values"] for block in panel.view["blocks"] if block["is"] == "form"}
    panel._heard(panel, {"do": "save", "typed": {key: {**shown[key], **panel.typed.get(key, {})} for key in shown}}, [])


def beside(panel):
    asked = [one for block in panel.view["blocks"] if block["is"] == "form" for one in block["fields"]]
    return {one["name"]: one["elsewhere"] for one in asked if one["elsewhere"]}


def test_when_two_change_one_field_the_second_reads_what_the_first_said_and_then_keeps_theirs(elsewhere, story, only):
    here, there = (taken_up(state, only(kit.Win)) for state in elsewhere.values())
    there.fill("entry", title="Bread, and soup")
    here.fill("entry", title="Two loaves of bread")
    save(there)

    save(here)

    assert only(kit.Win).title == "Bread, and soup"
    assert here.typed["entry"]["title"] == "Two loaves of bread"
    assert here.status["said"] == "It was changed elsewhere in the meantime. Both are here: Save keeps what you typed."
    assert beside(here) == {"title": "Elsewhere it says now: Bread, and soup"}
    save(here)
    assert [one.record.title for one in story.history(only(kit.Win))] == [
        "Bread in the oven",
        "Bread, and soup",
        "Two loaves of bread",
    ]
    here.act("undo")
    assert only(kit.Win).title == "Bread, and soup"


def test_what_two_say_of_different_fields_is_kept_both(elsewhere, only):
    here, there = (taken_up(state, only(kit.Setback)) for state in elsewhere.values())
    there.fill("entry", learned="to rest sooner")
    here.fill("entry", what_held="the cat, and the kettle")
    save(there)

    save(here)

    assert here.status["said"].startswith("Saved ")
    assert (only(kit.Setback).learned, only(kit.Setback).what_held) == ("to rest sooner", "the cat, and the kettle")


def test_what_the_coach_notes_alone_in_the_meantime_is_neither_lost_nor_told(elsewhere, story, only):
    here = taken_up(elsewhere["here"], only(kit.Setback))
    here.fill("entry", learned="to rest sooner")
    story.change(only(kit.Setback), private_note="a note of the coach")

    save(here)

    assert (only(kit.Setback).learned, only(kit.Setback).private_note) == ("to rest sooner", "a note of the coach")
    assert "a note of the coach" not in repr(here.view) + repr(here.status)


def test_what_stands_untouched_in_a_form_overwrites_nothing_that_was_noted_elsewhere(elsewhere, story):
    story.add(kit.Session(client="Heron"))
    here, there = (CloseSession(state) for state in elsewhere.values())
    there.fill("session", takeaway="one letter at a time")
    save(there)
    here.fill("session", ask_next_time="the letters")

    save(here)

    (session,) = story.records(kit.Session)
    assert (session.takeaway, session.ask_next_time) == ("one letter at a time", "the letters")


def test_what_both_say_alike_is_no_reason_to_ask(elsewhere, only):
    here, there = (taken_up(state, only(kit.Win)) for state in elsewhere.values())
    for panel in (there, here):
        panel.fill("entry", title="Bread, and soup")
    save(there)

    save(here)

    assert only(kit.Win).title == "Bread, and soup" and beside(here) == {}


def test_the_conflict_is_told_after_a_reload_too(elsewhere, only):
    here, there = (taken_up(state, only(kit.Win)) for state in elsewhere.values())
    here.fill("entry", title="Two loaves of bread")
    here.act("draft")
    there.typed = {}
    there.act("take_up", ["wins", only(kit.Win).id])
    there.fill("entry", title="Bread, and soup")
    there.act("save")
    elsewhere["here"].save_draft("entries", {**here.typed, "stood": here._stood})

    again = Entries(elsewhere["here"])

    assert again.typed["entry"]["title"] == "Two loaves of bread"
    assert beside(again) == {"title": "Elsewhere it says now: Bread, and soup"}


def test_what_was_removed_elsewhere_while_it_was_changed_here_comes_back_with_what_was_typed(elsewhere, story, only):
    win = only(kit.Win)
    here = taken_up(elsewhere["here"], win)
    here.fill("entry", title="Two loaves of bread")
    story.remove(win)

    save(here)

    assert "What you typed is kept: bring the entry back, and it stands in the form again." in repr(here.view)
    bring_back(here, "Bread in the oven")
    assert here.forms()["entry"].record == only(kit.Win)
    assert here.typed["entry"]["title"] == "Two loaves of bread"
    save(here)
    assert only(kit.Win).title == "Two loaves of bread"


def test_a_change_made_at_the_coachs_computer_is_told_as_made_there(elsewhere, story):
    sent = story.add(kit.Win(client="Heron", title="from a phone", by="client"))
    here = taken_up(elsewhere["here"], sent)
    here.fill("entry", title="from my phone")

    save(here)

    assert [one.by for one in story.history(sent)] == ["client", "coach"]
