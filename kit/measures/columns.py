"""What a measure reads from: a column or a plain sequence as an array, and what makes no sense said in one sentence."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from kit.words import _

Numbers = Iterable[Any]


def as_frame(rows: Any, *needed: str) -> pd.DataFrame:
    """`rows` as a frame with at least the columns `needed`: a frame as it is, or made from a sequence of records."""
    if not isinstance(rows, pd.DataFrame):
        kept = list(rows)
        names = dict.fromkeys([*needed, *(type(kept[0]).model_fields if kept else ())])
        return pd.DataFrame({name: [getattr(row, name) for row in kept] for name in names}, columns=list(names))
    lacking = [name for name in needed if name not in rows]
    if lacking:
        raise ValueError(_("Please give a frame with the column {name}.").format(name=lacking[0]))
    return rows


def as_numbers(values: Numbers) -> np.ndarray:
    """Numbers as an array; what was skipped is NaN, never 0."""
    try:
        kept = values if isinstance(values, pd.Series | np.ndarray) else list(values)
        return pd.Series(kept, dtype="Float64").to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(_("Please give numbers only.")) from None


def at_least_one(values: Numbers) -> np.ndarray:
    """Numbers of which there must be one at least."""
    found = as_numbers(values)
    if not len(found):
        raise ValueError(_("Please give one number at least; there is none yet."))
    return found


def as_days(values: Any) -> np.ndarray:
    """Days as an array of whole days; one that is not known is NaT."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[D]")
    kept = values if isinstance(values, pd.Series | pd.Index | np.ndarray) else pd.Series(list(values), dtype="object")
    try:
        return pd.to_datetime(kept).to_numpy().astype("datetime64[D]")
    except (TypeError, ValueError):
        raise ValueError(_("Please give days only.")) from None


def as_mondays(values: Any) -> np.ndarray:
    """The Monday on or before each day."""
    whole = as_days(values)
    # Day 0 of numpy's count, 1 January 1970, was a Thursday.
    return whole - ((whole.astype("int64") + 3) % 7).astype("timedelta64[D]")
