"""What every page of a room has in common: who may ask for it, its headers, and nothing in any log."""

import math
import secrets
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import wraps
from hmac import compare_digest
from typing import Any

from tornado.escape import json_decode
from tornado.web import HTTPError, RequestHandler

from kit.forms import FormError
from kit.rooms import templates
from kit.rooms.access_codes import AccessCodes
from kit.rooms.live import NotOwner
from kit.words import KitError, _

DAY = 24 * 3600  # seconds that a browser keeps a cookie; the room itself ends earlier, and its secret with it
POLL_TIMEOUT = 25.0  # seconds that a page waits for news, less than what stands between gives up after


def steady_clock() -> float:
    """Seconds on a clock that nobody can put, and that runs on while the computer sleeps."""
    if sys.platform == "win32":
        return time.monotonic()
    return time.clock_gettime(time.CLOCK_BOOTTIME if sys.platform == "linux" else time.CLOCK_MONOTONIC)


@dataclass
class Room:
    """What is open: a workshop or a session of one, its secrets, its addresses, until when."""

    kind: str
    title: str
    codes: AccessCodes
    address: str  # as others reach it, without a path
    hosts: frozenset[str]
    run: Any
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    secure: bool = False
    until: float = field(default_factory=lambda: steady_clock() + 12 * 3600)
    tried: float = 0.0  # when a device last found its way here
    closed: Callable[[], Any] = lambda: None

    @property
    def expired(self) -> bool:
        return steady_clock() > self.until

    def link(self, role: str) -> str:
        path = {"join": "j", "lead": "lead", "board": "board"}[role]
        return f"{self.address}/{path}/{getattr(self.codes, role)}"


class Page(RequestHandler):
    """A page of a room; `role` says who may ask for it: "person", "lead", "board", or nobody in particular."""

    role = "person"
    token = ""

    @property
    def room(self) -> Room:
        return self.application.settings["room"]

    @property
    def run(self) -> Any:
        return self.room.run

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in templates.HEADERS.items():
            self.set_header(name, value)
        if self.room.secure:
            self.set_header("Strict-Transport-Security", "max-age=86400")

    def prepare(self) -> None:
        if self.request.host_name not in self.room.hosts:  # another name that leads here: somebody's trick
            raise HTTPError(403)
        if self.room.expired or self.run.ended:
            raise HTTPError(410)
        if self.role and not self._has_role(self.role):
            raise HTTPError(403)

    def _has_role(self, role: str) -> bool:
        if role == "lead" and self._has_bearer():
            return True
        told = self.get_signed_cookie(f"room_{role}", max_age_days=math.inf)
        self.token = told.decode() if told else ""
        if role == "person":
            return bool(self.run.is_member(self.token))
        return bool(self.token) and compare_digest(self.token, role)

    def _has_bearer(self) -> bool:
        given = self.request.headers.get("Authorization", "")
        return given.startswith("Bearer ") and self.room.codes.matches("lead", given.removeprefix("Bearer "))

    def check_xsrf_cookie(self) -> None:
        if self.role == "lead" and self._has_bearer():  # no browser sends this by itself
            return
        super().check_xsrf_cookie()

    def set_role_cookie(self, role: str, token: str) -> None:
        self.set_signed_cookie(
            f"room_{role}", token, expires_days=None, max_age=DAY, httponly=True, samesite="Lax",
            secure=self.room.secure, path="/",
        )  # fmt: skip

    def show(self, template: str, **told: Any) -> None:
        own = {"mark": "", "news": "", "support": True, "yours": self.role == "person"}
        page = {**own, "room": self.room, "run": self.run, **told}
        self.finish(
            templates.render(template, version=templates.assets_version(), xsrf=self.xsrf_token.decode(), **page)
        )

    def send_sentence(self, sentence: str) -> None:
        """One plain sentence instead of a page; nothing in it tells of the room."""
        if self.wants_json:
            self.finish({"said": sentence, "kept": False})
            return
        status = self.get_status()
        page = {"room": None, "mark": "", "news": "", "status": status, "support": False, "yours": status == 410}
        self.finish(templates.render("away.html", version=templates.assets_version(), sentence=sentence, **page))

    def argument(self, name: str, most: int = 21_000) -> str:
        """One thing that was typed; what is longer than any field is cut off before it is looked at."""
        return self.get_body_argument(name, "")[:most]

    @property
    def is_json(self) -> bool:
        return self.request.headers.get("Content-Type", "").startswith("application/json")

    def json_arguments(self) -> dict[str, str]:
        """What the panel in the notebook sends: names with texts, and nothing else."""
        try:
            told = json_decode(self.request.body)
        except (ValueError, RecursionError) as error:
            raise HTTPError(400) from error
        if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
            raise HTTPError(400)
        return told

    def arguments(self) -> dict[str, str]:
        """What came with one press: from the panel in the notebook, or from a form of the page."""
        return (
            self.json_arguments()
            if self.is_json
            else {name: self.argument(name) for name in self.request.body_arguments}
        )

    def send_state(self, state: dict[str, Any]) -> None:
        """Where the room is now, for the panel; a browser goes back to its page."""
        if self.wants_json:
            self.finish(state)
        else:
            self.go("/lead")

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("Accept", "")

    def go(self, path: str) -> None:
        self.redirect(path, status=303)

    def write_error(self, status_code: int, **told: Any) -> None:
        self.send_sentence(_ERROR_SENTENCES.get(status_code, _ERROR_SENTENCES[500]))

    def log_exception(self, *_told: Any) -> None:
        """Nothing: a log could hold what somebody typed, or from where."""


_ERROR_SENTENCES = {
    400: _("This could not be read. Please go back and try again."),
    403: _("This page opens with the link or the code of the room. Please ask whoever invited you."),
    404: _("There is no such page here. Please go back."),
    405: _("There is no such page here. Please go back."),
    409: _("This belongs to another phone. Please go back to your own page."),
    410: _("This room is closed. Thank you for being here."),
    413: _("This is too long. Please shorten it."),
    500: _("This did not work just now. What you typed is still on your device; please try again."),
    503: _("This could not be kept just now. Please try again in a moment."),
}


def handle_errors(handler: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """Turns what cannot be done into a page or an answer with one plain sentence."""

    @wraps(handler)
    async def answered(page: Page, *given: Any) -> None:
        try:
            await handler(page, *given)
        except NotOwner as error:
            raise HTTPError(409) from error
        except KitError as trouble:
            page.set_status(503)
            page.send_sentence(str(trouble))
        except FormError as unfit:
            page.set_status(422)
            page.send_sentence(str(unfit))

    return answered


class StaticFiles(Page):
    """The kit's own style and script; nothing in them tells of the room."""

    role = ""

    def prepare(self) -> None:
        if self.request.host_name not in self.room.hosts:
            raise HTTPError(403)

    def get(self, name: str) -> None:
        self.set_header("Content-Type", templates.STATIC_FILES.get(name, "text/javascript") + "; charset=utf-8")
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        try:
            self.finish(templates.static_file(name))
        except KeyError as error:
            raise HTTPError(404) from error


class NotFound(Page):
    role = ""

    def prepare(self) -> None:
        super().prepare()
        raise HTTPError(404)


class ConnectionTest(Page):
    """The day before: whether a phone can reach this computer. It tells nothing of the room."""

    role = ""

    def get(self) -> None:
        self.room.tried = time.time()
        self.run.notify("lead")
        self.show("tried.html", support=False)


class LongPoll(Page):
    """Waits until there is something new."""

    def initialize(self, role: str, of: str) -> None:
        self.role, self.of = role, of

    def prepare(self) -> None:
        if self.run.ended:  # the page is told
            self.finish({"mark": "closed"})
            return
        super().prepare()

    async def get(self) -> None:
        known = self.get_query_argument("mark", "")
        self.finish({"mark": await self.run.wait_for_change(self.of, known, POLL_TIMEOUT)})
