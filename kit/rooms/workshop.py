"""A workshop that is under way: where it is, who may do what, what was shared and what of it is shown."""

import contextlib
import time
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import uuid4

from kit.forms import FormError
from kit.records import Answer, SupportLine, Workshop, changed
from kit.rooms import disclosure
from kit.rooms.agenda import Agenda, Phase, Question
from kit.rooms.answers import WAITING, Answers
from kit.rooms.live import NotOwner
from kit.store import Store
from kit.words import KitError, _

EXTRA_MINUTES = 5  # minutes that a press gives


@dataclass
class Call:
    """ "Please come to me", or "I am stepping out"."""

    what: str
    nickname: str
    place: str
    of: str = field(default="", repr=False)  # whose phone it is; here, and nowhere else
    id: str = field(default_factory=lambda: uuid4().hex)


class LiveWorkshop(Answers):
    """One workshop, from joining to closing. Everything but the answers is in memory only."""

    def __init__(self, store: Store, record: Workshop, arc: Agenda, lot: Random = disclosure.RANDOM) -> None:
        super().__init__(store, record, arc, lot)
        self.at, self.began, self.extra = 0, time.monotonic(), 0
        self.is_read_aloud = False  # the support sheet is being read to all
        self.calls: list[Call] = []
        self.dots: dict[str, int] = {}

    # where we are --------------------------------------------------------------------------------

    @property
    def phase(self) -> Phase:
        return self.agenda.phases[self.at]

    def minutes_left(self) -> float:
        return self.phase.minutes + self.extra - (time.monotonic() - self.began) / 60

    def open_asks(self) -> list[Question]:
        """The questions that are open by now: those of this phase and of the earlier ones."""
        return [ask for at, ask in self.agenda.questions() if at <= self.at]

    def take_home(self) -> bool:
        return any(phase.take_home for phase in self.agenda.phases[: self.at + 1])

    def support_lines(self) -> list[SupportLine]:
        return self.store.records(SupportLine)

    def place(self) -> str:
        return str(self.at)

    # phones --------------------------------------------------------------------------------------

    def dot(self, token: str, key: str) -> None:
        """A dot beside a line that is shown; the second one changes nothing."""
        record = self.answers.get(key)
        if record is None or not record.shown:
            raise NotOwner
        self.people[token].dotted.add(key)

    def call(self, token: str, what: str, nickname: str, place: str) -> None:
        if what not in ("come", "out", "back"):
            raise NotOwner
        nickname, place = (" ".join(words.split())[:60] for words in (nickname, place))
        others = [one for one in self.calls if one.of != token or (one.what == "come") != (what == "come")]
        self.calls = [*others, Call(what, nickname, place, token)]  # nobody's call is crowded out by another phone's
        self.notify("lead")

    # the facilitator -----------------------------------------------------------------------------

    def set_phase(self, at: int) -> None:
        """Another phase, for all phones."""
        if 0 <= at < len(self.agenda.phases) and at != self.at:
            self.at, self.began, self.extra = at, time.monotonic(), 0
            self.notify("phone", "board", "lead")

    async def advance_to(self, at: int) -> None:
        """Another phase; with the one before, what waited for its questions is released."""
        self.set_phase(at)
        with contextlib.suppress(KitError):  # what cannot go to the book now waits on
            await self.release_all()

    def extend(self) -> None:
        self.extra += EXTRA_MINUTES
        self.notify("lead")

    def read_aloud(self, on: bool) -> None:
        self.is_read_aloud = on
        self.notify("phone", "board", "lead")

    async def reveal(self, ask: Question) -> None:
        """Shows what was hidden: all words that are not kept back; of ratings, the figure that may be seen."""
        async with self.lock:
            if ask.kind == "rating":
                await self._count(ask)
            else:
                await self.set_shown(self.lines(ask, WAITING), True)
        self.notify("board", "phone", "lead")

    async def _count(self, ask: Question) -> None:
        """The next figure of a question, as far as there may be one; what it counts is kept in no other form."""
        if ask.name in self.frozen:
            return
        given = self.staging.ratings(ask.name)
        numbers = {key: disclosure.band_value(text) for key, text in given.items()}
        earlier = self.ratings.get(ask.name, disclosure.Figure())
        figure = disclosure.next_figure(earlier, numbers, self.countable(), self.lot)
        if figure == earlier:
            return
        await self._keep_figure(ask, figure)
        for key in figure.people - earlier.people:
            self.counted[key] = disclosure.band_words(given[key])
            self.staging.waiting.pop(key, None)
        with contextlib.suppress(KitError):  # a figure that lies in the book is known there
            await self.staging.flush()

    async def _keep_figure(self, ask: Question, figure: disclosure.Figure) -> None:
        old, text = self.figures.get(ask.name), figure.text()
        record = changed(old, version=old.version + 1, text=text) if old else Answer(
            workshop=self.record.id, phase=ask.name, by="room", text=text, shown=True
        )  # fmt: skip
        await self.run_in_writer(self.store.save, record)
        self.figures[ask.name], self.ratings[ask.name] = record, figure

    def count_dots(self) -> None:
        """Brings the figures beside what helps up to date, all at once."""
        given: dict[str, int] = {}
        for person in self.people.values():
            for key in person.dotted - self.before:
                given[key] = given.get(key, 0) + 1
        self.dots = {**self.dots, **disclosure.next_dots(self.dots, given, self.countable())}
        self.notify("board", "phone", "lead")

    async def enter(self, ask: Question, text: str) -> Answer:
        """For somebody without a device; a number of theirs is in no figure, for a figure counts phones."""
        if ask.kind == "rating":
            raise FormError({"text": _("A number is given on a phone alone: a figure counts nobody else.")})
        record = self.read(ask, text)
        await self.run_in_writer(self.store.save, record)
        self.answers[record.id] = record
        self.notify("lead")
        return record

    async def note(self, ask: Question, text: str) -> None:
        """A theme or a line of the facilitator's own, shown at once."""
        await self.show((await self.enter(ask, text)).id)

    async def finish(self) -> None:
        """Nobody shares any more; all that waits goes to the book, figures included where there may be one."""
        self.end()
        with contextlib.suppress(KitError):  # what cannot go there now is released when it is read
            await self.staging.flush()
            await self.release_all()
            for ask in (ask for _at, ask in self.agenda.questions() if ask.kind == "rating"):
                await self.reveal(ask)
            if not self.staging.releasable_lines():
                self.staging.remove()

    def dismiss_call(self, key: str) -> None:
        self.calls = [one for one in self.calls if one.id != key]
        self.notify("lead")


def find_or_create(store: Store, title: str, keep_until: date) -> Workshop:
    """The workshop of this name and day; one that was interrupted goes on."""
    for one in store.records(Workshop):
        if one.title == title and one.on == date.today():
            return one
    record = Workshop(title=title, keep_until=keep_until)
    store.save(record)
    return record


def is_due(one: Workshop, today: date) -> bool:
    """Whether the day has come on which what was shared is deleted."""
    until = one.keep_until
    return until is not None and (until < today or until == today != one.on)
