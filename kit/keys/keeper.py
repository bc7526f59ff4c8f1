"""The process that holds the keys of open books, like ssh-agent; it goes when the server that began it goes."""

import contextlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from kit import places
from kit.keys import put

TICK = 1.0  # seconds between two looks at the clock
PULSE = 30.0  # seconds after which a watcher is told that the broker is still here
HERE = "here"
CURTAIN = "curtain"  # it was drawn or opened
LONGEST = 64 * 1024  # bytes of a request
QUIET_TALK = 3600.0  # seconds: in a session two people may talk for that long and touch nothing
OVERTIME = 600.0  # seconds past its planned end for which a session still counts as one


def address_file() -> Path:
    """Where the broker says how it is reached, for its owner alone."""
    return places.home() / "broker.json"


@dataclass(frozen=True)
class Held:
    """A key; whether the curtain before what is for the coach alone is open; until when a session is planned."""

    key: str
    idle: float
    is_curtain_open: bool = False
    session_until: float = 0.0

    def stays(self, awake: float, by_the_day: float, now: float) -> bool:
        """Whether it is still held when nobody was there for so long, by each of the two clocks."""
        in_session = now < self.session_until + OVERTIME
        longest = QUIET_TALK if in_session else self.idle
        slept = by_the_day - awake  # nobody talks before a closed lid
        return max(awake, by_the_day) <= longest and slept <= self.idle


class Keeper:
    """The keys in hand, and who wants to hear of them."""

    def __init__(self) -> None:
        self.held: dict[str, Held] = {}
        self.watchers: set[SimpleQueue] = set()
        self.touched = _now()
        self.one_at_a_time = Lock()

    def answer(self, do: str, **more: Any) -> Any:
        doing: dict[str, Callable] = {
            "ask": self._ask,
            "hold": self._hold,
            "lock": self._lock,
            "touch": self._touch,
            "tell": self._tell,
            "session": self._session,
            "draw": self._draw,
            "is_curtain_open": self._is_curtain_open,
        }
        with self.one_at_a_time:
            self._forget_idle()  # before a touch: whoever wakes the computer first unlocks
            return doing[do](**more)

    def look_at_the_clock(self) -> None:
        with self.one_at_a_time:
            self._forget_idle()

    def keep_telling(self, watcher: Connection) -> None:
        words: SimpleQueue = SimpleQueue()
        with self.one_at_a_time:
            words.put(HERE)
            if self.held:
                words.put("opened")
            self.watchers.add(words)
        try:
            while True:
                watcher.send_bytes(json.dumps(_next(words)).encode())
        finally:
            self.watchers.discard(words)

    def _ask(self, book: str) -> str | None:
        return self.held[book].key if book in self.held else None

    def _hold(self, book: str, key: str, idle: float, is_curtain_open: bool = False) -> bool:
        is_new, was_open = self._ask(book) != key, self._is_curtain_open(book)
        now = Held(key, idle) if is_new else replace(self.held[book], idle=idle)
        self.held[book] = replace(now, is_curtain_open=now.is_curtain_open or is_curtain_open)
        self._touch()
        if is_new:
            return self._tell("opened")
        return self._is_curtain_open(book) == was_open or self._tell(CURTAIN)

    def _session(self, book: str, until: float) -> bool:
        """A session is open, planned until then (0: none is)."""
        if book in self.held:
            self.held[book] = replace(self.held[book], session_until=float(until))
        return book in self.held

    def _draw(self, book: str) -> bool:
        """A page for two is in use: what is for the coach alone asks for the passphrase again."""
        if not self._is_curtain_open(book):
            return True
        self.held[book] = replace(self.held[book], is_curtain_open=False)
        return self._tell(CURTAIN)

    def _is_curtain_open(self, book: str) -> bool:
        return book in self.held and self.held[book].is_curtain_open

    def _lock(self, book: str | None = None) -> bool:
        self.held = {name: one for name, one in self.held.items() if book not in (None, name)}
        return self._tell("locked")

    def _touch(self) -> bool:
        self.touched = _now()
        return True

    def _tell(self, word: str) -> bool:
        for words in self.watchers:
            words.put(word)
        return True

    def _forget_idle(self) -> None:
        # Two clocks: one stands still while the computer sleeps, the other can be put back.
        now = _now()
        awake, by_the_day = (here - then for here, then in zip(now, self.touched, strict=True))
        for book in [name for name, one in self.held.items() if not one.stays(awake, by_the_day, now[1])]:
            self._lock(book)


def _now() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _next(words: SimpleQueue) -> str:
    try:
        return words.get(timeout=PULSE)
    except Empty:
        return HERE  # finds out whether the watcher is still there


def main() -> None:
    """Holds keys until the server is gone, or another broker has taken this one's place."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is a question to the server
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    file, gone, keeper, authkey = address_file(), Event(), Keeper(), secrets.token_bytes(32)
    with _listener(file.parent) as listener:
        mine = json.dumps({"address": listener.address, "authkey": authkey.hex()}).encode()
        put(file, mine)
        try:
            Thread(target=_welcome, args=(listener, authkey, keeper), daemon=True).start()
            Thread(target=_until_left, args=(gone,), daemon=True).start()
            os.write(1, b"ready\n")
            while not gone.wait(TICK) and _is_there(file, mine):
                keeper.look_at_the_clock()
        finally:
            if _is_there(file, mine):
                file.unlink()


def _listener(home: Path) -> Listener:
    if sys.platform == "win32":
        return Listener(None, "AF_PIPE")
    for left in home.glob("broker-*"):  # of brokers that were killed
        left.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        return Listener(str(home / f"broker-{secrets.token_hex(4)}"), "AF_UNIX", backlog=64)
    return Listener(None, "AF_UNIX", backlog=64)  # home is too long for a socket, or its disk knows none


def _welcome(listener: Listener, authkey: bytes, keeper: Keeper) -> None:
    while True:
        try:
            somebody = listener.accept()
        except OSError:  # gone again at the door
            time.sleep(0.05)
            continue
        Thread(target=_serve, args=(somebody, authkey, keeper), daemon=True).start()


def _serve(somebody: Connection, authkey: bytes, keeper: Keeper) -> None:
    """Answers one request, of somebody who knows the authkey; whatever they send, the others do not notice."""
    with contextlib.suppress(Exception), somebody:
        deliver_challenge(somebody, authkey)
        answer_challenge(somebody, authkey)
        asked = json.loads(somebody.recv_bytes(LONGEST))
        if asked["do"] == "watch":
            keeper.keep_telling(somebody)
        else:
            somebody.send_bytes(json.dumps(keeper.answer(**asked)).encode())


def _until_left(gone: Event) -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    gone.set()


def _is_there(file: Path, mine: bytes) -> bool:
    with contextlib.suppress(OSError):
        return file.read_bytes() == mine
    return False


if __name__ == "__main__":
    main()
