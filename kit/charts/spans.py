"""A setback as a band with round ends and a small rise where it ends; an ongoing one stays open."""

from typing import Any

import numpy as np
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
    goes_on, until = setbacks["ongoing"].to_numpy(), setbacks["until"].to_numpy()
    starts = days(np.maximum(setbacks["on"].to_numpy(), window[0].to_datetime64()))
    for start, stop, more, text in zip(starts, days(until), goes_on.tolist(), hover(setbacks["text"]), strict=True):
        ends += [13, 0 if more else 13, 0]
        x += [start, stop, None]
        y += [at, at, None]
        texts += [text, text, None]
    line = {"color": "var(--kit-setback)", "width": 13}
    band = {
        "type": "scatter", "mode": "lines+markers", "name": name, "x": x, "y": y, "line": line,
        "marker": {"symbol": "circle", "size": ends, "color": "var(--kit-setback)", "opacity": 1, "line": {"width": 0}},
        "hovertext": texts, "hoverinfo": "x+text", "showlegend": False,
    }  # fmt: skip
    ended, ongoing = until[~goes_on], until[goes_on]
    if len(setbacks) > MANY:
        light = {**band, "mode": "lines", "line": {**line, "width": 9}}  # a style sheet makes the ends round
        return [light, *_risen(ended, window, at), *_open_ends(ongoing, window, at)]
    return [band, *_rises(ended, window, at), *_open_ends(ongoing, window, at)]


def _risen(ended: np.ndarray, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """Where each span ends a short line that goes up: finding one's feet."""
    if not len(ended):
        return []
    ends = days(ended), days(ended + _part(window, 0.005))
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


def _rises(ended: np.ndarray, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """A small arc at the end of each span, upwards: finding one's feet."""
    if not len(ended):
        return []
    arcs = [np.datetime_as_string(np.add(ended, _part(window, 0.022 * part))) for part in (0, 0.7, 1)]
    x = [one for arc in zip(*arcs, strict=True) for one in (*arc, None)]
    y = [*(at + lift for lift in (0, 0.16, 0.6)), None] * len(ended)
    line = {"color": "var(--kit-setback)", "width": 3, "shape": "spline"}
    mark = {"symbol": "triangle-up", "size": [0, 0, 11, 0] * len(ended), "opacity": 1, "line": {"width": 0}}
    return [{**_RISE, "mode": "lines+markers", "x": x, "y": y, "line": line, "marker": mark}]


def _part(window: list[pd.Timestamp], share: float) -> np.timedelta64:
    return ((window[1] - window[0]) * share).to_timedelta64()


def _open_ends(ongoing: np.ndarray, window: list[pd.Timestamp], at: float) -> list[dict[str, Any]]:
    """An ongoing setback has no end: it goes on in dots, past today."""
    if not len(ongoing):
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("still in the middle of it; no end date needed"),
            "x": [*days(ongoing[:1]), str(window[1].date())],
            "y": [at] * 2,
            "line": {"color": "var(--kit-setback)", "width": 5, "dash": "dot"},
            "hoverinfo": "name",
            "showlegend": False,
        }
    ]
