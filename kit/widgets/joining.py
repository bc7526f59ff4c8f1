"""What the panels of a workshop have in common, and how people come in: by which way, and how many of them are here."""

from math import ceil

from kit import rooms
from kit.forms import Form
from kit.records import Count, Record, count
from kit.widgets.blocks import Block, Button, button, buttons, heading, text
from kit.widgets.room_status import InRoom, RoomState
from kit.words import _

WORDED = ("word", "line", "lines", "helps")  # what is answered in words
REACHED_NEAR = _("Only this computer reaches this room. For phones, close it and open it in this network.")


class Heads(Record):
    """How many people are here; it is kept nowhere."""

    plural, singular, heading = "heads", _("people"), "heads"
    heads: Count = count(_("How many people are here?"), 1, 3000, help=_("heads, not phones"))


class InWorkshop(InRoom):
    """What the panels of a workshop have in common: where it is, and the presses of a phase."""

    kind = "workshop"

    @property
    def phases(self) -> list[RoomState]:
        return self.follow.state.get("phases", [])

    @property
    def at(self) -> int:
        return self.follow.state.get("at", 0)

    def timer(self) -> Block:
        left = self.follow.state["minutes_left"]
        words = _("{n} minutes left") if left >= 0 else _("{n} minutes more than planned; that is fine")
        return text(words.format(n=ceil(abs(left))), "warm")

    def now(self) -> list[Block]:
        """The phase that everybody is in: what there is to say, what is hidden, and the way on."""
        phase, state = self.phases[self.at], self.follow.state
        hidden = [one for one in phase["asks"] if one["kind"] in ("word", "rating")]
        support = _("Put the support sheet away") if state["aloud"] else _("Read the support sheet to all now")
        calls = _("There is something for you on your own page.")
        return [
            self.timer(),
            *([text(calls, "own")] if state["calls"] else []),
            {**text(phase["lead"]), "looks": "lead"},
            buttons(*self._on(), press(_("+5 minutes"), "more"), *self._back()),
            *self._waiting(phase["asks"]),
            *([buttons(*(press(_("Reveal: {prompt}").format(prompt=one["prompt"]), "reveal", ask=one["name"])
                         for one in hidden))] if hidden else []),
            buttons(press(support, "aloud", on="0" if state["aloud"] else "1")),
        ]  # fmt: skip

    def _waiting(self, asks: list[RoomState]) -> list[Block]:
        """What waits is told when it is asked for, and seen on the facilitator's own page alone."""
        worded = [one for one in asks if one["kind"] in WORDED]
        found = [block for one in worded for block in self._what_waits(one)]
        words, known = _("Is anything waiting? {prompt}"), self.follow.state["asked"]
        ask = [press(words.format(prompt=one["prompt"]), "waiting", "plain", ask=one["name"])
               for one in worded if not known.get(one["name"])]  # fmt: skip
        return [*found, *([buttons(*ask)] if ask else [])]

    def _what_waits(self, ask: RoomState) -> list[Block]:
        from kit.rooms import snapshot

        lines = self.follow.state["asked"].get(ask["name"])
        if not lines:
            return [] if lines is None else [text(_("Nothing was waiting when you asked."), "quiet")]
        see = press(_("Let me see on my own page"), "release", ask=ask["name"])
        return [text(snapshot.few_lines_warning(lines)), buttons(see)]

    def _on(self) -> list[Button]:
        if self.at + 1 >= len(self.phases):
            return []
        words = _("Next phase: {title}").format(title=self.phases[self.at + 1]["title"])
        return [press(words, "go", looks="main", at=str(self.at + 1))]

    def _back(self) -> list[Button]:
        return [press(_("One phase back"), "go", looks="plain", at=str(self.at - 1))] if self.at else []


def press(label: str, do: str, looks: str = "", **told: str) -> Button:
    return button("room", label, [do, told], looks)


class ComingIn(InWorkshop):
    """The part of the page about how people come in, and how many of them there are."""

    def heads_form(self) -> Form:
        return Form(Heads, ("heads",), optional=False)

    def _at_the_door(self) -> list[Block]:
        """Phones that wait; they are told of wherever somebody looks."""
        from kit.rooms import snapshot

        state = self.follow.state
        full = _("So many devices have come in that nobody else can. A new code lets people in again.")
        return [
            *([text(full)] if state["full"] else []),
            *([text(snapshot.waiting_phones(state["at_the_door"], state["heads"] or 0)),
               buttons(press(_("Let them in"), "let_in"))] if state["at_the_door"] else []),
        ]  # fmt: skip

    def _heads(self) -> list[Block]:
        from kit.rooms import snapshot

        state = self.follow.state
        unsaid = _("Until you say a number, everyone is let in and no figure is shown.")
        said = _("You counted {n}; {phones}. A phone beyond that number waits until you let it in.")
        now = (
            said.format(n=state["heads"], phones=snapshot.seated_phones(state["seated"])) if state["heads"] else unsaid
        )
        return [self.form_block("heads"), buttons(button("heads", _("Save the number"))), text(now, "quiet")]

    def do_heads(self) -> None:
        typed = self.typed.get("heads", {}).get("heads")
        try:
            self.follow.act("heads", heads=str(typed or ""))
        finally:
            self.hold({key: one for key, one in self.typed.items() if key != "heads"})
        self.tell(said="")
        self.follow.tell()

    def _way_in(self, room: rooms.OpenRoom) -> list[Block]:
        state = self.follow.state
        tried = state["tried"]
        reached = _("A device has found its way here.") if tried else _(
            "Can a phone reach me? Open {address}/try on a phone, best on the day before: this line says so when it "
            "has."
        ).format(address=room.address)  # fmt: skip
        near = [text(REACHED_NEAR, "quiet")] if room.address.startswith(room.near) else [text(reached, "quiet")]
        locked = _("Ten wrong codes were typed, so codes are not taken any more. The picture still works.")
        return [
            *self.way_in(room, state),
            *near,
            *([text(locked)] if state["locked"] else []),
            buttons(press(_("New code and picture"), "renew", looks="plain")),
            text(_("The old ones stop working. Whoever is in stays in."), "quiet"),
            heading(_("How many people are here?")),
            *self._heads(),
        ]
