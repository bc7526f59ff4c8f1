"""The journey: milestones, small wins, sparks and setbacks on one time line, above how the days were."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kit.charts.aggregation import period_traces
from kit.charts.picture import (
    QUIET,
    Picture,
    as_days,
    base_layout,
    day_texts,
    escaped,
    grid_axis,
    iso_days,
    marker_trace,
    own_word,
    rounded,
    stacking_offsets,
    time_axis,
    without_figure,
)
from kit.charts.spans import span_offsets, span_traces
from kit.frames import overlaps_period
from kit.measures.timeline import Every
from kit.words import _, listed, one_or_many

SPAN = {"month": 31, "three months": 92, "a year": 366, "all": None}
LANE_AT = {"ahead": 5.0, "milestone": 4.0, "win": 3.0, "spark": 2.0, "setback": 1.0}
LANE_WORDS = {
    "ahead": _("hoping for"),
    "milestone": _("milestones"),
    "win": _("small wins"),
    "spark": _("sparks of joy"),
    "setback": _("setbacks"),
    "session": _("sessions"),
}
ONE_OF_THEM = {
    "ahead": _("hoping for"),
    "milestone": _("milestone"),
    "win": _("small win"),
    "spark": _("spark of joy"),
    "setback": _("setback"),
    "session": _("session"),
}
MARKS = {
    "milestone": {"symbol": "star", "size": 17, "color": "var(--kit-milestone)"},
    "ahead": {"symbol": "star-open", "size": 16, "color": "var(--kit-milestone)"},
    "win": {"symbol": "circle", "size": 10, "color": "var(--kit-win)"},
    "spark": {"symbol": "diamond", "size": 12, "color": "var(--kit-spark)"},
}
SESSION = {"symbol": "line-ns-open", "size": 9, "color": "var(--kit-energy)"}
SESSION_AT = 0.35
RING = {"symbol": "circle-open", "size": 30, "color": "var(--kit-action)", "line": {"width": 3}}
LINES = (
    ("living_well", _("living well"), "var(--kit-living)", "solid"),
    ("energy", _("energy"), "var(--kit-energy)", "dot"),
)
WRITTEN = {"var(--kit-energy)": "var(--kit-quiet)"}  # a grey that is seen in a line is too pale for words
_DASHES = {"solid": "\u2014", "dot": "\u00b7\u00b7\u00b7"}


@dataclass(frozen=True)
class PeriodMarks:
    """More marks than can be drawn well: `marks` is `measures.entries_by_period(entries, every)`."""

    marks: pd.DataFrame
    every: Every


def journey(
    entries: pd.DataFrame,
    daily: pd.DataFrame,
    today: date,
    span: str = "three months",
    newest: str | None = None,
    own_words: Sequence[str] = (),
    binned: PeriodMarks | None = None,
    lines_by: Every = "day",
    most_rows: int | None = None,
    since: date | None = None,
    is_part: bool = False,
) -> Picture:
    """Milestones, small wins, sparks, setbacks as spans, and energy and living well, on one time line.

    `entries` and `daily` come from `measures.journey` and `measures.by_day`; `newest` is the id of a record that
    was noted just now, and is ringed: where it is empty, the ring waits out of sight. `own_words` begin with what the
    client says instead of "setback". With `binned` a mark stands for all of its week or month; `lines_by` says
    whether `daily` comes from `measures.by_period`. With `most_rows` the table holds the newest only, and says so.
    `since` is where a time without a name begins; `is_part` says that there is more outside of what is shown.
    """
    since = first_day(span, today) or since
    shown, lines = entries_since(entries, since), daily if since is None else daily[daily["on"] >= pd.Timestamp(since)]
    is_part |= len(shown) < len(entries)
    things, rated = _things(shown), _rated_days(lines)
    sentence = " ".join(_journey_sentence(shown, things, rated, span, own_words, is_part))
    columns = [_("Day"), _("What"), _("In my words")]
    rows = _journey_rows(shown if most_rows is None else shown.tail(most_rows), own_words)
    if max(things, rated) < 2:
        return without_figure(sentence, columns, rows)
    window = _window(shown, lines, since, today)
    data, lanes = _drawn(shown, lines, window, newest, binned, lines_by)
    return Picture(
        sentence=" ".join([sentence, *_drawn_by(binned.every if binned else None, lines_by)]),
        columns=columns,
        rows=rows,
        data=data,
        layout=_journey_layout(window, own_words, "ahead" in lanes, {one["name"] for one in data}),
        table_label=_table_label(len(shown), most_rows),
    )


def _things(shown: pd.DataFrame) -> int:
    """How many things are on the time line; sessions are light marks beside them."""
    return int((shown["lane"].to_numpy(object) != "session").sum())


def _rated_days(lines: pd.DataFrame) -> int:
    noted = [~np.isnan(lines[name].to_numpy(dtype=float, na_value=np.nan)) for name, *_look in LINES]
    return int(np.logical_or(*noted).sum())


def _window(shown: pd.DataFrame, lines: pd.DataFrame, since: date | None, today: date) -> list[pd.Timestamp]:
    """From where to where the time line reaches."""
    starts = [shown["on"].min(), lines["on"].min(), pd.Timestamp(today)]
    first = pd.Timestamp(since) if since is not None else min(day for day in starts if pd.notna(day))
    room = max((pd.Timestamp(today) - first) * 0.04, pd.Timedelta(days=1))
    return [first - room, pd.Timestamp(today) + room]


def _drawn(
    shown: pd.DataFrame,
    lines: pd.DataFrame,
    window: list[pd.Timestamp],
    newest: str | None,
    binned: PeriodMarks | None,
    lines_by: Every,
) -> tuple[list[dict[str, Any]], set[str]]:
    """All traces, and the lanes whose marks stand one by one."""
    each = {lane: at for lane, at in _rows_by_lane(shown).items() if binned is None or lane in ("ahead", "setback")}
    data = [
        *_session_marks(shown, each),
        *_rating_lines(lines, lines_by),
        *span_traces(shown.take(each.get("setback", [])), window, LANE_AT["setback"], LANE_WORDS["setback"]),
        *_marks(shown, each, window[1]),
        *_period_traces(binned),
        *_ring(shown, newest, binned),
    ]
    return data, set(each)


def first_day(span: str, today: date) -> date | None:
    """The day on which a span begins; None where all is shown."""
    reaches = SPAN[span]
    return today - timedelta(days=reaches) if reaches else None


def entries_since(entries: pd.DataFrame, since: date | None) -> pd.DataFrame:
    """What belongs to the time since a day; what is still ahead has no day, and stays."""
    on, until = entries["on"].to_numpy(), entries["until"].to_numpy()
    there = overlaps_period(on, np.where(np.isnat(until), on, until), since)
    return entries if there.all() else entries[there]


def _rows_by_lane(shown: pd.DataFrame) -> dict[str, np.ndarray]:
    """Lane -> the places of its rows: a frame for each lane would take longer than all else, at each save."""
    lanes = shown["lane"].to_numpy(object)
    return {lane: np.flatnonzero(lanes == lane) for lane in dict.fromkeys(lanes)}


def _drawn_by(marks: Every | None, lines: Every) -> list[str]:
    """What is drawn, where it is not each thing by itself."""
    of_marks = {
        "day": _("A mark stands for all of a day, larger where it holds more."),
        "week": _("A mark stands for all of a week, larger where it holds more."),
        "month": _("A mark stands for all of a month, larger where it holds more."),
        "quarter": _("A mark stands for all of three months, larger where it holds more."),
    }
    of_lines = {
        "week": _("The lines go week by week."),
        "month": _("The lines go month by month."),
        "quarter": _("The lines go by three months."),
    }
    return [*([of_marks[marks]] if marks else []), *([of_lines[lines]] if lines in of_lines else [])]


def _table_label(n: int, most: int | None) -> str:
    if most is None or n <= most:
        return Picture.table_label
    return _("The newest {n} of {all} as a table; the report holds all").format(n=most, all=n)


def _journey_sentence(
    shown: pd.DataFrame, things: int, rated: int, span: str, own_words: Sequence[str], is_part: bool
) -> list[str]:
    if not things:
        return [_of_days(rated, is_part)]
    when = {
        "month": _("The last month holds"),
        "three months": _("The last three months hold"),
        "a year": _("The last year holds"),
        "all": _("In this time:") if is_part else _("So far:"),
    }
    told = [f"{when[span]} {listed(_counted(shown, own_words))}."]
    ongoing = int(shown["ongoing"].sum())
    still = one_or_many(
        "Still in the middle of one; no end date needed.", "Still in the middle of {n}; no end dates needed.", ongoing
    )
    told += [still.format(n=ongoing)] if ongoing else []
    if max(things, rated) < 2:
        told.append(_("There is a picture from the second thing on."))
    return told


def _of_days(rated: int, is_part: bool) -> str:
    if not rated:
        yet = _("Nothing is on the time line yet. It starts with the first thing you note.")
        return _("Nothing is on the time line in this time.") if is_part else yet
    if rated < 2:
        return _("How a day was is noted. There is a picture from the second day on.")
    if is_part:
        return _("The lines show how the days were. Nothing else is on the time line in this time.")
    return _("The lines show how the days were. Nothing else is on the time line yet.")


def _counted(shown: pd.DataFrame, own_words: Sequence[str]) -> list[str]:
    n, word = Counter(shown["lane"]), own_word(own_words, 0, "")
    several = {
        "milestone": one_or_many("{n} milestone", "{n} milestones", n["milestone"]),
        "win": one_or_many("{n} small win", "{n} small wins", n["win"]),
        "spark": one_or_many("{n} spark of joy", "{n} sparks of joy", n["spark"]),
        "setback": one_or_many("{n} setback", "{n} setbacks", n["setback"])
        if not word
        else one_or_many("\u201c{word}\u201d once", "\u201c{word}\u201d {n} times", n["setback"]),
        "ahead": one_or_many("{n} milestone hoped for", "{n} milestones hoped for", n["ahead"]),
    }
    return [words.format(n=n[lane], word=word) for lane, words in several.items() if n[lane]]


def _journey_rows(shown: pd.DataFrame, own_words: Sequence[str]) -> list[list[str]]:
    named = {**ONE_OF_THEM, "setback": own_word(own_words, 0, ONE_OF_THEM["setback"])}
    lanes, ongoing, texts = (shown[name].tolist() for name in ("lane", "ongoing", "text"))
    columns = (lanes, day_texts(shown["on"]), day_texts(shown["until"]), ongoing, texts)
    rows = [
        [_when(lane, on, until, ongoing), named[lane], text]
        for lane, on, until, ongoing, text in zip(*columns, strict=True)
    ]
    return rows[::-1]


def _when(lane: str, on: str, until: str, ongoing: bool) -> str:
    if lane != "setback":
        return on or _("still ahead")
    end = _("still in the middle of it") if ongoing else until
    return _("{start} to {end}").format(start=on, end=end)


def _marks(shown: pd.DataFrame, lanes: Mapping[str, np.ndarray], end: pd.Timestamp) -> list[dict[str, Any]]:
    on, texts = shown["on"].to_numpy(), shown["text"].to_numpy(object)
    traces = []
    for lane, mark in MARKS.items():
        if lane not in lanes:
            continue
        at, ahead = lanes[lane], lane == "ahead"
        told = [escaped(text) for text in texts[at]]
        height = LANE_AT[lane] + _lane_offsets(on[at])
        x = [end.strftime("%Y-%m-%d")] * len(at) if ahead else iso_days(on[at])
        look = {**mark, "line": {"width": 1, "color": "var(--kit-card)"}}
        hovers = {"hovertext": told, "hoverinfo": "text" if ahead else "x+text"}
        traces.append(marker_trace(LANE_WORDS[lane], x, height.tolist(), look, showlegend=False, **hovers))
    return traces


def _lane_offsets(on: np.ndarray) -> np.ndarray:
    """How far above or below their lane marks lie: those of one day above each other, so that none covers another."""
    _days, at, of = np.unique(as_days(on), return_inverse=True, return_counts=True, equal_nan=True)
    order = np.argsort(at, kind="stable")
    place = np.empty(len(on), dtype=int)
    place[order] = np.arange(len(on)) - np.repeat(np.cumsum(of) - of, of)
    return stacking_offsets(place, of[at])


def _period_traces(binned: PeriodMarks | None) -> list[dict[str, Any]]:
    if binned is None:
        return []
    rim = {"line": {"width": 1, "color": "var(--kit-card)"}}
    looks = {**{lane: {**mark, **rim} for lane, mark in MARKS.items() if lane != "ahead"}, "session": SESSION}
    drawn = period_traces(binned.marks, binned.every, looks, {**LANE_AT, "session": SESSION_AT})
    return [{**trace, "name": LANE_WORDS[lane]} for lane, trace in drawn.items()]


def _session_marks(shown: pd.DataFrame, lanes: Mapping[str, np.ndarray]) -> list[dict[str, Any]]:
    if "session" not in lanes:
        return []
    on = shown["on"].to_numpy()[lanes["session"]]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": LANE_WORDS["session"],
            "x": iso_days(on),
            "y": [SESSION_AT] * len(on),
            "marker": SESSION,
            "hoverinfo": "x+name",
            "showlegend": False,
        }
    ]


def _rating_lines(daily: pd.DataFrame, every: Every) -> list[dict[str, Any]]:
    """Each rating's days as points, and over them its quiet line; a week or a month has its line only."""
    points, lines = [], []
    for name, words, colour, dash in LINES:
        if daily.empty or daily[name].notna().sum() == 0:
            continue
        common = {"type": "scatter", "x": iso_days(daily["on"]), "yaxis": "y2", "name": words, "hoverinfo": "x+y+name"}
        line = {"color": colour, "width": 2.5, "dash": dash, "shape": "spline"}
        drawn = {**common, "y": rounded(daily[f"{name}_line"]), "mode": "lines", "connectgaps": False, "line": line}
        if every == "day":
            drawn["hoverinfo"] = "skip"
            marker = {"color": colour, "size": 4}
            points.append(
                {**common, "y": rounded(daily[name]), "mode": "markers", "marker": marker, "showlegend": False}
            )
        lines.append(drawn)
    return [*points, *lines]


def _ring(shown: pd.DataFrame, newest: str | None, binned: PeriodMarks | None) -> list[dict[str, Any]]:
    if newest is None:
        return []
    day, height = _ringed(shown, newest, binned)
    return [marker_trace("just noted", [day], [height], RING, hoverinfo="skip", showlegend=False)]


def _ringed(shown: pd.DataFrame, newest: str, binned: PeriodMarks | None) -> tuple[str | None, float | None]:
    """Where the mark stands that holds what was noted; nowhere, where it has no mark."""
    for lane, on in shown.loc[shown["id"] == newest, ["lane", "on"]].itertuples(index=False):
        if lane not in LANE_AT or pd.isna(on):
            continue
        if binned and lane != "setback":
            periods = binned.marks[(binned.marks["lane"] == lane) & (binned.marks["period"] <= on)]
            return iso_days(periods["on"])[-1], LANE_AT[lane]
        beside = shown[shown["lane"] == lane]
        apart = span_offsets(beside) if lane == "setback" else _lane_offsets(beside["on"].to_numpy())
        return str(on.date()), LANE_AT[lane] + float(apart[(beside["id"] == newest).to_numpy()][0])
    return None, None


def _line_names(drawn: set[str]) -> list[dict[str, Any]]:
    """The lines' names in one row under them, each with its own dash; plotly's legend costs a redraw of its own.

    The row begins under the names of the lanes, so that it ends inside a phone.
    """
    below = {"xref": "paper", "yref": "paper", "x": 0, "y": -0.14, "xanchor": "left", "yanchor": "top"}
    told = [(words, colour, dash) for _name, words, colour, dash in LINES if words in drawn]
    return [
        {
            **below,
            "xshift": 120 * place - 90,
            "text": f"{_DASHES[dash]} {words}",
            "showarrow": False,
            "font": {**QUIET, "color": WRITTEN.get(colour, colour)},
        }
        for place, (words, colour, dash) in enumerate(told)
    ]


def _journey_layout(
    window: list[pd.Timestamp], own_words: Sequence[str], ahead: bool, drawn: set[str]
) -> dict[str, Any]:
    named = {**LANE_WORDS, "setback": own_word(own_words, 0, LANE_WORDS["setback"])}
    lanes = [lane for lane in LANE_AT if ahead or lane != "ahead"]
    names = _line_names(drawn)  # where no rating was noted there is no room below for its line
    height, bottom, lower = (420, 72, 0.36) if names else (266, 40, 0)
    ratings = grid_axis(range=[-0.5, 10.5], domain=[0, 0.32], tickvals=[0, 5, 10], anchor="x")
    return base_layout(
        height,
        {"l": 118, "r": 28, "t": 8, "b": bottom},
        annotations=names,
        xaxis=time_axis(range=[day.strftime("%Y-%m-%d") for day in window], anchor="y2" if names else "y"),
        yaxis=grid_axis(
            range=[0.1, 5.4 if ahead else 4.4],
            domain=[lower, 1],
            tickvals=[LANE_AT[one] for one in lanes],
            ticktext=[escaped(named[one]) for one in lanes],
        ),
        **({"yaxis2": ratings} if names else {}),
    )
