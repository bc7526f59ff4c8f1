"""A session of one: the client fills in forms on a device of their own, and what is kept appears here."""

from datetime import datetime

from kit import records, rooms
from kit.forms import Form
from kit.widgets.blocks import Block, Button, button, buttons, fold, link, links, said, text
from kit.widgets.meeting import ASKED
from kit.widgets.panel import Panel
from kit.widgets.room_status import InRoom, RoomState
from kit.words import _


class Invite(InRoom):
    """Opens a page for the one who is here, hands forms over, and says when one is being written: that, not what."""

    name = "invite"
    kind = "session"
    needs_client = True
    before_agreement = True
    _kept = ""  # what they kept last

    @property
    def on_a_heavier_day(self) -> bool:  # type: ignore[override]
        """Nothing else is asked then; a page that is open can be closed."""
        return self.follow.room is not None

    @property
    def on_a_first_meeting(self) -> bool:  # type: ignore[override]
        return self.follow.room is not None

    def refresh(self) -> None:
        Panel.refresh(self) if self.state.client is None else super().refresh()

    def looks(self) -> str:
        return "" if self.follow.room else "slim"

    def when_locked(self) -> list[Block]:
        words = _("A page is open on somebody's device, and goes on while the practice is locked.")
        return [*super().when_locked(), *self.still_open(words)]

    def forms(self) -> dict[str, Form]:
        return {} if self.follow.room else self.server_form()

    @property
    def _is_theirs(self) -> bool:
        return self.follow.state.get("client") == self.state.client

    def blocks(self) -> list[Block]:
        if self.follow.room is None:
            return [self._one_line(*self._before())]
        if not self.follow.state:
            return self.silence() or [text(_("One moment."), "quiet")]
        return self._open(self.follow.room) if self._is_theirs else self._somebody_elses()

    def _one_line(self, *inside: Block) -> Block:
        words = _("The page is closed.") if self.follow.over else _("Does {name} have a device of their own at hand?")
        return fold(_("Open a page on it"), inside, line=words.format(name=self.state.client))

    # before ------------------------------------------------------------------------------------------

    def _before(self) -> list[Block]:
        if self.notes.not_agreed():
            return [text(self.notes.not_agreed())]
        if not any(one.to == "a room" and one.withdrawn_on is None for one in self.notes.records(records.Agreement)):
            asked = ASKED["a room"]
            yes = buttons(button("agree", _("Yes, from today"), looks="main"))
            return [text(asked.asks), text(asked.means, "quiet"), text(asked.leaves, "quiet"), yes, said()]
        words = _("They see their own forms and their own journey there; nothing of your notes, and nobody else.")
        return [text(words), *self.reach_blocks(), buttons(button("begin", _("Open the page"), looks="main")), said()]

    def do_agree(self) -> None:
        self.state.store.save(records.Agreement(client=self.state.chosen, to="a room"))
        self.state.notify()

    def do_begin(self) -> None:
        found = self._read() if self.forms() else []
        if found is None:
            return
        self._kept = ""
        self.follow.begin(client=self.state.client, **self.reached(found))
        self.tell(said="")
        self.refresh()

    # while it is open --------------------------------------------------------------------------------

    def _open(self, room: rooms.OpenRoom) -> list[Block]:
        state = self.follow.state
        close = button("close_now", _("Close the page"), looks="plain")
        more = button("room", _("Let one more device in"), ["another", {}], looks="plain")
        if not state["joined"]:
            words, copy = _("The page is open, and nobody is in it yet."), links(link("", "", copy=state["join"]))
            return [text(words), *self.way_in(room, state), copy, said(), buttons(close)]
        forms = [self._hand_over(name, title) for name, title in state["forms"].items()]
        return [
            text(self._there(state), "own"),
            *self.silence(),
            text(_("Your turn: hand a form over. It opens on their device."), "quiet"),
            buttons(*forms),
            text(self._how_it_goes(state), "warm"),
            said(),
            *([text(_("One more device may come in."), "quiet"), *self.way_in(room, state)]
              if state["another"] else []),
            buttons(*([] if state["another"] else [more]), close),
        ]  # fmt: skip

    def _there(self, state: RoomState) -> str:
        there, away = _("{name} has the page before them."), _("{name}'s page is not in view just now.")
        return (there if state.get("here") else away).format(name=self.state.client)

    def _hand_over(self, name: str, title: str) -> Button:
        handed = self.follow.state["turn"] == name
        return button("room", title, ["turn", {"form": "" if handed else name}], pressed=handed)

    def _how_it_goes(self, state: RoomState) -> str:
        titles = state["forms"]
        if state["writing"]:
            return _("It is being written: {form}. You read it when it is kept.").format(form=titles[state["writing"]])
        if state["turn"]:
            return _("It is their turn: {form}.").format(form=titles[state["turn"]])
        return self._kept or _("What they keep appears here by itself.")

    def heard(self, earlier: RoomState) -> None:
        """What was kept on the other device stands in the pictures and lists of this page at once."""
        saved, before = self.follow.state.get("saved", []), earlier.get("saved", [])
        if not self._is_theirs or saved == before:
            return
        kept, back = _("Kept at {time}: {form}. It stands in the entries."), _("They took something back at {time}.")
        form = self.follow.state["forms"][saved[-1]] if saved else ""
        words = kept if len(saved) > len(before) else back
        self._kept = words.format(time=f"{datetime.now():%H:%M}", form=form)
        self.state.notify()

    def do_close_now(self) -> None:
        self.follow.close()
        self.tell(said="")
        self.refresh()

    def _somebody_elses(self) -> list[Block]:
        words = _("A page for somebody who was here before is still open on their device.")
        return [text(words), buttons(button("close_now", _("Close that page"))), said()]
