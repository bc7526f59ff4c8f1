"""The pages of a session of one: a client fills in forms on their own device; the coach reads what was kept."""

import asyncio
from typing import Any
from uuid import uuid4

from tornado.web import HTTPError

from kit.forms import Form, FormError
from kit.rooms import form_data, templates
from kit.rooms.facilitator import SecretLink
from kit.rooms.handlers import LongPoll, Page, handle_errors
from kit.rooms.live import NotOwner
from kit.rooms.remote_session import FORMS, REQUIRED_CONSENTS
from kit.words import _


class Entry(Page):
    """The way in, for one device; another one waits until the coach says so."""

    role = ""

    def come_in(self) -> None:
        try:
            self.set_role_cookie("person", self.run.join())
        except NotOwner as error:
            raise HTTPError(403) from error


class Door(Entry):
    def get(self) -> None:
        if not self._has_role("person"):
            self.show("door.html", wrong=False, support=False)
        elif self.run.to_agree():
            self.go("/agree")
        elif self.run.turn:
            self.go(f"/form/{self.run.turn}")
        else:
            self.home()

    def home(self) -> None:
        self.show("home.html", mark=self.run.version("phone"), news="/now")

    def post(self) -> None:
        if not self.room.codes.matches_typed(self.argument("code", 40)):
            self.set_status(403)
            self.show("door.html", wrong=True, support=False)
            return
        self.come_in()
        self.room.codes.renew_typed()  # a room of one: the next device needs another code
        self.go("/")


class Link(Entry):
    def get(self, code: str) -> None:
        if not self.room.codes.matches("join", code):
            raise HTTPError(403)
        if not self._has_role("person"):
            self.come_in()
        self.go("/")


class Agree(Page):
    def get(self) -> None:
        self.show("agree.html", asked=[REQUIRED_CONSENTS[to] for to in self.run.to_agree()])

    @handle_errors
    async def post(self) -> None:
        await self.run.agree()
        self.go("/")


class Agreed(Page):
    """A page that holds something of the client's; it opens with their yes, and follows what the coach does."""

    def prepare(self) -> None:
        super().prepare()
        if self._finished or not self.run.to_agree():
            return
        if self.wants_json:
            self.set_status(403)
            self.send_sentence(_("This opens again with a yes, on the first page. What you typed is still here."))
        else:
            self.go("/agree")

    def show(self, template: str, **told: Any) -> None:
        super().show(template, **{"mark": self.run.version("phone"), "news": "/now", **told})


class Fill(Agreed):
    """One form of the client's own."""

    def get(self, name: str) -> None:
        self._ask(name, self.get_query_argument("kept", "")[:64])

    def _ask(self, name: str, kept: str = "", sent: Any = None, told: Any = None, key: str = "") -> None:
        if name not in FORMS:
            raise HTTPError(404)
        form, run = FORMS[name], self.run
        values = form_data.parse(form, sent) if sent else form.initial_values()
        self.show(
            "form.html", name=name, title=run.titles()[name], fields=self._fields(form), values=values,
            told=told or {}, key=key or uuid4().hex, kept=kept, turn=run.turn == name,
            may_take_back=run.may_take_back(self.token, kept),
        )  # fmt: skip

    def _fields(self, form: Form) -> list[dict[str, Any]]:
        """What is asked; a choice among another field's offers all that the other one does."""
        asked = form.describe(self.run.offers(), self.run.own_words())
        offered = {one["name"]: one["choices"] for one in asked}
        return [{**one, "choices": offered.get(one["among"], one["choices"])} for one in asked]

    @handle_errors
    async def post(self, name: str) -> None:
        key = self.argument("id", 64)
        if name not in FORMS or not (key.isalnum() and len(key) == 32):
            raise HTTPError(400)
        sent = {field: self.get_body_arguments(field, strip=False) for field in self.request.body_arguments}
        try:
            await self.run.keep(self.token, name, key, sent)
        except FormError as unfit:
            if self.wants_json:
                raise
            self.set_status(422)
            self._ask(name, "", sent, unfit.errors, key)
            return
        if self.wants_json:
            self.finish({"kept": True})
        else:
            self.go(f"/form/{name}?kept={key}")


class TakeBack(Agreed):
    @handle_errors
    async def post(self, name: str) -> None:
        await self.run.take_back(self.token, self.argument("id", 64))
        self.go(f"/form/{name}" if name in FORMS else "/")


class Writing(Page):
    def post(self) -> None:
        self.run.write(self.argument("form", 40))
        self.finish({"kept": True})


class Journey(Agreed):
    async def get(self) -> None:
        loop = asyncio.get_running_loop()
        drawn = await loop.run_in_executor(None, self.run.journey)  # pandas comes only now
        figure = templates.json_data({"data": drawn.data, "layout": drawn.layout})
        self.show("journey.html", picture=drawn, figure=figure)


class Support(Page):
    def get(self) -> None:
        lines, mark = self.run.support_lines(), self.run.version("phone")
        self.show("support.html", lines=lines, told="", support=False, mark=mark, news="/now")


class Data(Page):
    def get(self) -> None:
        self.show("data.html", news="/now")


class State(Page):
    """Where the session is, for the panel in the coach's notebook."""

    role = "lead"

    def get(self) -> None:
        self.finish(state(self))


def state(page: Page) -> dict[str, Any]:
    run = page.run
    return {
        "kind": page.room.kind, "client": run.client, "joined": bool(run.people), "turn": run.turn,
        "writing": run.writing(), "saved": list(run.saved), "typed": page.room.codes.typed,
        "locked": page.room.codes.locked, "tried": page.room.tried, "mark": run.version("lead"),
        "forms": run.titles(), "here": run.here(), "another": run.another,
        "join": page.room.link("join"),
    }  # fmt: skip


class Action(Page):
    """One press of the coach."""

    role = "lead"

    def post(self) -> None:
        given = self.arguments()
        do = given.get("do", "")
        if do == "turn":
            self.hand_over(given.get("form", ""))
        elif do == "another":
            self.run.another = True
        elif do == "renew":
            self.room.codes.renew()
        elif do == "close":
            self.run.end()
            self.room.closed()
        else:
            raise HTTPError(400)
        self.send_state(state(self))

    def hand_over(self, form: str) -> None:
        if form not in ("", *FORMS):
            raise HTTPError(400)
        self.run.hand_over(form)


class Lead(Page):
    """The coach's side in a browser; the panel of the notebook does the same."""

    role = "lead"

    def get(self) -> None:
        self.show("coach.html", state=state(self), mark=self.run.version("lead"), news="/lead/now",
                  join=self.room.link("join"), support=False)  # fmt: skip


ROUTES: list[Any] = [
    (r"/", Door),
    (r"/j/([\w-]{1,80})", Link),
    (r"/agree", Agree),
    (r"/form/(\w{1,40})", Fill),
    (r"/form/(\w{1,40})/back", TakeBack),
    (r"/writing", Writing),
    (r"/journey", Journey),
    (r"/support", Support),
    (r"/data", Data),
    (r"/(lead)/([\w-]{16,80})", SecretLink),
    (r"/lead", Lead),
    (r"/lead/do", Action),
    (r"/lead/state", State),
    (r"/now", LongPoll, {"role": "person", "of": "phone"}),
    (r"/lead/now", LongPoll, {"role": "lead", "of": "lead"}),
]
