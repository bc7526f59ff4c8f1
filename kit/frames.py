"""From the store to tidy pandas frames, one for each kind of record; pandas begins here."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from kit.fields import About, Audience, about, is_visible, visible_fields
from kit.records import BY_PLURAL, KINDS, Client, OfClient, Record
from kit.store import Store

CLIENT_KINDS = tuple(kind for kind in KINDS if kind is Client or issubclass(kind, OfClient))
META_COLUMNS = ("id", "created_at", "by")
# What holds until it is changed is told whatever the period; all else counts on the days it is about.
UNDATED_KINDS = ("clients", "supporters", "tools", "plan", "aspirations", "support_lines", "practice")
CARRIED_FORWARD = ("better", "ladder_marks")  # the latest words, or place, hold however long ago they were noted
EPOCH, EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC), date(1970, 1, 1).toordinal()  # where numpy begins to count
DTYPES = {"rating": "Int64", "count": "Int64", "flag": "bool", "text": "str", "link": "str"}


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
    names = (*META_COLUMNS, *own, *visible_fields(kind, audience))
    seen_rows = [row for row in rows if is_visible(kind, row.get("share_with") or (), audience, supporter)]
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
        return _object_array([tuple(value or ()) for value in values])
    whole_number = told.kind == "choice" and isinstance(told.choices[0][0], int)
    return pd.array(values, dtype="Int64" if whole_number else DTYPES.get(told.kind, "str"))


def _moments(values: Sequence[datetime]) -> np.ndarray:
    """Counted by ourselves, for numpy looks at each of them at length."""
    counted = ((one - EPOCH) // timedelta.resolution for one in values)
    return np.fromiter(counted, "int64", len(values)).view("datetime64[us]")


def _days(values: Sequence[date | None]) -> np.ndarray:
    not_known = np.iinfo("int64").min  # numpy's own sign for it
    counted = (not_known if one is None else one.toordinal() - EPOCH_DAY for one in values)
    return np.fromiter(counted, "int64", len(values)).view("datetime64[D]").astype("datetime64[us]")


def _object_array(values: list[tuple]) -> np.ndarray:
    """One tuple in each place; numpy would make a table of tuples that are equally long."""
    found = np.empty(len(values), dtype="object")
    found[:] = values
    return found


def filter_period(
    frames: Mapping[str, pd.DataFrame], since: date | None, until: date | None = None
) -> dict[str, pd.DataFrame]:
    """The same frames with what belongs to the time from `since` to `until`, as `touches` has it."""
    return {plural: _filter_frame(BY_PLURAL[plural], frame, since, until) for plural, frame in frames.items()}


def overlaps_period(begins: Any, ends: Any, since: date | None, until: date | None = None) -> np.ndarray:
    """Which of these belong to the time from `since` to `until`, both days in it: the one meaning of "in this period".

    A span belongs to a time that it touches; without an end (NaT) it goes on, and belongs to every time from its
    beginning on. What is about one day ends on the day on which it begins. What has no day yet always belongs.
    """
    begins, ends = (np.asarray(one).astype("datetime64[D]") for one in (begins, ends))
    over = ends < np.datetime64(since) if since else np.zeros(len(begins), dtype=bool)
    return ~over if until is None else ~over & ~(begins > np.datetime64(until))


def _filter_frame(kind: type[Record], frame: pd.DataFrame, since: date | None, until: date | None) -> pd.DataFrame:
    if kind.plural in UNDATED_KINDS or kind.dated not in frame or not (since or until):
        return frame
    last = frame[kind.ends if kind.ends in frame else kind.dated]
    return frame[overlaps_period(frame[kind.dated], last, None if kind.plural in CARRIED_FORWARD else since, until)]
