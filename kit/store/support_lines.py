"""The support lines beside a locked book, so that they can be read without its key; nothing of a client is in them."""

import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kit import files
from kit.records import SupportLine
from kit.words import KitError

EMPTY = b"[]"


def path_for(place: Path) -> Path:
    """practice.book -> practice.book.lines.json"""
    return place.with_name(f"{place.name}.lines.json")


def write_lines(place: Path, lines: Sequence[SupportLine]) -> None:
    """Lays the lines beside the book, for its owner alone; a disk that takes no more does not stop a save."""
    told = json.dumps([one.model_dump(mode="json") for one in lines], ensure_ascii=False, indent=1).encode()
    with contextlib.suppress(OSError, KitError):
        if _read_bytes(path_for(place)) != told:
            files.write_atomically(path_for(place), told)


def read_lines(place: Path | None) -> list[SupportLine]:
    """The lines beside a book; none where the file is not there, or is not what it was."""
    try:
        rows: Any = json.loads(_read_bytes(path_for(place)) if place else EMPTY)
        return [SupportLine.model_validate(row, context={"kept": True}) for row in rows]
    except (OSError, ValueError, TypeError, RecursionError):  # pydantic's errors are ValueErrors
        return []


def _read_bytes(path: Path) -> bytes:
    with contextlib.suppress(FileNotFoundError):
        return path.read_bytes()
    return EMPTY
