"""An evening with a practice that is open, a room, twenty phones and somebody who writes for themselves.

One of its processes stands still for a while, and goes on: what was closed, cleared or lost by it is told.
"""

import asyncio
import contextlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any

import networks
import owned
import psutil
from rooming import path_of

sys.path.insert(0, str(Path(__file__).parent / "browser"))
import lab

import kit
from kit import places, rooms
from kit.vault import agent, agent_process

PHONES = 20
WHAT = ("room", "command", "server", "keeper")


class Evening:
    """What `opened` has begun: its processes, its phones, and its two pages."""

    def __init__(self, server: lab.Lab, command: subprocess.Popen, bar: Any, own: Any) -> None:
        self.server, self.command, self.bar, self.own = server, command, bar, own
        [self.room] = rooms.list_open()
        self.phones = [networks.Phone(int(self.room.near.rsplit(":", 1)[1]), Random(n)) for n in range(PHONES)]
        self.words: list[str] = []

    def begin(self) -> None:
        rooms.send_action(self.room, "go", at="3")
        self.bar.goto(self.server.address)
        lab.wait_for_quiet(self.bar)
        self.own.goto(self.room.join)
        self.own.get_by_text("I agree, and join").click()
        self.own.wait_for_url("**/step/shared")
        self.own.goto(f"{self.room.near}/step/better")
        apart(self._joined())

    async def _joined(self) -> None:
        await asyncio.gather(*(one.join(path_of(self.room.join)) for one in self.phones))

    def process(self, what: str) -> psutil.Process:
        kept = json.loads(agent_process.address_file().read_bytes())["life"]
        pids = {"command": self.command.pid, "server": self.server.process.pid}
        lives = {"room": self.room.life, "keeper": kept}
        return psutil.Process(pids.get(what) or int(lives[what].partition("-")[0]))

    def trial(self, what: str, seconds: float) -> list[str]:
        """What is not as it was after this process stood still for so long, while everybody went on."""
        before, process = self._state(), self.process(what)
        texts = [f"{what}: phone {number}" for number in range(PHONES)]
        process.suspend()
        try:
            with ThreadPoolExecutor(1) as beside:
                sent = beside.submit(asyncio.run, self._shared(texts))
                self.own.fill("textarea", f"while the {what} stood still")
                self.own.wait_for_timeout(1000 * seconds)
                process.resume()
                sent.result()
        finally:
            process.resume()
        lab.until(self._answers)
        self.own.wait_for_timeout(2000)  # in which a page would say or clear something
        return [*self._changed(before), *self._cleared(what), *self._lost(texts)]

    async def _shared(self, texts: list[str]) -> None:
        pairs = zip(self.phones, texts, strict=True)
        await asyncio.gather(*(phone.share_until_kept("shared", text) for phone, text in pairs))

    def _answers(self) -> bool:
        return bool(rooms.get_state(self.room) and agent.report_activity() and self.server.ask("api/status"))

    def _state(self) -> dict[str, Any]:
        return {
            "rooms": rooms.list_open(),
            "where": rooms.get_state(self.room)["at"],
            "key": agent.get_key(places.practice()),
            "heard": list(self.words),
            "kernel": self.server.kernel("1_session.ipynb").get("id"),
            "ended": [self.command.poll(), self.server.process.poll()],
            "keeper": agent_process.address_file().read_bytes(),
        }

    def _changed(self, before: dict[str, Any]) -> list[str]:
        now = self._state()
        return [f"{name}: {before[name]} is now {now[name]}" for name in now if now[name] != before[name]]

    def _cleared(self, what: str) -> list[str]:
        words = f"while the {what} stood still"
        found = [] if self.own.locator("textarea").input_value() == words else ["the page lacks what was written"]
        kept = self.own.evaluate("Object.values(sessionStorage).join()")
        said = self.bar.locator(".kit-bar-message").inner_text()
        return [*found, *([] if words in kept else ["it is not on the phone"]), *([f"the bar: {said}"] if said else [])]

    def _lost(self, texts: list[str]) -> list[str]:
        with contextlib.closing(kit.open_book(places.practice(), owned.WORDS)) as book:
            kept = Counter(one.text for one in book.records(kit.Answer))
        return [f"{text}: kept {kept[text]} times" for text in texts if kept[text] != 1]


@contextlib.contextmanager
def opened(new_page) -> Iterator[Evening]:
    """In a KIT_HOME in which nothing is there yet."""
    owned.begun(places.practice())
    lab.scratch_notebook(places.home() / "notebooks/1_session.ipynb", ["# A session", "import kit"])
    folder = (places.home() / "notebooks").resolve()
    with contextlib.ExitStack() as afterwards:
        server = lab.open_notebooks(folder, places.home(), KIT_PASSPHRASE=owned.WORDS)
        afterwards.callback(server.end)
        evening = Evening(server, afterwards.enter_context(_room()), new_page(), new_page())
        afterwards.callback(agent.subscribe(evening.words.append))
        evening.begin()
        yield evening


@contextlib.contextmanager
def _room() -> Iterator[subprocess.Popen]:
    with subprocess.Popen(
        [sys.executable, "-m", "kit", "room", "Tuesday group"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL,
        cwd=places.ROOT, env={**os.environ, "KIT_PASSPHRASE": owned.WORDS}, text=True,
    ) as command:  # fmt: skip
        while "Ctrl-C" not in command.stdout.readline():
            assert command.poll() is None
        try:
            yield command
        finally:
            command.terminate()


def apart(doing: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: in this one a browser's driver keeps a loop running."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, doing).result()
