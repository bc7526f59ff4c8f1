"""A clock that is put on or back, by hand or by a network: nothing closes, clears or is lost by it; a lock may come."""

import asyncio
import os
from collections import Counter
from random import Random

import clocks
import networks
import pytest
from rooming import path_of

import kit
from kit import keys, places, rooms
from kit.keys import broker

pytestmark = pytest.mark.slow


@pytest.fixture
def clock(tmp_path, monkeypatch):
    """The clock of what is begun in this test; without faketime it skips, or fails where it must run."""
    lacking = clocks.lacking()
    if lacking and os.environ.get("KIT_FAULT_TESTS") == "required":
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)
    clock = clocks.Clock(tmp_path)
    for name, value in clock.surroundings.items():
        monkeypatch.setenv(name, value)
    return clock


def test_a_room_of_an_hour_goes_on_when_its_clock_jumps_by_minutes_hours_or_days(kit_home, clock):
    place = kit_home / "rooms.book"
    kit.open_book(place).close()
    room = rooms.begin(rooms.Asked(str(place), title="Tuesday group", keep_until=rooms.keep_until(), hours=1))
    try:
        rooms.act(room, "go", at="3")
        asyncio.run(jumping(room, clock))
    finally:
        rooms.close(room)
    book = kit.open_book(place)
    assert Counter(one.text for one in book.records(kit.Answer)) == Counter(list(clocks.JUMPS))
    book.close()


async def jumping(room, clock):
    phone = networks.Phone(int(room.near.rsplit(":", 1)[1]), Random(1))
    await phone.join(path_of(room.join))
    for name, seconds in clocks.JUMPS.items():
        clock.put(seconds)
        await phone.open("/step/shared")
        assert (phone.status, phone.location) == (200, ""), name
        assert await phone.share("shared", name)
        assert rooms.state(room)["at"] == 3
        assert rooms.found() == [room]


def test_a_keeper_whose_clock_jumps_may_lock_and_goes_on(kit_home, clock):
    place, key = places.practice(), keys.new()
    running = broker.start()
    try:
        for name, seconds in clocks.JUMPS.items():
            assert broker.hold(place, key, 3600)
            clock.put(seconds)
            assert broker.ask(place) in (key, None), name
            assert running.lives()
            assert broker.hold(place, key, 3600)
            assert broker.ask(place) == key
        assert broker.lock()
        assert broker.ask(place) is None
    finally:
        running.end()
    assert running.process.returncode == 0
