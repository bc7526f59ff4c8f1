"""A session of one: a client fills in their own forms on their own device; the coach reads what was kept."""

import asyncio
import time
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tornado.web import HTTPError

from kit import records
from kit.fields import About
from kit.forms import Beside, Form, Unfit
from kit.records import Agreement, Client, Record, SupportLine, changed
from kit.rooms import inputs, pages
from kit.rooms.facilitating import Secret
from kit.rooms.under_way import UnderWay
from kit.rooms.web import News, Page, kindly
from kit.store import Store
from kit.words import Trouble, _

if TYPE_CHECKING:
    from kit.charts import Picture

STILL = 12.0  # seconds after the last key for which somebody is writing
BETWEEN = 5.0  # seconds from one page to the next
NEEDED = {"notes": _("notes of what we talk about"), "a room": _("filling in forms on my own device")}


def _uses(setback: Any, tools: list[str] | None) -> list[Record]:
    return [
        records.ToolUse(client=setback.client, tool=tool, setback=setback.id, on=setback.began_on)
        for tool in tools or []
    ]


_HELPED = About(_("What helped?"), "links", of="tools", help=_("tap all that fit; anything of your own counts"))
FORMS = {
    "check_in": Form(
        records.CheckIn, ("energy", "soft", "heavy"), ("living_well", "symptom_load", "hope", "connection"),
        title=_("How I am here today"), audience="client",
    ),
    "small_win": Form(records.Win, ("title",), ("on",), title=_("A small win"), audience="client"),
    "milestone": Form(
        records.Milestone, ("title", "on", "area"), ("i_would_know_it_by", "effort", "noticed_by", "note"),
        title=_("A milestone"), audience="client",
    ),
    "setback": Form(
        records.Setback,
        ("title", "began_on", "roughly", "what_held", "helped_by", "triggers", "outside_control", "back_on_feet_on",
         "learned", "next_time"),
        ("intensity", "early_signs", "partly_back", "timed"),
        beside={"helped_by": Beside(_HELPED, _uses)}, title=_("A setback"), audience="client",
    ),
}  # fmt: skip


class Session(UnderWay):
    """One client's room: who is in it, which form is handed over, what was kept."""

    def __init__(self, store: Store, client: Client) -> None:
        super().__init__("phone", "lead")
        self.store, self._id = store, client.id
        self.people: dict[str, float] = {}
        self.turn = ""  # the form that the coach hands over
        self._writing = ("", 0.0)
        self.another = True  # whether one more device may come in: the first one may, then only when the coach says so
        self._looking, self._looked = 0, -BETWEEN  # pages that wait for news, and when one last did
        self.saved: list[str] = []  # the forms that were kept, in their order
        self._owners: dict[str, str] = {}
        self._saving: dict[str, asyncio.Future] = {}
        self._kept: dict[str, tuple[str, list[Record]]] = {}  # what may still be taken back
        said = [one for one in store.records(Agreement, self.client) if one.to in NEEDED]
        gone = {one.to for one in said if one.withdrawn_on} - {one.to for one in said if not one.withdrawn_on}
        if gone:
            sentence = _(
                "{client} has taken back an agreement that a room needs; it can be given anew under agreements."
            )
            raise Trouble(sentence.format(client=self.client))

    @property
    def client(self) -> str:
        """The code name as it is now: it may be changed while the room is open."""
        return str(self.store.records(Client, id=self._id)[0].name)

    def place(self) -> str:
        return self.turn

    async def news(self, of: str, known: str, longest: float) -> str:
        """As in every room; a page that waits for news is one that is looked at."""
        self._looking += of == "phone"
        try:
            return await super().news(of, known, longest)
        finally:
            self._looking -= of == "phone"
            self._looked = time.monotonic() if of == "phone" else self._looked

    def here(self) -> bool:
        """Whether the client has a page of this room before them."""
        return self._looking > 0 or time.monotonic() - self._looked < BETWEEN

    def join(self) -> str:
        if not self.another:
            raise HTTPError(403)
        token, self.another = uuid4().hex, False
        self.people[token] = time.time()
        self.tell("lead")
        return token

    def to_agree(self) -> list[str]:
        """What was never said yes to, and is needed here."""
        said = {one.to for one in self.store.records(Agreement, self.client) if one.withdrawn_on is None}
        return [to for to in NEEDED if to not in said]

    async def agree(self) -> None:
        new = [Agreement(client=self.client, to=to, by="client") for to in self.to_agree()]  # type: ignore[arg-type]
        if new:
            await self.do(self.store.keep, *new)

    def support_lines(self) -> list[SupportLine]:
        return self.store.records(SupportLine)

    def own_words(self) -> tuple[str, ...]:
        return self.store.client(self.client).own_words

    def offers(self) -> dict[str, list[tuple[str, str]]]:
        tools = self.store.records(records.Tool, self.client)
        return {"tools": [(one.id, one.title) for one in tools if one.status != "retired"]}

    # keeping -------------------------------------------------------------------------------------

    async def keep(self, token: str, name: str, key: str, sent: inputs.Sent) -> None:
        """Keeps what a form holds, once, however often it is sent."""
        if key not in self._owners:
            form = FORMS[name]
            found = inputs.typed(form, sent)
            if form.untouched(found):
                raise Unfit({"": _("Nothing is filled in yet.")})
            new = [changed(one, by="client") for one in form.read(found, client=self.client, id=key)]
            self._owners[key] = token
            self._saving[key] = asyncio.ensure_future(self._keep(name, key, new))
        if self._owners[key] != token:
            raise HTTPError(409)
        if key in self._saving:
            try:
                await asyncio.shield(self._saving[key])
            except Trouble:
                self._owners.pop(key, None)
                raise
            finally:
                self._saving.pop(key, None)

    async def _keep(self, name: str, key: str, new: list[Record]) -> None:
        await self.do(self.store.keep, *new)
        self.saved.append(name)
        self._kept[key] = (name, new)
        self._writing = ("", 0.0)
        if self.turn == name:
            self.turn = ""
        self.tell("lead")

    def may_take_back(self, token: str, key: str) -> bool:
        return key in self._kept and self._owners.get(key) == token

    async def take_back(self, token: str, key: str) -> None:
        """Undoes what was kept, while the coach has not changed it; sent once more it changes nothing."""
        if self._owners.get(key) != token:
            raise HTTPError(409)
        if key in self._kept:
            name, new = self._kept[key]
            await self.do(self.store.take_back, new, [], "client")
            if self._kept.pop(key, None):
                self.saved.remove(name)
            self.tell("lead")

    # the coach -----------------------------------------------------------------------------------

    def hand_over(self, name: str) -> None:
        """Your turn: this form opens on the client's device; an empty name takes it back."""
        if name and name not in FORMS:
            raise HTTPError(400)
        self.turn = name
        self.tell("phone", "lead")

    def write(self, name: str) -> None:
        self._writing = (name if name in FORMS else "", time.monotonic())
        self.tell("lead")

    def writing(self) -> str:
        """The form that is being filled in at this moment; what is in it comes only when it is kept."""
        name, at = self._writing
        return name if time.monotonic() - at < STILL else ""

    def titles(self) -> dict[str, str]:
        """What each form is called, with the client's own word for a setback."""
        own = next(iter(self.own_words()), "")
        titles = {name: form.title for name, form in FORMS.items()}
        return {**titles, "setback": own[0].upper() + own[1:]} if own else titles

    def kept_today(self) -> list[str]:
        return [self.titles()[name] for name in dict.fromkeys(self.saved)]

    def journey(self) -> "Picture":
        """The client's own journey, of what a client may see."""
        from kit import frames, pictures  # with pandas: a workshop does without

        today = date.today()
        told = frames.frames(self.store, self.client, "client")
        return dict(pictures.journeys(told, today, ["all"], own_words=self.own_words()))["all"]


class Door(Page):
    role = ""

    def get(self) -> None:
        if not self._is("person"):
            self.show("door.html", wrong=False, support=False)
        elif self.run.to_agree():
            self.go("/agree")
        elif self.run.turn:
            self.go(f"/form/{self.run.turn}")
        else:
            self.home()

    def home(self) -> None:
        self.show("home.html", mark=self.run.mark("phone"), news="/now")

    def post(self) -> None:
        if not self.room.codes.opens_typed(self.said("code", 40)):
            self.set_status(403)
            self.show("door.html", wrong=True, support=False)
            return
        self.admit("person", self.run.join())
        self.room.codes.renew()  # a room of one: the next device needs another code
        self.go("/")


class Link(Page):
    role = ""

    def get(self, code: str) -> None:
        if not self.room.codes.opens("join", code):
            raise HTTPError(403)
        if not self._is("person"):
            self.admit("person", self.run.join())
        self.go("/")


class Agree(Page):
    def get(self) -> None:
        self.show("agree.html", asked=[NEEDED[to] for to in self.run.to_agree()])

    @kindly
    async def post(self) -> None:
        await self.run.agree()
        self.go("/")


class Agreed(Page):
    """A page that holds something of the client's; it opens with their yes, and follows what the coach does."""

    def prepare(self) -> None:
        super().prepare()
        if self._finished or not self.run.to_agree():
            return
        if self.wants_data:
            self.set_status(403)
            self.turn_away(_("This opens again with a yes, on the first page. What you typed is still here."))
        else:
            self.go("/agree")

    def show(self, template: str, **told: Any) -> None:
        super().show(template, **{"mark": self.run.mark("phone"), "news": "/now", **told})


class Fill(Agreed):
    """One form of the client's own."""

    def get(self, name: str) -> None:
        self._ask(name, self.get_query_argument("kept", "")[:64])

    def _ask(self, name: str, kept: str = "", sent: Any = None, told: Any = None, key: str = "") -> None:
        if name not in FORMS:
            raise HTTPError(404)
        form, run = FORMS[name], self.run
        values = inputs.typed(form, sent) if sent else form.blank()
        self.show(
            "form.html", name=name, title=run.titles()[name], fields=self._fields(form), values=values,
            told=told or {}, key=key or uuid4().hex, kept=kept, turn=run.turn == name,
            may_take_back=run.may_take_back(self.token, kept),
        )  # fmt: skip

    def _fields(self, form: Form) -> list[dict[str, Any]]:
        """What is asked; a choice among another field's offers all that the other one does."""
        asked = form.asked(self.run.offers(), self.run.own_words())
        offered = {one["name"]: one["choices"] for one in asked}
        return [{**one, "choices": offered.get(one["among"], one["choices"])} for one in asked]

    @kindly
    async def post(self, name: str) -> None:
        key = self.said("id", 64)
        if name not in FORMS or not (key.isalnum() and len(key) == 32):
            raise HTTPError(400)
        sent = {field: self.get_body_arguments(field, strip=False) for field in self.request.body_arguments}
        try:
            await self.run.keep(self.token, name, key, sent)
        except Unfit as unfit:
            if self.wants_data:
                raise
            self.set_status(422)
            self._ask(name, "", sent, unfit.told, key)
            return
        if self.wants_data:
            self.finish({"kept": True})
        else:
            self.go(f"/form/{name}?kept={key}")


class TakeBack(Agreed):
    @kindly
    async def post(self, name: str) -> None:
        await self.run.take_back(self.token, self.said("id", 64))
        self.go(f"/form/{name}" if name in FORMS else "/")


class Writing(Page):
    def post(self) -> None:
        self.run.write(self.said("form", 40))
        self.finish({"kept": True})


class Journey(Agreed):
    async def get(self) -> None:
        loop = asyncio.get_running_loop()
        drawn = await loop.run_in_executor(None, self.run.journey)  # pandas comes only now
        figure = pages.data({"data": drawn.data, "layout": drawn.layout})
        self.show("journey.html", picture=drawn, figure=figure)


class Support(Page):
    def get(self) -> None:
        self.show("support.html", lines=self.run.support_lines(), told="", support=False, mark=self.run.mark("phone"),
                  news="/now")  # fmt: skip


class Data(Page):
    def get(self) -> None:
        self.show("data.html")


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
        "locked": page.room.codes.locked, "tried": page.room.tried, "mark": run.mark("lead"),
        "forms": run.titles(), "here": run.here(), "another": run.another,
    }  # fmt: skip


class Act(Page):
    """One press of the coach."""

    role = "lead"

    def post(self) -> None:
        given = self.pressed()
        do = given.get("do", "")
        if do == "turn":
            self.run.hand_over(given.get("form", ""))
        elif do == "another":
            self.run.another = True
        elif do == "renew":
            self.room.codes.renew()
        elif do == "close":
            self.run.end()
            self.room.closed()
        else:
            raise HTTPError(400)
        self.answer_press(state(self))


class Lead(Page):
    """The coach's side in a browser; the panel of the notebook does the same."""

    role = "lead"

    def get(self) -> None:
        self.show("coach.html", state=state(self), mark=self.run.mark("lead"), news="/lead/now",
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
    (r"/(lead)/([\w-]{16,80})", Secret),
    (r"/lead", Lead),
    (r"/lead/do", Act),
    (r"/lead/state", State),
    (r"/now", News, {"role": "person", "of": "phone"}),
    (r"/lead/now", News, {"role": "lead", "of": "lead"}),
]
