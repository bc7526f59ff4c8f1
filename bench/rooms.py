"""Many people in one room, beside as many on Voila: joining, saving, bad networks, weight, and who watches the board.

KIT_ROOM is how much of the bad network and of the simulated workshops is run: 1 is 10,000 saves and 2,000 workshops.
"""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import psutil

from bench.browser import fresh_home
from bench.figures import Finding, Row, less, note
from kit import places, rooms
from kit.records import Answer
from kit.store import Store
from kit.words import KitError, _

sys.path.insert(0, str(places.ROOT / "tests"))
import lab
import networks
import watching
from networks import Phone

MUCH = float(os.environ.get("KIT_ROOM", "1"))
JOIN, PEERS, WITHIN = 100, 30, 10.0  # people, people on Voila, seconds in which they all come
BURST, STEADY, EVERY, LONG = 500, 100, 5.0, 30.0
STORM, SAVES, WORKSHOPS, BATCH = 10_000, 90, 2_000, 100
FORM = [
    "import ipywidgets as w",
    "w.VBox([w.Text(description='word'), w.IntSlider(0, 0, 10), w.Button(description='Keep')])",
]
OWN_FILES = re.compile(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"')


def measure() -> list[Finding]:
    with fresh_home() as home, _surroundings(home):
        place = home / "rooms.book"
        store = Store(place)
        room = rooms.open_room(rooms.RoomRequest(str(place), title="Bench", keep_until=rooms.retention_date()))
        measured = _Measured(room, store, home)
        try:
            found = asyncio.run(measured.all())
        finally:
            rooms.close_room(room)
            store.close()
            measured.process.wait(20)  # it says farewell, and puts its file away
    return [*found, _attacked(), note(told=_load())]


@contextlib.contextmanager
def _surroundings(home: Path) -> Iterator[None]:
    was = os.environ.get("KIT_HOME")
    os.environ["KIT_HOME"] = str(home)
    try:
        yield
    finally:
        os.environ.pop("KIT_HOME") if was is None else os.environ.update(KIT_HOME=was)


def _load() -> str:
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    told = ", ".join(f"{one:.1f}" for one in load) or "?"
    return _("The machine's load at the end: {load} on {n} cores.").format(load=told, n=os.cpu_count())


class _Measured:
    """One room that all of this happens to, one after the other."""

    def __init__(self, room: rooms.OpenRoom, store: Store, home: Path) -> None:
        self.room, self.store, self.home, self.weights = room, store, home, list[float]()
        self.people = 0
        self.port = int(room.near.rsplit(":", 1)[1])
        self.process = next(one for one in psutil.Process().children() if one.cmdline()[-2:] == ["-m", "kit.rooms"])

    async def all(self) -> list[Finding]:
        rooms.send_action(self.room, "go", at="4")
        found = []
        for part in (self.joining, self.burst, self.steady, self.storm):
            found += await part()
            self.weights.append(self.process.memory_info().rss / 2**20)
        return [*found, self.weight()]

    async def joining(self) -> list[Finding]:
        phones, took = await self._joined(JOIN, WITHIN)
        texts = [f"joined {number}" for number in range(JOIN)]
        await asyncio.gather(*(phone.share("shared", text) for phone, text in zip(phones, texts, strict=True)))
        mine = Row(_("{n} people join within ten seconds: from the link to a form").format(n=JOIN), _ms(took))
        peer, self.kernel = await asyncio.to_thread(_on_voila, self.home)
        return [_beside(mine, peer), self._kept(_("{n} people who have just joined share a line"), texts)]

    async def _joined(self, how_many: int, within: float) -> tuple[list[Phone], list[float]]:
        link = self.room.join.removeprefix(self.room.address)
        phones = [Phone(self.port, Random(number)) for number in range(how_many)]
        self.people += how_many

        async def come(phone: Phone) -> None:
            await phone.join(link)
            assert phone.status == 200 and 'name="text"' in phone.page
            await _files(phone)

        return phones, await _arriving(phones, come, within)

    async def burst(self) -> list[Finding]:
        phones, _took = await self._joined(BURST, WITHIN)
        texts = [f"burst {number}" for number in range(BURST)]
        took = await asyncio.gather(
            *(_timed(one.share("shared", text)) for one, text in zip(phones, texts, strict=True))
        )
        name = _("{n} people save at the same moment")
        return [self._kept(name, texts, Row(name.format(n=BURST), _ms(took)))]

    async def steady(self) -> list[Finding]:
        phones, _took = await self._joined(STEADY, EVERY)
        texts = [[f"steady {at} {number}" for number in range(round(LONG / EVERY))] for at in range(STEADY)]

        async def going_on(phone: Phone, at: int) -> list[float]:
            took = []
            for text in texts[at]:
                begun = time.perf_counter()
                took.append(await _timed(phone.share("shared", text)))
                await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - begun)))
            return took

        found = await _arriving(list(enumerate(phones)), lambda one: going_on(one[1], one[0]), EVERY, timed=False)
        took = sorted(one for some in found for one in some)
        name = _("{n} saves by a hundred people, each every five seconds")
        late = took[int(len(took) * 0.99)]
        row = Row(name.format(n=len(took)), _ms(took))
        told = _("Here: {late:.0f} ms.").format(late=1000 * late)
        slow = Finding([row], _("Aim: 99 of 100 saves take at most 1 s."), late <= 1, told)
        return [slow, self._kept(name, [one for some in texts for one in some])]

    async def storm(self) -> list[Finding]:
        """Everything that is sent meets a network that drops, cuts, delays, doubles and reorders."""
        saves = max(1, round(STORM * MUCH))
        lot, texts = Random(11), [f"storm {number}" for number in range(saves)]
        phones, _took = await self._joined(-(-saves // SAVES), WITHIN)
        begun = time.perf_counter()
        async with networks.BadNetwork(self.port, lot) as network:
            await asyncio.gather(
                *(_sent(phone, network.port, texts[at :: len(phones)]) for at, phone in enumerate(phones))
            )
        name = _("{n} saves over a network that drops, cuts, delays, doubles and reorders")
        row = Row(name.format(n=saves), [time.perf_counter() - begun], "s")
        met = ", ".join(f"{count} {what}" for what, count in sorted(network.met.items()))
        told = _("What the network did: {met}; {again} times an answer was sent again.")
        again = sum(phone.again for phone in phones)
        return [self._kept(name, texts, row), note(told=told.format(met=met, again=again))]

    def _kept(self, name: str, texts: list[str], *rows: Row) -> Finding:
        for ask in ("shared", "themes", "helps"):
            rooms.send_action(self.room, "release", ask=ask)
        kept = Counter(one.text for one in self.store.records(Answer))
        lost = sum(text not in kept for text in texts)
        doubled = sum(kept[text] > 1 for text in texts)
        told = _("Here: {lost} lost, {doubled} doubled, of {n}.").format(lost=lost, doubled=doubled, n=len(texts))
        aim = _("Aim: none is lost, none is kept twice.")
        what = "" if rows else name.format(n=len(texts)) + ". "
        return Finding(list(rows), what + aim, not (lost or doubled), told)

    def weight(self) -> Finding:
        most = max(self.weights)
        told = _("Here: {mib:.0f} MiB, after {n} people.").format(mib=most, n=self.people)
        if self.kernel:
            told += " " + _("Voila: {mib:.0f} MiB for each person's kernel alone.").format(mib=self.kernel)
        return Finding([], _("Aim: the room's process weighs at most 150 MiB in all."), most <= 150, told)


async def _arriving(people: list[Any], do: Callable[[Any], Awaitable[Any]], within: float, timed: bool = True) -> list:
    """What each of them did, or how long it took; they come one after the other."""

    async def come(at: int) -> Any:
        await asyncio.sleep(at * within / len(people))
        return await (_timed(do(people[at])) if timed else do(people[at]))

    return list(await asyncio.gather(*(come(at) for at in range(len(people)))))


async def _timed(doing: Awaitable[Any]) -> float:
    begun = time.perf_counter()
    await doing
    return time.perf_counter() - begun


async def _files(phone: Phone) -> None:
    """The styles and scripts of a page, from the same server."""
    for path in dict.fromkeys(OWN_FILES.findall(phone.page)):
        await phone.ask("GET", path)


async def _sent(phone: Phone, port: int, texts: list[str]) -> None:
    phone.port = port
    for number, text in enumerate(texts):
        await phone.share_until_kept(("shared", "themes", "helps")[number // 30], text)


def _ms(took: Iterable[float]) -> list[float]:
    return [1000 * one for one in took]


def _beside(mine: Row, peer: Row | None) -> Finding:
    if peer is None:
        return note(mine, told=_("Voila is not installed here, so the room stands alone: pip install -e .[bench]"))
    return less(mine, peer, 10)


def _on_voila(home: Path) -> tuple[Row | None, float]:
    """The same on Voila with a light form: until the page and its own files are there, and what a kernel weighs."""
    if find_spec("voila") is None:
        return None, 0.0
    folder, port = home / "voila", _free()
    folder.mkdir()
    lab.scratch_notebook(folder / "form.ipynb", FORM)
    with subprocess.Popen(
        [sys.executable, "-m", "voila", str(folder), "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"],
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(folder), "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            took = asyncio.run(_peers(port))
            kernels = [
                one for one in psutil.Process(process.pid).children(True) if "ipykernel_launcher" in one.cmdline()
            ]
            weight = sum(one.memory_full_info().uss for one in kernels) / 2**20 / max(1, len(kernels))
        finally:
            for one in psutil.Process(process.pid).children(True):
                one.kill()
            process.kill()
    return Row(_("{n} people on Voila within ten seconds: until a form has arrived").format(n=PEERS), _ms(took)), weight


async def _peers(port: int) -> list[float]:
    async def come(phone: Phone) -> None:
        await phone.ask("GET", "/voila/render/form.ipynb")
        if phone.status != 200 or "widget-view" not in phone.page:
            raise KitError(_("Voila did not show its form."))
        await _files(phone)

    for _second in range(60):
        with contextlib.suppress(OSError, EOFError):
            await come(Phone(port))
            break
        await asyncio.sleep(1)
    return await _arriving([Phone(port) for _peer in range(PEERS)], come, WITHIN)


def _free() -> int:
    with socket.socket() as wire:
        wire.bind(("127.0.0.1", 0))
        return int(wire.getsockname()[1])


def _attacked() -> Finding:
    """Whoever keeps each frame of the board of many workshops, subtracts each from each, and counts the room."""
    workshops, told, seen, early = max(1, round(WORKSHOPS * MUCH)), 0, 0, 0
    for first in range(0, workshops, BATCH):
        for frames in watching.watch(first, min(BATCH, workshops - first)):
            told += bool(watching.told(frames))
            seen += any(one.figures() for one in frames)
            early += any(one.marks - one.revealed for one in frames)
    sentence = _(
        "Here: {told} of {n} workshops told of somebody ({seen} showed figures), {early} showed a line too early."
    )
    aim = _("Aim: no frame, difference or remainder tells of fewer than five people.")
    return Finding([], aim, not (told or early), sentence.format(told=told, n=workshops, seen=seen, early=early))
