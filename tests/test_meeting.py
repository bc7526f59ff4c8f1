"""The first meeting: agreements come first, one by one; and what the coach keeps ready for it."""

import json
import os
from datetime import date, timedelta

import pytest

import kit
from kit import widgets
from kit.store import Store, support_lines
from kit.widgets.client_notes import ClientNotes

NOTED_IN = ("check_in", "small_win", "add_milestone", "next_step", "close_session", "better", "supporters", "plan")
OPEN = ("choose_client", "agreements", "support_now", "next_person", "entries", "journey", "make_report", "heavier_day")
KEY = bytes(range(32))


@pytest.fixture
def otter(book):
    """Somebody who has just sat down for the first time, and has agreed to nothing."""
    book.add(kit.Client(name="Otter"))
    book.state.choose("Otter")
    return book


@pytest.fixture
def asked(otter):
    return otter.agreements()


@pytest.fixture
def own(tmp_path):
    """A practice of one's own, with two clients."""
    book = kit.open_book(tmp_path / "practice.book")
    book.add(kit.Client(name="Red Otter"))
    book.add(kit.Client(name="Badger"))
    yield book
    book.close()


def told(panel) -> str:
    return repr(panel.view) + repr(panel.status)


def press(panel, do, given=None, **typed):
    """What the page sends when a button is pressed."""
    panel._heard(panel, {"do": do, "with": given, "typed": typed or None}, [])


def offered(panel) -> list:
    """What the buttons of a panel do, in the order of the page."""
    found = []

    def walk(one):
        if isinstance(one, dict):
            found.extend([(one["do"], one.get("with"))] if "do" in one else [])
            one = list(one.values())
        for inner in one if isinstance(one, list) else []:
            walk(inner)

    walk(panel.view["blocks"])
    return found


def agreed(book) -> list:
    return [(one.to, one.on, one.withdrawn_on) for one in book.records(kit.Agreement, "Otter")]


def waits(panel) -> bool:
    return panel.view["looks"] in ("quiet", "waits")


# one agreement at a time --------------------------------------------------------------------------


def test_agreements_are_asked_one_at_a_time_in_a_kind_order(asked):
    order = []
    while asks := [given for do, given in offered(asked) if do == "yes" and asked.looks() == ""]:
        order += asks
        press(asked, "yes", asks[0])

    assert order == ["notes", "my report", "a supporter's report", "a room"]
    assert len(widgets.meeting.ASKED) == 4


def test_a_yes_is_noted_from_today(asked, otter):
    press(asked, "yes", "notes")

    assert agreed(otter) == [("notes", date.today(), None)]
    assert "Noted: yes to notes, from today." in told(asked)


def test_nothing_is_kept_of_a_not_now_and_the_next_is_asked(asked, otter):
    press(asked, "yes", "notes")

    press(asked, "later", "my report")

    assert agreed(otter) == [("notes", date.today(), None)]
    assert offered(asked)[0] == ("yes", "a supporter's report")


def test_a_not_now_to_notes_may_become_a_yes(asked, otter):
    press(asked, "later", "notes")
    assert "Not now is fine" in told(asked)

    press(asked, "yes", "notes")

    assert agreed(otter) == [("notes", date.today(), None)]


def test_two_taps_on_yes_are_one_agreement(asked, otter):
    press(asked, "yes", "notes")

    press(asked, "yes", "notes")

    assert len(agreed(otter)) == 1


def test_what_is_taken_back_stays_with_both_days_and_can_be_given_again(asked, otter):
    otter.add(kit.Agreement(client="Otter", to="notes", on=date.today() - timedelta(days=9)))
    otter.state.notify()

    press(asked, "back", "notes")
    assert agreed(otter) == [("notes", date.today() - timedelta(days=9), date.today())]
    press(asked, "yes", "notes")

    assert agreed(otter) == [("notes", date.today() - timedelta(days=9), date.today()), ("notes", date.today(), None)]


def test_undo_of_a_yes_and_of_taking_it_back(asked, otter):
    press(asked, "yes", "notes")
    press(asked, "back", "notes")
    press(asked, "undo")
    assert agreed(otter) == [("notes", date.today(), None)]
    assert "stands in the form" not in told(asked)

    press(asked, "undo")

    assert agreed(otter) == []
    assert offered(asked)[0] == ("yes", "notes")


def test_a_yes_on_which_entries_rest_leaves_its_trace(asked, otter):
    press(asked, "yes", "notes")
    otter.add(kit.Win(client="Otter", title="Came here"))

    press(asked, "undo")

    assert agreed(otter) == [("notes", date.today(), None)]
    assert "Something was noted since this yes" in told(asked)


def test_agreements_fold_to_one_line_with_the_day_of_each(otter):
    otter.add(kit.Agreement(client="Otter", to="notes", on=date(2026, 3, 3)))
    otter.add(kit.Agreement(client="Otter", to="my report", on=date(2026, 3, 10)))
    otter.add(kit.Agreement(client="Otter", to="a room", on=date(2026, 3, 3), withdrawn_on=date(2026, 3, 10)))

    (line, *_rest) = otter.agreements().view["blocks"]

    assert line["text"] == "Agreed: notes since 3 Mar 2026 and my report since 10 Mar 2026."
    assert "agreed on 3 Mar 2026, taken back on 10 Mar 2026" in repr(line["blocks"])


def test_an_agreement_is_not_removed_or_rewritten_among_the_entries(asked, otter):
    press(asked, "yes", "notes")

    assert "agreement" in told(otter.entries())
    assert [do for do, _given in offered(otter.entries()) if do in ("remove", "take_up")] == []


def test_what_this_is_and_is_not_stands_before_the_first_question(otter):
    otter.add(kit.Practice(name="The Green Door", contact="first floor", scope="Two people thinking.\nNot therapy."))

    words = repr(otter.agreements().view["blocks"])

    assert words.index("Two people thinking.") < words.index("Not therapy.") < words.index("May we keep notes")
    assert "The Green Door: first floor" in words


def test_without_practice_details_the_coach_says_it(asked):
    assert "where confidentiality ends" in told(asked)


# before and after -----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", NOTED_IN)
def test_nothing_opens_to_be_noted_before_the_yes_to_notes(otter, word):
    panel = getattr(otter, word)()
    assert "This opens with a yes to notes" in told(panel)
    assert offered(panel) == []

    otter.add(kit.Agreement(client="Otter", to="notes"))
    otter.state.notify()

    assert not waits(panel)


@pytest.mark.parametrize("word", OPEN)
def test_what_needs_no_agreement_is_open(otter, word):
    assert not waits(getattr(otter, word)())


def test_another_agreement_than_notes_opens_nothing(otter):
    otter.add(kit.Agreement(client="Otter", to="my report"))

    assert waits(otter.small_win())


def test_a_page_that_has_not_heard_of_it_keeps_nothing_after_notes_were_taken_back(otter):
    given = otter.add(kit.Agreement(client="Otter", to="notes"))
    panel = otter.small_win()
    panel.fill("win", title="Typed a moment too late")
    otter.change(given, withdrawn_on=date.today())

    press(panel, "save")

    assert otter.records(kit.Win) == []
    assert waits(panel)


def test_after_notes_were_taken_back_entries_are_read_and_removed_and_none_is_new_or_changed(otter):
    win = otter.add(kit.Win(client="Otter", title="Came here"))
    otter.add(kit.Agreement(client="Otter", to="notes", withdrawn_on=date.today()))
    entries = otter.entries()
    assert "Nothing new is noted; what is there can be read, handed out and removed." in told(otter.small_win())
    assert "Came here" in told(entries)

    press(entries, "take_up", ["wins", win.id])
    assert "entry" not in entries.forms()
    press(entries, "remove", ["wins", win.id])

    assert otter.records(kit.Win) == []


def test_a_heavier_day_before_the_first_yes_asks_for_nothing(otter):
    panel = otter.heavier_day()

    assert offered(panel) == []
    assert "nothing has to be noted" in told(panel)


def test_there_is_a_way_out_of_a_heavier_day_whose_notes_were_taken_back(otter):
    given = otter.add(kit.Agreement(client="Otter", to="notes"))
    panel = otter.heavier_day()
    press(panel, "begin")
    otter.change(given, withdrawn_on=date.today())
    otter.state.notify()
    assert panel.forms() == {}

    press(panel, "end")

    assert not otter.state.heavier


def test_everybody_of_the_sample_has_agreed_to_notes():
    book = kit.open_book("sample")
    for client in book.records(kit.Client):
        book.state.choose(client.name)

        assert ClientNotes(book.state).may_note, client.name
    book.close()


# the arc of a first meeting ---------------------------------------------------------------------------


ARC = ("better", "supporters", "toolkit", "next_step", "close_session")
LATER = ("check_in", "small_win", "review_steps", "add_milestone", "explore_setback", "journey")


def test_a_first_meeting_shows_its_own_arc_and_the_rest_waits(asked, otter):
    press(asked, "yes", "notes")

    assert [word for word in ARC if waits(getattr(otter, word)())] == []
    assert {getattr(otter, word)().view["looks"] for word in LATER} == {"waits"}


def test_the_whole_session_can_be_shown_and_put_back(asked, otter):
    press(asked, "yes", "notes")
    panel = otter.small_win()

    press(asked, "whole")
    assert not waits(panel)
    press(asked, "short")

    assert waits(panel)


def test_it_stays_a_first_meeting_for_the_day_and_is_one_no_longer_at_the_next(asked, otter):
    press(asked, "yes", "notes")
    session = otter.add(kit.Session(client="Otter"))
    assert waits(otter.small_win())

    otter.change(session, on=date.today() - timedelta(days=7))

    assert not waits(otter.small_win())


def test_where_no_agreements_are_asked_a_page_is_whole(otter):
    otter.add(kit.Agreement(client="Otter", to="notes"))

    assert not waits(otter.small_win())
    assert otter.journey().view["looks"] == ""


def test_what_better_means_and_what_people_could_know_are_noted_together(asked, otter):
    press(asked, "yes", "notes")
    panel = otter.better()
    panel.fill("better", text="Answering the door")
    panel.fill("me", wish_you_knew="Mornings are hard")

    press(panel, "save")

    assert [(one.text, one.on) for one in otter.records(kit.Better)] == [("Answering the door", date.today())]
    assert otter.records(kit.Client)[0].wish_you_knew == "Mornings are hard"
    press(panel, "undo")
    assert otter.records(kit.Better) == []
    assert otter.records(kit.Client)[0].wish_you_knew == ""


def test_later_it_is_one_line_that_asks_still_so(asked, otter):
    otter.add(kit.Agreement(client="Otter", to="notes", on=date(2026, 3, 3)))
    otter.add(kit.Session(client="Otter", on=date(2026, 3, 3)))
    otter.add(kit.Better(client="Otter", on=date(2026, 3, 3), text="Answering the door\nand not minding"))
    panel = otter.better()

    (line,) = panel.view["blocks"]

    assert line["text"] == "What better means, told on 3 Mar 2026: \u201cAnswering the door \u2026\u201d"
    assert (line["label"], line["open"], panel.view["looks"]) == ("Still so?", False, "slim")


def test_what_is_half_typed_in_a_line_comes_back_open(otter):
    otter.add(kit.Agreement(client="Otter", to="notes"))
    otter.state.save_draft("supporters", {"supporters": {"name": "Ad"}})

    (line,) = otter.supporters().view["blocks"]

    assert line["open"]


def test_a_tool_that_is_suggested_takes_one_tap_and_is_offered_no_longer(asked, otter):
    press(asked, "yes", "notes")
    panel = otter.toolkit()

    press(panel, "take", ["movement", "a quiet walk"])

    assert [(one.title, one.kind) for one in otter.records(kit.Tool)] == [("a quiet walk", "movement")]
    assert ("take", ["movement", "a quiet walk"]) not in offered(panel)
    press(panel, "undo")
    assert otter.records(kit.Tool) == []


# who is here, without anybody else's name ----------------------------------------------------------------


def test_a_practice_of_ones_own_shows_no_name_until_it_is_typed(own):
    door = own.choose_client()
    assert "Otter" not in told(door) and "Badger" not in told(door)

    press(door, "save", new={"name": " RED otter"})

    assert own.state.client == "Red Otter"
    assert "Here today: Red Otter" in told(door)
    assert "Badger" not in told(door)


def test_an_unknown_name_is_asked_about_before_somebody_new_begins(own):
    door = own.choose_client()
    press(door, "save", new={"name": "Heron"})
    assert (own.state.client, len(own.records(kit.Client))) == (None, 2)
    assert "Nobody here is called Heron yet" in told(door)

    press(door, "begin", new={"name": "Heron"})

    assert own.state.client == "Heron"


def test_a_name_that_was_corrected_meanwhile_sits_down_whichever_button_is_pressed(own):
    door = own.choose_client()
    press(door, "save", new={"name": "Bagder"})

    press(door, "begin", new={"name": "badger"})

    assert own.state.client == "Badger"
    assert len(own.records(kit.Client)) == 2


def test_the_next_person_finds_no_typed_name_and_no_offer(own):
    door = own.choose_client()
    press(door, "save", new={"name": "Heron"})
    press(door, "save", new={"name": "Badger"})

    own.state.clear()

    assert "Heron" not in told(door) and "Badger" not in told(door)
    assert "begin" not in dict(offered(door))


def test_who_was_put_away_is_not_among_the_buttons_of_the_sample():
    book = kit.open_book("sample")
    door = book.choose_client()
    assert ("choose", "Birch") in offered(door)
    birch = next(one for one in book.records(kit.Client) if one.name == "Birch")

    book.change(birch, put_away_on=date.today())
    book.state.notify()

    assert ("choose", "Birch") not in offered(door)
    assert ("choose", "Heron") in offered(door)
    book.close()


# what the coach keeps ready ------------------------------------------------------------------------------


def test_practice_details_are_dated_when_they_are_saved_and_when_they_are_looked_over(book):
    panel = book.practice_details()
    press(panel, "begin", practice={"name": "The Green Door"})
    assert "There is one limit" in panel.typed["practice"]["scope"]
    press(panel, "save")
    (kept,) = book.records(kit.Practice)
    assert (kept.name, kept.checked_on) == ("The Green Door", date.today())
    kept = book.change(kept, checked_on=date(2020, 1, 1))
    book.state.notify()
    assert "more than a year ago" in told(panel)

    press(panel, "checked", kept.id)

    assert book.records(kit.Practice)[0].checked_on == date.today()
    assert "more than a year ago" not in told(panel)
    press(panel, "undo")
    assert book.records(kit.Practice)[0].checked_on == date(2020, 1, 1)


def test_the_time_until_the_lock_is_for_the_coach_alone(book):
    panel = book.practice_details()
    assert "lock_after" not in panel.forms()["practice"].names

    book.state.turn_to_the_coach()

    assert "lock_after" in panel.forms()["practice"].names


@pytest.mark.parametrize("client", [None, "Otter"])
def test_support_lines_are_added_checked_changed_and_removed(book, client):
    book.add(kit.Client(name="Otter"))
    if client:
        book.state.choose(client)
    panel = book.support_lines()
    press(panel, "save", line={"name": "Lantern", "number": "000", "checked_on": "2020-01-01"})
    (line,) = book.records(kit.SupportLine)
    assert "more than a year ago" in told(panel)

    press(panel, "checked", line.id)
    assert book.records(kit.SupportLine)[0].checked_on == date.today()
    press(panel, "take_up", ["support_lines", line.id])
    press(panel, "save", line={**panel.forms()["line"].initial_values(), "number": "001"})
    assert [(one.number, one.version) for one in book.records(kit.SupportLine)] == [("001", 3)]
    press(panel, "remove", line.id)
    assert book.records(kit.SupportLine) == []

    press(panel, "undo")

    assert [one.number for one in book.records(kit.SupportLine)] == ["001"]


def test_what_is_typed_about_the_practice_stays_when_somebody_else_sits_down(own):
    panel = own.practice_details()
    press(panel, "draft", practice={"name": "The Green Do"})

    own.state.choose("Badger")

    assert panel.typed["practice"]["name"] == "The Green Do"
    assert own._store.draft("Badger", "practice_details") == {}


# the lines outside the book --------------------------------------------------------------------------------


LINE = kit.SupportLine(name="Lantern \u2606", number="000", hours="at night", checked_on=date(2020, 1, 1))


@pytest.fixture
def place(tmp_path):
    return tmp_path / "practice.book"


@pytest.fixture
def locked(place):
    """An encrypted book with a line in it, closed."""
    store = Store(place, KEY)
    store.save(kit.Client(name="Otter"), LINE)
    store.close()
    return place


def test_the_lines_of_an_encrypted_book_can_be_read_without_its_key_and_nothing_else(locked):
    assert support_lines.read_lines(locked) == [LINE]
    assert "Otter" not in support_lines.path_for(locked).read_text("utf-8")


def test_the_lines_outside_follow_each_save_and_undo(locked):
    store = Store(locked, KEY)
    changed = LINE.model_copy(update={"number": "001", "version": 2})

    before = store.save(changed)
    assert [one.number for one in support_lines.read_lines(locked)] == ["001"]
    store.undo([changed], before)
    assert [one.number for one in support_lines.read_lines(locked)] == ["000"]
    store.remove(LINE)
    assert support_lines.read_lines(locked) == []
    store.close()


@pytest.mark.parametrize("found", [b"", b"{", b"\xff\xfe\x00", b"7", b'["x"]', b'[{"name": 1}]', b"[" * 100_000, None])
def test_lines_that_are_damaged_or_gone_are_no_trouble_and_come_back_on_opening(locked, found):
    support_lines.path_for(locked).unlink() if found is None else support_lines.path_for(locked).write_bytes(found)
    assert support_lines.read_lines(locked) == []

    Store(locked, KEY).close()

    assert support_lines.read_lines(locked) == [LINE]


def test_a_book_without_a_key_lays_nothing_outside(place):
    store = Store(place)
    store.save(LINE)
    store.close()

    assert list(place.parent.glob("*.json")) == []
    assert support_lines.read_lines(place) == []
    assert support_lines.read_lines(None) == []


def test_a_save_is_kept_where_the_lines_cannot_be_laid_outside(locked):
    support_lines.path_for(locked).unlink()
    support_lines.path_for(locked).mkdir()
    store = Store(locked, KEY)

    store.save(kit.SupportLine(name="Harbour", number="001"))

    assert len(store.records(kit.SupportLine)) == 2
    store.close()


def test_a_yes_without_a_day_is_told_with_the_day_it_was_noted(asked, otter):
    otter.add(kit.Agreement(client="Otter", to="notes", on=None))
    otter.add(kit.Agreement(client="Otter", to="notes", on=date.today() - timedelta(days=1)))
    otter.state.notify()

    assert "Agreed: notes since" in told(asked)


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_the_lines_outside_are_their_owners_alone(locked):
    assert support_lines.path_for(locked).stat().st_mode & 0o777 == 0o600
    assert json.loads(support_lines.path_for(locked).read_bytes())[0]["name"] == LINE.name


def test_support_now_has_the_lines_of_a_locked_book(locked):
    book = kit.open_book(locked)
    assert book.locked

    words = repr(book.support_now().when_locked())

    assert "Lantern" in words and "more than a year ago" in words
    assert "open together with the practice" in words
    book.close()


def test_support_now_says_a_kind_sentence_where_there_is_nothing_to_read(locked):
    support_lines.path_for(locked).unlink()
    book = kit.open_book(locked)

    assert "The local emergency number is always there." in repr(book.support_now().when_locked())
    book.close()
