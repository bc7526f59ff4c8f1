"""What is read rather than filled in: the journey, the report, support now."""

import webbrowser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from kit import records
from kit.fields import Audience
from kit.panels.session import button, buttons, text
from kit.panels.widgets import Block, Panel, PictureWidget
from kit.words import _, day_words

PERIOD_WORDS = {
    "month": _("a month"),
    "three months": _("three months"),
    "a year": _("a year"),
    "all": _("all"),
}


def periods(table: Any) -> list[dict[str, Any]]:
    """A button for each period; the one that is looked at is pressed."""
    return [
        {**button("look_at", words, period), "pressed": period == table.period}
        for period, words in PERIOD_WORDS.items()
    ]


class Journey(Panel):
    name = "journey"

    def pictured(self) -> tuple[list[PictureWidget], str]:
        return ([self.table.picture(self.table.period)], "below") if self.table.journey_in_view else ([], "")

    def blocks(self) -> list[Block]:
        if not self.table.journey_in_view:
            return [buttons(button("show", _("Show the journey")))]
        return [buttons(*periods(self.table), button("put_away", _("Put it away"), looks="plain"))]

    def do_look_at(self, period: str) -> None:
        self.table.look_at(period)

    def do_show(self) -> None:
        self.table.show_journey(True)

    def do_put_away(self) -> None:
        self.table.show_journey(False)


class MakeReport(Panel):
    name = "make_report"
    on_a_heavier_day = True
    _made: Path | None = None

    def refresh(self) -> None:
        if self._bound != self.table.client:
            self._made = None
        super().refresh()

    def blocks(self) -> list[Block]:
        made = []
        if self._made:
            made = [
                text(_("It lies here: {path}").format(path=self._made)),
                buttons(button("open", _("Open it"), looks="main")),
            ]
        return [
            text(
                _("Who might see this where it will lie? A page that was handed out cannot be called back."),
                "quiet",
            ),
            buttons(button("make", _("Make my report"), "client", looks="" if made else "main")),
            *made,
        ]

    def do_make(self, audience: Audience) -> None:
        from kit import reports

        self._made = reports.make(self.table.store, self.table.client, audience)
        self.refresh()

    def do_open(self) -> None:
        if self._made:
            webbrowser.open(self._made.as_uri())


class SupportNow(Panel):
    name = "support_now"
    needs_client = False
    on_a_heavier_day = True

    def blocks(self) -> list[Block]:
        lines = [_line(one) for one in self.table.store.records(records.SupportLine)]
        empty = _("No numbers are noted yet. Your coach enters local ones, each with the day it was checked.")
        inside = [
            *self._own(),
            {"is": "heading", "text": _("Lines to call")},
            {"is": "list", "items": lines, "empty": empty},
        ]
        return [{"is": "fold", "label": _("Support now"), "blocks": inside}]

    def _own(self) -> list[Block]:
        if self.table.client is None:
            return []
        plan = [one.text for one in self.table.records(records.Plan) if one.section == "when it gets hard"]
        people = self.table.records(records.Supporter)
        return [
            *([{"is": "heading", "text": _("What I wrote for hard times")}] if plan else []),
            *(text(words, "own") for words in plan),
            *([{"is": "heading", "text": _("People")}] if people else []),
            *([{"is": "list", "items": [_person(one) for one in people], "empty": ""}] if people else []),
        ]


def _person(one: Any) -> dict[str, Any]:
    lines = [one.asked_to, _("Ready to send: {words}").format(words=one.ready_text) if one.ready_text else ""]
    return {"id": one.id, "title": one.name, "lines": [line for line in lines if line]}


def _line(one: Any) -> dict[str, Any]:
    checked = _("checked on {day}").format(day=day_words(one.day()))
    if one.day() < date.today() - timedelta(days=365):
        checked = _("checked on {day}, more than a year ago: please look whether it still holds").format(
            day=day_words(one.day())
        )
    return {
        "id": one.id,
        "title": f"{one.name}: {one.number}",
        "meta": checked,
        "lines": [one.hours] if one.hours else [],
    }
