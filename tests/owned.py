"""A practice of one's own, with somebody in it, and the passphrase that opens it."""

from contextlib import closing
from pathlib import Path

import kit
from kit.store import Store

WORDS = 'it\'s a "quiet" morning 🌿'


def begun(place: Path, passphrase: str | None = WORDS) -> Path:
    """A book in which something is noted of Otter, closed."""
    book = kit.open_book(place, passphrase=passphrase)
    book.add(kit.Client(name="Otter"))
    book.add(kit.Win(client="Otter", title="bread"))
    book.add(kit.SupportLine(name="Night line", number="0800"))
    book.close()
    return place


def note(place: Path, key: bytes | None, title: str) -> None:
    with closing(Store(place, key)) as store:
        store.save(kit.Win(client="Otter", title=title))


def titles(place: Path, key: bytes | None = None) -> list[str]:
    with closing(Store(place, key)) as store:
        return [one.title for one in store.records(kit.Win)]
