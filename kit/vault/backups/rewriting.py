"""Every backup of a book opened, changed and put in its place anew, so that nothing stays in them that is to go."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from kit import files, places
from kit.store import Store
from kit.vault import keys, transfer
from kit.vault.backups.catalog import BESIDE, Backup, exclusive, list_backups, unreadable_files
from kit.words import KitError


def rewrite(place: Path, key: bytes | None, change: Callable[[Store], None]) -> list[Path]:
    """Opens each of the backups of this book, changes it, and puts it in its place anew; all of it or nothing.

    Gives back those that could not be opened with this key: they are as they were.
    """
    left = [file for file in unreadable_files() if file.stat().st_size]
    with exclusive(places.backups()):
        for one in list_backups(place):
            try:
                _rewrite_sealed(one, key, change) if one.by != BESIDE else _rewrite_plain(one.file, key, change)
            except KitError:
                left.append(one.file)
    return left


def _rewrite_sealed(one: Backup, key: bytes | None, change: Callable[[Store], None]) -> None:
    with transfer.translate_write_errors(one.file), transfer.work_folder(one.file.parent) as work:
        book = work / "book"
        with one.file.open("rb") as opened:
            front = transfer.read_header(opened)
            transfer.unpack(opened, book, key or b"")
        _apply(book, key, change)
        sealed = transfer.seal(book, keys.path_for(book), key, work / "sealed", front)
        with sealed.open("rb") as opened:
            transfer.unpack(opened, work / "tried", key or b"")
        _replace(sealed, one.file)


def _rewrite_plain(file: Path, key: bytes | None, change: Callable[[Store], None]) -> None:
    with transfer.translate_write_errors(file), transfer.work_folder(file.parent) as work:
        book = copy_book(file, work / "book")
        _apply(book, key, change)
        for end in ("-wal", "-shm", ".head"):  # of the book that it was
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        _replace(book, file)
        head = book.with_name(f"{book.name}.head")
        if head.exists():
            head.replace(file.with_name(f"{file.name}.head"))


def _apply(book: Path, key: bytes | None, change: Callable[[Store], None]) -> None:
    store = Store(book, key)
    try:
        change(store)
    finally:
        store.close()


def copy_book(file: Path, to: Path) -> Path:
    """A book that nobody has open, with what lies beside it."""
    for end in ("", "-wal", ".head", ".key"):
        source, copy = (one.with_name(f"{one.name}{end}") for one in (file, to))
        if source.exists():
            shutil.copyfile(source, copy)
            copy.chmod(0o600)
    return to


def _replace(new: Path, file: Path) -> None:
    """The new one has the age of the one before, by which it is sorted."""
    stat = file.stat()
    os.utime(new, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    new.replace(file)
    files.sync_folder(file.parent)
