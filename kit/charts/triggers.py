"""What came before a setback, how often, and which of it is not in one's hands."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kit.charts.picture import Picture, nothing_yet, number_texts, own_word, partly_drawn, rounded, without_figure
from kit.charts.rows import SCREEN, fitting_count, row_positions, rows_layout
from kit.words import _, listed, one_or_many


def came_before(triggers: pd.DataFrame, n: int, own_words: Sequence[str] = (), for_coach: bool = False) -> Picture:
    """How often each thing came before; hatched, how often it was not in the client's hands.

    `triggers` is `measures.triggers(setbacks, tool_uses, today, tools)`, and `n` how many setbacks these are. The days
    stand in the coach's table alone.
    """
    columns = [_("What came before"), _("Times, of {n}").format(n=n), _("Not in my hands"), _("What helped then")]
    rows = _rows(triggers)
    if for_coach:
        columns += [_("Days, each"), _("Half of them within")]
        rows = [[*row, *more] for row, more in zip(rows, _day_cells(triggers), strict=True)]
    names, asides = triggers["came_before"].tolist(), _asides(triggers, n)
    drawn = fitting_count(names, asides, SCREEN)
    shown = triggers.iloc[:drawn]
    sentence = _sentence(triggers, n, own_word(own_words, 0, _("a setback")))
    if triggers.empty:
        return nothing_yet(sentence)
    if triggers["times"].sum() < 2:
        return without_figure(sentence, columns, rows)
    sentence = " ".join([sentence, *partly_drawn(len(shown), len(triggers))])
    return Picture(sentence, columns, rows, _bars(shown, asides[:drawn]), _layout(shown, asides[:drawn], n))


def _asides(triggers: pd.DataFrame, n: int) -> list[str]:
    return [_("{times} of {n}").format(times=times, n=n) for times in triggers["times"].tolist()]


def _sentence(triggers: pd.DataFrame, n: int, word: str) -> str:
    if triggers.empty:
        return _("Nothing is noted here yet. What came before {word} can be tapped, if you like.").format(word=word)
    first = triggers.iloc[0]
    times = int(first["times"])
    told = [
        one_or_many(
            "Each came before {word} once; too few yet to tell.",
            "Most often \u201c{came}\u201d came before {word}: {times} of {n} times.",
            times,
        ).format(word=word, came=first["came_before"], times=times, n=n)
    ]
    if times > 1:
        told.append(_("That it came before does not say that it was the cause."))
    return " ".join(told)


def _rows(triggers: pd.DataFrame) -> list[list[str]]:
    outside = [str(n) if n else "" for n in triggers["not_in_my_hands"]]
    times, helped = triggers["times"].astype(str), [" \u00b7 ".join(titles) for titles in triggers["helped"]]
    return [list(row) for row in zip(triggers["came_before"], times, outside, helped, strict=True)]


def _day_cells(triggers: pd.DataFrame) -> list[list[str]]:
    at_least = _("at least {n}")
    each = [
        listed([str(n) if over else at_least.format(n=n) for n, over in zip(days, ended, strict=True)])
        for days, ended in zip(triggers["days"], triggers["ended"], strict=True)
    ]
    medians = [one or _("too few yet to tell") for one in number_texts(rounded(triggers["median_days"]))]
    return [list(pair) for pair in zip(each, medians, strict=True)]


def _bars(shown: pd.DataFrame, asides: Sequence[str]) -> list[dict[str, Any]]:
    _tops, lines, _high = row_positions(shown["came_before"].tolist(), asides, SCREEN)
    bar = {"type": "bar", "orientation": "h", "y": lines, "width": 10, "hoverinfo": "x+name"}
    hatched = {"color": "var(--kit-setback)", "pattern": {"shape": "/", "fgcolor": "var(--kit-card)", "size": 6}}
    return [
        {**bar, "name": _("times"), "x": shown["times"].tolist(), "marker": {"color": "var(--kit-setback)"}},
        {**bar, "name": _("not in my hands"), "x": shown["not_in_my_hands"].tolist(), "marker": hatched},
    ]


def _layout(shown: pd.DataFrame, asides: Sequence[str], n: int) -> dict[str, Any]:
    layout = rows_layout(shown["came_before"].tolist(), asides, n, _hatch(shown), SCREEN)
    return {**layout, "barmode": "overlay", "barcornerradius": 4}


def _hatch(shown: pd.DataFrame) -> list[str]:
    return [_("hatched: not in my hands")] if shown["not_in_my_hands"].any() else []
