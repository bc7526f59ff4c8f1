"""Living well beside what one lives with, and how days since a day of one's choice compare with those before."""

from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.measures.columns import Numbers, as_frame, at_least_one
from kit.measures.timeline import PERIOD_STARTS, Every, daily_means
from kit.words import _

BOTH = ("living_well", "symptom_load")
BETTER: dict[str, Literal["higher", "lower"]] = {
    "energy": "higher",
    "living_well": "higher",
    "symptom_load": "lower",
    "hope": "higher",
    "connection": "higher",
}


def paired_ratings(check_ins: Any, at_least: float = 6) -> pd.DataFrame:
    """The days on which both were noted: `on`, `living_well`, `symptom_load` (0 to 10), `both`.

    `check_ins` needs the columns `on`, `living_well` and `symptom_load`; where one is missing ValueError names it.
    `both` says that each is `at_least` or more. Two check-ins of one day stand as their mean.
    """
    daily = daily_means(as_frame(check_ins, "on", *BOTH), BOTH)
    daily = daily.dropna(ignore_index=True)
    return daily.assign(both=(daily[list(BOTH)] >= at_least).all(axis=1))


def paired_days_by_period(beside: pd.DataFrame, on: Any, every: Every) -> pd.DataFrame:
    """`paired_ratings` counted by the periods that hold the days `on`, a row for each: `days`, and `both` of them."""
    period, shown = PERIOD_STARTS[every](beside["on"].to_numpy()), PERIOD_STARTS[every](np.asarray(on))
    counts = pd.DataFrame({"days": 1, "both": beside["both"].to_numpy(dtype=int)}, index=period)
    return counts.groupby(level=0).sum().reindex(shown, fill_value=0).reset_index(drop=True)


def living_with_symptoms(check_ins: Any, at_least: float = 6) -> pd.DataFrame:
    """On how many of the days living well and what one lives with were both `at_least` or more: better does not mean
    free of symptoms. What goes in is what `paired_ratings` takes.

    The first row is all months together (its `month` is NaT), then a row for each month that holds a day: `month` (its
    first day), `days` on which both were noted (n), `both` (days on which both were there), `share` (both of days,
    0 to 1), and the medians `living_well` and `symptom_load` (0 to 10). Without such a day share and medians are NA:
    too few yet to tell.
    """
    daily = paired_ratings(check_ins, at_least)
    month = daily["on"].to_numpy().astype("datetime64[M]")
    months, starts = np.unique(month, return_index=True)
    spans = [slice(None), *(slice(*ends) for ends in pairwise([*starts.tolist(), len(daily)]))]
    well, load, both = (daily[name].tolist() for name in (*BOTH, "both"))
    told = pd.DataFrame({"month": np.array([np.datetime64("NaT"), *months], dtype="datetime64[us]")})
    told["days"], told["both"] = [len(well[span]) for span in spans], [sum(both[span]) for span in spans]
    told["share"] = _floats([sum(both[span]) / len(both[span]) if both[span] else None for span in spans])
    told["living_well"], told["symptom_load"] = (
        _floats([median(values[span]) if values[span] else None for span in spans]) for values in (well, load)
    )
    return told


def _floats(values: list[float | None]) -> Any:
    return pd.array(values, dtype="Float64")


def nap(before: Numbers, after: Numbers, better: Literal["higher", "lower"] = "higher") -> float | None:
    """The chance that a later day is better than an earlier one, 0 to 1; 0.5 is no difference.

    Non-overlap of all pairs: the share of pairs of an earlier and a later value in which the later one is better, ties
    counting half. What was skipped (NA) is left out; None when all of one side was: too few yet to tell.

    >>> round(nap([20, 20, 26, 25, 22, 23], [28, 25, 24, 27, 30, 30, 29]), 3)
    0.917

    Raises ValueError where a side holds no value at all, or one that is no number.

    Source: Parker and Vannest 2009; Tau = 2 NAP - 1 (Parker, Vannest and others 2011).
    """
    if better not in ("higher", "lower"):
        raise ValueError(_('Please say whether "higher" or "lower" is better.'))
    early, late = (values[~np.isnan(values)] for values in (at_least_one(before), at_least_one(after)))
    if not len(early) or not len(late):
        return None
    early = np.sort(early)
    below = int(np.searchsorted(early, late, side="left").sum())
    level = int(np.searchsorted(early, late, side="right").sum()) - below
    higher = (below + level / 2) / (len(early) * len(late))
    return higher if better == "higher" else 1 - higher


def since_day(check_ins: Any, day: date) -> pd.DataFrame:
    """Days since `day` beside those before, for the coach's own view; `day` itself counts as since.

    `check_ins` needs `on`, and has any of `energy`, `living_well`, `symptom_load`, `hope` and `connection` (0 to 10).

    A row for each rating: `rating`, `days_before`, `days_since`, the medians `before` and `since`, and `nap`.
    For what one lives with, lower is better. NA where a side holds no day. That one came after the other does not
    say that it came from it.
    """
    names = tuple(name for name in BETTER if not isinstance(check_ins, pd.DataFrame) or name in check_ins)
    daily = daily_means(as_frame(check_ins, "on", *names), names)
    later = daily["on"].to_numpy() >= np.datetime64(day)
    rows = [_comparison(name, daily[name].to_numpy(), later) for name in names]
    told = pd.DataFrame(rows, columns=["rating", "days_before", "days_since", "before", "since", "nap"])
    return told.astype(dict.fromkeys(("before", "since", "nap"), "Float64"))


def _comparison(name: str, values: np.ndarray, later: np.ndarray) -> tuple:
    noted = ~np.isnan(values)
    before, since = values[noted & ~later], values[noted & later]
    both = len(before) > 0 and len(since) > 0
    medians = [float(np.median(side)) if len(side) else None for side in (before, since)]
    return (name, len(before), len(since), *medians, nap(before, since, BETTER[name]) if both else None)
