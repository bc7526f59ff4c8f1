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
from kit.vault.backups.catalog import BY_HAND, BY_KIT, Backup, exclusive, location_id, scan
from kit.words import KitError, _

KEEP_RECENT, KEEP_MONTHS = 10, 12
MIN_INTERVAL, DAILY = timedelta(hours=1), timedelta(days=1)
START_DELAY = 8.0  # seconds after which the first form of a page stands
_next_check: dict[Path, float] = {}


def schedule(place: Path, key: bytes | None) -> threading.Thread | None:
    """Makes a backup of a book that was just opened, beside whatever goes on; None where none is due.

    In a notebook it waits until the first form stands, then asks the running kit for the key: what waits holds none.
    """
    if place == places.sample() or _is_empty(place, key) or not is_due(place):
        return None
    waits = _in_a_notebook() and (key is None or agent.find_key(place) is not None)
    given = (place, None if waits else key, places.backups(), START_DELAY if waits else 0.0)
    one = threading.Thread(target=_make_quietly, args=given, daemon=waits, name="kit-backup")
    one.start()
    return one


def schedule_daily(place: Path | None) -> threading.Thread | None:
    """Called after each save on a page: once in an hour it looks, beside the work, whether the newest is a day old.

    The clock is that of the wall: the other one stands still while a computer sleeps.
    """
    now = time.time()
    if (
        place is None
        or now < _next_check.setdefault(place, now + MIN_INTERVAL.total_seconds())
        or place == places.sample()
    ):
        return None
    _next_check[place] = now + MIN_INTERVAL.total_seconds()
    given = (place, None, places.backups(), START_DELAY, DAILY)
    one = threading.Thread(target=_make_quietly, args=given, daemon=True, name="kit-backup")
    one.start()
    return one


def make(place: Path, key: bytes | None, by: str = BY_HAND, folder: Path | None = None) -> Path:
    """Makes a backup at once. One that a person wanted stays until a person removes it."""
    folder = folder or places.backups()
    with exclusive(folder):
        return _make(place, key, by, folder)


def is_due(place: Path, folder: Path | None = None, age: timedelta | None = None) -> bool:
    """Whether the newest backup that the kit made of this book is as old as that; an hour, unless it is said."""
    now, age = datetime.now(UTC), MIN_INTERVAL if age is None else age
    return not any(timedelta() <= now - one.made < age for one in _rotation(place, folder or places.backups()))


def select_retained(moments: Iterable[datetime], now: datetime) -> set[datetime]:
    """Which backups stay: the newest ones, and the newest of each of the last months; and any from days to come."""
    newest = sorted(moments, reverse=True)
    past = [one for one in newest if one <= now]
    monthly: dict[int, datetime] = {}
    for one in past:
        monthly.setdefault(_month(one), one)
    return {
        *(one for one in newest if one > now),  # of a clock that stood wrong: nothing goes because of it
        *past[:KEEP_RECENT],
        *(one for month, one in monthly.items() if month > _month(now) - KEEP_MONTHS),
    }


def _month(moment: datetime) -> int:
    return 12 * moment.year + moment.month


def _rotation(place: Path, folder: Path) -> list[Backup]:
    mark, tag = keys.key_id_of(place), location_id(place)
    return [one for one in scan(folder) if one.by == BY_KIT and one.where == tag and (one.of == mark or not mark)]


def _make(place: Path, key: bytes | None, by: str, folder: Path) -> Path:
    tag = location_id(place)
    stem = place.stem if place == places.practice() else f"{place.stem}-{tag[:6]}"
    name = f"{stem}-{datetime.now():%Y-%m-%d-%H%M}"
    made = transfer.pack(place, key, folder, name, by=by, where=tag)
    ring = _rotation(place, folder)
    stay = select_retained([one.made for one in ring], datetime.now(UTC))
    for one in ring:
        if one.made not in stay:
            with contextlib.suppress(OSError):
                one.file.unlink()
    return made


def _make_quietly(place: Path, key: bytes | None, folder: Path, wait: float, age: timedelta | None = None) -> None:
    """A backup that nobody waits for: what is in its way is noted for the coach, and is no alarm in a session."""
    time.sleep(wait)
    try:
        key = key or agent.get_key(place)
        if key is None and keys.is_encrypted(place):
            return  # locked in the meantime; the next opening makes one
        with exclusive(folder):
            if is_due(place, folder, age):  # another program was not quicker
                _make(place, key, BY_KIT, folder)
        _record_error(place, folder, "")
    except (KitError, OSError) as trouble:
        _record_error(place, folder, str(trouble))
    except Exception:  # noqa: BLE001  whatever it was, the session goes on
        with contextlib.suppress(Exception):
            places.log_error(traceback.format_exc(limit=-3))
        _record_error(place, folder, _("It could not be made."))


def _is_empty(place: Path, key: bytes | None) -> bool:
    told = checkpoint.read(place, checkpoint.signing_key(key))
    return told is not None and not told.count


def _in_a_notebook() -> bool:
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop() is not None
    return False


# what was in the way -----------------------------------------------------------------------------------

_unwritten_errors: dict[Path, str] = {}  # for a disk that takes not even a note


def last_error(place: Path) -> str:
    """What was in the way of the last backup that was due, as one sentence; empty where it was made."""
    file = _error_file(place, places.backups())
    if file in _unwritten_errors:
        return _unwritten_errors[file]
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return file.read_text(encoding="utf-8")
    return ""


def _record_error(place: Path, folder: Path, sentence: str) -> None:
    file = _error_file(place, folder)
    _unwritten_errors.pop(file, None)
    try:
        if sentence:
            file.touch(mode=0o600)
            files.write_atomically(file, sentence.encode())
        else:
            file.unlink(missing_ok=True)
    except (KitError, OSError):
        _unwritten_errors[file] = sentence


def _error_file(place: Path, folder: Path) -> Path:
    return folder / f".{location_id(place)}.txt"
