"""The facilitator's walkthrough: a room is opened, led from phase to phase, and closed; and the board that all see."""

from datetime import date

from kit import records, rooms
from kit.forms import Form
from kit.widgets.blocks import (
    Block,
    Item,
    button,
    buttons,
    code_to_scan,
    fold,
    heading,
    link,
    links,
    listed,
    part,
    preview,
    said,
    text,
    word_list,
)
from kit.widgets.joining import WORDED, ComingIn, InWorkshop, press
from kit.widgets.past_workshops import Held
from kit.widgets.room_status import RoomState
from kit.widgets.session_state import SessionState
from kit.words import KitError, _, day_words, wrapping

ANONYMOUS = _(
    "Entering this for somebody ends their anonymity: you know whose words these are, and whoever sees this screen "
    "reads them. Please say so first. A paper slip in a box keeps it."
)


class Workshop(Held, ComingIn):
    """Opens a room for a group, says where it is, and closes it for everybody."""

    name = "workshop"
    save_label = _("Open the room")
    _asks = ""
    _sure = False

    def forms(self) -> dict[str, Form]:
        if self.follow.room:
            return {"answer": Form(records.Answer, ("text",), audience="group"), "heads": self.heads_form()}
        return {"workshop": Form(records.Workshop, ("title", "keep_until"), optional=False), **self.server_form()}

    def refresh(self) -> None:
        if not self.state.locked:
            kept = self.typed.setdefault("workshop", {})
            kept.setdefault("keep_until", rooms.retention_date().isoformat())
        super().refresh()

    def blocks(self) -> list[Block]:
        return self._open() if self.follow.room else self._before()

    def when_locked(self) -> list[Block]:
        words = _("A room is open, and goes on while the practice is locked.")
        return [*super().when_locked(), *self.still_open(words)]

    # before ----------------------------------------------------------------------------------------

    def _before(self) -> list[Block]:
        over = _("The room is closed for everybody. What was shared is in this book until the day named below.")
        return [
            *([text(over)] if self.follow.over else []),
            self.form_block("workshop", enter=True),
            heading(_("Where can it be reached?")),
            *self.reach_blocks(),
            self.save_block(),
            self._paper(),
            part(_("What is kept from workshops"), *self.held_blocks(), is_open=self.follow.over),
        ]

    def _paper(self) -> Block:
        from kit.rooms import paper

        html = paper.render_paper(self.state.store, self.typed.get("workshop", {}).get("title") or _("A workshop"))
        title = _("A sheet of A4 for each phase: for people without a device, and for a day without a network.")
        return part(_("Every phase on paper"), preview(html, title, _("Print it")))

    def do_save(self) -> None:
        """Opens the room; the workshop is noted in the book by the room itself."""
        found = self._read()
        if not found:
            return
        one = found[0]
        assert isinstance(one, records.Workshop)
        self.tell(said=_("One moment, the room is opened."))
        self.follow.begin(title=one.title, keep_until=one.keep_until or rooms.retention_date(), **self.reached(found))
        self.tell(said="")
        self.follow.tell()

    # while it is open --------------------------------------------------------------------------------

    def _open(self) -> list[Block]:
        room, state = self.follow.room, self.follow.state
        assert room
        if not state:
            return self.silence() or [text(_("One moment."), "quiet")]
        phase = self.phases[self.at]
        where = _("{n} of {all}: {title}").format(n=self.at + 1, all=len(self.phases), title=phase["title"])
        return [
            text(state["title"], "quiet"),
            heading(where),
            *self.silence(),
            *self._at_the_door(),
            *self.now(),
            said(),
            part(_("How people come in"), *self._way_in(room), is_open=self.at == 0),
            part(_("My own page, and the board"), *self._windows(room)),
            part(_("All phases"), *self._all()),
            part(_("For somebody without a device"), *self._enter()),
            part(_("Every phase on paper"), links(link(_("Open the sheets and print them"), f"{room.lead}/paper"))),
            part(_("Close the room"), *self._close()),
        ]

    def _windows(self, room: rooms.OpenRoom) -> list[Block]:
        mine = _(
            "Lines are looked at on your own page, and shown or kept back there: on your phone, or in a private window "
            "that no projector shows. Whoever has its link leads the workshop."
        )
        from kit.rooms import templates

        scan = code_to_scan(
            templates.qr_data_uri(room.lead),
            _("A picture to scan with your own phone"),
            [_("For your own phone. Please scan it while nobody else sees this screen.")],
        )
        return [
            text(_("The board is a window of its own for the projector. It holds what is shown to all, and no more.")),
            links(link(_("Open the board"), room.board, "main")),
            text(mine),
            links(link(_("Open my own page"), room.lead), link("", "", copy=room.lead)),
            fold(_("On my phone"), [scan]),
        ]

    def _all(self) -> list[Block]:
        items: list[Item] = [
            {"id": one["name"], "title": one["title"], "meta": _("{n} minutes").format(n=one["minutes"]),
             "lines": [_("we are here")] if place == self.at else [],
             "buttons": [] if place == self.at else [press(_("Go there"), "go", "plain", at=str(place))]}
            for place, one in enumerate(self.phases)
        ]  # fmt: skip
        home = _("From now on each phone can take its own page home as a file.")
        there = any(one["take_home"] for one in self.phases[: self.at + 1])
        return [listed(items), *([text(home, "quiet")] if there else [])]

    def _enter(self) -> list[Block]:
        asks = [ask for phase in self.phases for ask in phase["asks"] if ask["kind"] in WORDED]
        chips = [button("about", one["prompt"], one["name"], pressed=one["name"] == self._asks) for one in asks]
        enter = button("enter", _("They know, and want it: enter it"))
        return [text(ANONYMOUS), buttons(*chips), *([self.form_block("answer"), buttons(enter)] if self._asks else [])]

    def _close(self) -> list[Block]:
        day = self.follow.state["keep_until"]
        what = _(
            "Closing ends it for everybody: no page of it opens any more. What people wrote for themselves "
            "stays on their phones until they close the page."
        )
        stays = _("What was shared stays in this book. It is deleted on {day}.")
        told = [text(stays.format(day=day_words(date.fromisoformat(day))))] if day else []
        close = button("close", _("Close the room for everybody"), looks="" if self._sure else "main")
        yes = [button("close_now", _("Yes, close it"), looks="main"), button("stay", _("Stay open"), looks="plain")]
        return [text(what), *told, buttons(*(yes if self._sure else [close]))]

    # what its buttons do -----------------------------------------------------------------------------

    def do_about(self, ask: str) -> None:
        self._asks = "" if ask == self._asks else ask
        self.refresh()

    def do_enter(self) -> None:
        typed = self.typed.get("answer", {}).get("text", "").strip()
        if not typed:
            raise KitError(_("Nothing is filled in yet."))
        self.follow.act("enter", ask=self._asks, text=typed)
        self._asks = ""
        self.hold({})
        self.tell(said=_("Entered. It is on your own page now."))
        self.refresh()

    def do_close(self) -> None:
        self._sure = True
        self.refresh()

    def do_stay(self) -> None:
        self._sure = False
        self.refresh()

    def do_close_now(self) -> None:
        self._sure = False
        self.follow.close()
        self.hold({})
        self.tell()
        self.follow.tell()


class Phase(InWorkshop):
    """One phase of the walkthrough, under its own heading: begun here, and led from here while it lasts."""

    name = "phase"

    def __init__(self, state: SessionState, phase: str = "") -> None:
        self._phase = phase
        super().__init__(state)

    def looks(self) -> str:
        return "" if self._is_here() else "quiet"

    def _is_here(self) -> bool:
        return bool(self.phases) and self._phase in ("", self.phases[self.at]["name"])

    def blocks(self) -> list[Block]:
        if not self.phases:
            return [text(_("This opens with the room, at the top of the page."), "quiet")]
        if self._is_here():
            return [*(block for block in self.now() if block.get("looks") != "lead"), said()]
        place = next((place for place, one in enumerate(self.phases) if one["name"] == self._phase), None)
        if place is None:
            return [text(_("This phase is not among those of this workshop."), "quiet")]
        return [buttons(press(_("Go there with everybody"), "go", at=str(place))), said()]


class Board(InWorkshop):
    """What the board shows, in the notebook: words and shared lines, and figures as far as they may be seen."""

    name = "board"

    def blocks(self) -> list[Block]:
        seen = self.follow.state.get("board", [])
        if not seen:
            return [text(_("This opens with the room, at the top of the page."), "quiet")]
        return [block for one in seen for block in _on_the_board(one)]


def _on_the_board(one: RoomState) -> list[Block]:
    lines = [_("{text} ({dots} dots)").format(**line) if line["dots"] else line["text"] for line in one["lines"]]
    bands = [_("{low} to {high}: {count}").format(**band) for band in one["bands"]]
    empty = [] if lines or bands else [text(_("Nothing is shown here so far."), "quiet")]
    return [
        heading(one["prompt"]),
        *([word_list([wrapping(line) for line in lines], one["kind"])] if lines else []),
        *([text(" \u00b7 ".join(bands))] if bands else []),
        *(empty if one["kind"] in (*WORDED, "rating") else []),
    ]
