"""`kit check`, `test`, `bench`: whether all is in order, and how quick it is."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from kit import places
from kit.cli import options
from kit.words import KitError, _

# A browser's driver keeps a loop running in its process, and no other test is to meet that: hence two lanes.
IN_BROWSER, WITHOUT_BROWSER = ("tests/browser",), ("--ignore=tests/browser",)
QUICK = (*WITHOUT_BROWSER, "-m", "not slow")


def check(
    book: options.Book = None,
    accept: Annotated[bool, typer.Option("--accept", help=_("Go on with what is left of a damaged book"))] = False,
) -> None:
    from kit.cli.diagnostics import run_checks

    if accept:
        _accept_damaged(options.existing_path(book))
    found = list(run_checks(book))
    for one in found:
        typer.echo(f"{'  ' if one.fine else '! '}{one.words}")
    typer.echo(_("All in order.") if all(one.fine for one in found) else _("The lines with a ! ask for a look."))
    raise typer.Exit(0 if all(one.fine for one in found) else 1)


def _accept_damaged(place: Path) -> None:
    """Takes a book as it is now for the whole of it; its history says so from then on."""
    from kit.store import Store
    from kit.vault import keys

    words = os.environ.get("KIT_PASSPHRASE")
    key = (
        keys.read_key_file(place, options.prompt_passphrase() if words is None else words)
        if keys.is_encrypted(place)
        else None
    )
    Store(place, key, accept=True).close()
    typer.echo(_("From now on {place} is taken as it is.").format(place=place))


def test(
    words: Annotated[list[str] | None, typer.Argument(help=_("What pytest understands"))] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help=_("Only what needs neither a browser nor kills nor bad networks"))
    ] = False,
) -> None:
    if words:
        raise typer.Exit(_pytest(*(QUICK if quick else ()), *words))
    # One more than there are cores, as each waits for a while; a test that hangs for good ends a process at most twice.
    several = ("-n", str((os.cpu_count() or 1) + 1), "--max-worker-restart", "1")
    below = _pytest(*(QUICK if quick else WITHOUT_BROWSER), *several, "--dist", "worksteal")
    if quick:
        raise typer.Exit(below)
    in_browser = _pytest(*IN_BROWSER, *several, "--dist", "loadfile")
    if below:
        typer.echo(_("The tests without a browser, further up, ask for a look too."), err=True)
    raise typer.Exit(below or in_browser)


def _source() -> Path:
    """The folder in which the kit is made; tests and measurements stand only there."""
    if places.SHIPPED != places.ROOT:
        raise KitError(_("This is part of the kit's source folder. Please run it there, with start.py."))
    return places.ROOT


def _pytest(*words: str) -> int:
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=_source(), check=False).returncode


def bench(
    what: Annotated[
        str | None,
        typer.Argument(
            help=_("open, save, drafts, import, charts, unlock, report, privacy, safety, room or silence; nothing: all")
        ),
    ] = None,
) -> None:
    done = subprocess.run([sys.executable, "-m", "bench", *([what] if what else [])], cwd=_source(), check=False)
    raise typer.Exit(done.returncode)
