"""One open practice: each word that a notebook says, and what a script may call."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import places
from kit.fields import Audience, about
from kit.records import (
    BY_PLURAL,
    KINDS,
    CheckIn,
    Client,
    Practice,
    Record,
    Session,
    Setback,
    Step,
    Supporter,
    SupportLine,
    Tool,
    Win,
    changed,
)
from kit.store import Store
from kit.words import NoSuchClient, Trouble, _, day_words

if TYPE_CHECKING:
    import pandas as pd

    from kit.panels import Panel, PictureWidget

SAMPLE, MEMORY = "sample", ":memory:"


def open_book(place: str | os.PathLike | None = None, passphrase: str | None = None) -> "Book":
    """Opens a book: a file, "sample" (this person's copy of the sample practice) or ":memory:".

    `None` is what KIT_BOOK names, else the coach's own practice if there is one, else the sample. Raises Trouble
    with one plain sentence when the book cannot be opened; nothing is changed then.
    """
    named = str(place or os.environ.get("KIT_BOOK") or (places.practice() if places.practice().exists() else SAMPLE))
    if passphrase is not None:
        raise Trouble(_("Books with a passphrase come with the next version. Please open the sample for now."))
    if named == MEMORY:
        return Book(Store(None))
    if named == SAMPLE:
        return Book(_sample())
    return Book(Store(Path(named).expanduser()))


def _sample() -> Store:
    """This person's copy of the sample practice, made at first use so that it ends this week."""
    if places.sample().exists():
        return Store(places.sample())
    from kit import exchange

    told, problems = exchange.read_folder(places.SAMPLE_DATA)
    if problems:
        raise Trouble(problems[0])
    latest = max(one.created_at for one in told).date()
    weeks = (date.today() - latest).days // 7
    making = places.sample().with_suffix(f".{os.getpid()}")
    making.unlink(missing_ok=True)
    store = Store(making)
    store.keep(*exchange.moved(told, 7 * weeks))
    store.close()
    making.replace(places.sample())
    return Store(places.sample())


class Book:
    """An open book: records kept and read, and the words of the notebooks."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._panels: list[Panel] = []
        self._pictures: dict[str, PictureWidget] = {}
        self._frames: dict[str, tuple[Any, pd.DataFrame]] = {}
        self.client: str | None = None
        self.heavier = False
        self.journey_in_view = True
        seat = store.seat()
        if seat and seat[1] == _server():
            self.client = seat[0]

    def __repr__(self) -> str:
        return _("An open book of the Reflection Kit")

    # records -------------------------------------------------------------------------------------

    def add(self, record: Record) -> Any:
        """Keeps a new record; raises NoSuchClient for a client whom the book does not know."""
        self._store.keep(record)
        return record

    def change(self, record: Record, **changes: Any) -> Any:
        """Keeps a changed form of a record and gives it back; a Client's new name follows everywhere."""
        new = changed(record, **changes, version=record.version + 1)
        self._store.keep(new)
        return new

    def remove(self, record: Record) -> list[Record]:
        """Removes a record with what belongs to it; gives back all that was touched, as it was."""
        return self._store.remove(record)

    def records(self, kind: type[Record], client: str | None = None) -> list[Any]:
        """The records of a kind, of one client or of all, in the order in which they were noted."""
        return self._store.records(kind, client)

    def frames(self, client: str, audience: Audience = "just_me") -> "dict[str, pd.DataFrame]":
        """Plural of a kind -> tidy frame with what `audience` may see of this client."""
        from kit import frames

        self._known(client)
        return frames.frames(self._store, client, audience)

    def report(
        self,
        client: str,
        audience: Audience = "client",
        supporter: str | None = None,
        since: date | None = None,
        until: date | None = None,
        to: str | os.PathLike | None = None,
    ) -> Path:
        """Writes a client's story as one page that opens offline, for one reader; gives its path."""
        from kit import frames, reports

        self._known(client)
        reader = self._supporter(client, supporter) if audience == "supporter" else None
        told = frames.frames(self._store, client, audience, reader)
        # Lines to call and the practice's own details belong to nobody: every reader gets them.
        told |= frames.frames(self._store, None, "client", kinds=[SupportLine, Practice])
        today = date.today()
        page = reports.page(
            told, client=client, audience=audience, today=today, supporter=reader, since=since, until=until
        )
        named = reader.name if reader else ""
        return reports.write(page, client, audience, today, Path(to) if to else None, named)

    def _supporter(self, client: str, named: str | None) -> Supporter:
        for one in self.records(Supporter, client):
            if named in (one.id, one.name):
                return one
        raise Trouble(_("Please name one of those who stand by {client}.").format(client=client))

    def _known(self, client: str) -> None:
        if not self.records(Client, client):
            raise NoSuchClient(
                _("There is no client called {name} in this book. Please look at the spelling.").format(name=client)
            )

    def keep(self, records: Sequence[Record]) -> list[Record]:
        """Keeps several records in one go; gives back those that were replaced."""
        return self._store.keep(*records)

    def take_back(self, new: Sequence[Record], before: Sequence[Record]) -> None:
        """Undoes `keep` or `remove`."""
        self._store.take_back(new, before)

    def settings(self) -> dict[str, Any]:
        """What the open book says of its own safety settings."""
        return self._store.settings()

    def close(self) -> None:
        self._store.close()

    # who is here ---------------------------------------------------------------------------------

    def choose(self, client: str) -> None:
        """Somebody sits down: every panel fills itself for them."""
        self._known(client)
        self._store.take_seat(client, _server())
        self._now(client)

    def clear_table(self) -> None:
        """The next person: everything in view is put away first."""
        self._store.take_seat(None)
        self._now(None)

    def waiting_since(self) -> str:
        """The time of a session that is still open from before the kit was started anew; else empty."""
        seat = self._store.seat() if self.client is None else None
        return f"{seat[2].astimezone():%H:%M}" if seat else ""

    def go_on(self) -> None:
        """Goes on with the session that was open before the kit was started anew."""
        seat = self._store.seat()
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
        self._redraw(blank=True)
        self._refresh()
        self._redraw()

    # what panels ask of a book -------------------------------------------------------------------

    def join(self, panel: "Panel") -> None:
        self._panels.append(panel)

    def leave(self, panel: "Panel") -> None:
        if panel in self._panels:
            self._panels.remove(panel)

    def noted(self, newest: str = "") -> None:
        """Something was saved, changed or taken back: what is in view follows."""
        self._redraw(newest)
        self._refresh()

    def _refresh(self) -> None:
        for panel in self._panels:
            panel.refresh()

    def draft(self, panel: str) -> dict[str, Any]:
        return self._store.draft(self.client, panel) if self.client else {}

    def keep_draft(self, panel: str, typed: dict[str, Any]) -> None:
        if self.client:
            self._store.keep_draft(self.client, panel, typed)

    def drop_draft(self, panel: str) -> None:
        if self.client:
            self._store.drop_draft(self.client, panel)

    def own_words(self) -> tuple[str, ...]:
        """What the client says instead of "setback" and "what I live with"; empty where nothing was said."""
        found = self.records(Client, self.client) if self.client else []
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
        return {plural: self.records(BY_PLURAL[plural], self.client) for plural in plurals if self.client}

    def session(self) -> Session | None:
        """Today's session of who is here, if one is open."""
        found = self._store.records(Session, self.client, on=date.today()) if self.client else []
        return found[-1] if found else None

    def ongoing_setbacks(self) -> list[Setback]:
        """The setbacks that the client is in the middle of."""
        return self._store.records(Setback, self.client, back_on_feet_on=None) if self.client else []

    def active_steps(self) -> list[Step]:
        """The small steps that are under way: begun, not ended, and not made smaller since."""
        steps = self.records(Step, self.client) if self.client else []
        replaced = {one.smaller_of for one in steps}
        today = date.today()
        return [
            one for one in steps
            if one.id not in replaced and one.day() <= today and (one.ends_on is None or one.ends_on >= today)
        ]  # fmt: skip

    def card_rows(self) -> list[tuple[str, str]]:
        """What the card to take along says: label and words; no setbacks, no numbers about anybody."""
        wins, steps = self.records(Win, self.client), self.active_steps()
        step = steps[-1] if steps else None
        people = {one.id: one for one in self.records(Supporter, self.client)}
        told = people.get(step.tell) if step and step.tell else None
        nearest = self.session()
        lines = [f"{one.name}: {one.number}" for one in self.records(SupportLine)]
        message = f"{told.name}: {told.ready_text}" if told and told.ready_text else told and told.name
        return [
            (_("My small win"), wins[-1].title if wins else ""),
            (_("My next small step"), _step_words(step)),
            (_("On a heavy day this counts too"), step.on_a_heavy_day if step else ""),
            (_("Whom I tell"), message or ""),
            (_("We meet again"), day_words(nearest.next_on) if nearest and nearest.next_on else ""),
            (_("Support lines"), "\n".join(lines)),
        ]  # fmt: skip

    def strip(self) -> "PictureWidget":
        """The last three months, to stand beside a form."""
        return self.picture("three months")

    def picture(self, span: str) -> "PictureWidget":
        """The journey over a span, kept up to date; one for all panels that show it."""
        from kit.panels import PictureWidget

        if span not in self._pictures:
            self._pictures[span] = PictureWidget()
            self._redraw()
        return self._pictures[span]

    def _redraw(self, newest: str = "", blank: bool = False) -> None:
        if blank or not (self._pictures and self.client and self.journey_in_view):
            self._frames.clear()
            for picture in self._pictures.values():
                picture.drawn = {}
            return
        from kit import charts, measures

        today, told = date.today(), self._told(measures.JOURNEY)
        entries, daily = measures.journey(told, today), measures.by_day(told[CheckIn.plural])
        for span, picture in self._pictures.items():
            picture.drawn = charts.journey(entries, daily, today, span, newest, self.own_words()).drawn()

    def _told(self, plurals: Sequence[str]) -> "dict[str, pd.DataFrame]":
        """What may be seen together of who is here; a kind is read anew only when it was written since."""
        from kit import frames

        marks = {plural: (self.client, mark) for plural, mark in self._store.marks().items()}
        stale = [BY_PLURAL[plural] for plural in plurals if self._frames.get(plural, ("",))[0] != marks[plural]]
        found = frames.frames(self._store, self.client, "together", kinds=stale)
        self._frames |= {plural: (marks[plural], frame) for plural, frame in found.items()}
        return {plural: self._frames[plural][1] for plural in plurals}

    # the words of the notebooks ------------------------------------------------------------------

    def _say(self, word: str) -> "Panel":
        from kit import panels

        return panels.opened(word, self)

    def choose_client(self) -> "Panel":
        """Who is here today."""
        return self._say("choose_client")

    def check_in(self) -> "Panel":
        """Arriving: energy, soft and heavy, and what would make today worthwhile."""
        return self._say("check_in")

    def small_win(self) -> "Panel":
        """One small win that has nothing to do with feeling better, and one spark."""
        return self._say("small_win")

    def review_steps(self) -> "Panel":
        """What helped first, then a line for each small step since we last met."""
        return self._say("review_steps")

    def add_milestone(self) -> "Panel":
        """A milestone in the client's words, reached or looked out for."""
        return self._say("add_milestone")

    def explore_setback(self) -> "Panel":
        """A setback in a kind order: what held and what helped come first."""
        return self._say("explore_setback")

    def next_step(self) -> "Panel":
        """The smallest next step, with the form of it that counts on a heavy day."""
        return self._say("next_step")

    def journey(self) -> "Panel":
        """Milestones, setbacks, wins, sparks and check-ins on one time line."""
        return self._say("journey")

    def entries(self) -> "Panel":
        """Everything noted for this client, newest first: to read, change and remove."""
        return self._say("entries")

    def better(self) -> "Panel":
        """What better means to the client, dated and never overwritten."""
        return self._say("better")

    def toolkit(self) -> "Panel":
        """What helps, of every kind."""
        return self._say("toolkit")

    def supporters(self) -> "Panel":
        """Who stands by the client, asked for what, and what they may read."""
        return self._say("supporters")

    def plan(self) -> "Panel":
        """The client's plan, from days when all is well to days when it gets hard."""
        return self._say("plan")

    def close_session(self) -> "Panel":
        """Takeaway, next date, one more win, and the card."""
        return self._say("close_session")

    def next_person(self) -> "Panel":
        """Puts everything in view away before somebody else is chosen."""
        return self._say("next_person")

    def make_report(self) -> "Panel":
        """The page that a client takes home."""
        return self._say("make_report")

    def support_now(self) -> "Panel":
        """The client's own words for hard times, people, and lines to call."""
        return self._say("support_now")

    def heavier_day(self) -> "Panel":
        """Three small things, then the card; nothing else is asked."""
        return self._say("heavier_day")


def _retired(record: Any) -> bool:
    return isinstance(record, Tool) and record.status == "retired"


def _server() -> str:
    """The Jupyter server that this kernel belongs to: a session goes on by itself only while it runs."""
    return os.environ.get("JPY_PARENT_PID", "")


def _step_words(step: Step | None) -> str:
    if step is None:
        return ""
    both = step.when and step.then
    return _("When {when}, then I will {then}.").format(when=step.when, then=step.then) if both else step.title
