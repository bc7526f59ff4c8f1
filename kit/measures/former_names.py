"""Names of version 0.1, which work for one version more and say what to use instead."""

from importlib import import_module
from typing import Any
from warnings import warn

from kit.words import _

RENAMED = {
    "counted_by": "paired_days_by_period",
    "gathered": "entries_by_period",
    "grain": "granularity",
    "kept_from": "kept_over_n",
    "side_by_side": "paired_ratings",
}


def renamed_measure(name: str) -> Any:
    if name not in RENAMED:
        raise AttributeError(f"kit.measures has no {name}")
    _warn(f"kit.measures.{name}", f"kit.measures.{RENAMED[name]}")
    return getattr(import_module("kit.measures"), RENAMED[name])


def sentence_of(chart_function: str, name: str) -> property:
    """A sentence that a result had; charts say it now, and as they stand above measures they are looked up by name."""

    def sentence(found: Any) -> str:
        _warn(f"BounceBack.{name}", f"kit.charts.{chart_function}(found)")
        return getattr(import_module("kit.charts"), chart_function)(found)

    return property(sentence)


def _warn(former: str, now: str) -> None:
    warn(
        _("{former} goes in the next version; please use {now}.").format(former=former, now=now),
        DeprecationWarning,
        stacklevel=3,
    )
