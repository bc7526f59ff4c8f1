"""A time that holds more marks than can be drawn well: a mark stands for all of a week or month, larger for more."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from kit.charts.picture import as_days, escaped, iso_days
from kit.measures.timeline import Every
from kit.words import _, day_words, one_or_many


def period_traces(
    binned: pd.DataFrame, every: Every, looks: Mapping[str, Mapping[str, Any]], at: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Lane -> trace; `marks` is `measures.entries_by_period(entries, every)`, each lane has its look and its height."""
    lanes, *columns = (binned[name].to_numpy() for name in ("lane", "period", "on", "n", "texts"))
    found = {lane: np.flatnonzero(lanes == lane) for lane in looks}
    return {
        lane: _period_trace([column[places] for column in columns], lane, every, looks[lane], at[lane])
        for lane, places in found.items()
        if len(places)
    }


def _period_trace(
    columns: Sequence[np.ndarray], lane: str, every: Every, look: Mapping[str, Any], at: float
) -> dict[str, Any]:
    period, on, n, texts = columns
    periods = [_period_words(first, every) for first in as_days(period).tolist()]
    told = zip(periods, n.tolist(), texts.tolist(), strict=True)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": iso_days(on),
        "y": [at] * len(on),
        "marker": {**look, "size": _sizes(n, look["size"]), "opacity": 1},
        "hovertext": [_hover(period, _count_words(lane, n), texts, n) for period, n, texts in told],
        "hoverinfo": "text",
        "cliponaxis": False,
        "showlegend": False,
    }


def _sizes(n: np.ndarray, size: float) -> list[float]:
    """Smaller than a mark for one thing, as they stand close; one alone is still seen."""
    return (size * (0.4 + 0.4 * np.sqrt(n / n.max()))).round(1).tolist()


@cache
def _period_words(first: date, every: Every) -> str:
    if every == "quarter":
        return f"{first:%b} \u2013 {first.replace(month=first.month + 2):%b %Y}"
    if every == "month":
        return f"{first:%b %Y}"
    words = _("the week of {day}") if every == "week" else "{day}"
    return words.format(day=day_words(first))


def _hover(period: str, counted: str, texts: Sequence[str], n: int) -> str:
    named = [escaped(text) for text in texts if text]
    more = n - len(texts)
    others = [_("and {n} more, in the table").format(n=more)] if more > 0 else []
    return "<br>".join([f"{counted}, {period}", *named, *others])


@cache
def _count_words(lane: str, n: int) -> str:
    return COUNT_WORDS[lane](n).format(n=n)


COUNT_WORDS: dict[str, Callable[[int], str]] = {
    "milestone": lambda n: one_or_many("{n} milestone", "{n} milestones", n),
    "win": lambda n: one_or_many("{n} small win", "{n} small wins", n),
    "spark": lambda n: one_or_many("{n} spark of joy", "{n} sparks of joy", n),
    "session": lambda n: one_or_many("{n} session", "{n} sessions", n),
}
