"""Where a client is on their own ladders, and which parts of life their milestones belong to."""

from typing import Any

import numpy as np
import pandas as pd

from kit.measures.columns import Numbers, as_days, as_frame, as_numbers, at_least_one
from kit.records import AREAS
from kit.words import _

LEVELS = (-2, 2)


def goal_attainment(levels: Numbers, weights: Numbers | None = None, rho: float = 0.3) -> float:
    """T of goal attainment scaling: 50 + 10 sum(w x) / sqrt((1 - rho) sum(w^2) + rho (sum w)^2).

    `levels` are from -2 to +2, where 0 is "as I hoped"; `weights` how much each matters (all alike without them);
    `rho` is how far goals are thought to go together, 0 to 1. 50 is as hoped on the whole, 10 points are one standard
    deviation. The coach sees the ladders first, and this only when it is asked for.

    >>> round(goal_attainment([-1, -1, -1]), 2)
    36.31

    Raises ValueError for no levels, for levels, weights or a rho out of range, and where not each level has its weight.

    Source: Kiresuk and Sherman 1968; Turner-Stokes 2009 in the form of its erratum.
    """
    x = at_least_one(levels)
    w = np.ones(len(x)) if weights is None else as_numbers(weights)
    if not ((LEVELS[0] <= x) & (x <= LEVELS[1])).all():
        raise ValueError(_("Please give levels from -2 to +2."))
    if len(w) != len(x):
        raise ValueError(_("Please give one weight for each level."))
    if not (np.isfinite(w) & (w >= 0)).all() or not w.any():
        raise ValueError(_("Please give weights from 0 on, and one above 0."))
    if not 0 <= rho <= 1:
        raise ValueError(_("Please give a rho from 0 to 1."))
    w = w / w.max()
    return float(50 + 10 * (w @ x) / np.sqrt((1 - rho) * (w @ w) + rho * w.sum() ** 2))


def ladders(aspirations: pd.DataFrame, ladder_marks: pd.DataFrame) -> pd.DataFrame:
    """Each aspiration with its latest place: `id`, `title`, `why`, `rungs`, `importance`, and from the marks
    `first_level`, `level` (-2 to +2), `on`, `enough_for_now`, `marks` (how many), `place`.

    `aspirations` needs `id`, `title` and `rungs`, `ladder_marks` `aspiration`, `on`, `level` and `enough_for_now`;
    where one is missing ValueError names it.

    `place` is where the level stands among the rungs: 0 on the first one, 1 on the second, 1.5 between the second and
    the third; -2 is the first rung, +2 the last. What was not marked yet is NA: too few yet to tell.
    """
    wanted = as_frame(aspirations, "id", "title", "rungs")
    marks = as_frame(ladder_marks, "aspiration", "on", "level", "enough_for_now")
    names = [name for name in ("id", "title", "why", "rungs", "importance") if name in wanted]
    latest = _latest_marks(marks)
    rows = [latest.get(one, _NOT_MARKED) for one in wanted["id"]]
    told = wanted[names].reset_index(drop=True)
    for at, name in enumerate(_NOT_MARKED):
        told[name] = pd.array([row[name] for row in rows], dtype=_TYPES[at])
    rungs = np.array([len(one) for one in wanted["rungs"]], dtype=float)
    told["place"] = pd.array(
        (as_numbers(told["level"]) - LEVELS[0]) / (LEVELS[1] - LEVELS[0]) * (rungs - 1), dtype="Float64"
    )
    return told


_NOT_MARKED: dict[str, Any] = {"first_level": None, "level": None, "on": None, "enough_for_now": False, "marks": 0}
_TYPES = ("Int64", "Int64", "datetime64[us]", "bool", "int64")


def _latest_marks(marks: pd.DataFrame) -> dict[str, dict[str, Any]]:
    by = [name for name in ("on", "created_at", "id") if name in marks]
    found: dict[str, dict[str, Any]] = {}
    for one in marks.sort_values(by, kind="stable").itertuples():
        before = found.get(one.aspiration, {"first_level": one.level, "marks": 0})
        found[one.aspiration] = {
            "first_level": before["first_level"],
            "level": one.level,
            "on": one.on,
            "enough_for_now": bool(one.enough_for_now),
            "marks": before["marks"] + 1,
        }
    return found


def attained(ladders: pd.DataFrame) -> float | None:
    """`goal_attainment` of the latest levels of `ladders`, weighed by importance; None while nothing is marked.

    Where an importance was skipped, or all are 0, each aspiration weighs the same.
    """
    marked = ladders[ladders["level"].notna()]
    if marked.empty:
        return None
    weights = as_numbers(marked["importance"]) if "importance" in marked else np.zeros(len(marked))
    alike = np.isnan(weights).any() or not weights.any()
    return goal_attainment(marked["level"], None if alike else weights)


def areas(milestones: pd.DataFrame) -> pd.DataFrame:
    """How many milestones belong to each area of life: `area`, `reached`, `ahead` (hoped for). A view, no rating.

    `milestones` needs `area` and `on` (NaT: ahead); where one is missing ValueError names it. All areas are there in
    the order of the form, those without a milestone too, and "" for what names none.
    """
    given = as_frame(milestones, "area", "on")
    ahead = np.isnat(as_days(given["on"]))
    named = given["area"].fillna("").to_numpy()
    order = [*AREAS, ""]
    return pd.DataFrame(
        {
            "area": order,
            "reached": [int(((named == area) & ~ahead).sum()) for area in order],
            "ahead": [int(((named == area) & ahead).sum()) for area in order],
        }
    )
