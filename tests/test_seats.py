"""Who is in a room: heads are counted, a phone too many waits, a new code lets others in and costs nobody a seat."""

import contextlib
import os
import re
import socket
import time
from types import SimpleNamespace

import psutil
import pytest
from rooming import Device, opened, path_of

import kit
from kit import rooms
from kit.rooms import admission, seats
from kit.words import KitError

MOMENT = "One moment"


@pytest.fixture
def room(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="1")
        yield room


def heads(room, number):
    return room.act(do="heads", heads=str(number))


def rated(room, phones, numbers):
    for phone, number in zip(phones, numbers, strict=True):
        phone.share("energy", str(number), follow=False)
    room.act(do="reveal", ask="energy")
    return room.board().page.count('scope="row"')


# heads -----------------------------------------------------------------------------------------------


def test_until_somebody_says_how_many_are_here_everybody_is_in_and_no_figure_is_seen(room):
    phones = [room.phone() for _phone in range(20)]

    assert {phone.path for phone in phones} == {"/step/word"}
    assert rated(room, phones, [1] * 10 + [9] * 10) == 0
    heads(room, 20)
    room.act(do="reveal", ask="energy")
    assert room.board().page.count('scope="row"') == 2


def test_a_phone_beyond_the_heads_reads_one_moment_until_it_is_let_in(room):
    heads(room, 2)
    _first, second, third = (room.phone() for _phone in range(3))
    assert second.path == "/step/word"
    assert MOMENT in third.page
    assert third.share("word", "here", follow=False).status == 503
    assert MOMENT in third.open("/step/word").page

    told = room.act(do="let_in")
    assert (told["heads"], told["at_the_door"]) == (3, 0)
    assert third.open("/").path == "/step/word"


def test_whoever_waits_at_the_door_is_told_of_and_hears_of_being_let_in(room):
    heads(room, 1)
    room.phone()
    waiting = room.phone()
    lead = room.lead()
    assert "1 phone is waiting to come in. You counted 1." in lead.page

    mark = re.search(r'data-mark="([^"]*)" data-news="/door/now"', waiting.page)[1]
    room.act(do="let_in")
    assert f'"{mark}"' not in waiting.ask("GET", f"/door/now?mark={mark}").page


def test_support_and_a_call_are_open_to_a_phone_that_waits(room):
    heads(room, 1)
    room.phone()
    waiting = room.phone()
    waiting.open("/support").send("/support", what="come", nickname="", place="by the window")

    assert [one.place for one in room.run.calls] == ["by the window"]


def test_more_heads_let_those_in_who_waited(room):
    heads(room, 1)
    phones = [room.phone() for _phone in range(3)]
    heads(room, 2)

    assert sorted(MOMENT in phone.open("/").page for phone in phones) == [False, False, True]


@pytest.mark.parametrize("typed", ["", "0", "-3", "many", "3001", "99999", "²"])
def test_a_number_of_heads_that_is_none_is_one_sentence(room, typed):
    with pytest.raises(KitError, match="How many people are here: please give a whole number"):
        heads(room, typed)
    assert room.run.headcount is None


def test_five_people_and_fifteen_phones_of_one_script_make_no_figure(room):
    heads(room, 5)
    honest = [room.phone() for _phone in range(5)]
    script = [room.phone() for _phone in range(15)]

    assert rated(room, honest + script, [9] * 5 + [1] * 15) == 0


def test_who_has_no_phone_is_not_among_the_fifteen(room):
    heads(room, 20)
    phones = [room.phone() for _phone in range(14)]
    for number in range(6):
        room.act(do="enter", ask="word", text=f"word {number}")
        with pytest.raises(KitError):
            room.act(do="enter", ask="energy", text="9")

    assert rated(room, phones, [1] * 7 + [9] * 7) == 0


def test_the_facilitator_sees_phones_by_nickname_or_none_in_no_order_of_arrival(room):
    for number in range(8, 0, -1):
        room.phone(f"guest {number}")
    room.phone()

    page = room.lead().page
    assert re.findall(r"guest \d(?=</span>)", page) == [f"guest {number}" for number in range(1, 9)]
    assert "A phone</span>" in page
    assert not any(token in page for token in room.run.people)


def test_a_phone_that_is_let_go_loses_its_place_and_what_it_shared_stays(room):
    phone, other = room.phone("Robin"), room.phone()
    phone.share("word", "hopeful")
    tag = next(one.tag for one in room.run.people.values() if one.nickname == "Robin")
    room.act(do="let_go", tag=tag)

    assert phone.ask("GET", "/step/word").status == 403
    assert other.open("/step/word").status == 200
    assert [one.text for one in room.answers()] == ["hopeful"]
    with pytest.raises(KitError):
        room.act(do="let_go", tag=tag)


# the code --------------------------------------------------------------------------------------------


def test_a_new_code_is_another_link_too_and_whoever_is_in_goes_on(room):
    phone, only_looks = room.phone(), room.device().open(path_of(room.told.join))
    told = room.act(do="renew")

    assert told["join"] != room.told.join
    assert room.device().ask("GET", path_of(room.told.join)).status == 403
    assert room.device().open("/").send("/", code=room.told.typed).status == 403
    assert only_looks.ask("GET", "/step/agreements").status == 403
    assert phone.share("word", "hopeful").status == 200
    assert room.device().open(path_of(told["join"])).path == "/step/agreements"
    assert told["join"].rsplit("/", 1)[1] not in room.device().open("/").page


def test_a_seat_that_is_not_heard_of_under_a_new_code_is_free(room):
    heads(room, 2)
    silent, here = room.phone(), room.phone()
    told = room.act(do="renew")
    here.open("/")
    newcomer = room.device().open(path_of(told["join"])).send("/step/agreements", nickname="")

    assert (newcomer.path, here.open("/").path) == ("/step/word", "/step/word")
    assert MOMENT in silent.open("/").page


def test_a_place_that_nobody_said_yes_to_lapses(room, monkeypatch):
    phone, other = room.device().open(path_of(room.told.join)), room.phone()
    steady = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: steady() + seats.SEAT_TIMEOUT + 1)

    assert phone.ask("GET", "/step/agreements").status == 403
    assert other.open("/step/word").status == 200


def test_3000_places_taken_by_one_script_keep_nobody_out_who_is_in_and_a_new_code_lets_others_in(room):
    phone = room.phone()
    while not room.run.is_full():
        room.run.join()
    assert room.device().ask("GET", path_of(room.told.join)).status == 503
    assert "nobody else can" in room.lead().page
    assert phone.share("word", "hopeful").status == 200

    told = room.act(do="renew")
    newcomer = room.device().open(path_of(told["join"])).send("/step/agreements", nickname="")
    assert newcomer.share("word", "here too").status == 200
    assert phone.share("small_win", "Bread").status == 200
    assert len(room.run.people) == 2


def test_phones_that_said_yes_and_are_gone_make_room_for_others_under_a_new_code(room):
    here = room.phone()
    while not room.run.is_full():
        room.run.agree(room.run.join(), "")
    told = room.act(do="renew")
    here.open("/")

    assert room.device().open(path_of(told["join"])).path == "/step/agreements"
    assert here.open("/step/word").status == 200


# what may be sent ------------------------------------------------------------------------------------


def half_sent(port, length):
    wire = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n"
    wire.sendall(head.encode() + b"x" * min(length - 1, 64 * 1024))
    return wire


@pytest.mark.parametrize("most", [admission.MAX_STRANGER, admission.MAX_PHONE])
def test_what_is_too_much_for_whoever_sends_it_is_one_sentence(room, most):
    device = room.phone() if most == admission.MAX_PHONE else room.device()
    path = "/step/word" if most == admission.MAX_PHONE else "/"

    assert device.ask("POST", path, "text=".ljust(most, "x")).status == 403
    assert device.ask("POST", path, "text=".ljust(most + 1, "x")).status == 413
    assert "This is too long. Please shorten it." in device.page


def test_the_longest_line_that_a_phone_may_send_is_taken(room):
    room.act(do="go", at="3")
    text = "\U0001f33c" * 280

    room.phone().share("shared", text)
    assert [one.text for one in room.answers()] == [text]


def test_what_is_sent_by_halves_is_let_go_after_a_while(kit_home, monkeypatch):
    monkeypatch.setattr(admission, "BODY_TIMEOUT", 0.3)
    with opened(kit_home) as room, contextlib.closing(half_sent(room.port, 1000)) as wire:
        assert wire.recv(1000) == b""


@pytest.fixture
def many_wires():
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture
def process(kit_home):
    """A room in a process of its own, and how much that weighs."""
    kit.open_book(kit_home / "rooms.book").close()
    told = rooms.open_room(
        rooms.RoomRequest(str(kit_home / "rooms.book"), title="Tuesday", keep_until=rooms.retention_date())
    )
    port = int(told.near.rsplit(":", 1)[1])
    of_rooms = [one for one in psutil.Process(os.getpid()).children() if one.cmdline()[-2:] == ["-m", "kit.rooms"]]
    yield SimpleNamespace(told=told, port=port, weighs=lambda: of_rooms[-1].memory_info().rss / 2**20)
    rooms.close_room(told)


def test_1200_half_sent_bodies_leave_the_room_as_light_as_it_was(process, many_wires):
    for _page in range(3):
        Device(process.port).open(path_of(process.told.join))
    before = process.weighs()
    wires = [half_sent(process.port, length) for length in (200_000, admission.MAX_STRANGER) for _wire in range(600)]
    Device(process.port).open(path_of(process.told.join))
    meanwhile = process.weighs()
    for wire in wires:
        wire.close()
    Device(process.port).open(path_of(process.told.join))

    assert max(meanwhile, process.weighs()) < before + 30
