"""A room as panels and commands reach it: begun as a process of its own, found by its file, asked by HTTP, closed."""

import contextlib
import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any

from kit import places, processes
from kit.words import KitError, NoSuchClient, _

RETENTION_DAYS = 30  # days that what was shared in a workshop is kept, unless the facilitator says otherwise
HOURS = 12  # after which a room closes by itself
TIMEOUT = 10.0  # seconds that a room may take to answer
EXIT_TIMEOUT = 2.0  # seconds that its process may take to end, once it takes no more questions
_NO_ANSWER = (OSError, HTTPException, ValueError)
_CLOSED = _("This room is not open any more.")


class RoomClosed(KitError):
    """The room said that it is closed, or its process is no more."""


class RoomTimeout(KitError):
    """The room gives no answer just now; it may well be there."""

    def __init__(self) -> None:
        super().__init__(_("The room isn't answering just now. Nothing is lost; please try again in a moment."))


@dataclass(frozen=True)
class RoomRequest:
    """Which room is asked for; the key of its book is no part of it, and goes another way."""

    book: str
    title: str = ""  # of a workshop
    client: str = ""  # of a session of one
    keep_until: date | None = None
    arc: str = ""  # a file with phases of one's own
    lan: bool = False
    port: int = 0
    cert: str = ""
    key_file: str = ""
    public: str = ""  # the address at which a reverse proxy stands in front of it
    hours: float = HOURS


@dataclass(frozen=True)
class OpenRoom:
    """A room that is open: where it is reached, and the secrets of its links."""

    id: str
    kind: str
    title: str
    near: str  # its address on this computer
    address: str  # its address for others
    join: str
    lead: str
    board: str
    typed: str
    bearer: str
    book: str = ""
    life: str = ""  # its process

    @property
    def file(self) -> Path:
        return places.rooms() / f"{self.id}.json"


def retention_date(days: int = RETENTION_DAYS) -> date:
    return date.today() + timedelta(days=days)


def open_room(asked: RoomRequest, key: bytes | None = None) -> OpenRoom:
    """Opens a room in a process of its own, which outlives this one; the key reaches it through a pipe.

    Raises NoSuchClient, and KitError where the port is taken, the network is not there, or the phases do not fit.
    """
    for left in filter(has_ended, list_all()):
        left.file.unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "kit.rooms"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        cwd=places.ROOT, env=_environment(), **_detached(),
    )  # fmt: skip
    assert process.stdin and process.stdout
    told = {**asdict(asked), "keep_until": asked.keep_until and asked.keep_until.isoformat()}
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(json.dumps({"asked": told, "key": key.hex() if key else ""}).encode() + b"\n")
        process.stdin.close()
    answer = process.stdout.readline()
    process.stdout.close()
    if not answer:
        raise KitError(_("The room did not open. `kit check` says what is missing."))
    said = json.loads(answer)
    if "trouble" in said:
        process.wait()
        raise (NoSuchClient if said["nobody"] else KitError)(said["trouble"])
    return OpenRoom(**said)


def _detached() -> dict[str, Any]:
    """Whatever ends the process that begins a room does not end the room."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "KIT_PASSPHRASE"}
    return {**kept, "KIT_HOME": str(places.home().absolute())}


def list_open() -> list[OpenRoom]:
    """The rooms that are open on this computer, whether they answer just now or not."""
    return [room for room in list_all() if not has_ended(room)]


def list_all() -> list[OpenRoom]:
    """The rooms that were opened on this computer, and have not put their file away."""
    rooms = []
    for file in sorted(places.rooms().glob("*.json")):
        with contextlib.suppress(OSError, ValueError, TypeError):
            rooms.append(OpenRoom(**json.loads(file.read_text(encoding="utf-8"))))
    return rooms


def has_ended(room: OpenRoom) -> bool:
    """Whether its process is no more, and nobody answers in its place; whoever is silent is there."""
    if processes.has_ended(room.life):
        try:
            get_state(room)
        except RoomClosed:
            return True
        except KitError:
            return False
    return False


def get_state(room: OpenRoom) -> dict[str, Any]:
    """Where a room is; raises Gone or Silent where it does not tell."""
    return _request(room, "/lead/state")


def send_action(room: OpenRoom, do: str, **given: str) -> dict[str, Any]:
    """One press of the facilitator or the coach: "go", "more", "reveal", "show", "keep_back", "aloud", ...

    Gives the state of the room after it; raises RoomClosed, RoomTimeout, and KitError for what the room refuses.
    """
    return _request(room, "/lead/do", {"do": do, **given})


def close_room(room: OpenRoom) -> None:
    """Ends a room for everybody; raises Silent where it has not answered, and may still be open."""
    with contextlib.suppress(RoomClosed):
        send_action(room, "close")
    room.file.unlink(missing_ok=True)


def _request(room: OpenRoom, path: str, told: dict[str, str] | None = None) -> dict[str, Any]:
    headers = {
        "Authorization": f"Bearer {room.bearer}", "Accept": "application/json", "Content-Type": "application/json",
    }  # fmt: skip
    request = urllib.request.Request(room.near + path, json.dumps(told).encode() if told else None, headers)
    context = ssl._create_unverified_context()  # a room's own certificate, on this computer's own wire
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    try:
        with direct.open(request, timeout=TIMEOUT) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        closed = error.code == 410 or processes.has_ended(room.life)  # then somebody else has its port
        raise (RoomClosed if closed else KitError)(_error_sentence(error)) from error
    except _NO_ANSWER as error:
        if processes.is_timeout(error) or not processes.has_ended(room.life, within=EXIT_TIMEOUT):
            raise RoomTimeout from error
        raise RoomClosed(_CLOSED) from error


def _error_sentence(error: urllib.error.HTTPError) -> str:
    with contextlib.suppress(*_NO_ANSWER, LookupError, TypeError):
        return str(json.load(error)["said"])
    return _CLOSED
