"""Every backup of a book opened, changed and put in its place anew, so that nothing stays in them that is to go."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kit import files, places
from kit.store import Store
from kit.vault import keys, transfer
from kit.vault.backups.catalog import BESIDE, Kept, alone, found, unreadable
from kit.words import KitError


def rewrite(place: Path, key: bytes | None, change: Callable[[Store], None]) -> list[Path]:
    """Opens each of the backups of this book, changes it, and puts it in its place anew; all of it or nothing.

    Gives back those that could not be opened with this key: they are as they were.
    """
    left = [file for file in unreadable() if file.stat().st_size]
    with alone(places.backups()):
        for one in found(place):
            try:
                _sealed_anew(one, key, change) if one.by != BESIDE else _written_anew(one.file, key, change)
            except KitError:
                left.append(one.file)
    return left


def _sealed_anew(one: Kept, key: bytes | None, change: Callable[[Store], None]) -> None:
    with transfer.writing(one.file), transfer.workshop(one.file.parent) as work:
        book = work / "book"
        with one.file.open("rb") as opened:
            front = transfer.front_of(opened)
            transfer.unpack(opened, book, key or b"")
        _changed(book, key, change)
        sealed = transfer.seal_up(book, keys.beside(book), key, work / "sealed", front)
        with sealed.open("rb") as opened:
            transfer.unpack(opened, work / "tried", key or b"")
        _in_place_of(sealed, one.file)


def _written_anew(file: Path, key: bytes | None, change: Callable[[Store], None]) -> None:
    with transfer.writing(file), transfer.workshop(file.parent) as work:
        book = copied(file, work / "book")
        _changed(book, key, change)
        for end in ("-wal", "-shm", ".head"):  # of the book that it was
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        _in_place_of(book, file)
        head = book.with_name(f"{book.name}.head")
        if head.exists():
            head.replace(file.with_name(f"{file.name}.head"))


def _changed(book: Path, key: bytes | None, change: Callable[[Store], None]) -> None:
    store = Store(book, key)
    try:
        change(store)
    finally:
        store.close()


def copied(file: Path, to: Path) -> Path:
    """A book that nobody has open, with what lies beside it."""
    for end in ("", "-wal", ".head", ".key"):
        source, copy = (one.with_name(f"{one.name}{end}") for one in (file, to))
        if source.exists():
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
    return to


def _in_place_of(new: Path, file: Path) -> None:
    """The new one has the age of the one before, by which it is sorted."""
    stat = file.stat()
    os.utime(new, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    new.replace(file)
    files.sync_folder(file.parent)
