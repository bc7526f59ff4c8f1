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

MAX_SIZE = 64 * 1024  # bytes, after which only the newest line is kept


@dataclass(frozen=True)
class Checkpoint:
    """The newest row of the history: how many there are, its link, when; `file` is the whole book as it was closed."""

    count: int
    link: str
    at: str
    file: str = ""


def path_for(place: Path) -> Path:
    """practice.book -> practice.book.head"""
    return place.with_name(f"{place.name}.head")


def signing_key(key: bytes | None) -> bytes:
    """What signs a checkpoint: only who has the key of a book can write one, and it tells nothing of the key."""
    return hashlib.blake2b(key, person=b"kit head", digest_size=32).digest() if key else b""


def read(place: Path | None, secret: bytes) -> Checkpoint | None:
    """The newest sound line; None where there is none, or no such file."""
    lines = _read_bytes(path_for(place)).splitlines() if place else []
    found = [checkpoint for line in lines for checkpoint in _decode(line, secret)]
    return max(reversed(found), key=lambda checkpoint: checkpoint.count, default=None)


def append(place: Path, secret: bytes, checkpoint: Checkpoint) -> None:
    """Adds a line: programs that save at once cannot overwrite a later checkpoint with an earlier one.

    A line that a full disk or a power cut swallows leaves the checkpoint behind the book, and that is sound: so nothing
    waits for the disk here, and a line that cannot be written stops no save.
    """
    how = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    with contextlib.suppress(OSError):
        handle = os.open(path_for(place), how, 0o600)
        try:
            os.write(handle, b"\n" + _encode(checkpoint, secret))
        finally:
            os.close(handle)


def reset(place: Path, secret: bytes, checkpoint: Checkpoint) -> None:
    """This line alone: of a new book, of a copy, of a book that is taken as it is."""
    with contextlib.suppress(KitError):
        files.write_atomically(path_for(place), _encode(checkpoint, secret))


def compact(place: Path, secret: bytes, checkpoint: Checkpoint) -> None:
    """Keeps only the newest line once there are many."""
    if len(_read_bytes(path_for(place))) > MAX_SIZE:
        reset(place, secret, checkpoint)


def matches_file(place: Path | None, checkpoint: Checkpoint | None) -> bool:
    """Whether the file is, to the byte, the one that the kit has closed and looked over then."""
    return bool(place and checkpoint and checkpoint.file and _file_digest(place) == checkpoint.file)


def append_file_digest(place: Path, secret: bytes, checkpoint: Checkpoint) -> None:
    """Notes the whole file, once nothing of the book lies in its journal any more."""
    digest = _file_digest(place)
    if digest:
        append(place, secret, replace(checkpoint, file=digest))


def _file_digest(place: Path) -> str:
    journal = place.with_name(f"{place.name}-wal")
    with contextlib.suppress(OSError), place.open("rb") as file:
        if not (journal.exists() and journal.stat().st_size):
            return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def _read_bytes(path: Path) -> bytes:
    with contextlib.suppress(OSError):
        return path.read_bytes()
    return b""


def _encode(checkpoint: Checkpoint, secret: bytes) -> bytes:
    told = asdict(checkpoint)
    return json.dumps({**told, "check": _mac(told, secret)}).encode() + b"\n"


def _mac(told: dict, secret: bytes) -> str:
    return hashlib.blake2b(json.dumps(told).encode(), key=secret, digest_size=16).hexdigest()


def _decode(line: bytes, secret: bytes) -> Iterator[Checkpoint]:
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, RecursionError):
        told = json.loads(line)
        if told.pop("check") == _mac(told, secret):
            yield Checkpoint(**told)
