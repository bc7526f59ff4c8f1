"""Finding one's feet: each setback with its end, or still open; in days only for the coach, or on asking."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    axis,
    calm,
    day_texts,
    days,
    grid_axis,
    hidden_axis,
    in_lines,
    label,
    marks,
    nothing_yet,
    number_words,
    numbers,
    own_word,
    room,
    time_axis,
    told_only,
    whole_days,
)
from kit.charts.spans import heights, spans
from kit.measures import BounceBack, Trend
from kit.measures.wording import slope_of
from kit.words import _, one_or_many

FEET = {"color": "var(--kit-setback)", "symbol": "circle", "size": 13}
OPEN = {"color": "var(--kit-setback)", "symbol": "triangle-up-open", "size": 15, "line": {"width": 2.5}}


def finding_my_feet(
    found: BounceBack,
    today: date,
    meanwhile: Sequence[Mapping[str, int]] = (),
    own_words: Sequence[str] = (),
    for_coach: bool = False,
    in_days: bool = False,
) -> Picture:
    """Each setback over time; one that goes on stays open-ended.

    `found` is `measures.bounce_back(setbacks, today)`. A client sees when each was, and for what goes on what was there
    meanwhile: `measures.meanwhile(frames, its began_on, today)`, one for each. How many days each took is in the
    coach's own view (`for_coach`), or when a client asks for it (`in_days`); there the trend has its interval.
    """
    asked = found.asked_sentence if in_days else found.sentence
    sentence = found.coach_sentence if for_coach else asked
    if not found.n:
        return told_only(sentence) if found.left_out else nothing_yet(sentence)
    there = [_there(one) for one in meanwhile]
    if there and there[0]:
        sentence = f"{sentence} {_('Meanwhile: {there}.').format(there=there[0])}"
    columns, rows = _table(found, there, for_coach, in_days, own_word(own_words, 0, _("what it was")))
    drawn = _over_days(found, today) if for_coach or in_days else _over_time(found, today, there)
    return Picture(sentence, columns, rows, *drawn)


def _there(meanwhile: Mapping[str, int]) -> str:
    """What was there in a time that was not easy: 6 sparks of joy, 4 of 9 small steps."""
    n = {name: meanwhile.get(name, 0) for name in ("milestones", "wins", "sparks")}
    several = {
        "milestones": one_or_many("{n} milestone", "{n} milestones", n["milestones"]),
        "wins": one_or_many("{n} small win", "{n} small wins", n["wins"]),
        "sparks": one_or_many("{n} spark of joy", "{n} sparks of joy", n["sparks"]),
    }
    told = [words.format(n=n[name]) for name, words in several.items() if n[name]]
    if meanwhile.get("done"):
        told.append(_steps(meanwhile["done"], meanwhile.get("planned", 0)))
    return ", ".join(told)


def _steps(done: int, planned: int) -> str:
    if done > planned:
        return one_or_many("{n} small step", "{n} small steps", done).format(n=done)
    return _("{done} of {planned} small steps").format(done=done, planned=planned)


def _table(
    found: BounceBack, there: Sequence[str], for_coach: bool, in_days: bool, what: str
) -> tuple[list[str], list[list[str]]]:
    """All that is told and drawn, the newest first: what the sentence counts are its rows."""
    each, meanwhile = found.setbacks, iter(there)
    columns = [_("It began on"), _("Back on my feet on"), what, _("Meanwhile")]
    rows = []
    for began, back, ongoing, roughly, title in zip(
        day_texts(each["began_on"]), day_texts(each["back_on_feet_on"]), each["ongoing"].tolist(),
        each["roughly"].tolist(), each["title"].tolist(), strict=True,
    ):  # fmt: skip
        end = _("still in the middle of it; no end date needed") if ongoing else back
        start = _("{day}, roughly").format(day=began) if roughly else began
        rows.append([start, end, title, next(meanwhile, "") if ongoing else ""])
    if for_coach or in_days:
        columns.insert(3, _("Days"))
        for row, words in zip(rows, _day_cells(each), strict=True):
            row.insert(3, words)
    rows.reverse()
    return columns, [*rows, *(_more_rows(found, for_coach) if for_coach or in_days else [])]


def _day_cells(each: pd.DataFrame) -> list[str]:
    at_least = _("at least {n}")
    pairs = zip(each["days"].tolist(), each["ongoing"].tolist(), strict=True)
    return [at_least.format(n=n) if ongoing else str(n) for n, ongoing in pairs]


def _more_rows(found: BounceBack, for_coach: bool) -> list[list[str]]:
    """The trend, and for the coach how many setbacks stay out of it all."""
    left_out = [["", "", _("left out of pictures about time"), str(found.left_out), ""]]
    return [*(_trend_rows(found.trend) if found.trend else []), *(left_out if for_coach and found.left_out else [])]


def _trend_rows(trend: Trend) -> list[list[str]]:
    on = day_texts(trend.line["on"])
    middle, low, high = (number_words(numbers(trend.line[name], 1)) for name in ("days", "low", "high"))
    told = _("{days} ({low} to {high})")
    over = one_or_many("a year, over {n} stretch that ended", "a year, over {n} stretches that ended", trend.n)
    return [
        *(
            [day, "", _("the line, with its interval"), told.format(days=one, low=least, high=most), ""]
            for day, one, least, most in zip(on, middle, low, high, strict=True)
        ),
        ["", "", over.format(n=trend.n), slope_of(trend), ""],
    ]


def _over_time(found: BounceBack, today: date, there: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """When each setback was, in one lane; how long it took is not what a client is asked to look at."""
    each = found.setbacks
    until = each["back_on_feet_on"].fillna(pd.Timestamp(today))
    shown = pd.DataFrame({"on": each["began_on"], "until": until, "ongoing": each["ongoing"], "text": each["title"]})
    first, last = room(shown["on"].iloc[0].date(), today, 0.08)
    data = spans(shown, [pd.Timestamp(first), pd.Timestamp(last)], 1.0, _("a setback"))
    beneath = 0.62 + float(heights(shown).min())
    open_words = _open_words(found.ongoing, there)
    labels = [label(words, last, beneath, xanchor="right", yanchor="top") for words in open_words]
    height = 236 if labels else 150
    return data, calm(
        height,
        {"l": 16, "r": 16, "t": 8, "b": 44},
        xaxis=time_axis(range=[first, last]),
        yaxis=hidden_axis(range=[-2.2 if labels else 0.2, 2]),
        annotations=labels,
    )


def _open_words(ongoing: int, there: Sequence[str]) -> list[str]:
    if not ongoing:
        return []
    told = one_or_many(
        "still in the middle of it; no end date needed", "still in the middle of {n}; no end dates needed", ongoing
    ).format(n=ongoing)
    beside = in_lines(_("meanwhile: {there}").format(there=there[0]), 3) if there and there[0] else []
    return ["<br>".join([*in_lines(told), *beside])]


def _over_days(found: BounceBack, today: date) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    each = found.setbacks
    ended, ongoing = each[~each["ongoing"]], each[each["ongoing"]]
    data = [*(_trend(found.trend) if found.trend else []), *_dots(ended), *_open(ongoing)]
    first = whole_days(each["began_on"]).tolist()[0]
    labels = [
        label(_("{n} days so far").format(n=n), day, n, font=INK, xanchor="right", xshift=-14, yanchor="middle")
        for day, n in zip(days(ongoing["began_on"]), ongoing["days"].tolist(), strict=True)
    ]
    title = label(_("days until back on my feet"), 0, 1, xref="paper", yref="paper", xanchor="left", yanchor="bottom",
                  yshift=8)  # fmt: skip
    return data, calm(
        320,
        {"l": 40, "r": 24, "t": 36, "b": 44},
        xaxis=time_axis(range=room(first, today)),
        yaxis=grid_axis(rangemode="tozero"),
        annotations=[title, *labels],
    )


def _dots(ended: pd.DataFrame) -> list[dict[str, Any]]:
    if ended.empty:
        return []
    return [marks(_("back on my feet"), days(ended["began_on"]), ended["days"].tolist(), FEET, hoverinfo="x+y")]


def _open(ongoing: pd.DataFrame) -> list[dict[str, Any]]:
    """What goes on stays open at the top: at least that many days."""
    if ongoing.empty:
        return []
    name = _("still in the middle of it; at least")
    return [marks(name, days(ongoing["began_on"]), ongoing["days"].tolist(), OPEN, hoverinfo="x+y+name")]


def _trend(trend: Trend) -> list[dict[str, Any]]:
    """The line with the room that its interval leaves it."""
    on = days(trend.line["on"])
    middle, low, high = (numbers(trend.line[name], 1) for name in ("days", "low", "high"))
    edge = {"type": "scatter", "mode": "lines", "x": on, "line": {"width": 0}, "hoverinfo": "skip"}
    return [
        {**edge, "y": low, "name": _("interval, from")},
        {**edge, "y": high, "name": _("interval, to"), "fill": "tonexty", "fillcolor": "var(--kit-pale)"},
        {**edge, "y": middle, "name": _("the line"),
         "line": {"color": "var(--kit-setback)", "width": 2, "dash": "dash"}},
    ]  # fmt: skip


def feet_curve(found: BounceBack) -> Picture:
    """Of all stretches the share that still goes on after so many days: the coach's own view, or on asking.

    `found` is `measures.bounce_back(setbacks, today)`; below 5 stretches there is no curve.
    """
    sentence, curve = found.curve_sentence, found.curve
    if curve is None:
        return told_only(sentence)
    after, share = [0, *curve["days"].tolist()], [1.0, *numbers(curve["share"], 3)]
    columns = [_("Days"), _("Stretches that lasted at least as long"), _("Share that goes on afterwards")]
    rows = [[f"{day:g}", str(n), f"{part:g}"] for day, n, part in zip(
        after, [found.n, *curve["at_risk"].tolist()], share, strict=True
    )]  # fmt: skip
    if curve.empty:
        return told_only(sentence, columns, rows)
    step = {
        "type": "scatter", "mode": "lines", "name": _("share that goes on"), "x": after, "y": share,
        "line": {"color": "var(--kit-setback)", "width": 3, "shape": "hv"}, "hoverinfo": "x+y",
    }  # fmt: skip
    rows += _median_rows(found)
    return Picture(sentence, columns, rows, [step, *_median(found)], _curve_layout(found, max(after)))


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
    bar = {"type": "scatter", "mode": "lines", "name": _("interval"), "x": ends, "y": [0.5, 0.5],
           "line": {"color": "var(--kit-quiet)", "width": 2, "dash": "dot"}, "hoverinfo": "x"}  # fmt: skip
    return [bar, marks(_("half of them"), [found.median], [0.5], {**FEET, "symbol": "diamond"}, hoverinfo="x+name")]


def _curve_layout(found: BounceBack, last: float) -> dict[str, Any]:
    corner: dict[str, Any] = {
        "xref": "paper",
        "yref": "paper",
        "xanchor": "right",
    }
    half = [] if found.median is None else [
        label(_("\u25c6 half of them<br>within {n} days").format(n=f"{found.median:g}"), 1, 1, font=INK, yanchor="top",
              **corner)
    ]  # fmt: skip
    return calm(
        300,
        {"l": 48, "r": 24, "t": 12, "b": 56},
        xaxis=axis(range=[0, last * 1.05], showgrid=False, linecolor="var(--kit-line)", showline=True),
        yaxis=grid_axis(range=[-0.03, 1.06], tickvals=[0, 0.5, 1], ticktext=[_("none"), _("half"), _("all")]),
        annotations=[
            *half,
            label(_("days since it began \u2192"), 1, 0, yanchor="top", yshift=-28, **corner),
        ],
    )
