"""A workshop that is under way: where it is, who may do what, what was shared and what of it is shown."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from kit.forms import Form, Unfit
from kit.records import Answer, SupportLine, Workshop, changed
from kit.rooms import figures
from kit.rooms.arc import LONGEST, Arc, Ask, Phase
from kit.rooms.under_way import NotYours, UnderWay
from kit.store import Store
from kit.words import Trouble, _

MORE = 5  # minutes that a press gives
MOST_PEOPLE = 3_000
MOST_LINES = 30  # that one phone shares for one question
WAITING, SHOWN, KEPT_BACK = "waiting", "shown", "kept back"


@dataclass
class Person:
    """A phone in the room; what is known of it stays in this process, and ends with it."""

    agreed: bool = False
    nickname: str = ""
    kept: dict[str, list[str]] = field(default_factory=dict)  # question -> ids of its answers
    dotted: set[str] = field(default_factory=set)


@dataclass
class Call:
    """ "Please come to me", or "I am stepping out"."""

    what: str
    nickname: str
    place: str
    of: str = field(default="", repr=False)  # whose phone it is; here, and nowhere else
    id: str = field(default_factory=lambda: uuid4().hex)


class Run(UnderWay):
    """One workshop, from joining to closing. Everything but the answers is in memory only."""

    def __init__(self, store: Store, record: Workshop, arc: Arc) -> None:
        super().__init__("phone", "board", "lead")
        self.store, self.record, self.arc = store, record, arc
        self.people: dict[str, Person] = {}
        self.at, self.began, self.extra = 0, time.monotonic(), 0
        self.aloud = False  # the support sheet is being read to all
        self.calls: list[Call] = []
        self.kept_back: set[str] = set()
        self.entered: dict[str, int] = {}  # question -> how many answers came from people without a device
        self._owners: dict[str, str] = {}  # id of an answer -> whose phone it is; here, and nowhere else
        self._saving: dict[str, asyncio.Future] = {}
        self._gone: set[str] = set()  # taken back: a late copy brings nothing back
        self.ratings: dict[str, figures.Shown] = {}
        self.dots: dict[str, int] = {}
        found = store.records(Answer, workshop=record.id)
        self.answers: dict[str, Answer] = {one.id: one for one in found}
        self._before = frozenset(self.answers)  # of them a figure may have been seen that nobody here knows any more

    # where we are --------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        return self.arc.phases[self.at]

    def minutes_left(self) -> float:
        return self.phase.minutes + self.extra - (time.monotonic() - self.began) / 60

    def open_asks(self) -> list[Ask]:
        """The questions that are open by now: those of this phase and of the earlier ones."""
        return [ask for at, ask in self.arc.asks() if at <= self.at]

    def take_home(self) -> bool:
        return any(phase.take_home for phase in self.arc.phases[: self.at + 1])

    def support_lines(self) -> list[SupportLine]:
        return self.store.records(SupportLine)

    def place(self) -> str:
        return str(self.at)

    # phones --------------------------------------------------------------------------------------

    def join(self) -> str:
        if len(self.people) >= MOST_PEOPLE:
            raise Trouble(_("This room is full. Please ask whoever invited you."))
        token = uuid4().hex
        self.people[token] = Person()
        return token

    def agree(self, token: str, nickname: str) -> None:
        person = self.people[token]
        person.agreed, person.nickname = True, " ".join(nickname.split())[:40]

    def joined(self) -> int:
        """How many people take part; nobody is told."""
        without = max(self.entered.values(), default=0)
        return sum(person.agreed for person in self.people.values()) + without

    async def share(self, token: str, ask: Ask, key: str, text: str) -> Answer | None:
        """Keeps an answer once, however often it is sent; None where it was taken back since."""
        person, owner = self.people[token], self._owners.get(key)
        if owner not in (None, token) or (owner is None and key in self.answers):
            raise NotYours
        if key in self._gone:
            return None
        if owner is None:
            mine = person.kept.get(ask.name, [])
            if ask.several and len(mine) >= MOST_LINES:
                sentence = _("{most} lines are kept from one phone. To share this one, take an earlier line back.")
                raise Unfit({"text": sentence.format(most=MOST_LINES)})
            if mine and not ask.several:
                return self.answers.get(mine[-1])
            record = self._answer(ask, key, text)
            self._owners[key] = token
            person.kept[ask.name] = [*mine, key]
            self._saving[key] = asyncio.ensure_future(self._keep(record))
        return await self._kept(key, token, ask)

    async def _kept(self, key: str, token: str, ask: Ask) -> Answer:
        if key in self._saving:
            try:
                await asyncio.shield(self._saving[key])
            except Trouble:  # a full disk: it may be sent again
                if self._owners.pop(key, None):
                    self.people[token].kept[ask.name].remove(key)
                raise
            finally:
                self._saving.pop(key, None)
        return self.answers[key]

    async def _keep(self, record: Answer) -> None:
        await self.do(self.store.keep, record)
        self.answers[record.id] = record
        self.tell("lead")

    def _answer(self, ask: Ask, key: str, text: str) -> Answer:
        """What was typed, as a record; raises Unfit with a sentence for the page."""
        form = Form(Answer, ("text",), fixed={"phase": ask.name, "by": "room", "id": key}, audience="group")
        text = " ".join(text.split())
        if ask.kind == "rating" and text not in [str(number) for number in range(11)]:
            raise Unfit({"text": _("Please choose a number from 0 to 10, or pass.")})
        if len(text) > LONGEST.get(ask.kind, 280):
            most = LONGEST.get(ask.kind, 280)
            raise Unfit({"text": _("At most {most} characters fit here. Please shorten it.").format(most=most)})
        return form.read({"text": text}, workshop=self.record.id)[0]  # type: ignore[return-value]

    async def take_back(self, token: str, key: str) -> None:
        """Takes one's own line back, as long as it is not shown."""
        if self._owners.get(key) != token:
            raise NotYours
        record = self.answers.get(key)
        if record is None or record.shown or self._counted(token, record):
            return
        self._gone.add(key)
        del self.answers[key]  # before it is written: meanwhile nobody shows it, and a copy of this press finds nothing
        self.people[token].kept[record.phase].remove(key)
        try:
            await self.do(self.store.let_go, record)
        except Trouble:
            self._gone.discard(key)
            self.answers[key] = record
            self.people[token].kept[record.phase].append(key)
            raise
        self.tell("lead")

    def _counted(self, token: str, record: Answer) -> bool:
        return token in self.ratings.get(record.phase, figures.Shown()).people

    def mine(self, token: str, ask: Ask) -> list[Answer]:
        kept = self.people[token].kept.get(ask.name, [])
        return [self.answers[key] for key in kept if key in self.answers]

    def may_take_back(self, token: str, record: Answer) -> bool:
        return not record.shown and not self._counted(token, record)

    def dot(self, token: str, key: str) -> None:
        """A dot beside a line that is shown; the second one changes nothing."""
        record = self.answers.get(key)
        if record is None or not record.shown:
            raise NotYours
        self.people[token].dotted.add(key)

    def call(self, token: str, what: str, nickname: str, place: str) -> None:
        if what not in ("come", "out", "back"):
            raise NotYours
        nickname, place = (" ".join(words.split())[:60] for words in (nickname, place))
        others = [one for one in self.calls if one.of != token or (one.what == "come") != (what == "come")]
        self.calls = [*others, Call(what, nickname, place, token)]  # nobody's call is crowded out by another phone's
        self.tell("lead")

    # what is shown -------------------------------------------------------------------------------

    def state_of(self, record: Answer) -> str:
        if record.shown:
            return SHOWN
        return KEPT_BACK if record.id in self.kept_back else WAITING

    def lines(self, ask: Ask, *states: str) -> list[Answer]:
        """The lines of a question: what helps in the order of time, all else in no order that tells whose they are."""
        found = [one for one in self.answers.values() if one.phase == ask.name and self.state_of(one) in states]
        return sorted(found, key=(lambda one: one.created_at) if ask.kind == "helps" else (lambda one: one.id))

    def shown(self, ask: Ask) -> list[Answer]:
        return [] if ask.kind == "rating" else self.lines(ask, SHOWN)

    # the facilitator -----------------------------------------------------------------------------

    def go(self, at: int) -> None:
        """Another phase, for all phones."""
        if 0 <= at < len(self.arc.phases) and at != self.at:
            self.at, self.began, self.extra = at, time.monotonic(), 0
            self.tell("phone", "board", "lead")

    def more_time(self) -> None:
        self.extra += MORE
        self.tell("lead")

    def read_aloud(self, on: bool) -> None:
        self.aloud = on
        self.tell("phone", "board", "lead")

    async def show(self, key: str, on: bool = True) -> None:
        """Shows a line to all, or keeps it back; its words stay as they are."""
        record = self.answers.get(key)
        if record is None:
            raise NotYours
        (self.kept_back.discard if on else self.kept_back.add)(key)
        if record.shown != on:
            await self._turn([record], on)
        self.tell("board", "phone", "lead")

    async def reveal(self, ask: Ask) -> None:
        """Shows what was hidden: all words that are not kept back; of ratings, the figure that may be seen."""
        if ask.kind == "rating":
            self._count(ask)
        else:
            await self._turn(self.lines(ask, WAITING), True)
        self.tell("board", "phone", "lead")

    def _count(self, ask: Ask) -> None:
        found = [one for one in self.answers.values() if one.phase == ask.name]
        if any(one.id in self._before for one in found):
            return
        given = {self._owners.get(one.id, one.id): int(one.text) for one in found}
        self.ratings[ask.name] = figures.bands(self.ratings.get(ask.name, figures.Shown()), given, self.joined())

    def count_dots(self) -> None:
        """Brings the figures beside what helps up to date, all at once."""
        given: dict[str, int] = {}
        for person in self.people.values():
            for key in person.dotted - self._before:
                given[key] = given.get(key, 0) + 1
        self.dots = {**self.dots, **figures.dots(self.dots, given, self.joined())}
        self.tell("board", "phone", "lead")

    async def _turn(self, found: Iterable[Answer], on: bool) -> None:
        new = [changed(one, shown=on, version=one.version + 1) for one in found]
        if new:
            await self.do(self.store.keep, *new)
            self.answers.update({one.id: one for one in new})

    async def enter(self, ask: Ask, text: str) -> None:
        """For somebody without a device."""
        await self._keep(self._answer(ask, uuid4().hex, text))
        if not ask.several:
            self.entered[ask.name] = self.entered.get(ask.name, 0) + 1

    async def note(self, ask: Ask, text: str) -> None:
        """A theme or a line of the facilitator's own, shown at once."""
        record = self._answer(ask, uuid4().hex, text)
        await self._keep(record)
        await self.show(record.id)

    def answered(self, key: str) -> None:
        self.calls = [one for one in self.calls if one.id != key]
        self.tell("lead")


def begun(store: Store, title: str, keep_until: date) -> Workshop:
    """The workshop of this name and day; one that was interrupted goes on."""
    for one in store.records(Workshop):
        if one.title == title and one.on == date.today():
            return one
    record = Workshop(title=title, keep_until=keep_until)
    store.keep(record)
    return record


def is_due(one: Workshop, today: date) -> bool:
    """Whether the day has come on which what was shared is deleted."""
    until = one.keep_until
    return until is not None and (until < today or until == today != one.on)
