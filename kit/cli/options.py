"""Which book a command means, and the key or the passphrase that opens it."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kit import places
from kit.words import KitError, _


def _nearest_book(context: typer.Context, here: str | None) -> str | None:
    """A book may be named before a command's word as well; what stands nearest counts."""
    before = context.parent.params.get("book") if context.parent else None
    source = context.get_parameter_source("book")
    return before if before and (source is None or source.name != "COMMANDLINE") else here


Book = Annotated[
    str | None, typer.Option("--book", envvar="KIT_BOOK", help=_("A file, or: sample"), callback=_nearest_book)
]


def unlock_book(named: str | None) -> Any:
    """The open book; one that is locked opens by this computer's keyring, else by what is typed.

    Raises KitError where it does not open.
    """
    from kit.book import open_book
    from kit.vault import keys

    book = open_book(named)
    if book.locked and not book.unlock_remembered():
        if book.place and not keys.path_for(book.place).exists():
            sentence = _("{place} is not a book of the kit, or its key file is not there. Please look at the place.")
            raise KitError(sentence.format(place=book.place))
        book.unlock(prompt_passphrase())
    return book


def unlock_book_with_key(named: str | None) -> tuple[Any, bytes | None]:
    """The book, and the key that opens its backups."""
    from kit import book
    from kit.store import Store
    from kit.vault import keys

    place = Path(named).expanduser() if named not in (None, "", "sample", ":memory:") else places.practice()
    if named in ("sample", ":memory:") or not keys.is_encrypted(place):
        return book.open_book(named), None
    key = practice_key(place)
    return book.Book(place, Store(place, key)), key


def practice_path(named: str | None) -> Path:
    """The file of a practice, there or not; raises BadParameter for the sample and for a book in memory."""
    if named in ("sample", ":memory:"):
        raise typer.BadParameter(_("--book: please name the file of a practice, or leave it out for your own."))
    return Path(named).expanduser() if named else places.practice()


def existing_path(named: str | None) -> Path:
    """The file of a practice that is there; raises BadParameter where it is not."""
    place = practice_path(named)
    if not place.exists():
        raise typer.BadParameter(_("There is no book at {place}.").format(place=place))
    return place


def practice_key(place: Path) -> bytes:
    """The 32 bytes that open a practice: from the key agent, from this computer's keyring, or by its passphrase.

    Empty where the book is not there or not encrypted; raises KitError for a passphrase that does not open it.
    """
    from kit.vault import agent, keys, practice, system_keyring

    words = os.environ.get("KIT_PASSPHRASE")
    if not (place.exists() and keys.is_encrypted(place)):
        return b""  # what is in the way there is said without a passphrase
    if words is None:
        return agent.get_key(place) or system_keyring.recall(place) or practice.unlock(place, prompt_passphrase())
    return practice.unlock(place, words)


def prompt_passphrase() -> str:
    """The passphrase as it is typed, or from standard input's next line; raises KitError where that is empty."""
    if sys.stdin.isatty():
        return str(typer.prompt(_("Passphrase"), hide_input=True, err=True))
    words = sys.stdin.readline().rstrip("\n")
    if not words:
        raise KitError(_("This practice is locked. Please type its passphrase, or put it into KIT_PASSPHRASE."))
    return words
