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

PATIENCE = 60.0  # seconds that one program waits for the backup of another
BY_KIT, BY_HAND, BESIDE = "kit", "hand", "beside"
WHOSE = {
    BY_KIT: _("made by itself"),
    BY_HAND: _("made by hand"),
    BESIDE: _("the book as it stood until then"),
}
PARTS = ("-wal", "-shm", ".key", ".head", ".lines.json")  # what lies beside a book and is none itself
_BUSY = _("Another backup is being made just now. Please try again in a moment.")


@dataclass(frozen=True)
class Kept:
    """A backup that is there; `by` says whether the kit made it by itself, a person did, or it is a copy beside."""

    file: Path
    made: datetime
    size: int
    by: str
    of: str = ""
    where: str = ""


def kept(place: Path) -> list[Path]:
    """All of the kit's own backups of this book, and the copies that it laid beside it; the newest first."""
    return [one.file for one in found(place)]


def found(place: Path) -> list[Kept]:
    """The same, each with its date and size; a file that is not whole by its size is none."""
    mark, tag = keys.marked(place), tag_of(place)
    ours = [one for one in every(places.backups()) if (one.of == mark if mark else one.where == tag)]
    return sorted([*ours, *_beside(place)], key=lambda one: one.made, reverse=True)


def when(one: Kept) -> str:
    """When a backup was made, as people say it."""
    return in_words(one.made)


def in_words(moment: datetime) -> str:
    moment = moment.astimezone()
    return _("{day} at {time}").format(day=day_words(moment.date()), time=f"{moment:%H:%M}")


def told(one: Kept) -> str:
    """A backup in words: when it was made, how large it is, and by whom."""
    size = _("{n} MB").format(n=max(0.1, round(one.size / 1024**2, 1)))
    return " \u00b7 ".join((when(one), size, WHOSE.get(one.by, WHOSE[BY_HAND])))


def everything() -> list[Kept]:
    """The backups of whatever book: for a computer to which they were copied, and no book is there yet."""
    return sorted(every(places.backups()), key=lambda one: one.made, reverse=True)


def tag_of(place: Path) -> str:
    """A name for where a book lies, so that two of one name do not push each other's backups out."""
    return hashlib.sha256(os.path.normcase(place.expanduser().resolve()).encode()).hexdigest()[:16]


def every(folder: Path) -> Iterator[Kept]:
    for file in folder.glob(f"*{transfer.SUFFIX}"):
        with contextlib.suppress(KitError, OSError, ValueError, TypeError, KeyError), file.open("rb") as opened:
            front = transfer.front_of(opened)
            made = datetime.fromisoformat(front["made"]).astimezone(UTC)
            by, of, where = (str(front.get(name, "")) for name in ("by", "of", "where"))
            yield Kept(file, made, file.stat().st_size, by or BY_HAND, of, where)


def _beside(place: Path) -> Iterator[Kept]:
    for file in place.parent.glob(f"{literal(place.name)}.before-*"):
        if not file.name.endswith(PARTS) and file.is_file():
            stat = file.stat()
            yield Kept(file, datetime.fromtimestamp(stat.st_mtime, UTC), stat.st_size, BESIDE)


def unreadable() -> list[Path]:
    """Files among the backups that look like one and are none: they were cut, or changed at their beginning."""
    folder = places.backups()
    return sorted(set(folder.glob(f"*{transfer.SUFFIX}")) - {one.file for one in every(folder)})


def literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "[*?" else sign for sign in name)


@contextlib.contextmanager
def alone(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """While this holds, no other program makes or changes a backup; it ends with the program, however that went."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locking.alone(folder / ".lock", patience))
        except locking.Busy:
            raise KitError(_BUSY) from None
        for left in folder.glob(".moving-*"):  # of a program that was ended in the middle
            shutil.rmtree(left, ignore_errors=True)
        yield
