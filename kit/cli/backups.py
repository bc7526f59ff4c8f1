"""`kit backup` and `kit restore`: a whole practice sealed in one file, and brought back."""

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from kit.cli import options
from kit.words import KitError, _


def backup(
    to: Annotated[Path | None, typer.Argument(help=_("A folder, or a new .sealed file; nothing: backups"))] = None,
    book: options.Book = None,
) -> None:
    from kit.vault import backups, keys, transfer

    place = options.practice_path(book)
    key = options.practice_key(place)
    typer.echo(transfer.pack(place, key, to.expanduser()) if to else backups.make(place, key))
    if not keys.is_encrypted(place):
        typer.echo(_("This book has no passphrase: whoever has the backup can read it."), err=True)


def restore(
    file: Annotated[str | None, typer.Argument(help=_("A .sealed file, or its number in the list"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("Put it where a book stands, and keep that one aside"))] = False,
    book: options.Book = None,
) -> None:
    from kit.vault import backups

    place = options.practice_path(book)
    if file is None:
        _show_backups(place)
        return
    chosen = _chosen_file(file, place)
    if backups.book_exists(place) and not (yes or _confirm_overwriting(chosen, place)):
        sentence = _(
            "There is a book at {place} already, and it stays. To put the backup there, and to keep that book under "
            "another name, add: --yes"
        )
        raise KitError(sentence.format(place=place))
    back = backups.restore_backup(chosen, place, _find_secret(chosen, place))
    typer.echo(place)
    for words in back.describe():
        typer.echo(words, err=True)


def _show_backups(place: Path) -> None:
    """The backups of this book; where it is gone with its key file, whatever backups there are."""
    from kit.vault import backups

    for number, one in enumerate(_find_backups(place), start=1):
        typer.echo(f"{number:>3}  {backups.describe(one)}  {one.file}")
    for file in backups.unreadable_files():
        typer.echo(_("{file} was cut or changed, and does not come back.").format(file=file), err=True)
    if not _find_backups(place):
        typer.echo(_("There is no backup of {place} yet. `kit backup` makes one.").format(place=place))
        return
    typer.echo(_("To bring one back, type its number: kit restore 1"))


def _find_backups(place: Path) -> list[Any]:
    from kit.vault import backups

    return backups.list_backups(place) or (backups.list_all() if not place.exists() else [])


def _chosen_file(named: str, place: Path) -> Path:
    file, there = Path(named).expanduser(), _find_backups(place)
    if not file.is_file() and named.isdecimal() and 0 < int(named) <= len(there):
        return Path(there[int(named) - 1].file)
    if not file.is_file():
        raise typer.BadParameter(_("{file} is not there. `kit restore` shows the backups.").format(file=file))
    return file


def _confirm_overwriting(file: Path, place: Path) -> bool:
    if not sys.stdin.isatty():
        return False
    sentence = _("{file} goes to {place}. The book that stands there is kept under another name. Go on?")
    return typer.confirm(sentence.format(file=file, place=place), err=True)


def _find_secret(file: Path, place: Path) -> str | bytes:
    """The key of a backup where it is at hand or fits what is typed; else the passphrase that the backup had."""
    from kit.vault import agent, backups, keys, system_keyring

    mark, words = backups.key_id_of(file, place), os.environ.get("KIT_PASSPHRASE")
    if mark is None:
        return b""
    if words is None:
        key = agent.get_key(place) or system_keyring.recall(place)
        if key and keys.key_id(key) == mark:
            return key
        words = options.prompt_passphrase()
    if keys.key_id_of(place) == mark:
        with contextlib.suppress(KitError):  # a passphrase that was another one when the backup was made
            return keys.read_key_file(place, words)
    return words
