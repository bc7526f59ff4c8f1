"""Whether the environment, the book and its settings are in order, in words."""

import contextlib
import importlib.metadata
import os
import re
import site
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kit import places
from kit.jupyter import notebook_copies
from kit.store import Store, checkpoint
from kit.vault import agent, backups, erasing, keys
from kit.words import KitError, _

# Versions from which known holes are closed.
MINIMUM_VERSIONS = {"jupyter-server": (2, 20), "jupyterlab": (4, 5, 7), "nbconvert": (7, 17, 1)}


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, and what to do where it is not in order."""

    fine: bool
    words: str


def run_checks(book: str | None = None) -> Iterator[Finding]:
    """Everything that is looked at, one after the other."""
    yield _check_python()
    yield from _check_packages()
    yield _check_extension()
    yield from _check_folder(places.home())
    yield from (Finding(True, words) for words in notebook_copies.pending_updates())
    yield from _check_cloud(_book_path(book))
    yield from _check_book(book)
    yield from _check_backups(_book_path(book))
    yield from _check_erasing(_book_path(book))


def _check_python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(sys.version_info >= (3, 11), _("Python {version}").format(version=version))


def _check_packages() -> Iterator[Finding]:
    for name, floor in MINIMUM_VERSIONS.items():
        found = importlib.metadata.version(name)
        fine = tuple(int(part) for part in re.findall(r"\d+", found)[:3]) >= floor
        wanted = ".".join(map(str, floor))
        words = _("{name} {found}") if fine else _("{name} {found}: please update to {wanted} or newer.")
        yield Finding(fine, words.format(name=name, found=found, wanted=wanted))


def _check_extension() -> Finding:
    parts = ("etc/jupyter/jupyter_server_config.d/reflection-kit.json", "share/jupyter/labextensions/reflection-kit")
    bases = [Path(base) for base in (sys.prefix, site.getuserbase())]  # the second is that of `pip install --user`
    if any(all((base / part).exists() for part in parts) for base in bases):
        return Finding(True, _("JupyterLab knows the kit: nothing typed is saved in a notebook."))
    return Finding(False, _("JupyterLab does not know the kit yet. Please install the kit once more."))


def _check_folder(home: Path) -> Iterator[Finding]:
    writable = os.access(home, os.W_OK)
    words = _("The books lie in {place}.") if writable else _("{place} cannot be written to. Please change its rights.")
    yield Finding(writable, words.format(place=home))
    if os.name == "nt":
        yield Finding(True, _("On Windows your profile's own rights keep others out of that folder."))
    elif home.stat().st_mode & 0o077:
        yield Finding(
            False, _("Others on this computer may look into {place}. Please make it yours alone.").format(place=home)
        )


def _book_path(named: str | None) -> Path:
    return Path(named).expanduser() if named not in (None, "", "sample", ":memory:") else places.practice()


def _check_cloud(book: Path) -> Iterator[Finding]:
    words = places.cloud_warning(book)
    if words:
        yield Finding(False, words)


def _check_backups(place: Path) -> Iterator[Finding]:
    """Not a word of it where there is no book of one's own yet."""
    if not place.exists():
        return
    last = next((one for one in backups.list_backups(place) if one.by != backups.BESIDE), None)
    yield Finding(
        True, _("Last backup: {backup}.").format(backup=backups.describe(last)) if last else _("No backup yet.")
    )
    amiss = backups.last_error(place)
    if amiss:
        yield Finding(False, _("A backup that was due could not be made. {why}").format(why=amiss))
    for file in backups.unreadable_files():
        yield Finding(False, _("{file} was cut or changed, and does not come back as a backup.").format(file=file))


def _check_erasing(place: Path) -> Iterator[Finding]:
    if erasing.unfinished(place):
        yield Finding(
            False, _("Erasing somebody was begun and is not done. Please type once more: kit erase CODE-NAME")
        )


def _check_locked(place: Path) -> Finding:
    """A practice that is locked is in order; a file that opens with no key file is looked at by a person."""
    if keys.path_for(place).exists():
        return Finding(True, _("The practice is encrypted, and locked: its entries were not counted."))
    words = _("{place} is not a book of the kit, or its key file is gone. Its recovery sheet opens it then.")
    return Finding(False, words.format(place=place))


def _check_book(named: str | None) -> Iterator[Finding]:
    from kit.records import KINDS

    named = named or os.environ.get("KIT_BOOK")
    place = _book_path(named)
    if named == "sample" or (not named and not _book_exists(place)):
        place = places.sample()
    if not _book_exists(place):  # looking begins none
        yield _check_missing(place)
        return
    try:
        key = _find_key(place)
        if key is None and backups.needs_key(place):
            yield _check_locked(place)
            return
        with contextlib.closing(Store(place, key)) as store:
            count = sum(len(store.records(kind)) for kind in KINDS)
            settings = ", ".join(f"{name} {value}" for name, value in store.settings().items())
            remark = store.remark
    except KitError as trouble:
        yield Finding(False, str(trouble))
        return
    yield Finding(True, _("The book opens and holds {n} entries.").format(n=count))
    if remark:
        yield Finding(True, remark)
    yield Finding(True, _("Its settings are in order: {settings}.").format(settings=settings))


def _book_exists(place: Path) -> bool:
    return place.exists() or checkpoint.path_for(place).exists()


def _check_missing(place: Path) -> Finding:
    if place == places.sample():
        return Finding(True, _("There is no practice here yet. `kit open` begins with the sample."))
    return Finding(False, _("There is no book at {place}.").format(place=place))


def _find_key(place: Path) -> bytes | None:
    words = os.environ.get("KIT_PASSPHRASE")
    if not backups.needs_key(place):
        return None
    return agent.get_key(place) if words is None else keys.read_key_file(place, words)
