"""The facilitator's page, for their own phone or a private window, and the projected board."""

from collections.abc import Awaitable, Callable
from typing import Any

from tornado.web import HTTPError

from kit.rooms import disclosure, snapshot
from kit.rooms.agenda import Question
from kit.rooms.handlers import LongPoll, Page, handle_errors
from kit.rooms.templates import qr_code


class SecretLink(Page):
    """A link of one's own that opens the facilitator's page or the board."""

    role = ""

    def get(self, role: str, given: str, further: str = "") -> None:
        if not self.room.codes.matches(role, given):
            raise HTTPError(403)
        self.set_role_cookie(role, role)
        self.go(f"/{role}{further}")


class Lead(Page):
    """All that a facilitator does: where we are, what is shown, who calls."""

    role = "lead"

    def get(self) -> None:
        run = self.run
        self.show(
            "lead.html", mark=run.version("lead"), news="/lead/now", join=self.room.link("join"),
            code=qr_code(self.room.link("join")),
            present=[ask for ask in run.phase.questions if ask.is_shared],
            earlier=[ask for at, ask in run.agenda.questions() if at < run.at and ask.is_shared],
            worded=[ask for _at, ask in run.agenda.questions() if ask.is_shared and ask.kind != "rating"],
            disclosure=disclosure, snapshot=snapshot, support=False,
        )  # fmt: skip


class Action(Page):
    """One press of the facilitator."""

    role = "lead"

    @handle_errors
    async def post(self) -> None:
        given = self.arguments()
        act = ACTIONS.get(str(given.pop("do", "")))
        if act is None:
            raise HTTPError(400)
        await act(self, given)
        if self._finished:
            return
        self.send_state(state(self))

    def ask(self, given: dict[str, Any]) -> Question:
        found = self.run.agenda.find(given.get("ask", ""))
        if found is None or not found[1].is_shared:
            raise HTTPError(400)
        return found[1]

    def words(self, given: dict[str, Any]) -> Question:
        """A question that is answered in words: a number of somebody's is never seen by itself."""
        ask = self.ask(given)
        if ask.kind == "rating":
            raise HTTPError(400)
        return ask


class State(Page):
    """Where the room is, for the panel in the notebook."""

    role = "lead"

    def get(self) -> None:
        self.finish(state(self))


def state(page: Page) -> dict[str, Any]:
    """Where the room is, as plain data; nothing in it tells who or how many have answered."""
    run = page.run
    return {
        "kind": page.room.kind,
        "title": page.room.title,
        "phase": run.phase.name,
        "at": run.at,
        "minutes_left": round(run.minutes_left(), 1),
        "aloud": run.is_read_aloud,
        "typed": page.room.codes.typed,
        "locked": page.room.codes.locked,
        "tried": page.room.tried,
        "join": page.room.link("join"),
        **snapshot.take(run),
    }


async def _go(page: Action, given: dict[str, Any]) -> None:
    at = given.get("at", "")
    if not (at.isdecimal() and len(at) < 4):
        raise HTTPError(400)
    await page.run.advance_to(int(at))


async def _more(page: Action, _given: dict[str, Any]) -> None:
    page.run.extend()


async def _reveal(page: Action, given: dict[str, Any]) -> None:
    await page.run.reveal(page.ask(given))


async def _show(page: Action, given: dict[str, Any]) -> None:
    await page.run.show(given.get("id", ""))


async def _keep_back(page: Action, given: dict[str, Any]) -> None:
    await page.run.show(given.get("id", ""), on=False)


async def _dots(page: Action, _given: dict[str, Any]) -> None:
    page.run.count_dots()


async def _aloud(page: Action, given: dict[str, Any]) -> None:
    page.run.read_aloud(given.get("on") == "1")


async def _enter(page: Action, given: dict[str, Any]) -> None:
    await page.run.enter(page.words(given), given.get("text", ""))


async def _note(page: Action, given: dict[str, Any]) -> None:
    ask = page.ask(given)
    if not ask.is_list:
        raise HTTPError(400)
    await page.run.note(ask, given.get("text", ""))


async def _answered(page: Action, given: dict[str, Any]) -> None:
    page.run.dismiss_call(given.get("id", ""))


async def _waiting(page: Action, given: dict[str, Any]) -> None:
    page.run.ask_for(page.words(given))


async def _release(page: Action, given: dict[str, Any]) -> None:
    await page.run.release(page.words(given).name)


async def _heads(page: Action, given: dict[str, Any]) -> None:
    page.run.set_headcount(given.get("heads", ""))


async def _let_in(page: Action, _given: dict[str, Any]) -> None:
    page.run.admit_all()


async def _let_go(page: Action, given: dict[str, Any]) -> None:
    page.run.remove_person(given.get("tag", ""))


async def _renew(page: Action, _given: dict[str, Any]) -> None:
    page.room.codes.renew()
    page.run.renew_seats()


async def _close(page: Action, _given: dict[str, Any]) -> None:
    await page.run.finish()
    if page.wants_json:
        page.finish({"kept": True})
    else:
        page.show("closed.html", support=False)
    page.room.closed()


ACTIONS: dict[str, Callable[[Action, dict[str, Any]], Awaitable[None]]] = {
    "go": _go, "more": _more, "reveal": _reveal, "show": _show, "keep_back": _keep_back, "dots": _dots,
    "aloud": _aloud, "enter": _enter, "note": _note, "answered": _answered, "renew": _renew, "close": _close,
    "waiting": _waiting, "release": _release, "heads": _heads, "let_in": _let_in, "let_go": _let_go,
}  # fmt: skip


class Paper(Page):
    """Every phase on paper, for a room without a network and for people without a device."""

    role = "lead"

    def get(self) -> None:
        self.show("paper.html", lines=self.run.support_lines(), support=False)


class Board(Page):
    """The projected page: words and shown lines only, and figures as far as words allow."""

    role = "board"

    def get(self) -> None:
        self.show(
            "board.html", mark=self.run.version("board"), news="/board/now", join=self.room.link("join"),
            code=qr_code(self.room.link("join")), lines=self.run.support_lines() if self.run.is_read_aloud else (),
            disclosure=disclosure, support=False,
        )  # fmt: skip


ROUTES: list[Any] = [
    (r"/(lead|board)/([\w-]{16,80})(/paper|)", SecretLink),
    (r"/lead", Lead),
    (r"/lead/do", Action),
    (r"/lead/state", State),
    (r"/lead/paper", Paper),
    (r"/board", Board),
    (r"/board/now", LongPoll, {"role": "board", "of": "board"}),
    (r"/lead/now", LongPoll, {"role": "lead", "of": "lead"}),
]
