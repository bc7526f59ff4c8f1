"""Phones on bad networks: a proxy that drops, delays, doubles, cuts and reorders; phones that send until they hear."""

import asyncio
import contextlib
import html
import json
import re
from collections import Counter
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

NEAR = "127.0.0.1"
GONE = (OSError, EOFError, TimeoutError, ValueError)


class Phone:
    """One browser, spoken to with plain sockets: its cookies, and what its last page said."""

    def __init__(self, port, lot=None):
        self.port, self.lot = port, lot or Random()
        self.jar, self.token, self.page, self.status, self.location, self.again = {}, "", "", 0, "", 0

    async def ask(self, method, path, told=None, patience=60.0, **headers):
        """One request, without following where it leads."""
        body = urlencode({"_xsrf": self.token, **told}).encode() if told is not None else b""
        lines = {"Host": f"{NEAR}:{self.port}", "Connection": "close", "Content-Length": len(body), **headers}
        lines |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        lines |= {"Cookie": "; ".join(f"{name}={value}" for name, value in self.jar.items())} if self.jar else {}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        sent = f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body
        self._read(await asyncio.wait_for(carried(self.port, sent), patience))
        return self

    def _read(self, answer):
        head, found, body = answer.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        if not found or not first.startswith("HTTP/1.1 "):
            raise EOFError
        self.status, self.page = int(first.split()[1]), body.decode(errors="replace")
        told = [line.partition(": ")[::2] for line in lines]
        self.location = dict(told).get("Location", "")
        self.jar |= dict(one.partition(";")[0].partition("=")[::2] for name, one in told if name == "Set-Cookie")
        token = re.search(r'name="_xsrf" value="([^"]*)"', self.page)
        self.token = html.unescape(token[1]) if token else self.token

    async def open(self, path):
        await self.ask("GET", path)
        while self.status in (301, 302, 303):
            await self.ask("GET", self.location)
        return self

    async def join(self, link):
        """By the link, through the agreements, to the first form; a link is a path here."""
        await self.open(link)
        await self.ask("POST", "/step/agreements", {"nickname": ""})
        return await self.open(self.location)

    async def share(self, ask, text, key=None, patience=60.0):
        """What the page's script sends; whether it was kept."""
        told = {"id": key or uuid4().hex, "text": text}
        await self.ask("POST", f"/step/{ask}", told, patience, Accept="application/json")
        return bool(json.loads(self.page).get("kept"))

    async def share_until_kept(self, ask, text, patience=3.0, another_id=False):
        """Sends one answer, with the same id each time, until it hears that it was kept."""
        key = uuid4().hex
        while True:
            with contextlib.suppress(*GONE):
                if await self.share(ask, text, uuid4().hex if another_id else key, patience):
                    return
            self.again += 1
            await asyncio.sleep(0.1 * self.lot.random())


async def carried(port, request, patience=60.0):
    """One request to whoever listens there, and all of the answer."""
    reader, writer = await asyncio.open_connection(NEAR, port)
    try:
        writer.write(request)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), patience)
    finally:
        writer.close()


async def _request(reader):
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


class BadNetwork:
    """Stands between phones and a room; `met` counts what it did. Late copies come when others have long gone by."""

    def __init__(self, port, lot, slowest=0.05, each=0.12):
        self.to, self.lot, self.slowest, self.each = port, lot, slowest, each
        self.met, self.late = Counter(), set()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._connection, NEAR, 0, backlog=1024)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_gone):
        self.server.close()
        while self.late:
            await asyncio.wait(self.late)

    def _meets(self, what):
        happens = self.lot.random() < self.each
        self.met[what] += happens
        return happens

    async def _connection(self, reader, writer):
        try:
            answer = await self._carry(await _request(reader))
            writer.write(answer)
            await writer.drain()
        except GONE:
            pass
        finally:
            writer.close()

    async def _carry(self, request):
        await asyncio.sleep(self.lot.random() * self.slowest)
        if self._meets("dropped"):
            return b""
        if self._meets("cut"):
            await self._cut(request)
            return b""
        if self._meets("doubled at once"):
            self._send_later(request, 0)
        if self._meets("sent again later"):
            self._send_later(request, 1 + self.lot.random())
        answer = await carried(self.to, request)
        return b"" if self._meets("answer dropped") else answer

    def _send_later(self, request, after):
        async def send():
            await asyncio.sleep(after)
            with contextlib.suppress(*GONE):
                await carried(self.to, request)

        task = asyncio.ensure_future(send())
        self.late.add(task)
        task.add_done_callback(self.late.discard)

    async def _cut(self, request):
        """Half of it arrives, and then nothing more."""
        _reader, writer = await asyncio.open_connection(NEAR, self.to)
        writer.write(request[: self.lot.randrange(1, len(request))])
        await writer.drain()
        writer.close()
