"""Showing up: in how many weeks anything was noted, and what was there in a time that was not easy."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from kit.frames import overlaps_period
from kit.measures.columns import as_days, as_mondays, as_numbers
from kit.words import _

NOTED = (
    "better", "sessions", "check_ins", "wins", "sparks", "milestones", "setbacks", "aspirations", "ladder_marks",
    "tools", "tool_uses", "steps", "step_weeks", "plan", "noticed",
)  # fmt: skip


def showing_up(dates: Iterable[Any], today: date | None = None) -> pd.DataFrame:
    """Weeks in which anything was noted, a row for each week from the first on: it never resets.

    `week_of` (its Monday), `entries` (how many), `weeks` (how many weeks hold something, up to this one). The last
    row is the week of `today` (without it, of the last entry). The client reads the last of `weeks`; out of how many
    (the number of rows) stands in the table only. With few days it still holds, being a count; without any it
    raises ValueError.
    """
    found = as_mondays(dates)
    found = found[~np.isnat(found)]
    if not len(found):
        raise ValueError(_("Please give one day at least; there is none yet."))
    last = max(found.max(), as_mondays([today])[0]) if today else found.max()
    weeks = np.arange(found.min(), last + np.timedelta64(7, "D"), np.timedelta64(7, "D"))
    entries = np.bincount((found - found.min()).astype("int64") // 7, minlength=len(weeks))
    on = weeks.astype("datetime64[us]")
    return pd.DataFrame({"week_of": on, "entries": entries, "weeks": np.cumsum(entries > 0)})


def days_noted(frames: Mapping[str, pd.DataFrame]) -> np.ndarray:
    """The days on which anything of a client's was noted, for `showing_up`: when it was written down, here.

    A week of a step counts once something was noted of it, not when it was planned.
    """
    parts = [_written(plural, frames[plural]) for plural in NOTED if plural in frames]
    moments = pd.concat(parts, ignore_index=True) if parts else pd.Series([], dtype="datetime64[us, UTC]")
    seconds = moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]").astype("int64").tolist()
    return np.array([date.fromtimestamp(one) for one in seconds], dtype="datetime64[D]")


def _written(plural: str, frame: pd.DataFrame) -> pd.Series:
    if plural != "step_weeks":
        return frame["created_at"]
    return frame.loc[frame["done"].notna() | (frame["came_between"] != ""), "created_at"]


def meanwhile(frames: Mapping[str, pd.DataFrame], since: date, until: date) -> dict[str, int]:
    """What was there in a time that was not easy: counts from `since` to `until`, both days in it.

    `milestones`, `wins`, `sparks`, and of the small steps how often they were `done` and `planned` in the weeks that
    began in that time; a week of which nothing was noted is in neither.
    """

    def within(values: Any) -> np.ndarray:
        found = as_days(values)
        return overlaps_period(found, found, since, until) & ~np.isnat(found)

    counts = {
        name: int(within(frames[name]["on"]).sum()) for name in ("milestones", "wins", "sparks") if name in frames
    }
    if "step_weeks" in frames:
        weeks = frames["step_weeks"][within(frames["step_weeks"]["week_of"])]
        done, planned = as_numbers(weeks["done"]), as_numbers(weeks["planned"])
        noted = ~np.isnan(done)
        counts |= {"done": int(done[noted].sum()), "planned": int(np.nansum(planned[noted]))}
    return counts
