"""A room that a page has open: begun, found again, and asked how it goes for as long as one of its panels is there."""

import asyncio
import os
from typing import Any, Literal

from kit import rooms
from kit.forms import Form
from kit.records import Count, Record, Title, count, title
from kit.store import Store
from kit.vault import agent, keys
from kit.widgets.blocks import Block, button, buttons, code_to_scan, text
from kit.widgets.practice_details import OfPractice
from kit.widgets.session_state import SessionState, Source
from kit.words import KitError, _

EVERY = 2.0  # seconds
RoomState = dict[str, Any]  # what a room tells of itself, as JSON
Kind = Literal["workshop", "session"]
REACH = {
    "near": _(
        "Only this computer reaches it, so no phone does. That is good for a look beforehand, or with a server of your "
        "own in front of it."
    ),
    "network": _(
        "Every device in this network can knock; who has neither link nor code stays outside. What is typed travels "
        "through this network unsealed, so use one that you trust: your own, or the one of your phone. Guest networks "
        "often part devices from each other: please try it the day before."
    ),
    "server": _(
        "A server of your own stands in front of it, under an address of its own and with a certificate, and hands on "
        "to this computer."
    ),
}
WHERE = {
    "near": _("On this computer only"),
    "network": _("In this network"),
    "server": _("Through a server of my own"),
}


class Server(Record):
    """What is asked about a reverse proxy; it is kept nowhere."""

    plural, singular, heading = "servers", _("server"), "address"
    address: Title = title(_("Its address"), help=_("as others open it: https://..."))
    port: Count = count(_("The port on this computer to which it hands on"), 1024, 65535, default=8443)


class Following:
    """What a page knows of its open room. It knows no more than everybody in the room may see."""

    def __init__(self, state: SessionState, kind: Kind) -> None:
        self.page, self.kind = state, kind
        self.room: rooms.OpenRoom | None = None
        self.state: RoomState = {}
        self.over = False  # it was closed, or ended by itself, while this page looked on
        self._task: asyncio.Task | None = None
        self.silent = False  # it gave no answer when it was asked last; it goes on all the same
        self._book = ""

    def find(self) -> None:
        """Takes up a room of this book that is open already: after a restart, or begun elsewhere."""
        if self.page.place is None or (self.room and self._book == str(self.page.place.resolve())):
            return
        self._book = str(self.page.place.resolve())
        mine = (one for one in rooms.list_open() if one.kind == self.kind and one.book == self._book)
        self.room = next(mine, None)
        self.look()

    def begin(self, **asked: Any) -> None:
        place = self.page.store.place
        if place is None:
            raise KitError(_("A room needs a book on the disk; this one is in memory alone."))
        self.room = rooms.open_room(rooms.RoomRequest(book=str(place.resolve()), **asked), _key_of(self.page.store))
        self.over, self._book = False, str(place.resolve())
        self.look()

    def look(self) -> bool:
        """Asks the room how it goes; whether it says something new."""
        earlier, here = (self.state, self.silent), self.room
        try:
            state = rooms.get_state(here) if here else {}
        except rooms.RoomClosed:
            if here is self.room:
                self._gone()
        except KitError:
            self.silent = True
        else:
            if here is self.room:  # another one may have been begun meanwhile
                self.state, self.silent = state, False
        return (self.state, self.silent) != earlier

    def _gone(self) -> None:
        self.over = self.over or self.room is not None
        self.room, self.state, self.silent = None, {}, False

    def act(self, do: str, **given: str) -> None:
        """One press; where the room is gone, this page learns of it."""
        if self.room:
            self.state = rooms.send_action(self.room, do, **given)

    def close(self) -> None:
        if self.room:
            rooms.close_room(self.room)
            self._gone()

    # staying with it -----------------------------------------------------------------------------

    def panels(self) -> list["InRoom"]:
        return [one for one in self.page.panels if isinstance(one, InRoom) and one.kind == self.kind]

    def tell(self) -> None:
        for one in self.panels():
            one.refresh()

    def stay(self) -> None:
        """Looks again and again, beside whatever else the notebook does; a script has no time to wait in."""
        if self.room is None or (self._task and not self._task.done()):
            return
        try:
            self._task = asyncio.get_running_loop().create_task(self._again())
        except RuntimeError:
            return

    async def _again(self) -> None:
        loop = asyncio.get_running_loop()
        while self.room and self.panels() and not self.page.locked:
            await asyncio.sleep(EVERY)
            earlier = self.state
            if await loop.run_in_executor(None, self.look) and not self.page.locked:
                for one in self.panels():
                    one.heard(earlier)
                self.tell()


class OpenRooms(Source):
    """The rooms that a page has open: one of each kind, for all its panels."""

    def __init__(self, state: SessionState) -> None:
        super().__init__(state)
        self._of: dict[Kind, Following] = {}

    def of(self, kind: Kind) -> Following:
        return self._of.setdefault(kind, Following(self.state, kind))


def _key_of(store: Store) -> bytes | None:
    """The key of the book, for as long as it takes to hand it on through a pipe."""
    if not store.encrypted:
        return None
    assert store.place
    words = os.environ.get("KIT_PASSPHRASE")
    key = keys.read_key_file(store.place, words) if words else agent.get_key(store.place)
    if key is None:
        raise KitError(_("The key of this practice is not at hand. Please lock the practice and open it once more."))
    return key


class InRoom(OfPractice):
    """A panel that follows a room; what people typed in the room is never in it, unless everybody sees it anyway."""

    kind: Kind
    on_a_heavier_day = True
    _reach = "near"

    @property
    def follow(self) -> Following:
        return self.state.source(OpenRooms).of(self.kind)

    def refresh(self) -> None:
        if not self.state.locked:
            self.follow.find()
            self.follow.stay()
        super().refresh()

    def still_open(self, words: str) -> list[Block]:
        """What is said of a room while the practice is locked: it goes on, and can be closed."""
        if self.follow.room is None:
            return []
        return [text(words), buttons(button("close_now", _("Close it for everybody")))]

    def heard(self, earlier: RoomState) -> None:
        """The room says something new."""

    def do_reach(self, where: str) -> None:
        self._reach = where
        self.refresh()

    def server_form(self) -> dict[str, Form]:
        return {"server": Form(Server, ("address", "port"), optional=False)} if self._reach == "server" else {}

    def reached(self, found: list[Record]) -> dict[str, Any]:
        """How the room is to be reached, as `rooms.Asked` takes it."""
        if self._reach != "server":
            return {"lan": self._reach == "network"}
        server = next(one for one in found if isinstance(one, Server))
        address = server.address.strip()
        if not address.startswith(("https://", "http://")):
            raise KitError(_("The address of your server begins with https://. Please look at it once more."))
        return {"public": address, "port": server.port or 0}

    def do_room(self, given: list[Any]) -> None:
        """A press that goes to the room; all panels of the page follow."""
        do, told = given
        try:
            self.follow.act(do, **told)
        finally:
            self.follow.look()
            self.follow.tell()
        self.tell(said="")

    def silence(self) -> list[Block]:
        """That the room gives no answer, where it gives none."""
        words = _("The room isn't answering just now. It goes on by itself, and nothing is lost.")
        return [text(words, "quiet")] if self.follow.silent else []

    def reach_blocks(self) -> list[Block]:
        """Who can reach the room, and what that means."""
        chips = [button("reach", words, where, pressed=where == self._reach) for where, words in WHERE.items()]
        return [buttons(*chips), text(REACH[self._reach], "quiet"), *map(self.form_block, self.server_form())]

    def way_in(self, room: rooms.OpenRoom, state: RoomState) -> list[Block]:
        """The address and the code by which people come in; a picture to scan where a phone can reach the room."""
        from kit.rooms import templates

        typed = state["typed"]
        if room.address.startswith(room.near):
            return [text(_("Open the address and type the code.")), text(room.address, "own"), text(typed, "own")]
        words = _("Scan the picture, or open the address and type the code.")
        label = _("A picture to scan with a phone: it opens the room")
        return [code_to_scan(templates.qr_data_uri(state["join"]), label, [words, room.address, typed])]
