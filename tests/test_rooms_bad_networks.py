"""Answers over bad networks: whatever is dropped, cut, doubled, reordered or sent late, each is kept once."""

import asyncio
import threading
import time
from collections import Counter
from random import Random
from uuid import uuid4

import pytest
from networks import BadNetwork, Phone
from rooming import opened, path_of

from kit.words import KitError

pytestmark = pytest.mark.slow

PHONES, LINES = 12, 25


@pytest.fixture
def room(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="3")
        yield room


async def saved(room, another_id=False):
    """All phones share all their lines at once, through a bad network; what it did, and how often they sent again."""
    lot = Random(7)
    async with BadNetwork(room.port, lot) as network:
        phones = [Phone(room.port, lot) for _phone in range(PHONES)]
        for number, phone in enumerate(phones):
            await phone.join(path_of(room.told.join))
            phone.number, phone.port = number, network.port
        await asyncio.gather(*(phone.share_until_kept("shared", f"{phone.number}: line {line}", another_id=another_id)
                               for phone in phones for line in range(LINES)))  # fmt: skip
    return network.met, sum(phone.again for phone in phones)


def kept(room):
    return Counter(one.text for one in room.answers())


def test_three_hundred_lines_that_a_bad_network_carries_are_each_kept_once(room):
    met, again = asyncio.run(saved(room))

    assert min(met.values()) > 10, met
    assert again > 50
    assert kept(room) == Counter(f"{phone}: line {line}" for phone in range(PHONES) for line in range(LINES))


def test_the_same_network_doubles_what_has_another_id_each_time(room, monkeypatch):
    monkeypatch.setattr("kit.rooms.answers.MAX_LINES", 10_000)
    asyncio.run(saved(room, another_id=True))

    assert max(kept(room).values()) > 1


def test_what_is_sent_after_ten_minutes_of_sleep_is_kept_once(room, monkeypatch):
    phone, key = room.phone(), uuid4().hex
    phone.open("/step/shared")
    phone.share("shared", "sent before the sleep, and never heard of", key, follow=False)
    real, steady = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: real() + 600)
    monkeypatch.setattr(time, "monotonic", lambda: steady() + 600)
    room.act(do="go", at="5")
    other = uuid4().hex
    for _time in range(2):
        assert phone.share("shared", "sent before the sleep, and never heard of", key, follow=False).status == 303
        assert phone.share("shared", "typed before the sleep", other, follow=False).status == 303

    assert kept(room) == Counter(["sent before the sleep, and never heard of", "typed before the sleep"])


def test_what_wakes_after_the_room_was_closed_is_told_so_and_not_kept(room):
    phone = room.phone()
    phone.open("/step/shared")
    room.room.until = 0
    phone.token, told = phone.token, {"id": uuid4().hex, "text": "too late"}
    phone.send("/step/shared", follow=False, **told)

    assert (phone.status, room.run.staging.waiting, room.run.answers) == (410, {}, {})


def test_a_line_that_goes_beyond_what_one_phone_may_share_is_not_called_kept(room):
    async def all_lines():
        phone = await Phone(room.port).join(path_of(room.told.join))
        return [await phone.share("shared", f"line {number}") for number in range(31)]

    assert asyncio.run(all_lines()) == [True] * 30 + [False]
    assert sum(kept(room).values()) == 30


def taking_back(room, monkeypatch, meanwhile):
    """How two copies of a press are answered that takes a line back over a slow disk, while something else happens."""
    phone, key, real = room.phone(), uuid4().hex, room.run.store.purge
    phone.open("/step/shared")
    phone.share("shared", "not this one", key)
    room.release()
    reached, go_on, statuses = threading.Event(), threading.Event(), []

    def slowly(record):
        reached.set()
        assert go_on.wait(20)
        return real(record)

    def press():
        copy = room.device()
        copy.cookies, copy.token = dict(phone.cookies), phone.token
        statuses.append(copy.send("/step/shared/back", follow=False, id=key).status)

    monkeypatch.setattr(room.run.store, "purge", slowly)
    presses = [threading.Thread(target=press) for _press in range(2)]
    presses[0].start()
    assert reached.wait(20)
    presses[1].start()
    said = threading.Thread(target=meanwhile, args=(key,))
    said.start()
    said.join(0.5)
    go_on.set()
    for one in (*presses, said):
        one.join(20)
    return statuses


def test_a_line_that_is_taken_back_at_the_moment_at_which_it_is_shown_stays_back(room, monkeypatch):
    told = []

    def show(key):
        try:
            room.act(do="show", id=room.run._released[key])
        except KitError as trouble:
            told.append(str(trouble))

    assert taking_back(room, monkeypatch, show) == [303, 303]
    assert len(told) == 1
    assert (kept(room), list(room.run.answers)) == (Counter(), [])
    assert "not this one" not in room.board().page
