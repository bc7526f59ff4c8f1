"""All that happened, on one time line: entries with their days, and ratings day by day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from kit.measures.columns import as_days as whole_days
from kit.measures.columns import as_mondays, as_numbers

JOURNEY = ("milestones", "setbacks", "wins", "sparks", "sessions", "check_ins")
LANES = {
    "milestones": "milestone",
    "setbacks": "setback",
    "wins": "win",
    "sparks": "spark",
    "sessions": "session",
}
RATINGS = ("energy", "living_well")
Every = Literal["day", "week", "month", "quarter"]
PERIOD_STARTS: dict[Every, Callable[[np.ndarray], np.ndarray]] = {
    "day": whole_days,
    "week": as_mondays,
    "month": lambda days: whole_days(days).astype("datetime64[M]"),
    "quarter": lambda days: (
        whole_days(days).astype("datetime64[M]").astype(int) // 3 * 3 + np.datetime64("1970-01", "M")
    ),
}
PERIOD_DAYS: dict[Every, int] = {"day": 0, "week": 7, "month": 31, "quarter": 92}
MOST_TEXTS = 3  # marks of a heap that can be told by name


def journey(frames: Mapping[str, pd.DataFrame], today: date) -> pd.DataFrame:
    """All that happened on one time line: `id`, `lane`, `on`, `until`, `ongoing`, `text`, `created_at`.

    `frames` are those that `JOURNEY` names, check-ins aside; the rows lie in the order of their days.

    A milestone without a day has the lane "ahead" (something to hope for) and no `on`. A setback reaches
    from its first day to being back on one's feet; one without an end is `ongoing`, and reaches to `today`.
    """
    parts = {lane: frames[plural] for plural, lane in LANES.items()}
    lanes = np.repeat(np.array(list(parts), dtype="object"), [len(frame) for frame in parts.values()])
    on, created = (
        _column(parts, "on", "datetime64[us]", setback="began_on"),
        _column(parts, "created_at", "datetime64[us]"),
    )
    setback = lanes == "setback"
    until = np.full(len(on), np.datetime64("NaT"), dtype="datetime64[us]")
    until[setback] = parts["setback"]["back_on_feet_on"].to_numpy("datetime64[us]")
    ongoing = setback & np.isnat(until)
    until[ongoing] = np.datetime64(today)
    lanes[(lanes == "milestone") & np.isnat(on)] = "ahead"
    order = np.lexsort((created, on))
    # One frame of arrays at the end: frames that are joined and sorted took three times as long, at each save.
    return pd.DataFrame(
        {
            "id": pd.array(_column(parts, "id")[order], dtype="str"),
            "lane": pd.array(lanes[order], dtype="str"),
            "on": on[order],
            "until": until[order],
            "ongoing": ongoing[order],
            "text": pd.array(_column(parts, "title", session="takeaway")[order], dtype="str"),
            "created_at": pd.DatetimeIndex(created[order]).tz_localize("UTC"),
        },
        copy=False,
    )


def _column(parts: Mapping[str, pd.DataFrame], name: str, dtype: str = "object", **named: str) -> np.ndarray:
    """One column of all lanes, one below the other; in some lanes it has another name."""
    return np.concatenate([frame[named.get(lane, name)].to_numpy(dtype) for lane, frame in parts.items()])


def by_day(check_ins: pd.DataFrame, gap: int = 21, ratings: Sequence[str] = RATINGS) -> pd.DataFrame:
    """One row a day with anything noted: `on`, `energy`, `living_well`, and each as a quiet line.

    `check_ins` needs `on` and the columns that `ratings` names (0 to 10, NA where it was skipped).

    Two check-ins of one day stand as their mean (0 to 10). `energy_line` and `living_well_line` are means over
    the 21 days around a day; after `gap` days without a check-in they are NA: a gap stays a gap. `ratings` names
    others instead.
    """
    names = list(ratings)
    if check_ins.empty:
        return pd.DataFrame(columns=["on", *names, *(f"{name}_line" for name in names)])
    days = daily_means(check_ins, names)
    told = {name: days[name].to_numpy() for name in ("on", *names)}
    lines = {f"{name}_line": _rolling_mean(told["on"], told[name]) for name in names}
    return _with_gaps(pd.DataFrame({**told, **lines}, copy=False), gap)


def by_period(
    check_ins: pd.DataFrame, every: Every = "month", gap: int = 21, ratings: Sequence[str] = RATINGS
) -> pd.DataFrame:
    """The columns of `by_day` with one row a week or month, for a time that holds more days than can be drawn.

    A row is the mean over the days of that period on which anything was noted, and stands on the middle one of these
    days; the line is the same. `every` "day" is `by_day` itself.
    """
    if every == "day" or check_ins.empty:
        return by_day(check_ins, gap, ratings)
    days = daily_means(check_ins, ratings)
    period, first, n = np.unique(PERIOD_STARTS[every](days["on"].to_numpy()), return_index=True, return_counts=True)
    at = np.repeat(np.arange(len(period)), n)
    means = {name: _group_means(days[name].to_numpy(), at, len(period)) for name in ratings}
    told = {"on": days["on"].to_numpy()[first + n // 2], **means, **{f"{name}_line": of for name, of in means.items()}}
    return _with_gaps(pd.DataFrame(told), gap + PERIOD_DAYS[every])


def granularity(days: Iterable[Any], most: int = 400) -> Every:
    """The finest period of which at most `most` periods hold one of `days`; "quarter" where none does."""
    found = np.unique(whole_days(days))
    found = found[~np.isnat(found)]
    fitting = (every for every, first in PERIOD_STARTS.items() if len(np.unique(first(found))) <= most)
    return next(fitting, "quarter")


def entries_by_period(entries: pd.DataFrame, every: Every) -> pd.DataFrame:
    """The marks of `journey` by period: `lane`, `period`, `on`, `n`, `texts`.

    One row for each lane and each period that holds any: `period` is its first day, `on` the middle one of the days
    noted in it, `texts` are those of its first three marks. Setbacks are spans, and what is ahead has no day: they
    are not in it.
    """
    lanes, texts, on = (entries[name].to_numpy() for name in ("lane", "text", "on"))
    found: dict[str, list[Any]] = {name: [] for name in ("lane", "period", "on", "n", "texts")}
    for lane in (one for one in LANES.values() if one != "setback"):
        at = np.flatnonzero(lanes == lane)  # entries lie in the order of their days
        period, first, n = np.unique(PERIOD_STARTS[every](on[at]), return_index=True, return_counts=True)
        named = texts[at].tolist()
        found["lane"] += [lane] * len(n)
        found["period"].append(period.astype("datetime64[us]"))
        found["on"].append(on[at[first + n // 2]])
        found["n"] += n.tolist()
        found["texts"] += [
            tuple(named[start : start + min(many, MOST_TEXTS)]) for start, many in zip(first, n, strict=True)
        ]
    days = {name: np.concatenate(found[name]) for name in ("period", "on")}
    lane_words = {"lane": pd.array(found["lane"], dtype="str")}
    return pd.DataFrame({**found, **lane_words, **days}, copy=False)


def daily_means(check_ins: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """A row a day, in order of time; two check-ins of one day stand as their mean."""
    on = whole_days(check_ins["on"])
    known = ~np.isnat(on)
    whole, at = np.unique(on[known], return_inverse=True)
    told = {"on": whole.astype("datetime64[us]")}
    for name in names:
        told[name] = _group_means(as_numbers(check_ins[name])[known], at, len(whole))
    return pd.DataFrame(told)


def _rolling_mean(on: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The mean of what was noted on the 21 days around each day: ten before it, the day itself, and ten after."""
    reach = np.timedelta64(10, "D")
    noted = ~np.isnan(values)
    n, total = (np.concatenate(([0], np.cumsum(one))) for one in (noted, np.where(noted, values, 0)))
    ends = np.searchsorted(on, on + reach, "right"), np.searchsorted(on, on - reach)
    n, total = (one[ends[0]] - one[ends[1]] for one in (n, total))
    return np.divide(total, n, out=np.full(len(on), np.nan), where=n > 0)


def _group_means(values: np.ndarray, at: np.ndarray, places: int) -> np.ndarray:
    """The mean of what was noted `at` each of so many places; NaN where nothing was."""
    noted = ~np.isnan(values)
    n = np.bincount(at[noted], minlength=places)
    total = np.bincount(at[noted], weights=values[noted], minlength=places)
    return np.divide(total, n, out=np.full(places, np.nan), where=n > 0)


def _with_gaps(rows: pd.DataFrame, gap: int) -> pd.DataFrame:
    """After more than `gap` days without a row stands an empty one, so that no line is drawn across."""
    on = rows["on"].to_numpy()
    apart = np.diff(on, prepend=on[:1]) > np.timedelta64(gap, "D")
    if not apart.any():
        return rows
    breaks = rows.loc[apart, ["on"]].assign(on=lambda frame: frame["on"] - pd.Timedelta(days=1))
    return pd.concat([rows, breaks], ignore_index=True).sort_values("on", ignore_index=True)
