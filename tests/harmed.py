"""Books that something happened to: cut, flipped, older, edited, killed in a save; and what opening says then."""

import contextlib
import multiprocessing
import os
import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher

import kit
from kit.records import KINDS, changed
from kit.store import Store, checkpoint, opening
from kit.words import KitError

WORDS = ("kettle", "walked", "to the sea", "with Ada", "before", "it rained", "and", "we laughed", "the", "a")
FORK = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")


@dataclass
class Practice:
    """A book on disk with its key, all that it holds, and how it was some saves earlier."""

    place: Path
    key: bytes | None
    truth: Any
    older: Path


# making ------------------------------------------------------------------------------------------


def made(folder: Path, rng: random.Random, encrypted: bool, closed: bool) -> Practice:
    """A practice of a few dozen saves, closed or left as a power cut leaves it."""
    key = rng.randbytes(32) if encrypted else None
    working = folder / "working"
    working.mkdir(parents=True)
    store = Store(working / "practice.book", key)
    store.save(kit.Client(name="Heron"), kit.Client(name="Otter"))
    _live(store, rng, rng.randrange(15, 60))
    if rng.random() < 0.5:  # what is older lies in the file, or in the journal beside it
        store._engine.raw_connection().driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    older = copied(working / "practice.book", folder / "older")
    _live(store, rng, rng.randrange(1, 20))
    truth = told(store)
    if closed:
        store.close()
    place = copied(working / "practice.book", folder / "now")
    store._engine.dispose()
    return Practice(place, key, truth, older)


def _live(store: Store, rng: random.Random, saves: int) -> None:
    for _save in range(saves):
        wins = store.records(kit.Win)
        what = rng.random()
        if what < 0.6 or not wins:
            store.save(kit.Win(client=rng.choice(("Heron", "Otter")), title=_words(rng, 6), on=None))
        elif what < 0.8:
            one = rng.choice(wins)
            store.save(changed(one, title=_words(rng, 4), version=one.version + 1))
        elif what < 0.9:
            store.remove(rng.choice(wins))
        else:
            store.save(kit.Milestone(client="Heron", title=_words(rng, 3), note=_words(rng, 700), on=None))


def _words(rng: random.Random, n: int) -> str:
    return " ".join(rng.choices(WORDS, k=n))


def told(store: Store) -> Any:
    """All records, and all that the history holds."""
    with store._reading_transaction() as db:
        history = db.exec_driver_sql('SELECT seq, kind, record, did, "by", at, "before" FROM history').fetchall()
    by_client = [sorted(map(str, store.rows([kit.Win, kit.Milestone], name).values())) for name in ("Heron", "Otter")]
    kept = {plural: sorted(map(str, rows)) for plural, rows in store.rows(KINDS).items()}
    return (kept, by_client), sorted(map(tuple, history))


def copied(place: Path, folder: Path) -> Path:
    shutil.copytree(place.parent, folder, ignore=shutil.ignore_patterns("*-shm"))
    return folder / place.name


@contextlib.contextmanager
def copies(practice: Practice, folder: Path) -> Iterator[Practice]:
    """A copy of a practice to do something to."""
    place = copied(practice.place, folder / "copy")
    try:
        yield Practice(place, practice.key, practice.truth, practice.older)
    finally:
        shutil.rmtree(place.parent)


# opening -----------------------------------------------------------------------------------------


def opened(practice: Practice) -> tuple[str, Any]:
    """(the sentence of trouble, or empty; what the book holds)."""
    try:
        store = Store(practice.place, practice.key)
    except KitError as trouble:
        return str(trouble), None
    try:
        return "", told(store)
    finally:
        store.close()


# damage ------------------------------------------------------------------------------------------


def journal(place: Path) -> Path:
    return place.with_name(f"{place.name}-wal")


def _a_file(one: Practice, rng: random.Random) -> Path:
    files = [path for path in (one.place, journal(one.place)) if path.exists() and path.stat().st_size]
    return rng.choice(files)


def cut(one: Practice, rng: random.Random) -> None:
    file = _a_file(one, rng)
    left = rng.randrange(file.stat().st_size)
    os.truncate(file, left - left % 4096 if rng.random() < 0.3 else left)


def with_a_flipped_bit(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def flipped(one: Practice, rng: random.Random) -> None:
    file = _a_file(one, rng)
    content = bytearray(file.read_bytes())
    for _flip in range(rng.randrange(1, 4)):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    file.write_bytes(content)


def scrambled(one: Practice, rng: random.Random) -> None:
    file = _a_file(one, rng)
    content = bytearray(file.read_bytes())
    start = rng.randrange(len(content))
    content[start : start + 64] = rng.randbytes(len(content[start : start + 64]))
    file.write_bytes(content)


def put_back_older(one: Practice, rng: random.Random) -> None:
    journal(one.place).unlink(missing_ok=True)
    shutil.copy(one.older, one.place)
    if journal(one.older).exists():
        shutil.copy(journal(one.older), journal(one.place))


def an_older_page(one: Practice, rng: random.Random) -> None:
    then, now = one.older.read_bytes(), bytearray(one.place.read_bytes())
    pages = [at for at in range(0, min(len(then), len(now)), 4096) if then[at : at + 4096] != now[at : at + 4096]]
    for at in rng.sample(pages, min(len(pages), rng.randrange(1, 3))):
        now[at : at + 4096] = then[at : at + 4096]
    one.place.write_bytes(now)


def without_journal(one: Practice, rng: random.Random) -> None:
    journal(one.place).unlink(missing_ok=True)


def emptied(one: Practice, rng: random.Random) -> None:
    os.truncate(one.place, 0)
    without_journal(one, rng)


def gone(one: Practice, rng: random.Random) -> None:
    one.place.unlink()
    without_journal(one, rng)


EDITS = (
    "UPDATE wins SET title = title || '!' WHERE rowid = {row}",
    "UPDATE wins SET client = CASE client WHEN 'Heron' THEN 'Otter' ELSE 'Heron' END WHERE rowid = {row}",
    "UPDATE wins SET share_with = '[\"x\"]' WHERE rowid = {row}",
    "UPDATE wins SET title = title || char(0) || 'x' WHERE rowid = {row}",
    "UPDATE wins SET created_at = '2020-01-01 00:00:00.000000' WHERE rowid = {row}",
    "UPDATE wins SET title = (SELECT title FROM wins WHERE rowid <> {row} AND title <> (SELECT title FROM wins"
    " WHERE rowid = {row}) LIMIT 1) WHERE rowid = {row}",
    "UPDATE wins SET title = x'ff' WHERE rowid = {row}",
    "DELETE FROM wins WHERE rowid = {row}",
    "INSERT INTO wins SELECT 'another', client, created_at, by, version, \"on\", title, share_with FROM wins"
    " WHERE rowid = {row}",
    "UPDATE clients SET name = 'Coot', limits = 'none' WHERE name = 'Heron'",
    "UPDATE history SET \"before\" = replace(\"before\", 'the', 'no') WHERE \"before\" LIKE '%the%'",
    "UPDATE history SET at = '2020-01-01 00:00:00.000000' WHERE seq = {row}",
    'UPDATE history SET did = NULL, kind = NULL, record = NULL, "before" = NULL WHERE seq = {row}',
    "DELETE FROM history WHERE seq = {row}",
    "DELETE FROM history WHERE seq > (SELECT max(seq) FROM history) - 3",
    "DELETE FROM history",
    "DELETE FROM salts",
)
LAST = (
    "DELETE FROM wins WHERE id IN (SELECT record FROM history WHERE seq > (SELECT max(seq) FROM history) - {row})",
    "DELETE FROM history WHERE seq > (SELECT max(seq) FROM history) - {row}",
)


def edited(one: Practice, rng: random.Random) -> None:
    _told_to(one, rng.choice(EDITS), rng)


def without_its_last(one: Practice, rng: random.Random) -> None:
    """The latest entries are removed together with their history."""
    for order in LAST:
        _told_to(one, order, random.Random(one.truth[1][-1][0]))


def _told_to(one: Practice, order: str, rng: random.Random) -> None:
    db = connected(one)
    rows = [row for (row,) in db.execute("SELECT rowid FROM wins")]
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute(order.format(row=rng.choice(rows)) if "wins SET" in order or "wins WHERE rowid" in order
               else order.format(row=rng.randrange(1, 4)))  # fmt: skip
    db.close()


def connected(one: Practice) -> Any:
    db = sqlcipher.connect(str(one.place), isolation_level=None)
    if one.key:
        db.execute(f"PRAGMA key = \"x'{one.key.hex()}'\"")
    return db


def tell(place: Path, order: str) -> None:
    """Somebody writes into a book without the kit."""
    with contextlib.closing(sqlcipher.connect(str(place), isolation_level=None)) as db:
        db.execute(order)


DAMAGES: tuple[Callable[[Practice, random.Random], None], ...] = (
    cut, cut, flipped, flipped, flipped, scrambled, put_back_older, an_older_page, without_journal, emptied, gone,
    edited, edited, edited, edited, without_its_last,
)  # fmt: skip


# what does no harm -------------------------------------------------------------------------------


def nothing(one: Practice, rng: random.Random) -> None:
    pass


def without_head(one: Practice, rng: random.Random) -> None:
    checkpoint.path_for(one.place).unlink()


def with_an_earlier_head(one: Practice, rng: random.Random) -> None:
    """A crash after the save and before its head was written."""
    lines = [line for line in checkpoint.path_for(one.place).read_bytes().splitlines() if line]
    checkpoint.path_for(one.place).write_bytes(b"\n".join(lines[: rng.randrange(1, len(lines))]) + b"\n")


def with_a_torn_head(one: Practice, rng: random.Random) -> None:
    os.truncate(checkpoint.path_for(one.place), rng.randrange(checkpoint.path_for(one.place).stat().st_size))


def with_a_flipped_head(one: Practice, rng: random.Random) -> None:
    content = bytearray(checkpoint.path_for(one.place).read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    checkpoint.path_for(one.place).write_bytes(content)


def packed(one: Practice, rng: random.Random) -> None:
    """Another program reads it, and lays it out anew."""
    db = connected(one)
    db.execute("VACUUM")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def copied_by_sqlite(one: Practice, rng: random.Random) -> None:
    source, twin = connected(one), connected(Practice(one.place.with_name("twin"), one.key, None, one.older))
    source.backup(twin)
    source.close(), twin.close()
    journal(one.place).unlink(missing_ok=True)
    one.place.with_name("twin").replace(one.place)


def opened_before(one: Practice, rng: random.Random) -> None:
    store = Store(one.place, one.key)
    store.save_draft("Heron", "small_win", {"title": "half a sen"})
    if rng.random() < 0.5:
        store.close()
    else:
        store._engine.dispose()


HARMLESS = (
    nothing, without_head, with_an_earlier_head, with_a_torn_head, with_a_flipped_head, packed, copied_by_sqlite,
    opened_before,
)  # fmt: skip


def looked_at(folder: Path, seed: int, acts: tuple = DAMAGES, each: int = 20) -> Iterator[tuple[str, str, bool]]:
    """(what was done, the sentence of trouble, whether all is as it was) for `each` copies of one practice."""
    rng = random.Random(seed)
    practice = made(folder / str(seed), rng, encrypted=seed % 2 == 1, closed=seed % 4 > 1)
    for _copy in range(each):
        act = rng.choice(acts)
        with copies(practice, folder / str(seed)) as one:
            act(one, rng)
            sentence, found = opened(one)
        yield act.__name__, sentence, found == practice.truth
    shutil.rmtree(folder / str(seed))


# killed ------------------------------------------------------------------------------------------


def _save_on(place: Path, key: bytes | None, acknowledged: Path) -> None:
    """Saves as fast as it can, and says so after each save, until it is killed."""
    store = Store(place, key)
    with acknowledged.open("ab", buffering=0) as file:
        while True:
            win = kit.Win(client="Heron", title="bread")
            store.save(win)
            file.write(f"{win.id}\n".encode())


def killed(folder: Path, kills: int, seed: int = 0) -> tuple[int, int, list[str]]:
    """(saves that were acknowledged, those of them that are not there, sentences of trouble) after so many kills."""
    rng, acknowledged, lacking, said = random.Random(seed), 0, 0, []
    for number in range(kills // 2):
        place, key = folder / f"killed-{number // 10}.book", (None, b"k" * 32)[number // 10 % 2]
        if number % 10 == 0:
            with contextlib.closing(Store(place, key)) as store:
                store.save(kit.Client(name="Heron"))
        files = [folder / f"acknowledged-{number}-{side}" for side in (1, 2)]
        savers = [FORK.Process(target=_save_on, args=(place, key, file)) for file in files]
        for one in savers:
            one.start()
        time.sleep(rng.uniform(0.0, 0.12))
        for one in savers:
            one.kill()
            one.join()
        told = [line for file in files if file.exists() for line in file.read_text().split()]
        try:
            store = Store(place, key)
        except KitError as trouble:
            said.append(str(trouble))
            continue
        there = {one.id for one in store.records(kit.Win)}
        store.close() if rng.random() < 0.3 else store._engine.dispose()
        acknowledged, lacking = acknowledged + len(told), lacking + sum(one not in there for one in told)
    return acknowledged, lacking, said


def _save_some(place: Path, key: bytes | None, saves: int) -> None:
    with contextlib.closing(Store(place, key)) as store:
        for number in range(saves):
            store.save(kit.Win(client="Heron", title=f"{os.getpid()} {number}"))


def saved_at_once(place: Path, key: bytes | None, processes: int, saves: int) -> int:
    """How many wins are there after so many processes saved at once."""
    with contextlib.closing(Store(place, key)) as store:
        store.save(kit.Client(name="Heron"))
    savers = [FORK.Process(target=_save_some, args=(place, key, saves)) for _one in range(processes)]
    for one in savers:
        one.start()
    for one in savers:
        one.join()
    with contextlib.closing(Store(place, key)) as store:
        return len(store.records(kit.Win))


def killed_at(place: Path, key: bytes | None, step: int) -> bool:
    """Opens a book in a process that dies when it comes to its `step`-th order to SQLite; whether it came to it."""
    child = FORK.Process(target=_open_until, args=(place, key, step))
    child.start()
    child.join()
    return child.exitcode == 9


def _open_until(place: Path, key: bytes | None, step: int) -> None:
    connected, left = opening._connect, iter(range(step))

    def counted(place: Path | None, key: bytes | None) -> Any:
        connection = connected(place, key)
        connection.set_trace_callback(lambda _order: next(left, None) is None and os._exit(9))
        return connection

    opening._connect = counted
    Store(place, key).close()
