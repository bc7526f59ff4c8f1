"""`kit room`: pages on people's own devices, open until Ctrl-C."""

import contextlib
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from kit import places
from kit.cli import options
from kit.words import KitError, _


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
    book: options.Book = None,
) -> None:
    from kit import rooms

    if close:
        close_rooms(name or client)
        return
    if bool(name) == bool(client):
        raise typer.BadParameter(_("Please name the workshop, or a client with --client."))
    place, secret = _book_and_key(book)
    _delete_expired_workshops(place, secret)
    asked = rooms.RoomRequest(
        book=str(place.resolve()),
        title=name or "",
        client=client or "",
        keep_until=rooms.retention_date(days),
        arc=str(phases.resolve()) if phases else "",
        lan=lan,
        port=port,
        cert=str(cert.resolve()) if cert else "",
        key_file=str(key.resolve()) if key else "",
        public=public,
    )
    signal.signal(signal.SIGTERM, _interrupt)  # before anything is told: whoever reads it may answer at once
    opened = rooms.open_room(asked, secret)
    try:
        _show_addresses(opened, asked)
        _wait_until_closed(opened)
    except KeyboardInterrupt:
        pass
    finally:
        _close_room(opened)
    typer.echo(_("The room is closed."))


def _delete_expired_workshops(place: Path, key: bytes | None) -> None:
    """What was shared earlier goes on its day."""
    from kit.rooms.workshop import is_due
    from kit.store import Store
    from kit.vault import erasing

    with contextlib.closing(Store(place, key)) as store:
        erasing.purge_workshops(store, lambda one: is_due(one, date.today()), key)


def close_rooms(named: str | None) -> None:
    from kit import rooms

    closed, silent = 0, 0
    for one in rooms.list_open():
        try:
            if named in (None, one.title or rooms.get_state(one)["client"]):
                rooms.close_room(one)
                closed += 1
        except rooms.RoomClosed:
            continue
        except KitError:
            silent += 1
    typer.echo(_("Closed: {n}.").format(n=closed))
    if silent:
        raise KitError(_("Not answering just now, so maybe still open: {n}. Please try again soon.").format(n=silent))


def _book_and_key(named: str | None) -> tuple[Path, bytes | None]:
    """The file of the book and its key; a room in memory would end with whoever opened it."""
    from kit.vault import keys

    if named == ":memory:":
        raise typer.BadParameter(_("--book: a room needs a book on the disk. Please name a file, or: sample"))
    if named == "sample" or (named is None and not places.practice().exists()):
        options.unlock_book("sample").close()
        return places.sample(), None
    place = options.existing_path(named)
    return place, options.practice_key(place) if keys.is_encrypted(place) else None


def _show_addresses(opened: Any, asked: Any) -> None:
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


def _close_room(opened: Any) -> None:
    from kit import rooms

    try:
        rooms.close_room(opened)
    except KitError:
        sentence = _("The room isn't answering just now, so it may still be open. To close it, type: kit room --close")
        raise KitError(sentence) from None


def _wait_until_closed(opened: Any) -> None:
    """Waits until the room is closed elsewhere, or Ctrl-C; one that is silent, or whose file is gone, is open."""
    import time

    from kit import rooms

    while not rooms.has_ended(opened):
        time.sleep(0.3)


def _interrupt(*_signal: object) -> None:
    raise KeyboardInterrupt
