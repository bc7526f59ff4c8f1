"""The Reflection Kit: milestones and setbacks, noted together by a coach and a client."""

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kit.book import Book, open_book
    from kit.records import (
        Agreement,
        Answer,
        Aspiration,
        Better,
        CheckIn,
        Client,
        LadderMark,
        Milestone,
        Noticed,
        Plan,
        Practice,
        Session,
        Setback,
        Spark,
        Step,
        StepWeek,
        Supporter,
        SupportLine,
        Tool,
        ToolUse,
        Win,
        Workshop,
    )
    from kit.words import KitError, NoSuchClient

__version__ = "0.1.0"

# Imported when first used: a form should not wait for pandas, nor a script for widgets.
_HOMES = {
    "kit.book": ("Book", "open_book"),
    "kit.records": (
        "Agreement", "Answer", "Aspiration", "Better", "CheckIn", "Client", "LadderMark", "Milestone", "Noticed",
        "Plan", "Practice", "Session", "Setback", "Spark", "Step", "StepWeek", "Supporter", "SupportLine", "Tool",
        "ToolUse", "Win", "Workshop",
    ),
    "kit.words": ("KitError", "NoSuchClient"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Agreement", "Answer", "Aspiration", "Better", "Book", "CheckIn", "Client", "KitError", "LadderMark", "Milestone",
    "NoSuchClient", "Noticed", "Plan", "Practice", "Session", "Setback", "Spark", "Step", "StepWeek", "SupportLine",
    "Supporter", "Tool", "ToolUse", "Win", "Workshop", "open_book",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    if name == "measures":
        return import_module("kit.measures")
    if name == "Trouble":
        warnings.warn("kit.Trouble is called kit.KitError now.", DeprecationWarning, stacklevel=2)
        return import_module("kit.words").KitError
    raise AttributeError(f"kit has no {name}")


def __dir__() -> list[str]:
    return [*__all__, "__version__", "measures"]
