"""Areas of life that milestones belong to, and ladders in the client's own words."""

from itertools import pairwise
from typing import Any

import pandas as pd

from kit.charts.picture import (
    INK,
    QUIET,
    Picture,
    annotation,
    axis,
    base_layout,
    day_texts,
    escaped,
    grid_axis,
    hidden_axis,
    marker_trace,
    nothing_yet,
    partly_drawn,
    rounded,
    without_figure,
    wrapped,
)
from kit.fields import about
from kit.records import AREAS, LadderMark
from kit.words import _, listed, one_or_many

REACHED = {"color": "var(--kit-milestone)", "symbol": "star", "size": 15}
AHEAD = {"color": "var(--kit-milestone)", "symbol": "star-open", "size": 14}
HERE = {"color": "var(--kit-action)", "symbol": "circle", "size": 16}
LETTERS, GAP, HIGHEST = 20, 24, 640
BESIDE, ALONE = (27, 23), (54, 52)  # as many letters fit: into bold words, and into those that stand by a rung
COLUMNS = (0.0, 0.54)


def areas(found: pd.DataFrame) -> Picture:
    """Which areas of life the milestones belong to, a star for each: the coach's own view, not a rating.

    `found` is `measures.areas(milestones)`.
    """
    shown = found[(found["area"] != "") | (found["reached"] + found["ahead"] > 0)]
    names = [str(AREAS.get(area, _("no area named"))) for area in shown["area"]]
    reached, ahead = shown["reached"].tolist(), shown["ahead"].tolist()
    columns = [_("Area"), _("Milestones"), _("Hoped for")]
    rows = [[name, str(n), str(m)] for name, n, m in zip(names, reached, ahead, strict=True)]
    n = sum(reached) + sum(ahead)
    if not n:
        return nothing_yet(_("No milestone is noted yet."))
    if n < 2:
        return without_figure(_("One milestone; too few yet to tell."), columns, rows)
    return Picture(
        _areas_sentence(sum(reached), sum(ahead)),
        columns,
        rows,
        _stars(reached, ahead),
        _areas_layout(names, reached, ahead),
    )


def _areas_sentence(n: int, m: int) -> str:
    told = [one_or_many("{n} milestone", "{n} milestones", n).format(n=n)] if n else []
    told += [_("{n} hoped for").format(n=m)] if m else []
    return _("{what} by area of life: a view, not a rating.").format(what=listed(told))


def _stars(reached: list[int], ahead: list[int]) -> list[dict[str, Any]]:
    one_each = [(x, y) for y, n in enumerate(reached) for x in range(1, n + 1)]
    beyond = [(n + x, y) for y, (n, m) in enumerate(zip(reached, ahead, strict=True)) for x in range(1, m + 1)]
    looks = ((_("milestone"), one_each, REACHED), (_("hoped for"), beyond, AHEAD))
    return [
        marker_trace(name, [x for x, _y in at], [y for _x, y in at], look, hoverinfo="name")
        for name, at, look in looks
        if at
    ]


def _areas_layout(names: list[str], reached: list[int], ahead: list[int]) -> dict[str, Any]:
    most = max(n + m for n, m in zip(reached, ahead, strict=True))
    return base_layout(
        34 * len(names) + 16,
        {"l": 118, "r": 16, "t": 8, "b": 8},
        xaxis=axis(range=[0.2, max(most, 10) + 0.6], showgrid=False, showticklabels=False),
        yaxis=grid_axis(range=[len(names) - 0.5, -0.5], tickvals=list(range(len(names))), ticktext=names),
    )


def ladders(found: pd.DataFrame) -> Picture:
    """Each ladder with its rungs in the client's own words, and where they are now; "enough for now" stands as said.

    `found` is `measures.ladders(aspirations, ladder_marks)`.
    """
    columns = [_("What I would like more of"), _("Where I am"), _("How it looks to me"), _("On"), _("Rungs")]
    levels = dict(about(LadderMark)["level"].choices)
    looks = ["" if pd.isna(level) else str(levels[int(level)]) for level in found["level"]]
    enough, rungs, places = found["enough_for_now"].tolist(), found["rungs"].tolist(), rounded(found["place"])
    here = [_here(some, place, end) for some, place, end in zip(rungs, places, enough, strict=True)]
    steps = [" \u00b7 ".join(some) for some in rungs]
    rows = [list(row) for row in zip(found["title"], here, looks, day_texts(found["on"]), steps, strict=True)]
    if found.empty:
        return nothing_yet(_("No ladder yet. It begins with something you would like more of in your life."))
    data, layout, drawn = _drawn(found["title"].tolist(), rungs, places, enough)
    said = [f"{title}: {words}." for title, words in zip(found["title"].tolist()[:drawn], here, strict=False)]
    return Picture(" ".join([*said, *partly_drawn(drawn, len(rows))]), columns, rows, data, layout)


def _here(rungs: tuple[str, ...], place: float | None, enough: bool) -> str:
    if place is None:
        return _("not marked yet")
    low = int(place)
    words = _("\u201c{rung}\u201d") if place == low else _("between \u201c{rung}\u201d and \u201c{next}\u201d")
    told = words.format(rung=rungs[low], next=rungs[min(low + 1, len(rungs) - 1)])
    return _("{here}, enough for now").format(here=told) if enough else told


def _drawn(titles: list[str], rungs: list, places: list, enough: list) -> tuple[list, dict[str, Any], int]:
    """Two ladders beside each other, the highest rung on top; as many pairs as fit into a calm picture."""
    data: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    wide = ALONE if len(titles) < 2 else BESIDE
    down, drawn = 0.0, 0
    ladders = list(zip(titles, rungs, places, enough, strict=True))
    for pair in (ladders[first : first + 2] for first in range(0, len(ladders), 2)):
        beside = [_ladder(*one, x, down, wide) for one, x in zip(pair, COLUMNS, strict=False)]
        if drawn and max(bottom for _traces, _words, bottom in beside) > HIGHEST:
            break
        for traces, written, _bottom in beside:
            data += traces
            words += written
        down, drawn = max(bottom for _traces, _words, bottom in beside) + GAP, drawn + len(pair)
    layout = base_layout(
        round(down) + 8,
        {"l": 56, "r": 12, "t": 8, "b": 0},
        xaxis=hidden_axis(range=[0, 1]),
        yaxis=hidden_axis(range=[down, 0]),
        annotations=words,
    )
    return data, layout, drawn


def _ladder(
    title: str, rungs: tuple[str, ...], place: float | None, enough: bool, x: float, down: float, wide: tuple[int, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """A ladder at `x` from `down` on: its traces, its words, and where it ends."""
    heads = wrapped(title, wide=wide[0])
    texts = [wrapped(one, wide=wide[1]) for one in reversed(rungs)]
    at = _heights(down + LETTERS * (len(heads) + enough + len(texts[0]) / 2) + 12, texts)
    words = [_left("<br>".join([f"<b>{head}</b>" for head in heads]), x, down, -48, "top", INK)]
    words += [_left(_("enough for now"), x, down + LETTERS * len(heads), -48, "top", QUIET)] if enough else []
    words += [_left("<br>".join(lines), x, y, 20, "middle", INK) for lines, y in zip(texts, at, strict=True)]
    words += [_left(_("here"), x, _at(at, place), -48, "middle", QUIET)] if place is not None else []
    return _rail(title, x, at, place), words, at[-1] + LETTERS * len(texts[-1]) // 2


def _left(words: str, x: float, y: float, shift: int, anchor: str, font: dict[str, Any]) -> dict[str, Any]:
    return annotation(words, x, y, font=font, xref="paper", xanchor="left", xshift=shift, yanchor=anchor)


def _heights(first: float, texts: list[list[str]]) -> list[float]:
    """Where each rung lies, from the top down: far enough apart for its words."""
    at = [first]
    for above, below in pairwise(texts):
        at.append(at[-1] + 10 + LETTERS * (len(above) + len(below)) / 2)
    return at


def _at(at: list[float], place: float) -> float:
    """Where a place lies between the rungs, of which the lowest is 0."""
    upwards = at[::-1]
    low = int(place)
    high = min(low + 1, len(upwards) - 1)
    return upwards[low] + (place - low) * (upwards[high] - upwards[low])


def _rail(title: str, x: float, at: list[float], place: float | None) -> list[dict[str, Any]]:
    rung = {"symbol": "line-ew-open", "size": 22, "color": "var(--kit-edge)", "line": {"width": 3}}
    line = {"color": "var(--kit-line)", "width": 4}
    rail = marker_trace(escaped(title), [x] * len(at), at, rung, mode="lines+markers", line=line, hoverinfo="skip")
    here = [] if place is None else [marker_trace(_("here"), [x], [_at(at, place)], HERE, hoverinfo="name")]
    return [rail, *here]
