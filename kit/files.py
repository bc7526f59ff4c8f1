"""Files, each of them whole or not there at all; and names that every file system takes."""

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

from kit.words import _, write_error

_NOT_WRITTEN = _("{place} could not be written; it is as it was. Please look whether its disk has room.")
_NAMES_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])(\..*)?", re.IGNORECASE)


def write_atomically(place: Path, content: bytes, trouble: str = _NOT_WRITTEN) -> None:
    """A file for its owner alone, all of it or nothing; what was there stays until the new one is on the disk.

    `trouble` is what is said, of `{place}`, where it cannot be written.
    """
    try:
        with contextlib.ExitStack() as afterwards:
            handle, name = tempfile.mkstemp(dir=place.parent, prefix=f"{place.name}.")  # its owner alone may read it
            afterwards.callback(Path(name).unlink, missing_ok=True)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
            sync_folder(place.parent)
    except OSError as error:
        raise write_error(error, place, trouble) from error


def sync_folder(folder: Path) -> None:
    """Waits until the folder itself is on the disk, where a system can say so."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
