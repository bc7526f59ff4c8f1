"""From what was noted to the pictures of it: here each measure meets its chart, for panels and reports alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from kit import charts, measures
from kit.charts import Picture
from kit.frames import CLIENT_KINDS

MOST_MARKS, MOST_PERIODS = 400, 110  # more marks run into each other, and take long to paint at each save


@dataclass(frozen=True)
class Story:
    """What was noted of one client, as frames, and how its pictures are read."""

    told: Mapping[str, pd.DataFrame]
    today: date
    own_words: Sequence[str] = ()
    for_coach: bool = False
    in_days: bool = False


def journeys(
    told: Mapping[str, pd.DataFrame],
    today: date,
    spans: Iterable[str],
    newest: str | None = None,
    own_words: Sequence[str] = (),
    most_rows: int | None = None,
) -> Iterator[tuple[str, Picture]]:
    """The journey over each span, one after the other, so that the first is on its way while the next is made.

    Where a span holds more than can be drawn well, weeks or months stand for it.
    """
    entries, check_ins = measures.journey(told, today), told["check_ins"]
    more = {"newest": newest, "own_words": own_words, "most_rows": most_rows}
    for span in spans:
        yield span, _journey(entries, check_ins, today, span, **more)


def _journey(entries: pd.DataFrame, check_ins: pd.DataFrame, today: date, span: str, **more: Any) -> Picture:
    since = charts.first_day(span, today)
    shown = charts.reaching(entries, since)
    if since is not None:  # a quiet line looks ten days back: what it needs is left in
        check_ins = check_ins[check_ins["on"] >= since - pd.Timedelta(days=11)]
    gathered = _gathered(shown)
    lines_by = measures.grain(check_ins["on"], *([2 * MOST_PERIODS] if gathered else []))
    lines = measures.by_period(check_ins, lines_by)
    return charts.journey(shown, lines, today, span, gathered=gathered, lines_by=lines_by, **more)


def _gathered(shown: pd.DataFrame) -> charts.Gathered | None:
    if len(shown) <= MOST_MARKS:
        return None
    every = measures.grain(shown["on"], MOST_PERIODS)
    return charts.Gathered(measures.gathered(shown, every), every)


def living_well(story: Story) -> list[Picture]:
    """Living well beside what I live with, over time and on a plane."""
    check_ins = story.told["check_ins"]
    every = measures.grain(check_ins["on"])
    daily = measures.by_period(check_ins, every, ratings=charts.BOTH)
    both = measures.living_with_symptoms(check_ins)
    return [
        charts.living(daily, both, story.own_words, every),
        charts.plane(measures.side_by_side(check_ins), both, story.own_words),
    ]


def finding_my_feet(story: Story) -> list[Picture]:
    """Each stretch over time, and from five on the curve: the days are the coach's, or are asked for."""
    found = measures.bounce_back(story.told["setbacks"], story.today)
    ongoing = found.episodes[found.episodes["ongoing"].astype(bool)]
    there = measures.meanwhile(story.told, ongoing["began_on"].min().date(), story.today) if len(ongoing) else None
    path = charts.finding_my_feet(found, story.today, there, story.own_words, story.for_coach, story.in_days)
    days = story.for_coach or story.in_days
    return [path, charts.feet_curve(found)] if days and found.n else [path]


def small_steps(story: Story) -> list[Picture]:
    """Done of planned, week by week."""
    weeks = story.told["step_weeks"]
    over = [(measures.kept_over(weeks), measures.kept_from(weeks))] if story.for_coach else []
    return [charts.small_steps(measures.steps_by_week(weeks), *over)]


def what_helped(story: Story) -> list[Picture]:
    """Tools by how much and how often they helped, and what fits what came before."""
    uses, tools = story.told["tool_uses"], story.told["tools"]
    return [tools_that_helped(story), charts.what_fits(measures.what_fits(uses, tools, story.told["setbacks"]))]


def tools_that_helped(story: Story) -> Picture:
    """Tools by how much and how often they helped; of therapy and medication only that they are there."""
    uses, tools = story.told["tool_uses"], story.told["tools"]
    return charts.what_helped(measures.what_helped(uses, tools), measures.listed_only(tools))


def came_before(story: Story) -> list[Picture]:
    """What came before setbacks, and how often it was not in the client's hands."""
    setbacks = story.told["setbacks"]
    found = measures.triggers(setbacks, story.told["tool_uses"], story.today, story.told["tools"])
    return [charts.came_before(found, len(setbacks), story.own_words, story.for_coach)]


def ladders(story: Story) -> list[Picture]:
    """Where I am on my own ladders."""
    return [charts.ladders(measures.ladders(story.told["aspirations"], story.told["ladder_marks"]))]


def showing_up(story: Story) -> list[Picture]:
    """Weeks that hold something of the client's."""
    days = measures.days_noted(story.told)
    return [charts.showing_up(measures.showing_up(days, story.today) if len(days) else None)]


def areas(story: Story) -> list[Picture]:
    """Which parts of life the milestones belong to: the coach's own view."""
    return [charts.areas(measures.areas(story.told["milestones"]))]


READ = tuple(kind.plural for kind in CLIENT_KINDS)
PICTURES: dict[str, Callable[[Story], list[Picture]]] = {
    one.__name__: one
    for one in (living_well, finding_my_feet, small_steps, what_helped, came_before, ladders, showing_up, areas)
}
