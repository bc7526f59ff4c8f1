"""What can be done about a damaged book: which backups come back, how much of it can still be read, and going on."""

import contextlib
from itertools import islice
from pathlib import Path

from kit.records import KINDS
from kit.store import Store
from kit.vault import transfer
from kit.vault.backups.catalog import Kept, found
from kit.vault.backups.restore import Back, closed, exchanged, lacks, put_down, secret_for, unpacked
from kit.vault.backups.rewriting import copied
from kit.words import KitError

MOST = 3


def sound(place: Path, key: bytes | None, most: int = MOST) -> list[tuple[Kept, Back]]:
    """The newest backups that come back, each tried out beside the book, and what is not in it; the fullest first."""
    come_back = islice(filter(None, (_tried(one, place, key) for one in found(place))), most)
    return sorted(come_back, key=lambda one: one[1].lacking)


def _tried(one: Kept, place: Path, key: bytes | None) -> tuple[Kept, Back] | None:
    with contextlib.suppress(KitError, OSError), transfer.workshop(place.parent) as work:
        book = work / place.name
        unpacked(one.file, book, place, secret_for(one.file, place, key))
        return one, Back(None, *lacks(place, book, key))
    return None


def left(place: Path, key: bytes | None) -> int | None:
    """How many entries of a damaged book can be read; None where it cannot be gone on with."""
    if not (place.exists() and place.stat().st_size):
        return None
    with contextlib.suppress(KitError, OSError), transfer.workshop(place.parent) as work:
        store = _taken_as_it_is(place, work / place.name, key)
        try:
            return sum(len(store.records(kind)) for kind in KINDS)
        finally:
            store.close()
    return None


def go_on(place: Path, key: bytes | None, opens: bool = True) -> Back:
    """Takes what is there for the whole book; its history says so from then on. What stood is kept aside."""
    with transfer.writing(place), transfer.workshop(place.parent) as work, put_down(place, key or b"", opens):
        with closed(place):
            book = work / place.name
            _taken_as_it_is(place, book, key).close()
        return Back(exchanged(place, book))


def put_away(place: Path) -> Back:
    """Gives what stands there another name, so that it can be begun anew."""
    with transfer.writing(place), transfer.workshop(place.parent) as work, put_down(place, b"", opens=False):
        with closed(place):
            pass
        aside = exchanged(place, work / place.name)
        for end in ("", ".head"):
            place.with_name(f"{place.name}{end}").unlink(missing_ok=True)
        return Back(aside)


def _taken_as_it_is(place: Path, copy: Path, key: bytes | None) -> Store:
    return Store(copied(place, copy), key, accept=True)
