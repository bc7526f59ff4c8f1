"""The command line: `python3 start.py [COMMAND ...]` and `kit [COMMAND ...]` are the same."""

import contextlib
import os
import signal
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kit import places
from kit.words import NoSuchClient, Trouble, _

app = typer.Typer(
    help=_("The Reflection Kit: milestones and setbacks, noted together."),
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)
UsageError: Any = typer.BadParameter.__bases__[0]  # typer carries a click of its own and hands out only its children
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
    _warn_of_a_cloud(book)
    raise typer.Exit(launch.open_notebook(notebook, browser=browser, port=port))


def _warn_of_a_cloud(book: str | None) -> None:
    place = Path(book).expanduser() if book else places.practice()
    words = places.cloud_words(place) if place.exists() else ""
    if words:
        typer.echo(words, err=True)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, help=_("Run every test."))
def test(words: Annotated[list[str] | None, typer.Argument(help=_("What pytest understands"))] = None) -> None:
    # A browser wants the machine for itself; what needs none is shared out among the cores.
    runs = [words] if words else [["tests/browser"], ["--ignore=tests/browser", "-n", "auto", "--maxprocesses=4"]]
    codes = [
        subprocess.run([sys.executable, "-m", "pytest", *run], cwd=places.ROOT, check=False).returncode for run in runs
    ]
    raise typer.Exit(next(filter(None, codes), 0))


@app.command(help=_("List the code names in the book."))
def clients(book: Book = None) -> None:
    import kit

    for client in _opened(book).records(kit.Client):
        typer.echo(client.name)


@app.command(help=_("Write the page that a client takes home, or one for each client."))
def report(
    client: Annotated[str | None, typer.Argument(help=_("A code name"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=_("A page for each client who is not put away"))] = False,
    audience: Annotated[str, typer.Option(help=_("client, supporter or coach"))] = "client",
    supporter: Annotated[str | None, typer.Option(help=_("Whose report it is"))] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("From this day on"))] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help=_("Up to this day"))] = None,
    card: Annotated[bool, typer.Option("--card", help=_("The card to take along instead"))] = False,
    pdf: Annotated[bool, typer.Option("--pdf", help=_("As PDF, printed by an installed browser"))] = False,
    paper: Annotated[str, typer.Option(help=_("A4 or Letter, for --pdf"))] = "A4",
    out: Annotated[Path | None, typer.Option(help=_("The folder or file to write"))] = None,
    book: Book = None,
) -> None:
    from kit import reports
    from kit.reports import paper as papers
    from kit.reports import printed

    if audience not in reports.READERS:
        readers = ", ".join(reports.READERS)
        raise typer.BadParameter(_("audience: please choose one of {readers}.").format(readers=readers))
    if all_ == bool(client) or (all_ and card):
        raise typer.BadParameter(_("Please name one client, or write --all for a page of each."))
    if paper not in papers.SIZES:
        raise typer.BadParameter(_("paper: please choose one of {sizes}.").format(sizes=", ".join(papers.SIZES)))
    first, last = (day.date() if day else None for day in (since, until))
    asked = reports.Asked(audience, supporter, first, last, size=paper if pdf else "")
    if all_:
        raise typer.Exit(_each(book, asked, out, pdf))
    store = _opened(book)._store
    page = reports.card(store, str(client), size=asked.size) if card else reports.asked_for(store, str(client), asked)
    typer.echo(printed.write(page, out) if pdf else page.write(out))


def _each(named: str | None, asked: Any, out: Path | None, pdf: bool) -> int:
    """A page for each client; whose page could not be made is named at the end. 1 when that was anybody's."""
    from tqdm import tqdm

    from kit import reports
    from kit.reports.many import here, many

    if out and out.suffix.lower() in (".html", ".htm", ".pdf") and not out.is_dir():
        raise typer.BadParameter(_("--out: please name a folder for the pages of several clients."))
    told = reports.read(_opened(named)._store)
    each = here(told)
    done = list(tqdm(many(each, asked, out, pdf), total=len(each), unit=_(" pages"), disable=None))
    order = list(each)
    for one in sorted(done, key=lambda one: order.index(one.client)):
        typer.echo(one.place or f"{one.client}: {one.trouble}", err=not one.place)
    made = sum(one.place is not None for one in done)
    typer.echo(_("{n} of {all} pages are made.").format(n=made, all=len(done)))
    away = len(told["clients"]) - len(each)
    if away:
        typer.echo(_("Put away, and left out here: {n}.").format(n=away))
    return 0 if made == len(done) else 1


@app.command(help=_("Seal the whole practice in one file: a backup, or a way to another computer."))
def backup(
    to: Annotated[Path | None, typer.Argument(help=_("A folder, or a new .sealed file; nothing: backups"))] = None,
    book: Book = None,
) -> None:
    from kit import backups, keys, moving

    place = _own_place(book)
    key = _key_of(place)
    typer.echo(moving.pack(place, key, to.expanduser()) if to else backups.make(place, key))
    if not keys.locked(place):
        typer.echo(_("This book has no passphrase: whoever has the backup can read it."), err=True)


@app.command(help=_("Bring a backup back, or a practice from another computer; nothing named: show the backups."))
def restore(
    file: Annotated[str | None, typer.Argument(help=_("A .sealed file, or its number in the list"))] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("Put it where a book stands, and keep that one aside"))] = False,
    book: Book = None,
) -> None:
    from kit import backups

    place = _own_place(book)
    if file is None:
        _show_backups(place)
        return
    chosen = _chosen(file, place)
    if backups.stands(place) and not (yes or _agreed(chosen, place)):
        sentence = _(
            "There is a book at {place} already, and it stays. To put the backup there, and to keep that book under "
            "another name, add: --yes"
        )
        raise Trouble(sentence.format(place=place))
    back = backups.bring_back(chosen, place, _secret_of(chosen, place))
    typer.echo(place)
    for words in back.words():
        typer.echo(words, err=True)


def _show_backups(place: Path) -> None:
    """The backups of this book; where it is gone with its key file, whatever backups there are."""
    from kit import backups

    for number, one in enumerate(_backups_of(place), start=1):
        typer.echo(f"{number:>3}  {backups.told(one)}  {one.file}")
    for file in backups.unreadable():
        typer.echo(_("{file} was cut or changed, and does not come back.").format(file=file), err=True)
    if not _backups_of(place):
        typer.echo(_("There is no backup of {place} yet. `kit backup` makes one.").format(place=place))
        return
    typer.echo(_("To bring one back, type its number: kit restore 1"))


def _backups_of(place: Path) -> list[Any]:
    from kit import backups

    return backups.found(place) or (backups.everything() if not place.exists() else [])


def _chosen(named: str, place: Path) -> Path:
    file, there = Path(named).expanduser(), _backups_of(place)
    if not file.is_file() and named.isdecimal() and 0 < int(named) <= len(there):
        return Path(there[int(named) - 1].file)
    if not file.is_file():
        raise typer.BadParameter(_("{file} is not there. `kit restore` shows the backups.").format(file=file))
    return file


def _agreed(file: Path, place: Path) -> bool:
    if not sys.stdin.isatty():
        return False
    sentence = _("{file} goes to {place}. The book that stands there is kept under another name. Go on?")
    return typer.confirm(sentence.format(file=file, place=place), err=True)


def _secret_of(file: Path, place: Path) -> str | bytes:
    """The key of a backup where it is at hand or fits what is typed; else the passphrase that the backup had."""
    from kit import backups, keys
    from kit.keys import broker, remembered

    mark, words = backups.mark_of(file, place), os.environ.get("KIT_PASSPHRASE")
    if mark is None:
        return b""
    if words is None:
        key = broker.ask(place) or remembered.recall(place)
        if key and keys.mark(key) == mark:
            return key
        words = _typed_passphrase()
    if keys.marked(place) == mark:
        with contextlib.suppress(Trouble):  # a passphrase that was another one when the backup was made
            return keys.read(place, words)
    return words


@app.command(help=_("Write all that is held about a client into a folder: tables, and one file with everything."))
def export(
    client: Annotated[str, typer.Argument(help=_("A code name"))],
    out: Annotated[Path, typer.Option("--out", help=_("A folder; files that are there already stay"))],
    without_private: Annotated[
        bool, typer.Option("--without-private", help=_("Leave out what is for the coach's eyes alone"))
    ] = False,
    book: Book = None,
) -> None:
    typer.echo(_opened(book).export(client, out, not without_private))


@app.command("import", help=_("Bring the tables of a folder into the book: all of them, or none."))
def import_(
    folder: Annotated[Path, typer.Argument(help=_("A folder of .csv files, as export writes it"))],
    book: Book = None,
) -> None:
    from kit import takeout

    new, known, amiss = takeout.bring_in(_opened(book)._store, folder.expanduser())
    if amiss:
        _tell("\n".join([*amiss, _("Nothing was brought in.")]), 2)
    typer.echo(_("{n} entries are in the book now.").format(n=new))
    if known:
        typer.echo(_("In the book already: {n}.").format(n=known))


@app.command(help=_("Erase a client for good, in the kit's own backups too; there is no way back."))
def erase(
    client: Annotated[str, typer.Argument(help=_("A code name"))],
    yes: Annotated[bool, typer.Option("--yes", help=_("Without asking for the code name once more"))] = False,
    book: Book = None,
) -> None:
    from kit import erasing

    here, key = _opened_with_key(book)
    erasing.look_for(here._store, client, key)
    if not yes:
        before = _("To keep a copy, or to hand one out, first type: kit export {client} --out FOLDER")
        for words in (erasing.what_goes(client), before.format(client=client)):
            typer.echo(words, err=True)
        if _typed_name(client) != client:
            _tell(_("That is not the code name, so nothing was erased."), 2)
    typer.echo(_("One moment: each of the backups is opened and written anew."), err=True)
    for words in erasing.erase(here._store, client, key).words():
        typer.echo(words)
    here.close()


def _typed_name(client: str) -> str:
    if sys.stdin.isatty():
        return str(
            typer.prompt(_("Please type the code name to erase {client}").format(client=client), err=True)
        ).strip()
    return sys.stdin.readline().strip()


def _opened_with_key(named: str | None) -> tuple[Any, bytes | None]:
    """The book, and the key that opens its backups."""
    import kit
    from kit import keys
    from kit.book import Book
    from kit.store import Store

    place = Path(named).expanduser() if named not in (None, "", "sample", ":memory:") else places.practice()
    if named in ("sample", ":memory:") or not keys.locked(place):
        return kit.open_book(named), None
    key = _key_of(place)
    return Book(place, Store(place, key)), key


def _own_place(named: str | None) -> Path:
    if named in ("sample", ":memory:"):
        raise typer.BadParameter(_("--book: please name the file of a practice, or leave it out for your own."))
    return Path(named).expanduser() if named else places.practice()


def _key_of(place: Path) -> bytes:
    """The key of a practice: opened already, remembered on this computer, or by its passphrase."""
    from kit import keys, practice
    from kit.keys import broker, remembered

    words = os.environ.get("KIT_PASSPHRASE")
    if not (place.exists() and keys.locked(place)):
        return b""  # what is in the way there is said without a passphrase
    if words is None:
        return broker.ask(place) or remembered.recall(place) or practice.opened(place, _typed_passphrase())
    return practice.opened(place, words)


@app.command(help=_("Open a room: a workshop on people's own phones, or one client's forms on their own device."))
def room(
    name: Annotated[str | None, typer.Argument(help=_("The name of the workshop, which all see"))] = None,
    client: Annotated[str | None, typer.Option(help=_("A session of one instead, with this client"))] = None,
    lan: Annotated[bool, typer.Option("--lan", help=_("Let other devices of this network reach it"))] = False,
    port: Annotated[int, typer.Option(help=_("The port of the address"))] = 0,
    cert: Annotated[Path | None, typer.Option(help=_("A certificate: the room then speaks TLS"))] = None,
    key: Annotated[Path | None, typer.Option(help=_("The key of the certificate"))] = None,
    public: Annotated[str, typer.Option(help=_("The address of a reverse proxy in front of the room"))] = "",
    phases: Annotated[Path | None, typer.Option(help=_("A file with phases of your own"))] = None,
    days: Annotated[int, typer.Option(help=_("Delete what was shared after so many days"), min=1, max=3650)] = 30,
    close: Annotated[bool, typer.Option("--close", help=_("Close the rooms that are open (or the one named)"))] = False,
    book: Book = None,
) -> None:
    from kit import rooms

    if close:
        _close_rooms(name or client)
        return
    if bool(name) == bool(client):
        raise typer.BadParameter(_("Please name the workshop, or a client with --client."))
    place, secret = _book_of_a_room(book)
    _let_go_of_workshops(place, secret)
    asked = rooms.Asked(
        book=str(place.resolve()), title=name or "", client=client or "", keep_until=rooms.keep_until(days), lan=lan,
        arc=str(phases.resolve()) if phases else "", port=port, cert=str(cert.resolve()) if cert else "",
        key_file=str(key.resolve()) if key else "", public=public,
    )  # fmt: skip
    signal.signal(signal.SIGTERM, _stop)  # before anything is told: whoever reads it may answer at once
    opened = rooms.begin(asked, secret)
    try:
        _tell_of(opened, asked)
        _until_asked_to_stop(opened)
    except KeyboardInterrupt:
        typer.echo(_("The room is closed."))
    finally:
        rooms.close(opened)


def _let_go_of_workshops(place: Path, key: bytes | None) -> None:
    """What was shared earlier goes on its day."""
    from kit import erasing
    from kit.rooms.workshop import is_due
    from kit.store import Store

    with contextlib.closing(Store(place, key)) as store:
        erasing.let_go(store, lambda one: is_due(one, date.today()), key)


def _close_rooms(named: str | None) -> None:
    from kit import rooms

    here = [one for one in rooms.found() if named in (None, one.title or rooms.state(one)["client"])]
    for one in here:
        rooms.close(one)
    typer.echo(_("Closed: {n}.").format(n=len(here)))


def _book_of_a_room(named: str | None) -> tuple[Path, bytes | None]:
    """The file of the book and its key; a room in memory would end with whoever opened it."""
    from kit import keys

    if named == ":memory:":
        raise typer.BadParameter(_("--book: a room needs a book on the disk. Please name a file, or: sample"))
    if named == "sample" or (named is None and not places.practice().exists()):
        _opened("sample").close()
        return places.sample(), None
    place = _own_place(named)
    if not place.exists():
        raise typer.BadParameter(_("There is no book at {place}.").format(place=place))
    return place, _key_of(place) if keys.locked(place) else None


def _tell_of(opened: Any, asked: Any) -> None:
    """The addresses of a room, and what its being reachable means."""
    import segno

    typer.echo(_("For the people who join: {link}").format(link=opened.join))
    typer.echo(_("or {address} and the code {code}").format(address=opened.address, code=opened.typed))
    if sys.stdout.isatty():
        segno.make(opened.join, error="l", micro=False).terminal(compact=True)
    typer.echo(_("For you alone, on your own phone or in a private window: {link}").format(link=opened.lead))
    if opened.kind == "workshop":
        typer.echo(_("For the projector: {link}").format(link=opened.board))
    typer.echo(_("Can a phone reach me? Open {address}/try on it.").format(address=opened.address))
    if not asked.lan and not asked.public:
        typer.echo(_("Only this computer reaches the room. --lan lets the devices of this network in."))
    elif not opened.address.startswith("https"):
        typer.echo(
            _(
                "Every device in this network can knock at the room now; who has no link or code stays outside. "
                "Without --cert and --key, whoever runs this network can read along. Use a network that you trust."
            )
        )
    typer.echo(_("Ctrl-C closes the room for everybody."))
    sys.stdout.flush()


def _until_asked_to_stop(opened: Any) -> None:
    """Waits until the room is closed elsewhere, or Ctrl-C."""
    import time

    while opened.file.exists():
        time.sleep(0.3)


def _stop(*_signal: object) -> None:
    raise KeyboardInterrupt


@app.command(help=_("Say in words whether the environment, the book and its settings are in order."))
def check(
    book: Book = None,
    accept: Annotated[bool, typer.Option("--accept", help=_("Go on with what is left of a damaged book"))] = False,
) -> None:
    from kit import check as looking

    if accept:
        _accept(_own_place(book))
    found = list(looking.findings(book))
    for one in found:
        typer.echo(f"{'  ' if one.fine else '! '}{one.words}")
    typer.echo(_("All in order.") if all(one.fine for one in found) else _("The lines with a ! ask for a look."))
    raise typer.Exit(0 if all(one.fine for one in found) else 1)


def _accept(place: Path) -> None:
    """Takes a book as it is now for the whole of it; its history says so from then on."""
    from kit import keys
    from kit.store import Store

    words = os.environ.get("KIT_PASSPHRASE")
    if not place.exists():
        raise typer.BadParameter(_("There is no book at {place}.").format(place=place))
    key = keys.read(place, _typed_passphrase() if words is None else words) if keys.locked(place) else None
    Store(place, key, accept=True).close()
    typer.echo(_("From now on {place} is taken as it is.").format(place=place))


@app.command(help=_("Measure the kit beside what people use today, in one run."))
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


def _opened(named: str | None) -> Any:
    """The book; one that is locked opens by this computer's keyring, else by what is typed."""
    import kit
    from kit import keys

    book = kit.open_book(named)
    if book.locked and not book.unlock_remembered():
        if book.place and not keys.beside(book.place).exists():
            sentence = _("{place} is not a book of the kit, or its key file is not there. Please look at the place.")
            raise Trouble(sentence.format(place=book.place))
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
