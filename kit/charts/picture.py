"""What every picture has: its sentence, its table, and one calm look."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from kit.words import _, day_words

DAY_LABELS = [  # the first that fits
    {"dtickrange": ["M12", None], "value": "%Y"},
    {"dtickrange": ["M1", "M12"], "value": "%b\n%Y"},
    {"dtickrange": [None, "M1"], "value": "%-d\n%b"},
]
QUIET = {"color": "var(--kit-quiet)", "size": 14}
INK = {"color": "var(--kit-ink)", "size": 14}
WIDE = 33  # as many letters of a wide face stand beside each other on a phone


@dataclass(frozen=True)
class Picture:
    """One picture: plotly's `data` and `layout`, the finding as a `sentence`, the same numbers as a table.

    `nothing_yet` says that its sentence is about nothing having been noted so far.
    """

    sentence: str
    columns: list[str]
    rows: list[list[str]]
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    table_label: str = _("The same as a table")
    nothing_yet: bool = False

    def drawn(self) -> dict[str, Any]:
        return dict(vars(self))  # asdict would copy every list anew, at each save


def without_figure(sentence: str, columns: Sequence[str] = (), rows: Sequence[list[str]] = ()) -> Picture:
    """Too little to draw: a sentence, the table where it holds anything, and no axes."""
    return Picture(sentence, list(columns) if rows else [], list(rows), [], {})


def nothing_yet(sentence: str, columns: Sequence[str] = (), rows: Sequence[list[str]] = ()) -> Picture:
    """Of what this picture tells nothing was noted so far; the sentence says how it begins."""
    return replace(without_figure(sentence, columns, rows), nothing_yet=True)


def partly_drawn(drawn: int, of: int) -> list[str]:
    """What is said where only a part is drawn."""
    return [_("Drawn here: {n} of {all}; the table holds all.").format(n=drawn, all=of)] if drawn < of else []


def escaped(text: str) -> str:
    """People's own text as plotly shows it to the letter: it reads a few tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wrapped(text: str, most: int = 2, wide: int = WIDE) -> list[str]:
    """People's own text in lines that fit on a phone; the table holds all of what is too long."""
    return [escaped(line) for line in textwrap.wrap(text, wide, max_lines=most, placeholder=" \u2026")] or [""]


def hover_texts(texts: pd.Series) -> list[str]:
    return [escaped(text) for text in texts.tolist()]


def day_texts(series: pd.Series) -> list[str]:
    """Each day as people say it; one that is not known is empty."""
    return [_said(day) if day else "" for day in as_days(series).tolist()]


_said = lru_cache(8192)(day_words)  # the same days stand in one table after the other


def iso_days(series: pd.Series | np.ndarray) -> list[str]:
    return np.datetime_as_string(as_days(series), unit="D").tolist()


def as_days(series: pd.Series | np.ndarray) -> np.ndarray:
    return np.asarray(series).astype("datetime64[D]")


def rounded(series: pd.Series, digits: int = 2) -> list[float | None]:
    """Numbers as plotly takes them: rounded, and a gap as None."""
    found = series.to_numpy(dtype=float, na_value=np.nan).round(digits).tolist()
    return [None if one != one else one for one in found]


def number_texts(values: Sequence[float | None]) -> list[str]:
    """Numbers as people read them, 8 and not 8.0; a gap is empty."""
    return ["" if one is None else f"{one:g}" for one in values]


def own_word(own_words: Sequence[str], at: int, otherwise: str) -> str:
    """What the client says instead of "setback" (0) or "what I live with" (1)."""
    return own_words[at] if len(own_words) > at and own_words[at] else otherwise


def base_layout(height: int, margin: Mapping[str, int], **more: Any) -> dict[str, Any]:
    """The layout that all pictures have in common; no legend, and nothing that moves."""
    return {
        "height": height,
        "margin": dict(margin),
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 14, "color": "var(--kit-ink)"},
        "hoverlabel": {"bgcolor": "var(--kit-card)", "font": {"color": "var(--kit-ink)", "size": 15}},
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": False,
        **more,
    }


def axis(**more: Any) -> dict[str, Any]:
    """A quiet axis that stays where it is."""
    return {"tickfont": QUIET, "zeroline": False, "fixedrange": True, **more}


def grid_axis(**more: Any) -> dict[str, Any]:
    """A quiet axis with fine lines across the picture."""
    return axis(gridcolor="var(--kit-line)", **more)


def time_axis(**more: Any) -> dict[str, Any]:
    """A quiet axis of days; how many labels fit is left to the width, and a year stands where it begins."""
    line = {"linecolor": "var(--kit-line)", "showline": True, "showgrid": False, "tickangle": 0}
    return axis(type="date", ticklabeloverflow="hide past div", tickformatstops=DAY_LABELS, **line, **more)


def hidden_axis(**more: Any) -> dict[str, Any]:
    return axis(visible=False, **more)


def padded_range(first: date, last: date, share: float = 0.04) -> list[str]:
    """From a little before the first day to a little after the last."""
    begin, end = np.datetime64(first, "D"), np.datetime64(last, "D")
    spare = max(np.timedelta64(int((end - begin).astype(int) * share), "D"), np.timedelta64(3, "D"))
    return [str(begin - spare), str(end + spare)]


def marker_trace(
    name: str, x: Sequence[Any], y: Sequence[Any], marker: Mapping[str, Any], **more: Any
) -> dict[str, Any]:
    """Points that stand for themselves, without a line."""
    given = {"type": "scatter", "mode": "markers", "name": name, "x": list(x), "y": list(y), "marker": dict(marker)}
    return {**given, "cliponaxis": False, **more}


def line_trace(x: Sequence[Any], y: Sequence[Any], line: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """One line through all points, broken where one is None."""
    return {"type": "scatter", "mode": "lines", "x": list(x), "y": list(y), "line": dict(line), **more}


def stacking_offsets(place: np.ndarray, of: np.ndarray, step: float = 0.4) -> np.ndarray:
    """How far from their lane marks lie of which several would cover each other: the place of each, of how many."""
    return (place - (of - 1) / 2) * np.minimum(step, 0.7 / np.maximum(of - 1, 1))


def annotation(text: str, x: Any, y: Any, font: Mapping[str, Any] = QUIET, **more: Any) -> dict[str, Any]:
    """Words that stand where they belong; `text` is escaped already where it is somebody's own."""
    return {"text": text, "x": x, "y": y, "font": dict(font), "showarrow": False, "align": "left", **more}
