"""Where things lie: everything that the kit keeps is in one folder."""

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import platformdirs

from kit.words import _, write_error

PACKAGE = Path(__file__).resolve().parent
ROOT = PACKAGE.parent
# What the kit brings along: a wheel carries it inside the package, in the source folder it stands at the top level.
SHIPPED = PACKAGE / "shipped" if (PACKAGE / "shipped").is_dir() else ROOT
NOTEBOOKS = SHIPPED / "notebooks"
SAMPLE_DATA = SHIPPED / "sample_data"


def home() -> Path:
    """The folder of this person's books: what KIT_HOME names, else the platform's data folder.

    It is made at first use, readable for its owner alone (on Windows the profile's own rights hold).
    """
    named = os.environ.get("KIT_HOME")
    folder = Path(named).expanduser() if named else platformdirs.user_data_path("reflection-kit", False)
    return _make_folder(folder)


def _make_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        otherwise = _("{place} cannot be made. Please choose a folder of your own with KIT_HOME.")
        raise write_error(error, folder, otherwise) from error
    return folder


def sample() -> Path:
    """This person's own copy of the sample practice."""
    return home() / "sample.book"


def practice() -> Path:
    """The coach's own practice."""
    return home() / "practice.book"


def notebooks() -> Path:
    """The folder of this person's own copies of the notebooks: the only one that the server shows."""
    return _make_folder(home() / "notebooks")


def rooms() -> Path:
    """The folder of what open rooms keep beside the books."""
    return _make_folder(home() / "rooms")


PAGE_SUFFIXES = (".html", ".htm", ".pdf")


def reports() -> Path:
    """The folder of the pages made for reading at home."""
    return _make_folder(home() / "reports")


def backups() -> Path:
    """The folder of the sealed copies of the practice."""
    return _make_folder(home() / "backups")


def downloads() -> Path:
    """The folder in which this person looks for what a program has put down for them."""
    return platformdirs.user_downloads_path()


# How services that copy to a cloud call their folders, from which a name may go on: "OneDrive - Lighthouse".
_GOES_ON = r"([ ._(-].*)?"
CLOUD_SERVICES = {
    "OneDrive": "onedrive" + _GOES_ON,
    "Dropbox": "dropbox" + _GOES_ON,
    "iCloud Drive": "icloud ?(drive|photos)?|mobile documents",
    "Google Drive": "my drive|google ?drive" + _GOES_ON,
    "Nextcloud": r"nextcloud\d*" + _GOES_ON,
    "ownCloud": "owncloud" + _GOES_ON,
    "pCloud": "p ?cloud ?(drive|sync)?",
    "Proton Drive": "proton ?drive" + _GOES_ON,
    "Box": "box([ -](sync|box))?",
    "MEGA": "mega ?(sync)?",
    "Syncthing": "syncthing",
}


def cloud_service_of(path: Path) -> str:
    """The service whose folder holds `path`, and would copy a book while it is written; "" where none is known."""
    parts = _normalized_parts(path)
    for root, name in _cloud_folders():
        if parts[: len(root)] == root:
            return name
    return next(filter(None, map(_cloud_called, parts)), "")


def _cloud_called(part: str) -> str:
    return next((name for name, called in CLOUD_SERVICES.items() if re.fullmatch(called, part, re.IGNORECASE)), "")


def cloud_warning(book: Path) -> str:
    """What can happen to a book in such a folder, and the way out; "" where the folder is in order."""
    cloud = cloud_service_of(book.parent)
    if not cloud:
        return ""
    told = _(
        "{folder} is copied to {cloud} while the kit writes there. The copy can be half a book, and it can come back "
        "over the whole one."
    )
    return f"{told} {_way_out(book)}".format(folder=book.parent, cloud=cloud)


def _way_out(book: Path) -> str:
    if book.parent != home():
        return _("The way out: `kit backup` makes a sealed file of it, `kit restore` brings that to another folder.")
    if "KIT_HOME" in os.environ:
        start = _("start it without KIT_HOME, or let KIT_HOME name a folder outside of {cloud}")
    else:
        start = _("start it with KIT_HOME naming a folder outside of {cloud}")
    if not book.exists():
        return _("Before you begin, please close the kit, and {start}.").format(start=start)
    return _(
        "The way out: press \u201cTake it to another computer\u201d in 0_start_here, close the kit, {start}, and bring "
        "the sealed file in there. It works on the same computer as well."
    ).format(start=start)


def _normalized_parts(path: Path) -> tuple[str, ...]:
    """Where it really lies, spelled as its system compares names."""
    with contextlib.suppress(OSError, RuntimeError):
        path = path.expanduser().resolve()
    fold = str.casefold if sys.platform in ("win32", "darwin") else str
    return tuple(fold(part) for part in path.parts)


def _cloud_folders() -> Iterator[tuple[tuple[str, ...], str]]:
    """The folders that a service itself names on this computer."""
    for variable in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        if os.environ.get(variable):
            yield _normalized_parts(Path(os.environ[variable])), "OneDrive"
    for folder in _dropbox_folders():
        yield _normalized_parts(folder), "Dropbox"
    library = _own_folder() / "Library"
    drive = library / "Mobile Documents"
    for folder in (drive, *(drive / "com~apple~CloudDocs" / name for name in ("Desktop", "Documents"))):
        if folder.exists():  # the last two lead to the person's own folders where iCloud copies those
            yield _normalized_parts(folder), "iCloud Drive"
    with contextlib.suppress(OSError):
        for folder in (library / "CloudStorage").iterdir():
            yield _normalized_parts(folder), _cloud_called(folder.name) or folder.name.partition("-")[0]


def _own_folder() -> Path:
    with contextlib.suppress(RuntimeError):
        return Path.home()
    return Path()


def _dropbox_folders() -> Iterator[Path]:
    homes = [os.environ.get("APPDATA"), os.environ.get("LOCALAPPDATA")]
    for file in (_own_folder() / ".dropbox/info.json", *(Path(one) / "Dropbox/info.json" for one in homes if one)):
        with contextlib.suppress(OSError, ValueError, AttributeError, TypeError, KeyError):
            yield from [Path(one["path"]) for one in json.loads(file.read_text(encoding="utf-8")).values()]


def error_log() -> Path:
    return home() / "trouble.log"


def log_error(told: str) -> None:
    """Keeps the last thing that went wrong inside the kit, for whoever mends it; never what a person typed."""
    log = error_log()
    log.touch(mode=0o600)
    log.write_text(told, encoding="utf-8", errors="backslashreplace")
