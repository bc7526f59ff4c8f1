"""A damaged book at its door: what is safe comes first, and each way on keeps what stood, under a name that is told."""

import asyncio
import os
import sys
from pathlib import Path

import ipykernel
import pytest
from harmed import with_a_flipped_bit
from owned import WORDS, begun, note, titles

import kit
from kit import places
from kit.jupyter import unlocking
from kit.store import Store
from kit.vault import agent, backups, keys, recovery_sheet
from kit.vault.backups import restore
from kit.words import Damaged, KitError

NEW = "a few quite new words"

pytestmark = pytest.mark.usefixtures("no_keyring")


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(restore, "CLOSE_TIMEOUT", 1.0)


@pytest.fixture
def running():
    one = agent.start()
    yield one
    one.end()


@pytest.fixture
def plain(tmp_path, monkeypatch):
    return begun(tmp_path / "plain.book", None)


def put_back_older(place, key):
    """A book that ends one change earlier than its head says."""
    older = place.read_bytes()
    note(place, key, "later")
    place.write_bytes(older)


def garbled(place):
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    content[5000:5200] = bytes(200)
    place.write_bytes(content)


def asked(do, **more):
    return unlocking.handle_request({"do": do, **more})


def ways(answer):
    return {way["do"]: way for way in answer["harm"]["ways"]}


# what the door says ------------------------------------------------------------------------------------


def test_the_passphrase_of_a_damaged_practice_leads_to_what_is_safe_and_to_the_ways_on(place, key):
    made = backups.make(place, key)
    put_back_older(place, key)

    answer = asked("open", passphrase=WORDS)

    assert "safe" in answer["harm"]["safe"] and "1 later change" in answer["harm"]["lost"]
    assert "kit restore" not in str(answer) and "--accept" not in str(answer)
    assert ways(answer)["bring_back"]["file"] == made.name
    assert "1 later change" in ways(answer)["bring_back"]["more"]
    assert "kept beside it under another name" in ways(answer)["bring_back"]["asks"]
    assert "3 entries can be read" in ways(answer)["go_on"]["asks"]
    assert agent.get_key(place) is None


def test_looking_at_a_damaged_book_and_its_backups_changes_nothing(place, key):
    backups.make(place, key)
    put_back_older(place, key)
    before = {one.name: one.read_bytes() for one in place.parent.iterdir() if one.is_file()}

    asked("open", passphrase=WORDS)

    assert {one.name: one.read_bytes() for one in place.parent.iterdir() if one.is_file()} == before


def test_another_passphrase_is_told_nothing_of_what_is_damaged(place, key):
    put_back_older(place, key)

    answer = asked("open", passphrase="something else")

    assert "does not open the book" in answer["said"] and "harm" not in answer


def test_a_backup_that_does_not_come_back_is_not_offered_and_there_are_never_more_than_three(place, key):
    made = [backups.make(place, key) for _each in range(5)]
    bad = backups.list_backups(place)[0].file
    bad.write_bytes(with_a_flipped_bit(bad.read_bytes(), 9000))
    put_back_older(place, key)

    offered = [way["file"] for way in asked("open", passphrase=WORDS)["harm"]["ways"] if way["do"] == "bring_back"]

    assert len(offered) == 3 and bad.name not in offered and set(offered) < {one.name for one in made}


def test_where_nothing_can_be_read_going_on_is_not_offered(place, key):
    backups.make(place, key)
    garbled(place)

    answer = asked("open", passphrase=WORDS)

    assert set(ways(answer)) == {"bring_back"}
    assert "Too little" in asked("go_on", passphrase=WORDS)["said"]


def test_without_a_backup_what_is_there_is_told_and_where_to_put_one(place, key):
    garbled(place)

    answer = asked("open", passphrase=WORDS)

    assert answer["harm"]["ways"] == [] and str(places.backups()) in answer["harm"]["safe"]


def test_a_practice_that_is_gone_has_a_door_and_is_not_taken_for_one_that_never_was(place, key):
    backups.make(place, key)
    place.unlink()

    answer = asked("open", passphrase=WORDS)

    assert "empty or gone" in answer["harm"]["lost"]
    assert set(ways(answer)) == {"bring_back"}
    assert kit.open_book().locked


# a backup comes back ---------------------------------------------------------------------------------------


def test_a_backup_comes_back_at_the_door_and_what_stood_is_kept_under_the_name_that_is_told(place, key, running):
    made = backups.make(place, key)
    put_back_older(place, key)
    older = place.read_bytes()

    told = asked("bring_back", passphrase=WORDS, file=made.name)["told"]

    aside = next(one for one in place.parent.glob("*.before-restore-*") if str(one) in told)
    assert aside.read_bytes() == older
    assert asked("open", passphrase=WORDS) == {}
    assert agent.get_key(place) == key and titles(place, key) == ["bread"]


def test_until_the_name_was_read_the_practice_stays_closed(place, key, running):
    made = backups.make(place, key)
    put_back_older(place, key)
    agent.add_key(place, key, 60)

    answer = asked("look_over")
    asked("bring_back", file=made.name)

    assert ways(answer)["bring_back"]["file"] == made.name
    assert agent.get_key(place) is None


@pytest.mark.parametrize("way", ["bring_back", "go_on"])
@pytest.mark.parametrize("key_file", ["there", "gone"])
def test_the_sheet_opens_a_damaged_practice_as_well(place, key, running, key_file, way):
    backups.make(place, key)
    put_back_older(place, key)
    if key_file == "gone":
        keys.path_for(place).unlink()
    typed = {"sheet": "\n".join(recovery_sheet.encode(key)), "passphrase": NEW, "again": NEW}

    offered = ways(asked("recover", **typed))[way]
    assert "is kept as" in asked(way, file=offered.get("file", ""), **typed)["told"]
    assert asked("recover", **typed) == {}
    assert keys.read_key_file(place, NEW) == key and agent.get_key(place) == key
    assert titles(place, key) == ["bread"]


def test_a_book_without_a_single_sound_page_comes_back_by_the_sheet_alone(place, key, running):
    backups.make(place, key)
    place.write_bytes(place.read_bytes()[::-1])
    keys.path_for(place).unlink()
    typed = {"sheet": "\n".join(recovery_sheet.encode(key)), "passphrase": NEW, "again": NEW}

    offered = ways(asked("recover", **typed))
    assert list(offered) == ["bring_back"]
    asked("bring_back", file=offered["bring_back"]["file"], **typed)
    assert asked("recover", **typed) == {} and titles(place, key) == ["bread"]


def test_the_sheet_of_another_practice_is_told_nothing_of_what_is_damaged(place, key):
    put_back_older(place, key)
    keys.path_for(place).unlink()

    told = asked("recover", sheet="\n".join(recovery_sheet.encode(keys.generate())), passphrase=NEW, again=NEW)
    assert "belongs to another book" in told["said"] and "harm" not in told


def test_a_file_that_is_no_backup_of_this_book_is_not_brought_back(place, key, tmp_path):
    put_back_older(place, key)
    (tmp_path / "other.sealed").write_bytes(b"something")

    assert "no longer there" in asked("bring_back", passphrase=WORDS, file=str(tmp_path / "other.sealed"))["said"]


# going on ---------------------------------------------------------------------------------------------------


def test_going_on_takes_what_is_there_and_keeps_a_copy_of_how_it_stood(place, key, running):
    put_back_older(place, key)
    older = place.read_bytes()

    told = asked("go_on", passphrase=WORDS)["told"]

    aside = next(one for one in place.parent.glob("*.before-restore-*") if str(one) in told)
    assert aside.read_bytes() == older
    assert asked("open", passphrase=WORDS) == {} and titles(place, key) == ["bread"]
    with pytest.raises(Damaged):
        Store(aside, key)


def test_what_a_power_cut_left_in_the_journal_is_part_of_what_is_there(plain):
    store = Store(plain)
    store.save(kit.Win(client="Otter", title="later"))
    journal = plain.with_name(f"{plain.name}-wal").read_bytes()
    store.close()
    plain.with_name(f"{plain.name}-wal").write_bytes(journal)
    backups.accept_damaged(plain, None)

    assert titles(plain) == ["bread", "later"]


# books without a passphrase ---------------------------------------------------------------------------------


@pytest.fixture
def on_a_page(monkeypatch):
    """A notebook's side: it has a loop, and ipykernel."""
    monkeypatch.setitem(sys.modules, "ipykernel", ipykernel)
    loop = asyncio.new_event_loop()
    yield lambda do: loop.run_until_complete(_now(do))
    loop.close()


async def _now(do):
    done = do()
    await asyncio.sleep(0.3)
    return done


def blocks(panel):
    return panel.view["blocks"]


def test_a_damaged_book_is_a_door_on_a_page_and_one_sentence_in_a_script(plain, on_a_page):
    put_back_older(plain, None)

    book = on_a_page(lambda: kit.open_book(plain))
    panel = on_a_page(book.choose_client)

    assert book.locked
    assert (blocks(panel)[0]["way"], blocks(panel)[0]["of"]) == ("mend", str(plain))
    with pytest.raises(KitError, match="1 later change"):
        book.records(kit.Win)
    with pytest.raises(KitError, match="1 later change"):
        kit.open_book(plain)


def test_a_book_without_a_passphrase_is_mended_at_once_and_its_page_fills_itself(plain, on_a_page, running):
    made = backups.make(plain, None)
    put_back_older(plain, None)
    book = on_a_page(lambda: kit.open_book(plain))
    panel = on_a_page(book.choose_client)

    assert ways(asked("look_over", of=str(plain)))["bring_back"]["file"] == made.name
    assert "is kept as" in asked("bring_back", of=str(plain), file=made.name)["told"]
    on_a_page(lambda: None)
    assert book.locked
    assert asked("look_over", of=str(plain)) == {}
    for _each in range(60):
        on_a_page(lambda: None)
        if not book.locked:
            break

    assert not book.locked and [one.title for one in book.records(kit.Win)] == ["bread"]
    assert "way" not in blocks(panel)[0]
    book.close()


def test_the_sample_goes_on_or_begins_anew(kit_home, running):
    kit.open_book("sample").close()
    os.truncate(places.sample(), places.sample().stat().st_size // 2)

    answer = asked("look_over", of=str(places.sample()))

    assert set(ways(answer)) == {"anew"}
    assert "is kept as" in asked("anew", of=str(places.sample()))["told"]
    book = kit.open_book("sample")
    assert [one.name for one in book.records(kit.Client)]
    book.close()


def test_no_other_book_is_begun_anew(place, plain):
    before = plain.read_bytes()

    assert asked("anew", of=str(plain))["said"]
    assert plain.read_bytes() == before


def test_the_start_of_the_kit_waits_at_the_door_of_a_damaged_practice(place, key, monkeypatch):
    put_back_older(place, key)
    monkeypatch.setenv("KIT_PASSPHRASE", WORDS)

    unlocking.unlock_at_start()

    assert agent.get_key(place) is None and "KIT_PASSPHRASE" not in os.environ


def test_looking_over_a_book_that_never_was_begins_none(tmp_path, running):
    asked("look_over", of=str(tmp_path / "none.book"))

    assert not Path(tmp_path / "none.book").exists()


def test_a_book_without_a_passphrase_whose_first_signs_are_garbled_is_not_taken_for_an_encrypted_one(plain, running):
    made = backups.make(plain, None)
    plain.write_bytes(bytes(range(128, 192)) + plain.read_bytes()[64:])

    with pytest.raises(KitError, match="not a book of the kit"):
        kit.open_book(plain)
    assert ways(asked("look_over", of=str(plain)))["bring_back"]["file"] == made.name
    assert "told" in asked("bring_back", of=str(plain), file=made.name)
    assert titles(plain) == ["bread"]


def test_a_head_of_a_plain_book_beside_an_encrypted_one_opens_no_way_round_its_key(place, key, plain):
    made = backups.make(plain, None)
    place.with_name(f"{place.name}.head").write_bytes(plain.with_name(f"{plain.name}.head").read_bytes())

    with pytest.raises(KitError, match="has no passphrase"):
        backups.restore_backup(made, place, b"")
    assert kit.open_book(place).locked


def test_the_backup_in_which_least_is_lacking_comes_first(place, key):
    backups.make(place, key)
    note(place, key, "later")
    fuller = backups.make(place, key)
    put_back_older(place, key)

    told = [(way["file"], way["more"]) for way in asked("open", passphrase=WORDS)["harm"]["ways"] if "file" in way]

    assert told[0][0] == fuller.name
    assert ["1 later change" in told[0][1], "2 later changes" in told[1][1]] == [True, True]
