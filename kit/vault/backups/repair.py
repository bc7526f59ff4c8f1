"""What can be done about a damaged book: which backups come back, how much of it can still be read, and going on."""

import contextlib
from itertools import islice
from pathlib import Path

from kit.records import KINDS
from kit.store import Store
from kit.vault import transfer
from kit.vault.backups.catalog import Backup, list_backups
from kit.vault.backups.restore import Restored, count_missing, exclusive_access, released, secret_for, swap_in, unpack
from kit.vault.backups.rewriting import copy_book
from kit.words import KitError

MAX_BACKUPS = 3


def find_restorable(place: Path, key: bytes | None, most: int = MAX_BACKUPS) -> list[tuple[Backup, Restored]]:
    """The newest backups that come back, each tried out beside the book, and what is not in it; the fullest first."""
    come_back = islice(filter(None, (_try_restore(one, place, key) for one in list_backups(place))), most)
    return sorted(come_back, key=lambda one: one[1].missing)


def _try_restore(one: Backup, place: Path, key: bytes | None) -> tuple[Backup, Restored] | None:
    with contextlib.suppress(KitError, OSError), transfer.work_folder(place.parent) as work:
        book = work / place.name
        unpack(one.file, book, place, secret_for(one.file, place, key))
        return one, Restored(None, *count_missing(place, book, key))
    return None


def count_readable(place: Path, key: bytes | None) -> int | None:
    """How many entries of a damaged book can be read; None where it cannot be gone on with."""
    if not (place.exists() and place.stat().st_size):
        return None
    with contextlib.suppress(KitError, OSError), transfer.work_folder(place.parent) as work:
        store = _open_as_is(place, work / place.name, key)
        try:
            return sum(len(store.records(kind)) for kind in KINDS)
        finally:
            store.close()
    return None


def accept_damaged(place: Path, key: bytes | None, opens: bool = True) -> Restored:
    """Takes what is there for the whole book; its history says so from then on. What stood is kept aside."""
    with (
        transfer.translate_write_errors(place),
        transfer.work_folder(place.parent) as work,
        released(place, key or b"", opens),
    ):
        with exclusive_access(place):
            book = work / place.name
            _open_as_is(place, book, key).close()
        return Restored(swap_in(place, book))


def set_aside(place: Path) -> Restored:
    """Gives what stands there another name, so that it can be begun anew."""
    with (
        transfer.translate_write_errors(place),
        transfer.work_folder(place.parent) as work,
        released(place, b"", opens=False),
    ):
        with exclusive_access(place):
            pass
        aside = swap_in(place, work / place.name)
        for end in ("", ".head"):
            place.with_name(f"{place.name}{end}").unlink(missing_ok=True)
        return Restored(aside)


def _open_as_is(place: Path, copy: Path, key: bytes | None) -> Store:
    return Store(copy_book(place, copy), key, accept=True)
