"""What measures return, as plotly's plain dictionaries; with each picture its sentence and its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from kit.words import _, day_words, listed, one_or_many

SPAN = {"month": 31, "three months": 92, "all": None}
LANE_AT = {"ahead": 5.0, "milestone": 4.0, "win": 3.0, "spark": 2.0, "setback": 1.0}
LANE_WORDS = {
    "ahead": _("looking out for"),
    "milestone": _("milestones"),
    "win": _("small wins"),
    "spark": _("sparks of joy"),
    "setback": _("setbacks"),
    "session": _("sessions"),
}
MARKS = {
    "milestone": {"symbol": "star", "size": 17, "color": "var(--kit-milestone)"},
    "ahead": {"symbol": "star-open", "size": 16, "color": "var(--kit-milestone)"},
    "win": {"symbol": "circle", "size": 10, "color": "var(--kit-win)"},
    "spark": {"symbol": "diamond", "size": 12, "color": "var(--kit-spark)"},
}


@dataclass(frozen=True)
class Picture:
    """One picture: plotly's `data` and `layout`, the finding as a `sentence`, the same numbers as a table."""

    sentence: str
    columns: list[str]
    rows: list[list[str]]
    data: list[dict[str, Any]]
    layout: dict[str, Any]
    table_label: str = _("The same as a table")

    def drawn(self) -> dict[str, Any]:
        return dict(vars(self))  # asdict would copy every list anew, at each save


def plain(text: str) -> str:
    """People's own text as plotly shows it to the letter: it reads a few tags."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def journey(
    entries: pd.DataFrame,
    daily: pd.DataFrame,
    today: date,
    span: str = "three months",
    newest: str = "",
    own_words: Sequence[str] = (),
) -> Picture:
    """Milestones, small wins, sparks, setbacks as spans, and energy and living well, on one time line.

    `entries` and `daily` come from `measures.journey` and `measures.by_day`; `newest` is the id of a record that
    was noted just now, and is ringed; `own_words` begin with what the client says instead of "setback".
    """
    named = {**LANE_WORDS, **({"setback": plain(own_words[0])} if own_words and own_words[0] else {})}
    days = SPAN[span]
    since = pd.Timestamp(today - timedelta(days=days)) if days else None
    shown = entries if since is None else entries[entries["until"].fillna(entries["on"]).fillna(since) >= since]
    lines = daily if since is None else daily[daily["on"] >= since]
    first = since if since is not None else min([*shown["on"].dropna(), *lines["on"], pd.Timestamp(today)])
    room = max((pd.Timestamp(today) - first) * 0.04, pd.Timedelta(days=1))
    window = [first - room, pd.Timestamp(today) + room]
    data = [
        *_session_marks(shown),
        *_rating_lines(lines),
        *_spans(shown, window),
        *_marks(shown, window[1]),
        *_ring(shown, newest),
    ]
    return Picture(
        sentence=_journey_sentence(shown, lines, span, own_words),
        columns=[_("Day"), _("What"), _("In my words")],
        rows=_journey_rows(shown, named),
        data=data if len(shown) or len(lines) else [],
        layout=_journey_layout(window, named, ahead="ahead" in set(shown["lane"])),
    )


def _journey_sentence(shown: pd.DataFrame, lines: pd.DataFrame, span: str, own_words: Sequence[str]) -> str:
    n = shown["lane"].value_counts().to_dict()
    word = own_words[0] if own_words else ""
    several = {
        "milestone": one_or_many("{n} milestone", "{n} milestones", n.get("milestone", 0)),
        "win": one_or_many("{n} small win", "{n} small wins", n.get("win", 0)),
        "spark": one_or_many("{n} spark of joy", "{n} sparks of joy", n.get("spark", 0)),
        "setback": one_or_many("{n} setback", "{n} setbacks", n.get("setback", 0))
        if not word
        else one_or_many("{n} time \u201c{word}\u201d", "{n} times \u201c{word}\u201d", n.get("setback", 0)),
    }
    told = [words.format(n=n[lane], word=word) for lane, words in several.items() if lane in n]
    if not told and len(lines):
        return _("The lines show how the days were. Nothing else is on the time line yet.")
    if not told:
        return _("Nothing is on the time line for these weeks yet. It starts with the first thing you note.")
    when = {
        "month": _("The last month holds"),
        "three months": _("The last three months hold"),
        "all": _("So far:"),
    }
    ongoing = int(shown["ongoing"].sum())
    tail = _(" Still in the middle of one; no end date needed.") if ongoing else ""
    return f"{when[span]} {listed(told)}.{tail}"


def _journey_rows(shown: pd.DataFrame, named: Mapping[str, str]) -> list[list[str]]:
    rows = []
    for entry in shown.iloc[::-1].itertuples():
        when = day_words(entry.on) if pd.notna(entry.on) else _("still ahead")
        if entry.lane == "setback":
            until = _("still in the middle of it") if entry.ongoing else day_words(entry.until)
            when = _("{start} to {end}").format(start=when, end=until)
        rows.append([when, named[entry.lane], entry.text])
    return rows


def _hover(texts: pd.Series) -> list[str]:
    return [plain(text) for text in texts]


def _days(series: pd.Series) -> list[str]:
    return series.dt.strftime("%Y-%m-%d").tolist()


def _marks(shown: pd.DataFrame, end: pd.Timestamp) -> list[dict[str, Any]]:
    traces = []
    for lane, mark in MARKS.items():
        one = shown[shown["lane"] == lane]
        if one.empty:
            continue
        ahead = lane == "ahead"
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": LANE_WORDS[lane],
                "x": [end.strftime("%Y-%m-%d")] * len(one) if ahead else _days(one["on"]),
                "y": [LANE_AT[lane]] * len(one),
                "marker": {**mark, "line": {"width": 1, "color": "var(--kit-card)"}},
                "hovertext": ["<br>".join(_hover(one["text"]))] * len(one) if ahead else _hover(one["text"]),
                "hoverinfo": "text" if ahead else "x+text",
                "cliponaxis": False,
                "showlegend": False,
            }
        )
    return traces


def _spans(shown: pd.DataFrame, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """A setback as a band with round ends and a small rising arrow at its end; an ongoing one stays open."""
    setbacks = shown[shown["lane"] == "setback"]
    if setbacks.empty:
        return []
    x: list[str | None] = []
    y: list[float | None] = []
    texts: list[str | None] = []
    ends: list[int] = []
    for one in setbacks.itertuples():
        ends += [13, 0 if one.ongoing else 13, 0]
        x += [max(one.on, window[0]).strftime("%Y-%m-%d"), one.until.strftime("%Y-%m-%d"), None]
        y += [LANE_AT["setback"], LANE_AT["setback"], None]
        texts += [plain(one.text), plain(one.text), None]
    line = {"color": "var(--kit-setback)", "width": 13}
    band = {
        "type": "scatter", "mode": "lines+markers", "name": LANE_WORDS["setback"], "x": x, "y": y, "line": line,
        "marker": {"symbol": "circle", "size": ends, "color": "var(--kit-setback)", "opacity": 1, "line": {"width": 0}},
        "hovertext": texts, "hoverinfo": "x+text", "showlegend": False,
    }  # fmt: skip
    return [band, *_rises(setbacks[~setbacks["ongoing"]], window), *_open_ends(setbacks[setbacks["ongoing"]], window)]


def _rises(ended: pd.DataFrame, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """A small arc at the end of each span, upwards: finding one's feet."""
    if ended.empty:
        return []
    wide = (window[1] - window[0]) * 0.022
    x: list[str | None] = []
    y: list[float | None] = []
    for end in ended["until"]:
        x += [(end + wide * part).isoformat() for part in (0, 0.7, 1)] + [None]
        y += [*(LANE_AT["setback"] + lift for lift in (0, 0.16, 0.6)), None]
    return [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": _("finding my feet"),
            "x": x,
            "y": y,
            "line": {"color": "var(--kit-setback)", "width": 3, "shape": "spline"},
            "marker": {"symbol": "triangle-up", "size": [0, 0, 11, 0] * len(ended), "opacity": 1, "line": {"width": 0}},
            "hoverinfo": "name",
            "showlegend": False,
            "cliponaxis": False,
        }
    ]


def _open_ends(ongoing: pd.DataFrame, window: list[pd.Timestamp]) -> list[dict[str, Any]]:
    """An ongoing setback has no end: it goes on in dots, past today."""
    if ongoing.empty:
        return []
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "name": _("still in the middle of it; no end date needed"),
            "x": [ongoing["until"].iloc[0].isoformat(), window[1].isoformat()],
            "y": [LANE_AT["setback"]] * 2,
            "line": {"color": "var(--kit-setback)", "width": 5, "dash": "dot"},
            "hoverinfo": "name",
            "showlegend": False,
        }
    ]


def _session_marks(shown: pd.DataFrame) -> list[dict[str, Any]]:
    sessions = shown[shown["lane"] == "session"]
    if sessions.empty:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": LANE_WORDS["session"],
            "x": _days(sessions["on"]),
            "y": [0.35] * len(sessions),
            "marker": {"symbol": "line-ns-open", "size": 9, "color": "var(--kit-energy)"},
            "hoverinfo": "x+name",
            "showlegend": False,
        }
    ]


def _rating_lines(daily: pd.DataFrame) -> list[dict[str, Any]]:
    looks: tuple[tuple[str, str, str, str], ...] = (
        ("living_well", _("living well"), "var(--kit-living)", "solid"),
        ("energy", _("energy"), "var(--kit-energy)", "dot"),
    )
    traces = []
    for name, words, colour, dash in looks:
        if daily.empty or daily[name].notna().sum() == 0:
            continue
        numbers = [None if pd.isna(value) else round(value, 2) for value in daily[f"{name}_line"]]
        points = [None if pd.isna(value) else round(value, 2) for value in daily[name]]
        common = {
            "type": "scatter",
            "x": _days(daily["on"]),
            "yaxis": "y2",
            "legendgroup": name,
            "name": words,
        }
        traces += [
            {**common, "y": numbers, "mode": "lines", "connectgaps": False, "hoverinfo": "skip",
             "line": {"color": colour, "width": 2.5, "dash": dash, "shape": "spline"}},
            {**common, "y": points, "mode": "markers", "opacity": 0.45, "showlegend": False,
             "marker": {"color": colour, "size": 5}, "hoverinfo": "x+y+name"},
        ]  # fmt: skip
    return traces


def _ring(shown: pd.DataFrame, newest: str) -> list[dict[str, Any]]:
    found = shown[(shown["id"] == newest) & shown["on"].notna() & shown["lane"].isin(LANE_AT)]
    if found.empty:
        return []
    one = found.iloc[0]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "just noted",
            "x": [one["on"].strftime("%Y-%m-%d")],
            "y": [LANE_AT[one["lane"]]],
            "marker": {
                "symbol": "circle-open",
                "size": 30,
                "color": "var(--kit-action)",
                "line": {"width": 3},
            },
            "cliponaxis": False,
            "hoverinfo": "skip",
            "showlegend": False,
        }
    ]


def _journey_layout(window: list[pd.Timestamp], named: Mapping[str, str], ahead: bool) -> dict[str, Any]:
    lanes = [lane for lane in LANE_AT if ahead or lane != "ahead"]
    quiet = {"color": "var(--kit-quiet)", "size": 14}
    return {
        "height": 420,
        "margin": {"l": 118, "r": 28, "t": 8, "b": 36},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "system-ui, sans-serif", "size": 14, "color": "var(--kit-ink)"},
        "hoverlabel": {"bgcolor": "var(--kit-card)", "font": {"color": "var(--kit-ink)", "size": 15}},
        "hovermode": "closest",
        "dragmode": False,
        "showlegend": True,
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0, "itemclick": False,
                   "itemdoubleclick": False, "font": quiet},
        "xaxis": {"type": "date", "range": [day.strftime("%Y-%m-%d") for day in window], "showgrid": False,
                  "tickfont": quiet, "zeroline": False, "fixedrange": True, "linecolor": "var(--kit-line)",
                  "showline": True, "anchor": "y2", "nticks": 6},
        "yaxis": {"range": [0.1, 5.4 if ahead else 4.4], "domain": [0.36, 1], "tickfont": quiet, "zeroline": False,
                  "fixedrange": True, "gridcolor": "var(--kit-line)", "tickvals": [LANE_AT[lane] for lane in lanes],
                  "ticktext": [named[lane] for lane in lanes]},
        "yaxis2": {"range": [-0.5, 10.5], "domain": [0, 0.32], "tickfont": quiet, "zeroline": False,
                   "fixedrange": True, "gridcolor": "var(--kit-line)", "tickvals": [0, 5, 10], "anchor": "x"},
    }  # fmt: skip
