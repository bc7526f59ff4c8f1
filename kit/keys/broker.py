"""The one unlock, for the server that begins it and the notebooks that ask it; the keys are held in `keeper`."""

import contextlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from kit import places
from kit.keys.keeper import HERE, address_file

PATIENCE = 2.0  # seconds that a call waits for an answer
PAUSE = 1.0  # seconds until a watcher looks again whether there is a broker
_GONE = (OSError, EOFError, AuthenticationError, AssertionError, ValueError, KeyError, TypeError)


@dataclass
class Running:
    """A broker that is there; it goes when the server that began it goes."""

    process: subprocess.Popen | None = None  # None: another server began it

    def end(self) -> None:
        if self.process is None:
            return
        assert self.process.stdin
        self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_begun = Running()  # while this stands, the broker's stdin stays open


def start() -> Running:
    """Begins a broker for this KIT_HOME, or takes the one that is there; cheap to call again before each `hold`."""
    global _begun
    if touch():
        return Running()
    process = subprocess.Popen(
        [sys.executable, "-m", "kit.keys.keeper"],
        stdin=subprocess.PIPE,  # held open: its end is the sign that this process is gone, however it went
        stdout=subprocess.PIPE,
        cwd=places.ROOT,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdout
    process.stdout.readline()  # it is ready, or did not come up
    process.stdout.close()
    _begun = Running(process)
    return _begun


def ask(book: Path) -> bytes | None:
    """The key of a book that somebody has opened; None where nobody has, or there is no broker."""
    key = _call("ask", book=_name(book))
    return bytes.fromhex(key) if key else None


def hold(book: Path, key: bytes, idle: float, is_curtain_open: bool = False) -> bool:
    """Hands a key over, to be forgotten after `idle` seconds without `touch`; False where there is no broker.

    Whoever has just typed the passphrase also opens the curtain before what is for the coach alone.
    """
    return bool(_call("hold", book=_name(book), key=key.hex(), idle=idle, is_curtain_open=is_curtain_open))


def session(book: Path, until: float) -> bool:
    """A session is open and planned until then (0: none is): people who only talk are not locked out."""
    return bool(_call("session", book=_name(book), until=until))


def draw_curtain(book: Path) -> bool:
    """A page for two is in use: what is for the coach alone asks for the passphrase again."""
    return bool(_call("draw", book=_name(book)))


def is_curtain_open(book: Path) -> bool:
    """Whether what is for the coach alone may be shown; where no broker says so, it may not."""
    return bool(_call("is_curtain_open", book=_name(book)))


def lock(book: Path | None = None) -> bool:
    """Forgets one key or all, and tells all watchers; False where there is no broker."""
    return bool(_call("lock", book=book and _name(book)))


def touch() -> bool:
    """Somebody is there; False where there is no broker."""
    return bool(_call("touch"))


def tell(word: str) -> bool:
    """Passes a word on to all watchers; False where there is no broker."""
    return bool(_call("tell", word=word))


def watch(heard: Callable[[str], Any]) -> Callable[[], None]:
    """Calls `heard` (in a thread) with each word, with "locked" when the broker goes; gives a function that stops it.

    Where there is no broker it waits for one. Watch first, then ask: then no change goes by unheard.
    """
    file, stopped, joined = address_file(), Event(), Event()
    Thread(target=_listen, args=(file, heard, stopped, joined), name="kit-keys", daemon=True).start()
    if file.exists():
        joined.wait(PATIENCE)
    return stopped.set


def _listen(file: Path, heard: Callable[[str], Any], stopped: Event, joined: Event) -> None:
    def say(word: str) -> None:
        try:
            if word != HERE and not stopped.is_set():
                heard(word)
        except Exception:  # noqa: BLE001  whatever happens in a panel, the next lock has to be heard
            places.note_trouble(traceback.format_exc())

    while not stopped.is_set():
        if _followed(file, say, stopped, joined):
            say("locked")
        joined.set()
        stopped.wait(PAUSE)


def _followed(file: Path, say: Callable[[str], Any], stopped: Event, joined: Event) -> bool:
    """Passes on each word until the broker is gone; says whether there was one."""
    met = False
    with contextlib.suppress(*_GONE), _connected(file) as broker:
        broker.send_bytes(json.dumps({"do": "watch"}).encode())
        while not stopped.is_set():
            say(json.loads(broker.recv_bytes()))
            met = True
            joined.set()
    return met


def _call(do: str, **more: Any) -> Any:
    """The broker's answer; None where there is none, or none in time."""
    file, answers = address_file(), SimpleQueue[Any]()
    if not file.exists():
        return None
    request = json.dumps({"do": do, **more}).encode()
    Thread(target=lambda: answers.put(_asked(file, request)), daemon=True).start()
    with contextlib.suppress(Empty):
        return answers.get(timeout=PATIENCE)
    return None


def _asked(file: Path, request: bytes) -> Any:
    with contextlib.suppress(*_GONE), _connected(file) as broker:
        broker.send_bytes(request)
        return json.loads(broker.recv_bytes())
    return None


def _connected(file: Path) -> Connection:
    told = json.loads(file.read_bytes())
    return Client(told["address"], authkey=bytes.fromhex(told["authkey"]))


def _name(book: Path) -> str:
    return os.path.normcase(Path(book).resolve())


def _environment() -> dict[str, str]:
    """That of the server, without a passphrase, and with the home of this process, wherever the broker stands."""
    kept = {name: value for name, value in os.environ.items() if name != "KIT_PASSPHRASE"}
    return {**kept, "KIT_HOME": str(places.home().absolute())}
