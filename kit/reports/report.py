"""What a page tells, read once and laid out for one reader: the story, its pictures, what is left out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from kit import card as cards
from kit import files
from kit.fields import Audience, about
from kit.frames import CLIENT_KINDS, filter_period, frame
from kit.records import BY_PLURAL, Plan, Practice, Supporter, SupportLine
from kit.reports import page_pictures, rendering
from kit.reports.output import file_name, save
from kit.reports.story import TOLD_KINDS, build_story, names_of, next_date, opening, own_words_of
from kit.reports.story import rows as rows_of
from kit.store import Store
from kit.words import KitError, _

OPEN_ITEMS = 6  # as many small things stand open; the earlier ones are in a table, and the page says where
# The words by which a reader may be named; "coach" is what people say for "just_me".
READERS: dict[str, Audience] = {
    "client": "client", "supporter": "supporter", "coach": "just_me", "just_me": "just_me",
}  # fmt: skip
# Lines to call and the practice's own details belong to nobody: every reader gets them.
SHARED_KINDS = (SupportLine, Practice)
CONSENTS = {"client": "my report", "supporter": "a supporter's report"}

Rows = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class ReportRequest:
    """Which page is asked for: its reader, its time, and what is left out of it by choice."""

    audience: str = "client"
    supporter: str | None = None  # the name or the id of the one whom a supporter's page is for
    since: date | None = None
    until: date | None = None
    left_out: Collection[str] = field(default=())  # the ids of records
    size: str = ""  # the paper on which it is printed; empty: what the printer holds

    @property
    def reader(self) -> Audience:
        if self.audience not in READERS:
            readers = ", ".join(READERS)
            raise KitError(_("A page can be made for one of these: {readers}.").format(readers=readers))
        return READERS[self.audience]


@dataclass(frozen=True)
class Page:
    """A page that was made, and for whom: what its file is called by."""

    html: str
    client: str
    audience: str
    supporter: str = ""

    def without_bundle(self) -> str:
        """The page as a preview needs it: whoever shows it has plotly already."""
        return self.html.replace(rendering.bundle()[0], "")

    def file_name(self, today: date | None = None, ending: str = ".html") -> str:
        """The name of its file."""
        return file_name(self.client, self.audience, today or date.today(), self.supporter, ending)

    def write(self, to: Path | None = None, today: date | None = None) -> Path:
        return save(self.html.encode(), self.file_name(today), to)


def write_report(
    store: Store,
    client: str,
    audience: str = "client",
    supporter: str | None = None,
    since: date | None = None,
    until: date | None = None,
    to: Path | None = None,
) -> Path:
    """Writes a client's story for one reader, from `since` to `until`, both days in it; gives the path of its file.

    `supporter` is the name or id of the one whom it is for, `to` a folder or an .html file. Raises NoSuchClient, and
    KitError where the reader is not known, the client has taken back their agreement, or nothing can be written.
    """
    return build(store, client, ReportRequest(audience, supporter, since, until)).write(to)


def build(store: Store, client: str, asked: ReportRequest) -> Page:
    """The page of one client of this book; raises NoSuchClient, and KitError where its reader may not have it."""
    return build_from_rows(read_rows(store, client), client, asked)


def read_rows(store: Store, client: str | None = None) -> Rows:
    """Plain rows of one client, or of all: one query a kind. What belongs to nobody comes along."""
    if client is not None:
        store.client(client)
    return {**store.rows(CLIENT_KINDS, client), **store.rows(SHARED_KINDS)}


def build_from_rows(told: Rows, client: str, asked: ReportRequest, today: date | None = None) -> Page:
    """The page of one client, from the plain rows of a book; raises KitError where its reader may not have it."""
    supporter = _find_supporter(told["supporters"], client, asked.supporter) if asked.reader == "supporter" else None
    if has_consent(told["agreements"], asked.reader) is False:
        raise KitError(_CONSENT_WITHDRAWN[asked.reader].format(client=client))
    shown = exclude(told, asked.left_out)
    readers = [*((kind, asked.reader) for kind in _REPORT_KINDS), *((kind, "client") for kind in SHARED_KINDS)]
    frames = {  # a kind of which nothing was noted needs no frame
        kind.plural: frame(kind, shown[kind.plural], reader, supporter)
        for kind, reader in readers
        if shown[kind.plural]
    }
    html = render_page(
        frames, client=client, audience=asked.reader, today=today or date.today(), supporter=supporter,
        since=asked.since, until=asked.until, left_out=len(asked.left_out), size=asked.size,
    )  # fmt: skip
    return Page(html, client, asked.reader, _file_label(supporter, told["supporters"]))


_REPORT_KINDS = [kind for kind in CLIENT_KINDS if kind.plural in {*TOLD_KINDS, "check_ins"}]
_CONSENT_WITHDRAWN = {
    "client": _("{client} has taken back the agreement to a report; it can be given anew under agreements."),
    "supporter": _(
        "{client} has taken back the agreement to a report for someone who stands by them; "
        "it can be given anew under agreements."
    ),
}


def has_consent(agreements: Iterable[Mapping[str, Any]], audience: str) -> bool | None:
    """Whether an agreement to this reader's page stands; None where it was never spoken of."""
    said = [row["withdrawn_on"] for row in agreements if row["to"] == CONSENTS.get(audience)]
    return any(day is None for day in said) if said else None


def _find_supporter(supporters: Iterable[dict], client: str, named: str | None) -> Supporter:
    for row in supporters:
        if named in (row["id"], row["name"]):
            return Supporter.model_validate(row, context={"kept": True})
    raise KitError(_("Please name one of those who stand by {client}.").format(client=client))


def _file_label(supporter: Supporter | None, all_of_them: Sequence[dict]) -> str:
    """What a supporter's file is called by: two who bear one name get two files."""
    if supporter is None:
        return ""
    same = [
        row
        for row in all_of_them
        if files.file_name(row["name"]).casefold() == files.file_name(supporter.name).casefold()
    ]
    return f"{supporter.name} {supporter.id[:6]}" if len(same) > 1 else supporter.name


def exclude(told: Rows, left_out: Collection[str]) -> Rows:
    """The rows without those that are left out by choice, and without what cannot stand without them."""
    gone = set(left_out)
    if not gone:
        return told
    return {
        plural: [
            row
            for row in some
            if row["id"] not in gone and not any(row[name] in gone for name in _required_links(plural))
        ]
        for plural, some in told.items()
    }


def _required_links(plural: str) -> list[str]:
    kind = BY_PLURAL[plural]
    return [
        name for name, field in about(kind).items() if field.kind == "link" and kind.model_fields[name].is_required()
    ]


def render_page(
    frames: Mapping[str, pd.DataFrame],
    *,
    client: str,
    audience: Audience,
    today: date,
    supporter: Supporter | None = None,
    since: date | None = None,
    until: date | None = None,
    left_out: int = 0,
    size: str = "",
) -> str:
    """The page that `audience` reads: `frames` holds what that audience may see, and nothing here widens it.

    `supporter` is the one whom a page for a supporter is made for. `since` and `until` leave out what is dated
    otherwise; what has no day yet stays.
    """
    shown = filter_period(frames, since, until)
    story = build_story(shown, names_of(frames), today)
    is_part = any(len(shown[plural]) < len(some) for plural, some in frames.items())
    first, own_words = opening(story, supporter, is_part), own_words_of(story)
    pictures = page_pictures.draw(frames, min(today, until or today), own_words, audience, since, until)
    return rendering.render(
        "report.html",
        page_pictures.figures(pictures),
        size,
        story=story,
        opening=first,
        client=client,
        audience=audience,
        reader=supporter.name if supporter else "",
        own=own_words[0] if own_words else "",
        next_on=next_date(rows_of(BY_PLURAL["sessions"], frames.get("sessions")), today),
        pictures=pictures,
        today=today,
        since=since,
        until=until,
        left_out=left_out,
        a_year_ago=today - timedelta(days=365),
        few=OPEN_ITEMS,
        sections=dict(about(Plan)["section"].choices),
    )


# the card -------------------------------------------------------------------------------------------


def build_card(store: Store, client: str, today: date | None = None, size: str = "") -> Page:
    """The card to take along as a page of its own: no setbacks on it, no numbers about anybody."""
    store.client(client)
    today = today or date.today()
    rows = cards.rows(lambda kind: store.records(kind, client), store.records(SupportLine), today)
    html = rendering.render("card.html", size=size, rows=rows, client=client, today=today)
    return Page(html, client, "card")
