"""A session of one: the client's own forms on their own device, and nothing that is for the coach alone."""

import re
from datetime import date
from uuid import uuid4

import pytest
from rooming import opened, path_of

import kit
from kit import rooms
from kit.fields import about, visible_fields
from kit.rooms import remote_pages, remote_session
from kit.words import KitError

PLACES = ["/form/check_in", "/journey", "/support", "/data", "/agree", "/now", "/lead", "/lead/state", "/lead/now"]


@pytest.fixture
def room(kit_home):
    with opened(kit_home, client="Heron") as room:
        yield room


@pytest.fixture
def device(room):
    return room.device().open(path_of(room.told.join)).send("/agree")


def keep(device, form, key=None, follow=True, **told):
    return device.send(f"/form/{form}", follow, id=key or uuid4().hex, **told)


def of(room, kind):
    return room.run.store.records(kind, "Heron")


def test_before_anything_else_the_client_agrees(room):
    device = room.device().open(path_of(room.told.join))
    assert device.path == "/agree"
    assert device.open("/form/check_in").path == "/agree"

    device.send("/agree")
    assert {(one.to, one.by) for one in of(room, kit.Agreement)} == {("notes", "client"), ("a room", "client")}
    assert device.path == "/"


def test_an_agreement_that_was_taken_back_closes_the_door(kit_home):
    with opened(kit_home, client="Heron") as room:
        today = date.today()
        room.run.store.save(kit.Agreement(client="Heron", to="a room", on=today, withdrawn_on=today))
        with pytest.raises(KitError, match="taken back"):
            remote_session.LiveSession(room.run.store, room.run.store.client("Heron"))


@pytest.mark.parametrize("form", list(remote_pages.FORMS))
def test_a_form_asks_all_that_a_client_may_see_and_nothing_else(room, device, form):
    page = device.open(f"/form/{form}").page

    asked = set(re.findall(r'name="(\w+)(?:-new)?"', page)) - {"_xsrf", "id", "viewport"} - {"color"}
    kind = remote_pages.FORMS[form].kind
    assert asked - {"helped_by"} <= set(visible_fields(kind, "client"))
    assert not asked & {name for name, told in about(kind).items() if told.audience == ("just_me",)}


def test_what_is_kept_is_the_clients_own(room, device):
    keep(device, "check_in", energy="4", soft="tea", heavy="the letters", hope="")

    [kept] = of(room, kit.CheckIn)
    assert (kept.energy, kept.soft, kept.heavy, kept.hope, kept.by) == (4, "tea", "the letters", None, "client")
    assert "Kept." in device.page


def test_a_setback_keeps_what_helped_what_came_before_and_what_was_in_nobodys_hands(room, device):
    keep(
        device, "setback", title="Three days in bed", began_on="2026-01-05", triggers=["short nights"],
        **{"triggers-new": "the move", "outside_control": "the weather", "helped_by-new": "a quiet walk"},
    )  # fmt: skip

    [setback], [tool], [use] = of(room, kit.Setback), of(room, kit.Tool), of(room, kit.ToolUse)
    assert setback.triggers == ("short nights", "the move", "the weather")
    assert setback.outside_control == ("the weather",)
    assert (tool.title, use.tool, use.setback) == ("a quiet walk", tool.id, setback.id)
    assert {one.by for one in (setback, tool, use)} == {"client"}


def test_what_is_sent_twice_is_kept_once(room, device):
    key = uuid4().hex
    for _time in range(3):
        keep(device, "small_win", key, title="Bread in the oven")

    assert [one.title for one in of(room, kit.Win)] == ["Bread in the oven"]


def test_another_devices_entry_is_not_touched(room, device):
    key = uuid4().hex
    keep(device, "small_win", key, title="Bread")
    room.act(do="another")
    other = room.device().open(path_of(room.told.join)).open("/form/small_win")

    assert keep(other, "small_win", key, title="Cake").status == 409
    assert [one.title for one in of(room, kit.Win)] == ["Bread"]


@pytest.mark.parametrize(
    ("form", "told", "says"),
    [
        ("check_in", {}, "Nothing is filled in yet."),
        ("check_in", {"energy": "12"}, "number from 0 to 10"),
        ("milestone", {"note": "without a title"}, "please write a few words"),
        ("milestone", {"title": "x", "area": "elsewhere"}, "one of those offered"),
        ("setback", {"title": "x", "began_on": "2026-03-01", "back_on_feet_on": "2026-02-01"}, "before the beginning"),
        ("small_win", {"title": "x" * 300}, "at most 200"),
    ],
)
def test_what_does_not_fit_is_told_in_one_sentence_and_stays_typed(room, device, form, told, says):
    assert keep(device, form, **told).status == 422

    assert says in device.page
    assert all(value in device.page for value in told.values() if len(value) > 2 and value != "elsewhere")
    assert of(room, remote_pages.FORMS[form].kind) == []


def test_the_coachs_own_notes_are_on_no_page(room, device):
    store = room.run.store
    heron = store.client("Heron")
    store.save(kit.records.changed(heron, private_note="SECRET one", version=2))
    store.save(kit.Setback(client="Heron", title="A long week", private_note="SECRET two"))
    store.save(kit.Session(client="Heron", private_note="SECRET three", takeaway="rest counts"))
    store.save(kit.Client(name="Maple"), kit.Win(client="Maple", title="SECRET four"))

    for place in ["/", "/journey", "/support", "/data", *(f"/form/{name}" for name in remote_pages.FORMS)]:
        page = device.open(place).page
        assert device.status == 200
        assert "SECRET" not in page
        assert "Maple" not in page
    assert "A long week" in device.open("/journey").page


def test_your_turn_hands_a_form_over(room, device):
    mark = room.run.version("phone")
    told = rooms.send_action(room.told, "turn", form="milestone")
    assert told["turn"] == "milestone"
    assert room.run.version("phone") != mark
    assert device.open("/").path == "/form/milestone"
    assert "it is your turn" in device.page

    keep(device, "milestone", title="Rang my sister")
    assert (rooms.get_state(room.told)["turn"], rooms.get_state(room.told)["saved"]) == ("", ["milestone"])
    assert device.open("/").path == "/"


def test_the_coach_sees_that_it_is_being_written_and_not_what(room, device):
    device.open("/form/milestone").send("/writing", form="milestone", title="SECRET")

    told = rooms.get_state(room.told)
    assert told["writing"] == "milestone"
    assert "SECRET" not in repr(told)
    keep(device, "milestone", title="Rang my sister")
    assert rooms.get_state(room.told)["writing"] == ""


def test_a_code_that_was_typed_opens_the_room_once(room):
    typed = room.told.typed
    assert room.device().open("/").send("/", code=typed).path == "/agree"

    assert room.device().open("/").send("/", code=typed).status == 403


@pytest.mark.parametrize("place", PLACES)
def test_nobody_without_a_code_sees_a_page(room, place):
    device = room.device()

    assert device.ask("GET", place).status == 403
    assert "Heron" not in device.page


def test_the_front_door_does_not_tell_whose_room_it_is(room):
    assert "Heron" not in room.device().open("/").page


@pytest.mark.parametrize("place", ["/form/small_win", "/agree", "/writing", "/lead/do"])
def test_a_form_without_its_token_is_refused(room, device, place):
    assert device.ask("POST", place, f"title=x&form=milestone&do=close&id={uuid4().hex}").status == 403
    assert of(room, kit.Win) == []


@pytest.mark.parametrize("place", ["/lead", "/lead/state"])
def test_the_client_does_not_see_the_coachs_side(device, place):
    assert device.ask("GET", place).status == 403


def test_closing_ends_it_for_everybody(room, device):
    rooms.send_action(room.told, "close")

    for place in PLACES:
        device.ask("GET", place)
        assert device.status == 410 or '"mark": "closed"' in device.page
