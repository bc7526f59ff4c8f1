"""Workshops at random, and somebody who holds all that lies on the disk and guesses who gave which line.

Whoever guesses has seen who pressed when, and how often; a third of the phones may work together with them. They hold
the book, its journal, what waits (with the key that opens it), copies made in the middle, and each page of the
facilitator's. For each release they lay the lines, in every order that they can find, beside the people in the order
in which these pressed.
"""

import asyncio
import json
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import sqrt
from random import Random
from uuid import uuid4

from kit import rooms
from kit.records import Answer, Workshop
from kit.rooms import agenda, staging
from kit.rooms.answers import MIN_PHONES
from kit.rooms.workshop import LiveWorkshop
from kit.store import Store
from kit.vault import keys

ASKS = {"word": 1, "small_win": 1, "shared": 3}  # question -> how many lines somebody gives at most
PHASES = {1: ("word", "small_win"), 3: ("shared",)}
AT_ONCE = 40  # workshops in one book


@dataclass
class Tally:
    """How often a way of guessing was right, beside how often it had to be."""

    right: int = 0
    chance: float = 0.0
    lines: int = 0
    spread: int = 0  # releases in which there was something to guess

    def add(self, right, lines):
        self.right, self.lines, self.chance = self.right + right, self.lines + lines, self.chance + 1
        self.spread += lines > 1

    def beyond(self):
        """By how many standard errors it was right more often than one in the honest people of its release."""
        return (self.right - self.chance) / sqrt(self.spread) if self.spread else 0.0


@dataclass
class Seen:
    """What somebody knows of one workshop: the presses, the releases as they came into view, what lay on the disk."""

    honest: set
    presses: list = field(default_factory=list)  # (person, question, text) in their order
    pages: list = field(default_factory=list)  # (what was pressed by then, the lines of each question in their order)
    waiting: list = field(default_factory=list)  # of each question the lines that waited when the disk was taken last
    disk: dict = field(default_factory=dict)  # way of guessing -> text -> where it stands


class AsItWas(LiveWorkshop):
    """The first version: each answer is kept at once, with its moment, under the name that its phone gave it."""

    async def share(self, token, ask, key, text):
        record = Answer(id=key, created_at=datetime.now(UTC), workshop=self.record.id, phase=ask.name, text=text)
        await self.run_in_writer(self.store.save, record)
        self.answers[key] = record
        self.notify("lead")

    def lines(self, ask, *states):
        return [one for one in self.answers.values() if one.phase == ask.name and self.state_of(one) in states]


async def held(store, lot, kind, number):
    """One workshop, from the first phone to the last word, or to a kill in the middle."""
    run = kind(
        store, Workshop(title=f"group {number}", keep_until=rooms.retention_date(30)), agenda.load(agenda.BUILT_IN)
    )
    store.save(run.record)
    people = [run.join() for _phone in range(lot.randint(3, 14))]
    for token in people:
        run.agree(token, "")
    seen = Seen(set(people[lot.randint(0, len(people) // 3) :]))
    killed = lot.random() < 0.25
    for phase, asks in PHASES.items():
        await run.advance_to(phase)
        await _answered(run, lot, seen, people, asks, killed and lot.random() < 0.5)
        _look(run, seen)
    if not killed:
        await run.finish()
        _look(run, seen)
    _seize(store, run, seen)
    run._writer.shutdown()
    return seen


async def _answered(run, lot, seen, people, asks, breaks_off):
    """People press one after the other, some of them at the same moment; meanwhile the facilitator does their part."""
    due = [(token, ask) for token in people for ask in asks for _line in range(lot.randint(0, ASKS[ask]))]
    lot.shuffle(due)
    for token, ask in due[: len(due) // 2 if breaks_off else len(due)]:
        text = f"line{lot.randrange(10**9):09d}."
        seen.presses.append((token, ask, text))
        await run.share(token, run.agenda.find(ask)[1], uuid4().hex, text)
        _look(run, seen)
        if lot.random() < 0.15:
            await _led(run, lot, ask)
            _look(run, seen)
        if lot.random() < 0.05:
            _seize(run.store, run, seen)


async def _led(run, lot, ask):
    lines = run.lines(run.agenda.find(ask)[1], "waiting", "shown")
    if lines and lot.random() < 0.7:
        await run.show(lot.choice(lines).id, lot.random() < 0.8)
    elif lot.random() < 0.3:
        await run.release(ask)
    else:
        await run.reveal(run.agenda.find("word")[1])


def _look(run, seen):
    page = {ask: [one.text for one in _page(run, ask)] for ask in ASKS}
    if not seen.pages or seen.pages[-1][1] != page:
        seen.pages.append((len(seen.presses), page))


def _page(run, ask):
    """As the facilitator's page has them: what waits for them, what is on the board, what they kept back."""
    return [one for state in ("waiting", "shown", "kept back") for one in run.lines(run.agenda.find(ask)[1], state)]


def _seize(store, run, seen):
    """All that lies on the disk at this moment; the earliest place of a line is kept, as in a copy made then."""
    with closing(store._engine.raw_connection()) as wire:
        book = wire.driver_connection
        rows = book.execute("SELECT rowid, id, created_at, text FROM answers WHERE workshop = ?", (run.record.id,))
        for rowid, key, at, text in rows.fetchall():
            _note(seen, "rowid", text, rowid)
            _note(seen, "id", text, key)
            _note(seen, "moment", text, at)
            told = book.execute("SELECT seq, at FROM history WHERE record = ? ORDER BY seq", (key,)).fetchall()
            _note(seen, "history", text, told[0][0])
            _note(seen, "history's moment", text, told[0][1])
    for name in ("", "-wal"):
        content = store.place.with_name(store.place.name + name).read_bytes()
        for _person, _ask, text in seen.presses:
            place = content.find(text.encode())
            if place >= 0:
                _note(seen, f"bytes{name}", text, place)
    file = staging.path_for(run.record.id)
    if file.exists():
        sealing = keys.derive(store.derivation_secret(), staging.KEY_PURPOSE + run.record.id.encode())
        told = json.loads(keys.decrypt(sealing, file.read_bytes()))
        for place, one in enumerate(told):
            _note(seen, "what waits", one["text"], place)
        seen.waiting = [[one["text"] for one in told if one["ask"] == ask] for ask in ASKS]


def _note(seen, way, text, place):
    seen.disk.setdefault(way, {}).setdefault(text, place)


def guessed(seen, lot, tallies, together):
    """Each release that came into view, guessed in every way; those with one line of each honest phone count."""
    whose = {text: person for person, _ask, text in seen.presses}
    pages = {text: place for _at, page in seen.pages for some in page.values() for place, text in enumerate(some)}
    ways = {**seen.disk, "page": pages}
    for lines in [*together(seen), *seen.waiting]:
        honest = [text for text in lines if whose[text] in seen.honest]
        people = [person for person, _ask, text in seen.presses if text in honest]
        if len(set(people)) < len(people) or not people:
            continue
        for way, places in ways.items():
            if all(text in places for text in honest):
                mixed = lot.sample(honest, len(honest))
                order = sorted(mixed, key=lambda text, places=places: places[text])
                right = sum(whose[text] == person for text, person in zip(order, people, strict=True))
                tallies.setdefault(way, Tally()).add(right, len(honest))


def releases(seen):
    """The lines that came into view together."""
    before = {ask: set() for ask in ASKS}
    for _at, page in seen.pages:
        for ask, lines in page.items():
            new = [text for text in lines if text not in before[ask]]
            before[ask] |= set(new)
            if new:
                yield new


def fours(seen):
    """What would be released together: for a room in which each line is in view at once."""
    for ask in ASKS:
        lines = [text for _person, one, text in seen.presses if one == ask]
        yield from (lines[at : at + MIN_PHONES] for at in range(0, len(lines), MIN_PHONES))


def guess(folder, seed, how_many, kind=LiveWorkshop):
    """Way of guessing -> its tally, over so many workshops; how many lines each release held at least."""
    lot, tallies, sizes = Random(seed), {}, Counter()
    for first in range(0, how_many, AT_ONCE):
        with closing(Store(folder / f"{seed}-{first}.book")) as store:
            for number in range(first, min(first + AT_ONCE, how_many)):
                seen = asyncio.run(held(store, lot, kind, number))
                guessed(seen, lot, tallies, fours if kind is AsItWas else releases)
                sizes.update(len(one) for one in releases(seen))
    return tallies, sizes
