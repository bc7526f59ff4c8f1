"""How far a book had come, in a small file beside it: where the book ends earlier, something of it is missing."""

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from kit import files
from kit.words import KitError

LONGEST = 64 * 1024  # bytes, after which only the newest line is kept


@dataclass(frozen=True)
class Head:
    """The newest row of the history: how many there are, its link, when; `file` is the whole book as it was closed."""

    count: int
    link: str
    at: str
    file: str = ""


def beside(place: Path) -> Path:
    """practice.book -> practice.book.head"""
    return place.with_name(f"{place.name}.head")


def secret_of(key: bytes | None) -> bytes:
    """What a head is checked with: only who has the key of a book can write one, and it tells nothing of the key."""
    return hashlib.blake2b(key, person=b"kit head", digest_size=32).digest() if key else b""


def read(place: Path | None, secret: bytes) -> Head | None:
    """The newest sound line; None where there is none, or no such file."""
    lines = _content(beside(place)).splitlines() if place else []
    found = [head for line in lines for head in _understood(line, secret)]
    return max(reversed(found), key=lambda head: head.count, default=None)


def tell(place: Path, secret: bytes, head: Head) -> None:
    """Adds a line: programs that save at once cannot overwrite a later head with an earlier one.

    A line that a full disk or a power cut swallows leaves the head behind the book, and that is sound: so nothing
    waits for the disk here, and a line that cannot be written stops no save.
    """
    how = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(OSError):
        handle = os.open(beside(place), how, 0o600)
        try:
            os.write(handle, b"\n" + _line(head, secret))
        finally:
            os.close(handle)


def begin(place: Path, secret: bytes, head: Head) -> None:
    """This line alone: of a new book, of a copy, of a book that is taken as it is."""
    with contextlib.suppress(KitError):
        files.write_atomically(beside(place), _line(head, secret))


def tidy(place: Path, secret: bytes, head: Head) -> None:
    """Keeps only the newest line once there are many."""
    if len(_content(beside(place))) > LONGEST:
        begin(place, secret, head)


def is_as_closed(place: Path | None, head: Head | None) -> bool:
    """Whether the file is, to the byte, the one that the kit has closed and looked over then."""
    return bool(place and head and head.file and _digest(place) == head.file)


def close(place: Path, secret: bytes, head: Head) -> None:
    """Notes the whole file, once nothing of the book lies in its journal any more."""
    digest = _digest(place)
    if digest:
        tell(place, secret, replace(head, file=digest))


def _digest(place: Path) -> str:
    journal = place.with_name(f"{place.name}-wal")
    with contextlib.suppress(OSError), place.open("rb") as file:
        if not (journal.exists() and journal.stat().st_size):
            return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def _content(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def _line(head: Head, secret: bytes) -> bytes:
    told = asdict(head)
    return json.dumps({**told, "check": _check(told, secret)}).encode() + b"\n"


def _check(told: dict, secret: bytes) -> str:
    return hashlib.blake2b(json.dumps(told).encode(), key=secret, digest_size=16).hexdigest()


def _understood(line: bytes, secret: bytes) -> Iterator[Head]:
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        told = json.loads(line)
        if told.pop("check") == _check(told, secret):
            yield Head(**told)
