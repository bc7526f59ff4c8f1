"""What the entries add up to; every meaning of progress stands here, once."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

JOURNEY = ("milestones", "setbacks", "wins", "sparks", "sessions", "check_ins")
LANES = {
    "milestones": "milestone",
    "setbacks": "setback",
    "wins": "win",
    "sparks": "spark",
    "sessions": "session",
}
COLUMNS = ["id", "lane", "on", "until", "ongoing", "text", "created_at"]


def journey(frames: Mapping[str, pd.DataFrame], today: date) -> pd.DataFrame:
    """All that happened on one time line: `id`, `lane`, `on`, `until`, `ongoing`, `text`, `created_at`.

    A milestone without a day has the lane "ahead" (something to look out for) and no `on`. A setback reaches
    from its first day to being back on one's feet; one without an end is `ongoing`, and reaches to `today`.
    """
    parts = [_lane(frames[plural], lane) for plural, lane in LANES.items()]
    entries = pd.concat(parts, ignore_index=True)
    entries.loc[(entries["lane"] == "milestone") & entries["on"].isna(), "lane"] = "ahead"
    entries["ongoing"] = (entries["lane"] == "setback") & entries["until"].isna()
    entries.loc[entries["ongoing"], "until"] = pd.Timestamp(today)
    return entries[COLUMNS].sort_values(["on", "created_at"], kind="stable", ignore_index=True)


def _lane(frame: pd.DataFrame, lane: str) -> pd.DataFrame:
    spans = lane == "setback"
    return pd.DataFrame(
        {
            "id": frame["id"],
            "lane": lane,
            "on": frame["began_on" if spans else "on"],
            "until": frame["back_on_feet_on"] if spans else pd.NaT,
            "text": frame["takeaway" if lane == "session" else "title"],
            "created_at": frame["created_at"],
        }
    ).astype({"until": "datetime64[us]", "on": "datetime64[us]"})


def by_day(check_ins: pd.DataFrame, gap: int = 21) -> pd.DataFrame:
    """One row a day with anything noted: `on`, `energy`, `living_well`, and each as a quiet line.

    Two check-ins of one day stand as their mean (0 to 10). `energy_line` and `living_well_line` are means over
    the 21 days around a day; after `gap` days without a check-in they are NA: a gap stays a gap.
    """
    ratings = ["energy", "living_well"]
    if check_ins.empty:
        return pd.DataFrame(columns=["on", *ratings, *(f"{name}_line" for name in ratings)])
    days = check_ins.groupby("on")[ratings].mean().astype("float64")
    lines = days.rolling("21D", center=True, min_periods=1).mean().add_suffix("_line")
    daily = days.join(lines).reset_index()
    apart = daily["on"].diff().dt.days > gap
    breaks = daily.loc[apart, ["on"]].assign(on=lambda frame: frame["on"] - pd.Timedelta(days=1))
    return pd.concat([daily, breaks], ignore_index=True).sort_values("on", ignore_index=True)
