"""How long something lasts when some of it still goes on: the curve of Kaplan and Meier and its median."""

from collections.abc import Iterable
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from kit.measures.columns import Numbers, at_least_one
from kit.words import _

HALF = 0.5 + 1e-9  # a product such as 3/4 * 5/6 * 4/5 may come out a hair above one half


def survival(days: Numbers, ended: Iterable[Any]) -> pd.DataFrame:
    """The share that still goes on after each day on which one ended: S(t) = product of (1 - d / n).

    `days` says how long each lasted or, where `ended` is False, has lasted at least (right-censored). The frame
    has a row for each day on which one ended: `days`, `at_risk` (n, those that had lasted until then; one that
    goes on counts on its own last day too), `share` (0 to 1). It is empty while none has ended.

    >>> survival([1, 1, 4, 5, 6, 9, 9, 22], [1, 1, 1, 1, 0, 1, 0, 1])["share"].round(3).tolist()
    [0.75, 0.625, 0.5, 0.333, 0.0]

    Raises ValueError where there are no days, where they are below 0, or where not each says whether it has ended.

    Source: Kaplan and Meier 1958; the example: Bewick 2004, Critical Care 8:389.
    """
    times, at_risk, ends = _risk_table(days, ended)
    whole = times.astype("int64") if (times % 1 == 0).all() else times
    return pd.DataFrame({"days": whole, "at_risk": at_risk, "share": _survival_function(at_risk, ends)})


def median_days(curve: pd.DataFrame) -> float | None:
    """The first day on which the share of a `survival` curve is one half or less, in days.

    None as long as more than half still go on: too few yet to tell. Raises ValueError for what is no such curve.

    Source: Kaplan and Meier 1958; of Bewick's example (2004) it is 5.
    """
    if not isinstance(curve, pd.DataFrame) or not {"days", "share"} <= set(curve):
        raise ValueError(_("Please give the frame that survival returns."))
    return _first_time(curve["days"].to_numpy(), curve["share"].to_numpy() <= HALF)


def median_interval(days: Numbers, ended: Iterable[Any], level: float = 0.95) -> tuple[float | None, float | None]:
    """Between which days the median lies, with the confidence `level`; None where that end is not reached yet.

    Method: Brookmeyer and Crowley 1982, on the log-log scale with Greenwood's variance. An end is the first day on
    which the lower, or the upper, limit of the curve is one half or less. Where the curve has come down to 0
    Greenwood's variance is not defined: the lower limit counts as 0 there, and the upper one as not reached.
    """
    times, at_risk, ends = _risk_table(days, ended)
    share = _survival_function(at_risk, ends)
    inside = (share > 0) & (share < 1)
    s, n, d = share[inside], at_risk[inside], ends[inside]
    spread = NormalDist().inv_cdf(0.5 + level / 2) * np.sqrt(np.cumsum(d / (n * (n - d)))) / -np.log(s)
    lower, upper = np.zeros(len(share)), np.ones(len(share))
    lower[inside], upper[inside] = s ** np.exp(spread), s ** np.exp(-spread)
    return _first_time(times, lower <= HALF), _first_time(times, upper <= HALF)


def _risk_table(days: Numbers, ended: Iterable[Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each day on which one ended, how many had lasted until then, and how many ended on it."""
    lasted, over = at_least_one(days), at_least_one(ended)
    if len(lasted) != len(over):
        raise ValueError(_("Please say of each number of days whether it has ended."))
    if not np.isfinite(lasted).all() or (lasted < 0).any():
        raise ValueError(_("Please give whole days from 0 on; an end cannot lie before its beginning."))
    if not np.isin(over, (0, 1)).all():
        raise ValueError(_("Please say yes or no to whether it has ended."))
    times, ends = np.unique(lasted[over == 1], return_counts=True)
    at_risk = len(lasted) - np.searchsorted(np.sort(lasted), times, side="left")
    return times, at_risk, ends


def _survival_function(at_risk: np.ndarray, ends: np.ndarray) -> np.ndarray:
    return np.cumprod((at_risk - ends) / at_risk)


def _first_time(times: np.ndarray, reached: np.ndarray) -> float | None:
    return float(times[reached.argmax()]) if reached.any() else None
