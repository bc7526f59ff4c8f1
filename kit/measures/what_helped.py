"""What helped, and what came before: counts and medians with their n; never that one thing brought about another."""

from collections.abc import Iterable
from datetime import date
from statistics import median
from typing import Any

import numpy as np
import pandas as pd

from kit.measures.bounce_back import MIN_EPISODES, durations, is_timed
from kit.measures.columns import as_frame, as_numbers
from kit.measures.kaplan_meier import median_days, survival
from kit.records import LISTED_ONLY

_Use = tuple[str, float, bool]  # the tool's id, how much it helped (NaN: skipped), whether it is not for me

MIN_RATINGS = 3
HELPFUL = 5
TOOL_COLUMNS = ["tool", "title", "kind", "times", "rated", "median", "low", "high", "estimate", "enough", "not_for_me"]
_TYPES = {"median": "Float64", "low": "Float64", "high": "Float64", "estimate": "Float64", "enough": "bool"}


def what_helped(tool_uses: Any, tools: Any) -> pd.DataFrame:
    """Each tool that was used, what helped most first; therapy and medication are left out (see `listed_only`).

    `tool_uses` needs `tool` and `helped` (0 to 10, NA where it was skipped) and may have `not_for_me`, `tools` needs
    `id`, `title` and `kind`; where one is missing ValueError names it. Out come `tool` (its id), `title`, `kind`,
    `times` used, `rated` (n of the ratings), `median`, `low` and `high` of how much it helped (0 to 10), `not_for_me`
    (how often it was called so), `estimate`, `enough`.

    The order: tools rated at least 3 times first (`enough`; of the others it is too early to tell, so that one use
    never outranks twenty), then by `estimate`: the mean shrunk towards the mean m of all ratings in the list, as if
    there were 3 more of those, (sum + 3 m) / (n + 3). How much it helped in the client's own eyes; not that it was
    the tool that did it.
    """
    rows = _rank(_used(as_frame(tool_uses, "tool", "helped")), _rankable(tools))
    return pd.DataFrame(rows, columns=TOOL_COLUMNS).astype(_TYPES)


def listed_only(tools: Any) -> pd.DataFrame:
    """Therapy and medication that are in use: `tool`, `title`, `kind`. Listed, never rated or ranked.

    `tools` needs `id`, `title`, `kind` and `status`; where one is missing ValueError names it.
    """
    given = as_frame(tools, "id", "title", "kind", "status")
    rows = zip(given["title"], given["id"], given["kind"], given["status"], strict=True)
    found = sorted(
        (title, tool, kind) for title, tool, kind, status in rows if kind in LISTED_ONLY and status == "in use"
    )
    return pd.DataFrame(found, columns=["title", "tool", "kind"], dtype="str")[["tool", "title", "kind"]]


def what_fits(tool_uses: Any, tools: Any, setbacks: Any) -> pd.DataFrame:
    """`what_helped`, for each thing that came before a setback: the columns of it after `came_before`.

    `tool_uses` needs `setback` (its id) too, `setbacks` needs `id` and `triggers` (several words each).

    Only uses that name a setback count, once for each thing that came before it. The most frequent thing comes first.
    """
    known = _rankable(tools)
    happened = as_frame(setbacks, "id", "triggers")
    before = dict(zip(happened["id"], happened["triggers"], strict=True))
    given = as_frame(tool_uses, "tool", "helped", "setback")
    rows: dict[str, list[int]] = {}
    for row, setback in enumerate(given["setback"]):
        for came_before in before.get(setback, ()):
            rows.setdefault(came_before, []).append(row)
    times, used = _frequencies(before.values()), _used(given)
    ranked = [
        {"came_before": came_before, **row}
        for came_before in sorted(rows, key=lambda one: (-times[one], one))
        for row in _rank([used[row] for row in rows[came_before]], known)
    ]
    return pd.DataFrame(ranked, columns=["came_before", *TOOL_COLUMNS]).astype(_TYPES)


def triggers(setbacks: Any, tool_uses: Any, today: date, tools: Any = None) -> pd.DataFrame:
    """Each thing that came before a setback, the most frequent first.

    `setbacks` needs `id`, `began_on`, `back_on_feet_on` and `triggers`, and may have `outside_control` and `timed`;
    `tool_uses` and `tools` are those of `what_fits`. Raises ValueError where a column or a first day is missing, or an
    end lies before its beginning. Out come

    `came_before`, `times`, `not_in_my_hands` (how often it was called so), `ongoing` (how many of those setbacks go
    on), `timed` (n of the days), `days` (how long each lasted, or has lasted at least), `ended` (whether it did, in the
    same order), `median_days` (Kaplan and Meier; what goes on counts as at least its days until `today`; NA below 5:
    too few yet to tell), `helped` (titles of tools whose median is 5 or more, in the order of `what_fits`).

    Setbacks with `timed` false count, and have no days. `helped` needs `tools`: without them therapy and medication
    could not be told apart, and nothing is named. That something came before does not say that it was the cause.
    """
    given = as_frame(setbacks, "id", "began_on", "back_on_feet_on", "triggers")
    lasted, ended = durations(given, today)
    order = np.lexsort((~ended, lasted))
    times = _frequencies(given["triggers"])
    outside = _frequencies(given["outside_control"]) if "outside_control" in given else {}
    helped = {} if tools is None else _helpful_titles(what_fits(tool_uses, tools, given))
    rows = []
    for came_before in sorted(times, key=lambda one: (-times[one], one)):
        here = np.array([came_before in some for some in given["triggers"]], dtype=bool)
        measured = order[(here & is_timed(given))[order]]
        rows.append(
            {
                "came_before": came_before,
                "times": times[came_before],
                "not_in_my_hands": outside.get(came_before, 0),
                "ongoing": int((here & ~ended).sum()),
                "timed": len(measured),
                "days": tuple(lasted[measured].tolist()),
                "ended": tuple(ended[measured].tolist()),
                "median_days": _median(lasted[measured], ended[measured]),
                "helped": helped.get(came_before, ()),
            }
        )
    columns = ["came_before", "times", "not_in_my_hands", "ongoing", "timed", "days", "ended", "median_days", "helped"]
    return pd.DataFrame(rows, columns=columns).astype({"median_days": "Float64"})


def _median(lasted: np.ndarray, ended: np.ndarray) -> float | None:
    return median_days(survival(lasted, ended)) if len(lasted) >= MIN_EPISODES else None


def _frequencies(several: Iterable[Iterable[str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for some in several:
        for one in set(some):
            counts[one] = counts.get(one, 0) + 1
    return counts


def _rankable(tools: Any) -> dict[str, tuple[str, str]]:
    """Id -> title and kind of the tools that may be ranked."""
    given = as_frame(tools, "id", "title", "kind")
    rows = zip(given["id"], given["title"], given["kind"], strict=True)
    return {tool: (title, kind) for tool, title, kind in rows if kind not in LISTED_ONLY}


def _used(tool_uses: pd.DataFrame) -> list[_Use]:
    against = tool_uses["not_for_me"] if "not_for_me" in tool_uses else [False] * len(tool_uses)
    return list(zip(tool_uses["tool"], as_numbers(tool_uses["helped"]).tolist(), against, strict=True))


def _rank(used: list[_Use], known: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """A row for each tool that may be ranked, in the order that `what_helped` states."""
    uses: dict[str, list[_Use]] = {}
    for one in used:
        if one[0] in known:
            uses.setdefault(one[0], []).append(one)
    ratings = [rating for tool in uses for _tool, rating, _against in uses[tool] if rating == rating]
    usual = sum(ratings) / len(ratings) if ratings else 0.0
    return sorted((_tool_row(tool, uses[tool], known[tool], usual) for tool in uses), key=_rank_key)


def _tool_row(tool: str, uses: list[_Use], known: tuple[str, str], usual: float) -> dict[str, Any]:
    ratings = [rating for _tool, rating, _against in uses if rating == rating]  # NaN is not itself
    n = len(ratings)
    return {
        "tool": tool,
        "title": known[0],
        "kind": known[1],
        "times": len(uses),
        "rated": n,
        "median": median(ratings) if n else None,
        "low": min(ratings) if n else None,
        "high": max(ratings) if n else None,
        "estimate": (sum(ratings) + MIN_RATINGS * usual) / (n + MIN_RATINGS) if n else None,
        "enough": n >= MIN_RATINGS,
        "not_for_me": sum(bool(against) for _tool, _rating, against in uses),
    }


def _rank_key(row: dict[str, Any]) -> tuple:
    estimate = row["estimate"]
    return (not row["enough"], estimate is None, -(estimate or 0), -row["times"], row["title"], row["tool"])


def _helpful_titles(fits: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    titles: dict[str, tuple[str, ...]] = {}
    for came_before, title, middle in zip(fits["came_before"], fits["title"], fits["median"], strict=True):
        if not pd.isna(middle) and middle >= HELPFUL:
            titles[came_before] = (*titles.get(came_before, ()), title)
    return titles
