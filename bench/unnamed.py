"""2,000 invented workshops, and somebody who holds all that lies on the disk and guesses who gave which line.

KIT_ROOM is how much of it is run: 1 is all of it.
"""

import contextlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bench.figures import Finding
from kit import places
from kit.words import _

MUCH = float(os.environ.get("KIT_ROOM", "1"))
WORKSHOPS, AT_ONCE, CONTROL, CALLS = 2_000, 40, 40, 130
MOST = 3.0  # standard errors


def measure() -> list[Finding]:
    batches = max(1, round(WORKSHOPS * MUCH / AT_ONCE))
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn")) as pool:
        found = [one for some in pool.map(_guessed, range(batches)) for one in some]
    as_it_was = {way: (right, lines) for way, right, lines, *_rest in _guessed(0, CONTROL, control=True)}
    return [*map(_way, _summed(found)), _control(as_it_was), _killed()]


def _guessed(seed: int, how_many: int = AT_ONCE, control: bool = False) -> list[tuple[str, int, int, float, int]]:
    """Way of guessing, how often it was right, of how many lines, how often by chance, in how many releases."""
    guessing = _from_tests("guessing")
    kind = guessing.AsItWas if control else guessing.Run
    with _home() as home:
        tallies, _sizes = guessing.guess(home, seed, how_many, kind)
    return [(way, one.right, one.lines, one.chance, one.spread) for way, one in tallies.items()]


def _summed(found: list[tuple[str, int, int, float, int]]) -> Iterator[tuple[str, Any]]:
    tally = _from_tests("guessing").Tally
    for way in sorted({one[0] for one in found}):
        mine = [one[1:] for one in found if one[0] == way]
        right, lines, chance, spread = (sum(column) for column in zip(*mine, strict=True))
        yield way, tally(right, chance, lines, spread)


def _way(found: tuple[str, Any]) -> Finding:
    way, one = found
    aim = _("Aim: {way} names people no more often than one in the honest people of a release.").format(way=way)
    told = _("Here: {right} of {lines} right, {chance:.0f} by chance ({beyond:+.1f} standard errors).")
    said = told.format(right=one.right, lines=one.lines, chance=one.chance, beyond=one.beyond())
    return Finding([], aim, one.beyond() <= MOST, said)


def _control(found: dict[str, tuple[int, int]]) -> Finding:
    aim = _("Aim: the same guesser names nearly everybody where the order of arrival is kept.")
    told = ", ".join(f"{way} {right}/{lines}" for way, (right, lines) in sorted(found.items()))
    met = all(found[way][0] > 0.9 * found[way][1] for way in ("rowid", "moment", "history"))
    return Finding([], aim, met, _("Here: {told}.").format(told=told))


def _killed() -> Finding:
    """A workshop, killed at each write and each sync that it makes."""
    killed = _from_tests("killed")
    with _home() as home:
        told = killed.killed_at(home, range(1, CALLS))
        lost, doubled, kept = 0, 0, 0
        for nth, (said, _was) in told.items():
            there = Counter(killed.lies_there(home / str(nth), nth))
            mine = {text for what, text in said if what == "kept"} - {text for what, text in said if what != "kept"}
            mine -= {killed.TAKEN_BACK}
            lost, kept = lost + sum(not there[text] for text in mine), kept + len(mine)
            doubled += sum(count > 1 for count in there.values())
    aim = _("Aim: a kill loses nothing that was acknowledged, and doubles nothing.")
    words = _("Here: {kills} kills, {kept} acknowledged lines, {lost} lost, {doubled} doubled.")
    kills = sum(was for _said, was in told.values())
    return Finding([], aim, not (lost or doubled), words.format(kills=kills, kept=kept, lost=lost, doubled=doubled))


def _from_tests(name: str) -> Any:
    sys.path.insert(0, str(places.ROOT / "tests"))
    return import_module(name)


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """A folder of its own for the kit."""
    with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, KIT_HOME=folder):
        yield Path(folder)
