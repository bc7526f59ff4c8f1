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
from kit.vault.backups.catalog import in_words, literal, tag_of
from kit.vault.backups.rewriting import copied
from kit.words import KitError, _, one_or_many

DAMAGED, PUT_DOWN, TAKE_UP = "damaged", "put down", "take up"  # what a page without its book waits for, or is told
CLOSING = 10.0  # seconds that the notebooks of a running kit have to close a book
SHARED_FIRST, SHARED_SIZE = 0x40000002, 510  # where SQLite notes that somebody has a book open
_OPEN = _(
    "{place} is open in another program, so nothing was changed. Please close the kit with its notebooks, and whatever "
    "else has it open, then try again."
)
_PLAIN = _("{file} has no passphrase, and the book at {place} has one. Please name another place for it with --book.")


@dataclass(frozen=True)
class Back:
    """What came of it: where the book lies that stood there, and how much of that is not in the one that came back."""

    aside: Path | None = None
    lacking: int = 0
    until: str = ""

    def _until(self) -> str:
        return in_words(datetime.fromisoformat(self.until).replace(tzinfo=UTC)) if self.until else ""

    def words(self) -> list[str]:
        lacks = one_or_many(
            "{n} later change, up to {until}, is not in it.",
            "{n} later changes, up to {until}, are not in it.",
            self.lacking,
        )
        return [
            *([lacks.format(n=self.lacking, until=self._until())] if self.lacking > 0 else []),
            *([_("The book that stood there is kept as {aside}.").format(aside=self.aside)] if self.aside else []),
        ]


def stands(place: Path) -> bool:
    """Whether a book, or what is left of one, stands where a backup is to go."""
    return any(one.exists() and one.stat().st_size for one in (place, place.with_name(f"{place.name}-wal")))


def bring_back(file: Path, place: Path, secret: str | bytes, opens: bool = True) -> Back:
    """Puts a backup where a book stands; what stood there is kept under another name.

    `secret` is the passphrase that the backup had, or its key. The running kit closes the book in its notebooks
    meanwhile; they open what is there then, unless `opens` leaves that to whoever asked. Nothing is touched before the
    backup has been brought back beside it.
    """
    with transfer.writing(place), transfer.workshop(place.parent) as work:
        book, key = work / place.name, unpacked(file, work / place.name, place, secret)
        if not key and needs_key(place):
            raise KitError(_PLAIN.format(file=file, place=place))
        if isinstance(secret, bytes) and key and keys.marked(place) == keys.mark(key):
            keys.beside(book).unlink(missing_ok=True)  # the passphrase that opens it today goes on to do so
        _clear_table(book, key)
        with put_down(place, key, opens), closed(place):
            lacking, until = lacks(place, book, key)
            return Back(exchanged(place, book), lacking, until)


def secret_for(file: Path, place: Path, key: bytes | None, words: str = "") -> str | bytes:
    """What opens a backup: the key where it is the same one, else the passphrase that it had."""
    mark = mark_of(file, place)
    return b"" if mark is None else key if key and mark in ("", keys.mark(key)) else words


def word(do: str, place: Path) -> str:
    """What is told to all notebooks of the running kit, of one book."""
    return f"{do} {tag_of(place)}"


def needs_key(place: Path) -> bool:
    """Whether a book opens only with a key; one whose first signs are garbled is known by the small file beside it."""
    return keys.beside(place).exists() or (keys.locked(place) and checkpoint.read(place, b"") is None)


def mark_of(file: Path, place: Path) -> str | None:
    """The name of the key that opens this backup; None where it opens without one."""
    if _is_sealed(file):
        with file.open("rb") as opened:
            return transfer.front_of(opened)["of"] or None
    return keys.marked(file) or (keys.marked(place) if keys.locked(file) else None)


def _is_sealed(file: Path) -> bool:
    """By its beginning, whatever its name; by its name, should its beginning be harmed."""
    with file.open("rb") as opened:
        return file.suffix == transfer.SUFFIX or opened.read(len(transfer.HEAD)) == transfer.HEAD


def unpacked(file: Path, book: Path, place: Path, secret: str | bytes) -> bytes:
    """Lays the backup down, opened once, so that what is amiss with it is said; gives back its key."""
    if _is_sealed(file):
        with file.open("rb") as opened:
            return transfer.unpack(opened, book, secret)
    copied(file, book)
    if keys.locked(book) and keys.beside(place).exists() and not keys.beside(book).exists():
        files.write_atomically(keys.beside(book), keys.beside(place).read_bytes())
    locked = keys.locked(book)
    key = secret if isinstance(secret, bytes) else keys.read(book, secret) if locked else b""
    try:
        Store(book, key or None).close()
    except KitError as trouble:
        raise KitError(str(trouble).replace(str(book), str(file))) from trouble
    for copy in book.parent.glob(f"{literal(book.name)}.before-*"):
        copy.unlink()
    return key


def _clear_table(book: Path, key: bytes) -> None:
    """Who sat at the table when the backup was made does not sit there now."""
    with contextlib.closing(Store(book, key or None)) as store:
        store.take_seat(None)


@contextlib.contextmanager
def put_down(place: Path, key: bytes, opens: bool = True) -> Iterator[None]:
    """The notebooks of the running kit close the book, and open what stands there afterwards."""
    held, was_open = agent.ask(place), agent.is_curtain_open(place)
    if held:
        agent.lock(place)
    agent.tell(word(PUT_DOWN, place))
    try:
        yield
    except BaseException:
        if held:
            with contextlib.suppress(KitError):
                practice.hand_on(place, held, was_open)
        agent.tell(word(TAKE_UP, place))
        raise
    if opens and held and key:
        practice.hand_on(place, key, was_open)
    if opens:
        agent.tell(word(TAKE_UP, place))


@contextlib.contextmanager
def closed(place: Path) -> Iterator[None]:
    """Holds a book that no other program has open; KitError where one does not close it."""
    until = time.monotonic() + CLOSING
    with contextlib.ExitStack() as held:
        while place.exists() and not _is_ours(place, held):
            if time.monotonic() >= until:
                raise KitError(_OPEN.format(place=place))
            time.sleep(0.1)
        yield


def _is_ours(place: Path, held: contextlib.ExitStack) -> bool:
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


def lacks(place: Path, book: Path, key: bytes | None) -> tuple[int, str]:
    """How many changes are later than the backup, by what the small files beside both books tell."""
    secret = checkpoint.secret_of(key or None)
    stood, came = checkpoint.read(place, secret), checkpoint.read(book, secret)
    return (stood.count - came.count, stood.at) if stood and came else (0, "")


def exchanged(place: Path, book: Path) -> Path | None:
    """The one that stands gets another name, with its journal, its head and its key file; then the new one follows."""
    aside = _kept_aside(place) if stands(place) else None
    for end in ("-wal", "-shm"):  # a journal of the one would be read into the other
        place.with_name(f"{place.name}{end}").unlink(missing_ok=True)
    for end in ("", ".head", ".lines.json", ".key"):
        source = book.with_name(f"{book.name}{end}")
        if source.exists():
            source.replace(place.with_name(f"{place.name}{end}"))
    files.sync_folder(place.parent)
    return aside


def _kept_aside(place: Path) -> Path:
    aside = _another_name(place)
    for end in ("", "-wal", ".head", ".key"):
        source = place.with_name(f"{place.name}{end}")
        if source.exists():
            _twin(source, aside.with_name(f"{aside.name}{end}"))
    return aside


def _another_name(place: Path) -> Path:
    first = f"{place.name}.before-restore-{datetime.now():%Y-%m-%d-%H%M}"
    names = (place.with_name(first + more) for more in ("", *(f"-{number}" for number in range(2, 1000))))
    return next(name for name in names if not name.exists())


def _twin(source: Path, name: Path) -> None:
    try:
        os.link(source, name)
    except OSError:  # a disk that knows no links
        shutil.copyfile(source, name)
        name.chmod(0o600)
