"""A room in a thread of the test, and people's devices that speak to it as a browser does, with script or without."""

import asyncio
import html
import re
import threading
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import kit
from kit import rooms
from kit.rooms import web_server
from kit.rooms.remote_session import FORMS

PAGES_OF_ONE = ("/", *(f"/form/{name}" for name in FORMS), "/journey", "/support", "/data")


class Device:
    """One browser: its cookies, and the page that it shows."""

    def __init__(self, port):
        self.port, self.cookies, self.page, self.status, self.path, self.headers = port, {}, "", 0, "", {}
        self.token = ""

    def ask(self, method, path, body=None, **headers):
        """One request, without following where it leads."""
        wire = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            wire.request(method, path, body, {**({"Cookie": jar} if jar else {}), **headers})
            answer = wire.getresponse()
            self.page, self.status, self.path = answer.read().decode(), answer.status, path
            self.headers = answer.headers
            for told in answer.headers.get_all("Set-Cookie") or []:
                name, _equals, value = told.partition(";")[0].partition("=")
                self.cookies[name] = value
        finally:
            wire.close()
        token = re.search(r'name="_xsrf" value="([^"]*)"', self.page)
        self.token = html.unescape(token[1]) if token else self.token
        return self

    def open(self, path):
        """A page, followed to where it leads."""
        self.ask("GET", path)
        while self.status in (301, 302, 303):
            self.ask("GET", self.headers["Location"])
        return self

    def send(self, path, follow=True, **told):
        """A form, with the token of the page that is open; given as many values as a field has."""
        body = urlencode({"_xsrf": self.token, **told}, doseq=True)
        self.ask("POST", path, body, **{"Content-Type": "application/x-www-form-urlencoded"})
        if follow and self.status == 303:
            self.open(self.headers["Location"])
        return self

    def share(self, ask, text, key=None, follow=True):
        return self.send(f"/step/{ask}", follow=follow, id=key or uuid4().hex, text=text)


class Opened:
    """A room that is open: its secrets, its run, and its devices."""

    def __init__(self, room, told):
        self.room, self.run, self.told = room, room.run, told
        self.port = int(told.near.rsplit(":", 1)[1])

    def device(self):
        return Device(self.port)

    def phone(self, nickname=""):
        """Somebody who came in by the link and agreed."""
        device = self.device().open(path_of(self.told.join))
        return device.send("/step/agreements", nickname=nickname)

    def lead(self):
        return self.device().open(path_of(self.told.lead))

    def board(self):
        return self.device().open(path_of(self.told.board))

    def act(self, **told):
        return rooms.send_action(self.told, told.pop("do"), **told)

    def release(self):
        """The facilitator asks for all that waits."""
        for _at, ask in self.run.agenda.questions():
            if ask.is_shared and ask.kind != "rating":
                self.act(do="release", ask=ask.name)

    def answers(self):
        """What lies in the book, once what waited was asked for."""
        self.release()
        return self.run.store.records(kit.Answer)

    def id_of(self, text):
        """What the book calls a line; no phone is told before all see it."""
        return next(one.id for one in self.answers() if one.text == text)


def path_of(link):
    return "/" + link.split("://", 1)[1].partition("/")[2]


@contextmanager
def opened(home: Path, **asked):
    """A room on a book in `home`; a workshop unless a client is named."""
    book = kit.open_book(home / "rooms.book")
    if asked.get("client") and not book.records(kit.Client, asked["client"]):
        book.add(kit.Client(name=asked["client"]))
    book.close()
    given = {"book": str(home / "rooms.book"), **asked}
    if "client" not in asked:
        given = {"title": "Tuesday group", "keep_until": rooms.retention_date(30), **given}
    ready, box = threading.Event(), {}

    def serve():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)

        async def begin():
            box["room"], box["server"], box["told"] = web_server.create_room(rooms.RoomRequest(**given), None)

        loop.run_until_complete(begin())
        box["loop"] = loop
        loop.call_soon(ready.set)
        loop.run_forever()
        box["server"].stop()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield Opened(box["room"], box["told"])
    finally:
        box["loop"].call_soon_threadsafe(box["loop"].stop)
        thread.join(20)
        box["room"].run.store.close()
