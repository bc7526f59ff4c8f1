"""A page on disk: whole or not at all, readable by its owner alone, under a name that no other page has."""

import hashlib
import os
import re
import tempfile
import unicodedata
from datetime import date
from pathlib import Path

from kit import places
from kit.words import _, not_written

_NAMES_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.IGNORECASE)
PAGES = (".html", ".htm", ".pdf")
_NOT_WRITTEN = _("{place} cannot be written to. Please choose another folder, or close the file if it is open.")


def write(
    html: str, client: str, audience: str, today: date, to: str | Path | None = None, supporter: str = ""
) -> Path:
    """Writes the page; `to` is a folder or an .html file."""
    return keep(html.encode(), called(client, audience, today, supporter), to)


def called(client: str, audience: str, today: date, supporter: str = "", ending: str = ".html") -> str:
    """Code name and day, and whose page it is where it is not the client's own."""
    reader = [] if audience == "client" else [audience]
    whose = [file_name(supporter)] if supporter else []
    return "-".join([file_name(client), today.isoformat(), *reader, *whose]) + ending


def keep(content: bytes, name: str, to: str | Path | None = None) -> Path:
    place = None
    try:
        place = place_of(to, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(place, content)
    except OSError as error:
        raise not_written(error, place or error.filename, _NOT_WRITTEN) from error
    return place


def place_of(to: str | Path | None, name: str) -> Path:
    place = Path(to).expanduser() if to else places.reports()
    return place if place.suffix.lower() in PAGES and not place.is_dir() else place / name


def _write_whole(place: Path, content: bytes) -> None:
    handle, half_way = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)  # its owner's alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(half_way, place)  # noqa: PTH105
    except BaseException:
        Path(half_way).unlink(missing_ok=True)
        raise


def file_name(name: str) -> str:
    """A name that every file system takes; one that had to change stays apart from others by a few signs."""
    safe = "".join(_safe(letter) for letter in unicodedata.normalize("NFC", name)).strip(" .-")
    while len(safe.encode()) > 80:
        safe = safe[:-1]
    if _NAMES_OF_WINDOWS.fullmatch(safe):
        safe = safe.replace(".", "-")  # there it is what stands before the first dot that counts
    elif safe == name:
        return safe
    return f"{safe or 'report'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _safe(letter: str) -> str:
    odd = letter in '<>:"/\\|?*' or (letter != " " and unicodedata.category(letter)[0] in "CZ")
    return "-" if odd else letter
