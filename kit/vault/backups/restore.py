"""A backup put where a book stands or stood; what stood there is kept under another name."""

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from kit import files
from kit.store import Store, checkpoint
from kit.vault import agent, keys, practice, transfer
from kit.vault.backups.catalog import escape_glob, format_moment, location_id
from kit.vault.backups.rewriting import copy_book
from kit.words import KitError, _, one_or_many

DAMAGED, RELEASE, REOPEN = "damaged", "put down", "take up"  # what a page without its book waits for, or is told
CLOSE_TIMEOUT = 10.0  # seconds that the notebooks of a running kit have to close a book
SHARED_FIRST, SHARED_SIZE = 0x40000002, 510  # where SQLite notes that somebody has a book open
_IN_USE = _(
    "{place} is open in another program, so nothing was changed. Please close the kit with its notebooks, and whatever "
    "else has it open, then try again."
)
_PLAIN = _("{file} has no passphrase, and the book at {place} has one. Please name another place for it with --book.")


@dataclass(frozen=True)
class Restored:
    """What came of it: where the book lies that stood there, and how much of that is not in the one that came back."""

    aside: Path | None = None
    missing: int = 0
    until: str = ""

    def _until(self) -> str:
        return format_moment(datetime.fromisoformat(self.until).replace(tzinfo=UTC)) if self.until else ""

    def describe(self) -> list[str]:
        lacks = one_or_many(
            "{n} later change, up to {until}, is not in it.",
            "{n} later changes, up to {until}, are not in it.",
            self.missing,
        )
        return [
            *([lacks.format(n=self.missing, until=self._until())] if self.missing > 0 else []),
            *([_("The book that stood there is kept as {aside}.").format(aside=self.aside)] if self.aside else []),
        ]


def book_exists(place: Path) -> bool:
    """Whether a book, or what is left of one, stands where a backup is to go."""
    return any(one.exists() and one.stat().st_size for one in (place, place.with_name(f"{place.name}-wal")))


def restore_backup(file: Path, place: Path, secret: str | bytes, opens: bool = True) -> Restored:
    """Puts a backup where a book stands; what stood there is kept under another name.

    `secret` is the passphrase that the backup had, or its key. The running kit closes the book in its notebooks
    meanwhile; they open what is there then, unless `opens` leaves that to whoever asked. Nothing is touched before the
    backup has been brought back beside it.
    """
    with transfer.translate_write_errors(place), transfer.work_folder(place.parent) as work:
        book, key = work / place.name, unpack(file, work / place.name, place, secret)
        if not key and needs_key(place):
            raise KitError(_PLAIN.format(file=file, place=place))
        if isinstance(secret, bytes) and key and keys.key_id_of(place) == keys.key_id(key):
            keys.path_for(book).unlink(missing_ok=True)  # the passphrase that opens it today goes on to do so
        _clear_seat(book, key)
        with released(place, key, opens), exclusive_access(place):
            lacking, until = count_missing(place, book, key)
            return Restored(swap_in(place, book), lacking, until)


def secret_for(file: Path, place: Path, key: bytes | None, words: str = "") -> str | bytes:
    """What opens a backup: the key where it is the same one, else the passphrase that it had."""
    mark = key_id_of(file, place)
    return b"" if mark is None else key if key and mark in ("", keys.key_id(key)) else words


def event(do: str, place: Path) -> str:
    """What is told to all notebooks of the running kit, of one book."""
    return f"{do} {location_id(place)}"


def needs_key(place: Path) -> bool:
    """Whether a book opens only with a key; one whose first signs are garbled is known by the small file beside it."""
    return keys.path_for(place).exists() or (keys.is_encrypted(place) and checkpoint.read(place, b"") is None)


def key_id_of(file: Path, place: Path) -> str | None:
    """The name of the key that opens this backup; None where it opens without one."""
    if _is_sealed(file):
        with file.open("rb") as opened:
            return transfer.read_header(opened)["of"] or None
    return keys.key_id_of(file) or (keys.key_id_of(place) if keys.is_encrypted(file) else None)


def _is_sealed(file: Path) -> bool:
    """By its beginning, whatever its name; by its name, should its beginning be harmed."""
    with file.open("rb") as opened:
        return file.suffix == transfer.SUFFIX or opened.read(len(transfer.MAGIC)) == transfer.MAGIC


def unpack(file: Path, book: Path, place: Path, secret: str | bytes) -> bytes:
    """Lays the backup down, opened once, so that what is amiss with it is said; gives back its key."""
    if _is_sealed(file):
        with file.open("rb") as opened:
            return transfer.unpack(opened, book, secret)
    copy_book(file, book)
    if keys.is_encrypted(book) and keys.path_for(place).exists() and not keys.path_for(book).exists():
        files.write_atomically(keys.path_for(book), keys.path_for(place).read_bytes())
    locked = keys.is_encrypted(book)
    key = secret if isinstance(secret, bytes) else keys.read_key_file(book, secret) if locked else b""
    try:
        Store(book, key or None).close()
    except KitError as trouble:
        raise KitError(str(trouble).replace(str(book), str(file))) from trouble
    for copy in book.parent.glob(f"{escape_glob(book.name)}.before-*"):
        copy.unlink()
    return key


def _clear_seat(book: Path, key: bytes) -> None:
    """Who sat at the table when the backup was made does not sit there now."""
    with contextlib.closing(Store(book, key or None)) as store:
        store.set_active_client(None)


@contextlib.contextmanager
def released(place: Path, key: bytes, opens: bool = True) -> Iterator[None]:
    """The notebooks of the running kit close the book, and open what stands there afterwards."""
    held, was_open = agent.get_key(place), agent.is_curtain_open(place)
    if held:
        agent.lock(place)
    agent.publish(event(RELEASE, place))
    try:
        yield
    except BaseException:
        if held:
            with contextlib.suppress(KitError):
                practice.share_key(place, held, was_open)
        agent.publish(event(REOPEN, place))
        raise
    if opens and held and key:
        practice.share_key(place, key, was_open)
    if opens:
        agent.publish(event(REOPEN, place))


@contextlib.contextmanager
def exclusive_access(place: Path) -> Iterator[None]:
    """Holds a book that no other program has open; KitError where one does not close it."""
    until = time.monotonic() + CLOSE_TIMEOUT
    with contextlib.ExitStack() as held:
        while place.exists() and not _try_lock(place, held):
            if time.monotonic() >= until:
                raise KitError(_IN_USE.format(place=place))
            time.sleep(0.1)
        yield


def _try_lock(place: Path, held: contextlib.ExitStack) -> bool:
    """Whether no program has the book open. SQLite's own locks tell it; on Windows, that its index can be removed."""
    try:
        if sys.platform == "win32":
            place.with_name(f"{place.name}-shm").unlink(missing_ok=True)
            return True
        import fcntl

        file = place.open("r+b")
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, SHARED_SIZE, SHARED_FIRST)
        except OSError:
            file.close()
            return False
        held.enter_context(file)
    except PermissionError:
        return False
    return True


def count_missing(place: Path, book: Path, key: bytes | None) -> tuple[int, str]:
    """How many changes are later than the backup, by what the small files beside both books tell."""
    secret = checkpoint.signing_key(key or None)
    stood, came = checkpoint.read(place, secret), checkpoint.read(book, secret)
    return (stood.count - came.count, stood.at) if stood and came else (0, "")


def swap_in(place: Path, book: Path) -> Path | None:
    """The one that stands gets another name, with its journal, its head and its key file; then the new one follows."""
    aside = _set_aside(place) if book_exists(place) else None
    for end in ("-wal", "-shm"):  # a journal of the one would be read into the other
        place.with_name(f"{place.name}{end}").unlink(missing_ok=True)
    for end in ("", ".head", ".lines.json", ".key"):
        source = book.with_name(f"{book.name}{end}")
        if source.exists():
            source.replace(place.with_name(f"{place.name}{end}"))
    files.sync_folder(place.parent)
    return aside


def _set_aside(place: Path) -> Path:
    aside = _free_name(place)
    for end in ("", "-wal", ".head", ".key"):
        source = place.with_name(f"{place.name}{end}")
        if source.exists():
            _link_or_copy(source, aside.with_name(f"{aside.name}{end}"))
    return aside


def _free_name(place: Path) -> Path:
    first = f"{place.name}.before-restore-{datetime.now():%Y-%m-%d-%H%M}"
    names = (place.with_name(first + more) for more in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(name for name in names if not name.exists())


def _link_or_copy(source: Path, name: Path) -> None:
    try:
        os.link(source, name)
    except OSError:  # a disk that knows no links
        shutil.copyfile(source, name)
        name.chmod(0o600)
