"""The support lines beside a locked book, so that they can be read without its key; nothing of a client is in them."""

import contextlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit.records import SupportLine

NONE = b"[]"


def beside(place: Path) -> Path:
    """practice.book -> practice.book.lines.json"""
    return place.with_name(f"{place.name}.lines.json")


def write_lines(place: Path, lines: Sequence[SupportLine]) -> None:
    """Lays the lines beside the book, for its owner alone; a disk that takes no more does not stop a save."""
    told = json.dumps([one.model_dump(mode="json") for one in lines], ensure_ascii=False, indent=1).encode()
    path, making = beside(place), place.with_name(f"{place.name}.lines.{os.getpid()}")
    with contextlib.suppress(OSError):
        if _bytes(path) == told:
            return
        making.unlink(missing_ok=True)
        with os.fdopen(os.open(making, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(told)
        making.replace(path)


def read_lines(place: Path | None) -> list[SupportLine]:
    """The lines beside a book; none where the file is not there, or is not what it was."""
    try:
        rows: Any = json.loads(_bytes(beside(place)) if place else NONE)
        return [SupportLine.model_validate(row, context={"kept": True}) for row in rows]
    except (OSError, ValueError, TypeError, RecursionError):  # pydantic's errors are ValueErrors
        return []


def _bytes(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    return NONE
