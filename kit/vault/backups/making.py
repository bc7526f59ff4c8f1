"""Backups that are made: by the kit as a book is opened, or because a person wants one; the older ones go."""

import asyncio
import contextlib
import threading
import time
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kit import files, places
from kit.store import checkpoint
from kit.vault import agent, keys, transfer
from kit.vault.backups.catalog import BY_HAND, BY_KIT, Kept, alone, every, tag_of
from kit.words import KitError, _

RECENT, MONTHS = 10, 12
EVERY, DAY = timedelta(hours=1), timedelta(days=1)
AFTER = 8.0  # seconds after which the first form of a page stands
_look_again: dict[Path, float] = {}


def soon(place: Path, key: bytes | None) -> threading.Thread | None:
    """Makes a backup of a book that was just opened, beside whatever goes on; None where none is due.

    In a notebook it waits until the first form stands, then asks the running kit for the key: what waits holds none.
    """
    if place == places.sample() or _holds_nothing(place, key) or not is_due(place):
        return None
    waits = _in_a_notebook() and (key is None or agent.at_hand(place) is not None)
    given = (place, None if waits else key, places.backups(), AFTER if waits else 0.0)
    one = threading.Thread(target=_make_quietly, args=given, daemon=waits, name="kit-backup")
    one.start()
    return one


def again(place: Path | None) -> threading.Thread | None:
    """Called after each save on a page: once in an hour it looks, beside the work, whether the newest is a day old.

    The clock is that of the wall: the other one stands still while a computer sleeps.
    """
    now = time.time()
    if place is None or now < _look_again.setdefault(place, now + EVERY.total_seconds()) or place == places.sample():
        return None
    _look_again[place] = now + EVERY.total_seconds()
    given = (place, None, places.backups(), AFTER, DAY)
    one = threading.Thread(target=_make_quietly, args=given, daemon=True, name="kit-backup")
    one.start()
    return one


def make(place: Path, key: bytes | None, by: str = BY_HAND, folder: Path | None = None) -> Path:
    """Makes a backup at once. One that a person wanted stays until a person removes it."""
    folder = folder or places.backups()
    with alone(folder):
        return _made(place, key, by, folder)


def is_due(place: Path, folder: Path | None = None, age: timedelta | None = None) -> bool:
    """Whether the newest backup that the kit made of this book is as old as that; an hour, unless it is said."""
    now, age = datetime.now(UTC), EVERY if age is None else age
    return not any(timedelta() <= now - one.made < age for one in _ring(place, folder or places.backups()))


def to_keep(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """Which backups stay: the newest ones, and the newest of each of the last months; and any from days to come."""
    newest = sorted(moments, reverse=True)
    past = [one for one in newest if one <= now]
    monthly: dict[int, datetime] = {}
    for one in past:
        monthly.setdefault(_month(one), one)
    return {
        *(one for one in newest if one > now),  # of a clock that stood wrong: nothing goes because of it
        *past[:RECENT],
        *(one for month, one in monthly.items() if month > _month(now) - MONTHS),
    }


def _month(moment: datetime) -> int:
    return 12 * moment.year + moment.month


def _ring(place: Path, folder: Path) -> list[Kept]:
    mark, tag = keys.marked(place), tag_of(place)
    return [one for one in every(folder) if one.by == BY_KIT and one.where == tag and (one.of == mark or not mark)]


def _made(place: Path, key: bytes | None, by: str, folder: Path) -> Path:
    tag = tag_of(place)
    stem = place.stem if place == places.practice() else f"{place.stem}-{tag[:6]}"
    name = f"{stem}-{datetime.now():%Y-%m-%d-%H%M}"
    made = transfer.pack(place, key, folder, name, by=by, where=tag)
    ring = _ring(place, folder)
    stay = to_keep([one.made for one in ring], datetime.now(UTC))
    for one in ring:
        if one.made not in stay:
            with contextlib.suppress(OSError):
                one.file.unlink()
    return made


def _make_quietly(place: Path, key: bytes | None, folder: Path, wait: float, age: timedelta | None = None) -> None:
    """A backup that nobody waits for: what is in its way is noted for the coach, and is no alarm in a session."""
    time.sleep(wait)
    try:
        key = key or agent.ask(place)
        if key is None and keys.locked(place):
            return  # locked in the meantime; the next opening makes one
        with alone(folder):
            if is_due(place, folder, age):  # another program was not quicker
                _made(place, key, BY_KIT, folder)
        _note(place, folder, "")
    except (KitError, OSError) as trouble:
        _note(place, folder, str(trouble))
    except Exception:  # noqa: BLE001  whatever it was, the session goes on
        with contextlib.suppress(Exception):
            places.note_trouble(traceback.format_exc(limit=-3))
        _note(place, folder, _("It could not be made."))


def _holds_nothing(place: Path, key: bytes | None) -> bool:
    told = checkpoint.read(place, checkpoint.secret_of(key))
    return told is not None and not told.count


def _in_a_notebook() -> bool:
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop() is not None
    return False


# what was in the way -----------------------------------------------------------------------------------

_said: dict[Path, str] = {}  # for a disk that takes not even a note


def trouble(place: Path) -> str:
    """What was in the way of the last backup that was due, as one sentence; empty where it was made."""
    file = _note_of(place, places.backups())
    if file in _said:
        return _said[file]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return file.read_text(encoding="utf-8")
    return ""


def _note(place: Path, folder: Path, sentence: str) -> None:
    file = _note_of(place, folder)
    _said.pop(file, None)
    try:
        if sentence:
            file.touch(mode=0o600)
            files.write_atomically(file, sentence.encode())
        else:
            file.unlink(missing_ok=True)
    except (KitError, OSError):
        _said[file] = sentence


def _note_of(place: Path, folder: Path) -> Path:
    return folder / f".{tag_of(place)}.txt"
