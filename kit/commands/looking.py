"""`kit check`, `test`, `bench`: whether all is in order, and how quick it is."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from kit import places
from kit.commands import books
from kit.words import _


def check(
    book: books.Book = None,
    accept: Annotated[bool, typer.Option("--accept", help=_("Go on with what is left of a damaged book"))] = False,
) -> None:
    from kit.check import findings

    if accept:
        _accept(books.there(book))
    found = list(findings(book))
    for one in found:
        typer.echo(f"{'  ' if one.fine else '! '}{one.words}")
    typer.echo(_("All in order.") if all(one.fine for one in found) else _("The lines with a ! ask for a look."))
    raise typer.Exit(0 if all(one.fine for one in found) else 1)


def _accept(place: Path) -> None:
    """Takes a book as it is now for the whole of it; its history says so from then on."""
    from kit import keys
    from kit.store import Store

    words = os.environ.get("KIT_PASSPHRASE")
    key = keys.read(place, books.typed_passphrase() if words is None else words) if keys.locked(place) else None
    Store(place, key, accept=True).close()
    typer.echo(_("From now on {place} is taken as it is.").format(place=place))


def test(words: Annotated[list[str] | None, typer.Argument(help=_("What pytest understands"))] = None) -> None:
    # A browser wants the machine for itself; what needs none is shared out among the cores.
    runs = [words] if words else [["tests/browser"], ["--ignore=tests/browser", "-n", "auto", "--maxprocesses=4"]]
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *run], cwd=places.ROOT, check=False).returncode for run in runs
    ]
    raise typer.Exit(next(filter(None, codes), 0))


def bench(
    what: Annotated[
        str | None,
        typer.Argument(
            help=_("open, save, drafts, import, charts, unlock, report, privacy, safety or room; nothing: all")
        ),
    ] = None,
) -> None:
    done = subprocess.run([sys.executable, "-m", "bench", *([what] if what else [])], cwd=places.ROOT, check=False)
    raise typer.Exit(done.returncode)
