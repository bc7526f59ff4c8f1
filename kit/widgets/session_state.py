"""Who sits at the table, and what lies on it: the state that the panels of a notebook share."""

import contextlib
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any

from kit.card import under_way
from kit.fields import about
from kit.records import (
    BY_PLURAL,
    KINDS,
    LISTED_ONLY,
    Agreement,
    CheckIn,
    Client,
    Record,
    Session,
    Setback,
    Step,
    Tool,
)
from kit.store import Store
from kit.vault import agent, backups
from kit.widgets.panel import Panel, PictureWidget
from kit.words import KitError, _

if TYPE_CHECKING:
    import pandas as pd

    from kit.charts import Picture

TOUCH_EVERY = 5.0  # seconds
SESSION = timedelta(minutes=50)  # as long as one is planned
MOST_ROWS = 200  # as many go to the page at each save; the report holds all


class Table:
    """One client at a time; every panel that joins fills itself for them, and follows each save."""

    def __init__(self, store: Store | None, place: Path | None = None) -> None:
        self.place = place or (store.place if store else None)
        self.client: str | None = None
        self.heavier = False
        self.journey_in_view = True
        self.for_coach = False
        self.has_curtain = False  # whether the coach's own page asks for the passphrase after a page for two
        self.period = "three months"
        self.waits = ""  # for what, while there is no book: its passphrase, or what its door offers
        self.panels: list[Panel] = []
        self._pictures: dict[str, PictureWidget] = {}
        self._read: dict[type[Record], tuple[Any, list[Any]]] = {}
        self._marks: dict[str, tuple] = {}
        self._glances = False
        self._frames: dict[str, tuple[Any, pd.DataFrame]] = {}
        self._touched = 0.0
        self._store, self._since = store, time() * 1000
        self.client = self._seated()
        self._tell_of_the_session()

    @property
    def store(self) -> Store:
        if self._store is None:
            raise KitError(_("The practice is locked. Please open it at the top of this page."))
        return self._store

    @property
    def locked(self) -> bool:
        """Whether the book waits for its passphrase: nothing of it is in view."""
        return self._store is None

    @property
    def keyed(self) -> float:
        """Since when a book with a passphrase is in view, in milliseconds as the page counts them; else 0."""
        return self._since if self._store is not None and self._store.encrypted else 0

    def turn(self, store: Store | None, place: Path | None, waits: str = "") -> None:
        """The book was locked (None) or opened: every panel empties or fills itself."""
        self._store, self.place, self.waits, self._since = store, place, waits, time() * 1000
        self._now(self._seated())

    def somebody_is_there(self) -> None:
        """A key was pressed: an encrypted practice stays open a while longer."""
        if self.keyed and monotonic() > self._touched + TOUCH_EVERY:
            self._touched = monotonic()
            agent.report_activity()

    @property
    def shows_somebody(self) -> bool:
        """Whether a page for two shows who is here, out of a book with a passphrase."""
        return bool(self.keyed and self.client and not self.for_coach)

    def draw_curtain(self) -> None:
        """This page for two is in use: what is for the coach alone asks for the passphrase again."""
        if self.keyed and self.place:
            agent.draw_curtain(self.place)

    def _tell_of_the_session(self) -> None:
        """While one is open the key agent lets two people talk for longer before it locks."""
        if self.keyed and self.place:
            seat = self.in_session()
            agent.set_session_end(self.place, (seat[1] + SESSION).timestamp() if seat else 0)

    def look_at_the_seat(self) -> None:
        """Somebody was chosen on another page: this one follows; the coach's own stays with whom they look at."""
        seated = self._seated()
        if self.for_coach and self.client and self.store.records(Client, self.client):
            self._refresh()
        elif seated != self.client:
            self._now(seated)

    def _seated(self) -> str | None:
        seat = self._store.active_client() if self._store else None
        return seat[0] if seat and seat[1] == _server() else None

    def records(self, kind: type[Record]) -> list[Any]:
        """The records of a kind of who is here, in the order in which they were noted; none when nobody is."""
        if not self.client:
            return []
        mark = (self.client, self._written()[kind.plural])
        if kind not in self._read or self._read[kind][0] != mark:
            self._read[kind] = (mark, self.store.records(kind, self.client))
        return list(self._read[kind][1])

    # who is here ---------------------------------------------------------------------------------

    def choose(self, client: str) -> None:
        """Somebody sits down: every panel fills itself for them."""
        self.store.client(client)
        self.store.set_active_client(client, _server())
        self.draw_curtain()
        self._now(client)
        agent.publish("seat")

    def clear_table(self) -> None:
        """The next person: everything in view is put away first."""
        self.store.set_active_client(None)
        self._now(None)
        agent.publish("seat")

    def look_up(self, client: str | None) -> None:
        """Fills the coach's own page for a client, or for nobody; a session on another page goes on as it is."""
        if client:
            self.store.client(client)
        self._now(client)

    def in_session(self) -> tuple[str, datetime] | None:
        """Who sits at the table of the running kit, and since when."""
        seat = self.store.active_client()
        return (seat[0], seat[2]) if seat and seat[1] == _server() else None

    def waiting_since(self) -> str:
        """The time of a session that is still open from before the kit was started anew; else empty."""
        seat = self.store.active_client() if self.client is None else None
        return f"{seat[2].astimezone():%H:%M}" if seat else ""

    def go_on(self) -> None:
        """Goes on with the session that was open before the kit was started anew."""
        seat = self.store.active_client()
        if seat:
            self.choose(seat[0])

    def make_heavier(self, heavier: bool) -> None:
        """A heavier day: three small things, nothing else is asked."""
        self.heavier = heavier
        self._refresh()

    def show_journey(self, shown: bool) -> None:
        self.journey_in_view = shown
        self._refresh()
        self._redraw()

    def _now(self, client: str | None) -> None:
        self.client, self.heavier = client, False
        self._read.clear()
        self._redraw(blank=True)
        self._refresh()
        self._redraw()
        self._tell_of_the_session()

    # what panels ask ------------------------------------------------------------------------------

    def join(self, panel: Panel) -> None:
        self.panels.append(panel)

    def leave(self, panel: Panel) -> None:
        if panel in self.panels:
            self.panels.remove(panel)

    def noted(self, newest: str = "") -> None:
        """Something was saved, changed or taken back: what is in view follows."""
        backups.schedule_daily(self.place)
        self._redraw(newest)
        self._refresh()

    @contextlib.contextmanager
    def at_one_glance(self) -> Iterator[None]:
        """Whether anything was written is looked up once: panels ask a hundred times while they fill themselves."""
        if self._glances:
            yield
            return
        self._glances = True
        try:
            yield
        finally:
            self._glances, self._marks = False, {}

    def _written(self) -> dict[str, tuple]:
        marks = self._marks or self.store.change_tokens()
        self._marks = marks if self._glances else {}
        return marks

    def _refresh(self) -> None:
        with self.at_one_glance():
            # The door, or who may be chosen, comes last: whoever sees it sees nothing of anybody any more.
            nobody = self.locked or self.client is None
            troubles = [_trouble_of(panel) for panel in (reversed(self.panels) if nobody else self.panels)]
        for trouble in filter(None, troubles):
            raise trouble

    def draft(self, panel: str) -> dict[str, Any]:
        return self.store.draft(self.client, panel) if self.client else {}

    def keep_draft(self, panel: str, typed: dict[str, Any]) -> None:
        if self.client:
            self.store.save_draft(self.client, panel, typed)

    def drop_draft(self, panel: str) -> None:
        if self.client:
            self.store.delete_draft(self.client, panel)

    def own_words(self) -> tuple[str, ...]:
        """What the client says instead of "setback" and "what I live with"; empty where nothing was said."""
        found = self.records(Client)
        return found[0].own_words if found else ()

    def offers(self) -> dict[str, list[tuple[str, str]]]:
        """Plural -> (id, words) of what this client has already and may tap; a tool no longer needed rests."""
        return {
            plural: [(one.id, str(getattr(one, one.heading))) for one in some if not _retired(one)]
            for plural, some in self._linked().items()
        }

    def names(self) -> dict[str, str]:
        """Id -> words, for all of this client's records that another one can name."""
        return {one.id: str(getattr(one, one.heading)) for some in self._linked().values() for one in some}

    def _linked(self) -> dict[str, list[Any]]:
        plurals = sorted({told.of for kind in KINDS for told in about(kind).values() if told.of})
        return {plural: self.records(BY_PLURAL[plural]) for plural in plurals}

    def not_agreed(self) -> str:
        """Why nothing new may be noted of who is here, in one sentence; empty when they agree to notes."""
        asked = [one for one in self.records(Agreement) if one.to == "notes"]
        if any(one.withdrawn_on is None for one in asked):
            return ""
        if asked:
            return _("Nothing new is noted; what is there can be read, handed out and removed.")
        return _("This opens with a yes to notes, at the top of the session.")

    @property
    def may_note(self) -> bool:
        """Whether somebody is here who agrees that notes are kept."""
        return self.client is not None and not self.not_agreed()

    @property
    def first_meeting(self) -> bool:
        """Whether this page walks through a first meeting."""
        return any(panel.opens_first_meeting() for panel in self.panels)

    def session(self, day: date | None = None) -> Session | None:
        """The session of who is here on a day, today's if none is named; None when none was opened."""
        found = self.store.records(Session, self.client, on=day or date.today()) if self.client else []
        return found[-1] if found else None

    def energy_today(self) -> int | None:
        """The energy that was noted last today; None when none was."""
        found = self.store.records(CheckIn, self.client, on=date.today()) if self.client else []
        return next((one.energy for one in reversed(found) if one.energy is not None), None)

    def enough(self, step: Step) -> int:
        """How often a step may be enough this week, by today's energy and by how sure the client is."""
        from kit import measures

        return measures.enough(step.planned or 1, self.energy_today(), step.confidence)

    def ongoing_setbacks(self) -> list[Setback]:
        """The setbacks that the client is in the middle of."""
        return self.store.records(Setback, self.client, back_on_feet_on=None) if self.client else []

    def active_steps(self) -> list[Step]:
        """The small steps that are under way: begun, not ended, and not made smaller since."""
        return under_way(self.records(Step), date.today())

    def look_at(self, period: str) -> None:
        """Another period for all pictures."""
        self.period = period
        self._refresh()

    def turn_to_the_coach(self) -> None:
        """The coach's own view: days are told, and what was noted for their eyes alone may be read."""
        self.for_coach = True
        self._refresh()

    def begun(self) -> list[tuple[str, str, date]]:
        """(id, words, day) of each tool and small step, the latest first; therapy and medication are compared never."""
        tools = [one for one in self.records(Tool) if one.kind not in LISTED_ONLY]
        found = [*tools, *self.records(Step)]
        return [(one.id, one.title, one.day()) for one in sorted(found, key=lambda one: one.day(), reverse=True)]

    def compared_since(self, day: date) -> list[dict[str, Any]]:
        """Days since `day` beside those before: a dictionary for each rating, with its label."""
        from kit import measures

        labels = about(CheckIn)
        found = measures.since_day(self._told(("check_ins",))["check_ins"], day).astype(object)
        rows = found.where(found.notna(), None).to_dict("records")
        return [{**row, "label": labels[row["rating"]].label} for row in rows]

    def attained(self) -> float | None:
        """Goal attainment over the client's ladders; None while nothing is marked."""
        from kit import measures

        told = self._told(("aspirations", "ladder_marks"))
        return measures.attained(measures.ladders(told["aspirations"], told["ladder_marks"]))

    def pictures_of(self, name: str, in_days: bool = False) -> "list[Picture]":
        """The pictures of one question, of who is here and of the period that is looked at."""
        from kit import charts
        from kit.charts import registry

        today = date.today()
        story = registry.Story(
            self._told(registry.READ), today, self.own_words(), self.for_coach, in_days,
            since=charts.first_day(self.period, today), span=self.period,
        )  # fmt: skip
        return registry.shown(registry.PICTURES[name], story)

    def picture(self, span: str) -> PictureWidget:
        """The journey over a span, kept up to date; one for all panels that show it."""
        if span not in self._pictures:
            self._pictures[span] = PictureWidget()
        if not self._pictures[span].drawn:
            self._draw([span])
        return self._pictures[span]

    def _redraw(self, newest: str = "", blank: bool = False) -> None:
        if blank or not (self._pictures and self.client and self.journey_in_view):
            self._frames.clear()
            for picture in self._pictures.values():
                picture.drawn = {}
            return
        shown = {picture for panel in self.panels for picture in panel.pictures}
        for picture in self._pictures.values():
            if picture not in shown:
                picture.drawn = {}  # drawn when a panel asks for it
        spans = [span for span, picture in self._pictures.items() if picture in shown]
        self._draw(sorted(spans, key=lambda span: not self._pictures[span].near), newest)

    def _draw(self, spans: Sequence[str], newest: str = "") -> None:
        from kit import measures
        from kit.charts import registry

        if not (spans and self.client and self.journey_in_view):
            return
        with self.at_one_glance():
            told, own_words = self._told(measures.JOURNEY), self.own_words()
        for span, picture in registry.journeys(told, date.today(), spans, newest, own_words, MOST_ROWS):
            self._pictures[span].drawn = picture.drawn()

    def _told(self, plurals: Sequence[str]) -> "dict[str, pd.DataFrame]":
        """What may be seen together of who is here; a kind is read anew only when it was written since."""
        from kit import frames

        marks = {plural: (self.client, mark) for plural, mark in self._written().items()}
        stale = [BY_PLURAL[plural] for plural in plurals if self._frames.get(plural, ("",))[0] != marks[plural]]
        found = frames.frames(self.store, self.client, "together", kinds=stale)
        self._frames |= {plural: (marks[plural], frame) for plural, frame in found.items()}
        return {plural: self._frames[plural][1] for plural in plurals}


def _trouble_of(panel: Panel) -> Exception | None:
    """Fills a panel; where one cannot be filled the others still are."""
    try:
        panel.refresh()
    except Exception as error:  # noqa: BLE001  it is raised once all of them had their turn
        return error
    return None


def _retired(record: Any) -> bool:
    return isinstance(record, Tool) and record.status == "retired"


def _server() -> str:
    """The Jupyter server that this kernel belongs to: a session goes on by itself only while it runs."""
    return os.environ.get("JPY_PARENT_PID", "")
