"""What the entries say together: a picture a question, over the period that is looked at."""

from datetime import date
from typing import Any

from kit.fields import about
from kit.records import LISTED_ONLY, CheckIn, Step, Tool
from kit.widgets.blocks import Block, Item, button, buttons, fold, listed, question, text
from kit.widgets.cache import ReadCache
from kit.widgets.client_notes import ClientNotes
from kit.widgets.journey import period_buttons
from kit.widgets.panel import Panel
from kit.widgets.pictures import PictureWidget, pictures_of
from kit.widgets.session_state import SessionState
from kit.words import _


class ChoosePeriod(Panel):
    """The period of all pictures of the page; one that looks back begins with everything."""

    name = "choose_period"

    def __init__(self, state: SessionState) -> None:
        super().__init__(state)
        state.look_at("all")

    def blocks(self) -> list[Block]:
        return [question(_("How far back do the pictures look?")), buttons(*period_buttons(self.state.period))]

    def do_look_at(self, period: str) -> None:
        self.state.look_at(period)


class JustMe(Panel):
    """Says whom this page is for, and turns it to the coach's own view."""

    name = "just_me"
    needs_client = False

    def __init__(self, state: SessionState) -> None:
        super().__init__(state)
        state.turn_to_the_coach()

    def looks(self) -> str:
        return "" if self.state.locked else "slim"

    def blocks(self) -> list[Block]:
        words = _("This page is for the coach alone. Open it where nobody else sees the screen.")
        would_ask = _("In a practice of your own, it would ask for your passphrase here.")
        return [text(words if self.state.keyed else f"{words} {would_ask}", "quiet")]


class Told(Panel):
    """One question's pictures, named as in `kit.charts.registry`."""

    def __init__(self, name: str, state: SessionState) -> None:
        self.name = name  # type: ignore[misc]  # one class for all questions, so that each is a line elsewhere
        self._widgets: list[PictureWidget] = []
        super().__init__(state)

    def blocks(self) -> list[Block]:
        return []

    def pictured(self) -> tuple[list[PictureWidget], str]:
        found = pictures_of(self.state, self.name, self.in_days())
        self._widgets += [PictureWidget() for _one in found[len(self._widgets) :]]
        for widget, picture in zip(self._widgets, found, strict=False):
            widget.drawn = picture.drawn()
        return self._widgets[: len(found)], "below"

    def in_days(self) -> bool:
        return False

    def refresh(self) -> None:
        super().refresh()
        if not self.pictures:
            for widget in self._widgets:
                widget.drawn = {}


class FindingMyFeet(Told):
    """Without days until somebody asks for them; the coach's own view always has them."""

    _asked = False

    def blocks(self) -> list[Block]:
        if self.state.for_coach:
            return []
        label = _("Without the days") if self._asked else _("Show the days as well")
        return [buttons(button("turn", label, looks="plain"))]

    def in_days(self) -> bool:
        return self._asked

    def do_turn(self) -> None:
        self._asked = not self._asked
        self.refresh()


class Ladders(Told):
    """The ladders first; the one figure that the field uses is the coach's, and folded away."""

    def blocks(self) -> list[Block]:
        figure = attained(self.state) if self.state.for_coach else None
        if figure is None:
            return []
        words = _(
            "Goal attainment T = {figure:.1f}. 50 means: all in all as hoped for. It sums up the ladders above, "
            "weighed by how much each matters; it says nothing about a person."
        )
        inside = [text(words.format(figure=figure))]
        return [fold(_("The ladders as one figure"), inside)]


class SinceDay(Panel):
    """Days since something began beside those before it: the coach's own view."""

    name = "since_day"
    _from: str = ""

    def refresh(self) -> None:
        if self._bound != self.state.client:
            self._from = ""
        super().refresh()

    def blocks(self) -> list[Block]:
        if not self.state.for_coach:
            return [text(_("This stands in the coach's own view alone."), "quiet")]
        found = tools_and_steps(self.notes)
        if not found:
            return [text(_("No tool and no small step is noted yet whose beginning could be looked at."), "quiet")]
        chips = [button("look_from", words, key, pressed=key == self._from) for key, words, _day in found]
        days = {key: day for key, _words, day in found}
        told = compared_since(self.state, days[self._from]) if self._from in days else []
        return [buttons(*chips), listed([_compared(one) for one in told])]

    def do_look_from(self, key: str) -> None:
        self._from = key
        self.refresh()


def attained(state: SessionState) -> float | None:
    """Goal attainment over the client's ladders; None while nothing is marked."""
    from kit import measures

    told = state.source(ReadCache).frames(("aspirations", "ladder_marks"))
    return measures.attained(measures.ladders(told["aspirations"], told["ladder_marks"]))


def tools_and_steps(notes: ClientNotes) -> list[tuple[str, str, date]]:
    """(id, words, day) of each tool and small step, the latest first; therapy and medication are compared never."""
    tools = [one for one in notes.records(Tool) if one.kind not in LISTED_ONLY]
    begun: list[Tool | Step] = [*tools, *notes.records(Step)]
    found = sorted(begun, key=lambda one: one.day(), reverse=True)
    return [(one.id, one.title, one.day()) for one in found]


def compared_since(state: SessionState, day: date) -> list[dict[str, Any]]:
    """Days since `day` beside those before: a dictionary for each rating, with its label."""
    from kit import measures

    labels = about(CheckIn)
    found = measures.since_day(state.source(ReadCache).frames(("check_ins",))["check_ins"], day).astype(object)
    rows = found.where(found.notna(), None).to_dict("records")
    return [{**row, "label": labels[row["rating"]].label} for row in rows]


def _compared(one: dict[str, Any]) -> Item:
    days = _("{before} days before, {since} days since").format(before=one["days_before"], since=one["days_since"])
    if one["nap"] is None:
        words = _("Too few yet to tell.")
    else:
        words = _(
            "In the middle {before:g} before and {since:g} since. The chance that a later day is the kinder one: "
            "{nap:.0%} (50% is no difference). That one came after the other does not say that it came from it."
        ).format(**one)
    return {"title": one["label"], "meta": days, "lines": [words]}
