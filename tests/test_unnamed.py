"""Without a name means without a name: what is shared lies nowhere with its hour, its order or who gave it."""

import asyncio
import json
import re
from collections import Counter
from contextlib import closing
from datetime import UTC, date, datetime, time
from itertools import pairwise
from random import Random
from uuid import uuid4

import faults
import guessing
import killed
import pytest
from rooming import opened

import kit
from kit import files, rooms
from kit.records import Answer, Workshop
from kit.rooms import agenda, archive, disclosure, staging
from kit.rooms.workshop import LiveWorkshop
from kit.store import Store
from kit.vault import erasing, keys
from kit.words import KitError, wrapping

FOUR = ["a walk", "bread", "tea", "the sea"]


@pytest.fixture
def store(kit_home):
    with closing(Store(kit_home / "rooms.book")) as made:
        yield made


def begun(store, people=0, heads=None):
    """A run with so many people in it, in the phase in which lines are shared."""
    record = next(iter(store.records(Workshop)), None) or Workshop(title="Tuesday", keep_until=rooms.retention_date(30))
    if not store.records(Workshop):
        store.save(record)
    run = LiveWorkshop(store, record, agenda.load(agenda.BUILT_IN), Random(5))
    if heads:
        run.set_headcount(str(heads))
    run.tokens = [run.join() for _phone in range(people)]
    for token in run.tokens:
        run.agree(token, "")
    run.set_phase(3)
    return run


async def share(run, person, text, ask="shared", key=""):
    key = key or uuid4().hex
    await run.share(run.tokens[person], run.agenda.find(ask)[1], key, text)
    return key


def in_book(store):
    return sorted(one.text for one in store.records(Answer))


def waits(run):
    """What lies in the file, in its order."""
    key = keys.derive(run.store.derivation_secret(), staging.KEY_PURPOSE + run.record.id.encode())
    return json.loads(keys.decrypt(key, run.staging.file.read_bytes()))


# guessing --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_whoever_holds_all_that_lies_on_the_disk_names_nobody_more_often_than_by_chance(kit_home):
    tallies, sizes = guessing.guess(kit_home, seed=1, how_many=36)

    assert {"rowid", "id", "moment", "history", "history's moment", "bytes-wal", "page", "what waits"} <= set(tallies)
    assert tallies["rowid"].spread > 60
    assert sum(count for size, count in sizes.items() if size >= 4) > 60
    assert [(way, one) for way, one in tallies.items() if one.beyond() > 4] == []


@pytest.mark.parametrize("way", ["rowid", "moment", "history", "bytes-wal"])
def test_the_same_guesser_names_everybody_where_the_order_of_arrival_is_kept(kit_home, way):
    tallies, _sizes = guessing.guess(kit_home, seed=2, how_many=3, kind=guessing.AsItWas)

    assert tallies[way].lines > 10
    assert tallies[way].right > 0.9 * tallies[way].lines


# waiting and releases --------------------------------------------------------------------------------


def test_three_phones_lines_are_in_no_page_and_no_book_and_the_fourth_brings_them_all(store):
    async def shared():
        run = begun(store, 4)
        mark = run.version("lead")
        for person, text in enumerate(FOUR[:3]):
            await share(run, person, text)
        assert (in_book(store), run.lines(run.agenda.find("shared")[1], "waiting"), run.version("lead")) == (
            [],
            [],
            mark,
        )
        await share(run, 3, FOUR[3])
        assert run.version("lead") != mark
        return run

    run = asyncio.run(shared())
    assert in_book(store) == FOUR
    assert waits(run) == []


def test_many_lines_of_one_phone_wait_for_those_of_others(store):
    async def shared():
        run = begun(store, 4)
        for number in range(6):
            await share(run, 0, f"mine {number}")
        for person in (1, 2, 3):
            await share(run, person, FOUR[person])
        return run

    run = asyncio.run(shared())
    assert len(in_book(store)) == 4
    assert len(waits(run)) == 5


def test_another_question_waits_for_its_own_four(store):
    async def shared():
        run = begun(store, 4)
        for person, ask in enumerate(("shared", "shared", "word", "small_win")):
            await share(run, person, FOUR[person], ask)

    asyncio.run(shared())
    assert in_book(store) == []


def test_the_end_of_a_phase_releases_what_waits(store):
    async def shared():
        run = begun(store, 2)
        await share(run, 0, "the sea")
        await run.advance_to(4)

    asyncio.run(shared())
    assert in_book(store) == ["the sea"]


def test_the_facilitator_can_always_ask_for_what_waits(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="3")
        for text in FOUR[:3]:
            room.phone().share("shared", text)
        lead = room.lead()
        assert "are waiting" not in lead.page
        assert not any(text in lead.page for text in FOUR)

        room.act(do="waiting", ask="shared")
        page = lead.open("/lead").page
        assert "3 lines are waiting. With so few you may guess whose they are." in page
        assert not any(text in page for text in FOUR)
        room.act(do="release", ask="shared")
        page = lead.open("/lead").page
        assert all(text in page for text in FOUR[:3])
        assert "are waiting" not in page


def test_no_page_of_the_facilitators_changes_while_lines_come_in(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="3")
        phones, lead = [room.phone() for _phone in range(3)], room.lead()
        before, state = lead.open("/lead").page, rooms.get_state(room.told)
        for phone in phones:
            phone.share("shared", "the sea")

        plain = [re.sub(r'data-left="\d+"|name="_xsrf" value="[^"]*"', "", page)
                 for page in (before, lead.open("/lead").page)]  # fmt: skip
        assert plain[0] == plain[1]
        later = rooms.get_state(room.told)
        assert {**later, "minutes_left": 0} == {**state, "minutes_left": 0}


def test_a_line_that_waits_can_be_taken_back_and_one_that_was_released_too_until_it_is_shown(store):
    async def shared():
        run = begun(store, 5)
        key = await share(run, 4, "not this one")
        await run.take_back(run.tokens[4], key)
        await share(run, 4, "not this one", key=key)  # a late copy
        assert waits(run) == []
        names = [await share(run, person, text) for person, text in enumerate(FOUR)]
        await run.take_back(run.tokens[0], names[0])
        await run.show(next(key for key, one in run.answers.items() if one.text == FOUR[1]))
        await run.take_back(run.tokens[1], names[1])

    asyncio.run(shared())
    assert in_book(store) == FOUR[1:]


# what lies there -------------------------------------------------------------------------------------


def test_neither_record_nor_history_holds_an_hour(store):
    async def shared():
        run = begun(store, 4)
        names = [await share(run, person, text) for person, text in enumerate(FOUR)]
        await run.reveal(run.agenda.find("shared")[1])
        last = await share(run, 0, "one more")
        await run.release_all()
        await run.take_back(run.tokens[0], last)
        return names

    names = asyncio.run(shared())
    noon = datetime.combine(date.today(), time(12)).astimezone(UTC)
    found = store.records(Answer)
    assert {one.created_at for one in found} == {noon}
    assert {change.at for one in found for change in store.history(one)} == {noon}
    assert not {one.id for one in found} & set(names)
    with closing(store._engine.raw_connection()) as wire:
        gone = wire.driver_connection.execute("SELECT at FROM history WHERE did = 'let go'").fetchall()
    assert gone == [(f"{noon:%Y-%m-%d %H:%M:%S.%f}",)]


def test_what_waits_is_sealed_and_as_large_whatever_is_in_it(store):
    async def shared():
        run, sizes = begun(store, 3), []
        for person in range(3):
            for number in range(8):
                await share(run, person, f"a quokka in the snow {number}")
                sizes.append(run.staging.file.stat().st_size)
        return run, sizes

    run, sizes = asyncio.run(shared())
    assert len(set(sizes)) == 1
    assert b"quokka" not in run.staging.file.read_bytes()
    with closing(Store(store.place.with_name("other.book"))) as other:
        assert (
            keys.decrypt(keys.derive(other.derivation_secret(), staging.KEY_PURPOSE), run.staging.file.read_bytes())
            is None
        )


def test_what_waits_lies_in_another_order_each_time(store):
    async def shared():
        run, orders = begun(store, 3), []
        for number in range(12):
            await share(run, number % 3, f"line {number:02d}")
            orders.append([one["text"] for one in waits(run)])
        return orders

    orders = asyncio.run(shared())
    assert sum(order == sorted(order) for order in orders[4:]) == 0
    assert sum(later[: len(order)] == order for order, later in pairwise(orders[4:])) == 0


def test_of_a_rating_only_its_band_is_kept_and_of_bands_only_the_figure(store):
    async def shared():
        run = begun(store, 15, heads=15)
        for person in range(15):
            await share(run, person, str([2, 5, 8][person % 3]), "energy")
        assert {one["text"] for one in waits(run)} == {"0-3", "4-6", "7-10"}
        await run.reveal(run.agenda.find("energy")[1])
        return run

    run = asyncio.run(shared())
    assert in_book(store) == ["0-3: 5, 4-6: 5, 7-10: 5"]
    assert waits(run) == []
    [energy] = archive.read_archive(store, run.record)
    assert energy.figure.bands == ((0, 3, 5), (4, 6, 5), (7, 10, 5))


def test_ratings_of_which_no_figure_may_be_seen_are_kept_nowhere_in_the_end(store):
    async def shared():
        run = begun(store, 14, heads=14)
        for person in range(14):
            await share(run, person, "5", "energy")
        await run.finish()
        return run

    run = asyncio.run(shared())
    assert in_book(store) == []
    assert not run.staging.file.exists()


def test_the_end_of_a_workshop_keeps_the_figure_that_may_be_seen(store):
    async def shared():
        run = begun(store, 16, heads=16)
        for person in range(16):
            await share(run, person, str([1, 9][person % 2]), "energy")
        await run.finish()

    asyncio.run(shared())
    assert in_book(store) == ["0-6: 8, 7-10: 8"]


def test_numbers_that_an_earlier_kit_kept_one_by_one_are_never_read_so(store):
    run = begun(store)
    for text in ("3", "9"):
        store.save(Answer(workshop=run.record.id, phase="energy", text=text))

    [energy] = archive.read_archive(store, run.record)
    assert (energy.kind, energy.shown, energy.back, energy.figure) == ("rating", (), (), disclosure.Figure())
    assert LiveWorkshop(store, run.record, run.agenda).answers == {}


def test_what_helps_has_its_place_by_lot_and_keeps_it(store):
    async def shared():
        run = begun(store, 8)
        run.set_phase(4)
        ask, seen = run.agenda.find("helps")[1], []
        for number in range(16):
            await share(run, number % 8, f"line {number:02d}", "helps")
            await run.reveal(ask)
            seen.append([one.text for one in run.shown(ask)])
        return seen

    seen = asyncio.run(shared())
    for earlier, later in pairwise(seen):
        assert [text for text in later if text in earlier] == earlier
    assert len(seen[-1]) == 16
    assert seen[-1] != sorted(seen[-1])


def test_a_line_keeps_its_breaks_on_every_page(kit_home):
    with opened(kit_home) as room:
        room.act(do="go", at="3")
        phone = room.phone().share("shared", "roses  are\r\n\r\nred \r\n violets")
        text = "roses are\n\nred\nviolets"
        room.act(do="show", id=room.id_of(text))
        for device in (phone.open("/step/shared"), room.lead(), room.board()):
            assert text in device.page
        phone.open("/step/word").share("word", "two\r\nlines")
        assert "two lines" in [one.text for one in room.answers()]


def test_a_word_of_269_marks_may_end_a_line_between_them(kit_home):
    word = "\u0e01" + "\u0e47" * 268
    with opened(kit_home) as room:
        room.act(do="go", at="3")
        phone = room.phone().share("shared", word)
        assert [one.text for one in room.answers()] == [word]
        room.act(do="show", id=room.id_of(word))
        for device in (phone.open("/step/shared"), room.lead(), room.board()):
            page = re.sub(r'"[^"]*"', "", device.page)
            clusters = re.findall(r"[\u0e01\u0e47]+", page)
            assert "".join(clusters) == word * page.count("\u0e01")
            assert "\u0e01" in page
            assert max(map(len, clusters)) <= 9
    assert wrapping("\u0e01\u0e49\u0e33 caf\u0065\u0301") == "\u0e01\u0e49\u0e33 caf\u0065\u0301"


# interruptions ---------------------------------------------------------------------------------------


def test_what_waited_when_a_room_was_killed_waits_in_the_next_one_and_goes_along(store):
    async def first():
        run = begun(store, 2)
        for person in range(2):
            await share(run, person, FOUR[person])

    async def second():
        run = begun(store, 4)
        assert run.waits(run.agenda.find("shared")[1]) == 2
        for person in range(4):
            await share(run, person, f"again {person}")

    asyncio.run(first())
    asyncio.run(second())
    assert in_book(store) == ["a walk", "again 0", "again 1", "again 2", "again 3", "bread"]


def test_a_phone_that_sends_again_after_the_kill_has_given_its_line_once(store):
    key = uuid4().hex

    async def once(mine):
        run = begun(store, 1)
        await share(run, 0, "the sea", key=key)
        assert [one.text for one in run.mine(run.tokens[0], run.agenda.find("shared")[1])] == mine
        return run

    asyncio.run(once(["the sea"]))
    assert [one["text"] for one in waits(asyncio.run(once(["the sea"])))] == ["the sea"]


def test_a_figure_that_was_seen_before_an_interruption_stays_as_it_is(store):
    async def rated(people):
        run = begun(store, people, heads=people)
        for person in range(people):
            await share(run, person, str([1, 9][person % 2]), "energy")
        await run.reveal(run.agenda.find("energy")[1])
        return run.ratings["energy"].bands

    first = asyncio.run(rated(16))
    assert asyncio.run(rated(40)) == first


def test_whoever_rates_anew_after_an_interruption_is_counted_once(store):
    async def rated(people, reveal):
        run = begun(store, people, heads=people)
        for person in range(people):
            await share(run, person, str([1, 9][person % 2]), "energy")
        if reveal:
            await run.reveal(run.agenda.find("energy")[1])
        return run.ratings.get("energy", disclosure.Figure()).n

    assert asyncio.run(rated(16, False)) == 0
    assert asyncio.run(rated(16, True)) == 16


def test_what_waits_for_a_workshop_that_is_over_is_released_when_it_is_read(store, kit_home):
    async def interrupted():
        run = begun(store, 2)
        await share(run, 0, "the sea")
        await share(run, 1, "5", "energy")
        return run

    run = asyncio.run(interrupted())
    book = kit.open_book(store.place)
    panel = book.workshop()
    panel.do_read(run.record.id)
    assert "the sea" in repr(panel.view)
    assert in_book(store) == ["the sea"]
    assert not run.staging.file.exists()
    book.close()


def test_what_waits_is_deleted_with_its_workshop_and_is_in_no_backup(store, kit_home):
    async def interrupted():
        run = begun(store, 1)
        await share(run, 0, "the sea")
        return run

    run = asyncio.run(interrupted())
    assert run.staging.file.exists()
    erasing.purge_workshops(store, lambda one: one.id == run.record.id)
    assert not list(run.staging.file.parent.glob(f"{run.record.id}*"))


def test_what_waits_and_cannot_be_read_is_put_aside_and_the_room_opens(store):
    run = begun(store)
    run.staging.file.write_bytes(b"something else")

    again = begun(store)
    assert again.staging.waiting == {}
    assert run.staging.file.with_suffix(".unread").read_bytes() == b"something else"


def test_at_a_full_disk_nothing_is_called_kept_and_it_may_be_sent_again(store, monkeypatch):
    def full(_place, _content):
        raise KitError("the disk is full")

    async def shared():
        run, key, there = begun(store, 1), uuid4().hex, files.write_atomically
        monkeypatch.setattr(files, "write_atomically", full)
        with pytest.raises(KitError, match="still on your phone"):
            await share(run, 0, "the sea", key=key)
        assert run.mine(run.tokens[0], run.agenda.find("shared")[1]) == []
        monkeypatch.setattr(files, "write_atomically", there)
        await share(run, 0, "the sea", key=key)
        return waits(run)

    assert [one["text"] for one in asyncio.run(shared())] == ["the sea"]


def test_many_who_share_at_the_same_moment_share_a_rewriting(store, monkeypatch):
    written, there = [], files.write_atomically
    monkeypatch.setattr(files, "write_atomically", lambda *given: written.append(1) or there(*given))

    async def shared():
        run = begun(store, 60)
        await asyncio.gather(*(share(run, person, f"line {person}") for person in range(60)))

    asyncio.run(shared())
    assert len(in_book(store)) == 60
    assert len(written) < 12


@pytest.mark.slow
@pytest.mark.skipif(bool(faults.lacking()), reason=faults.lacking() or "-")
def test_a_kill_at_any_write_loses_nothing_that_was_acknowledged_and_doubles_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("KIT_HOME", str(tmp_path))
    told = killed.killed_at(tmp_path, range(1, 121, 3))

    assert sum(was_killed for _said, was_killed in told.values()) > 25
    assert amiss(tmp_path, told) == []


def amiss(folder, told):
    """What was acknowledged and is not there, is there twice, or is there again."""
    found = []
    for nth, (said, _killed) in told.items():
        there = Counter(killed.lies_there(folder / str(nth), nth))
        gone = {text for what, text in said if what == "taken back"}
        kept = {text for what, text in said if what == "kept"} - {killed.TAKEN_BACK}
        found += [(nth, "lost", text) for text in kept if not there[text]]
        found += [(nth, "twice", text) for text, count in there.items() if count > 1]
        found += [(nth, "back again", text) for text in gone if there[text]]
    return found
