"""Workshops at random, a board, and somebody who keeps every frame of it and subtracts each figure from each."""

import asyncio
import re
from contextlib import asynccontextmanager, suppress
from itertools import combinations
from random import Random
from uuid import uuid4

from networks import Phone
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from kit import rooms
from kit.forms import FormError
from kit.records import Answer, Workshop
from kit.rooms import agenda, web_server
from kit.rooms.access_codes import AccessCodes
from kit.rooms.handlers import Room
from kit.rooms.workshop import LiveWorkshop

ENOUGH, FEW = 15, 5
RATING, HELPS, WORD, LINES = "energy", "helps", "word", "shared"


class Shelf:
    """A book that keeps nothing beyond the test; what it is asked for, a room asks of its store."""

    def __init__(self):
        self.kept = {}

    def records(self, kind, *_client, **_equal):
        return list(self.kept.values()) if kind is Answer else []

    def save(self, *records):
        self.kept |= {one.id: one for one in records}

    def purge(self, record):
        self.kept.pop(record.id, None)

    def derivation_secret(self):
        return bytes(32)


class Workshops:
    """One workshop after the other, on one server; a frame is the board's page with what everybody in it can count."""

    def __init__(self, lot):
        self.lot, self.arc = lot, agenda.load(agenda.BUILT_IN)
        self.room = Room("workshop", "Tuesday group", AccessCodes(), "http://127.0.0.1", frozenset({"127.0.0.1"}), None)

    @asynccontextmanager
    async def served(self):
        self.run = None
        self.begin(Shelf())
        [wire, *_more] = listening = bind_sockets(0, "127.0.0.1")
        server = HTTPServer(web_server.application(self.room))
        server.add_sockets(listening)
        self.board = await Phone(wire.getsockname()[1]).open(f"/board/{self.room.codes.board}")
        try:
            yield self
        finally:
            server.stop()

    def begin(self, shelf, record=None):
        """A run on what was kept so far, as after an interruption."""
        if self.run:
            self.run._writer.shutdown(wait=False)
        self.shelf, self.record = shelf, record or Workshop(title="Tuesday group", keep_until=rooms.retention_date(30))
        self.run = self.room.run = LiveWorkshop(shelf, self.record, self.arc)

    async def frames(self, steps):
        """A whole workshop: people come, answer, change their minds and go; lines are shown and kept back."""
        self.begin(Shelf())
        self.tokens, self.seen, self.shown, self.heads = [], [], set(), 0
        size = self.lot.choice([8, 14, 15, 16, 18, 22, 30, 45])
        for _one in range(size - self.lot.randint(0, min(size, 6))):
            self._come()
        self.run.set_phase(4)
        acts = self.lot.choices([name for name, _often in ACTS], [often for _name, often in ACTS], k=steps)
        for act in acts:
            with suppress(FormError):
                await act(self)
        return self.seen

    def _come(self):
        self.run.set_headcount(str(self.heads + 1))
        token = self.run.join()
        self.run.agree(token, "")
        self.tokens.append(token)
        self.heads += 1

    async def come(self):
        for _one in range(self.lot.choice([1, 1, 2, 5, 12, 25])):
            self._come()

    async def leave(self):
        """A phone that is not heard of any more."""
        if len(self.tokens) > 3:
            self.tokens.remove(self.lot.choice(self.tokens))

    async def rate(self):
        lean = self.lot.choice([range(11), range(11), [1, 2, 9], [9]])
        await self._all_share([(token, RATING, str(self.lot.choice(lean))) for token in self._some()])

    async def rate_anew(self):
        """A change of mind, as far as it is open."""
        for token in self._some():
            for one in self.run.mine(token, self._ask(RATING)):
                await self.run.take_back(token, one.id)
                await self._share(token, RATING, str(self.lot.randrange(11)))

    async def write(self):
        asks = [HELPS, LINES, WORD]
        await self._all_share(
            [(token, self.lot.choice(asks), f"mark{self.lot.randrange(10**9)}.") for token in self._some()[:4]]
        )

    async def ask_for_what_waits(self):
        await self.run.release_all()

    async def dot(self):
        lines = self.run.shown(self._ask(HELPS))
        for token in self._some() if lines else ():
            self.run.dot(token, self.lot.choice(lines).id)

    async def enter(self):
        """Somebody without a device; they are in no figure, for they have no number."""
        await self.run.enter(self._ask(HELPS), f"mark{self.lot.randrange(10**9)}.")

    async def show(self):
        lines = list(self.run.answers.values())
        for one in self.lot.sample(lines, min(len(lines), 3)):
            await self.run.show(one.id, self.lot.random() < 0.7)
        await self.look()

    async def reveal(self):
        await self.run.reveal(self._ask(self.lot.choice([RATING, RATING, RATING, WORD])))
        await self.look()

    async def count_dots(self):
        self.run.count_dots()
        await self.look()

    async def move(self):
        self.run.set_phase(self.lot.choice([1, 4]))
        await self.look()

    async def interrupt(self):
        """The room is opened anew: phones come in again, and the board is as it was."""
        at, here = self.run.at, len(self.tokens)
        self.begin(self.shelf, self.record)
        self.tokens, self.heads = [], 0
        for _one in range(here):
            self._come()
        self.run.set_phase(at)
        await self.look()

    async def look(self):
        """A frame of each phase that has figures, as somebody in the room keeps it."""
        was = self.run.at
        for at in (was, {1: 4, 4: 1}.get(was, was)):
            self.run.at = at
            page = (await self.board.open("/board")).page
            assert self.board.status == 200
            self.seen.append(Frame(page, self.heads, {one.text for one in self.shelf.kept.values() if one.shown}))
        self.run.at = was

    def _some(self):
        return self.lot.sample(self.tokens, self.lot.randint(0, len(self.tokens)))

    def _ask(self, name):
        return self.arc.find(name)[1]

    async def _share(self, token, ask, text):
        await self.run.share(token, self._ask(ask), uuid4().hex, text)

    async def _all_share(self, sent):
        """At the same moment."""
        await asyncio.gather(*(self._share(*one) for one in sent), return_exceptions=True)


ACTS = [
    (Workshops.come, 3), (Workshops.leave, 1), (Workshops.rate, 5), (Workshops.rate_anew, 1), (Workshops.write, 2),
    (Workshops.dot, 4), (Workshops.enter, 1), (Workshops.show, 3), (Workshops.reveal, 5), (Workshops.count_dots, 3),
    (Workshops.ask_for_what_waits, 2), (Workshops.move, 1), (Workshops.interrupt, 0.3),
]  # fmt: skip


class Frame:
    """What one look at the board tells: the figures, the lines, and how many people are in the room by then."""

    def __init__(self, page, heads, revealed):
        self.heads, self.revealed = heads, revealed
        self.marks = set(re.findall(r"mark\d+\.", page))
        rows = re.findall(r'<th scope="row">(\d+) to (\d+)</th>.*?<td>(\d+)</td>', page, re.DOTALL)
        self.bands = [(int(low), int(high), int(count)) for low, high, count in rows]
        dotted = re.findall(r"(mark\d+\.)\s*<span class=\"dots\">● (\d+)", page)
        self.dots = {line: int(count) for line, count in dotted}

    def spans(self):
        """(first, last value) -> how many, of each run of neighbouring bands."""
        found = {}
        for at in range(len(self.bands)):
            for to in range(at, len(self.bands)):
                ends = self.bands[at][0], self.bands[to][1]
                found[ends] = sum(count for *_ends, count in self.bands[at : to + 1])
        return found

    def figures(self):
        return self.spans() | self.dots


def told(frames):
    """What somebody who has all frames learns about fewer than five people, and every figure in too small a room."""
    found = []
    for one in frames:
        figures = one.figures()
        found += [("a small room", one.heads, name) for name in figures if one.heads < ENOUGH]
        found += [("a figure", name, count) for name, count in figures.items() if count < FEW]
    return [*found, *_differences(frames), *_complements(frames)]


def _differences(frames):
    """The same figure at two moments: what came between them."""
    different = list({tuple(sorted(one.spans().items())): one.spans() for one in frames}.values())
    dots = list({tuple(sorted(one.dots.items())): one.dots for one in frames}.values())
    for figures in (different, dots):
        for earlier, later in combinations(figures, 2):
            for name in earlier.keys() & later.keys():
                if 0 < abs(later[name] - earlier[name]) < FEW:
                    yield "a difference", name, earlier[name], later[name]


def _complements(frames):
    """Those in the room whom a figure leaves out, at the moment at which it comes; whoever joins later is no secret."""
    known = {}
    for one in frames:
        whole = {"all": sum(count for *_ends, count in one.bands)} if one.bands else {}
        for name, count in {**whole, **one.dots}.items():
            if known.get(name) != count and 0 < one.heads - count < FEW:
                yield "a complement", name, one.heads, count
            known[name] = count


async def watched(seed, how_many, steps=40):
    """All frames of so many workshops, and how many of them held a figure."""
    async with Workshops(Random(seed)).served() as workshops:
        return [await workshops.frames(steps) for _workshop in range(how_many)]


def watch(seed, how_many, steps=40):
    return asyncio.run(watched(seed, how_many, steps))
