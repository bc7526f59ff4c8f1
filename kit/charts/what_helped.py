"""What helped, by how much and how often; therapy and medication are named, and never weighed."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from kit.charts.picture import (
    Picture,
    escaped,
    marker_trace,
    nothing_yet,
    number_texts,
    partly_drawn,
    rounded,
    without_figure,
)
from kit.charts.rows import fitting_count, range_trace, row_positions, rows_layout
from kit.fields import about
from kit.measures.what_helped import MIN_RATINGS
from kit.records import TOOL_KINDS, ToolUse
from kit.words import _, listed, one_or_many

COLOUR = "var(--kit-action)"
FULL = {"color": COLOUR, "symbol": "circle", "size": 15, "line": {"width": 2.5, "color": COLOUR}}
FEW = {**FULL, "symbol": "circle-open"}
RATING_COLUMNS = (_("How often it was said how much it helped"), _("In the middle, 0 to 10"), _("From"), _("To"))
OPEN_RING = _("An open ring is too few yet to tell.")


def what_helped(tools: pd.DataFrame, listed_only: pd.DataFrame) -> Picture:
    """Each tool with how much it helped, in the client's own eyes, and how often.

    `tools` is `measures.what_helped(tool_uses, tools)`, `listed_only` is `measures.listed_only(tools)`.
    """
    columns = [_("Tool"), _("Used"), *RATING_COLUMNS, _("Not for me")]
    rows = [*_tool_rows(tools), *_listed_rows(listed_only)]
    rated = tools[tools["median"].notna()]
    shown = rated.iloc[: fitting_count(rated["title"].tolist(), _asides(rated))]
    sentence = " ".join([*_found(tools, shown), *_beside(listed_only["title"].tolist())])
    if shown.empty:
        return nothing_yet(sentence, columns, rows)
    if len(shown) < 2:
        return without_figure(sentence, columns, rows)
    return Picture(sentence, columns, rows, _dots(shown), _layout(shown))


def _found(tools: pd.DataFrame, shown: pd.DataFrame) -> list[str]:
    if shown.empty:
        return [_("Nothing is noted here yet. It starts with the first thing that helped, even a little.")]
    first = shown.iloc[0]
    if not first["enough"]:
        told = [
            _("How much each helped was said fewer than {n} times; too few yet to tell what helps most.").format(
                n=MIN_RATINGS
            )
        ]
    else:
        words = _("As you noted it, \u201c{tool}\u201d helped most so far: {much:g} of 10 in the middle, {n} times.")
        told = [words.format(tool=first["title"], much=float(first["median"]), n=first["rated"])]
        told += _rings(shown)
    return [*told, *(partly_drawn(len(shown), len(tools)) if len(shown) > 1 else [])]


def _beside(titles: Sequence[str]) -> list[str]:
    if not titles:
        return []
    words = _("Also there, and not compared with anything: {titles}. Changes belong with whoever prescribes it.")
    return [words.format(titles=listed(list(titles)))]


def _tool_rows(tools: pd.DataFrame) -> list[list[str]]:
    middle, low, high = (number_texts(rounded(tools[name])) for name in ("median", "low", "high"))
    counts = (
        [str(n) if n or name == "times" else "" for n in tools[name]] for name in ("times", "rated", "not_for_me")
    )
    times, rated, against = counts
    return [list(row) for row in zip(tools["title"], times, rated, middle, low, high, against, strict=True)]


def _listed_rows(listed_only: pd.DataFrame) -> list[list[str]]:
    pairs = zip(listed_only["title"], listed_only["kind"], strict=True)
    return [[title, TOOL_KINDS[kind], "", "", "", "", ""] for title, kind in pairs]


def _dots(shown: pd.DataFrame) -> list[dict[str, Any]]:
    _tops, lines, _high = row_positions(shown["title"].tolist(), _asides(shown))
    middle, low, high = (rounded(shown[name]) for name in ("median", "low", "high"))
    n, look = len(shown), {**FEW, "symbol": _symbols(shown)}
    hovers = [
        _("{much:g} of 10, from {low:g} to {high:g}").format(much=much, low=low, high=high)
        for much, low, high in zip(middle, low, high, strict=True)
    ]
    return [
        range_trace(lines, [0] * n, [10] * n, color="var(--kit-line)", width=1),
        range_trace(lines, low, high, color=COLOUR, width=4),
        marker_trace(_("in the middle"), middle, lines, look, hovertext=hovers, hoverinfo="text"),
    ]


def _symbols(shown: pd.DataFrame) -> list[str]:
    return [str((FULL if one else FEW)["symbol"]) for one in shown["enough"]]


def _layout(shown: pd.DataFrame) -> dict[str, Any]:
    return rows_layout(shown["title"].tolist(), _asides(shown), 10, ends=_ends())


def _asides(shown: pd.DataFrame) -> list[str]:
    """At the end of each line how much it helped, and n."""
    return [
        one_or_many("{much} \u00b7 {n} time", "{much} \u00b7 {n} times", n).format(much=much, n=n)
        for much, n in zip(number_texts(rounded(shown["median"])), shown["rated"].tolist(), strict=True)
    ]


def _ends() -> list[str]:
    return [f"0 {about(ToolUse)['helped'].ends[0]}", "10"]


def what_fits(fits: pd.DataFrame) -> Picture:
    """For each thing that came before, what helped most then; the other tools stand in the table.

    `fits` is `measures.what_fits(tool_uses, tools, setbacks)`.
    """
    columns = [_("What came before it"), _("Tool"), _("Used"), *RATING_COLUMNS]
    middle, low, high = (number_texts(rounded(fits[name])) for name in ("median", "low", "high"))
    times, said = (fits[name].astype(str) for name in ("times", "rated"))
    rows = [list(row) for row in zip(fits["came_before"], fits["title"], times, said, middle, low, high, strict=True)]
    rated = fits[fits["median"].notna()]
    first = rated.drop_duplicates("came_before")
    names = [f"{came}: {tool}" for came, tool in zip(first["came_before"], first["title"], strict=True)]
    shown = first.iloc[: fitting_count(names, _asides(first))]
    if shown.empty:
        return nothing_yet(_fits_sentence(rated), columns, rows)
    if len(shown) < 2:
        return without_figure(_fits_sentence(rated), columns, rows)
    sentence = " ".join([_fits_sentence(rated), *_rings(shown), *partly_drawn(len(shown), len(fits))])
    labels, asides = names[: len(shown)], _asides(shown)
    return Picture(sentence, columns, rows, _fit_dots(shown, labels), rows_layout(labels, asides, 10, _ends()))


def _rings(shown: pd.DataFrame) -> list[str]:
    """What an open ring is, where some are and some are not."""
    return [OPEN_RING] if shown["enough"].any() and not shown["enough"].all() else []


def _fits_sentence(rated: pd.DataFrame) -> str:
    if rated.empty:
        return _("Nothing is noted here yet. It starts with a tool that helped in a setback.")
    enough = rated[rated["enough"]]
    if enough.empty:
        return _(
            "With the same thing before it, how much a tool helped was said fewer than {n} times; too few yet to tell."
        ).format(n=MIN_RATINGS)
    first = enough.iloc[0]
    words = _("When \u201c{came}\u201d came before it, \u201c{tool}\u201d fits best so far, {n} times.")
    return words.format(came=first["came_before"], tool=first["title"], n=first["rated"])


def _fit_dots(shown: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    _tops, lines, _high = row_positions(names, _asides(shown))
    n, look = len(shown), {**FEW, "symbol": _symbols(shown)}
    texts = [escaped(title) for title in shown["title"]]
    return [
        range_trace(lines, [0] * n, [10] * n, color="var(--kit-line)", width=1),
        marker_trace(_("in the middle"), rounded(shown["median"]), lines, look, hovertext=texts, hoverinfo="text+x"),
    ]
