"""Which backups are there, of which book, made when; and that one program at a time changes them."""

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit import locking, places
from kit.vault import keys, transfer
from kit.words import KitError, _, day_words

LOCK_TIMEOUT = 60.0  # seconds that one program waits for the backup of another
BY_KIT, BY_HAND, BESIDE = "kit", "hand", "beside"
ORIGINS = {
    BY_KIT: _("made by itself"),
    BY_HAND: _("made by hand"),
    BESIDE: _("the book as it stood until then"),
}
SIDECARS = ("-wal", "-shm", ".key", ".head", ".lines.json")  # what lies beside a book and is none itself
_BUSY = _("Another backup is being made just now. Please try again in a moment.")


@dataclass(frozen=True)
class Backup:
    """A backup that is there; `by` says whether the kit made it by itself, a person did, or it is a copy beside."""

    file: Path
    made: datetime
    size: int
    by: str
    of: str = ""
    where: str = ""


def backup_files(place: Path) -> list[Path]:
    """All of the kit's own backups of this book, and the copies that it laid beside it; the newest first."""
    return [one.file for one in list_backups(place)]


def list_backups(place: Path) -> list[Backup]:
    """The same, each with its date and size; a file that is not whole by its size is none."""
    mark, tag = keys.key_id_of(place), location_id(place)
    ours = [one for one in scan(places.backups()) if (one.of == mark if mark else one.where == tag)]
    return sorted([*ours, *_beside(place)], key=lambda one: one.made, reverse=True)


def format_made(one: Backup) -> str:
    """When a backup was made, as people say it."""
    return format_moment(one.made)


def format_moment(moment: datetime) -> str:
    moment = moment.astimezone()
    return _("{day} at {time}").format(day=day_words(moment.date()), time=f"{moment:%H:%M}")


def describe(one: Backup) -> str:
    """A backup in words: when it was made, how large it is, and by whom."""
    size = _("{n} MB").format(n=max(0.1, round(one.size / 1024**2, 1)))
    return " \u00b7 ".join((format_made(one), size, ORIGINS.get(one.by, ORIGINS[BY_HAND])))


def list_all() -> list[Backup]:
    """The backups of whatever book: for a computer to which they were copied, and no book is there yet."""
    return sorted(scan(places.backups()), key=lambda one: one.made, reverse=True)


def location_id(place: Path) -> str:
    """A name for where a book lies, so that two of one name do not push each other's backups out."""
    return hashlib.sha256(os.path.normcase(place.expanduser().resolve()).encode()).hexdigest()[:16]


def scan(folder: Path) -> Iterator[Backup]:
    for file in folder.glob(f"*{transfer.SUFFIX}"):
        with contextlib.suppress(KitError, OSError, ValueError, TypeError, KeyError), file.open("rb") as opened:
            front = transfer.read_header(opened)
            made = datetime.fromisoformat(front["made"]).astimezone(UTC)
            by, of, where = (str(front.get(name, "")) for name in ("by", "of", "where"))
            yield Backup(file, made, file.stat().st_size, by or BY_HAND, of, where)


def _beside(place: Path) -> Iterator[Backup]:
    for file in place.parent.glob(f"{escape_glob(place.name)}.before-*"):
        if not file.name.endswith(SIDECARS) and file.is_file():
            stat = file.stat()
            yield Backup(file, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, BESIDE)


def unreadable_files() -> list[Path]:
    """Files among the backups that look like one and are none: they were cut, or changed at their beginning."""
    folder = places.backups()
    return sorted(set(folder.glob(f"*{transfer.SUFFIX}")) - {one.file for one in scan(folder)})


def escape_glob(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in name)


@contextlib.contextmanager
def exclusive(folder: Path, patience: float = LOCK_TIMEOUT) -> Iterator[None]:
    """While this holds, no other program makes or changes a backup; it ends with the program, however that went."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locking.exclusive(folder / ".lock", patience))
        except locking.LockTimeout:
            raise KitError(_BUSY) from None
        for left in folder.glob(".moving-*"):  # of a program that was ended in the middle
            shutil.rmtree(left, ignore_errors=True)
        yield
