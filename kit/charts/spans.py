"""A setback as a band with round ends and a small rise where it ends; an ongoing one stays open."""

from typing import Any

import pandas as pd

from kit.charts.picture import days, hover
from kit.words import _

MANY = 60  # as many stand so close that round ends and small arcs cannot be told apart, and take long to paint


def spans(setbacks: pd.DataFrame, window: list[pd.Timestamp], at: float, name: str) -> list[dict[str, Any]]:
    """`setbacks` has the columns `on`, `until`, `ongoing` and `text`; `at` is the height at which they lie."""
    if setbacks.empty:
        return []
    x: list[str | None] = []
    y: list[float | None] = []
    texts: list[str | None] = []
    ends: list[int] = []
    starts, stops = days(setbacks["on"].clip(lower=window[0])), days(setbacks["until"])
    for on, until, goes_on, text in zip(
        starts, stops, setbacks["ongoing"].tolist(), hover(setbacks["text"]), strict=True
    ):
        ends += [13, 0 if goes_on else 13, 0]
        x += [on, until, None]
        y += [at, at, None]
        texts += [text, text, None]
    line = {"color": "var(--kit-setback)", "width": 13}
    band = {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": x, "y": y, "line": line,
        "marker": {"symbol": "circle", "size": ends, "color": "var(--kit-setback)", "opacity": 1, "line": {"width": 0}},
        "hovertext": texts, "hoverinfo": "x+text", "showlegend": False,
    }  # fmt: skip
    ended, ongoing = setbacks[~setbacks["ongoing"]], setbacks[setbacks["ongoing"]]
    if len(setbacks) > MANY:
        light = {**band, "mode": "lines", "line": {**line, "width": 9}}  # a style sheet makes the ends round
        return [light, *_risen(ended, window, at), *_open_ends(ongoing, window, at)]
    return [band, *_rises(ended, window, at), *_open_ends(ongoing, window, at)]


def _risen(ended: pd.DataFrame, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """Where each span ends a short line that goes up: finding one's feet."""
    if ended.empty:
        return []
    ends = days(ended["until"]), days(ended["until"] + (window[1] - window[0]) * 0.005)
    x = [one for end, risen in zip(*ends, strict=True) for one in (end, risen, None)]
    line = {"color": "var(--kit-setback)", "width": 3}
    return [{**_RISE, "mode": "lines", "x": x, "y": [at + 0.25, at + 0.6, None] * len(ended), "line": line}]


_RISE = {
    "type": "scatter",
    "name": _("finding my feet"),
    "hoverinfo": "name",
    "showlegend": False,
    "cliponaxis": False,
}


def _rises(ended: pd.DataFrame, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """A small arc at the end of each span, upwards: finding one's feet."""
    if ended.empty:
        return []
    wide = (window[1] - window[0]) * 0.022
    x: list[str | None] = []
    y: list[float | None] = []
    for end in ended["until"]:
        x += [(end + wide * part).isoformat() for part in (0, 0.7, 1)] + [None]
        y += [*(at + lift for lift in (0, 0.16, 0.6)), None]
    line = {"color": "var(--kit-setback)", "width": 3, "shape": "spline"}
    mark = {"symbol": "triangle-up", "size": [0, 0, 11, 0] * len(ended), "opacity": 1, "line": {"width": 0}}
    return [{**_RISE, "mode": "lines+markers", "x": x, "y": y, "line": line, "marker": mark}]


def _open_ends(ongoing: pd.DataFrame, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """An ongoing setback has no end: it goes on in dots, past today."""
    if ongoing.empty:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("still in the middle of it; no end date needed"),
            "x": [ongoing["until"].iloc[0].isoformat(), window[1].isoformat()],
            "y": [at] * 2,
            "line": {"color": "var(--kit-setback)", "width": 5, "dash": "dot"},
            "hoverinfo": "name",
            "showlegend": False,
        }
    ]
