"""Figures of a group, as words allow them: none below 15 people, three bands at most, nothing about fewer than five.

Whoever sees every figure, subtracts each from each, and knows how many people are in the room, still learns nothing
about fewer than five of them. So answers go into a figure in batches: a batch is taken only when each band that it adds
to grows by five or more, and when the people left out are nobody, or five and more. Which answers wait is drawn by lot.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random, SystemRandom
from typing import Any

from kit.words import _

MIN_GROUP = 15  # people, below which there are words only
MIN_CELL = 5
BANDS = ((0, 3), (4, 6), (7, 10))
RANDOM = SystemRandom()
_GROUPINGS: tuple[tuple[tuple[int, ...], ...], ...] = (((0,), (1,), (2,)), ((0, 1), (2,)), ((0,), (1, 2)))


@dataclass(frozen=True)
class Figure:
    """A figure that may be seen: (first, last value of a band, how many people), and whose answers are in it."""

    bands: tuple[tuple[int, int, int], ...] = ()
    people: frozenset[str] = field(default=frozenset(), repr=False)

    @property
    def n(self) -> int:
        return sum(count for *_ends, count in self.bands)

    def text(self) -> str:
        """As the book keeps it."""
        return ", ".join(f"{low}-{high}: {count}" for low, high, count in self.bands)


def parse_figure(text: str) -> Figure:
    """A figure out of the book; a single number, as an earlier kit kept it, is none."""
    found = tuple((int(low), int(high), int(n)) for low, high, n in re.findall(r"(\d+)-(\d+): (\d+)", text))
    return Figure(found, frozenset(f"in the book {number}" for number in range(sum(n for *_ends, n in found))))


def band_of(rating: int) -> str:
    """All that is kept of one rating."""
    return next(f"{low}-{high}" for low, high in BANDS if low <= rating <= high)


def band_value(text: str) -> int:
    """A number that stands for its band."""
    return int(text.partition("-")[0])


def band_words(text: str) -> str:
    low, _dash, high = text.partition("-")
    return _("{low} to {high}").format(low=low, high=high)


def next_figure(earlier: Figure, given: Mapping[str, int], joined: int, lot: Random = RANDOM) -> Figure:
    """The next figure of ratings: `given` holds those that wait, `joined` is how many people are in the room.

    Gives back `earlier` where the next one would tell something about fewer than five.
    """
    waiting = sorted(set(given) - earlier.people)
    taken = _sample(waiting, _max_batch(len(waiting), len(earlier.people), joined), lot)
    people = earlier.people | set(taken)
    if min(joined, len(people)) < MIN_GROUP or len(taken) < MIN_CELL:
        return earlier
    new = [sum(low <= given[one] <= high for one in taken) for low, high in BANDS]
    ways = [_with_limits(way) for way in _GROUPINGS]
    if earlier.bands:
        ways = [way for way in ways if [ends for ends, _of in way] == [tuple(band[:2]) for band in earlier.bands]]
    for way in ways:
        added = [sum(new[at] for at in of) for _ends, of in way]
        if min(added) >= MIN_CELL:
            before = [band[2] for band in earlier.bands] or [0] * len(way)
            counted = zip(way, added, before, strict=True)
            return Figure(tuple((*ends, more + less) for (ends, _of), more, less in counted), people)
    return earlier


def _with_limits(way: Sequence[Sequence[int]]) -> list[tuple[tuple[int, int], Sequence[int]]]:
    return [((BANDS[of[0]][0], BANDS[of[-1]][1]), of) for of in way]


def _max_batch(waiting: int, taken: int, joined: int) -> int:
    """How many of those who wait may be taken, so that nobody or at least five people are left out."""
    left = joined - taken - waiting
    return waiting if left <= 0 or left >= MIN_CELL else max(0, waiting - (MIN_CELL - left))


def _sample(waiting: Sequence[str], most: int, lot: Random) -> list[str]:
    return list(waiting) if most >= len(waiting) else lot.sample(list(waiting), most)


def next_dots(earlier: Mapping[str, int], given: Mapping[str, int], joined: int) -> dict[str, int]:
    """Line -> how many people set a dot beside it, of those lines of which it may be said; in no order of size."""
    found = {line: _next_dot_count(earlier.get(line, 0), count, joined) for line, count in given.items()}
    return {line: count for line, count in found.items() if count}


def _next_dot_count(earlier: int, given: int, joined: int) -> int:
    enough = joined >= MIN_GROUP and given - earlier >= MIN_CELL and (given == joined or joined - given >= MIN_CELL)
    return given if enough else earlier


def to_dicts(shown: Figure) -> list[dict[str, Any]]:
    """The bands as a page needs them."""
    return [{"low": low, "high": high, "count": count} for low, high, count in shown.bands]
