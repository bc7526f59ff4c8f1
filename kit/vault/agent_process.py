"""The process that holds the keys of open books, like ssh-agent; it goes when the last server that needs it goes."""

import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import Any

from kit import places, processes
from kit.files import write_atomically
from kit.words import KitError

POLL_INTERVAL = 1.0  # seconds between two looks at the clock
HEARTBEAT_INTERVAL = 30.0  # seconds after which a watcher is told that the agent is still here
HEARTBEAT = "here"
CURTAIN = "curtain"  # it was drawn or opened
MAX_REQUEST = 64 * 1024  # bytes of a request
SESSION_IDLE = 3600.0  # seconds: in a session two people may talk for that long and touch nothing
SESSION_GRACE = 600.0  # seconds past its planned end for which a session still counts as one


def address_file() -> Path:
    """Where the agent says how it is reached, for its owner alone."""
    return places.home() / "broker.json"


@dataclass(frozen=True)
class HeldKey:
    """A key; whether the curtain before what is for the coach alone is open; until when a session is planned."""

    key: str
    idle: float
    is_curtain_open: bool = False
    session_until: float = 0.0

    def is_valid(self, awake: float, by_the_day: float, now: float) -> bool:
        """Whether it is still held when nobody was there for so long, by each of the two clocks."""
        in_session = now < self.session_until + SESSION_GRACE
        longest = SESSION_IDLE if in_session else self.idle
        slept = by_the_day - awake  # nobody talks before a closed lid
        return max(awake, by_the_day) <= longest and slept <= self.idle


class KeyAgent:
    """The keys in hand, and who wants to hear of them."""

    def __init__(self) -> None:
        self.keys: dict[str, HeldKey] = {}
        self.subscribers: set[SimpleQueue] = set()
        self.last_activity = _now()
        self.lock = Lock()
        self.servers, self.stopped = 0, Event()

    def handle(self, do: str, **more: Any) -> Any:
        doing: dict[str, Callable] = {
            "ask": self._get_key,
            "hold": self._add_key,
            "lock": self._lock,
            "touch": self._report_activity,
            "tell": self._publish,
            "session": self._set_session_end,
            "draw": self._draw_curtain,
            "is_curtain_open": self._is_curtain_open,
        }
        with self.lock:
            self._expire()  # before a touch: whoever wakes the computer first unlocks
            return doing[do](**more)

    def expire_idle(self) -> None:
        with self.lock:
            self._expire()

    def stream_events(self, watcher: Connection) -> None:
        words: SimpleQueue = SimpleQueue()
        with self.lock:
            words.put(HEARTBEAT)
            if self.keys:
                words.put("opened")
            self.subscribers.add(words)
        try:
            while True:
                watcher.send_bytes(json.dumps(_next_event(words)).encode())
        finally:
            self.subscribers.discard(words)

    def serve_until_goodbye(self, server: Connection) -> None:
        """Is there for a server until that says goodbye or ends; it then hears that others stay, or all is gone."""
        with self.lock:
            if self.stopped.is_set():
                return
            self.servers += 1
        try:
            server.send_bytes(b"true")
            server.recv_bytes(MAX_REQUEST)  # goodbye, or the end of it
        finally:
            self.release(1)
        if self.stopped.is_set():
            Event().wait()  # the end of this process is the answer
        server.send_bytes(b"true")

    def release(self, servers: int) -> None:
        with self.lock:
            self.servers -= servers
            if not self.servers:
                self.stopped.set()

    def _get_key(self, book: str) -> str | None:
        return self.keys[book].key if book in self.keys else None

    def _add_key(self, book: str, key: str, idle: float, is_curtain_open: bool = False) -> bool:
        is_new, was_open = self._get_key(book) != key, self._is_curtain_open(book)
        now = HeldKey(key, idle) if is_new else replace(self.keys[book], idle=idle)
        self.keys[book] = replace(now, is_curtain_open=now.is_curtain_open or is_curtain_open)
        self._report_activity()
        if is_new:
            return self._publish("opened")
        return self._is_curtain_open(book) == was_open or self._publish(CURTAIN)

    def _set_session_end(self, book: str, until: float) -> bool:
        """A session is open, planned until then (0: none is)."""
        if book in self.keys:
            self.keys[book] = replace(self.keys[book], session_until=float(until))
        return book in self.keys

    def _draw_curtain(self, book: str) -> bool:
        """A page for two is in use: what is for the coach alone asks for the passphrase again."""
        if not self._is_curtain_open(book):
            return True
        self.keys[book] = replace(self.keys[book], is_curtain_open=False)
        return self._publish(CURTAIN)

    def _is_curtain_open(self, book: str) -> bool:
        return book in self.keys and self.keys[book].is_curtain_open

    def _lock(self, book: str | None = None) -> bool:
        self.keys = {name: one for name, one in self.keys.items() if book not in (None, name)}
        return self._publish("locked")

    def _report_activity(self) -> bool:
        self.last_activity = _now()
        return True

    def _publish(self, word: str) -> bool:
        for words in self.subscribers:
            words.put(word)
        return True

    def _expire(self) -> None:
        # Two clocks: one stands still while the computer sleeps, the other can be put back.
        now = _now()
        awake, by_the_day = (here - then for here, then in zip(now, self.last_activity, strict=True))
        for book in [name for name, one in self.keys.items() if not one.is_valid(awake, by_the_day, now[1])]:
            self._lock(book)


def _now() -> tuple[float, float]:
    return time.monotonic(), time.time()


def _next_event(words: SimpleQueue) -> str:
    try:
        return words.get(timeout=HEARTBEAT_INTERVAL)
    except Empty:
        return HEARTBEAT  # finds out whether the watcher is still there


def main() -> None:
    """Holds keys until the last server is gone; its file may go, or be another's: whoever has met it finds it still."""
    os.umask(0o077)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is a question to the server
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    file, agent, authkey, me = address_file(), KeyAgent(), secrets.token_bytes(32), processes.identity()
    with _listener(file.parent, me) as listener:
        mine = json.dumps({"address": listener.address, "authkey": authkey.hex(), "life": me}).encode()
        write_atomically(file, mine)
        try:
            Thread(target=_accept_connections, args=(listener, authkey, agent), daemon=True).start()
            Thread(target=_watch_parent, args=(agent,), daemon=True).start()
            os.write(1, b"ready\n")
            while not agent.stopped.wait(POLL_INTERVAL):
                agent.expire_idle()
                _ensure_address_file(file, mine)
        finally:
            if _is_own(file, mine):
                file.unlink()


def _listener(home: Path, me: str) -> Listener:
    if sys.platform == "win32":
        return Listener(None, "AF_PIPE")
    for left in home.glob("broker-*"):
        if processes.has_ended(left.name.removeprefix("broker-")) and _is_stale_socket(left):
            left.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        return Listener(str(home / f"broker-{me}"), "AF_UNIX", backlog=64)
    return Listener(None, "AF_UNIX", backlog=64)  # home is too long for a socket, or its disk knows none


def _is_stale_socket(place: Path) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)  # one that is busy is there
        try:
            probe.connect(str(place))
        except ConnectionRefusedError:
            return True
    return False


def _accept_connections(listener: Listener, authkey: bytes, agent: KeyAgent) -> None:
    while True:
        try:
            somebody = listener.accept()
        except OSError:  # gone again at the door
            time.sleep(0.05)
            continue
        Thread(target=_serve, args=(somebody, authkey, agent), daemon=True).start()


def _serve(somebody: Connection, authkey: bytes, agent: KeyAgent) -> None:
    """Answers one request, of somebody who knows the authkey; whatever they send, the others do not notice."""
    with contextlib.suppress(Exception), somebody:
        deliver_challenge(somebody, authkey)
        answer_challenge(somebody, authkey)
        asked = json.loads(somebody.recv_bytes(MAX_REQUEST))
        if asked["do"] == "watch":
            agent.stream_events(somebody)
        elif asked["do"] == "stay":
            agent.serve_until_goodbye(somebody)
        else:
            somebody.send_bytes(json.dumps(agent.handle(**asked)).encode())


def _watch_parent(agent: KeyAgent) -> None:
    """Waits until whoever began this is gone, or is there as a server."""
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    agent.release(0)


def _ensure_address_file(file: Path, mine: bytes) -> None:
    """Puts its file back where that is gone; what stands there instead stays."""
    with contextlib.suppress(KitError, OSError):
        if not file.exists():
            write_atomically(file, mine)


def _is_own(file: Path, mine: bytes) -> bool:
    with contextlib.suppress(OSError):
        return file.read_bytes() == mine
    return False


if __name__ == "__main__":
    main()
