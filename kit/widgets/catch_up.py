"""Ten minutes after a session, alone: all that the session's panels ask, on one page and for one day."""

from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from typing import Any

from kit.fields import about
from kit.forms import Form
from kit.records import Record, Session
from kit.widgets.blocks import Block, button, buttons, part, text, unbound_form
from kit.widgets.coach import CoachsOwn, ago, asked_by, long_day, with_private_note
from kit.widgets.panel import Panel, Typed
from kit.widgets.session import AddMilestone, CheckIn, CloseSession, ExploreSetback, NextStep, ReviewSteps, SmallWin
from kit.widgets.then_and_now import ThenAndNow
from kit.words import _

ARRIVING, NOTICED, NEXT, SETBACK, CLOSING = (
    _("Arriving"), _("Something that I noticed"), _("The next small step"), _("A setback"),
    _("What the session was about, and what they took with them"),
)  # fmt: skip
PARTS: dict[str, type[Panel]] = {
    ARRIVING: CheckIn,
    _("A small win, a spark"): SmallWin,
    _("What helped, and the small steps since we last met"): ReviewSteps,
    _("A milestone"): AddMilestone,
    SETBACK: ExploreSetback,
    NEXT: NextStep,
    NOTICED: ThenAndNow,
    CLOSING: CloseSession,
}
OPEN = (ARRIVING, CLOSING)
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class OnDay(Form):
    """The questions of a form for another day than today: what begins as today begins as that day."""

    day: date = field(default_factory=date.today)

    def initial_values(self) -> dict[str, Any]:
        if self.record is not None:
            return super().initial_values()
        days = {name: self.day.isoformat() for name, told in self.described.items() if told.starts == "today"}
        return {**super().initial_values(), **days}


def on_day(form: Form, day: date) -> OnDay:
    """A form as it is asked when `day` is caught up: its day is the page's, unless it is one of its first questions."""
    dated = form.kind.dated
    given = {one.name: getattr(form, one.name) for one in fields(form)}
    told = about(form.kind).get(dated)
    if told and told.starts == "today" and dated not in form.first:
        given |= {"more": tuple(name for name in form.more if name != dated), "fixed": {**form.fixed, dated: day}}
    return OnDay(**given, day=day)


class CatchUp(CoachsOwn):
    """One day, one page, one Save; each part may stay empty."""

    name = "catch_up"
    save_label = _("Save all")
    _drawn: Typed
    _for: date | None = None
    _past: tuple[date, date] | None = None  # the day that was chosen, and when: it holds for the next client too
    _week = ReviewSteps._week

    # the day -------------------------------------------------------------------------------------

    def today(self) -> date:
        return self._given() or date.today()

    def _given(self) -> date | None:
        """The day that was chosen, once it is one; while its year is typed it is not."""
        try:
            day = date.fromisoformat(self.typed.get("day", {}).get("on") or "")
        except ValueError:
            return None
        return day if date.today() - LONGEST <= day <= date.today() else None

    def hold(self, typed: Typed) -> None:
        past, chosen = self._past or (None, None)
        kept = {"day": {"on": past.isoformat()}} if past and chosen == date.today() else {}
        super().hold({**kept, **typed})

    def do_draft(self) -> None:
        super().do_draft()
        if self.today() != self._for:
            self._turn_to(self.today())
        elif self.typed.get("day", {}).get("on") and not self._given():
            self.tell(problems={"day.on": _no_such_day()})

    def _turn_to(self, day: date) -> None:
        """Another day: what was typed goes along, what stood there from the beginning does not."""
        self._past = (day, date.today()) if day != date.today() else None
        self.hold({**self._really_typed(), **self._subject, "day": {"on": day.isoformat()}})
        self.refresh()

    def _really_typed(self) -> Typed:
        typed = {
            key: {name: value for name, value in given.items() if value != self._drawn[key].get(name)}
            for key, given in self.typed.items()
            if key in self._drawn
        }
        return {key: given for key, given in typed.items() if given}

    # what is asked -------------------------------------------------------------------------------

    def forms(self) -> dict[str, Form]:
        return {key: form for part in self._parts().values() for key, form in part.items()}

    def _parts(self) -> dict[str, dict[str, Form]]:
        """Part -> its forms, as the session's own panels ask them, made ready for the day."""
        if not self.notes.may_note:
            return {}
        found = {label: asked_by(panel, self) for label, panel in PARTS.items()}
        arriving, closing = found[ARRIVING].pop("session"), found[CLOSING]
        closing["thanks"] = closing.pop("win")
        first = (*arriving.first, *closing["session"].first, *closing["session"].more)
        session = replace(closing["session"], first=first, more=arriving.more, record=self.notes.session(self.today()))
        closing["session"] = with_private_note(session, first=True)
        found[SETBACK]["setback"] = with_private_note(found[SETBACK]["setback"])
        found[NEXT]["step"] = replace(found[NEXT]["step"], fixed={})
        noticed = found[NOTICED]["noticed"]
        found[NOTICED]["noticed"] = replace(noticed, first=("what",), fixed={"who": "coach"}, title="")
        return {label: {key: on_day(form, self.today()) for key, form in part.items()} for label, part in found.items()}

    def blocks(self) -> list[Block]:
        parts, self._for = self._parts(), self.today()
        self._drawn = {key: form.initial_values() for part in parts.values() for key, form in part.items()}
        words = _("All of this is noted for {day}, {ago}.")
        told = text(words.format(day=long_day(self._for), ago=ago(self._for, date.today())), "quiet")
        return [self._day_block(), told, *(self._fold(label, part) for label, part in parts.items()), self.save_block()]

    def _day_block(self) -> Block:
        asked = [{**one, "must": True} for one in Form(Session, ("on",)).describe({})]
        values = {"on": self._for.isoformat() if self._for else ""}
        return unbound_form("day", asked, values)

    def _fold(self, label: str, forms: dict[str, Form]) -> Block:
        begun = any(key in self._really_typed() for key in forms) or (label == SETBACK and bool(self._subject))
        again = self._ongoing() if label == SETBACK else []
        inside = [*again, *map(self.form_block, forms)]
        return part(label, *inside, is_open=label in OPEN or begun)

    def _ongoing(self) -> list[Block]:
        """The setbacks that go on, to add to; or the way back from one."""
        if self._subject:
            return [buttons(button("leave", _("Begin a new one instead"), looks="plain"))]
        words = _("Still in the middle of \u201c{title}\u201d: add to it")
        found = self.notes.ongoing_setbacks()
        again = [button("take_up", words.format(title=one.title), [one.plural, one.id]) for one in found]
        return [buttons(*again)] if again else []

    def do_take_up(self, given: list[str]) -> None:
        """Adds to a setback that goes on; what was typed in the other parts stays."""
        typed, stood = self._really_typed(), self._stood
        super().do_take_up(given)
        self._go_on_with({**typed, **self._subject, "stood": stood})

    def do_leave(self) -> None:
        """Leaves that setback as it was; what was typed in the other parts stays."""
        self._go_on_with({**self._really_typed(), "stood": self._stood})

    def _go_on_with(self, typed: Typed) -> None:
        typed.pop("setback", None)
        self.hold(typed)
        self.do_draft()
        self.refresh()

    # what is kept --------------------------------------------------------------------------------

    def _read(self) -> list[Record] | None:
        if not self.typed.get("day", {}).get("on") or self._given():
            return super()._read()
        self.tell(problems={"day.on": _no_such_day()}, said=_("Nothing is lost. One thing asks for a second look."))
        return None

    def compose(self, found: list[Record]) -> list[Record]:
        here = self.notes.session(self.today()) or any(isinstance(one, Session) for one in found)
        return found if here else [Session(client=self.state.chosen, on=self.today()), *found]

    def saved(self, found: list[Record]) -> str:
        return _("noted for {day}").format(day=long_day(self.today()))


def _no_such_day() -> str:
    return _("Day: please choose today or an earlier day of the last twelve months.")
