"""Finding one's feet: each setback with its end, or still open; in days only for the coach, or on asking."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from kit.charts.picture import (
    INK,
    Picture,
    annotation,
    as_days,
    base_layout,
    day_texts,
    grid_axis,
    hidden_axis,
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
    wrapped,
)
from kit.charts.spans import span_offsets, span_traces
from kit.measures import BounceBack, Trend
from kit.measures.bounce_back import MIN_EPISODES
from kit.words import _, listed, one_or_many

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
    sentence = _sentence(found, for_coach, in_days)
    if not found.n:
        return without_figure(sentence) if found.left_out else nothing_yet(sentence)
    there = [_there(one) for one in meanwhile]
    if there and there[0]:
        sentence = f"{sentence} {_('Meanwhile: {there}.').format(there=there[0])}"
    columns, rows = _table(found, there, for_coach, in_days, own_word(own_words, 0, _("what it was")))
    drawn = _over_days(found, today) if for_coach or in_days else _over_time(found, today, there)
    return Picture(sentence, columns, rows, *drawn)


def _sentence(found: BounceBack, for_coach: bool, in_days: bool) -> str:
    if for_coach:
        return coach_sentence(found)
    return asked_sentence(found) if in_days else client_sentence(found)


def client_sentence(found: BounceBack) -> str:
    """No days, and nothing to be measured against."""
    ended, ongoing = found.ended, found.ongoing
    if not found.n:
        return _nothing(found.left_out)
    if ongoing:
        still = one_or_many(
            "Still in the middle of it; no end date needed.",
            "Still in the middle of {n}; no end dates needed.",
            ongoing,
        ).format(n=ongoing)
        before = one_or_many(
            "You found your feet again once before.", "You found your feet again {n} times before.", ended
        ).format(n=ended)
        return " ".join([still, *([before] if ended else [])])
    if found.n < MIN_EPISODES:
        return one_or_many(
            "You found your feet again once; too few yet to tell more.",
            "You found your feet again {n} times; too few yet to tell more.",
            ended,
        ).format(n=ended)
    return _("You found your feet again {n} times.").format(n=ended)


def asked_sentence(found: BounceBack) -> str:
    """The same with the days: what goes on has lasted at least so many, and the trend has its interval."""
    so_far = _so_far(found.setbacks)
    words = one_or_many(
        "It has been at least {days} so far.", "They have been going on for at least {days} so far.", len(so_far)
    ).format(days=_days_of(so_far))
    return " ".join([client_sentence(found), *([words] if so_far else []), *_tends(found.trend)])


def coach_sentence(found: BounceBack) -> str:
    """How many, how long while they are few, and the trend with its interval."""
    if not found.n:
        return _nothing(found.left_out)
    said = [_setbacks(found.setbacks, each=found.n < MIN_EPISODES)]
    if found.n < MIN_EPISODES:
        said.append(_("Too few yet to tell more."))
    said += _of_trend(found.trend, bool(found.ongoing))
    if found.left_out:
        said += [_("{n} left out of pictures about time.").format(n=found.left_out)]
    return " ".join(said)


def _nothing(left_out: int) -> str:
    if left_out:
        return _("What is noted here stays out of pictures about time, as you chose.")
    return _("No setbacks noted yet. The list starts with the first one.")


def _tends(trend: Trend | None) -> list[str]:
    words = {
        -1: _(
            "It tends to take fewer days than at first: {least} to {most} fewer a year (95% interval, {n} stretches)."
        ),
        1: _(
            "It tends to take more days than at first: {least} to {most} more a year (95% interval, {n} stretches); "
            "that is worth looking at together."
        ),
    }
    if trend is None or not trend.direction:
        return []
    least, most = sorted((abs(trend.low), abs(trend.high)))
    return [words[trend.direction].format(least=f"{least:.1f}", most=f"{most:.1f}", n=trend.n)]


def _setbacks(setbacks: pd.DataFrame, each: bool) -> str:
    """How many, and while they are few how long each lasted; what goes on always says so."""
    ended, so_far = setbacks.loc[~setbacks["ongoing"], "days"].tolist(), _so_far(setbacks)
    head = one_or_many("{n} setback", "{n} setbacks", len(setbacks)).format(n=len(setbacks))
    told = [_days_of(ended)] if each and ended else []
    goes_on = one_or_many(
        "one that goes on, at least {days} so far", "{n} that go on, at least {days} so far", len(so_far)
    ).format(n=len(so_far), days=_days_of(so_far))
    told += [goes_on] if so_far else []
    return f"{head}: {'; '.join(told)}." if told else f"{head}."


def _so_far(setbacks: pd.DataFrame) -> list[int]:
    return setbacks.loc[setbacks["ongoing"], "days"].tolist()


def _of_trend(trend: Trend | None, ongoing: bool) -> list[str]:
    if trend is None:
        return []
    words = _("Over the {n} stretches that ended, {slope} a year (95% interval: {low} to {high})")
    slope = words.format(n=trend.n, slope=_more_or_fewer(trend.per_year), **_ends(trend))
    tail = [_("What goes on is not in it.")] if ongoing else []
    return [slope + ("." if trend.direction else _("; too few yet to tell a direction.")), *tail]


def _ends(trend: Trend) -> dict[str, str]:
    return {"low": _more_or_fewer(trend.low), "high": _more_or_fewer(trend.high)}


def _slope(trend: Trend) -> str:
    """The same slope, for a table."""
    return _("{slope} ({low} to {high})").format(slope=_more_or_fewer(trend.per_year), **_ends(trend))


def _more_or_fewer(slope: float) -> str:
    words = _("{n} days fewer") if slope < 0 else _("{n} days more")
    return words.format(n=f"{abs(slope):.1f}")


def _days_of(each: list[int]) -> str:
    """Several numbers of days: 20, 10 and 1 day."""
    return one_or_many("{days} day", "{days} days", each[-1] if each else 0).format(days=listed([str(n) for n in each]))


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
    days = (day_texts(each[name]) for name in ("began_on", "back_on_feet_on"))
    plain = (each[name].tolist() for name in ("ongoing", "roughly", "title"))
    for began, back, ongoing, roughly, title in zip(*days, *plain, strict=True):
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
    middle, low, high = (number_texts(rounded(trend.line[name], 1)) for name in ("days", "low", "high"))
    told = _("{days} ({low} to {high})")
    over = one_or_many("a year, over {n} stretch that ended", "a year, over {n} stretches that ended", trend.n)
    return [
        *(
            [day, "", _("the line, with its interval"), told.format(days=one, low=least, high=most), ""]
            for day, one, least, most in zip(on, middle, low, high, strict=True)
        ),
        ["", "", over.format(n=trend.n), _slope(trend), ""],
    ]


def _over_time(found: BounceBack, today: date, there: Sequence[str]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """When each setback was, in one lane; how long it took is not what a client is asked to look at."""
    each = found.setbacks
    until = each["back_on_feet_on"].fillna(pd.Timestamp(today))
    shown = pd.DataFrame({"on": each["began_on"], "until": until, "ongoing": each["ongoing"], "text": each["title"]})
    first, last = padded_range(shown["on"].iloc[0].date(), today, 0.08)
    data = span_traces(shown, [pd.Timestamp(first), pd.Timestamp(last)], 1.0, _("a setback"))
    beneath = 0.62 + float(span_offsets(shown).min())
    open_words = _open_words(found.ongoing, there)
    labels = [annotation(words, last, beneath, xanchor="right", yanchor="top") for words in open_words]
    height = 236 if labels else 150
    return data, base_layout(
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
    beside = wrapped(_("meanwhile: {there}").format(there=there[0]), 3) if there and there[0] else []
    return ["<br>".join([*wrapped(told), *beside])]


def _over_days(found: BounceBack, today: date) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    each = found.setbacks
    ended, ongoing = each[~each["ongoing"]], each[each["ongoing"]]
    data = [*(_trend(found.trend) if found.trend else []), *_dots(ended), *_open(ongoing)]
    first = as_days(each["began_on"]).tolist()[0]
    labels = [
        annotation(_("{n} days so far").format(n=n), day, n, font=INK, xanchor="right", xshift=-14, yanchor="middle")
        for day, n in zip(iso_days(ongoing["began_on"]), ongoing["days"].tolist(), strict=True)
    ]
    title = annotation(
        _("days until back on my feet"), 0, 1, xref="paper", yref="paper", xanchor="left", yanchor="bottom", yshift=8
    )
    return data, base_layout(
        320,
        {"l": 40, "r": 24, "t": 36, "b": 44},
        xaxis=time_axis(range=padded_range(first, today)),
        yaxis=grid_axis(rangemode="tozero"),
        annotations=[title, *labels],
    )


def _dots(ended: pd.DataFrame) -> list[dict[str, Any]]:
    if ended.empty:
        return []
    return [
        marker_trace(_("back on my feet"), iso_days(ended["began_on"]), ended["days"].tolist(), FEET, hoverinfo="x+y")
    ]


def _open(ongoing: pd.DataFrame) -> list[dict[str, Any]]:
    """What goes on stays open at the top: at least that many days."""
    if ongoing.empty:
        return []
    name = _("still in the middle of it; at least")
    return [marker_trace(name, iso_days(ongoing["began_on"]), ongoing["days"].tolist(), OPEN, hoverinfo="x+y+name")]


def _trend(trend: Trend) -> list[dict[str, Any]]:
    """The line with the room that its interval leaves it."""
    on, fill = iso_days(trend.line["on"]), {"fill": "tonexty", "fillcolor": "var(--kit-pale)"}
    middle, low, high = (rounded(trend.line[name], 1) for name in ("days", "low", "high"))
    look, edge = {"color": "var(--kit-setback)", "width": 2, "dash": "dash"}, {"width": 0}
    return [
        line_trace(on, low, edge, name=_("interval, from"), hoverinfo="skip"),
        line_trace(on, high, edge, name=_("interval, to"), hoverinfo="skip", **fill),
        line_trace(on, middle, look, name=_("the line"), hoverinfo="skip"),
    ]
