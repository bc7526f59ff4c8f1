"""Living well beside what one lives with: both over time, and the plane of the two."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    annotation,
    as_days,
    base_layout,
    day_texts,
    escaped,
    grid_axis,
    iso_days,
    line_trace,
    marker_trace,
    nothing_yet,
    number_texts,
    own_word,
    padded_range,
    rounded,
    time_axis,
    without_figure,
)
from kit.measures.bounce_back import MIN_EPISODES
from kit.words import _, one_or_many

BOTH = ("living_well", "symptom_load")
LIVING = {"color": "var(--kit-living)", "symbol": "circle", "size": 5}
LOUD = {"color": "var(--kit-symptoms)", "symbol": "square-open", "size": 6}
PERIODS = {"day": _("{n} days"), "week": _("{n} weeks"), "month": _("{n} months"), "quarter": _("{n} quarters")}
EACH = {
    "week": _("A point is the mean of a week."),
    "month": _("A point is the mean of a month."),
    "quarter": _("A point is the mean of three months."),
}


def living(
    daily: pd.DataFrame,
    both: pd.DataFrame,
    own_words: Sequence[str] = (),
    every: str = "day",
    counted: pd.DataFrame | None = None,
) -> Picture:
    """Living well (solid) beside what I live with (dashed), 0 to 10, over time.

    `daily` is `measures.by_day(check_ins, ratings=charts.BOTH)`, or `by_period` with its `every`; `both` is
    `measures.living_with_symptoms(check_ins)`; the second of `own_words` is what the client says for symptoms. Where a
    row is a week or more, its table has the days that are counted: `counted` is `measures.paired_days_by_period`.
    """
    word = own_word(own_words, 1, _("what I live with"))
    noted = daily[daily[list(BOTH)].notna().any(axis=1)]
    drawn = [name for name in BOTH if noted[name].notna().any()]
    sentence = _living_sentence(len(noted), drawn, both, word, every)
    if noted.empty:
        return nothing_yet(sentence)
    columns, rows = _living_table(noted, word)
    if every in EACH and counted is not None:
        columns += [_("Days with both"), _("Both at 6 or more")]
        cells = counted.loc[noted.index, ["days", "both"]].astype(str).to_numpy().tolist()
        rows = [[*row, *more] for row, more in zip(rows, cells[::-1], strict=True)]
    if len(noted) < 2:
        return without_figure(sentence, columns, rows)
    lines = [f"{name}_line" for name in BOTH]
    shown = daily[daily.index.isin(noted.index) | daily[lines].isna().all(axis=1)]  # the empty ones are gaps
    words = {"living_well": _("living well"), "symptom_load": escaped(word)}
    data = [trace for name in drawn for trace in _line(shown, name, words[name])]
    return Picture(sentence, columns, rows, data, _living_layout(noted, _names(drawn, words)))


def _living_sentence(n: int, drawn: Sequence[str], both: pd.DataFrame, word: str, every: str) -> str:
    if not n:
        return _("Nothing is noted here yet. It starts with the first number, and each can be skipped.")
    if n < 2:
        return _("One day is noted here; too few yet to tell.")
    periods, named = PERIODS[every].format(n=n), {"living_well": _("living well"), "symptom_load": word}
    if len(drawn) < 2:
        alone = _("Noted over {periods}: {what}. The other one is not noted; it never has to be.")
        told = alone.format(periods=periods, what=named[drawn[0]])
    else:
        told = both_words(both, word)
    return " ".join([told, EACH[every]] if every in EACH else [told])


def both_words(both: pd.DataFrame, word: str) -> str:
    """On how many days both were there, as `living_with_symptoms` found it."""
    n, there = int(both["days"].iloc[0]), int(both["both"].iloc[0])
    if not n:
        return _("No day holds both yet; too few yet to tell.")
    if not there:
        told = one_or_many(
            "Living well and {word} were noted together on {n} day; both at 6 or more are not among them.",
            "Living well and {word} were noted together on {n} days; both at 6 or more are not among them.",
            n,
        )
    else:
        told = _(
            "On {there} of {n} days living well and {word} were both there, at 6 or more: "
            "better does not mean symptom-free."
        )
    few = _(" Too few yet to tell more.") if n < MIN_EPISODES else ""
    return told.format(n=n, there=there, word=word) + few


def _living_table(noted: pd.DataFrame, word: str) -> tuple[list[str], list[list[str]]]:
    names = [*BOTH, *(f"{name}_line" for name in BOTH)]
    values = [number_texts(rounded(noted[name])) for name in names]
    rows = [list(row) for row in zip(day_texts(noted["on"]), *values, strict=True)]
    smoothed = _("{word}, smoothed")
    well = _("living well")
    return [_("Day"), well, word, smoothed.format(word=well), smoothed.format(word=word)], rows[::-1]


def _line(shown: pd.DataFrame, name: str, words: str) -> list[dict[str, Any]]:
    look, dash = (LIVING, "solid") if name == "living_well" else (LOUD, "dash")
    drawn = {"color": look["color"], "width": 2.5, "dash": dash, "shape": "spline"}
    on, line = iso_days(shown["on"]), rounded(shown[f"{name}_line"])
    return [
        line_trace(on, line, drawn, name=words, connectgaps=False, hoverinfo="skip"),
        marker_trace(words, on, rounded(shown[name]), look, hoverinfo="x+y+name"),
    ]


def _names(drawn: Sequence[str], words: dict[str, str]) -> list[dict[str, Any]]:
    """Above the picture, because the lines may cross: each name with what its line looks like."""
    looks = {"living_well": (LIVING["color"], "\u2014\u25cf\u2014"), "symptom_load": (LOUD["color"], "- \u25a1 -")}
    at = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return [
        annotation(
            f"{looks[name][1]} {words[name]}", 0, 1, font={**INK, "color": looks[name][0]}, yshift=8 + 20 * row, **at
        )
        for row, name in enumerate(reversed(drawn))
    ]


def _living_layout(noted: pd.DataFrame, names: list[dict[str, Any]]) -> dict[str, Any]:
    first, *_between, last = as_days(noted["on"]).tolist()
    return base_layout(
        320,
        {"l": 32, "r": 16, "t": 12 + 22 * len(names), "b": 44},
        xaxis=time_axis(range=padded_range(first, last)),
        yaxis=grid_axis(range=[-0.5, 10.5], tickvals=[0, 5, 10]),
        annotations=names,
    )


def plane(beside: pd.DataFrame, both: pd.DataFrame, own_words: Sequence[str] = (), at_least: float = 6) -> Picture:
    """Living well across, what I live with upwards; each day on which both were noted is there, larger where several.

    `beside` is `measures.paired_ratings(check_ins)`, `both` is `measures.living_with_symptoms(check_ins)`, each with
    the same `at_least`.
    """
    word = own_word(own_words, 1, _("what I live with"))
    well, loud, there = rounded(beside["living_well"]), rounded(beside["symptom_load"]), beside["both"].tolist()
    told = [_("yes") if one else "" for one in there]
    columns = [_("Day"), _("living well"), word, _("both were there")]
    cells = zip(day_texts(beside["on"]), number_texts(well), number_texts(loud), told, strict=True)
    rows = [list(row) for row in cells][::-1]
    sentence = both_words(both, word)
    if not rows:
        return nothing_yet(sentence)
    if len(rows) < 2:
        return without_figure(sentence, columns, rows)
    spots = Counter(zip(well, loud, there, strict=True))
    several = _(" A larger one holds several days.") if max(spots.values()) > 1 else ""
    sentence = f"{sentence} {_('Each ring or dot is a day.')}{several}"
    return Picture(sentence, columns, rows, [_spots(spots)], _plane_layout(escaped(word), at_least))


def _spots(spots: Counter) -> dict[str, Any]:
    """Days with the same two numbers lie on one spot, whose area grows with them; a small one lies on a large one."""
    largest_first = sorted(spots.items(), key=lambda spot: -spot[1])
    x, y, there = (list(one) for one in zip(*(spot for spot, _n in largest_first), strict=True))
    n = [many for _spot, many in largest_first]
    colour = LIVING["color"]
    marker = {  # the rim that parts a dot from its neighbours takes 2 on each side
        "color": colour,
        "symbol": ["circle" if one else "circle-open" for one in there],
        "size": [round(12 * many**0.5 + 4 * one, 1) for many, one in zip(n, there, strict=True)],
        "opacity": 1,
        "line": {"width": 2, "color": ["var(--kit-card)" if one else colour for one in there]},
    }
    hovers = [one_or_many("{n} day", "{n} days", many).format(n=many) for many in n]
    return marker_trace(_("days"), x, y, marker, customdata=n, hovertext=hovers, hoverinfo="text")


def _plane_layout(word: str, at_least: float) -> dict[str, Any]:
    edge = at_least - 0.5
    span = {"type": "rect", "x0": edge, "x1": 10.6, "y0": edge, "y1": 11.8}
    corner = {**span, "fillcolor": "var(--kit-pale)", "line": {"width": 0}, "layer": "below"}
    paper: dict[str, Any] = {"xref": "paper", "yref": "paper"}
    across, upwards = f"{_('living well')} \u2192", f"\u2191 {word}"
    return base_layout(
        360,
        {"l": 32, "r": 16, "t": 34, "b": 56},
        xaxis=grid_axis(range=[-0.6, 10.6], tickvals=[0, 5, 10]),
        yaxis=grid_axis(range=[-0.6, 11.8], tickvals=[0, 5, 10]),
        shapes=[corner],
        annotations=[
            annotation(_("both can be true"), 10.5, 11.7, xanchor="right", yanchor="top"),
            annotation(upwards, 0, 1, xanchor="left", yanchor="bottom", yshift=8, **paper),
            annotation(across, 1, 0, xanchor="right", yanchor="top", yshift=-28, **paper),
        ],
    )
