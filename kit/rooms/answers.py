"""What people share in a workshop: kept once, without a name, in the book only among what others shared.

Who gave an answer is known to this process, so that one's own lines can be taken back, and ends with it.
"""

import asyncio
import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from kit.forms import Form, FormError
from kit.records import Answer, Workshop, changed
from kit.rooms import disclosure, staging
from kit.rooms.agenda import MAX_LENGTHS, SINGLE_LINE_KINDS, Agenda, Question
from kit.rooms.live import NotOwner
from kit.rooms.seats import Seats
from kit.rooms.staging import StagedAnswer
from kit.store import Store
from kit.words import KitError, _

MIN_PHONES = 4  # phones that each have given a line, before any of these is seen
MAX_LINES = 30  # that one phone shares for one question
WAITING, SHOWN, KEPT_BACK = "waiting", "shown", "kept back"


@dataclass(frozen=True)
class OwnAnswer:
    """An answer as the phone that gave it sees it; `id` is the phone's own name for it, which the book never holds."""

    id: str
    text: str
    shown: bool = False
    may_take_back: bool = False


class Answers(Seats):
    """The answers of one workshop: those that wait, and those that were released."""

    def __init__(self, store: Store, record: Workshop, arc: Agenda, lot: Random = disclosure.RANDOM) -> None:
        super().__init__()
        self.store, self.record, self.agenda, self.lot = store, record, arc, lot
        self.staging = staging.Staging(store, record.id, self.run_in_writer, lot)
        self.answers: dict[str, Answer] = {}  # those in the book, but for numbers
        self.kept_back: set[str] = set()
        self.asked: dict[str, int] = {}  # question -> how many lines waited when the facilitator asked
        self.ratings: dict[str, disclosure.Figure] = {}
        self.figures: dict[str, Answer] = {}  # question -> its figure in the book
        self._owners: dict[str, str] = {}  # a phone's name for an answer -> whose phone it is
        self._released: dict[str, str] = {}  # a phone's name for an answer -> the book's
        self.counted: dict[str, str] = {}  # a phone's name for a rating that is in a figure -> its band
        self._saving: dict[str, asyncio.Future] = {}
        self._gone: set[str] = set()  # taken back: a late copy brings nothing back
        self.lock = asyncio.Lock()  # what is being released is not taken back or shown at the same time
        self._resume(store.records(Answer, workshop=record.id))
        self.before = frozenset(self.answers)  # of them a figure may have been seen that nobody here knows any more

    def _resume(self, found: list[Answer]) -> None:
        """What an earlier run of this workshop has left: in the book, and waiting."""
        self.answers = {one.id: one for one in found if not self._is_rating(one.phase)}
        for one in found:
            if self._is_rating(one.phase):
                self.figures[one.phase] = one
                self.ratings[one.phase] = disclosure.parse_figure(one.text)
        there = {one.id for one in found}
        waiting = self.staging.waiting.values()
        done = [one.key for one in waiting if one.id in there or one.ask in self.figures]
        for key in done:
            del self.staging.waiting[key]
        self.frozen = frozenset(self.figures)

    def _is_rating(self, name: str) -> bool:
        found = self.agenda.find(name)
        return bool(found and found[1].kind == "rating")

    # phones --------------------------------------------------------------------------------------

    async def share(self, token: str, ask: Question, key: str, text: str) -> None:
        """Keeps an answer once, however often it is sent; one that was taken back since stays away."""
        person, owner = self.people[token], self._owners.get(key)
        if owner not in (None, token) or key in self.answers:
            raise NotOwner
        if key in self._gone:
            return
        if owner is None:
            mine = person.kept.get(ask.name, [])
            if ask.is_list and len(mine) >= MAX_LINES:
                sentence = _("{most} lines are kept from one phone. To share this one, take an earlier line back.")
                raise FormError({"text": sentence.format(most=MAX_LINES)})
            if mine and not ask.is_list:
                return
            record = self.read(ask, text)
            self._owners[key] = token
            person.kept[ask.name] = [*mine, key]
            one = StagedAnswer(key, record.id, ask.name, record.text, ask.kind == "rating")
            self._saving[key] = asyncio.ensure_future(self._stage(one))
        await self._kept(key, token, ask)

    async def _kept(self, key: str, token: str, ask: Question) -> None:
        if key in self._saving:
            try:
                await asyncio.shield(self._saving[key])
            except KitError:  # a full disk: it may be sent again
                if self._owners.pop(key, None) and token in self.people:
                    self.people[token].kept[ask.name].remove(key)
                raise
            finally:
                self._saving.pop(key, None)

    async def _stage(self, one: StagedAnswer) -> None:
        if one.rating:  # whoever rated before an interruption is asked anew
            found = [old.key for old in self.staging.waiting.values() if old.ask == one.ask]
            for key in found:
                if key not in self._owners:
                    del self.staging.waiting[key]
        self.staging.waiting[one.key] = one
        try:
            await self.staging.flush()
        except KitError:
            if one.key not in self.staging.on_disk:  # else a later rewriting has taken it along
                self.staging.waiting.pop(one.key, None)
                raise
        with contextlib.suppress(KitError):  # what cannot go to the book now waits on
            await self._release(one.ask)

    def read(self, ask: Question, text: str) -> Answer:
        """What was typed, as a record; raises Unfit with a sentence for the page."""
        form = Form(Answer, ("text",), fixed={"phase": ask.name, "by": "room"}, audience="group")
        lines = [" ".join(line.split()) for line in text.splitlines()]
        text = "\n".join(lines).strip() if ask.kind not in SINGLE_LINE_KINDS else " ".join(filter(None, lines))
        if ask.kind == "rating":
            text = self._band(text)
        if len(text) > MAX_LENGTHS.get(ask.kind, 280):
            most = MAX_LENGTHS.get(ask.kind, 280)
            raise FormError({"text": _("At most {most} characters fit here. Please shorten it.").format(most=most)})
        return form.to_records({"text": text}, workshop=self.record.id)[0]  # type: ignore[return-value]

    def _band(self, text: str) -> str:
        if text not in [str(number) for number in range(11)]:
            raise FormError({"text": _("Please choose a number from 0 to 10, or pass.")})
        return disclosure.band_of(int(text))

    async def take_back(self, token: str, key: str) -> None:
        """Takes one's own line back, as long as it is not shown."""
        if self._owners.get(key) != token:
            raise NotOwner
        kept = self.people[token].kept
        async with self.lock:
            one, record = self.staging.waiting.get(key), self.answers.get(self._released.get(key, ""))
            if one:
                await self._take_out(kept[one.ask], one)
            elif record and not record.shown:
                await self._take_out_of_book(kept[record.phase], key, record)

    async def _take_out(self, mine: list[str], one: StagedAnswer) -> None:
        self._gone.add(one.key)
        del self.staging.waiting[one.key]
        mine.remove(one.key)
        try:
            await self.staging.flush()
        except KitError:
            self._gone.discard(one.key)
            self.staging.waiting[one.key] = one
            mine.append(one.key)
            raise

    async def _take_out_of_book(self, mine: list[str], key: str, record: Answer) -> None:
        self._gone.add(key)
        del self.answers[record.id]  # before it is written: meanwhile a copy of this press finds nothing
        mine.remove(key)
        try:
            await self.run_in_writer(self.store.purge, record)
        except KitError:
            self._gone.discard(key)
            self.answers[record.id] = record
            mine.append(key)
            raise
        self.notify("lead")

    def mine(self, token: str, ask: Question) -> list[OwnAnswer]:
        return [one for key in self.people[token].kept.get(ask.name, []) for one in self._as_seen(key)]

    def _as_seen(self, key: str) -> Iterable[OwnAnswer]:
        record, one = self.answers.get(self._released.get(key, "")), self.staging.waiting.get(key)
        if record:
            yield OwnAnswer(key, record.text, record.shown, not record.shown)
        elif one:
            yield OwnAnswer(key, disclosure.band_words(one.text) if one.rating else one.text, may_take_back=True)
        elif key in self.counted:
            yield OwnAnswer(key, self.counted[key])

    # releases ------------------------------------------------------------------------------------

    def waits(self, ask: Question) -> int:
        """How many lines wait; told when the facilitator asks, so that no single line shows by its coming."""
        return sum(one.ask == ask.name for one in self.staging.releasable_lines())

    def ask_for(self, ask: Question) -> None:
        self.asked[ask.name] = self.waits(ask)
        self.notify("lead")

    async def release(self, *asks: str) -> None:
        """Whatever waits for these questions, however little it is."""
        for ask in asks:
            await self._release(ask, fewest=0)

    async def release_all(self) -> None:
        await self.release(*{one.ask for one in self.staging.waiting.values()})

    async def _release(self, ask: str, fewest: int = MIN_PHONES) -> None:
        """One line of each phone, as soon as enough have given one; with `fewest` 0 all lines of all of them."""
        async with self.lock:
            while some := self._due(ask, fewest):
                await self._move(some)
                self.asked.pop(ask, None)
                self.notify("lead")

    def _due(self, ask: str, fewest: int) -> list[StagedAnswer]:
        by_phone: dict[str, list[StagedAnswer]] = {}
        waiting = [one for one in self.staging.releasable_lines() if one.ask == ask]
        for one in waiting:
            by_phone.setdefault(self._owners.get(one.key, ""), []).append(one)
        nobodys = by_phone.pop("", [])  # left by an earlier run: they go along
        if not fewest:
            return waiting
        return [] if len(by_phone) < fewest else [*nobodys, *map(self.lot.choice, by_phone.values())]

    async def _move(self, some: list[StagedAnswer]) -> None:
        """In one change of the book, in an order that is drawn by lot."""
        records = [one.record(self.record.id) for one in self.lot.sample(some, len(some))]
        await self.run_in_writer(self.store.save, *records)
        self.answers |= {one.id: one for one in records}
        for one in some:
            del self.staging.waiting[one.key]
            self._released[one.key] = one.id
        with contextlib.suppress(KitError):  # what lies in the book is known there by its id
            await self.staging.flush()

    # what is shown -------------------------------------------------------------------------------

    def state_of(self, record: Answer) -> str:
        if record.shown:
            return SHOWN
        return KEPT_BACK if record.id in self.kept_back else WAITING

    def lines(self, ask: Question, *states: str) -> list[Answer]:
        """The lines of a question that were released; an id is drawn by lot, so each has its place and keeps it."""
        found = (one for one in self.answers.values() if one.phase == ask.name and self.state_of(one) in states)
        return sorted(found, key=lambda one: one.id)

    def shown(self, ask: Question) -> list[Answer]:
        return self.lines(ask, SHOWN)

    async def show(self, key: str, on: bool = True) -> None:
        """Shows a line to all, or keeps it back; its words stay as they are."""
        async with self.lock:
            record = self.answers.get(key)
            if record is None:
                raise NotOwner
            (self.kept_back.discard if on else self.kept_back.add)(key)
            if record.shown != on:
                await self.set_shown([record], on)
        self.notify("board", "phone", "lead")

    async def set_shown(self, found: Iterable[Answer], on: bool) -> None:
        new = [changed(one, shown=on, version=one.version + 1) for one in found]
        if new:
            await self.run_in_writer(self.store.save, *new)
            self.answers.update({one.id: one for one in new})
