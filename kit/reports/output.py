"""A page on disk: whole or not at all, readable by its owner alone, under a name that no other page has."""

from datetime import date
from pathlib import Path

from kit import files, places
from kit.words import _, write_error

_NOT_WRITTEN = _("{place} cannot be written to. Please choose another folder, or close the file if it is open.")


def write_page(
    html: str, client: str, audience: str, today: date, to: str | Path | None = None, supporter: str = ""
) -> Path:
    """Writes the page; `to` is a folder or an .html file."""
    return save(html.encode(), file_name(client, audience, today, supporter), to)


def file_name(client: str, audience: str, today: date, supporter: str = "", ending: str = ".html") -> str:
    """Code name and day, and whose page it is where it is not the client's own."""
    reader = [] if audience == "client" else [audience]
    whose = [files.file_name(supporter)] if supporter else []
    return "-".join([files.file_name(client), today.isoformat(), *reader, *whose]) + ending


def save(content: bytes, name: str, to: str | Path | None = None) -> Path:
    """Writes a page called `name`: into the folder `to`, else the kit's own, or to the file that `to` names.

    Raises KitError where it cannot be written; what was there stays then.
    """
    place = None
    try:
        place = target_path(to, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        files.write_atomically(place, content, _NOT_WRITTEN)
    except OSError as error:
        raise write_error(error, place or error.filename, _NOT_WRITTEN) from error
    return place


def target_path(to: str | Path | None, name: str) -> Path:
    place = Path(to).expanduser() if to else places.reports()
    return place if place.suffix.lower() in places.PAGE_SUFFIXES and not place.is_dir() else place / name
