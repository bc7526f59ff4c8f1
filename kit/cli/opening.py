"""`kit open`: a session in the browser."""

import os
from pathlib import Path
from typing import Annotated

import typer

from kit import places
from kit.cli import options
from kit.words import _


def open_(
    notebook: Annotated[str, typer.Argument(help=_("Which notebook"))] = "1_session",
    browser: Annotated[bool, typer.Option(help=_("Open the browser, or only print the address"))] = True,
    port: Annotated[int | None, typer.Option(help=_("The port of the address"))] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help=_("Begin with a new copy of the sample practice"))] = False,
    new: Annotated[bool, typer.Option("--new", help=_("Begin an encrypted practice of your own"))] = False,
    book: options.Book = None,
) -> None:
    from kit.jupyter import launch, notebook_copies

    if new:
        if book or places.practice().exists():
            raise typer.BadParameter(_("--new: there is a practice already. Open it without --new."))
        notebook = "0_start_here"
    if fresh:
        for part in places.home().glob(f"{places.sample().name}*"):
            part.unlink()
    # The notebooks run in a folder of their own: there a relative path would name another place.
    if os.environ.get("KIT_HOME"):
        os.environ["KIT_HOME"] = str(places.home().absolute())
    if book:
        os.environ["KIT_BOOK"] = book if book in ("sample", ":memory:") else str(Path(book).expanduser().resolve())
    _warn_about_cloud_folder(book)
    for words in notebook_copies.update_copies():
        typer.echo(words, err=True)
    raise typer.Exit(launch.open_notebook(notebook, browser=browser, port=port))


def _warn_about_cloud_folder(book: str | None) -> None:
    place = Path(book).expanduser() if book else places.practice()
    words = places.cloud_warning(place) if place.exists() else ""
    if words:
        typer.echo(words, err=True)
