"""Who is here, what is in view, and whose draft is written: the state that the panels of a notebook share."""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from kit.records import Client
from kit.store import Store
from kit.vault import agent, backups
from kit.widgets import seat
from kit.words import KitError, _

if TYPE_CHECKING:
    from kit.widgets.panel import Panel

TOUCH_EVERY = 5.0  # seconds
SESSION = timedelta(minutes=50)  # as long as one is planned
Change = Literal["client", "view", "saved"]


class Source:
    """What panels read from, one of its kind for all of a page; it hears of a change before they fill themselves."""

    def __init__(self, state: "SessionState") -> None:
        self.state = state

    def notify(self, change: Change, newest: str = "") -> None:
        """Somebody else is here, something else is in view, or something was saved: `newest` is its id."""


AnySource = TypeVar("AnySource", bound=Source)


class SessionState:
    """One client at a time; every panel that subscribes fills itself for them, and follows each save."""

    def __init__(self, store: Store | None, place: Path | None = None) -> None:
        self.place = place or (store.place if store else None)
        self.heavier = False
        self.journey_in_view = True
        self.for_coach = False
        self.has_curtain = False  # whether the coach's own page asks for the passphrase after a page for two
        self.period = "three months"
        self.waits = ""  # for what, while there is no book: its passphrase, or what its door offers
        self.panels: list[Panel] = []
        self.rendering: object | None = None  # the pass in which panels fill themselves just now
        self._sources: dict[type[Source], Source] = {}
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

    @property
    def chosen(self) -> str:
        """Who is here, for what needs somebody; raises KitError when nobody is."""
        if self.client is None:
            raise KitError(_("This opens when somebody is chosen at the top of the page."))
        return self.client

    @property
    def shows_somebody(self) -> bool:
        """Whether a page for two shows who is here, out of a book with a passphrase."""
        return bool(self.keyed and self.client and not self.for_coach)

    @property
    def first_meeting(self) -> bool:
        """Whether this page walks through a first meeting."""
        return any(panel.opens_first_meeting() for panel in self.panels)

    # who is here ---------------------------------------------------------------------------------

    def set_store(self, store: Store | None, place: Path | None, waits: str = "") -> None:
        """The book was locked (None) or opened: every panel empties or fills itself."""
        self._store, self.place, self.waits, self._since = store, place, waits, time() * 1000
        self._show(self._seated())

    def choose(self, client: str) -> None:
        """Somebody sits down: every panel fills itself for them."""
        self.store.client(client)
        self.store.set_active_client(client, seat.server())
        self.draw_curtain()
        self._show(client)
        agent.publish("seat")

    def clear(self) -> None:
        """The next person: everything in view is put away first."""
        self.store.set_active_client(None)
        self._show(None)
        agent.publish("seat")

    def look_up(self, client: str | None) -> None:
        """Fills the coach's own page for a client, or for nobody; a session on another page goes on as it is."""
        if client:
            self.store.client(client)
        self._show(client)

    def follow_seat(self) -> None:
        """Somebody was chosen on another page: this one follows; the coach's own stays with whom they look at."""
        seated = self._seated()
        if self.for_coach and self.client and self.store.records(Client, self.client):
            self._notify("view")
        elif seated != self.client:
            self._show(seated)

    def in_session(self) -> tuple[str, datetime] | None:
        """Who sits at the table of the running kit, and since when."""
        return seat.taken(self.store)

    def _seated(self) -> str | None:
        taken = seat.taken(self._store) if self._store else None
        return taken[0] if taken else None

    def _show(self, client: str | None) -> None:
        self.client, self.heavier = client, False
        self._notify("client")
        self._tell_of_the_session()

    # what is in view -----------------------------------------------------------------------------

    def make_heavier(self, heavier: bool) -> None:
        """A heavier day: three small things, nothing else is asked."""
        self.heavier = heavier
        self._notify("view")

    def show_journey(self, shown: bool) -> None:
        self.journey_in_view = shown
        self._notify("view")

    def look_at(self, period: str) -> None:
        """Another period for all pictures."""
        self.period = period
        self._notify("view")

    def turn_to_the_coach(self) -> None:
        """The coach's own view: days are told, and what was noted for their eyes alone may be read."""
        self.for_coach = True
        self._notify("view")

    # which draft ---------------------------------------------------------------------------------

    def draft(self, panel: str) -> dict[str, Any]:
        return self.store.draft(self.client, panel) if self.client else {}

    def save_draft(self, panel: str, typed: dict[str, Any]) -> None:
        if self.client:
            self.store.save_draft(self.client, panel, typed)

    def delete_draft(self, panel: str) -> None:
        if self.client:
            self.store.delete_draft(self.client, panel)

    # subscribers ---------------------------------------------------------------------------------

    def subscribe(self, panel: "Panel") -> None:
        self.panels.append(panel)

    def unsubscribe(self, panel: "Panel") -> None:
        if panel in self.panels:
            self.panels.remove(panel)

    def source(self, kind: type[AnySource]) -> AnySource:
        """The one of its kind from which all panels of this page read."""
        if kind not in self._sources:
            self._sources[kind] = kind(self)
        found = self._sources[kind]
        assert isinstance(found, kind)
        return found

    def notify(self, newest: str = "") -> None:
        """Something was saved, changed or taken back: what is in view follows."""
        backups.schedule_daily(self.place)
        self._notify("saved", newest)

    @contextlib.contextmanager
    def render_pass(self) -> Iterator[None]:
        """Panels fill themselves within: they ask a hundred times, and what was written is looked up once."""
        if self.rendering:
            yield
            return
        self.rendering = object()
        try:
            yield
        finally:
            self.rendering = None

    def _notify(self, change: Change, newest: str = "") -> None:
        with self.render_pass():
            for source in list(self._sources.values()):
                source.notify(change, newest)
            # The door, or who may be chosen, comes last: whoever sees it sees nothing of anybody any more.
            nobody = self.locked or self.client is None
            failures = [_failure(panel) for panel in (reversed(self.panels) if nobody else self.panels)]
        for failure in filter(None, failures):
            raise failure

    # what the key agent hears --------------------------------------------------------------------

    def key_pressed(self) -> None:
        """Somebody is there: an encrypted practice stays open a while longer."""
        if self.keyed and monotonic() > self._touched + TOUCH_EVERY:
            self._touched = monotonic()
            agent.report_activity()

    def draw_curtain(self) -> None:
        """This page for two is in use: what is for the coach alone asks for the passphrase again."""
        if self.keyed and self.place:
            agent.draw_curtain(self.place)

    def _tell_of_the_session(self) -> None:
        """While one is open the agent lets two people talk for longer before it locks."""
        if self.keyed and self.place:
            taken = self.in_session()
            agent.set_session_end(self.place, (taken[1] + SESSION).timestamp() if taken else 0)


def _failure(panel: "Panel") -> Exception | None:
    """Fills a panel; where one cannot be filled the others still are."""
    try:
        panel.refresh()
    except Exception as error:  # noqa: BLE001  it is raised once all of them had their turn
        return error
    return None
