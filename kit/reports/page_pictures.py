"""The pictures of a page: each with its sentence and its table, and only where there is something to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from kit import frames
from kit.charts import Picture, registry
from kit.fields import Audience, about
from kit.frames import CLIENT_KINDS
from kit.measures import JOURNEY
from kit.records import Record

# What each picture tells of: where nothing of it was noted, or may be seen, the picture is left out.
SOURCES = {"journey": JOURNEY, "finding_my_feet": ("setbacks",), "what_helped": ("tool_uses",),
            "small_steps": ("step_weeks",)}  # fmt: skip
REQUIRED_KINDS = tuple(kind for kind in CLIENT_KINDS if kind.plural in {*JOURNEY, "tools", "tool_uses", "step_weeks"})
# A part of somebody's stretches would look like all of them: who reads only what was shared sees the journey alone.
SHARED = ("journey",)


def draw(
    seen: Mapping[str, pd.DataFrame],
    today: date,
    own_words: Sequence[str],
    audience: Audience,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, list[Picture]]:
    """Name -> the pictures under this name, in the order of a page."""
    noted = {kind.plural: _with_all_columns(kind, seen.get(kind.plural)) for kind in REQUIRED_KINDS}
    story = registry.Story(noted, today, own_words, for_coach=audience == "just_me", since=since, until=until)
    names = SHARED if audience == "supporter" else tuple(SOURCES)
    shown = [name for name in names if not all(story.told[plural].empty for plural in SOURCES[name])]
    return {name: [_without_empty_columns(one) for one in registry.shown(MAKERS[name], story)] for name in shown}


# What fits what came before is for a screen, where it can be talked over.
MAKERS = {
    **registry.PICTURES, "journey": registry.journey_of, "what_helped": registry.tools_that_helped,
}  # fmt: skip


def _without_empty_columns(picture: Picture) -> Picture:
    kept = [at for at in range(len(picture.columns)) if any(row[at] for row in picture.rows)]
    if len(kept) == len(picture.columns):
        return picture
    rows = [[row[at] for at in kept] for row in picture.rows]
    return replace(picture, columns=[picture.columns[at] for at in kept], rows=rows)


def _with_all_columns(kind: type[Record], frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with all columns of its kind: an audience that may see none of them is handed none."""
    if frame is None or frame.empty:
        return _empty(kind)
    named = ("id", "created_at", *about(kind))
    return frame if set(named) <= set(frame) else frame.reindex(columns=list(named))


@cache
def _empty(kind: type[Record]) -> pd.DataFrame:
    return frames.frame(kind, [], "just_me")


def figures(told: Mapping[str, Sequence[Picture]]) -> list[dict[str, Any]]:
    """The figures as the page draws them, in the order in which their places stand in it."""
    return [{"data": one.data, "layout": one.layout} for some in told.values() for one in some if one.data]
