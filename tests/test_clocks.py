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
from kit import places, rooms
from kit.vault import agent, keys

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
    room = rooms.open_room(
        rooms.RoomRequest(str(place), title="Tuesday group", keep_until=rooms.retention_date(), hours=1)
    )
    try:
        rooms.send_action(room, "go", at="3")
        asyncio.run(jumping(room, clock))
    finally:
        rooms.close_room(room)
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
        assert rooms.get_state(room)["at"] == 3
        assert rooms.list_open() == [room]


def test_a_keeper_whose_clock_jumps_may_lock_and_goes_on(kit_home, clock):
    place, key = places.practice(), keys.generate()
    running = agent.start()
    try:
        for name, seconds in clocks.JUMPS.items():
            assert agent.add_key(place, key, 3600)
            clock.put(seconds)
            assert agent.get_key(place) in (key, None), name
            assert running.is_alive()
            assert agent.add_key(place, key, 3600)
            assert agent.get_key(place) == key
        assert agent.lock()
        assert agent.get_key(place) is None
    finally:
        running.end()
    assert running.process.returncode == 0
