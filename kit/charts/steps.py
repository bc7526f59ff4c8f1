"""Small steps, week by week: what was done counts, and a week in which something came between shows as such."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    calm,
    day_texts,
    grid_axis,
    label,
    marks,
    numbers,
    room,
    time_axis,
    told_only,
    whole_days,
)
from kit.records import CAME_BETWEEN
from kit.words import _, listed, one_or_many

BETWEEN = {"color": "var(--kit-energy)", "symbol": "diamond-wide-open", "size": 12, "line": {"width": 2}}
WIDE = 5 * 24 * 3600 * 1000  # of seven days, so that weeks stay apart


def small_steps(weeks: pd.DataFrame, over: float | None = None) -> Picture:
    """Done of planned, a week beside the other; a week of which nothing was noted has no bar of what was done.

    `weeks` is `measures.steps_by_week(step_weeks)`, `over` is `measures.kept_over(step_weeks)`.
    """
    columns = [_("Week that began on"), _("Done"), _("What came between"), _("In a few words")]
    done, planned = numbers(weeks["done"]), numbers(weeks["planned"])
    told = [_of(one, most) for one, most in zip(done, planned, strict=True)]
    between = [listed([str(CAME_BETWEEN.get(one, one)) for one in some]) for some in weeks["came_between"]]
    reasons = [" \u00b7 ".join(some) for some in weeks["reasons"]]
    rows = [list(row) for row in zip(day_texts(weeks["week_of"]), told, between, reasons, strict=True)][::-1]
    noted = weeks["done"].notna().to_numpy()
    sentence = _sentence(rows, told, noted, between, over)
    if noted.sum() < 2:
        return told_only(sentence, columns, rows)
    return Picture(
        sentence, columns, rows, _bars(weeks, done, planned, told, between), _layout(weeks, planned, told, between)
    )


def _of(done: float | None, planned: float | None) -> str:
    if done is None:
        return _("not noted; {planned} planned").format(planned=f"{planned or 0:g}")
    return _("{done} of {planned}").format(done=f"{done:g}", planned=f"{planned or 0:g}")


def _sentence(
    rows: list[list[str]], told: Sequence[str], noted: np.ndarray, between: Sequence[str], over: float | None
) -> str:
    n = int(noted.sum())
    if not n:
        return _("No week is noted yet. It starts with the first small step.")
    last = int(noted.nonzero()[0][-1])
    said = [_("In the week of {day}: {told}.").format(day=rows[len(rows) - 1 - last][0], told=told[last])]
    if n < 2:
        return " ".join([*said, _("One week so far; too few yet to tell.")])
    if over is not None:
        words = _("Over {n} weeks that is about {tenths} of every 10 that were planned.")
        said.append(words.format(n=n, tenths=round(over * 10)))
    k = sum(1 for words, is_noted in zip(between, noted, strict=True) if words and is_noted)
    if k:
        said.append(one_or_many(
            "In {k} of them something came between; what was done then counts.",
            "In {k} of them something came between; what was done then counts.", k,
        ).format(k=k))  # fmt: skip
    return " ".join(said)


def _middles(weeks: pd.DataFrame) -> list[str]:
    """A bar stands in the middle of its week."""
    return (whole_days(weeks["week_of"]) + np.timedelta64(3, "D")).astype(str).tolist()


def _bars(
    weeks: pd.DataFrame, done: list, planned: list, told: Sequence[str], between: Sequence[str]
) -> list[dict[str, Any]]:
    x = _middles(weeks)
    hovers = [f"{words}<br>{came}" if came else words for words, came in zip(told, between, strict=True)]
    bar = {"type": "bar", "x": x, "width": WIDE, "hovertext": hovers, "hoverinfo": "text"}
    hatched = ["/" if came else "" for came in between]
    full = {"color": "var(--kit-action)", "line": {"width": 0},
            "pattern": {"shape": hatched, "fgcolor": "var(--kit-card)", "size": 6}}  # fmt: skip
    empty = {"color": "var(--kit-pale)", "line": {"color": "var(--kit-edge)", "width": 1}}
    drawn = [
        {**bar, "name": _("planned"), "y": planned, "marker": empty},
        {**bar, "name": _("done"), "y": done, "marker": full},
    ]
    days = [day for day, came in zip(x, between, strict=True) if came]
    if not days:
        return drawn
    at = [-0.09 * _top(planned, done)] * len(days)
    names = [came for came in between if came]
    return [*drawn, marks(_("something came between"), days, at, BETWEEN, hovertext=names, hoverinfo="text")]


def _top(*counts: list) -> float:
    return max((one for some in counts for one in some if one is not None), default=1) or 1


def _layout(weeks: pd.DataFrame, planned: list, told: Sequence[str], between: Sequence[str]) -> dict[str, Any]:
    first, *_rest, last = whole_days(weeks["week_of"]).tolist()
    done = numbers(weeks["done"])
    top = _top(planned, done)
    ahead = room(first, last)
    ahead[1] = str(np.datetime64(last, "D") + np.timedelta64(14, "D"))
    came = any(between)
    return calm(
        260,
        {"l": 32, "r": 16, "t": 28, "b": 44},
        barmode="overlay",
        barcornerradius=3,
        xaxis=time_axis(range=ahead),
        yaxis=grid_axis(range=[-0.36 * top if came else 0, top * 1.04], nticks=5, tickformat="d", rangemode="tozero"),
        annotations=[_latest(weeks, done, planned, told), *_between_words(weeks, between, top)],
    )


def _latest(weeks: pd.DataFrame, done: list, planned: list, told: Sequence[str]) -> dict[str, Any]:
    """The last week that was noted says so in words."""
    at = max(row for row, one in enumerate(done) if one is not None)
    high = max(done[at], planned[at] or 0)
    return label(told[at], _middles(weeks)[at], high, font=INK, xanchor="right", yanchor="bottom", xshift=14, yshift=2)


def _between_words(weeks: pd.DataFrame, between: Sequence[str], top: float) -> list[dict[str, Any]]:
    came = [(day, words) for day, words in zip(_middles(weeks), between, strict=True) if words]
    if not came:
        return []
    words = _("something came between; last: {words}").format(words=came[-1][1])
    return [label(words, 0, -0.18 * top, xref="paper", xanchor="left", yanchor="top")]
