"""Things under each other, each with its words above its line, so that a long name fits on a phone."""

from collections.abc import Sequence
from typing import Any

from kit.charts.picture import INK, QUIET, axis, calm, hidden_axis, in_lines, label

LETTERS, LINE, APART, HIGHEST = 20, 18, 10, 384


def heights(names: Sequence[str]) -> tuple[list[int], list[int], int]:
    """For each name where its words begin and where its line lies, and how high all of them are, in pixels."""
    tops, lines, down = [], [], 0
    for name in names:
        tops.append(down)
        lines.append(down + LETTERS * len(in_lines(name)) + LINE // 2)
        down = lines[-1] + LINE // 2 + APART
    return tops, lines, down


def fitting(names: Sequence[str]) -> int:
    """How many of `names` fit into a calm picture; the table holds all."""
    _tops, lines, _down = heights(names)
    return sum(line + LINE // 2 <= HIGHEST for line in lines)


def beneath(
    names: Sequence[str], asides: Sequence[str], most: float, share: float = 0.52, ends: Sequence[str] = ()
) -> dict[str, Any]:
    """The layout: each name above its line, which reaches from 0 to `most`, and beside the line a few quiet words.

    `ends` are the words at both ends of all lines.
    """
    tops, lines, high = heights(names)
    words = [
        label("<br>".join(in_lines(name)), 0, top, font=INK, xref="paper", xanchor="left", yanchor="top")
        for name, top in zip(names, tops, strict=True)
    ]
    beside = [
        label(aside, share, line, font=QUIET, xref="paper", xanchor="left", xshift=12, yanchor="middle")
        for aside, line in zip(asides, lines, strict=True)
    ]
    below = 28 if ends else 8
    return calm(
        high + below + 8,
        {"l": 12, "r": 12, "t": 8, "b": below},
        xaxis=axis(range=[-most * 0.02, most * 1.02], domain=[0, share], showgrid=False, showticklabels=False),
        yaxis=hidden_axis(range=[high, 0]),
        annotations=[*words, *beside, *_at_ends(ends, share)],
    )


def _at_ends(ends: Sequence[str], share: float) -> list[dict[str, Any]]:
    under: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -4}
    sides = ((0, "left"), (share, "right"))
    return [label(words, x, 0, xanchor=side, **under) for words, (x, side) in zip(ends, sides, strict=False)]


def stretched(lines: Sequence[float], low: Sequence[Any], high: Sequence[Any], **line: Any) -> dict[str, Any]:
    """A fine line for each row, from `low` to `high`."""
    x = [one for pair in zip(low, high, [None] * len(low), strict=True) for one in pair]
    y = [one for at in lines for one in (at, at, None)]
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip", "cliponaxis": False}
