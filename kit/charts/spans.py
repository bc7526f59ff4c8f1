"""A setback as a band with round ends and a small rise where it ends; an ongoing one stays open."""

from typing import Any

import numpy as np
import pandas as pd

from kit.charts.picture import hover_texts, iso_days, line_trace, stacking_offsets
from kit.words import _

MANY = 60  # as many stand so close that round ends and small arcs cannot be told apart, and take long to paint


def span_traces(setbacks: pd.DataFrame, window: list[pd.Timestamp], at: float, name: str) -> list[dict[str, Any]]:
    """`setbacks` has the columns `on`, `until`, `ongoing` and `text`, in order of time; `at` is the height of their
    lane, in which those that overlap lie above each other.
    """
    if setbacks.empty:
        return []
    x: list[str | None] = []
    y: list[float | None] = []
    texts: list[str | None] = []
    ends: list[int] = []
    goes_on, until = setbacks["ongoing"].to_numpy(dtype=bool), setbacks["until"].to_numpy()
    height = at + span_offsets(setbacks)
    starts = iso_days(np.maximum(setbacks["on"].to_numpy(), window[0].to_datetime64()))
    rows = (starts, iso_days(until), goes_on.tolist(), hover_texts(setbacks["text"]), height.tolist())
    for start, stop, more, text, high in zip(*rows, strict=True):
        ends += [13, 0 if more else 13, 0]
        x += [start, stop, None]
        y += [high, high, None]
        texts += [text, text, None]
    line = {"color": "var(--kit-setback)", "width": 13}
    mark = {"symbol": "circle", "size": ends, "color": "var(--kit-setback)", "opacity": 1, "line": {"width": 0}}
    told = {"name": name, "hovertext": texts, "hoverinfo": "x+text", "showlegend": False}
    band = {**line_trace(x, y, line, **told), "mode": "lines+markers", "marker": mark}
    ended, ongoing = (until[~goes_on], height[~goes_on]), (until[goes_on], height[goes_on])
    if len(setbacks) > MANY:
        light = {**band, "mode": "lines", "line": {**line, "width": 9}}  # a style sheet makes the ends round
        return [light, *_risen(*ended, window), *_open_ends(*ongoing, window)]
    return [band, *_rises(*ended, window), *_open_ends(*ongoing, window)]


def span_offsets(setbacks: pd.DataFrame) -> np.ndarray:
    """How far above or below their lane they lie: apart from each other wherever they overlap."""
    on, until = (setbacks[name].to_numpy().astype("datetime64[D]") for name in ("on", "until"))
    until = np.where(setbacks["ongoing"].to_numpy(dtype=bool), np.datetime64("9999-12-31"), until)
    place, of = np.zeros(len(on), dtype=int), np.ones(len(on), dtype=int)
    reaches: list[Any] = []  # of those that overlap: how far each row is taken
    first = 0
    for row, (begin, end) in enumerate(zip(on, until, strict=True)):
        if reaches and begin > max(reaches):
            reaches, first = [], row
        free = next((n for n, reach in enumerate(reaches) if begin > reach), len(reaches))
        reaches[free : free + 1] = [end]
        place[row], of[first : row + 1] = free, len(reaches)
    return stacking_offsets(place, of, 0.34)


def _risen(ended: np.ndarray, at: np.ndarray, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """Where each span ends a short line that goes up: finding one's feet."""
    if not len(ended):
        return []
    ends = iso_days(ended), iso_days(ended + _part(window, 0.005))
    x = [one for end, risen in zip(*ends, strict=True) for one in (end, risen, None)]
    y = [one for high in at.tolist() for one in (high + 0.25, high + 0.6, None)]
    line = {"color": "var(--kit-setback)", "width": 3}
    return [line_trace(x, y, line, **_RISE)]


_RISE = {"name": _("finding my feet"), "hoverinfo": "name", "showlegend": False, "cliponaxis": False}


def _rises(ended: np.ndarray, at: np.ndarray, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """A small arc at the end of each span, upwards: finding one's feet."""
    if not len(ended):
        return []
    arcs = [np.datetime_as_string(np.add(ended, _part(window, 0.022 * part))) for part in (0, 0.7, 1)]
    x = [one for arc in zip(*arcs, strict=True) for one in (*arc, None)]
    y = [one for high in at.tolist() for one in (high, high + 0.16, high + 0.6, None)]
    line = {"color": "var(--kit-setback)", "width": 3, "shape": "spline"}
    mark = {"symbol": "triangle-up", "size": [0, 0, 11, 0] * len(ended), "opacity": 1, "line": {"width": 0}}
    return [{**line_trace(x, y, line, **_RISE), "mode": "lines+markers", "marker": mark}]


def _part(window: list[pd.Timestamp], share: float) -> np.timedelta64:
    return ((window[1] - window[0]) * share).to_timedelta64()


def _open_ends(ongoing: np.ndarray, at: np.ndarray, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """An ongoing setback has no end: it goes on in dots, past today."""
    if not len(ongoing):
        return []
    last = str(window[1].date())
    x = [one for start in iso_days(ongoing) for one in (start, last, None)][:-1]
    y = [one for high in at.tolist() for one in (high, high, None)][:-1]
    line = {"color": "var(--kit-setback)", "width": 5, "dash": "dot"}
    name = _("still in the middle of it; no end date needed")
    return [line_trace(x, y, line, name=name, hoverinfo="name", showlegend=False)]
