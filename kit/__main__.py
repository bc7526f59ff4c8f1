"""The command line: `python3 start.py [COMMAND ...]` and `kit [COMMAND ...]` are the same."""

import sys
from typing import Any

import typer

from kit.commands import backups, books, clients, looking, opening, pages, rooms
from kit.words import NoSuchClient, Trouble, _

app = typer.Typer(
    help=_("The Reflection Kit: milestones and setbacks, noted together."),
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
UsageError: Any = typer.BadParameter.__bases__[0]  # typer carries a click of its own and hands out only its children
FOR_PYTEST = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.callback(invoke_without_command=True)
def without_a_word(context: typer.Context, book: books.Book = None) -> None:
    if context.invoked_subcommand is None:
        opening.open_(book=book)


app.command("open", help=_("Open a session in the browser."))(opening.open_)
app.command("test", help=_("Run every test."), context_settings=FOR_PYTEST)(looking.test)
app.command("clients", help=_("List the code names in the book."))(clients.clients)
app.command("report", help=_("Write the page that a client takes home, or one for each client."))(pages.report)
app.command("backup", help=_("Seal the whole practice in one file: a backup, or a way to another computer."))(
    backups.backup
)
app.command(
    "restore", help=_("Bring a backup back, or a practice from another computer; nothing named: show the backups.")
)(backups.restore)
app.command(
    "export", help=_("Write all that is held about a client into a folder: tables, and one file with everything.")
)(clients.export)
app.command("import", help=_("Bring the tables of a folder into the book: all of them, or none."))(clients.import_)
app.command("erase", help=_("Erase a client for good, in the kit's own backups too; there is no way back."))(
    clients.erase
)
app.command(
    "room", help=_("Open a room: a workshop on people's own phones, or one client's forms on their own device.")
)(rooms.room)
app.command("check", help=_("Say in words whether the environment, the book and its settings are in order."))(
    looking.check
)
app.command("bench", help=_("Measure the kit beside what people use today, in one run."))(looking.bench)


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
