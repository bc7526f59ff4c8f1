"""The server of one room: its addresses, its rules, its end."""

import contextlib
import ipaddress
import json
import secrets
import socket
import ssl
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlsplit

from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application

from kit import files, processes
from kit.rooms import (
    Asked,
    Open,
    access_codes,
    admission,
    agenda,
    facilitator,
    participant,
    remote_pages,
    remote_session,
)
from kit.rooms.admission import Admitting
from kit.rooms.handlers import Files, Nowhere, Room, Trying, steadily
from kit.rooms.workshop import Run, begun
from kit.store import Store
from kit.words import KitError, _

NEAR = "127.0.0.1"
HEAD = 16 * 1024  # bytes of what a request says before its body
PIECE = 4 * 1024  # bytes that are read at once, which is what a connection holds that sends half of something
IDLE = 20  # seconds after which a connection that nobody uses is let go: some systems hold 512 of them at most
LOOK = 20.0  # seconds between two looks at the time that is left
FAREWELL = 3.0  # seconds in which every page that waits hears that the room is closed


def opened(asked: Asked, key: bytes | None) -> tuple[Room, HTTPServer, Open]:
    """A room that listens; raises KitError with one plain sentence when it cannot be opened."""
    store = Store(Path(asked.book), key)
    run = _run(store, asked)
    listening, port = _sockets(asked)
    scheme = "https" if asked.cert else "http"
    address = asked.public.rstrip("/") or f"{scheme}://{_far(asked)}:{port}"
    room = Room(
        kind="session" if asked.client else "workshop",
        title=asked.title or _("A page of your own"),
        codes=access_codes.Codes(),
        address=address,
        hosts=_hosts(asked, address),
        run=run,
        secure=address.startswith("https"),
        until=steadily() + asked.hours * 3600,
    )
    server = HTTPServer(
        application(room), ssl_options=_tls(asked), max_body_size=admission.LARGEST, body_timeout=admission.SENT_WITHIN,
        max_buffer_size=4 * admission.LARGEST, max_header_size=HEAD, chunk_size=PIECE, idle_connection_timeout=IDLE,
        xheaders=False,
    )  # fmt: skip
    server.add_sockets(listening)
    near = f"{scheme}://{NEAR}:{port}"
    return room, server, _told(room, asked, near)


def _run(store: Store, asked: Asked) -> Run | remote_session.Session:
    if asked.client:
        return remote_session.Session(store, store.client(asked.client))
    if store.resembled(asked.title):
        sentence = _("{name} is a client's code name, and would be seen by all. Please give the workshop another name.")
        raise KitError(sentence.format(name=asked.title))
    phases = agenda.read(Path(asked.arc) if asked.arc else None)
    assert asked.keep_until
    return Run(store, begun(store, asked.title, asked.keep_until), phases)


def _told(room: Room, asked: Asked, near: str) -> Open:
    return Open(
        id=room.id, kind=room.kind, title=asked.title, near=near, address=room.address,
        join=room.link("join"), lead=room.link("lead"), board=room.link("board"), typed=room.codes.typed,
        bearer=room.codes.lead, book=asked.book, life=processes.life(),
    )  # fmt: skip


def application(room: Room) -> Application:
    """All pages of a room, each behind its own door."""
    routes = remote_pages.ROUTES if room.kind == "session" else [*participant.ROUTES, *facilitator.ROUTES]
    return Admitting(
        [*routes, (r"/try", Trying), (r"/files/([\w.]{1,40})", Files)],
        room=room,
        default_handler_class=Nowhere,
        cookie_secret=secrets.token_bytes(32).hex(),  # with the process, every cookie ends
        xsrf_cookies=True,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Lax", "secure": room.secure},
        log_function=lambda _handler: None,
        autoreload=False,
        compress_response=False,  # what is secret and what somebody typed stand in one page
    )


def _sockets(asked: Asked) -> tuple[list[socket.socket], int]:
    try:
        found = bind_sockets(asked.port, "0.0.0.0" if asked.lan else NEAR, family=socket.AF_INET, backlog=1024)
    except (OSError, OverflowError) as error:
        sentence = _("Port {port} is not free. Choose another number, or leave --port out.")
        raise KitError(sentence.format(port=asked.port)) from error
    return found, found[0].getsockname()[1]


def _far(asked: Asked) -> str:
    """This computer's address in its network; nothing is sent to find it out."""
    if not asked.lan:
        return NEAR
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that nobody has
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    if not found or ipaddress.ip_address(found).is_loopback:
        raise KitError(_("This computer is in no network. Please join one, or leave --lan out."))
    return found


def _hosts(asked: Asked, address: str) -> frozenset[str]:
    names = {NEAR, "localhost", urlsplit(address).hostname or NEAR}
    return frozenset(names | ({_far(asked)} if asked.lan else set()))


def _tls(asked: Asked) -> ssl.SSLContext | None:
    if not asked.cert:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(asked.cert, asked.key_file or None)
    except (OSError, ssl.SSLError) as error:
        sentence = _("The certificate {cert} cannot be used with this key. Please look at --cert and --key.")
        raise KitError(sentence.format(cert=asked.cert)) from error
    return context


def serve(room: Room, server: HTTPServer, told: Open, ready: Callable[[], None]) -> None:
    """Serves a room until it is closed or its time is over; afterwards nothing is left of it but the book."""
    loop = IOLoop.current()
    told.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _be_found(told)

    def end() -> None:
        told.file.unlink(missing_ok=True)
        loop.call_later(FAREWELL, loop.stop)

    async def look() -> None:  # by a delay each time: tornado's own repeating waits as long as a clock is put back
        if room.run.ended:
            return
        if room.expired:
            await room.run.finish()
            end()
            return
        with contextlib.suppress(KitError, OSError):
            _be_found(told)
        loop.call_later(LOOK, look)

    room.closed = end
    loop.call_later(LOOK, look)
    loop.add_callback(ready)
    try:
        loop.start()
    finally:
        told.file.unlink(missing_ok=True)
        server.stop()
        room.run.store.close()


def _be_found(told: Open) -> None:
    """Its file, by which it is found; one that went is put back, and closes nothing."""
    if not told.file.exists():
        files.write_atomically(told.file, json.dumps(asdict(told)).encode())
