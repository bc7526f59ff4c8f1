"""From the store to tidy pandas frames, one for each kind of record; pandas begins here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kit.fields import About, Audience, about, may_see, seen
from kit.records import BY_PLURAL, KINDS, Client, OfClient, Record
from kit.store import Store

CLIENT_KINDS = tuple(kind for kind in KINDS if kind is Client or issubclass(kind, OfClient))
ALWAYS = ("id", "created_at", "by")
# What holds until it is changed is told whatever the period; all else counts on the day it is about.
STANDING = ("clients", "supporters", "tools", "plan", "aspirations", "steps", "support_lines", "practice")
FIRST_MOMENT, FIRST_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1).toordinal()  # where numpy begins to count
CASTS = {"rating": "Int64", "count": "Int64", "flag": "bool", "text": "str", "link": "str"}


def frames(
    store: Store,
    client: str | None,
    audience: Audience = "just_me",
    supporter: Any = None,
    kinds: Sequence[type[Record]] = CLIENT_KINDS,
) -> dict[str, pd.DataFrame]:
    """Plural -> frame, with the columns `id`, `created_at`, `by` and the fields that `audience` may see.

    Days are `datetime64`, ratings and counts `Int64` (a skipped one is NA, never 0), several texts a tuple.
    """
    rows = store.rows(kinds, client)
    return {kind.plural: frame(kind, rows[kind.plural], audience, supporter) for kind in kinds}


def frame(kind: type[Record], rows: Iterable[dict], audience: Audience, supporter: Any = None) -> pd.DataFrame:
    """The rows of one kind that `audience` may see, cast by the declaration."""
    own = ("client",) if issubclass(kind, OfClient) else ()
    names = (*ALWAYS, *own, *seen(kind, audience))
    seen_rows = [row for row in rows if may_see(kind, row.get("share_with") or (), audience, supporter)]
    described = about(kind)
    columns = {name: _cast(described.get(name), name, [row[name] for row in seen_rows]) for name in names}
    return pd.DataFrame(columns, columns=list(names), index=range(len(seen_rows)), copy=False)


def _cast(told: About | None, name: str, values: list) -> Any:
    # Arrays, not Series: a frame would line up the index of each column with all others.
    if name == "created_at":
        return pd.DatetimeIndex(_moments(values)).tz_localize("UTC")
    if told is None:
        return pd.array(values, dtype="str")
    if told.kind == "day":
        return _days(values)
    if told.kind in ("texts", "several", "links"):
        return _apart([tuple(value or ()) for value in values])
    whole_number = told.kind == "choice" and isinstance(told.choices[0][0], int)
    return pd.array(values, dtype="Int64" if whole_number else CASTS.get(told.kind, "str"))


def _moments(values: Sequence[datetime]) -> np.ndarray:
    """Counted by ourselves, for numpy looks at each of them at length."""
    counted = ((one - FIRST_MOMENT) // timedelta.resolution for one in values)
    return np.fromiter(counted, "int64", len(values)).view("datetime64[us]")


def _days(values: Sequence[date | None]) -> np.ndarray:
    not_known = np.iinfo("int64").min  # numpy's own sign for it
    counted = (not_known if one is None else one.toordinal() - FIRST_DAY for one in values)
    return np.fromiter(counted, "int64", len(values)).view("datetime64[D]").astype("datetime64[us]")


def _apart(values: list[tuple]) -> np.ndarray:
    """One tuple in each place; numpy would make a table of tuples that are equally long."""
    found = np.empty(len(values), dtype="object")
    found[:] = values
    return found


def within(
    frames: Mapping[str, pd.DataFrame], since: date | None, until: date | None = None
) -> dict[str, pd.DataFrame]:
    """The same frames with what is dated from `since` to `until`, both days in it; what has no day yet stays."""
    return {plural: _dated(BY_PLURAL[plural], frame, since, until) for plural, frame in frames.items()}


def _dated(kind: type[Record], frame: pd.DataFrame, since: date | None, until: date | None) -> pd.DataFrame:
    if kind.plural in STANDING or kind.dated not in frame or not (since or until):
        return frame
    days = frame[kind.dated]
    early = days < pd.Timestamp(since) if since else days.isna() & False
    late = days > pd.Timestamp(until) if until else days.isna() & False
    # The words that a page opens with are the latest, however long ago they were told.
    return frame[~late & (~early | (kind.plural == "better"))]
