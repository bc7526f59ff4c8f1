"""Showing up: the weeks that hold something, piled up month by month; it never resets."""

from collections import Counter
from typing import Any

import pandas as pd

from kit.charts.picture import (
    Picture,
    as_days,
    base_layout,
    day_texts,
    hidden_axis,
    marker_trace,
    nothing_yet,
    time_axis,
    without_figure,
)
from kit.words import _, one_or_many

WEEK: dict[str, Any] = {"color": "var(--kit-action)", "symbol": "circle", "size": 11}


def showing_up(weeks: pd.DataFrame | None) -> Picture:
    """A dot for each week that holds something; out of how many weeks stands in the table alone.

    `weeks` is `measures.showing_up(measures.days_noted(frames), today)`, or None while nothing is noted at all.
    """
    if weeks is None or weeks.empty:
        return nothing_yet(_("Nothing is noted yet. It starts with the first thing."))
    n = int(weeks["weeks"].iloc[-1])
    sentence = one_or_many("{n} week holds something of yours.", "{n} weeks hold something of yours.", n).format(n=n)
    columns = [_("Week that began on"), _("Entries"), _("Weeks so far that hold something")]
    out_of = [_("{n} of {all}").format(n=k, all=row) for row, k in enumerate(weeks["weeks"].tolist(), 1)]
    rows = [list(row) for row in zip(day_texts(weeks["week_of"]), weeks["entries"].astype(str), out_of, strict=True)]
    held = weeks[weeks["entries"] > 0]
    if n < 2:
        return without_figure(sentence, columns, rows[::-1])
    return Picture(sentence, columns, rows[::-1], [_dots(held)], _layout(held))


def _dots(held: pd.DataFrame) -> dict[str, Any]:
    """Each month is a pile: its first week lies at the bottom, whatever day that is."""
    months = as_days(held["week_of"]).astype("datetime64[M]")
    piles: Counter = Counter()
    heights = []
    for month in months.tolist():
        piles[month] += 1
        heights.append(piles[month])
    hovers = [
        f"{day}<br>{one_or_many('{n} entry', '{n} entries', n).format(n=n)}"
        for day, n in zip(day_texts(held["week_of"]), held["entries"].tolist(), strict=True)
    ]
    middles = (months.astype("datetime64[D]") + 14).astype(str).tolist()
    size = min(WEEK["size"], 300 / len(piles))  # many years fit on a phone too
    return marker_trace(
        _("a week that holds something"), middles, heights, {**WEEK, "size": size}, hovertext=hovers, hoverinfo="text"
    )


def _layout(held: pd.DataFrame) -> dict[str, Any]:
    days = as_days(held["week_of"]).astype("datetime64[M]").astype("datetime64[D]")
    return base_layout(
        200,
        {"l": 16, "r": 16, "t": 8, "b": 44},
        xaxis=time_axis(range=[str(days[0] - 10), str(days[-1] + 41)]),
        yaxis=hidden_axis(range=[0.2, 5.8]),
    )
