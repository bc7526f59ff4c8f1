"""The steps of a session, in the order in which two people walk through them."""

from datetime import date, timedelta

from kit import card as cards
from kit import places, records
from kit.card import when_then
from kit.forms import WHAT_HELPED, Form, to_json_value
from kit.records import Record
from kit.widgets import seat
from kit.widgets.blocks import Block, Item, button, buttons, card_of, listed, one_line, question, save, text
from kit.widgets.panel import Panel
from kit.widgets.session_state import SessionState
from kit.words import _

NONE_UNDER_WAY = _("No small step is under way just now. A new one can begin any time.")


class ChooseClient(Panel):
    name = "choose_client"
    needs_client = False
    on_a_heavier_day = True
    _unknown = ""

    def looks(self) -> str:
        return "slim" if self.state.client else ""

    def forms(self) -> dict[str, Form]:
        title = _("Somebody new") if self._offered() else ""
        return {"new": Form(records.Client, ("name",), title=title, optional=False)}

    def blocks(self) -> list[Block]:
        if self.state.client is not None:
            return [text(_("Here today: {name}").format(name=self.state.client), "own")]
        left = seat.left(self.state.store)
        return [
            *([text(_("A session was open at {time}.").format(time=f"{left[1].astimezone():%H:%M}")),
               buttons(button("go_on", _("Go on with it"), looks="main"))] if left else []),
            question(_("Who is here today?")),
            *(self._all_names() if self._offered() else []),
            self.form_block("new", enter=True),
            save(_("Begin with this name") if self._offered() else _("Sit down")),
            *([buttons(button("begin", _("Begin with this name")))] if self._unknown else []),
        ]  # fmt: skip

    def refresh(self) -> None:
        if self._bound != self.state.client or self.state.locked:
            self._unknown = ""
        super().refresh()

    def _offered(self) -> bool:
        """Whether names may be in view: those of real people are not, on a screen that two look at."""
        return self.state.for_coach or self.state.store.place in (None, places.sample())

    def _all_names(self) -> list[Block]:
        names = [one.name for one in self.state.store.records(records.Client) if one.put_away_on is None]
        if not names:
            return [text(_("Nobody is in this book yet. It starts with a first code name."), "quiet")]
        return [buttons(*(button("choose", name, name) for name in names))]

    def do_choose(self, name: str) -> None:
        self.state.choose(name)

    def do_go_on(self) -> None:
        left = seat.left(self.state.store)
        if left:
            self.state.choose(left[0])

    def do_save(self) -> None:
        """Somebody new begins; where no names are in view, who is known sits down, and a new name is asked about."""
        if self._offered():
            return self.do_begin()
        found = self._read()
        if not found:
            return None
        known = self.state.store.find_by_name(_name(found))
        if known:
            return self._sits_down(known.name)
        self._unknown = _name(found)
        sentence = _("Nobody here is called {name} yet. Please look at the spelling, or begin with this name.")
        self.tell(said=sentence.format(name=self._unknown))
        return self.refresh()

    def do_begin(self) -> None:
        found = self._read()
        known = self.state.store.find_by_name(_name(found)) if found and self._unknown else None
        if found and not known:
            self.state.store.save(*found)
        if found:
            self._sits_down(known.name if known else _name(found))

    def _sits_down(self, name: str) -> None:
        self.typed = {}
        self.state.choose(name)


def _name(found: list[Record]) -> str:
    return str(getattr(found[-1], found[-1].heading))


class CheckIn(Panel):
    name = "check_in"
    on_a_first_meeting = False

    def forms(self) -> dict[str, Form]:
        more = ("living_well", "symptom_load", "hope", "connection")
        return {
            "check_in": Form(records.CheckIn, ("energy", "soft", "heavy"), more),
            "session": Form(records.Session, ("topics",), ("today_matters",), record=self.notes.session()),
        }

    def compose(self, found: list[Record]) -> list[Record]:
        here = self.notes.session() or any(isinstance(one, records.Session) for one in found)
        return found if here else [records.Session(client=self.state.chosen), *found]


class SmallWin(Panel):
    name = "small_win"
    on_a_first_meeting = False
    beside_picture = True

    def forms(self) -> dict[str, Form]:
        return {
            "win": Form(records.Win, ("title",), ("on", "share_with")),
            "spark": Form(records.Spark, ("title",), ("on", "share_with")),
        }

    def saved(self, found: list[Record]) -> str:
        return _("Good that it has a place now.")


class ReviewSteps(Panel):
    name = "review_steps"
    on_a_first_meeting = False
    save_label = _("Save all")

    def forms(self) -> dict[str, Form]:
        first = Form(records.ToolUse, ("tool",), ("helped", "not_for_me"))
        return {"helped": first, **{f"week-{step.id}": self._week(step) for step in self.notes.active_steps()}}

    def _week(self, step: records.Step) -> Form:
        week = week_to_look_at(self.today())
        noted = [one for one in self.notes.records(records.StepWeek) if one.step == step.id]
        record = next((one for one in noted if one.week_of == week), None)
        # A week keeps the plan with which it began, whatever the step becomes later.
        planned = record.planned if record else self.notes.enough(step)
        title = _("{step}, in the week from {day}: planned {n}").format(step=step.title, day=f"{week:%d %b}", n=planned)
        fixed = {"step": step.id, "week_of": week, "planned": planned}
        return Form(records.StepWeek, ("done", "came_between"), ("reason", "helped"), fixed, title=title, record=record)

    def blocks(self) -> list[Block]:
        found = super().blocks()
        if not self.notes.active_steps():
            yet = _("No small steps noted yet. The list starts with the first one, further down.")
            found.insert(1, text(NONE_UNDER_WAY if self.notes.records(records.Step) else yet, "quiet"))
        return found


def week_to_look_at(today: date) -> date:
    """The Monday of the week that is being looked back on: this one from Thursday on, else the last."""
    day = today - timedelta(days=3)
    return day - timedelta(days=day.weekday())


class AddMilestone(Panel):
    name = "add_milestone"
    on_a_first_meeting = False
    beside_picture = True

    def forms(self) -> dict[str, Form]:
        more = ("i_would_know_it_by", "effort", "noticed_by", "note", "share_with")
        return {"milestone": Form(records.Milestone, ("title", "on", "area"), more)}


class ExploreSetback(Panel):
    name = "explore_setback"
    on_a_first_meeting = False
    beside_picture = True

    def forms(self) -> dict[str, Form]:
        first = (
            "title", "began_on", "roughly", "what_held", "helped_by", "triggers", "outside_control",
            "back_on_feet_on", "learned", "next_time",
        )  # fmt: skip
        more = ("intensity", "early_signs", "partly_back", "timed", "share_with")
        beside = {"helped_by": WHAT_HELPED}
        return {"setback": Form(records.Setback, first, more, extra=beside, record=self.subject())}

    def blocks(self) -> list[Block]:
        if self.subject():
            back = [button("leave", _("Begin a new one instead"), looks="plain")]
        else:
            words = _("Still in the middle of \u201c{title}\u201d: add to it")
            back = [button("take_up", words.format(title=one.title), [one.plural, one.id])
                    for one in self.notes.ongoing_setbacks()]  # fmt: skip
        return [*([buttons(*back)] if back else []), *super().blocks()]

    def saved(self, found: list[Record]) -> str:
        return _("Thank you for putting it into words.")


class NextStep(Panel):
    name = "next_step"

    def forms(self) -> dict[str, Form]:
        first = ("title", "when", "then", "on_a_heavy_day", "planned", "importance", "confidence")
        more = ("tell", "tool", "aspiration", "starts_on", "ends_on")
        larger = self.subject()
        return {"step": Form(records.Step, first, more, {"smaller_of": larger.id} if larger else {})}

    def blocks(self) -> list[Block]:
        aloud = {"sentence": _("\u201cWhen {0}, then I will {1}.\u201d"), "parts": ["when", "then"]}
        items = [_step_line(step, self.notes.enough(step)) for step in self.notes.active_steps()]
        yet = _("No small steps noted yet. The list starts with the first one.")
        energy = self.notes.energy_today()
        gentle = _("Today's energy is low. Half a step is a whole one today; resting is a step as well.")
        return [
            *([text(gentle, "warm")] if energy is not None and energy < 4 else []),
            self.form_block("step", aloud=aloud),
            self.save_block(),
            listed(items, NONE_UNDER_WAY if self.notes.records(records.Step) else yet),
        ]

    def do_smaller(self, step_id: str) -> None:
        """Puts a step into the form again, to be made smaller together."""
        self.do_take_up([records.Step.plural, step_id])
        step = self.subject()
        self.typed["step"] = {name: to_json_value(getattr(step, name)) for name in self.forms()["step"].names}
        self.typed["step"] |= {"confidence": None, "planned": self.notes.enough(step)}
        self.tell(said=_("What would make it easier? Half of it counts as well."))
        self.refresh()


def _step_line(step: records.Step, enough: int) -> Item:
    fewer = _("For now {n} of {planned} times a week may be enough.").format(n=enough, planned=step.planned)
    smaller = fewer if step.planned and enough < step.planned else ""
    return {
        "id": step.id,
        "title": step.title,
        "lines": [one for one in (when_then(step), heavy_words(step), smaller) if one],
        "buttons": [button("smaller", _("Make it smaller"), step.id)],
    }


def heavy_words(step: records.Step) -> str:
    return _("On a heavy day this counts too: {words}").format(words=step.on_a_heavy_day) if step.on_a_heavy_day else ""


class CloseSession(Panel):
    name = "close_session"

    def forms(self) -> dict[str, Form]:
        return {
            "session": Form(records.Session, ("takeaway", "next_on"), ("ask_next_time",), record=self.notes.session()),
            "win": Form(records.Win, ("title",), title=_("One more small win, or a thank you")),
        }

    def blocks(self) -> list[Block]:
        self._take_the_date()
        return [*super().blocks(), card(self), text(last_words(self.state), "quiet")]

    def _take_the_date(self) -> None:
        """A draft from before the session had a record does not leave open what a heavier day has noted in it."""
        here, typed = self.notes.session(), self.typed.get("session")
        if here and typed and "session" not in self._stood and not typed.get("next_on"):
            typed["next_on"] = to_json_value(here.next_on)


def last_words(state: SessionState) -> str:
    """What a session closes with; a book without a passphrase has no lock."""
    if state.keyed:
        return _("Lock before you leave the room.")
    return _("Lock before you leave the room. (This book has no passphrase, so there's nothing to lock here.)")


def card(panel: Panel) -> Block:
    """The page to take along: no setbacks on it, no numbers about anybody."""
    rows = cards.rows(panel.notes.records, panel.state.store.records(records.SupportLine), date.today())
    empty = [(_("Still empty"), _("The card fills as you note things."))]
    return card_of(_("To take with me"), rows or empty)


class NextPerson(Panel):
    name = "next_person"
    on_a_heavier_day = True

    def blocks(self) -> list[Block]:
        return [
            text(_("Everything on this page is put away before somebody else is chosen."), "quiet"),
            buttons(button("go", _("Next person"))),
        ]

    def do_go(self) -> None:
        self.state.clear()


class HeavierDay(Panel):
    name = "heavier_day"
    on_a_heavier_day = True
    before_agreement = True

    def looks(self) -> str:
        return "" if self.state.heavier else "slim"

    def forms(self) -> dict[str, Form]:
        if not self.notes.may_note:
            return {}
        rest = Form(records.Step, ("title", "on_a_heavy_day"), title=_("Rest as the step"))
        again = Form(records.Session, ("next_on",), record=self.notes.session())
        return {
            "spark": Form(records.Spark, ("title",), title=_("One spark, or none today")),
            "helps": Form(records.ToolUse, ("tool",), title=_("What helps a little?")),
            "rest": rest,
            "session": again,
        }

    def blocks(self) -> list[Block]:
        if not self.notes.may_note and not self.state.heavier:
            words = _("Is it a heavier day? Then nothing has to be noted. Talking is enough, and so is resting.")
            return [text(words, "quiet")]
        if not self.state.heavier:
            words = _("Is it a heavier day? Then three small things are enough.")
            return [one_line(words, button("begin", _("A heavier day")))]
        return [
            text(_("Three things and a date, each may stay empty. Nothing else is asked today; the rest waits.")),
            *super().blocks(),
            card(self),
            text(last_words(self.state), "quiet"),
            buttons(button("end", _("Back to the whole session"), looks="plain")),
        ]

    def do_begin(self) -> None:
        self.state.make_heavier(True)

    def do_end(self) -> None:
        self.state.make_heavier(False)
