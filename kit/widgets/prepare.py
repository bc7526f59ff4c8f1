"""A minute before a session, alone: what they took along, what you wanted to ask about, what is open or due."""

from collections.abc import Sequence
from datetime import date, timedelta

from kit import records
from kit.forms import Form
from kit.widgets import still_open
from kit.widgets.blocks import Block, Item, button, buttons, fold, heading, listed, said, text
from kit.widgets.cache import Kind
from kit.widgets.caseload import Line, at_a_glance, when
from kit.widgets.coach import CoachsOwn, ago, ahead, long_day
from kit.widgets.panel import PictureWidget
from kit.widgets.session import when_then
from kit.words import _, beside, day_words, done_of, one_or_many

SOON = timedelta(days=7)
AT_MOST = 6
LATELY = 3  # sessions whose private note may still matter today


class Prepare(CoachsOwn):
    """Who is here next, and what asks for a look; once somebody is chosen, their last words come first."""

    name = "prepare"
    needs_client = False
    beside_picture = True

    def pictured(self) -> tuple[list[PictureWidget], str]:
        return super().pictured() if self.notes.records(records.Session) else ([], "")

    def blocks(self) -> list[Block]:
        if self.state.client is None:
            return practice_today(at_a_glance(self.state.store))
        (line,) = at_a_glance(self.state.store, self.state.client)
        return [*self._last(line), *self._open(), *self._for_my_eyes(), *self._due(line), *self._more(), *self._begin()]

    def forms(self) -> dict[str, Form]:
        """The last day of a setback that was left open, once it was said that it has ended."""
        record = self.subject() if self.notes.may_note else None
        return {"setback": Form(records.Setback, ("back_on_feet_on",), record=record)} if record else {}

    def _asked_about(self) -> tuple[still_open.StillOpen, ...]:
        setbacks = [dict(one) for one in self.notes.records(records.Setback)]
        return still_open.asked_about(self.state.store, self.state.chosen, setbacks)

    def do_goes_on(self, key: str) -> None:
        """It goes on: it is not asked about again until a further one has ended."""
        for one in self._asked_about():
            if one.id == key:
                still_open.leave(self.state.store, self.state.chosen, one)
        self.tell(said=_("It stays open."))
        self.refresh()

    def do_begin(self) -> None:
        """Takes the seat: the page for two follows."""
        self.state.choose(self.state.chosen)

    def _told(self, kind: type[Kind]) -> list[Kind]:
        return sorted(self.notes.records(kind), key=lambda one: (one.day(), one.created_at))

    def _last(self, line: Line) -> list[Block]:
        told = [one for one in self._told(records.Session) if one.takeaway or one.ask_next_time]
        met = [heading(line.name), text(" \u00b7 ".join(when(line)), "quiet")]
        if not told:
            return [*met, *_first_meeting(line)]
        last = told[-1]
        asked = _("You wanted to ask about: {words}").format(words=last.ask_next_time)
        took = _("What {name} took with them on {day}").format(name=line.name, day=day_words(last.day()))
        return [
            *met,
            *([text(took, "quiet"), text(last.takeaway, "own")] if last.takeaway else []),
            *([text(asked, "warm")] if last.ask_next_time else []),
        ]

    def _open(self) -> list[Block]:
        weeks = self.notes.records(records.StepWeek)
        steps = [_step(one, weeks) for one in self.notes.active_steps()]
        stretches = [self._stretch(one) for one in self.notes.ongoing_setbacks()]
        if not steps and not stretches:
            return []
        return [heading(_("What is open")), listed([*stretches, *steps])]

    def _stretch(self, setback: records.Setback) -> Item:
        began = _("still in the middle of it, since {day}").format(day=day_words(setback.day()))
        lines = [_("What held: {words}").format(words=setback.what_held)] if setback.what_held else []
        return {"id": setback.id, "title": setback.title, "meta": began, "lines": lines}

    def _for_my_eyes(self) -> list[Block]:
        sessions = [one for one in self._told(records.Session)[-LATELY:] if one.private_note][-1:]
        client = self.notes.records(records.Client)[0]
        notes = [("", client.private_note)]
        notes += [(day_words(one.day()), one.private_note) for one in sessions]
        notes += [(one.title, one.private_note) for one in self.notes.ongoing_setbacks()]
        written = [beside(": ", filter(None, pair)) for pair in notes if pair[1]]
        return [heading(_("For my eyes alone")), *(text(words) for words in written)] if written else []

    def _due(self, line: Line) -> list[Block]:
        asked = [] if line.put_away else [block for one in line.still_open for block in self._still_open(one)]
        found = [*(text(one) for one in line.dates()), *asked]
        told = [said()] if asked or self.status.get("said") else []
        return [*([heading(_("Asks for a look"))] if found else []), *found, *([] if self.forms() else told)]

    def _still_open(self, one: still_open.StillOpen) -> list[Block]:
        record, goes_on = self.subject(), button("goes_on", _("Yes, still going on"), one.id)
        if self.forms() and record.id == one.id:
            leave = buttons(button("leave", _("Leave it as it was"), looks="plain"))
            return [text(one.asks()), self.form_block("setback"), self.save_block(), leave]
        ended = [button("take_up", _("It has ended"), [records.Setback.plural, one.id])] if self.notes.may_note else []
        return [text(one.asks()), buttons(goes_on, *ended)]

    def _more(self) -> list[Block]:
        check_ins, client = self._told(records.CheckIn), self.notes.records(records.Client)[0]
        last = check_ins[-1] if check_ins else None
        looked_out_for = [one.title for one in self.notes.records(records.Milestone) if one.on is None]
        rows = [
            (_("The latest small win"), _newest(self._told(records.Win))),
            (_("The latest spark"), _newest(self._told(records.Spark))),
            (_("Soft, last time"), last.soft if last else ""),
            (_("Heavy, last time"), last.heavy if last else ""),
            (_("Hoped for"), "\n".join(looked_out_for[-3:])),
            (_("What to be realistic about"), client.limits),
            (_("What they wish people knew"), client.wish_you_knew),
        ]
        items: list[Item] = [{"title": label, "lines": [words]} for label, words in rows if words]
        return [fold(_("More in their words"), [listed(items)])] if items else []

    def _begin(self) -> list[Block]:
        name, seat = self.state.client, self.state.in_session()
        back = button("nobody", _("All clients"), looks="plain")
        if seat and seat[0] == name:
            here = _("The session with {name} has been open since {time}; the page for two shows it.")
            return [text(here.format(name=name, time=f"{seat[1].astimezone():%H:%M}"), "quiet"), buttons(back)]
        begin = button("begin", _("Begin a session with {name}").format(name=name), looks="main")
        other = _("A session with {name} is open on the page for two; it gives way, and nothing of it is lost.")
        warned = [text(other.format(name=seat[0]), "quiet")] if seat else []
        return [*warned, buttons(begin, back)]


def _first_meeting(line: Line) -> list[Block]:
    if line.met:
        return [text(_("Nothing was noted to take home. A good first question: what stayed with you?"))]
    words = _(
        "Nothing is noted with {name} yet. A first meeting begins with who you are, what this is and is not, and what "
        "{name} agrees to."
    )
    return [text(words.format(name=line.name))]


def _step(step: records.Step, weeks: list[records.StepWeek]) -> Item:
    noted = [one for one in weeks if one.step == step.id and one.done is not None]
    last = max(noted, key=lambda one: one.day(), default=None)
    planned = _("{n} a week").format(n=step.planned) if step.planned else ""
    done = _("{done} in the week from {day}")
    told = done.format(done=done_of(last.done, last.planned), day=day_words(last.day())) if last else planned
    return {"id": step.id, "title": step.title, "meta": told, "lines": [one for one in [when_then(step)] if one]}


def _newest(found: Sequence[records.Win | records.Spark]) -> str:
    return found[-1].title if found else ""


def practice_today(lines: list[Line]) -> list[Block]:
    """What is due across the practice while nobody is chosen."""
    if not lines:
        return [text(_("Nobody is in this book yet. It starts with a first code name, just below."), "quiet")]
    today = date.today()
    coming = sorted((one for one in lines if one.next and not one.put_away), key=lambda one: (one.next, one.name))
    soon = [one for one in coming if one.next and one.next <= today + SOON] or coming[:3]
    shown = max(AT_MOST, sum(one.next == today for one in soon))  # nobody of today is left out
    due = [one for one in lines if one.due()]
    none = _("No next date is noted. It is asked for at the end of a session.")
    return [
        heading(_("Who comes next?")),
        listed([_coming(one, today) for one in soon[:shown]], none),
        *_rest(len(soon) - shown),
        heading(_("What asks for a look?")),
        listed([_asks(one) for one in due[:AT_MOST]], _("Nothing today: no agreement and no day of keeping is due.")),
        *_rest(len(due) - AT_MOST),
    ]


def _coming(line: Line, today: date) -> Item:
    day = line.next or today
    asked = _("You wanted to ask about: {words}").format(words=line.ask) if line.ask else ""
    met = _("met {ago}").format(ago=ago(line.met, today)) if line.met else ""
    return {
        "id": line.name,
        "title": line.name,
        "meta": " \u00b7 ".join(filter(None, (long_day(day), ahead(day, today), met))),
        "lines": [asked] if asked else [],
        "buttons": [button("look_up", _("Prepare"), line.name)],
    }


def _asks(line: Line) -> Item:
    looks = [button("look_up", _("Look at"), line.name)]
    return {"id": line.name, "title": line.name, "lines": line.due(), "buttons": looks}


def _rest(n: int) -> list[Block]:
    words = one_or_many("{n} more is in the list below.", "{n} more are in the list below.", n)
    return [text(words.format(n=n), "quiet")] if n > 0 else []
