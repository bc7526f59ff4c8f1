"""Backups made as a book is opened: the right ones stay, and come back without losing what stood there."""

import asyncio
import os
import random
import threading
import time
from datetime import UTC, datetime, timedelta
from multiprocessing import Barrier
from pathlib import Path

import pytest
from asking import run, trouble_of
from harmed import FORK, tell, with_a_flipped_bit
from hypothesis import given
from hypothesis import strategies as some
from kept import killed_backups
from owned import WORDS, begun, note, titles

import kit
from kit import files, places
from kit.cli import diagnostics
from kit.store import Store
from kit.vault import agent, backups, keys, transfer
from kit.vault.backups import catalog, making, restore
from kit.words import KitError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def by_itself(monkeypatch, no_keyring):
    monkeypatch.setattr(backups, "schedule", making.schedule)
    monkeypatch.setattr(restore, "CLOSE_TIMEOUT", 1.0)


@pytest.fixture
def plain(tmp_path):
    return begun(tmp_path / "plain.book", None)


def opened(place, passphrase=WORDS):
    """A book that was opened and closed again, once its backup is made."""
    book = kit.open_book(place, passphrase=passphrase)
    all_made()
    book.close()


def all_made():
    for one in threading.enumerate():
        if one.name == "kit-backup":
            one.join()


def sealed():
    return [one.file for one in backups.list_all()]


# which are kept -----------------------------------------------------------------------------------


DAYS = some.datetimes(datetime(2022, 1, 1), NOW.replace(tzinfo=None), timezones=some.just(UTC))


@given(some.sets(DAYS))
def test_the_ten_newest_stay_and_the_newest_of_each_of_the_last_twelve_months(moments):
    stay = backups.select_retained(moments, NOW)

    months = [(2026, month) for month in range(1, 12)] + [(2025, 12)]
    of_months = [[one for one in moments if (one.year, one.month) == month] for month in months]
    assert stay == {*sorted(moments)[-10:], *(max(of_one) for of_one in of_months if of_one)}


@given(some.sets(some.integers(0, 30_000)), some.integers(1, 400))
def test_a_coach_who_opens_the_practice_again_and_again_never_has_more_than_twenty_two(hours, more):
    there = set()
    for hour in sorted(hours):
        moment = NOW + timedelta(hours=hour)
        there = backups.select_retained({*there, moment}, moment)

        assert moment in there and len(there) <= making.KEEP_RECENT + making.KEEP_MONTHS


def test_a_backup_from_days_to_come_pushes_no_other_out():
    ahead = [NOW + timedelta(days=9000 + n) for n in range(12)]
    true = [NOW - timedelta(days=n) for n in range(10)]

    assert backups.select_retained([*ahead, *true], NOW) == {*ahead, *true}


def aged(place, key, monkeypatch, *ages):
    """Backups that the kit made so long ago."""
    for age in ages:
        monkeypatch.setattr(transfer, "datetime", Clock(datetime.now(UTC) - age))
        backups.make(place, key, backups.BY_KIT)
    monkeypatch.setattr(transfer, "datetime", datetime)


class Clock:
    def __init__(self, moment):
        self.moment = moment

    def now(self, _zone=None):
        return self.moment


def test_the_files_that_are_not_kept_go_and_those_of_a_person_and_of_other_books_stay(place, key, plain, monkeypatch):
    by_hand = backups.make(place, key)
    aged(plain, None, monkeypatch, *(timedelta(days=400 + n) for n in range(3)))
    others = set(sealed())
    aged(place, key, monkeypatch, *(timedelta(days=800 + n) for n in range(14)))

    assert len(sealed()) == len(others) + 10
    assert {by_hand, *others} <= set(sealed())


def test_a_new_practice_in_the_same_place_leaves_the_backups_of_the_earlier_one(place, key, monkeypatch):
    aged(place, key, monkeypatch, *(timedelta(days=800 + n) for n in range(10)))
    for one in place.parent.glob(f"{place.name}*"):
        one.unlink()
    kit.open_book(place, passphrase="another quiet evening").close()
    aged(
        place,
        keys.read_key_file(place, "another quiet evening"),
        monkeypatch,
        *(timedelta(days=700 + n) for n in range(11)),
    )

    assert len(sealed()) == 20
    assert len(backups.backup_files(place)) == 10


# when they are made -----------------------------------------------------------------------------------


def test_opening_a_practice_makes_a_backup_that_comes_back_and_the_next_opening_within_an_hour_none(
    place, key, tmp_path, monkeypatch
):
    opened(place)
    opened(place)

    (made,) = backups.list_backups(place)
    assert (made.by, made.file.parent) == (backups.BY_KIT, places.backups())
    backups.restore_backup(made.file, tmp_path / "back.book", WORDS)
    assert titles(tmp_path / "back.book", key) == ["bread"]
    monkeypatch.setattr(making, "MIN_INTERVAL", timedelta())
    opened(place)
    assert len(backups.list_backups(place)) == 2


def test_unlocking_makes_one_too(place):
    book = kit.open_book(place)
    book.unlock(WORDS)
    all_made()
    book.close()

    assert len(sealed()) == 1


def test_there_is_none_of_the_sample_of_a_book_in_memory_and_of_a_book_in_which_nothing_was_noted(kit_home, tmp_path):
    kit.open_book(":memory:").close()
    kit.open_book("sample").close()
    kit.open_book(places.sample()).close()
    kit.open_book(tmp_path / "new.book", passphrase=WORDS).close()
    all_made()

    assert sealed() == []


def test_a_book_without_a_passphrase_that_somebody_named_has_backups_without_one(plain, tmp_path):
    opened(plain, None)

    (made,) = backups.backup_files(plain)
    assert b"bread" in made.read_bytes()
    assert backups.restore_backup(made, tmp_path / "back.book", b"") == backups.Restored()
    assert titles(tmp_path / "back.book") == ["bread"]


def test_two_books_of_one_name_are_told_apart(tmp_path, kit_home):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        book = kit.open_book(tmp_path / folder / "x.book", passphrase=f"the folder called {folder}")
        book.add(kit.Client(name="Otter"))
        book.close()
        opened(tmp_path / folder / "x.book", f"the folder called {folder}")

    (one,), (other,) = (backups.backup_files(tmp_path / folder / "x.book") for folder in ("a", "b"))
    assert one != other and one.parent == other.parent == places.backups()


def _open_at(place, barrier):
    barrier.wait()
    opened(place)


def test_programs_that_open_at_once_make_one_backup(place, monkeypatch):
    monkeypatch.setattr(backups, "schedule", making.schedule)
    barrier = Barrier(4)
    programs = [FORK.Process(target=_open_at, args=(place, barrier)) for _each in range(4)]
    for one in programs:
        one.start()
    for one in programs:
        one.join()

    assert [one.exitcode for one in programs] == [0] * 4
    assert len(sealed()) == 1


def test_a_script_that_ends_at_once_has_made_its_backup_first(place):
    run("clients", KIT_PASSPHRASE=WORDS)

    assert len(sealed()) == 1


def test_in_a_notebook_what_waits_for_the_first_form_holds_no_key(place, key, monkeypatch):
    monkeypatch.setattr(making, "_in_a_notebook", lambda: True)
    monkeypatch.setattr(agent, "get_key", lambda book: key)
    monkeypatch.setattr(making, "START_DELAY", 0.5)
    waits = making.schedule(place, key)

    assert waits.daemon
    assert key not in waits._args
    waits.join()
    assert len(sealed()) == 1


def test_a_practice_that_was_locked_meanwhile_is_left_alone_without_a_word(place, key, monkeypatch):
    monkeypatch.setattr(making, "_in_a_notebook", lambda: True)
    monkeypatch.setattr(making, "START_DELAY", 0.0)
    answers = iter([key, None])
    monkeypatch.setattr(agent, "get_key", lambda book: next(answers))
    making.schedule(place, key).join()

    assert (sealed(), backups.last_error(place)) == ([], "")


@pytest.fixture
def later(monkeypatch):
    """Turns the clock on by so many hours; what waits for the forms to stand does not wait."""
    monkeypatch.setattr(making, "START_DELAY", 0.0)
    monkeypatch.setattr(making, "_next_check", {})

    def turned(hours):
        moment = datetime.now(UTC) + timedelta(hours=hours)
        monkeypatch.setattr(making.time, "time", moment.timestamp)
        monkeypatch.setattr(making, "datetime", Clock(moment))

    return turned


def after_a_save(place):
    backups.schedule_daily(place)
    all_made()
    return len(sealed())


def test_a_page_that_stays_open_makes_another_backup_with_the_first_save_after_a_day(place, key, later, monkeypatch):
    monkeypatch.setattr(agent, "get_key", lambda book: key)
    backups.make(place, key, backups.BY_KIT)
    begins = after_a_save(place)
    seen = []
    for hours in (2, 23, 25):
        later(hours)
        seen.append(after_a_save(place))

    assert (begins, seen) == (1, [1, 1, 2])


def test_what_another_program_made_today_is_enough(place, key, later, monkeypatch):
    monkeypatch.setattr(agent, "get_key", lambda book: key)
    after_a_save(place)
    later(25)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(transfer, "datetime", Clock(datetime.now(UTC) + timedelta(hours=20)))
        backups.make(place, key, backups.BY_KIT)

    assert after_a_save(place) == 1


def test_a_save_waits_for_nothing_and_looks_at_most_once_an_hour(plain, later, monkeypatch):
    looked = []
    book = kit.open_book(plain)
    all_made()
    monkeypatch.setattr(making, "_make_quietly", lambda *given: looked.append(threading.current_thread()))
    book.state.choose("Otter")
    for hours in (0, 25, 25, 25.5, 26.1):
        later(hours)
        book.state.notify()
    all_made()
    book.close()

    assert len(looked) == 2 and threading.main_thread() not in looked


def test_a_save_in_the_sample_makes_none(kit_home, later):
    kit.open_book("sample").close()
    after_a_save(places.sample())
    later(25)

    assert after_a_save(places.sample()) == 0


@pytest.mark.skipif(os.name == "nt", reason="on Windows the profile's own rights hold")
def test_backups_are_their_owners_alone(place, key):
    assert backups.make(place, key).stat().st_mode & 0o077 == 0
    assert places.backups().stat().st_mode & 0o077 == 0


# what is in the way -----------------------------------------------------------------------------------


def full(*_given, **_more):
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_a_quiet_sentence_until_a_backup_is_made(place, monkeypatch):
    with monkeypatch.context() as disk:
        disk.setattr(transfer, "seal", full)
        opened(place)

    told = "is full. Nothing is lost."
    assert told in backups.last_error(place) and sealed() == []
    assert [one.words for one in diagnostics.run_checks() if not one.fine and told in one.words]
    assert list(places.backups().glob(".moving-*")) == []
    opened(place)
    assert backups.last_error(place) == "" and len(sealed()) == 1


def test_a_disk_that_takes_not_even_a_note_is_told_all_the_same(place, monkeypatch):
    monkeypatch.setattr(transfer, "seal", full)
    monkeypatch.setattr(files, "write_atomically", full)
    opened(place)

    assert "is full. Nothing is lost." in backups.last_error(place)


def test_whatever_else_goes_wrong_stops_no_session(place, monkeypatch):
    monkeypatch.setattr(transfer, "seal", lambda *given: 1 / 0)
    opened(place)

    assert "could not be made" in backups.last_error(place)


def test_a_book_in_which_something_was_changed_is_not_put_into_a_backup(plain, monkeypatch):
    tell(plain, "UPDATE wins SET title = 'cake'")

    assert "damaged" in trouble_of(backups.make, plain, None)
    assert sealed() == []


# brought back -------------------------------------------------------------------------------------------


def test_a_backup_goes_where_a_book_stands_and_that_one_is_kept_whole(place, key):
    made = backups.make(place, key)
    note(place, key, "later")

    back = backups.restore_backup(made, place, key)
    aside = back.aside

    assert titles(place, key) == ["bread"]
    assert back.lacking == 1 and "1 later change, up to" in back.words()[0] and str(aside) in back.words()[1]
    assert titles(aside, key) == ["bread", "later"]
    again = backups.restore_backup(aside, place, key).aside
    assert titles(place, key) == ["bread", "later"]
    assert titles(again, key) == ["bread"]


def test_what_a_power_cut_left_in_the_journal_is_kept_aside_with_it(place, key):
    made = backups.make(place, key)
    store = Store(place, key)
    store.keep(kit.Win(client="Otter", title="later"))
    journal = place.with_name(f"{place.name}-wal").read_bytes()
    store.close()
    Store(place, key)._engine.dispose()
    place.with_name(f"{place.name}-wal").write_bytes(journal)

    backups.restore_backup(made, place, key)

    assert titles(place, key) == ["bread"]
    assert not place.with_name(f"{place.name}-wal").exists()


def damaged(place):
    content = place.read_bytes()
    place.write_bytes(with_a_flipped_bit(content, len(content) // 2))


def emptied(place):
    os.truncate(place, 0)


def test_a_backup_goes_in_the_place_of_a_damaged_book_and_there_is_no_alarm_afterwards(place, key):
    made = backups.make(place, key)
    note(place, key, "later")
    for harm in (damaged, emptied, Path.unlink):
        harm(place)
        assert "kit restore" in trouble_of(Store, place, key)

        aside = backups.restore_backup(made, place, key).aside

        assert titles(place, key) == ["bread"]
        assert (aside is not None) == (harm is damaged)


def test_the_passphrase_of_today_still_opens_an_older_backup_once_it_is_back(place, key):
    made = backups.make(place, key)
    keys.write_key_file(place, key, "a few quite new words")

    backups.restore_backup(made, place, key)

    assert keys.read_key_file(place, "a few quite new words") == key


def test_with_the_passphrase_that_it_had_a_backup_brings_its_own_key_file(place, key):
    made = backups.make(place, key)
    keys.write_key_file(place, key, "forgotten by everybody")

    backups.restore_backup(made, place, WORDS)

    assert keys.read_key_file(place, WORDS) == key


def test_a_book_that_is_open_in_another_program_is_not_replaced(place, key):
    made = backups.make(place, key)
    held, let_go = FORK.Event(), FORK.Event()
    program = FORK.Process(target=_hold, args=(place, key, held, let_go))
    program.start()
    held.wait()

    try:
        assert "open in another program" in trouble_of(backups.restore_backup, made, place, key)
    finally:
        let_go.set()
        program.join()
    assert titles(place, key) == ["bread"]
    assert not list(place.parent.glob("*.before-*"))


def _hold(place, key, held, let_go):
    store = Store(place, key)
    store.records(kit.Win)
    held.set()
    let_go.wait()
    store.close()


def test_the_running_kit_closes_the_book_and_opens_what_is_there_afterwards(place, key):
    running = agent.start()
    try:
        agent.add_key(place, key, 60)
        heard = []
        stop = agent.subscribe(heard.append)
        made = backups.make(place, key)
        backups.restore_backup(made, place, key)

        assert agent.get_key(place) == key
        patience = time.monotonic() + 30
        while (told := [word for word in heard if " " not in word]) and len(told) < 3 and time.monotonic() < patience:
            time.sleep(0.02)
        assert told[:3] == ["opened", "locked", "opened"]
        stop()
    finally:
        running.end()


def test_a_plain_backup_never_goes_where_an_encrypted_practice_stands(place, plain):
    made = backups.make(plain, None)

    assert "has no passphrase" in trouble_of(backups.restore_backup, made, place, b"")
    assert "without a passphrase" in trouble_of(backups.restore_backup, made, place, WORDS)


def test_a_backup_that_was_cut_or_changed_is_named_and_nothing_is_touched(place, key):
    made = backups.make(place, key)
    content = made.read_bytes()
    before = {one.name: one.read_bytes() for one in place.parent.iterdir() if one.is_file()}
    for harmed in (content[:-1], content[: len(content) // 2], with_a_flipped_bit(content, 9000), b""):
        made.write_bytes(harmed)

        assert trouble_of(backups.restore_backup, made, place, key)
        assert {one.name: one.read_bytes() for one in place.parent.iterdir() if one.is_file()} == before


def test_files_that_are_no_backups_are_never_listed_and_one_that_was_cut_is_named(place, key):
    made = backups.make(place, key)
    for name, content in (("half", made.read_bytes()[:5000]), ("empty", b""), ("other", b"something else")):
        (places.backups() / f"{name}.sealed").write_bytes(content)

    assert backups.backup_files(place) == [made]
    assert [one.stem for one in backups.unreadable_files()] == ["empty", "half", "other"]
    assert [one.words for one in diagnostics.run_checks() if "half.sealed was cut" in one.words]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happened_to_a_backup_it_comes_back_as_it_was_or_says_what_is_amiss(place, key, tmp_path, seed):
    rng = random.Random(seed)
    made = backups.make(place, key)
    content = made.read_bytes()
    for number in range(40):
        harmed = bytearray(content)
        at = rng.randrange(len(harmed))
        if rng.random() < 0.4:
            harmed = harmed[:at]
        elif rng.random() < 0.5:
            harmed[at] ^= 1 << rng.randrange(8)
        else:
            harmed[at : at + 64] = rng.randbytes(64)
        made.write_bytes(harmed)

        assert trouble_of(backups.restore_backup, made, tmp_path / f"{number}.book", key)
    assert not list(tmp_path.glob("*.book*"))


# killed ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_finished_backup_restores_whenever_a_program_is_killed_in_the_middle(tmp_path):
    looked_at, cut_short, amiss = killed_backups(tmp_path, kills=8, seed=1)

    assert looked_at
    assert cut_short
    assert amiss == []


# written anew -----------------------------------------------------------------------------------------------


def without_wins(store):
    for one in store.records(kit.Win):
        store.remove(one)


def test_every_backup_of_a_book_is_written_anew_and_keeps_its_name_and_its_age(place, key, monkeypatch, tmp_path):
    aged(place, key, monkeypatch, timedelta(days=40))
    backups.make(place, key)
    Store(place, key).close()
    place.with_name(f"{place.name}.before-0001").write_bytes(place.read_bytes())
    note(place, key, "later")
    aside = backups.restore_backup(backups.make(place, key), place, key).aside
    before = {one.file: one.made for one in backups.list_backups(place)}

    assert backups.rewrite(place, key, without_wins) == []

    assert {one.file: one.made for one in backups.list_backups(place)} == before
    assert len(before) == 5 and aside in backups.backup_files(place)
    for number, file in enumerate(before):
        backups.restore_backup(file, tmp_path / f"{number}.book", key)
        assert titles(tmp_path / f"{number}.book", key) == []
    assert titles(place, key) == ["bread", "later"]
    assert not list(places.backups().glob(".moving-*")) and not list(place.parent.glob(".moving-*"))


def test_a_backup_that_does_not_open_is_named_and_left_as_it_is(place, key):
    made = backups.make(place, key)
    good, content = backups.make(place, key), made.read_bytes()
    made.write_bytes(with_a_flipped_bit(content, 9000))
    (places.backups() / "cut.sealed").write_bytes(content[:700])
    stranger = places.backups() / "notes.sealed"
    stranger.write_bytes(b"")

    assert set(backups.rewrite(place, key, without_wins)) == {made, places.backups() / "cut.sealed"}
    assert made.read_bytes() == with_a_flipped_bit(content, 9000)
    assert good in backups.backup_files(place)


def test_a_change_that_does_not_succeed_leaves_the_backup_as_it_was(place, key):
    made = backups.make(place, key)
    content = made.read_bytes()

    with pytest.raises(ZeroDivisionError):
        backups.rewrite(place, key, lambda store: 1 / 0)
    assert made.read_bytes() == content


def test_while_one_program_changes_the_backups_another_waits(place, key, monkeypatch):
    monkeypatch.setattr(catalog, "LOCK_TIMEOUT", 0.2)
    with (
        backups.exclusive(places.backups()),
        pytest.raises(KitError, match="being made just now"),
        backups.exclusive(places.backups(), 0.1),
    ):
        pass


# the command line ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_line_lists_what_is_kept_and_takes_a_number(place, key):
    backups.make(place, key)
    note(place, key, "later")
    newest = backups.make(place, key)
    note(place, key, "latest")

    listed = run("restore")
    assert listed.returncode == 0 and str(newest) in listed.stdout and "made by hand" in listed.stdout
    number = next(line.split()[0] for line in listed.stdout.splitlines() if str(newest) in line)
    done = run("restore", number, "--yes", typed=WORDS + "\n")

    assert (done.returncode, done.stdout.strip()) == (0, str(place))
    assert "is kept as" in done.stderr
    assert titles(place, key) == ["bread", "later"]


def test_without_a_word_of_agreement_the_book_stays(place, key):
    backups.make(place, key)
    note(place, key, "later")

    done = run("restore", 1, typed=WORDS + "\n")

    assert (done.returncode, done.stdout) == (1, "")
    assert "stays" in done.stderr and "--yes" in done.stderr
    assert titles(place, key) == ["bread", "later"]


def test_on_a_computer_where_there_is_no_book_yet_whatever_backups_are_there_are_listed(place, key):
    backups.make(place, key)
    for one in place.parent.glob(f"{place.name}*"):
        one.unlink()

    assert str(places.backups()) in run("restore").stdout
    assert run("restore", 1, typed=WORDS + "\n").returncode == 0
    assert titles(place, key) == ["bread"]


def test_where_there_is_no_backup_the_list_says_so(kit_home):
    done = run("restore")

    assert done.returncode == 0 and "no backup" in done.stdout


# the panel --------------------------------------------------------------------------------------------------------


@pytest.fixture
def unlock(place, key):
    running = agent.start()
    agent.add_key(place, key, 60, is_curtain_open=True)
    yield running
    running.end()


@pytest.fixture
def panel(place, unlock, monkeypatch):
    monkeypatch.setattr(backups, "schedule", lambda *given: None)
    book = kit.open_book(place)
    book.just_me()
    yield book.backups()
    book.close()


def shown(panel):
    return str(panel.view["blocks"])


def test_the_panel_says_when_and_where_and_makes_one_now(panel, place):
    assert "There is no backup yet" in shown(panel)

    panel.act("make")

    assert "made by hand" in shown(panel) and str(places.backups()) in shown(panel)
    assert "brought back once" in panel.status["said"]
    assert len(backups.backup_files(place)) == 1


def test_the_panel_tells_what_was_in_the_way(panel, place):
    making._record_error(place, places.backups(), "The disk is full.")
    panel.refresh()

    assert "could not be made. The disk is full." in shown(panel)


def test_the_panel_asks_once_more_before_it_brings_one_back(panel, place, key, monkeypatch):
    asked = []
    monkeypatch.setattr(kit.widgets.backups, "_brought_back", lambda *given: asked.append(given) or "It is back.")
    panel.act("make")
    (made,) = backups.backup_files(place)

    panel.act("choose", made.name)
    assert "kept under another name" in shown(panel) and asked == []
    panel.act("choose", "")
    assert "kept under another name" not in shown(panel)
    panel.act("choose", made.name)
    panel.act("bring_back", made.name)

    assert asked == [(made, place)]
    assert panel.status["said"] == "It is back."


def test_what_the_panel_starts_brings_the_backup_back_and_says_where_the_other_one_is(place, key, unlock):
    made = backups.make(place, key)
    note(place, key, "later")

    told = kit.widgets.backups._brought_back(made, place)

    assert "The backup is back." in told and "is kept as" in told
    assert titles(place, key) == ["bread"]
    made.write_bytes(made.read_bytes()[:-1])
    assert "cut or changed" in kit.widgets.backups._brought_back(made, place)


async def brought_back_on_a_page(plain, file):
    """What a page of this book shows and holds while its panel brings a backup back."""
    book = kit.open_book(plain)
    first, panel, seen = book.just_me(), book.backups(), []
    first.observe(lambda _change: seen.append(shown(first)), "view")
    panel.act("choose", file.name)
    panel.act("bring_back", file.name)
    for _each in range(600):
        await asyncio.sleep(0.1)
        if panel.status.get("said"):
            break
    try:
        return panel.status["said"], [one.title for one in book.records(kit.Win)], "".join(seen)
    finally:
        book.close()


def test_the_panel_brings_back_a_book_without_a_passphrase_and_its_pages_open_again(plain):
    running = agent.start()
    made = backups.make(plain, None)
    note(plain, None, "later")
    try:
        said, there, seen = asyncio.run(brought_back_on_a_page(plain, made))
    finally:
        running.end()

    assert "The backup is back." in said and "is kept as" in said
    assert there == ["bread"]
    assert "is being put in order" in seen


def test_of_a_book_without_a_passphrase_the_panel_does_not_say_that_its_backups_are_encrypted(plain):
    backups.make(plain, None)
    book = kit.open_book(plain)
    book.just_me()
    panel = book.backups()

    assert "encrypted" not in shown(panel) and "no passphrase" in shown(panel)
    assert "bring back" in shown(panel).lower()
    book.close()


def test_on_a_page_for_two_and_in_the_sample_there_is_nothing_to_see(place, unlock):
    book = kit.open_book(place)
    sample = kit.open_book("sample")
    sample.just_me()

    assert str(places.backups()) not in shown(book.backups())
    assert "sample needs no backups" in shown(sample.backups())
    book.close(), sample.close()


def test_a_synced_folder_is_another_place_and_any_other_asks_for_a_copy(panel, monkeypatch):
    assert "stick or another disk" in shown(panel)

    monkeypatch.setattr(places, "cloud_service_of", lambda path: "OneDrive")
    panel.refresh()

    assert "OneDrive" in shown(panel) and "stick" not in shown(panel)
