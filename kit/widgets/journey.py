"""What is read rather than filled in: the journey, support now."""

from kit import records
from kit.store import support_lines
from kit.widgets.blocks import Block, Button, Item, button, buttons, fold, heading, listed, text
from kit.widgets.panel import Panel
from kit.widgets.pictures import Journeys, PictureWidget
from kit.widgets.practice_details import line_item
from kit.words import _

PERIOD_WORDS = {
    "month": _("a month"),
    "three months": _("three months"),
    "a year": _("a year"),
    "all": _("all"),
}


def period_buttons(chosen: str) -> list[Button]:
    """A button for each period; the one that is looked at is pressed."""
    return [button("look_at", words, period, pressed=period == chosen) for period, words in PERIOD_WORDS.items()]


class Journey(Panel):
    name = "journey"
    on_a_first_meeting = False

    def pictured(self) -> tuple[list[PictureWidget], str]:
        return (
            ([self.state.source(Journeys).over(self.state.period)], "below") if self.state.journey_in_view else ([], "")
        )

    def blocks(self) -> list[Block]:
        if not self.state.journey_in_view:
            return [buttons(button("show", _("Show the journey")))]
        # One chooser a page: where there is one for all of its pictures, the journey follows it.
        shared = any(one.name == "choose_period" for one in self.state.panels)
        chosen = [] if shared else period_buttons(self.state.period)
        return [buttons(*chosen, button("put_away", _("Put it away"), looks="plain"))]

    def do_look_at(self, period: str) -> None:
        self.state.look_at(period)

    def do_show(self) -> None:
        self.state.show_journey(True)

    def do_put_away(self) -> None:
        self.state.show_journey(False)


class SupportNow(Panel):
    name = "support_now"
    needs_client = False
    on_a_heavier_day = True

    def blocks(self) -> list[Block]:
        empty = _("No numbers are noted yet. Your coach enters local ones, each with the day it was checked.")
        return [_folded([*self._own(), *_lines(self.state.store.records(records.SupportLine), empty)])]

    def when_locked(self) -> list[Block]:
        """The lines alone, from outside the book: nobody who needs one has to wait for a passphrase."""
        empty = _("No numbers can be read while the practice is locked. The local emergency number is always there.")
        wait = _("Your own plan for hard times, and your people, open together with the practice.")
        return [_folded([*_lines(support_lines.read_lines(self.state.place), empty), text(wait, "quiet")])]

    def _own(self) -> list[Block]:
        if self.state.client is None:
            return []
        plan = [one.text for one in self.notes.records(records.Plan) if one.section == "when it gets hard"]
        people = self.notes.records(records.Supporter)
        return [
            *([heading(_("What I wrote for hard times"))] if plan else []),
            *(text(words, "own") for words in plan),
            *([heading(_("People"))] if people else []),
            *([listed([_person(one) for one in people])] if people else []),
        ]


def _folded(inside: list[Block]) -> Block:
    return fold(_("Support now"), inside)


def _lines(found: list[records.SupportLine], empty: str) -> list[Block]:
    return [heading(_("Lines to call")), listed([line_item(one) for one in found], empty)]


def _person(one: records.Supporter) -> Item:
    lines = [one.asked_to, _("Ready to send: {words}").format(words=one.ready_text) if one.ready_text else ""]
    return {"id": one.id, "title": one.name, "lines": [line for line in lines if line]}
