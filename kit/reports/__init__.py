"""A client's story as one page to take home: it opens offline, prints well, and reads without script too."""

import gzip
import hashlib
import json
import os
import re
import tempfile
import unicodedata
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
import pandas as pd
from markupsafe import Markup

from kit import charts, frames, measures, pictures, places
from kit.fields import About, Audience, about
from kit.frames import within
from kit.records import BY_PLURAL, KINDS, LISTED_ONLY, Plan, Practice, Record, Supporter, SupportLine
from kit.store import Store
from kit.words import Trouble, _, day_words

HERE = Path(__file__).parent
DARK = 'body[data-jp-theme-light="false"]'
AS_NOTED = ("supporters", "support_lines")
# Which fields a page tells of one record, in this order, under the labels of the declaration.
TOLD = {
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
FEW = 6  # as many small things stand open; the earlier ones are in a table, and the page says where

Row = SimpleNamespace
Names = Mapping[str, Mapping[str, str]]


def make(
    store: Store,
    client: str,
    audience: Audience,
    supporter: str | None = None,
    since: date | None = None,
    until: date | None = None,
    to: Path | None = None,
) -> Path:
    """Writes a client's story for one reader; `supporter` is the name or id of the one whom it is for."""
    store.client(client)
    reader = _reader(store, client, supporter) if audience == "supporter" else None
    told = frames.frames(store, client, audience, reader)
    # Lines to call and the practice's own details belong to nobody: every reader gets them.
    told |= frames.frames(store, None, "client", kinds=[SupportLine, Practice])
    today = date.today()
    html = page(told, client=client, audience=audience, today=today, supporter=reader, since=since, until=until)
    return write(html, client, audience, today, to, reader.name if reader else "")


def _reader(store: Store, client: str, named: str | None) -> Supporter:
    for one in store.records(Supporter, client):
        if named in (one.id, one.name):
            return one
    raise Trouble(_("Please name one of those who stand by {client}.").format(client=client))


def page(
    frames: Mapping[str, pd.DataFrame],
    *,
    client: str,
    audience: Audience,
    today: date,
    supporter: Supporter | None = None,
    since: date | None = None,
    until: date | None = None,
) -> str:
    """The page that `audience` reads: `frames` holds what that audience may see, and nothing here widens it.

    `supporter` is the one whom a page for a supporter is made for. `since` and `until` leave out what is dated
    otherwise; what has no day yet stays.
    """
    shown = within(frames, since, until)
    story = _story(shown, _names(frames), today)
    opening, own_words = _opening(story, supporter), _own_words(story)
    picture = _journey(shown, min(today, until or today), own_words)
    drawn = bool(picture and picture.data)
    return _templates().get_template("report.html").render(
        story=story,
        opening=opening,
        client=client,
        audience=audience,
        reader=supporter.name if supporter else "",
        own=own_words[0] if own_words else "",
        next_on=_next_date(_rows(BY_PLURAL["sessions"], frames.get("sessions")), today),
        picture=picture,
        figure=_data({"data": picture.data, "layout": picture.layout}) if picture and drawn else "",
        today=today,
        since=since,
        until=until,
        a_year_ago=today - timedelta(days=365),
        few=FEW,
        sections=dict(about(Plan)["section"].choices),
        **_parts(drawn),
    )  # fmt: skip


# the story, in plain Python -------------------------------------------------------------------------


def _rows(kind: type[Record], frame: pd.DataFrame | None) -> list[Row]:
    """What happened on a day, the newest first; all else as it was noted. A field that is not seen is None."""
    if frame is None or frame.empty:
        return []
    columns = {
        name: [_plain(value) for value in frame[name].tolist()] if name in frame else [None] * len(frame)
        for name in ("id", *about(kind))
    }
    rows = [Row(**dict(zip(columns, values, strict=True))) for values in zip(*columns.values(), strict=True)]
    if kind.dated not in columns or kind.plural in AS_NOTED:
        return rows
    return sorted(rows, key=lambda row: getattr(row, kind.dated) or date.max)[::-1]


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return value
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def _names(frames: Mapping[str, pd.DataFrame]) -> Names:
    """Plural -> id -> the words by which a record is called where another one points to it."""
    return {
        plural: dict(zip(frame["id"], frame[BY_PLURAL[plural].heading], strict=True))
        for plural, frame in frames.items()
        if BY_PLURAL[plural].heading in frame
    }


def _story(frames: Mapping[str, pd.DataFrame], names: Names, today: date) -> Row:
    """Plural -> rows; each row also has `told`: field -> its label and its words, where it holds something."""
    story = Row(**{kind.plural: _rows(kind, frames.get(kind.plural)) for kind in KINDS})
    for plural, fields in TOLD.items():
        for row in getattr(story, plural):
            row.told = _told(BY_PLURAL[plural], row, fields, names)
    for step in story.steps:
        step.weeks = [week for week in story.step_weeks if week.step == step.id]
        step.over = bool(step.ends_on and step.ends_on < today)
    helped = _helped_in(story)
    for setback in story.setbacks:
        setback.helped = helped.get(setback.id, [])
    return story


def _told(kind: type[Record], row: Row, fields: Sequence[str], names: Names) -> dict[str, tuple[str, str]]:
    described = about(kind)
    told = {name: (described[name].label, _in_words(described[name], getattr(row, name), names)) for name in fields}
    return {name: pair for name, pair in told.items() if pair[1]}


def _helped_in(story: Row) -> dict[str, list[str]]:
    """Setback -> the tools that helped in it, even a little; what somebody prescribed is never weighed."""
    tools = {tool.id: tool.title for tool in story.tools if tool.kind not in LISTED_ONLY}
    helped: dict[str, list[str]] = {}
    for use in reversed(story.tool_uses):
        title = tools.get(use.tool)
        if use.setback and title and use.helped != 0 and not use.not_for_me:
            helped.setdefault(use.setback, []).append(title)
    return {setback: list(dict.fromkeys(titles)) for setback, titles in helped.items()}


def _in_words(field: About, value: Any, names: Names) -> str:
    if value is None or value == "" or value == ():
        return ""
    return IN_WORDS[field.kind](field, value, names)


def _chosen(field: About, value: Any) -> str:
    return str(dict(field.choices).get(value, value))


def _side_by_side(texts: Iterable[str | None]) -> str:
    """People's own texts beside each other; a sentence made of them would have to change them."""
    return " · ".join(text for text in texts if text)


IN_WORDS: dict[str, Callable[[About, Any, Names], str]] = {
    "text": lambda field, value, names: value,
    "texts": lambda field, value, names: _side_by_side(value),
    "several": lambda field, value, names: _side_by_side(_chosen(field, one) for one in value),
    "choice": lambda field, value, names: _chosen(field, value),
    "rating": lambda field, value, names: _("{value}, on a line from 0 ({low}) to 10 ({high})").format(
        value=value, low=field.ends[0], high=field.ends[1]
    ),
    "count": lambda field, value, names: str(value),
    "day": lambda field, value, names: day_words(value),
    "flag": lambda field, value, names: _("yes") if value else "",
    "link": lambda field, value, names: names.get(field.of, {}).get(value, ""),
    "links": lambda field, value, names: _side_by_side(names.get(field.of, {}).get(one) for one in value),
}


def _opening(story: Row, supporter: Supporter | None) -> Row:
    """The words in which the page begins: always somebody's own, never a number."""
    if supporter:
        return Row(label=_("What I ask of you"), words=supporter.asked_to or _("Thank you for standing by me."))
    for label, words in (
        (_("What better means to me"), [one.text for one in story.better]),
        (_("What I take along, in my words"), [one.takeaway for one in story.sessions]),
        (_("What I wish people knew"), [one.wish_you_knew for one in story.clients]),
        (_("A small win"), [one.title for one in story.wins]),
    ):
        found = next((one for one in words if one), "")
        if found:
            _said_once(story, found)
            return Row(label=label, words=found)
    return Row(label=_("A beginning"), words=_("This page is at its beginning. It grows with what you note."))


def _said_once(story: Row, words: str) -> None:
    for row in [*story.sessions, *story.clients]:
        row.told = {name: pair for name, pair in row.told.items() if pair[1] != words}


def _own_words(story: Row) -> tuple[str, ...]:
    """What this client says instead of "setback", and instead of "what I live with"."""
    return next((one.own_words for one in story.clients if one.own_words), ())


def _next_date(sessions: list[Row], today: date) -> date | None:
    days = [session.next_on for session in sessions if session.next_on and session.next_on >= today]
    return days[0] if days else None


# the picture ----------------------------------------------------------------------------------------


def _journey(frames: Mapping[str, pd.DataFrame], today: date, own_words: Sequence[str]) -> charts.Picture | None:
    whole = {plural: _whole(BY_PLURAL[plural], frames.get(plural)) for plural in measures.JOURNEY}
    if all(frame.empty for frame in whole.values()):
        return None
    return dict(pictures.journeys(whole, today, ["all"], own_words=own_words))["all"]


def _whole(kind: type[Record], frame: pd.DataFrame | None) -> pd.DataFrame:
    """A frame with all columns of its kind: an audience that may see none of them is handed none."""
    named = ("id", "created_at", *about(kind))
    if frame is not None and set(named) <= set(frame):
        return frame
    return (pd.DataFrame() if frame is None else frame).reindex(columns=list(named))


def _data(figure: dict[str, Any]) -> Markup:
    """Data that cannot end the element it stands in."""
    text = json.dumps(figure, allow_nan=False, separators=(",", ":"))  # ASCII: U+2028 and U+2029 are escaped
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))


# what is the same in every page, made once a process ------------------------------------------------


@cache
def _templates() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(HERE / "templates")
    templates = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        auto_reload=False,
    )  # fmt: skip
    templates.globals.update(_=_)
    templates.filters.update(day=day_words, side_by_side=_side_by_side)
    return templates


@cache
def _parts(drawn: bool) -> dict[str, Any]:
    """Style, script and plotly's own bundle, with the policy that lets these run and nothing else."""
    style, boot = _style(), (HERE / "static" / "report.js").read_text("utf-8")
    bundle, inflated = _bundle() if drawn else (Markup(""), "")
    scripts = f"{_hash(boot)} {inflated}" if drawn else "'none'"
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(style)} {_hash('')}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return {"policy": Markup(policy), "style": Markup(style), "boot": Markup(boot), "bundle": bundle}


@cache
def _bundle() -> tuple[Markup, str]:
    """plotly's bundle as the package installs it, gzipped as base64, and the hash of the script that it holds."""
    package = find_spec("plotly")
    assert package and package.origin
    script = (Path(package.origin).parent / "package_data" / "plotly.min.js").read_text("utf-8")
    return Markup(b64encode(gzip.compress(script.encode(), 9, mtime=0)).decode()), _hash(script)


def _style() -> str:
    """The kit's colours, dark where the screen is dark (never on paper), and the look of a page."""
    light, dark = (HERE / "static" / "tokens.css").read_text("utf-8").split(DARK)
    tokens = f"{light}@media screen and (prefers-color-scheme: dark) {{ body:not(.kit-light) {dark}}}\n"
    return tokens + (HERE / "static" / "report.css").read_text("utf-8")


def _hash(script: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


# to a file ------------------------------------------------------------------------------------------


def write(
    html: str, client: str, audience: Audience, today: date, to: str | Path | None = None, supporter: str = ""
) -> Path:
    """Writes the page whole or not at all, readable by its owner alone; `to` is a folder or an .html file."""
    reader = [] if audience == "client" else [audience]
    name = "-".join([file_name(client), today.isoformat(), *reader, *([file_name(supporter)] if supporter else [])])
    place = None
    try:
        place = _place(to, f"{name}.html")
        place.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(place, html.encode())
    except OSError as error:
        raise Trouble(
            _("{place} cannot be written to. Please choose another folder, or close the file if it is open.").format(
                place=place or error.filename
            )
        ) from error
    return place


def _place(to: str | Path | None, name: str) -> Path:
    place = Path(to).expanduser() if to else places.reports()
    return place if place.suffix.lower() in (".html", ".htm") and not place.is_dir() else place / name


def _write_whole(place: Path, content: bytes) -> None:
    handle, half_way = tempfile.mkstemp(prefix=".", suffix=".part", dir=place.parent)  # its owner's alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(half_way, place)  # noqa: PTH105
    except BaseException:
        Path(half_way).unlink(missing_ok=True)
        raise


_NAMES_OF_WINDOWS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_name(name: str) -> str:
    """A name that every file system takes; one that had to change stays apart from others by a few signs."""
    safe = "".join(_safe(letter) for letter in unicodedata.normalize("NFC", name)).strip(" .-")
    while len(safe.encode()) > 80:
        safe = safe[:-1]
    if safe == name and not _NAMES_OF_WINDOWS.fullmatch(name):
        return safe
    return f"{safe or 'report'}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _safe(letter: str) -> str:
    odd = letter in '<>:"/\\|?*' or (letter != " " and unicodedata.category(letter)[0] in "CZ")
    return "-" if odd else letter
