"""The page to take home: who might see it is asked first; then it is looked at here, kept, opened and printed."""

import sys
import webbrowser
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kit import records
from kit.fields import Audience
from kit.records import Record
from kit.widgets.blocks import Block, Button, Item, button, buttons, fold, heading, listed, preview, said, text
from kit.widgets.journey import period_buttons
from kit.widgets.panel import Panel
from kit.widgets.session_state import SessionState
from kit.words import KitError, _, day_words

if TYPE_CHECKING:
    from kit.reports import Page, ReportRequest

CARD, CLIENT, COACH, SUPPORTER = "card", "client", "just_me", "supporter"
# What can be left out of a page, one by one; therapy, numbers and people are left out with their whole section.
OFFERED = ("better", "sessions", "wins", "sparks", "milestones", "setbacks", "steps", "aspirations", "tools",
           "supporters", "noticed", "plan")  # fmt: skip
MOST = 60


class MakeReport(Panel):
    """Nothing is written before somebody has looked at it; whatever was looked at goes with the client."""

    name = "make_report"
    on_a_heavier_day = True

    def __init__(self, state: SessionState) -> None:
        self._begin()
        super().__init__(state)

    def _begin(self) -> None:
        self._reader = ""
        self._supporter: str | None = None
        self._period = "all"
        self._left_out: set[str] = set()
        self._kept: Path | None = None
        self._looked: tuple[tuple, Page] | None = None

    def refresh(self) -> None:
        another = self._bound != self.state.client or self.state.locked
        if another or (self.state.heavier and self._reader != CARD):
            self._begin()
        super().refresh()

    # what is on the page -------------------------------------------------------------------------

    def _first(self) -> list[Block]:
        if self.state.heavier:
            words = _("If you like, take the card with you. It says least: no setbacks, no numbers about you.")
            return [text(words, "quiet"), buttons(*self._readers())]
        return [
            heading(_("Who else might see this?")),
            text(_("On a phone, on a table, on a computer that others use: a page that was handed out cannot be "
                   "called back. The card says least: no setbacks, no numbers about you."), "quiet"),
            buttons(*self._readers()),
        ]  # fmt: skip

    def blocks(self) -> list[Block]:
        first = self._first()
        if not self._reader:
            return first
        if self._reader == SUPPORTER and self._agreed() is None:
            return [*first, *self._asks_first()]
        try:
            page = self._page()
        except KitError as trouble:
            return [*first, text(str(trouble))]
        return [*first, *self._chosen(), self._preview(page), *self._ways(page)]

    def _readers(self) -> list[Button]:
        people = [(SUPPORTER, one.id, _("For {name}").format(name=one.name)) for one in self._people()]
        mine = [(COACH, None, _("For the coach alone"))] if self.state.for_coach else []
        pages = [(CLIENT, None, _("A page for me")), *people, *mine]
        choices = [(CARD, None, _("The card")), *([] if self.state.heavier else pages)]
        chosen = (self._reader, self._supporter)
        return [button("read", label, [kind, who], pressed=chosen == (kind, who)) for kind, who, label in choices]

    def _people(self) -> list[records.Supporter]:
        return self.notes.records(records.Supporter)

    def _asks_first(self) -> list[Block]:
        words = _("Nothing was agreed yet about a report for someone who stands by you. It holds only what you marked "
                  "for them, and it reaches nobody without your word.")  # fmt: skip
        return [text(words), buttons(button("agree", _("Yes, from today"), looks="main"))]

    def _chosen(self) -> list[Block]:
        if self._reader == CARD:
            return []
        return [buttons(*period_buttons(self._period)), fold(_("Leave something out"), self._offers())]

    def _offers(self) -> list[Block]:
        found = self._shown()
        more = _("These are the latest {n}. For earlier ones, please choose a shorter time.").format(n=MOST)
        empty = _("There is nothing in it that could be left out.")
        offered = listed([self._offer(one) for one in found[:MOST]], empty)
        return [offered, *([text(more, "quiet")] if len(found) > MOST else [])]

    def _offer(self, one: Record) -> Item:
        gone = one.id in self._left_out
        press = button("leave_out", _("Left out") if gone else _("Leave it out"), one.id, pressed=gone)
        told = f"{one.singular} \u00b7 {day_words(one.day())}"
        return {"id": one.id, "title": str(getattr(one, one.heading)) or told, "meta": told, "buttons": [press]}

    def _shown(self) -> list[Record]:
        """What the page tells of one by one, the newest first."""
        from kit import frames

        noted = {plural: self.notes.records(records.BY_PLURAL[plural]) for plural in OFFERED}
        seen = {
            plural: frames.frame(
                records.BY_PLURAL[plural], [one.model_dump() for one in some], self._audience(), self._person()
            )
            for plural, some in noted.items()
        }
        there = {key for frame in frames.filter_period(seen, self._since()).values() for key in frame["id"]}
        told = [one for some in noted.values() for one in some if one.id in there]
        return sorted(told, key=lambda one: one.day(), reverse=True)

    def _preview(self, page: "Page") -> Block:
        title = _("This is what {reader} reads").format(reader=self._called())
        return preview(page.without_bundle(), title, _("Print it"))

    def _called(self) -> str:
        person = self._person()
        return person.name if person else _("the coach") if self._reader == COACH else self.state.chosen

    def _ways(self, page: "Page") -> list[Block]:
        from kit.reports import print_pdf

        pdf = [button("pdf", _("Keep it as PDF"))] if print_pdf.find_browser() else []
        keep = button("keep", _("Keep this page"), looks="" if self._kept else "main")
        kept = [
            text(_("It lies here: {path}").format(path=self._kept)),
            text(_("Whoever can open that folder can read it; handed out, it cannot be called back."), "quiet"),
            buttons(button("open", _("Open it"), looks="main")),
        ]  # fmt: skip
        return [buttons(keep, *pdf), said(), *(kept if self._kept else [])]

    # the page ------------------------------------------------------------------------------------

    def _page(self) -> "Page":
        """The page as it now is: made anew only where something was noted since, or chosen otherwise."""
        from kit import reports

        store, client = self.state.store, self.state.chosen
        now = (client, self._reader, self._supporter, self._period, sorted(self._left_out), store.change_tokens())
        if self._looked is None or self._looked[0] != now:
            made = (
                reports.build_card(store, client)
                if self._reader == CARD
                else reports.build(store, client, self._asked())
            )
            self._looked = (now, made)
        return self._looked[1]

    def _asked(self) -> "ReportRequest":
        from kit.reports import ReportRequest

        return ReportRequest(self._reader, self._supporter, self._since(), left_out=tuple(self._left_out))

    def _since(self) -> date | None:
        from kit.charts import first_day

        return first_day(self._period, date.today())

    def _person(self) -> records.Supporter | None:
        return next((one for one in self._people() if one.id == self._supporter), None)

    def _audience(self) -> Audience:
        return self._reader  # type: ignore[return-value]

    def _agreed(self) -> bool | None:
        from kit import reports

        return reports.has_consent((one.model_dump() for one in self.notes.records(records.Agreement)), self._reader)

    # what its buttons do -------------------------------------------------------------------------

    def do_read(self, given: list[Any]) -> None:
        kind, who = given
        if kind == COACH and not self.state.for_coach:
            return
        self._begin()
        self._reader, self._supporter = kind, who
        if "kit.reports" not in sys.modules:  # what the first page needs is read only now, and takes a moment
            self.view = {
                **self.view,
                "blocks": [*self._first(), text(_("One moment, the page is being made."), "quiet")],
            }
        self._told()

    def do_agree(self) -> None:
        new = records.Agreement(client=self.state.chosen, to="a supporter's report")
        self.state.store.save(new)
        self.state.notify()

    def do_look_at(self, period: str) -> None:
        self._period, self._kept = period, None
        self._told()

    def do_leave_out(self, key: str) -> None:
        self._left_out ^= {key}
        self._kept = None
        self._told()

    def do_keep(self) -> None:
        self._kept = self._page().write()
        self._told(_("It is kept."))

    def do_pdf(self) -> None:
        from kit.reports import print_pdf

        self.tell(said=_("One moment: the browser prints it."))
        self._kept = print_pdf.write_pdf(self._page())
        self._told(_("It is kept as PDF."))

    def do_open(self) -> None:
        if self._kept:
            webbrowser.open(self._kept.as_uri())

    def _told(self, said: str = "") -> None:
        self.tell(said=said)
        self.refresh()
