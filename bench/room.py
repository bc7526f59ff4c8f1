"""Many people in one room: joining, saving all at once, a bad network, and what the process weighs.

KIT_ROOM is how much of the bad network and of the simulated workshops is run: 1 is 10,000 saves and 2,000 workshops.
"""

import asyncio
import os
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import psutil

from bench.figures import Finding, Row, note
from kit import rooms
from kit.records import Answer, SupportLine
from kit.rooms import figures
from kit.store import Store
from kit.words import _

MUCH = float(os.environ.get("KIT_ROOM", "1"))
JOIN, BURST, STEADY, EVERY, LONG = 100, 500, 100, 5.0, 20.0
STORM, PHONES = 10_000, 400
ATTEMPTS = 60


_NONE = _("Aim: none is lost, none is kept twice.")
_LOST = _("{lost} lost, {doubled} doubled.")
_COUNTED = _("Here: {lost} lost, {doubled} doubled.")


def measure() -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="kit-room-") as name:
        os.environ["KIT_HOME"] = name
        place = Path(name) / "rooms.book"
        store = Store(place)
        store.keep(SupportLine(name="Night Harbour", number="0123 456"))
        room = rooms.begin(rooms.Asked(str(place), title="Bench", keep_until=rooms.keep_until()))
        try:
            found = asyncio.run(_all(room, store))
        finally:
            rooms.close(room)
            store.close()
    return [*found, _attacked()]


async def _all(room: rooms.Open, store: Store) -> list[Finding]:
    rooms.act(room, "go", at="3")
    return [
        *await _joining(room), await _burst(room, store), await _steady(room, store), await _storm(room, store),
        _weight(room),
    ]  # fmt: skip


class Phone:
    """One device: it speaks HTTP as a browser does, and keeps its cookies."""

    def __init__(self, room: rooms.Open, port: int | None = None) -> None:
        self.room, self.cookies, self.token = room, dict[str, str](), ""
        self.port = port or int(room.near.rsplit(":", 1)[1])
        self.lot = random.Random(uuid4().int)

    async def ask(self, method: str, path: str, told: dict[str, str] | None = None) -> tuple[int, str]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            body = urlencode({"_xsrf": self.token, **told}).encode() if told is not None else b""
            jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {jar}\r\nConnection: close\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            writer.write(head.encode() + body)
            answer = (await reader.read()).decode()
        finally:
            writer.close()
        if not answer:
            raise ConnectionError
        heads, _blank, page = answer.partition("\r\n\r\n")
        for name, value in re.findall(r"(?im)^set-cookie: ([^=]+)=([^;]*)", heads):
            self.cookies[name] = value
        token = re.search(r'name="_xsrf" value="([^"]*)"', page)
        self.token = token[1] if token else self.token
        where = re.search(r"(?im)^location: (\S+)", heads)
        status = int(heads.split(" ", 2)[1])
        return (status, where[1]) if where else (status, page)

    async def open(self, path: str) -> str:
        status, told = await self.ask("GET", path)
        while status in (301, 302, 303):
            status, told = await self.ask("GET", told)
        assert status == 200, (status, path)
        return told

    async def join(self) -> float:
        """From the link to a form that can be filled in; how long it took."""
        began = time.perf_counter()
        await self.open(self.room.join.removeprefix(self.room.address))
        _status, where = await self.ask("POST", "/step/agreements", {"nickname": ""})
        assert "<textarea" in await self.open(where)
        return time.perf_counter() - began

    async def save(self, text: str, key: str = "") -> float:
        began = time.perf_counter()
        status, _where = await self.ask("POST", "/step/shared", {"id": key or uuid4().hex, "text": text})
        assert status == 303, status
        return time.perf_counter() - began

    async def save_at_last(self, text: str) -> None:
        """As the queue in a page does: the same answer again, until it is acknowledged."""
        key = uuid4().hex
        for _attempt in range(ATTEMPTS):
            try:
                await asyncio.wait_for(self.save(text, key), 5)
                return
            except (OSError, TimeoutError, AssertionError):
                await asyncio.sleep(self.lot.uniform(0.01, 0.2))
        raise AssertionError("never acknowledged")


async def _joined(room: rooms.Open, how_many: int, within: float) -> tuple[list[Phone], list[float]]:
    phones = [Phone(room) for _phone in range(how_many)]

    async def come(at: int) -> float:
        await asyncio.sleep(at * within / how_many)
        return await phones[at].join()

    return phones, list(await asyncio.gather(*(come(at) for at in range(how_many))))


async def _joining(room: rooms.Open) -> list[Finding]:
    _phones, took = await _joined(room, JOIN, 10.0)
    row = Row(_("{n} people join within ten seconds: from the link to a form").format(n=JOIN), _ms(took))
    return [Finding([row])]


def _ms(took: Iterable[float]) -> list[float]:
    return [1000 * one for one in took]


def _lost_and_doubled(store: Store, expected: list[str]) -> tuple[int, int]:
    kept = [one.text for one in store.records(Answer)]
    mine = [text for text in kept if text in set(expected)]
    return len(set(expected) - set(mine)), len(mine) - len(set(mine))


async def _burst(room: rooms.Open, store: Store) -> Finding:
    phones, _took = await _joined(room, BURST, 10.0)
    texts = [f"burst {number}" for number in range(BURST)]
    took = await asyncio.gather(*(phone.save(text) for phone, text in zip(phones, texts, strict=True)))
    lost, doubled = _lost_and_doubled(store, texts)
    row = Row(_("{n} people save at once").format(n=BURST), _ms(took))
    return Finding([row], _NONE, not lost and not doubled, _COUNTED.format(lost=lost, doubled=doubled))


async def _steady(room: rooms.Open, store: Store) -> Finding:
    phones, _took = await _joined(room, STEADY, 5.0)
    texts: list[str] = []

    async def going_on(phone: Phone, at: int) -> list[float]:
        await asyncio.sleep(at * EVERY / STEADY)
        took = []
        for time_ in range(round(LONG / EVERY)):
            texts.append(f"steady {at} {time_}")
            took.append(await phone.save(texts[-1]))
            await asyncio.sleep(EVERY)
        return took

    found = await asyncio.gather(*(going_on(phone, at) for at, phone in enumerate(phones)))
    took = sorted(one for some in found for one in some)
    lost, doubled = _lost_and_doubled(store, texts)
    p99 = took[max(0, int(len(took) * 0.99) - 1)]
    row = Row(_("{n} people save every five seconds").format(n=STEADY), _ms(took))
    aim = _("Aim: 99 of 100 saves take at most 1 s, none is lost or doubled.")
    told = _("Here: {p99} ms; {counted}").format(
        p99=round(p99 * 1000), counted=_LOST.format(lost=lost, doubled=doubled)
    )
    return Finding([row], aim, p99 <= 1 and not lost and not doubled, told)


async def _storm(room: rooms.Open, store: Store) -> Finding:
    """Every save goes through a proxy that drops, delays, doubles and reorders."""
    proxy = await asyncio.start_server(_bad_network(int(room.near.rsplit(":", 1)[1])), "127.0.0.1", 0, backlog=1000)
    phones, _took = await _joined(room, PHONES, 8.0)
    each = max(1, round(STORM * MUCH / PHONES))
    for phone in phones:
        phone.port = proxy.sockets[0].getsockname()[1]
    texts = [[f"storm {at} {number}" for number in range(each)] for at in range(PHONES)]

    async def all_of(phone: Phone, some: list[str]) -> None:
        for text in some:
            await phone.save_at_last(text)

    began = time.perf_counter()
    await asyncio.gather(*(all_of(phone, some) for phone, some in zip(phones, texts, strict=True)))
    took = time.perf_counter() - began
    proxy.close()
    await asyncio.sleep(3)  # until the latest copy has arrived
    expected = [text for some in texts for text in some]
    lost, doubled = _lost_and_doubled(store, expected)
    name = _("{n} saves over a network that drops, delays, doubles and reorders").format(n=len(expected))
    row = Row(name, [took], "s")
    return Finding([row], _NONE, not lost and not doubled, _COUNTED.format(lost=lost, doubled=doubled))


def _bad_network(port: int) -> Callable[..., Any]:
    lot = random.Random(11)

    async def carried(asked: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(asked)
            return await reader.read()
        finally:
            writer.close()

    async def later(asked: bytes) -> None:
        await asyncio.sleep(lot.uniform(0.1, 2))
        await carried(asked)

    async def passing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(re.search(rb"Content-Length: (\d+)", head)[1])  # type: ignore[index]
            asked, luck = head + await reader.readexactly(length), lot.random()
            if luck < 0.15:
                return  # it never arrives
            if luck < 0.3:
                late.add(asyncio.ensure_future(later(asked)))  # a copy comes again, after others
            if luck < 0.5:
                await asyncio.sleep(lot.uniform(0, 0.5))
            answer = await carried(asked)
            if luck < 0.9:  # else it arrives, and the answer does not
                writer.write(answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    late: set[Any] = set()
    return passing


def _weight(room: rooms.Open) -> Finding:
    port = int(room.near.rsplit(":", 1)[1])
    for one in psutil.process_iter(["cmdline"]):
        if (one.info["cmdline"] or [])[-2:] == ["-m", "kit.rooms"] and _listens(one, port):
            weight = one.memory_info().rss / 2**20
            told = _("Here: {mib} MiB.").format(mib=round(weight))
            return Finding([], _("Aim: the room weighs at most 150 MiB after all this."), weight <= 150, told)
    return note(_("The room's process could not be weighed here."))


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        return any(wire.laddr.port == port for wire in process.net_connections("tcp") if wire.status == "LISTEN")
    except psutil.Error:
        return False


def _attacked() -> Finding:
    """Whoever sees each frame of the board of many workshops, and subtracts each from each."""
    lot, told, seen = random.Random(17), 0, 0
    workshops = max(1, round(2_000 * MUCH))
    for _workshop in range(workshops):
        given: dict[str, int] = {}
        frames, joined = [figures.Shown()], 0
        for _moment in range(lot.randint(1, 12)):
            joined += lot.randint(0, 9)
            for _answer in range(lot.randint(0, 9)):
                given[f"person {len(given)}"] = min(10, max(0, round(lot.gauss(lot.choice([2, 5, 8]), 2))))
            joined = max(joined, len(given))
            frames.append(figures.bands(frames[-1], given, joined, lot))
            told += frames[-1] != frames[-2] and 0 < joined - frames[-1].n < figures.FEW
        shown = [one for one in frames if one.bands]
        seen += len(shown)
        counts = [[band[2] for band in one.bands] for one in shown]
        told += sum(0 < count < figures.FEW for some in counts for count in some)
        for at, later_ in enumerate(counts):
            for earlier in counts[:at]:
                told += sum(0 < abs(a - b) < figures.FEW for a, b in zip(later_, earlier, strict=True))
    sentence = _("Here: {told}, in {n} workshops with {seen} frames that hold a figure.")
    aim = _("Aim: 0 figures about fewer than five people, also when each is subtracted from each.")
    return Finding([], aim, told == 0, sentence.format(n=workshops, seen=seen, told=told))
