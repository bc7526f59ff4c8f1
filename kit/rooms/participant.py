"""The pages of a participant: the code, the agreements, one question a screen, support, "please come to me"."""

from typing import Any
from uuid import uuid4

from tornado.web import HTTPError

from kit.forms import FormError
from kit.rooms import disclosure
from kit.rooms.agenda import Question
from kit.rooms.handlers import LongPoll, Page, handle_errors


class Door(Page):
    """The room's front page: a code to type, or the way to where everybody is."""

    role = ""

    def get(self) -> None:
        if not self._has_role("person"):
            self.show("door.html", wrong=False, support=False)
            return
        if self.run.people[self.token].agreed and not self.run.is_in(self.token):
            self.show("moment.html", mark=self.run.version("door"), news="/door/now")
            return
        self.go("/step/" + current_question(self.run, self.token).name)

    @handle_errors
    async def post(self) -> None:
        if not self.room.codes.matches_typed(self.argument("code", 40)):
            self.run.notify("lead")  # who may have to make a new code
            self.set_status(403)
            self.show("door.html", wrong=True, support=False)
            return
        self.set_role_cookie("person", self.run.join())
        self.go("/")


class Link(Page):
    """The link, which a QR code holds."""

    role = ""

    @handle_errors
    async def get(self, code: str) -> None:
        if not self.room.codes.matches("join", code):
            raise HTTPError(403)
        if not self._has_role("person"):
            self.set_role_cookie("person", self.run.join())
        self.go("/")


def current_question(run: Any, token: str) -> Question:
    """Where this phone is to go: through the agreements first, then to the present phase."""
    if not run.people[token].agreed:
        return run.agenda.phases[0].questions[0]
    asks = run.phase.questions
    return asks[1] if run.at == 0 and len(asks) > 1 else asks[0]


class Step(Page):
    """One question; the earlier ones stay open."""

    def _ask(self, name: str) -> Question:
        found = self.run.agenda.find(name)
        if found is None or found[0] > self.run.at:
            raise HTTPError(404)
        return found[1]

    def get(self, name: str) -> None:
        ask = self._ask(name)
        if ask.kind != "agree" and not self.run.is_in(self.token):
            self.go("/")
            return
        self._ask_for(ask)

    def _ask_for(self, ask: Question, typed: str = "", told: str = "", key: str = "") -> None:
        asks, run = self.run.open_asks(), self.run
        at = asks.index(ask)
        phase = run.agenda.phases[run.agenda.find(ask.name)[0]]
        person = run.people[self.token]
        self.show(
            "step.html", ask=ask, phase=phase, person=person, mine=run.mine(self.token, ask), typed=typed, told=told,
            key=key or uuid4().hex, before=asks[at - 1] if at else None,
            after=asks[at + 1] if at + 1 < len(asks) else None, token=self.token,
            mark=run.version("phone") if person.let_in else "", news="/now" if person.let_in else "",
            is_here=phase == run.phase,
            lines=run.support_lines() if run.is_read_aloud or ask.kind == "take_home" else (),
            bands_of=disclosure.to_dicts,
            take_home=next((one.name for one in asks if one.kind == "take_home"), "") if run.take_home() else "",
        )  # fmt: skip

    @handle_errors
    async def post(self, name: str) -> None:
        ask = self._ask(name)
        if ask.kind == "agree":
            self.run.agree(self.token, self.argument("nickname", 80))
            self.go("/")
            return
        key = self.argument("id", 64)
        if not (ask.is_shared and self.run.people[self.token].agreed and key.isalnum() and len(key) == 32):
            raise HTTPError(400)
        if not self.run.is_in(self.token):  # the phone sends it again once it is let in
            raise HTTPError(503)
        await self._share(ask, key, self.argument("text"))

    async def _share(self, ask: Question, key: str, text: str) -> None:
        try:
            await self.run.share(self.token, ask, key, text)
        except FormError as unfit:
            if self.wants_json:
                raise
            self.set_status(422)
            self._ask_for(ask, text, " ".join(unfit.errors.values()), key)
            return
        if self.wants_json:
            self.finish({"kept": True})
        else:
            self.go(f"/step/{ask.name}")


class TakeBack(Page):
    @handle_errors
    async def post(self, name: str) -> None:
        await self.run.take_back(self.token, self.argument("id", 64))
        self.go(f"/step/{name}" if self.run.agenda.find(name) else "/")


class Dot(Page):
    @handle_errors
    async def post(self, name: str) -> None:
        if not self.run.is_in(self.token):
            raise HTTPError(400)
        self.run.dot(self.token, self.argument("id", 64))
        self.go(f"/step/{name}" if self.run.agenda.find(name) else "/")


class Support(Page):
    """The support sheet, one press away from every page."""

    def get(self) -> None:
        self.show("support.html", lines=self.run.support_lines(), told="", person=self.run.people[self.token],
                  news="/now", support=False)  # fmt: skip

    @handle_errors
    async def post(self) -> None:
        what = self.argument("what", 10)
        self.run.call(self.token, what, self.argument("nickname", 80), self.argument("place", 80))
        self.show("support.html", lines=self.run.support_lines(), told=what, person=self.run.people[self.token],
                  news="/now", support=False)  # fmt: skip


class Data(Page):
    def get(self) -> None:
        self.show("data.html", news="/now")


ROUTES: list[Any] = [
    (r"/", Door),
    (r"/j/([\w-]{1,80})", Link),
    (r"/step/(\w{1,40})", Step),
    (r"/step/(\w{1,40})/back", TakeBack),
    (r"/step/(\w{1,40})/dot", Dot),
    (r"/support", Support),
    (r"/data", Data),
    (r"/now", LongPoll, {"role": "person", "of": "phone"}),
    (r"/door/now", LongPoll, {"role": "person", "of": "door"}),
]
