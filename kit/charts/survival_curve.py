"""How long setbacks last, as a curve of Kaplan and Meier: the coach's own view, or on asking."""

from typing import Any

import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    annotation,
    axis,
    base_layout,
    grid_axis,
    line_trace,
    marker_trace,
    rounded,
    without_figure,
)
from kit.measures import BounceBack
from kit.measures.bounce_back import MIN_EPISODES
from kit.words import _, one_or_many

MEDIAN = {"color": "var(--kit-setback)", "symbol": "diamond", "size": 13}


def survival_curve(found: BounceBack) -> Picture:
    """Of all stretches the share that still goes on after so many days: the coach's own view, or on asking.

    `found` is `measures.bounce_back(setbacks, today)`; below 5 stretches there is no curve.
    """
    sentence, curve = curve_sentence(found), found.curve
    if curve is None:
        return without_figure(sentence)
    after, share = [0, *curve["days"].tolist()], [1.0, *rounded(curve["share"], 3)]
    columns = [_("Days"), _("Stretches that lasted at least as long"), _("Share that goes on afterwards")]
    rows = [
        [f"{day:g}", str(n), f"{part:g}"]
        for day, n, part in zip(after, [found.n, *curve["at_risk"].tolist()], share, strict=True)
    ]
    if curve.empty:
        return without_figure(sentence, columns, rows)
    look = {"color": "var(--kit-setback)", "width": 3, "shape": "hv"}
    steps = line_trace(after, share, look, name=_("share that goes on"), hoverinfo="x+y")
    rows += _median_rows(found)
    return Picture(sentence, columns, rows, [steps, *_median(found)], _curve_layout(found, max(after)))


def curve_sentence(found: BounceBack) -> str:
    """Within how many days half had ended, with the interval; for the coach, and for a client who asks."""
    if found.n < MIN_EPISODES:
        return _("From {n} stretches on there is a curve.").format(n=MIN_EPISODES)
    if found.median is None:
        told = _("More than half of {n} stretches go on; too few have ended yet to tell more.").format(n=found.n)
    else:
        words = _("Of {n} stretches half ended within {median} ({interval}).")
        told = words.format(n=found.n, median=_days(found.median), interval=_interval(found.low, found.high))
    return " ".join([told, *_of_joining(found.episodes, found.gap)])


def _interval(low: float | None, high: float | None) -> str:
    if low is None:
        return _("95% interval: too few yet to tell")
    if high is None:
        return _("95% interval: from {low} on").format(low=_days(low))
    return _("95% interval: {low} to {high}").format(low=round(low), high=_days(high))


def _of_joining(episodes: pd.DataFrame, gap: int) -> list[str]:
    if (episodes["setbacks"] == 1).all():
        return []
    within = _("Setbacks at most {gap} apart are one stretch here").format(gap=_days(gap))
    joined = (episodes["ongoing"] & (episodes["setbacks"] > 1)).any()
    return [within + (_("; the one that goes on holds what overlaps it, too.") if joined else ".")]


def _days(n: float) -> str:
    whole = round(n)
    return one_or_many("{n} day", "{n} days", whole).format(n=whole)


def _median_rows(found: BounceBack) -> list[list[str]]:
    if found.median is None:
        return []
    return [[_("half of them, within"), _between(found), f"{found.median:g}"]]


def _between(found: BounceBack) -> str:
    low = "?" if found.low is None else f"{found.low:g}"
    high = _("not reached yet") if found.high is None else f"{found.high:g}"
    return _("95% interval: {low} to {high}").format(low=low, high=high)


def _median(found: BounceBack) -> list[dict[str, Any]]:
    if found.median is None:
        return []
    ends = [found.median if one is None else one for one in (found.low, found.high)]
    look = {"color": "var(--kit-quiet)", "width": 2, "dash": "dot"}
    bar = line_trace(ends, [0.5, 0.5], look, name=_("interval"), hoverinfo="x")
    return [bar, marker_trace(_("half of them"), [found.median], [0.5], MEDIAN, hoverinfo="x+name")]


def _curve_layout(found: BounceBack, last: float) -> dict[str, Any]:
    corner: dict[str, Any] = {"x": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top"}
    annotations = [annotation(_("days since it began \u2192"), y=0, yshift=-28, **corner)]
    if found.median is not None:
        half = _("\u25c6 half of them<br>within {n} days").format(n=f"{found.median:g}")
        annotations.insert(0, annotation(half, y=1, font=INK, **corner))
    return base_layout(
        300,
        {"l": 48, "r": 24, "t": 12, "b": 56},
        xaxis=axis(range=[0, last * 1.05], showgrid=False, linecolor="var(--kit-line)", showline=True),
        yaxis=grid_axis(range=[-0.03, 1.06], tickvals=[0, 0.5, 1], ticktext=[_("none"), _("half"), _("all")]),
        annotations=annotations,
    )
