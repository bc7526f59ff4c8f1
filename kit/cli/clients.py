"""`kit clients`, `export`, `import`, `erase`: who is in the book, and all that is held about somebody."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from kit.cli import options
from kit.words import _


def clients(book: options.Book = None) -> None:
    from kit.records import Client

    for client in options.unlock_book(book).records(Client):
        typer.echo(client.name)


def export(
    client: Annotated[str, typer.Argument(help=_("A code name"))],
    out: Annotated[Path, typer.Option("--out", help=_("A folder; files that are there already stay"))],
    without_private: Annotated[
        bool, typer.Option("--without-private", help=_("Leave out what is for the coach's eyes alone"))
    ] = False,
    book: options.Book = None,
) -> None:
    typer.echo(options.unlock_book(book).export(client, out, not without_private))


def import_(
    folder: Annotated[Path, typer.Argument(help=_("A folder of .csv files, as export writes it"))],
    book: options.Book = None,
) -> None:
    from kit.exchange import takeout

    new, known, amiss = takeout.import_folder(options.unlock_book(book)._store, folder.expanduser())
    if amiss:
        _exit_with("\n".join([*amiss, _("Nothing was brought in.")]))
    typer.echo(_("{n} entries are in the book now.").format(n=new))
    if known:
        typer.echo(_("In the book already: {n}.").format(n=known))


def erase(
    client: Annotated[str, typer.Argument(help=_("A code name"))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Without asking for the code name once more"))] = False,
    book: options.Book = None,
) -> None:
    from kit.vault import erasing

    here, key = options.unlock_book_with_key(book)
    erasing.identify(here._store, client, key)
    if not yes:
        before = _("To keep a copy, or to hand one out, first type: kit export {client} --out FOLDER")
        for words in (erasing.describe(client), before.format(client=client)):
            typer.echo(words, err=True)
        if _prompt_code_name(client) != client:
            _exit_with(_("That is not the code name, so nothing was erased."))
    typer.echo(_("One moment: each of the backups is opened and written anew."), err=True)
    for words in erasing.erase(here._store, client, key).describe():
        typer.echo(words)
    here.close()


def _prompt_code_name(client: str) -> str:
    if sys.stdin.isatty():
        return str(
            typer.prompt(_("Please type the code name to erase {client}").format(client=client), err=True)
        ).strip()
    return sys.stdin.readline().strip()


def _exit_with(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(2)
