"""Things under each other, each with its words above its line, so that a long name fits on a phone."""

from collections.abc import Sequence
from typing import Any

from kit.charts.picture import INK, QUIET, WIDE, annotation, axis, base_layout, hidden_axis, line_trace, wrapped

LETTERS, LINE, APART, HIGHEST = 20, 22, 8, 384
SPARE = 5  # so many letters more stand beside each other where a phone has smaller ones
SCREEN = 64  # letters beside each other, in pictures that no phone shows


def row_positions(names: Sequence[str], asides: Sequence[str], wide: int = WIDE) -> tuple[list[int], list[int], int]:
    """For each name where its words begin and where its line lies, and how high all of them are, in pixels."""
    tops, lines, down = [], [], 0
    for name, aside in zip(names, asides, strict=True):
        tops.append(down)
        lines.append(down + LETTERS * len(_lines(name, aside, wide)) + LINE // 2)
        down = lines[-1] + LINE // 2 + APART
    return tops, lines, down


def _lines(name: str, aside: str, wide: int) -> list[str]:
    """The words of a row; at the end of the last line there is room for the aside."""
    lines = wrapped(name, wide=wide)
    return lines if len(lines[-1]) + len(aside) < wide + SPARE else wrapped(name, 3, wide - len(aside))


def fitting_count(names: Sequence[str], asides: Sequence[str], wide: int = WIDE) -> int:
    """How many of `names` fit into a calm picture; the table holds all."""
    _tops, lines, _down = row_positions(names, asides, wide)
    return sum(line + LINE // 2 <= HIGHEST for line in lines)


def rows_layout(
    names: Sequence[str], asides: Sequence[str], most: float, ends: Sequence[str] = (), wide: int = WIDE
) -> dict[str, Any]:
    """The layout: each name above its line, which reaches from 0 to `most`; at its right end a few quiet words.

    `ends` are the words at both ends of all lines; `wide` says how many letters stand beside each other.
    """
    tops, lines, high = row_positions(names, asides, wide)
    across: dict[str, Any] = {"xref": "paper"}
    words = [
        annotation("<br>".join(_lines(name, aside, wide)), 0, top, font=INK, xanchor="left", yanchor="top", **across)
        for name, aside, top in zip(names, asides, tops, strict=True)
    ]
    beside = [
        annotation(aside, 1, line - LINE // 2, font=QUIET, xanchor="right", yanchor="bottom", **across)
        for aside, line in zip(asides, lines, strict=True)
    ]
    below = 28 if ends else 8
    return base_layout(
        high + below + 8,
        {"l": 12, "r": 12, "t": 8, "b": below},
        xaxis=axis(range=[-most * 0.02, most * 1.02], showgrid=False, showticklabels=False),
        yaxis=hidden_axis(range=[high, 0]),
        annotations=[*words, *beside, *_at_ends(ends)],
    )


def _at_ends(ends: Sequence[str]) -> list[dict[str, Any]]:
    under: dict[str, Any] = {"xref": "paper", "yref": "paper", "yanchor": "top", "yshift": -4}
    sides = ((0, "left"), (1, "right"))
    return [annotation(words, x, 0, xanchor=side, **under) for words, (x, side) in zip(ends, sides, strict=False)]


def range_trace(lines: Sequence[float], low: Sequence[Any], high: Sequence[Any], **line: Any) -> dict[str, Any]:
    """A fine line for each row, from `low` to `high`."""
    x = [one for pair in zip(low, high, [None] * len(low), strict=True) for one in pair]
    y = [one for at in lines for one in (at, at, None)]
    return line_trace(x, y, line, hoverinfo="skip", cliponaxis=False)
