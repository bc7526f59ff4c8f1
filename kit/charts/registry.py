"""From what was noted to the pictures of it: here each measure meets its chart, for panels and reports alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from kit import charts, measures
from kit.charts import Picture
from kit.frames import CLIENT_KINDS, filter_period, overlaps_period
from kit.words import _

MOST_MARKS, MOST_PERIODS = 400, 110  # more marks run into each other, and take long to paint at each save


@dataclass(frozen=True)
class Story:
    """All that was noted of one client, as frames, the time that is looked at, and how its pictures are read."""

    noted: Mapping[str, pd.DataFrame]
    today: date
    own_words: Sequence[str] = ()
    for_coach: bool = False
    in_days: bool = False
    since: date | None = None
    until: date | None = None
    span: str = "all"  # what the time is called, where it has a name

    @cached_property
    def told(self) -> Mapping[str, pd.DataFrame]:
        """What belongs to the time that is looked at."""
        return filter_period(self.noted, self.since, self.until) if self.is_part else self.noted

    @property
    def is_part(self) -> bool:
        return self.since is not None or self.until is not None


ABOUT = {
    "month": _("This is about the last month only."),
    "three months": _("This is about the last three months only."),
    "a year": _("This is about the last year only."),
}
NOT_THEN = {
    "month": _("Nothing noted here in the last month. What is from earlier is there when you look further back."),
    "three months": _(
        "Nothing noted here in the last three months. What is from earlier is there when you look further back."
    ),
    "a year": _("Nothing noted here in the last year. What is from earlier is there when you look further back."),
    "all": _("Nothing noted here in this time."),
}


def shown(of: Callable[[Story], list[Picture]], story: Story) -> list[Picture]:
    """The pictures of one question, true of their time: "none in these weeks" is not "none so far"."""
    made = of(story)
    if not story.is_part or of is ladders:  # where somebody is on a ladder holds until the next mark
        return made
    begun: list[Picture] = []
    if any(one.nothing_yet for one in made):
        begun = of(replace(story, since=None, until=None))
    at_all = [not one.nothing_yet for one in begun] + [False] * len(made)
    return [_of_its_time(one, story.span, ever) for one, ever in zip(made, at_all, strict=False)]


def _of_its_time(picture: Picture, span: str, ever: bool) -> Picture:
    if picture.nothing_yet:
        return replace(picture, sentence=NOT_THEN[span]) if ever else picture
    return replace(picture, sentence=f"{picture.sentence} {ABOUT[span]}") if picture.rows and span in ABOUT else picture


def journeys(
    told: Mapping[str, pd.DataFrame],
    today: date,
    spans: Iterable[str],
    newest: str | None = None,
    own_words: Sequence[str] = (),
    most_rows: int | None = None,
    since: date | None = None,
    is_part: bool = False,
) -> Iterator[tuple[str, Picture]]:
    """The journey over each span, one after the other, so that the first is on its way while the next is made.

    Where a span holds more than can be drawn well, weeks or months stand for it. With `is_part` there is more than what
    is `told` here, all of it `since` a day.
    """
    entries, check_ins = measures.journey(told, today), told["check_ins"]
    more = {"newest": newest, "own_words": own_words, "most_rows": most_rows}
    for span in spans:
        first = charts.first_day(span, today) or since
        yield span, _journey(entries, check_ins, today, span, first, is_part, **more)


def journey_of(story: Story) -> list[Picture]:
    """The journey over all of the time that is looked at."""
    found = journeys(
        story.told, story.today, ["all"], own_words=story.own_words, since=story.since, is_part=story.is_part
    )
    return [picture for _span, picture in found]


def _journey(
    entries: pd.DataFrame,
    check_ins: pd.DataFrame,
    today: date,
    span: str,
    since: date | None,
    is_part: bool,
    **more: Any,
) -> Picture:
    seen, noted = charts.entries_since(entries, since), check_ins
    if since is not None:  # a quiet line looks ten days back: what it needs is left in
        check_ins = check_ins[check_ins["on"] >= pd.Timestamp(since) - pd.Timedelta(days=11)]
    is_part |= len(seen) < len(entries) or len(check_ins) < len(noted)
    binned = _binned(seen)
    lines_by = measures.granularity(check_ins["on"], *([2 * MOST_PERIODS] if binned else []))
    lines = measures.by_period(check_ins, lines_by)
    more |= {"since": since, "is_part": is_part}
    return charts.journey(seen, lines, today, span, binned=binned, lines_by=lines_by, **more)


def _binned(shown: pd.DataFrame) -> charts.PeriodMarks | None:
    if len(shown) <= MOST_MARKS:
        return None
    every = measures.granularity(shown["on"], MOST_PERIODS)
    return charts.PeriodMarks(measures.entries_by_period(shown, every), every)


def living_well(story: Story) -> list[Picture]:
    """Living well beside what I live with, over time and on a plane."""
    check_ins = story.told["check_ins"]
    every = measures.granularity(check_ins["on"])
    daily = measures.by_period(check_ins, every, ratings=charts.BOTH)
    both, beside = measures.living_with_symptoms(check_ins), measures.paired_ratings(check_ins)
    counted = measures.paired_days_by_period(beside, daily["on"], every)
    return [charts.living(daily, both, story.own_words, every, counted), charts.plane(beside, both, story.own_words)]


def finding_my_feet(story: Story) -> list[Picture]:
    """Each setback over time, and from five stretches on the curve: the days are the coach's, or are asked for."""
    found = measures.bounce_back(story.told["setbacks"], story.today)
    goes_on = found.setbacks.loc[found.setbacks["ongoing"], "began_on"]
    there = [measures.meanwhile(story.told, began.date(), story.today) for began in goes_on]
    path = charts.finding_my_feet(found, story.today, there, story.own_words, story.for_coach, story.in_days)
    days = story.for_coach or story.in_days
    return [path, charts.survival_curve(found)] if days and found.n else [path]


def small_steps(story: Story) -> list[Picture]:
    """Done of planned, week by week."""
    weeks = story.told["step_weeks"]
    over = [(measures.kept_over(weeks), measures.kept_over_n(weeks))] if story.for_coach else []
    return [charts.small_steps(measures.steps_by_week(weeks), *over)]


def what_helped(story: Story) -> list[Picture]:
    """Tools by how much and how often they helped, and what fits what came before."""
    uses, tools = story.told["tool_uses"], story.told["tools"]
    return [*tools_that_helped(story), charts.what_fits(measures.what_fits(uses, tools, story.told["setbacks"]))]


def tools_that_helped(story: Story) -> list[Picture]:
    """Tools by how much and how often they helped; of therapy and medication only that they are there."""
    uses, tools = story.told["tool_uses"], story.told["tools"]
    return [charts.what_helped(measures.what_helped(uses, tools), measures.listed_only(tools))]


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
    days = measures.days_noted(story.noted)
    days = days[overlaps_period(days, days, story.since, story.until)]
    return [charts.showing_up(measures.showing_up(days, story.today) if len(days) else None)]


def areas(story: Story) -> list[Picture]:
    """Which parts of life the milestones belong to: the coach's own view."""
    return [charts.areas(measures.areas(story.told["milestones"]))]


READ = tuple(kind.plural for kind in CLIENT_KINDS)
PICTURES: dict[str, Callable[[Story], list[Picture]]] = {
    one.__name__: one
    for one in (living_well, finding_my_feet, small_steps, what_helped, came_before, ladders, showing_up, areas)
}
