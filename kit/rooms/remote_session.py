"""A session of one that is under way: which form is handed over, who writes, what was kept and may be taken back."""

import asyncio
import time
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from kit import records
from kit.forms import WHAT_HELPED, Form, FormError
from kit.records import Agreement, Client, Record, SupportLine, changed
from kit.rooms import form_data
from kit.rooms.live import LiveRoom, NotOwner
from kit.store import Store
from kit.words import KitError, _

if TYPE_CHECKING:
    from kit.charts import Picture

TYPING_TIMEOUT = 12.0  # seconds after the last key for which somebody is writing
POLL_GAP = 5.0  # seconds from one page to the next
REQUIRED_CONSENTS = {"notes": _("notes of what we talk about"), "a room": _("filling in forms on my own device")}


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
        extra={"helped_by": WHAT_HELPED}, title=_("A setback"), audience="client",
    ),
}  # fmt: skip


class LiveSession(LiveRoom):
    """One client's room: who is in it, which form is handed over, what was kept."""

    def __init__(self, store: Store, client: Client) -> None:
        super().__init__("phone", "lead")
        self.store, self._id = store, client.id
        self.people: dict[str, float] = {}
        self.turn = ""  # the form that the coach hands over
        self._writing = ("", 0.0)
        self.another = True  # whether one more device may come in: the first one may, then only when the coach says so
        self._looking, self._looked = 0, -POLL_GAP  # pages that wait for news, and when one last did
        self.saved: list[str] = []  # the forms that were kept, in their order
        self._owners: dict[str, str] = {}
        self._saving: dict[str, asyncio.Future] = {}
        self._kept: dict[str, tuple[str, list[Record]]] = {}  # what may still be taken back
        said = [one for one in store.records(Agreement, self.client) if one.to in REQUIRED_CONSENTS]
        gone = {one.to for one in said if one.withdrawn_on} - {one.to for one in said if not one.withdrawn_on}
        if gone:
            sentence = _(
                "{client} has taken back an agreement that a room needs; it can be given anew under agreements."
            )
            raise KitError(sentence.format(client=self.client))

    @property
    def client(self) -> str:
        """The code name as it is now: it may be changed while the room is open."""
        return str(self.store.records(Client, id=self._id)[0].name)

    def place(self) -> str:
        return self.turn

    async def wait_for_change(self, of: str, known: str, longest: float) -> str:
        """As in every room; a page that waits for news is one that is looked at."""
        self._looking += of == "phone"
        try:
            return await super().wait_for_change(of, known, longest)
        finally:
            self._looking -= of == "phone"
            self._looked = time.monotonic() if of == "phone" else self._looked

    def here(self) -> bool:
        """Whether the client has a page of this room before them."""
        return self._looking > 0 or time.monotonic() - self._looked < POLL_GAP

    def join(self) -> str:
        if not self.another:
            raise NotOwner
        token, self.another = uuid4().hex, False
        self.people[token] = time.time()
        self.notify("lead")
        return token

    def to_agree(self) -> list[str]:
        """What was never said yes to, and is needed here."""
        said = {one.to for one in self.store.records(Agreement, self.client) if one.withdrawn_on is None}
        return [to for to in REQUIRED_CONSENTS if to not in said]

    async def agree(self) -> None:
        new = [Agreement(client=self.client, to=to, by="client") for to in self.to_agree()]  # type: ignore[arg-type]
        if new:
            await self.run_in_writer(self.store.save, *new)

    def support_lines(self) -> list[SupportLine]:
        return self.store.records(SupportLine)

    def own_words(self) -> tuple[str, ...]:
        return self.store.client(self.client).own_words

    def offers(self) -> dict[str, list[tuple[str, str]]]:
        tools = self.store.records(records.Tool, self.client)
        return {"tools": [(one.id, one.title) for one in tools if one.status != "retired"]}

    # keeping -------------------------------------------------------------------------------------

    async def keep(self, token: str, name: str, key: str, sent: form_data.FormData) -> None:
        """Keeps what a form holds, once, however often it is sent."""
        if key not in self._owners:
            form = FORMS[name]
            found = form_data.parse(form, sent)
            if form.is_unchanged(found):
                raise FormError({"": _("Nothing is filled in yet.")})
            new = [changed(one, by="client") for one in form.to_records(found, client=self.client, id=key)]
            self._owners[key] = token
            self._saving[key] = asyncio.ensure_future(self._keep(name, key, new))
        if self._owners[key] != token:
            raise NotOwner
        if key in self._saving:
            try:
                await asyncio.shield(self._saving[key])
            except KitError:
                self._owners.pop(key, None)
                raise
            finally:
                self._saving.pop(key, None)

    async def _keep(self, name: str, key: str, new: list[Record]) -> None:
        await self.run_in_writer(self.store.save, *new)
        self.saved.append(name)
        self._kept[key] = (name, new)
        self._writing = ("", 0.0)
        if self.turn == name:
            self.turn = ""
        self.notify("lead")

    def may_take_back(self, token: str, key: str) -> bool:
        return key in self._kept and self._owners.get(key) == token

    async def take_back(self, token: str, key: str) -> None:
        """Undoes what was kept, while the coach has not changed it; sent once more it changes nothing."""
        if self._owners.get(key) != token:
            raise NotOwner
        if key in self._kept:
            name, new = self._kept[key]
            await self.run_in_writer(self.store.undo, new, [], "client")
            if self._kept.pop(key, None):
                self.saved.remove(name)
            self.notify("lead")

    # the coach -----------------------------------------------------------------------------------

    def hand_over(self, name: str) -> None:
        """Your turn: this form opens on the client's device; an empty name takes it back."""
        self.turn = name
        self.notify("phone", "lead")

    def write(self, name: str) -> None:
        self._writing = (name if name in FORMS else "", time.monotonic())
        self.notify("lead")

    def writing(self) -> str:
        """The form that is being filled in at this moment; what is in it comes only when it is kept."""
        name, at = self._writing
        return name if time.monotonic() - at < TYPING_TIMEOUT else ""

    def titles(self) -> dict[str, str]:
        """What each form is called, with the client's own word for a setback."""
        own = next(iter(self.own_words()), "")
        titles = {name: form.title for name, form in FORMS.items()}
        return {**titles, "setback": own[0].upper() + own[1:]} if own else titles

    def kept_today(self) -> list[str]:
        return [self.titles()[name] for name in dict.fromkeys(self.saved)]

    def journey(self) -> "Picture":
        """The client's own journey, of what a client may see."""
        from kit import frames
        from kit.charts import registry  # with pandas: a workshop does without

        today = date.today()
        told = frames.frames(self.store, self.client, "client")
        return dict(registry.journeys(told, today, ["all"], own_words=self.own_words()))["all"]
