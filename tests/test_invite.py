"""The coach's side of a session of one: a page for the client, a form handed over, and what was kept there."""

import json
from types import SimpleNamespace
from uuid import uuid4

import pytest
import rooming

import kit
from kit import rooms
from kit.widgets import room_status


@pytest.fixture(autouse=True)
def by_hand(monkeypatch):
    """A room is looked at when a test does so."""
    monkeypatch.setattr(room_status, "EVERY", 3600)


@pytest.fixture
def book(tmp_path):
    made = kit.open_book(tmp_path / "rooms.book")
    made.add(kit.Client(name="Heron", private_note="ask gently about the old house"))
    made.add(kit.Client(name="Maple"))
    made.add(kit.Agreement(client="Heron", to="notes"))
    yield made
    made.close()


@pytest.fixture
def agreed(book):
    book.add(kit.Agreement(client="Heron", to="a room"))
    return book


@pytest.fixture
def opened(agreed, tmp_path, monkeypatch):
    with rooming.opened(tmp_path, client="Heron") as room:
        monkeypatch.setattr(rooms, "list_open", lambda: [] if room.run.ended else [room.told])
        yield room


@pytest.fixture
def page(opened, agreed):
    agreed.state.choose("Heron")
    return SimpleNamespace(invite=agreed.invite(), entries=agreed.entries(), state=agreed.state)


def seen(panel) -> str:
    return json.dumps([panel.view["blocks"], panel.status], ensure_ascii=False)


def look(page) -> None:
    """What happens every two seconds."""
    follow = page.invite.follow
    earlier = follow.state
    if follow.look():
        page.invite.heard(earlier)
        follow.tell()


def keep(device, name="small_win", **told):
    return device.open(f"/form/{name}").send(f"/form/{name}", id=uuid4().hex, **told)


def press(panel, do, given=None) -> None:
    panel._heard(panel, {"do": do, "with": given}, [])


def test_it_asks_for_the_agreement_before_anything_else(book):
    book.state.choose("Heron")
    panel = book.invite()
    assert "May you be asked to fill something in on your own device?" in seen(panel)
    assert "Open the page" not in seen(panel)

    press(panel, "agree")
    assert [one.to for one in book.records(kit.Agreement, "Heron")] == ["notes", "a room"]
    assert "Open the page" in seen(panel)


def test_without_a_yes_to_notes_no_page_is_offered(book):
    book.state.choose("Maple")

    assert "This opens with a yes to notes" in seen(book.invite())


def test_a_page_is_opened_for_who_is_here_and_closed(agreed, kit_home):
    agreed.state.choose("Heron")
    panel = agreed.invite()
    press(panel, "begin")
    try:
        (room,) = rooms.list_open()
        assert "The page is open, and nobody is in it yet." in seen(panel)
        assert room.typed in seen(panel)
    finally:
        press(panel, "close_now")
    assert rooms.list_open() == []
    assert "The page is closed." in seen(panel)


def test_who_has_come_in_is_told(page, opened):
    opened.device().open(rooming.path_of(opened.told.join))

    look(page)
    assert "Your turn: hand a form over." in seen(page.invite)
    assert opened.told.typed not in seen(page.invite), "the way in is put away once somebody is in"


def test_a_form_is_handed_over_and_taken_back(page, opened):
    device = opened.device().open(rooming.path_of(opened.told.join))
    look(page)

    press(page.invite, "room", ["turn", {"form": "small_win"}])
    assert "It is their turn: A small win." in seen(page.invite)
    assert device.open("/").path == "/form/small_win"
    press(page.invite, "room", ["turn", {"form": ""}])
    assert "What they keep appears here by itself." in seen(page.invite)


def test_that_it_is_being_written_is_told_and_what_is_not(page, opened):
    device = opened.device().open(rooming.path_of(opened.told.join)).open("/form/small_win")
    device.send("/writing", form="small_win", title="Fed the")

    look(page)
    assert "It is being written: A small win. You read it when it is kept." in seen(page.invite)
    assert "Fed the" not in seen(page.invite)


def test_what_was_kept_stands_in_the_entries_at_once(page, opened):
    device = opened.device().open(rooming.path_of(opened.told.join))
    look(page)
    assert "Fed the ducks" not in seen(page.entries)

    keep(device, title="Fed the ducks")
    look(page)
    assert "Fed the ducks" in seen(page.entries)
    assert "It stands in the entries." in seen(page.invite)


def test_the_first_device_takes_the_room_and_another_one_waits_for_the_coach(page, opened):
    first = opened.device().open(rooming.path_of(opened.told.join))
    assert opened.device().open(rooming.path_of(opened.told.join)).status == 403

    press(page.invite, "room", ["another", {}])
    look(page)
    assert "One more device may come in." in seen(page.invite)
    assert opened.device().open(rooming.path_of(opened.told.join)).status == 200
    assert opened.device().open(rooming.path_of(opened.told.join)).status == 403
    assert first.open("/").status == 200


def test_nothing_for_the_coachs_eyes_and_nobody_else_is_on_the_clients_pages(page, opened, agreed):
    agreed.add(kit.Setback(client="Heron", title="Three days in bed", private_note="looked very tired"))
    device = opened.device().open(rooming.path_of(opened.told.join))

    pages = {path: device.open(path).page for path in rooming.PAGES_OF_ONE}
    assert "Three days in bed" in pages["/journey"]
    for hidden in ("old house", "looked very tired", "private_note", "Maple"):
        assert [path for path, shown in pages.items() if hidden in shown] == []


def test_once_the_agreement_is_taken_back_the_journey_is_not_shown(page, opened, agreed):
    device = opened.device().open(rooming.path_of(opened.told.join))
    assert device.open("/journey").path == "/journey"

    (given,) = [one for one in agreed.records(kit.Agreement, "Heron") if one.to == "a room"]
    agreed.change(given, withdrawn_on=given.on)
    assert device.open("/journey").path == "/agree"
    assert keep(device, title="Fed the ducks").path == "/agree"
    assert agreed.records(kit.Win, "Heron") == []


def test_the_next_person_sees_that_a_page_is_open_and_not_whose(page, opened, agreed):
    agreed.state.clear()
    agreed.state.choose("Maple")

    assert "A page for somebody who was here before is still open" in seen(page.invite)
    assert "Heron" not in seen(page.invite)
    press(page.invite, "close_now")
    assert opened.run.ended


def test_a_page_that_is_open_can_be_closed_on_a_heavier_day(page):
    page.state.make_heavier(True)
    assert "Close the page" in seen(page.invite)

    press(page.invite, "close_now")
    assert "Not today." in seen(page.invite)


def test_the_client_takes_back_what_was_kept_and_a_late_copy_brings_nothing_back(page, opened, agreed):
    device = opened.device().open(rooming.path_of(opened.told.join))
    look(page)
    key = uuid4().hex
    device.open("/form/small_win").send("/form/small_win", id=key, title="Fed the ducks")
    look(page)
    assert "Take it back" in device.page

    device.send("/form/small_win/back", id=key)
    look(page)
    assert "Fed the ducks" not in seen(page.entries)
    assert "They took something back" in seen(page.invite)
    device.send("/form/small_win", id=key, title="Fed the ducks")
    assert agreed.records(kit.Win, "Heron") == []


def test_what_the_coach_has_changed_since_is_not_taken_back(page, opened, agreed):
    device = opened.device().open(rooming.path_of(opened.told.join))
    key = uuid4().hex
    device.open("/form/small_win").send("/form/small_win", id=key, title="Fed the ducks")
    agreed.change(agreed.records(kit.Win, "Heron")[0], title="Fed all the ducks")

    device.send("/form/small_win/back", id=key)
    assert "changed or removed elsewhere" in device.page
    assert [one.title for one in agreed.records(kit.Win, "Heron")] == ["Fed all the ducks"]


def test_another_device_takes_nothing_back(page, opened, agreed):
    device = opened.device().open(rooming.path_of(opened.told.join))
    key = uuid4().hex
    device.open("/form/small_win").send("/form/small_win", id=key, title="Fed the ducks")
    opened.act(do="another")
    other = opened.device().open(rooming.path_of(opened.told.join)).open("/form/small_win")

    assert other.send("/form/small_win/back", id=key).status == 409
    assert len(agreed.records(kit.Win, "Heron")) == 1
