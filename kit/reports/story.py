"""A client's story in plain Python: rows with the labels of the declaration, and the words a page opens with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pandas as pd

from kit.fields import About, about
from kit.records import BY_PLURAL, LISTED_ONLY, Record, Supporter
from kit.words import _, beside, day_words

UNSORTED_KINDS = ("supporters", "support_lines")
# Which fields a page tells of one record, in this order, under the labels of the declaration.
TOLD_FIELDS = {
    "clients": ("limits", "wish_you_knew", "private_note"),
    "sessions": ("takeaway", "ask_next_time", "private_note"),
    "milestones": ("area", "noticed_by", "note", "i_would_know_it_by"),
    "setbacks": ("what_held", "learned", "next_time", "partly_back", "early_signs", "triggers", "private_note"),
    "steps": ("on_a_heavy_day", "tool", "tell", "aspiration"),
    "step_weeks": ("came_between", "reason", "helped"),
    "aspirations": ("why", "rungs"),
    "tools": ("kind", "when_it_fits"),
    "supporters": ("relation", "asked_to", "ready_text"),
    "noticed": ("who",),
}

# What a page tells of in words; check-ins are in its pictures alone.
TOLD_KINDS = ("better", "tool_uses", "wins", "sparks", "plan", "support_lines", "practice", *TOLD_FIELDS)
Row = SimpleNamespace
Names = Mapping[str, Mapping[str, str]]


def rows(kind: type[Record], frame: pd.DataFrame | None) -> list[Row]:
    """What happened on a day, the newest first; all else as it was noted. A field that is not seen is None."""
    if frame is None or frame.empty:
        return []
    columns = {name: _plain(frame[name]) if name in frame else [None] * len(frame) for name in ("id", *about(kind))}
    found = [Row(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]
    if kind.dated not in columns or kind.plural in UNSORTED_KINDS:
        return found
    return sorted(found, key=lambda row: getattr(row, kind.dated) or date.max)[::-1]


def _plain(column: pd.Series) -> list[Any]:
    """Plain values of a column: days as dates, and None where nothing was noted."""
    if column.dtype.kind == "M":
        return column.to_numpy().astype("datetime64[D]").tolist()
    if isinstance(column.dtype, pd.api.extensions.ExtensionDtype):
        return column.array.to_numpy(dtype="object", na_value=None).tolist()
    return column.tolist()


def names_of(frames: Mapping[str, pd.DataFrame]) -> Names:
    """Plural -> id -> the words by which a record is called where another one points to it."""
    return {
        plural: dict(zip(frame["id"], frame[BY_PLURAL[plural].heading], strict=True))
        for plural, frame in frames.items()
        if BY_PLURAL[plural].heading in frame
    }


def build_story(frames: Mapping[str, pd.DataFrame], names: Names, today: date) -> Row:
    """Plural -> rows; each row also has `told`: field -> its label and its words, where it holds something."""
    told = Row(**{plural: rows(BY_PLURAL[plural], frames.get(plural)) for plural in TOLD_KINDS})
    for plural, fields in TOLD_FIELDS.items():
        for row in getattr(told, plural):
            row.told = _told_fields(BY_PLURAL[plural], row, fields, names)
    for step in told.steps:
        step.weeks = [week for week in told.step_weeks if week.step == step.id]
        step.over = bool(step.ends_on and step.ends_on < today)
    helped = _tools_that_helped(told)
    for setback in told.setbacks:
        setback.helped = helped.get(setback.id, [])
    return told


def _told_fields(kind: type[Record], row: Row, fields: Sequence[str], names: Names) -> dict[str, tuple[str, str]]:
    described = about(kind)
    told = {name: (described[name].label, format_value(described[name], getattr(row, name), names)) for name in fields}
    return {name: pair for name, pair in told.items() if pair[1]}


def _tools_that_helped(story: Row) -> dict[str, list[str]]:
    """Setback -> the tools that helped in it, even a little; what somebody prescribed is never weighed."""
    tools = {tool.id: tool.title for tool in story.tools if tool.kind not in LISTED_ONLY}
    helped: dict[str, list[str]] = {}
    for use in reversed(story.tool_uses):
        title = tools.get(use.tool)
        if use.setback and title and use.helped != 0 and not use.not_for_me:
            helped.setdefault(use.setback, []).append(title)
    return {setback: list(dict.fromkeys(titles)) for setback, titles in helped.items()}


def format_value(field: About, value: Any, names: Names) -> str:
    if value is None or value == "" or value == ():
        return ""
    return FORMATTERS[field.kind](field, value, names)


def _choice_label(field: About, value: Any) -> str:
    return str(dict(field.choices).get(value, value))


def side_by_side(texts: Iterable[str | None]) -> str:
    """People's own texts beside each other; a sentence made of them would have to change them."""
    return beside(" · ", filter(None, texts))


FORMATTERS: dict[str, Callable[[About, Any, Names], str]] = {
    "text": lambda field, value, names: value,
    "texts": lambda field, value, names: side_by_side(value),
    "several": lambda field, value, names: side_by_side(_choice_label(field, one) for one in value),
    "choice": lambda field, value, names: _choice_label(field, value),
    "rating": lambda field, value, names: _("{value}, on a line from 0 ({low}) to 10 ({high})").format(
        value=value, low=field.ends[0], high=field.ends[1]
    ),
    "count": lambda field, value, names: str(value),
    "day": lambda field, value, names: day_words(value),
    "flag": lambda field, value, names: _("yes") if value else "",
    "link": lambda field, value, names: names.get(field.of, {}).get(value, ""),
    "links": lambda field, value, names: side_by_side(names.get(field.of, {}).get(one) for one in value),
}


def opening(story: Row, supporter: Supporter | None, is_part: bool = False) -> Row:
    """The words in which the page begins: always somebody's own, never a number.

    `is_part` says that more was noted than the time of this page holds.
    """
    if supporter:
        asked = supporter.asked_to or _("Thank you for standing by me.")
        knew = next((one.wish_you_knew for one in story.clients if one.wish_you_knew), "")
        _drop_repeated(story, knew)
        return Row(label=_("What I ask of you"), words=asked, knew=knew)
    for label, words in (
        (_("What better means to me"), [one.text for one in story.better]),
        (_("What I take with me, in my words"), [one.takeaway for one in story.sessions]),
        (_("What I wish people knew"), [one.wish_you_knew for one in story.clients]),
        (_("A small win"), [one.title for one in story.wins]),
    ):
        found = next((one for one in words if one), "")
        if found:
            _drop_repeated(story, found)
            return Row(label=label, words=found, knew="")
    if is_part:
        return Row(label=_("A look back"), words=_("These are notes from one stretch of time."), knew="")
    return Row(label=_("A beginning"), words=_("This page is at its beginning. It grows with what you note."), knew="")


def _drop_repeated(story: Row, words: str) -> None:
    for row in [*story.sessions, *story.clients]:
        row.told = {name: pair for name, pair in row.told.items() if pair[1] != words}


def own_words_of(story: Row) -> tuple[str, ...]:
    """What this client says instead of "setback", and instead of "what I live with"."""
    return next((one.own_words for one in story.clients if one.own_words), ())


def next_date(sessions: list[Row], today: date) -> date | None:
    days = [session.next_on for session in sessions if session.next_on and session.next_on >= today]
    return days[0] if days else None
