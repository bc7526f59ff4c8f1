"""Small steps, week by week: what was done counts, and a week in which something came between shows as such."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    annotation,
    as_days,
    base_layout,
    day_texts,
    grid_axis,
    marker_trace,
    nothing_yet,
    rounded,
    time_axis,
    without_figure,
)
from kit.records import CAME_BETWEEN
from kit.words import _, done_of, listed, one_or_many

BETWEEN = {"color": "var(--kit-energy)", "symbol": "diamond-wide-open", "size": 12, "line": {"width": 2}}
STRIPES = {"bgcolor": "var(--kit-action)", "fgcolor": "var(--kit-card)", "size": 6}
WIDE = 5 * 24 * 3600 * 1000  # of seven days, in ms, so that weeks stay apart


def small_steps(weeks: pd.DataFrame, over: tuple[float | None, int] = (None, 0)) -> Picture:
    """Done of planned, a week beside the other; a week of which nothing was noted has no bar of what was done.

    `weeks` is `measures.steps_by_week(step_weeks)`. A client reads plain totals; in the coach's own view stands also
    `over`: `measures.kept_over(step_weeks)`, and `measures.kept_over_n(step_weeks)`, the n that it counts.
    """
    done, planned = rounded(weeks["done"]), rounded(weeks["planned"])
    told = [done_of(one, most) for one, most in zip(done, planned, strict=True)]
    between = [listed([str(CAME_BETWEEN.get(one, one)) for one in some]) for some in weeks["came_between"]]
    reasons = [" \u00b7 ".join(some) for some in weeks["reasons"]]
    columns = [_("Week that began on"), _("Done"), _("What got in the way"), _("In a few words")]
    rows = [list(row) for row in zip(day_texts(weeks["week_of"]), told, between, reasons, strict=True)]
    noted = [row for row, one in enumerate(done) if one is not None]
    sentence = " ".join([*_sentence(rows, weeks.iloc[noted]), *_over(*over)])
    if not noted:
        return nothing_yet(sentence, columns, rows[::-1])
    told_rows = [*rows[::-1], *_over_rows(*over)]
    if len(noted) < 2:
        return without_figure(sentence, columns, told_rows)
    top = max(one for one in (*done, *planned, 1) if one is not None)
    data = _drawn(_middles(weeks), done, planned, told, between, top)
    last = noted[-1]
    beside: dict[str, Any] = {"xanchor": "right", "xshift": 14, "yanchor": "bottom", "yshift": 2}
    words = annotation(told[last], _middles(weeks)[last], _above(weeks.iloc[: last + 1]), font=INK, **beside)
    return Picture(sentence, columns, told_rows, data, _layout(weeks, top, words, came=any(between)))


def _above(weeks: pd.DataFrame) -> float:
    """How high the words of the last week stand: above the bars over which they reach, a third of the picture."""
    on = as_days(weeks["week_of"])
    near = weeks[on >= on[-1] - (on[-1] - on[0]) / 3]
    return float(max(near["done"].fillna(0).max(), near["planned"].fillna(0).max()))


def _sentence(rows: list[list[str]], noted: pd.DataFrame) -> list[str]:
    if noted.empty:
        return [_("No week is noted yet. It starts with the first small step.")]
    n = len(noted)
    day, told, _came, _reason = rows[noted.index[-1]]
    said = [_("In the week of {day}: {told}.").format(day=day, told=told)]
    if n < 2:
        return [*said, _("One week; too few yet to tell.")]
    all_told = done_of(noted["done"].sum(), noted["planned"].sum())
    return [
        *said,
        _("Over {n} weeks: {told}.").format(n=n, told=all_told),
        *_between(sum(bool(came) for came in noted["came_between"])),
    ]


def _between(n: int) -> list[str]:
    words = _("In {n} of them something got in the way; what was done still counts.")
    return [words.format(n=n)] if n else []


def _over(kept: float | None, n: int) -> list[str]:
    words = one_or_many(
        "The mean over {n} week of a step: about {tenths} of every 10 planned. One in which something got in the way "
        "is in it only where it raises it.",
        "The mean over {n} weeks of a step: about {tenths} of every 10 planned. One in which something got in the way "
        "is in it only where it raises it.",
        n,
    )
    return [] if kept is None else [words.format(n=n, tenths=_tenths(kept))]


def _over_rows(kept: float | None, n: int) -> list[list[str]]:
    """The same mean, for the table."""
    mean = one_or_many("the mean over {n} week of a step", "the mean over {n} weeks of a step", n).format(n=n)
    tenths = _("about {tenths} of every 10 planned")
    return [] if kept is None else [[mean, tenths.format(tenths=_tenths(kept)), "", ""]]


def _tenths(kept: float) -> str:
    return f"{kept * 10:.1f}".removesuffix(".0")


def _middles(weeks: pd.DataFrame) -> list[str]:
    """A bar stands in the middle of its week."""
    return (as_days(weeks["week_of"]) + np.timedelta64(3, "D")).astype(str).tolist()


def _drawn(
    x: list[str], done: list, planned: list, told: Sequence[str], between: Sequence[str], top: float
) -> list[dict[str, Any]]:
    hovers = [f"{words}<br>{came}" if came else words for words, came in zip(told, between, strict=True)]
    bar = {"type": "bar", "x": x, "width": WIDE, "hovertext": hovers, "hoverinfo": "text"}
    striped = {**STRIPES, "shape": ["/" if came else "" for came in between]}
    full = {"color": "var(--kit-action)", "line": {"width": 0}, "pattern": striped}
    empty = {"color": "var(--kit-pale)", "line": {"color": "var(--kit-edge)", "width": 1}}
    days, names = [day for day, came in zip(x, between, strict=True) if came], [came for came in between if came]
    beneath = marker_trace(
        _("something got in the way"), days, [-0.09 * top] * len(days), BETWEEN, hovertext=names, hoverinfo="text"
    )
    return [
        {**bar, "name": _("planned"), "y": planned, "marker": empty},
        {**bar, "name": _("done"), "y": done, "marker": full},
        *([beneath] if days else []),
    ]


def _layout(weeks: pd.DataFrame, top: float, latest: dict[str, Any], came: bool) -> dict[str, Any]:
    days = as_days(weeks["week_of"])
    beneath = annotation(
        _("\u25c7 something got in the way"), 0, -0.18 * top, xref="paper", xanchor="left", yanchor="top"
    )
    return base_layout(
        260,
        {"l": 32, "r": 16, "t": 28, "b": 44},
        barmode="overlay",
        barcornerradius=3,
        xaxis=time_axis(range=[str(days[0] - np.timedelta64(5, "D")), str(days[-1] + np.timedelta64(12, "D"))]),
        yaxis=grid_axis(range=[-0.36 * top if came else 0, top * 1.04], tickvals=_whole(top)),
        annotations=[latest, *([beneath] if came else [])],
    )


def _whole(top: float) -> list[int]:
    """Whole numbers from 0 on, six at most."""
    return list(range(0, int(top) + 1, max(1, -(-int(top) // 5))))
