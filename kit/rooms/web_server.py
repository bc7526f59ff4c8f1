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
    OpenRoom,
    RoomRequest,
    access_codes,
    admission,
    agenda,
    facilitator,
    participant,
    remote_pages,
    remote_session,
)
from kit.rooms.admission import LimitingApplication
from kit.rooms.handlers import ConnectionTest, NotFound, Room, StaticFiles, steady_clock
from kit.rooms.workshop import LiveWorkshop, find_or_create
from kit.store import Store
from kit.words import KitError, _

LOCALHOST = "127.0.0.1"
MAX_HEADER = 16 * 1024  # bytes of what a request says before its body
CHUNK_SIZE = 4 * 1024  # bytes that are read at once, which is what a connection holds that sends half of something
IDLE_TIMEOUT = 20  # seconds after which a connection that nobody uses is let go: some systems hold 512 of them at most
CHECK_INTERVAL = 20.0  # seconds between two looks at the time that is left
SHUTDOWN_DELAY = 3.0  # seconds in which every page that waits hears that the room is closed


def create_room(asked: RoomRequest, key: bytes | None) -> tuple[Room, HTTPServer, OpenRoom]:
    """A room that listens; raises KitError with one plain sentence when it cannot be opened."""
    store = Store(Path(asked.book), key)
    run = _create_run(store, asked)
    listening, port = _bind(asked)
    scheme = "https" if asked.cert else "http"
    address = asked.public.rstrip("/") or f"{scheme}://{_lan_address(asked)}:{port}"
    room = Room(
        kind="session" if asked.client else "workshop",
        title=asked.title or _("A page of your own"),
        codes=access_codes.AccessCodes(),
        address=address,
        hosts=_hosts(asked, address),
        run=run,
        secure=address.startswith("https"),
        until=steady_clock() + asked.hours * 3600,
    )
    server = HTTPServer(
        application(room),
        ssl_options=_tls(asked),
        max_body_size=admission.MAX_FORM,
        body_timeout=admission.BODY_TIMEOUT,
        max_buffer_size=4 * admission.MAX_FORM,
        max_header_size=MAX_HEADER,
        chunk_size=CHUNK_SIZE,
        idle_connection_timeout=IDLE_TIMEOUT,
        xheaders=False,
    )
    server.add_sockets(listening)
    near = f"{scheme}://{LOCALHOST}:{port}"
    return room, server, _describe(room, asked, near)


def _create_run(store: Store, asked: RoomRequest) -> LiveWorkshop | remote_session.LiveSession:
    if asked.client:
        return remote_session.LiveSession(store, store.client(asked.client))
    if store.find_lookalike(asked.title):
        sentence = _("{name} is a client's code name, and would be seen by all. Please give the workshop another name.")
        raise KitError(sentence.format(name=asked.title))
    phases = agenda.load(Path(asked.arc) if asked.arc else None)
    assert asked.keep_until
    return LiveWorkshop(store, find_or_create(store, asked.title, asked.keep_until), phases)


def _describe(room: Room, asked: RoomRequest, near: str) -> OpenRoom:
    return OpenRoom(
        id=room.id, kind=room.kind, title=asked.title, near=near, address=room.address,
        join=room.link("join"), lead=room.link("lead"), board=room.link("board"), typed=room.codes.typed,
        bearer=room.codes.lead, book=asked.book, life=processes.identity(),
    )  # fmt: skip


def application(room: Room) -> Application:
    """All pages of a room, each behind its own door."""
    routes = remote_pages.ROUTES if room.kind == "session" else [*participant.ROUTES, *facilitator.ROUTES]
    return LimitingApplication(
        [*routes, (r"/try", ConnectionTest), (r"/files/([\w.]{1,40})", StaticFiles)],
        room=room,
        default_handler_class=NotFound,
        cookie_secret=secrets.token_bytes(32).hex(),  # with the process, every cookie ends
        xsrf_cookies=True,
        xsrf_cookie_kwargs={"httponly": True, "samesite": "Lax", "secure": room.secure},
        log_function=lambda _handler: None,
        autoreload=False,
        compress_response=False,  # what is secret and what somebody typed stand in one page
    )


def _bind(asked: RoomRequest) -> tuple[list[socket.socket], int]:
    try:
        found = bind_sockets(asked.port, "0.0.0.0" if asked.lan else LOCALHOST, family=socket.AF_INET, backlog=1024)
    except (OSError, OverflowError) as error:
        sentence = _("Port {port} is not free. Choose another number, or leave --port out.")
        raise KitError(sentence.format(port=asked.port)) from error
    return found, found[0].getsockname()[1]


def _lan_address(asked: RoomRequest) -> str:
    """This computer's address in its network; nothing is sent to find it out."""
    if not asked.lan:
        return LOCALHOST
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address that nobody has
            found = str(probe.getsockname()[0])
        except OSError:
            found = ""
    if not found or ipaddress.ip_address(found).is_loopback:
        raise KitError(_("This computer is in no network. Please join one, or leave --lan out."))
    return found


def _hosts(asked: RoomRequest, address: str) -> frozenset[str]:
    names = {LOCALHOST, "localhost", urlsplit(address).hostname or LOCALHOST}
    return frozenset(names | ({_lan_address(asked)} if asked.lan else set()))


def _tls(asked: RoomRequest) -> ssl.SSLContext | None:
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


def serve(room: Room, server: HTTPServer, told: OpenRoom, ready: Callable[[], None]) -> None:
    """Serves a room until it is closed or its time is over; afterwards nothing is left of it but the book."""
    loop = IOLoop.current()
    told.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _ensure_room_file(told)

    def end() -> None:
        told.file.unlink(missing_ok=True)
        loop.call_later(SHUTDOWN_DELAY, loop.stop)

    async def look() -> None:  # by a delay each time: tornado's own repeating waits as long as a clock is put back
        if room.run.ended:
            return
        if room.expired:
            await room.run.finish()
            end()
            return
        with contextlib.suppress(KitError, OSError):
            _ensure_room_file(told)
        loop.call_later(CHECK_INTERVAL, look)

    room.closed = end
    loop.call_later(CHECK_INTERVAL, look)
    loop.add_callback(ready)
    try:
        loop.start()
    finally:
        told.file.unlink(missing_ok=True)
        server.stop()
        room.run.store.close()


def _ensure_room_file(told: OpenRoom) -> None:
    """Its file, by which it is found; one that went is put back, and closes nothing."""
    if not told.file.exists():
        files.write_atomically(told.file, json.dumps(asdict(told)).encode())
