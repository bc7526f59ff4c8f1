"""The command line: `python3 start.py [COMMAND ...]` and `kit [COMMAND ...]` are the same."""

import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kit import places
from kit.fields import Audience
from kit.words import NoSuchClient, Trouble, _

app = typer.Typer(
    help=_("The Reflection Kit: milestones and setbacks, noted together."),
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
UsageError: Any = typer.BadParameter.__bases__[0]  # typer carries a click of its own and hands out only its children
READERS: dict[str, Audience] = {"client": "client", "supporter": "supporter", "just_me": "just_me"}
Book = Annotated[str | None, typer.Option("--book", envvar="KIT_BOOK", help=_("A file, or: sample"))]


@app.callback(invoke_without_command=True)
def without_a_word(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        open_()


@app.command("open", help=_("Open a session in the browser."))
def open_(
    notebook: Annotated[str, typer.Argument(help=_("Which notebook"))] = "1_session",
    browser: Annotated[bool, typer.Option(help=_("Open the browser, or only print the address"))] = True,
    port: Annotated[int | None, typer.Option(help=_("The port of the address"))] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help=_("Begin with a new copy of the sample practice"))] = False,
    new: Annotated[bool, typer.Option("--new", help=_("Begin an encrypted practice of your own"))] = False,
    book: Book = None,
) -> None:
    from kit import launch

    if new:
        if book or places.practice().exists():
            raise typer.BadParameter(_("--new: there is a practice already. Open it without --new."))
        notebook = "0_start_here"
    if fresh:
        for part in places.home().glob(f"{places.sample().name}*"):
            part.unlink()
    if book:  # the notebooks run in a folder of their own: there a relative path would name another file
        os.environ["KIT_BOOK"] = book if book in ("sample", ":memory:") else str(Path(book).expanduser().resolve())
    raise typer.Exit(launch.open_notebook(notebook, browser=browser, port=port))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, help=_("Run every test."))
def test(words: Annotated[list[str] | None, typer.Argument(help=_("What pytest understands"))] = None) -> None:
    done = subprocess.run([sys.executable, "-m", "pytest", *(words or [])], cwd=places.ROOT, check=False)
    raise typer.Exit(done.returncode)


@app.command(help=_("List the code names in the book."))
def clients(book: Book = None) -> None:
    import kit

    for client in _opened(book).records(kit.Client):
        typer.echo(client.name)


@app.command(help=_("Write the page that a client takes home."))
def report(
    client: Annotated[str, typer.Argument(help=_("A code name"))],
    audience: Annotated[str, typer.Option(help=_("client, supporter or just_me"))] = "client",
    supporter: Annotated[str | None, typer.Option(help=_("Whose report it is"))] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("From this day on"))] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Up to this day"))] = None,
    out: Annotated[Path | None, typer.Option(help=_("The folder or file to write"))] = None,
    book: Book = None,
) -> None:
    import kit

    if audience not in READERS:
        raise typer.BadParameter(_("audience: please choose one of {readers}.").format(readers=", ".join(READERS)))
    days = {"since": since.date() if since else None, "until": until.date() if until else None}
    typer.echo(kit.open_book(book).report(client, READERS[audience], supporter, **days, to=out))


@app.command(help=_("Say in words whether the environment, the book and its settings are in order."))
def check(book: Book = None) -> None:
    from kit import check as looking

    found = list(looking.findings(book))
    for one in found:
        typer.echo(f"{'  ' if one.fine else '! '}{one.words}")
    typer.echo(_("All in order.") if all(one.fine for one in found) else _("The lines with a ! ask for a look."))
    raise typer.Exit(0 if all(one.fine for one in found) else 1)


@app.command(help=_("Measure the kit beside what people use today, in one run."))
def bench(
    what: Annotated[str | None, typer.Argument(help=_("open, save, drafts, import or charts; nothing: all"))] = None,
) -> None:
    done = subprocess.run([sys.executable, "-m", "bench", *([what] if what else [])], cwd=places.ROOT, check=False)
    raise typer.Exit(done.returncode)


def _opened(named: str | None) -> Any:
    """The book; one that is locked opens by this computer's keyring, else by what is typed."""
    import kit

    book = kit.open_book(named)
    if book.locked and not book.unlock_remembered():
        book.unlock(_typed_passphrase())
    return book


def _typed_passphrase() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(_("Passphrase"), hide_input=True, err=True))
    words = sys.stdin.readline().rstrip("\n")
    if not words:
        raise Trouble(_("This practice is locked. Please type its passphrase, or put it into KIT_PASSPHRASE."))
    return words


def main() -> None:
    """Runs the command line; whatever cannot be done is one plain sentence, and no traceback."""
    try:
        sys.exit(app(standalone_mode=False))
    except typer.Abort:
        sys.exit(1)
    except UsageError as error:
        _tell(error.format_message(), 2)
    except NoSuchClient as trouble:
        _tell(str(trouble), 2)
    except Trouble as trouble:
        _tell(str(trouble), 1)


def _tell(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main()
