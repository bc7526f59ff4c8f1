"""A client taken out of all that the kit keeps, for good; what it cannot reach is said."""

import contextlib
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kit import files, places
from kit.records import Client, Workshop
from kit.store import Store
from kit.vault import agent, backups, keys, practice, system_keyring
from kit.words import KitError, _, listed, one_or_many


@dataclass(frozen=True)
class Erased:
    """What was done, and the backups that did not open and so may still hold the client."""

    client: str
    place: Path | None = None
    pages: int = 0
    unopened: tuple[Path, ...] = ()

    def describe(self) -> list[str]:
        """All that is to be said of it, what was not reached included."""
        pages = one_or_many("{n} page in the kit's folder", "{n} pages in the kit's folder", self.pages)
        done = _(
            "{client} is erased: entries, history, what was being typed, {pages}, and the kit's own backups. That "
            "somebody was erased today stays noted, without a name."
        ).format(client=self.client, pages=pages.format(n=self.pages))
        left = _(
            "These backups did not open and may still hold {client}: {files}. Please remove them, or erase {client} "
            "once more with what opens them."
        ).format(client=self.client, files=listed([str(path) for path in self.unopened]))
        return [done, *([left] if self.unopened else []), *out_of_reach(self.client, self.place)]

    def __str__(self) -> str:
        return "\n".join(self.describe())


def describe(client: str) -> str:
    """What erasing means, to be said before it is done."""
    return _(
        "Everything that is held about {client} goes: entries and their history, what is being typed, pages in the "
        "kit's folder, and {client} in each of the kit's own backups. There is no way back, and no Undo."
    ).format(client=client)


def out_of_reach(client: str, place: Path | None) -> list[str]:
    """Where something of a client may be that the kit cannot take out."""
    told = _(
        "Out of reach: pages and copies that were handed out or kept elsewhere, sealed files that were copied "
        "elsewhere, what was downloaded or printed, and what the entries of others say about {client}. Please see to "
        "these yourself."
    ).format(client=client)
    cloud = places.cloud_service_of(place.parent) if place else ""
    earlier = _("{cloud} may keep earlier forms of the book. Please remove them there.").format(cloud=cloud)
    return [told, *([earlier] if cloud else [])]


def backup_key(place: Path | None, passphrase: str | None = None) -> bytes | None:
    """What opens the backups of a book: by a passphrase, opened for all notebooks, or remembered; None: not locked."""
    if place is None or not keys.is_encrypted(place):
        return None
    words = os.environ.get("KIT_PASSPHRASE") if passphrase is None else passphrase
    key = agent.get_key(place) or system_keyring.recall(place) if words is None else practice.unlock(place, words)
    if key is None:
        raise KitError(_("The backups are locked too. Please name the passphrase, so that they can be opened."))
    return key


def erase(store: Store, client: str, key: bytes | None = None) -> Erased:
    """Takes a client out of the backups, out of the pages that were kept, then out of the book.

    The book comes last because it knows who is meant: whoever was cut off in the middle erases once more, and finds
    all that is left. A file beside the book says until the end that something was begun.
    """
    who, names = identify(store, client, key)
    if store.place is None:
        store.erase(client, who)
        return Erased(client)
    begun = unfinished(store.place)
    _write_journal(store.place, begun | {_token(client, key)})
    change = partial(_erase_from, client=client, who=who)
    unopened, seen = backups.rewrite(store.place, key, change), _modification_times(store.place)
    pages = _remove_pages(store, names | {client})
    store.erase(client, who)
    with backups.exclusive(places.backups()):  # another notebook may be making one just now
        new = _modification_times(store.place) != seen
    if new:
        unopened = backups.rewrite(store.place, key, change)
    _remove_leftovers(store.place)
    _write_journal(store.place, begun - {_token(client, key)})
    agent.publish("seat")  # other notebooks put the client away
    return Erased(client, store.place, pages, tuple(unopened))


def purge_workshops(store: Store, which: Callable[[Workshop], bool], key: bytes | None = None) -> None:
    """Takes what was shared in some workshops out for good, of the backups first: who was cut off finds it all again.

    Backups for which no key is at hand keep it until they go themselves.
    """

    def change(held: Store) -> None:
        for one in filter(which, held.records(Workshop)):
            held.purge(one)

    if any(map(which, store.records(Workshop))):
        if store.place:
            with contextlib.suppress(KitError):
                backups.rewrite(store.place, key or backup_key(store.place), change)
        gone = [one.id for one in store.records(Workshop) if which(one)]
        change(store)
        for workshop in gone:
            for waiting in places.rooms().glob(f"{workshop}.*"):
                waiting.unlink(missing_ok=True)


def identify(store: Store, client: str, key: bytes | None = None) -> tuple[list[str], set[str]]:
    """The ids and all code names of who is to be erased; nobody, where they are gone and the rest was not done."""
    who, names = store.identities(client)
    if not who and not (store.place and _token(client, key) in unfinished(store.place)):
        store.client(client)  # says that nobody is called so
    return who, names


def unfinished(place: Path) -> set[str]:
    """A sign for each client whose erasure was begun, and is not known to be done."""
    try:
        return set(_journal_file(place).read_text("utf-8").split())
    except FileNotFoundError:
        return set()


def _write_journal(place: Path, signs: set[str]) -> None:
    if signs:
        files.write_atomically(_journal_file(place), "\n".join(sorted(signs)).encode())
    else:
        _journal_file(place).unlink(missing_ok=True)


def _journal_file(place: Path) -> Path:
    return place.with_name(f"{place.name}.erasing")


def _token(client: str, key: bytes | None) -> str:
    """Tells nothing of a code name to whoever has not the key of the book."""
    return hashlib.blake2b(client.encode(), key=key or b"", digest_size=16).hexdigest()


def _erase_from(backup: Store, client: str, who: list[str]) -> None:
    backup.erase(client, who or backup.identities(client)[0])


def _modification_times(place: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in backups.backup_files(place) if path.exists()}


def _remove_pages(store: Store, names: set[str]) -> int:
    """Removes the pages of these code names from the kit's folder; one that may be somebody else's stays."""
    others = [one.name for one in store.records(Client) if one.name not in names]
    pages = (path for path in places.reports().iterdir() if path.suffix in places.PAGE_SUFFIXES)
    found = [path for path in pages if _client_of_page(path, [*names, *others]) in names]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _client_of_page(page: Path, names: Iterable[str]) -> str | None:
    """The code name that a page is called by: the longest one, for a name may begin like another."""
    fits = [name for name in names if re.match(re.escape(files.file_name(name)) + r"-\d{4}-\d\d-\d\d[-.]", page.name)]
    return max(fits, key=len, default=None)


def _remove_leftovers(place: Path) -> None:
    """What was cut off half-way may hold anybody: pages, sealed files, the note of what went wrong last."""
    folders = {place.parent, places.home(), places.backups()}
    for left in [one for folder in folders for one in folder.glob(".moving-*")]:
        shutil.rmtree(left, ignore_errors=True)
    for page in [*_half_written(), places.home() / "trouble.log"]:
        page.unlink(missing_ok=True)


def _half_written() -> Iterable[Path]:
    """Pages that a program was writing when it ended; version 0.1 called them otherwise."""
    patterns = [".*.part", *(f"*{ending}.*" for ending in places.PAGE_SUFFIXES)]
    return [page for pattern in patterns for page in places.reports().glob(pattern)]
