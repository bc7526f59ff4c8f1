"""What was shared and waits to be released: one sealed file a workshop, of fixed size, in no order and in no backup.

The key is made from a secret that lies in the book alone: whoever can open the book can open this, and nobody else. A
practice without a passphrase (the sample) is readable for whoever has its file, and so is what waits for it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from kit import files, places
from kit.records import Answer, Workshop
from kit.store import Store
from kit.vault import keys
from kit.words import KitError, _

PADDING = (
    256 * 1024
)  # bytes; far more than waits in most rooms, and a file that has grown never tells how little it holds
KEY_PURPOSE = b"reflection-kit waiting lines "
_FULL = _("This could not be kept just now. What you typed is still on your phone; please try again in a moment.")


@dataclass(frozen=True)
class StagedAnswer:
    """One answer that waits: what its phone calls it, what the book will call it, and never whose it is."""

    key: str
    id: str
    ask: str
    text: str
    rating: bool = False

    def record(self, workshop: str) -> Answer:
        return Answer(id=self.id, workshop=workshop, phase=self.ask, text=self.text, by="room")


class Staging:
    """The waiting answers of one workshop, in memory and, before any of them is acknowledged, on the disk."""

    def __init__(self, store: Store, workshop: str, do: Callable[..., Awaitable[Any]], lot: Random) -> None:
        self.file, self._do, self._lot = path_for(workshop), do, lot
        self._key = keys.derive(store.derivation_secret(), KEY_PURPOSE + workshop.encode())
        for left in self.file.parent.glob(f"{self.file.name}.?*"):  # of a rewriting that was cut off
            left.unlink(missing_ok=True)
        self.waiting = {one.key: one for one in _read_staged(self.file, self._key)}
        self.on_disk = frozenset(self.waiting)
        self._size = max(PADDING, self.file.stat().st_size - keys.ENCRYPTION_OVERHEAD if self.file.exists() else 0)
        self._rewriting = asyncio.Lock()
        self._next: asyncio.Future | None = None

    def releasable_lines(self) -> list[StagedAnswer]:
        """What is on the disk and may go to the book; of ratings, only figures may."""
        return [one for one in self.waiting.values() if one.key in self.on_disk and not one.rating]

    def ratings(self, ask: str) -> dict[str, str]:
        """What waits to be counted: its band, by what its phone calls it."""
        mine = (one for one in self.waiting.values() if one.rating and one.ask == ask)
        return {one.key: one.text for one in mine if one.key in self.on_disk}

    async def flush(self) -> None:
        """Comes back once all that waits by now is on the disk; whoever asks meanwhile shares the next rewriting."""
        if self._next is None:
            self._next = asyncio.ensure_future(self._rewrite())
        await asyncio.shield(self._next)

    async def _rewrite(self) -> None:
        async with self._rewriting:
            self._next = None
            await self._do(self._write, list(self.waiting.values()))

    def _write(self, waiting: list[StagedAnswer]) -> None:
        told = json.dumps([asdict(one) for one in self._lot.sample(waiting, len(waiting))]).encode()
        self._size = max(self._size, -(-len(told) // PADDING) * PADDING)
        try:
            files.write_atomically(self.file, keys.encrypt(self._key, told.ljust(self._size)))
        except KitError as trouble:
            raise KitError(_FULL) from trouble
        self.on_disk = frozenset(one.key for one in waiting)

    def remove(self) -> None:
        """Nothing waits any more."""
        self.file.unlink(missing_ok=True)


def path_for(workshop: str) -> Path:
    """Where answers wait: beside no book, for a cloud may copy that folder again and again."""
    return places.rooms() / f"{workshop}.waiting"


def _read_staged(file: Path, key: bytes) -> Iterable[StagedAnswer]:
    """What waits in a file; one that this book does not open is put aside, so that nothing is written over it."""
    try:
        told = keys.decrypt(key, file.read_bytes())
    except FileNotFoundError:
        return []
    if told is None:
        file.replace(file.with_suffix(".unread"))
        return []
    return [StagedAnswer(**one) for one in json.loads(told)]


def release_leftovers(store: Store, workshop: Workshop) -> None:
    """Moves to the book what a room that is gone has left waiting; ratings go, for nobody counts them any more."""
    file = path_for(workshop.id)
    if not file.exists():
        return
    there = {one.id for one in store.records(Answer, workshop=workshop.id)}
    found = _read_staged(file, keys.derive(store.derivation_secret(), KEY_PURPOSE + workshop.id.encode()))
    lines = [one.record(workshop.id) for one in found if not (one.id in there or one.rating)]
    if lines:
        store.save(*sorted(lines, key=lambda one: one.id))
    file.unlink(missing_ok=True)
