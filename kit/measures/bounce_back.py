"""Finding one's feet: how long it takes from a setback's first day, counting honestly what still goes on."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kit.measures.columns import as_days, as_frame
from kit.measures.former_names import sentence_of
from kit.measures.kaplan_meier import median_days, median_interval, survival
from kit.words import _

MIN_EPISODES = 5
YEAR = 365.25
COLUMNS = ["began_on", "back_on_feet_on", "days", "ongoing", "roughly", "setbacks", "titles", "ids"]
EACH = ["began_on", "back_on_feet_on", "days", "ongoing", "roughly", "title", "id"]


@dataclass(frozen=True, eq=False)
class Trend:
    """Whether stretches last longer or less long as time goes by, in days a year, with its 95% interval.

    `line` has a row for the first stretch, the one in the middle and the last: `on`, `days`, and between which
    days it runs when the slope is at an end of its interval (`low`, `high`). `n` counts the stretches in it.
    """

    per_year: float
    low: float
    high: float
    n: int
    line: pd.DataFrame

    @property
    def direction(self) -> int:
        """-1 fewer days, 1 more days, 0 as long as the interval holds both."""
        return int(self.low > 0) - int(self.high < 0)


@dataclass(frozen=True, eq=False)
class BounceBack:
    """What `bounce_back` found: `setbacks` are counted and told, `episodes` join neighbours for the curve alone.

    `n` counts episodes, `ended` and `ongoing` count setbacks; `median`, `low` and `high` are days, and so is `gap`: how
    far apart neighbours may lie that are joined.
    """

    setbacks: pd.DataFrame
    episodes: pd.DataFrame
    curve: pd.DataFrame | None
    median: float | None
    low: float | None
    high: float | None
    trend: Trend | None
    n: int
    ended: int
    ongoing: int
    left_out: int
    gap: int

    sentence = sentence_of("client_sentence", "sentence")
    asked_sentence = sentence_of("asked_sentence", "asked_sentence")
    coach_sentence = sentence_of("coach_sentence", "coach_sentence")
    curve_sentence = sentence_of("curve_sentence", "curve_sentence")


def bounce_back(setbacks: Any, today: date, gap: int = 2) -> BounceBack:
    """Days from a setback's first day to being back on one's feet.

    `setbacks` needs the columns `began_on` and `back_on_feet_on` (NaT while it goes on), and may have `timed`,
    `roughly`, `title` and `id`. Comes out a `BounceBack`.

    Its `setbacks` have a row for each, in order of time: `began_on`, `back_on_feet_on` (NaT while it goes on), `days`,
    `ongoing`, `roughly` (its first day is), `title`, `id`. What still goes on has no end: its `days` are those until
    `today`, and count as "at least" (right-censored). `ended` and `ongoing` count these rows, so that one more record
    never takes back that somebody got up. Setbacks with `timed` false stay out (`left_out`).

    For the curve neighbours are joined: setbacks of which one begins at most `gap` days after the other ended are one
    row of `episodes`, with how many `setbacks` it holds, their `titles` and `ids`. One that goes on is joined with what
    overlaps it only: all that began later, and the stretch that had not ended when it began.

    From 5 stretches on (`n`) there is a `curve` (see `survival`) and its `median` in days, with the 95% interval from
    `low` to `high` (see `median_interval`); from 5 ended ones on a `trend`: the slope of Theil 1950 and Sen 1968, in
    which the ongoing one is not. Each of these is None while it is too early to tell.

    Raises ValueError where a column or a first day is missing, or an end lies before its beginning.

    Source: Kaplan and Meier 1958; Brookmeyer and Crowley 1982 for the interval of the median; Theil 1950 and Sen 1968
    for the trend, as in scipy's `theilslopes`.
    """
    kept, left_out = _without_untimed(as_frame(setbacks, "began_on", "back_on_feet_on"))
    each = _in_order(kept, today)
    episodes = _episodes(each, today, gap)
    lasted, ended = episodes["days"].to_numpy(), ~episodes["ongoing"].to_numpy(dtype=bool)
    n, curve, median, low, high = len(episodes), None, None, None, None
    if n >= MIN_EPISODES:
        curve = survival(lasted, ended)
        median, (low, high) = median_days(curve), median_interval(lasted, ended)
    return BounceBack(
        setbacks=each,
        episodes=episodes,
        curve=curve,
        median=median,
        low=low,
        high=high,
        trend=_theil_sen(episodes[ended]),
        n=n,
        ended=int((~each["ongoing"]).sum()),
        ongoing=int(each["ongoing"].sum()),
        left_out=left_out,
        gap=gap,
    )


def durations(setbacks: pd.DataFrame, today: date) -> tuple[np.ndarray, np.ndarray]:
    """Of each setback: how many days it lasted, at least, and whether it has ended."""
    began, back = as_days(setbacks["began_on"]), as_days(setbacks["back_on_feet_on"])
    if np.isnat(began).any():
        raise ValueError(_("Please say of each setback on which day it began; roughly is enough."))
    if (back < began).any():
        raise ValueError(_("A day of being back on one's feet lies before the beginning. Please look at both dates."))
    # A client's clock may be a day ahead of ours.
    until = np.maximum(np.where(np.isnat(back), np.datetime64(today), back), began)
    return (until - began).astype("int64"), ~np.isnat(back)


def is_timed(setbacks: pd.DataFrame) -> np.ndarray:
    """Which setbacks may stand in pictures about time."""
    if "timed" not in setbacks:
        return np.ones(len(setbacks), dtype=bool)
    return setbacks["timed"].to_numpy(dtype=bool)


def _without_untimed(setbacks: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    stays = is_timed(setbacks)
    return setbacks[stays], int((~stays).sum())


def _in_order(setbacks: pd.DataFrame, today: date) -> pd.DataFrame:
    """The setbacks in order of time; of two that began on one day the one that goes on comes first."""
    lasted, ended = durations(setbacks, today)
    began, n = as_days(setbacks["began_on"]), len(setbacks)
    told = {
        name: setbacks[name].tolist() if name in setbacks else [blank] * n
        for name, blank in (("title", ""), ("id", ""), ("roughly", False))
    }
    rows = sorted(zip(began, ended.tolist(), lasted.tolist(), told["title"], told["id"], told["roughly"], strict=True))
    found = pd.DataFrame(rows, columns=["began_on", "ended", "days", "title", "id", "roughly"])
    began, over = found["began_on"].to_numpy("datetime64[D]"), found["ended"].to_numpy(dtype=bool)
    found["began_on"] = began.astype("datetime64[us]")
    last = began + found["days"].to_numpy("int64").astype("timedelta64[D]")
    found["back_on_feet_on"] = np.where(over, last, np.datetime64("NaT")).astype("datetime64[us]")
    return found.assign(ongoing=~over, roughly=found["roughly"].astype(bool), days=found["days"].astype("int64"))[EACH]


def _episodes(each: pd.DataFrame, today: date, gap: int) -> pd.DataFrame:
    stretches: list[dict[str, Any]] = []
    began, lasted = as_days(each["began_on"]), each["days"].to_numpy().astype("timedelta64[D]")
    columns = (began, began + lasted, *(each[name].tolist() for name in ("ongoing", "title", "id", "roughly")))
    for first, last, ongoing, title, name, roughly in zip(*columns, strict=True):
        now = stretches[-1] if stretches else None
        near = np.timedelta64(0 if ongoing else gap, "D")
        if now is None or not (now["ongoing"] or first - now["last"] <= near):
            now = {"began_on": first, "last": last, "ongoing": False, "roughly": roughly, "titles": (), "ids": ()}
            stretches.append(now)
        now["last"] = max(now["last"], last)
        now["ongoing"] |= ongoing
        now["titles"] += (title,)
        now["ids"] += (name,)
    return _episode_frame(stretches, today)


def _episode_frame(stretches: list[dict[str, Any]], today: date) -> pd.DataFrame:
    began = np.array([one["began_on"] for one in stretches], dtype="datetime64[D]")
    last = np.array([one["last"] for one in stretches], dtype="datetime64[D]")
    ongoing = np.array([one["ongoing"] for one in stretches], dtype=bool)
    until = np.where(ongoing, np.maximum(np.datetime64(today), began), last)
    back = np.where(ongoing, np.datetime64("NaT"), last)
    return pd.DataFrame(
        {
            "began_on": began.astype("datetime64[us]"),
            "back_on_feet_on": back.astype("datetime64[us]"),
            "days": (until - began).astype("int64"),
            "ongoing": ongoing,
            "roughly": [one["roughly"] for one in stretches],
            "setbacks": [len(one["ids"]) for one in stretches],
            "titles": [one["titles"] for one in stretches],
            "ids": [one["ids"] for one in stretches],
        },
        columns=COLUMNS,
    )


def _theil_sen(ended: pd.DataFrame) -> Trend | None:
    if len(ended) < MIN_EPISODES:
        return None
    from scipy.stats import theilslopes

    x = as_days(ended["began_on"]).astype("int64") / YEAR
    y = ended["days"].to_numpy(dtype=float)
    slope, _intercept, low, high = (float(one) for one in theilslopes(y, x, alpha=0.95))
    return Trend(slope, low, high, len(ended), _trend_line(x, y, slope, low, high))


def _trend_line(x: np.ndarray, y: np.ndarray, slope: float, low: float, high: float) -> pd.DataFrame:
    """All lines go through the point in the middle; none goes below 0 days."""
    middle = np.median(x)
    ends = np.array([x[0], middle, x[-1]])
    lines = [np.maximum(np.median(y) + one * (ends - middle), 0) for one in (slope, low, high)]
    on = pd.to_datetime(np.round(ends * YEAR).astype("int64"), unit="D").as_unit("us")
    return pd.DataFrame({"on": on, "days": lines[0], "low": np.minimum(*lines[1:]), "high": np.maximum(*lines[1:])})
