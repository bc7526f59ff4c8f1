"""The command line put together: each word and what it runs; what cannot be done is one plain sentence."""

import codecs
import contextlib
import os
import sys
import traceback
from typing import Any
from unicodedata import category

import typer

from kit import places
from kit.cli import backups, checks, clients, opening, options, report, room
from kit.words import FULL, KitError, NoSuchClient, _, is_full

app = typer.Typer(
    help=_("The Reflection Kit: milestones and setbacks, noted together."),
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
UsageError: Any = typer.BadParameter.__bases__[0]  # typer carries a click of its own and hands out only its children
PASS_ON_TO_PYTEST = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.callback(invoke_without_command=True)
def default_command(context: typer.Context, book: options.Book = None) -> None:
    if context.invoked_subcommand is None:
        opening.open_(book=book)


app.command("open", help=_("Open a session in the browser."))(opening.open_)
app.command("test", help=_("Run every test."), context_settings=PASS_ON_TO_PYTEST)(checks.test)
app.command("clients", help=_("List the code names in the book."))(clients.clients)
app.command("report", help=_("Write the page that a client takes home, or one for each client."))(report.report)
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
)(room.room)
app.command("check", help=_("Say in words whether the environment, the book and its settings are in order."))(
    checks.check
)
app.command("bench", help=_("Measure the kit beside what people use today, in one run."))(checks.bench)


def main() -> None:
    """Runs the command line; whatever cannot be done is one plain sentence, and no traceback."""
    _replace_what_a_terminal_lacks()
    code, sentence = _run()
    if sentence:
        print(sentence, file=sys.stderr)
    if any(_replaced):
        print(_("This window cannot show every character; you see a ? instead."), file=sys.stderr)
    sys.exit(code)


def _run() -> tuple[Any, str]:
    """The exit code, and what was in the way."""
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
        return code, ""
    except typer.Abort:
        return 1, ""
    except UsageError as error:
        return 2, error.format_message()
    except NoSuchClient as trouble:
        return 2, str(trouble)
    except KitError as trouble:
        return 1, str(trouble)
    except BrokenPipeError:  # whoever read along has read enough
        _close_stdout()
        return 1, ""
    except OSError as error:
        if not is_full(error):
            return 1, _log_and_describe()
        _close_stdout()
        return 1, FULL.format(place=error.filename or _("the output"))
    except Exception:  # noqa: BLE001  whatever it was, a coach reads one sentence
        return 1, _log_and_describe()


def _log_and_describe() -> str:
    with contextlib.suppress(Exception):
        places.log_error(traceback.format_exc(limit=-3))
        return _("This did not work here. What went on is noted in {place}.").format(place=places.error_log())
    return _("This did not work here. `kit check` says what is missing.")


_replaced: list[str] = []


def _replace_what_a_terminal_lacks() -> None:
    """A sign that a terminal's code page lacks is told as a ?, so that the rest of a name can be read in its place."""
    _replaced.clear()
    codecs.register_error("kit", _replacement)
    for stream in (sys.stdout, sys.stderr):
        if stream:
            stream.reconfigure(errors="kit")  # type: ignore[union-attr]
    if sys.stdin:
        sys.stdin.reconfigure(errors="surrogateescape")  # type: ignore[union-attr]


def _replacement(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    signs = error.object[error.start : error.end]
    shown = "".join("" if category(one) == "Cf" else "?" for one in signs)  # signs of direction have no shape
    _replaced.append(shown)
    return shown, error.end


def _close_stdout() -> None:
    """Python would try once more to write what is left, and tell of it in words of its own."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
