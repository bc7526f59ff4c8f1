"""Small steps: what was done counts as such, and a week in which something came between counts only for it."""

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from statistics import fmean
from typing import Any

import numpy as np
import pandas as pd

from kit.measures.columns import as_frame, as_mondays, as_numbers
from kit.words import _


def kept(done: float | None, planned: float | None) -> float | None:
    """Partial credit: the share of what was planned that was done, 0 to 1; doing more than planned is 1.

    None when nothing was planned, or nothing was noted. Raises ValueError for counts below 0.

    >>> kept(4, 5)
    0.8
    """
    ((did, meant),) = _counts([done], [planned]).tolist()
    return min(1.0, did / meant) if meant > 0 and did == did else None  # NaN is not itself


def enough(planned: int, energy: int | None = None, confidence: int | None = None) -> int:
    """How often a week a step may be enough for now, at least once: it shrinks with energy below 5 and with
    confidence below 7 (both 0 to 10), in proportion, and never grows.

    >>> enough(5), enough(5, energy=2), enough(5, confidence=4), enough(1, energy=0)
    (5, 2, 3, 1)
    """
    share = min(1.0, (5 if energy is None else energy) / 5, (7 if confidence is None else confidence) / 7)
    return max(1, round(planned * share))


def kept_over(step_weeks: Any) -> float | None:
    """The mean of `kept` over weeks, 0 to 1; a week in which something came between counts only when it raises it.

    `step_weeks` needs `done`, `planned` and `came_between`; where one is missing ValueError names it. Weeks with
    something in between are taken from the fullest on, as long as the mean rises; where something came between in each,
    the fullest one stands. Weeks of which nothing was planned or noted are not in it; None when no others are there.
    """
    return _kept(step_weeks)[0]


def kept_over_n(step_weeks: Any) -> int:
    """Of how many weeks of a step `kept_over` is the mean: its n, with which it is told; 0 where it is None."""
    return _kept(step_weeks)[1]


def _kept(step_weeks: Any) -> tuple[float | None, int]:
    weeks = as_frame(step_weeks, "done", "planned", "came_between")
    between = weeks["came_between"].fillna("").to_numpy() != ""
    counts = _counts(weeks["done"], weeks["planned"])
    total, n = _total(_shares(counts[~between]))
    best = total / n if n else None
    for share, times in sorted(_shares(counts[between]).items(), reverse=True):
        if best is not None and share <= best:
            break
        total, n = total + share * times, n + times
        best = total / n
    return None if best is None else float(best), n


def steps_by_week(step_weeks: pd.DataFrame) -> pd.DataFrame:
    """All small steps, a row a week: `week_of` (its Monday), `done`, `planned`, `kept`, `came_between`, `reasons`.

    `step_weeks` needs `week_of`, `done`, `planned` and `came_between`, and may have `reason`; where one is missing
    ValueError names it.

    `done` and `planned` add up the steps of which something was noted; while nothing was noted at all `done` is NA (a
    gap, not 0) and `planned` adds up all. `kept` is the mean of `kept` over the week's steps (0 to 1), NA where none
    has one. `came_between` and `reasons` hold each thing that came between once.
    """
    weeks = as_frame(step_weeks, "week_of", "done", "planned", "came_between")
    counts = _counts(weeks["done"], weeks["planned"])
    words = {name: weeks[name].fillna("").tolist() for name in ("came_between", "reason") if name in weeks}
    rows = counts.tolist()
    at: dict[np.datetime64, list[int]] = {}
    for row, monday in enumerate(as_mondays(weeks["week_of"])):
        at.setdefault(monday, []).append(row)
    order = sorted(at)
    added = [_week_totals([rows[row] for row in at[monday]]) for monday in order]
    return pd.DataFrame(
        {
            "week_of": np.array(order, dtype="datetime64[us]"),
            "done": pd.array([done for done, _planned, _kept in added], dtype="Int64"),
            "planned": pd.array([planned for _done, planned, _kept in added], dtype="Int64"),
            "kept": pd.array([share for _done, _planned, share in added], dtype="Float64"),
            "came_between": [_unique(words["came_between"], at[monday]) for monday in order],
            "reasons": [_unique(words.get("reason"), at[monday]) for monday in order],
        }
    )


def _counts(done: Iterable[Any], planned: Iterable[Any]) -> np.ndarray:
    """A row of done and planned for each; NaN where nothing was noted."""
    did, meant = as_numbers(done), as_numbers(planned)
    if (did < 0).any() or (meant < 0).any() or np.isinf(did).any() or np.isinf(meant).any():
        raise ValueError(_("Please give counts from 0 on."))
    return np.column_stack([did, meant])


def _shares(counts: np.ndarray) -> Counter:
    """How often each share of what was planned was done. Fractions, so that no week is lost to rounding."""
    counts = counts[~np.isnan(counts).any(axis=1) & (counts[:, 1] > 0)]
    pairs = Counter(zip(np.minimum(*counts.T).tolist(), counts[:, 1].tolist(), strict=True))
    shares: Counter = Counter()
    for (did, meant), times in pairs.items():
        shares[Fraction(did) / Fraction(meant)] += times
    return shares


def _total(shares: Counter) -> tuple[Fraction, int]:
    return sum((share * times for share, times in shares.items()), Fraction(0)), shares.total()


def _week_totals(rows: list[list[float]]) -> tuple[int | None, int, float | None]:
    """What was done and planned in one week, and the mean of what was kept."""
    noted = [row for row in rows if row[0] == row[0]]  # NaN is not itself
    planned = sum(int(meant) for _did, meant in noted or rows if meant == meant)
    shares = [min(1.0, did / meant) for did, meant in noted if meant > 0]
    return sum(int(did) for did, _meant in noted) if noted else None, planned, fmean(shares) if shares else None


def _unique(words: list[str] | None, rows: list[int]) -> tuple[str, ...]:
    return tuple(sorted({words[row] for row in rows} - {""})) if words else ()
