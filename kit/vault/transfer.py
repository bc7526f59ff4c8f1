"""A whole practice as one sealed file, for another computer or as a backup, and the way back."""

import contextlib
import hashlib
import hmac
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import chain, count
from pathlib import Path
from typing import IO, Any

from kit import files
from kit.store import Store, checkpoint, opening, support_lines
from kit.vault import keys
from kit.words import KitError, _, write_error

# A line with the version, a line that says what follows, the parts, then the digest of all that and its seal.
MAGIC = b"reflection-kit sealed practice "
VERSION = 1
SUFFIX = ".sealed"
MAX_LINE = 4096  # bytes of a line
BLOCK_SIZE = 1024 * 1024
DIGEST_SIZE = hashlib.sha256().digest_size
DAY = 24 * 3600

_CHANGED = _("This file was cut or changed on its way. Please copy it anew, or take another one.")
_OTHER = _("This is not a practice that was sealed by the kit. Please choose another file.")
_NEWER = _("This file was sealed by a newer kit. Please update the kit, then try again.")
_NO_KEY_FILE = _("There was no key file beside this practice when it was sealed. Its recovery sheet opens it.")
_OTHER_KEY = _("This sheet belongs to another practice, or the file was changed on its way.")
_NO_BOOK = _("There is no practice at {place} yet. Please begin one first.")
_LOCKED = _("This practice is locked. Please open it with its passphrase first.")
_PLAIN = _("There is a book without a passphrase in this file. Please bring it back without one.")
_EXISTS = _("There is a file at {place} already, and it stays. Please choose another name, or a folder.")
_NOT_WRITTEN = _("{place} could not be written. Please look whether its folder is there and its disk has room.")


def pack(place: Path, key: bytes | None, to: Path, name: str = "", **more: str) -> Path:
    """Seals the practice at `place`; `to` is a folder, or the name of a `.sealed` file that is not there yet.

    A book without a passphrase is put into such a file as it is. `more` is told in it, beside when it was made.
    """
    if not (place.exists() and place.stat().st_size):
        raise KitError(_NO_BOOK.format(place=place))
    if keys.is_encrypted(place) and not key:
        raise KitError(_LOCKED)
    is_file = to.suffix == SUFFIX and not to.is_dir()
    said = {"made": datetime.now(UTC).isoformat(timespec="seconds"), "of": keys.key_id(key) if key else "", **more}
    with translate_write_errors(to), work_folder(to.parent if is_file else to) as work:
        _backup(place, key, work / "book")
        sealed = seal(work / "book", keys.path_for(place), key, work / "sealed", said)
        with sealed.open("rb") as file:  # brought back once, on the spot: then it will come back elsewhere
            unpack(file, work / "tried", key or b"")
        return _move_to_free_name(
            sealed, [to] if is_file else _candidate_names(to, name or f"{place.stem}-{date.today().isoformat()}")
        )


def unpack(file: IO[bytes], place: Path, secret: str | bytes) -> bytes:
    """Brings a sealed practice to `place`, where none may be; `secret` is its passphrase, or the key of its sheet.

    Gives back the key. Nothing is written before the seal has been looked at. A book without a passphrase comes back
    without a secret alone: somebody could have laid such a file where a sealed one is looked for.
    """
    keys.refuse_existing(place)
    front, digest, seal = verify(file)
    wrapped, is_plain = file.read(front["parts"]["key"]), not front["of"]
    if is_plain and secret:
        raise KitError(_PLAIN)
    key = secret if isinstance(secret, bytes) else b"" if is_plain else _unwrap_key(wrapped, secret)
    if not hmac.compare_digest(seal, _mac(key, digest)):
        raise KitError(_OTHER_KEY if isinstance(secret, bytes) and secret else _CHANGED)
    with translate_write_errors(place), work_folder(place.parent) as work:
        book = work / place.name
        _write(book, _blocks(file, front["parts"]["book"]))
        if wrapped:
            files.write_atomically(keys.path_for(book), wrapped)
        _test_open(book, key, place)
        keys.refuse_existing(place)
        _move_all((keys.path_for(book), support_lines.path_for(book), checkpoint.path_for(book), book), place.parent)
    return key


def read_header(file: IO[bytes]) -> dict[str, Any]:
    """What a sealed file says of itself, where its size adds up; it stands where its parts begin."""
    file.seek(0)
    first = file.readline(MAX_LINE)
    if not first.startswith(MAGIC):
        raise KitError(_OTHER)
    try:
        if int(first.removeprefix(MAGIC)) > VERSION:
            raise KitError(_NEWER)
        front = json.loads(file.readline(MAX_LINE))
        begin, whole = file.tell(), _sizes_fit(front["parts"], file) and isinstance(front["of"], str)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise KitError(_CHANGED)
    file.seek(begin)
    return front


def verify(file: IO[bytes]) -> tuple[dict[str, Any], bytes, bytes]:
    """What a file that is whole says of itself, its digest and its seal; it stands where its parts begin."""
    front = read_header(file)
    begin = file.tell()
    file.seek(0)
    digest = hashlib.sha256()
    for block in _blocks(file, begin + sum(front["parts"].values())):
        digest.update(block)
    noted, seal = file.read(DIGEST_SIZE), file.read(DIGEST_SIZE)
    if noted != digest.digest():
        raise KitError(_CHANGED)
    file.seek(begin)
    return front, noted, seal


def _sizes_fit(sizes: dict[str, Any], file: IO[bytes]) -> bool:
    within = all(type(size) is int and size >= 0 for size in sizes.values()) and sizes["key"] <= keys.MAX_FILE_SIZE
    return within and set(sizes) == {"key", "book"} and (
        file.tell() + sum(sizes.values()) + 2 * DIGEST_SIZE == file.seek(0, os.SEEK_END)
    )  # fmt: skip


def _unwrap_key(wrapped: bytes, passphrase: str) -> bytes:
    if not wrapped:
        raise KitError(_NO_KEY_FILE)
    return keys.unwrap(wrapped, passphrase, _("in this sealed file"))


def _mac(key: bytes, digest: bytes) -> bytes:
    return hmac.digest(keys.derive(key, b"reflection-kit seal"), digest, "sha256")


def _backup(place: Path, key: bytes | None, to: Path) -> None:
    engine = opening.open_engine(place, key)
    try:
        with opening.translate_errors(to):
            opening.backup_to(engine, to, key)
    finally:
        engine.dispose()


def seal(book: Path, key_file: Path, key: bytes | None, to: Path, said: dict[str, Any]) -> Path:
    """Writes a book that nobody has open, with its key file and what is said of it, into one sealed file."""
    wrapped = key_file.read_bytes() if key_file.exists() else b""
    parts = {"key": len(wrapped), "book": book.stat().st_size}
    digest = hashlib.sha256()

    def counted(blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            digest.update(block)
            yield block

    def ending() -> Iterator[bytes]:
        yield digest.digest()
        yield _mac(key or b"", digest.digest())

    with book.open("rb") as opened:
        front = (MAGIC + b"%d\n" % VERSION, json.dumps({**said, "parts": parts}).encode() + b"\n", wrapped)
        _write(to, chain(counted(chain(front, _blocks(opened, parts["book"]))), ending()))
    return to


def _blocks(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (block := file.read(min(BLOCK_SIZE, size))):
        size -= len(block)
        yield block


def _write(place: Path, blocks: Iterator[bytes]) -> None:
    place.touch(mode=0o600)
    with place.open("wb") as file:
        file.writelines(blocks)
        file.flush()
        os.fsync(file.fileno())


def _test_open(book: Path, key: bytes, place: Path) -> None:
    """Opens it once; that also lays its support lines beside it."""
    try:
        Store(book, key or None).close()
    except KitError as trouble:
        raise KitError(str(trouble).replace(str(book), str(place))) from trouble


def _move_all(paths: tuple[Path, ...], folder: Path) -> None:
    """All of them or none; the book comes last, for it is what others look for."""
    with contextlib.ExitStack() as undo:
        for path in paths:
            if path.exists():
                undo.callback(path.replace(folder / path.name).unlink)
        undo.pop_all()
    files.sync_folder(folder)


def _candidate_names(folder: Path, first: str) -> Iterator[Path]:
    yield folder / f"{first}{SUFFIX}"
    yield from (folder / f"{first}-{number}{SUFFIX}" for number in count(2))


def _move_to_free_name(sealed: Path, names: Any) -> Path:
    """Gives the file the first name that no other one has; until then nothing of it is in view."""
    for name in names:
        with contextlib.suppress(FileExistsError):
            _claim_name(sealed, name)
            files.sync_folder(name.parent)
            return Path(name)
    raise KitError(_EXISTS.format(place=name))


def _claim_name(sealed: Path, name: Path) -> None:
    try:
        os.link(sealed, name)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links: the name is taken first, so that no other program gets it
        name.open("xb").close()
        try:
            sealed.replace(name)
        except OSError:
            name.unlink()
            raise


@contextlib.contextmanager
def translate_write_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise write_error(error, place, _NOT_WRITTEN) from error


@contextlib.contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A folder on the same disk for what is half done; gone afterwards, with what a power cut has left of others."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".moving-*"):
        if time.time() - left.stat().st_mtime > DAY:
            shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=".moving-", dir=folder, ignore_cleanup_errors=True) as name:
        yield Path(name)
