"""The one unlock, for the server that begins it and the notebooks that ask it; the keys are held in `agent_process`."""

import contextlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from kit import locking, places, processes
from kit.vault.agent_process import HEARTBEAT, address_file
from kit.words import KitError, _

TIMEOUT = 2.0  # seconds that a call waits for an answer
START_TIMEOUT = 10.0  # seconds that a start waits for an agent that is there, and for another start
RECONNECT_DELAY = 1.0  # seconds until a watcher looks again whether there is an agent
_CONNECTION_LOST = (OSError, EOFError, AuthenticationError, AssertionError, ValueError, KeyError, TypeError)


class AgentTimeout(KitError):
    """There is an agent, and it gives no answer just now: whether a book is open is not known."""

    def __init__(self) -> None:
        super().__init__(_("The lock of the practice isn't answering just now. Please try again in a moment."))


@dataclass
class AgentHandle:
    """The agent is there for whoever holds this; it goes when nobody does any more."""

    connection: Connection
    home: Path
    process: subprocess.Popen | None = None  # None: another server began it

    def is_alive(self) -> bool:
        with contextlib.suppress(*_CONNECTION_LOST):
            return not self.connection.poll()  # it says nothing until it goes
        return False

    def end(self) -> None:
        """Lets it go: with the last who does, it has put everything away when this comes back."""
        if self._say_goodbye() and self.process:
            self.process.wait()

    def _say_goodbye(self) -> bool:
        if self.connection.closed:
            return False
        try:
            with self.connection:
                self.connection.send_bytes(b"goodbye")
                return (
                    self.connection.poll(TIMEOUT) and not self.connection.recv_bytes()
                )  # it answers where others stay
        except _CONNECTION_LOST:
            return True


_handle: AgentHandle | None = None  # whoever called `start` holds on to the agent until it ends


def start() -> AgentHandle:
    """Begins an agent for this KIT_HOME, or joins the one that is there; cheap to call again before each `add_key`."""
    global _handle
    try:
        with locking.exclusive(places.home() / ".broker.lock", START_TIMEOUT):  # two at once would each begin one
            running = _join_or_start()
    except locking.LockTimeout:
        raise AgentTimeout from None
    if not (_handle and _handle.home == running.home and _handle.is_alive()):
        _handle = running
    return running


def _join_or_start() -> AgentHandle:
    until = time.monotonic() + START_TIMEOUT
    while _is_running():
        if running := _join():
            return running
        if time.monotonic() >= until:
            raise AgentTimeout
        time.sleep(0.05)  # it is just about to go
    return _spawn()


def _is_running() -> bool:
    """Whether the process is there of which its file tells."""
    with contextlib.suppress(*_CONNECTION_LOST):
        return not processes.has_ended(json.loads(address_file().read_bytes())["life"])
    return False


def _join(process: subprocess.Popen | None = None) -> AgentHandle | None:
    there = _with_timeout(_connect_client, START_TIMEOUT)
    return AgentHandle(there, places.home(), process) if there else None


def _connect_client() -> Connection | None:
    with contextlib.suppress(*_CONNECTION_LOST), contextlib.ExitStack() as afterwards:
        agent = afterwards.enter_context(_connect(address_file()))
        agent.send_bytes(b'{"do": "stay"}')
        agent.recv_bytes()
        afterwards.pop_all()
        return agent
    return None


def _spawn() -> AgentHandle:
    process = subprocess.Popen(
        [sys.executable, "-m", "kit.vault.agent_process"],
        stdin=subprocess.PIPE,  # its end is the sign that this process is gone, however it went
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=places.ROOT,
        env=_environment(),
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    assert process.stdin and process.stdout
    with process.stdin, process.stdout:
        process.stdout.readline()  # it is ready, or did not come up
        running = _join(process)
    if running is None:
        raise KitError(
            _("The part of the kit that locks the practice did not start. `kit check` says what is missing.")
        )
    return running


def get_key(book: Path) -> bytes | None:
    """The key of a book that somebody has opened; None where nobody has, or there is no agent."""
    key = _request("ask", book=_book_id(book))
    return bytes.fromhex(key) if key else None


def find_key(book: Path) -> bytes | None:
    """The same, for whoever can do without; an agent that is silent has not said that the book is locked."""
    with contextlib.suppress(AgentTimeout):
        return get_key(book)
    return None


def add_key(book: Path, key: bytes, idle: float, is_curtain_open: bool = False) -> bool:
    """Hands a key over, to be forgotten after `idle` seconds without `report_activity`; False where there is no agent.

    Whoever has just typed the passphrase also opens the curtain before what is for the coach alone.
    """
    return bool(_request("hold", book=_book_id(book), key=key.hex(), idle=idle, is_curtain_open=is_curtain_open))


def set_session_end(book: Path, until: float) -> bool:
    """A session is open and planned until then (0: none is): people who only talk are not locked out."""
    return _confirmed("session", book=_book_id(book), until=until)


def draw_curtain(book: Path) -> bool:
    """A page for two is in use: what is for the coach alone asks for the passphrase again."""
    return _confirmed("draw", book=_book_id(book))


def is_curtain_open(book: Path) -> bool:
    """Whether what is for the coach alone may be shown; where no agent says so, it may not."""
    return _confirmed("is_curtain_open", book=_book_id(book))


def lock(book: Path | None = None) -> bool:
    """Forgets one key or all, and tells all watchers; False where there is no agent."""
    return bool(_request("lock", book=book and _book_id(book)))


def report_activity() -> bool:
    """Somebody is there; False where there is no agent, or none that answers."""
    return _confirmed("touch")


def publish(word: str) -> bool:
    """Passes a word on to all watchers; False where there is no agent. One that is silent does so later."""
    return _confirmed("tell", word=word)


def subscribe(heard: Callable[[str], Any]) -> Callable[[], None]:
    """Calls `heard` (in a thread) with each word, with "locked" when the agent goes; gives a function that stops it.

    Where there is no agent it waits for one. Subscribe first, then ask for the key: then no change goes by unheard.
    """
    file, stopped, joined = address_file(), Event(), Event()
    Thread(target=_listen, args=(file, heard, stopped, joined), name="kit-keys", daemon=True).start()
    if file.exists():
        joined.wait(TIMEOUT)
    return stopped.set


def _listen(file: Path, heard: Callable[[str], Any], stopped: Event, joined: Event) -> None:
    def say(word: str) -> None:
        try:
            if word != HEARTBEAT and not stopped.is_set():
                heard(word)
        except Exception:  # noqa: BLE001  whatever happens in a panel, the next lock has to be heard
            places.log_error(traceback.format_exc())

    while not stopped.is_set():
        if _stream_events(file, say, stopped, joined):
            say("locked")
        joined.set()
        stopped.wait(RECONNECT_DELAY)


def _stream_events(file: Path, say: Callable[[str], Any], stopped: Event, joined: Event) -> bool:
    """Passes on each word until the agent is gone; says whether there was one."""
    met = False
    with contextlib.suppress(*_CONNECTION_LOST), _connect(file) as agent:
        agent.send_bytes(json.dumps({"do": "watch"}).encode())
        while not stopped.is_set():
            say(json.loads(agent.recv_bytes()))
            met = True
            joined.set()
    return met


def _confirmed(do: str, **more: Any) -> bool:
    """The agent's yes; one that is silent has not said it."""
    with contextlib.suppress(AgentTimeout):
        return bool(_request(do, **more))
    return False


def _request(do: str, **more: Any) -> Any:
    """The agent's answer; None where there is none. One that answers too late has heard it all the same."""
    file = address_file()
    if not file.exists():
        return None
    request = json.dumps({"do": do, **more}).encode()
    return _with_timeout(lambda: _send(file, request), TIMEOUT)


def _with_timeout(ask: Callable[[], Any], patience: float) -> Any:
    answers = SimpleQueue[Any]()
    Thread(target=lambda: answers.put(ask()), daemon=True).start()
    try:
        return answers.get(timeout=patience)
    except Empty:
        raise AgentTimeout from None


def _send(file: Path, request: bytes) -> Any:
    with contextlib.suppress(*_CONNECTION_LOST), _connect(file) as agent:
        agent.send_bytes(request)
        return json.loads(agent.recv_bytes())
    return None


def _connect(file: Path) -> Connection:
    told = json.loads(file.read_bytes())
    return Client(told["address"], authkey=bytes.fromhex(told["authkey"]))


def _book_id(book: Path) -> str:
    return os.path.normcase(Path(book).resolve())


def _environment() -> dict[str, str]:
    """That of the server, without a passphrase, and with the home of this process, wherever the agent stands."""
    kept = {name: value for name, value in os.environ.items() if name != "KIT_PASSPHRASE"}
    return {**kept, "KIT_HOME": str(places.home().absolute())}
