"""What lies on the page: a panel that is filled in, and a picture that follows."""

import re
import traceback
from datetime import date, datetime
from typing import Any, ClassVar

import traitlets
from ipywidgets import widget_serialization
from pydantic import ValidationError

from kit import assets, places
from kit.fields import format_value
from kit.forms import Form, FormError
from kit.records import BY_PLURAL, OfClient, Record, problems
from kit.store import Draft
from kit.widgets import locked
from kit.widgets.blocks import Block, save, text
from kit.widgets.client_notes import ClientNotes
from kit.widgets.pictures import Journeys, Live, PictureWidget
from kit.widgets.session_state import SessionState
from kit.words import KitError, _

SCRIPTS = ("inputs.js", "drawing.js", "picture.js", "door.js", "panel.js", "preview.js")
PANEL_JS = "\n".join((assets.STATIC / name).read_text("utf-8") for name in SCRIPTS)
PANEL_CSS = "\n".join((assets.STATIC / name).read_text("utf-8") for name in ("tokens.css", "panel.css"))
WORDS = {"undo": _("Undo"), "skip": _("skip"), "own": _("Something of my own"), "add": _("Add my own"),
         "today": _("today"), "clear": _("leave open"), "open": "",
         "copy": _("Copy the link"), "copied": _("It is copied.")}  # fmt: skip

Typed = dict[str, dict[str, Any]]  # key of a form -> field -> what is typed there
_HALF = re.compile("[\ud800-\udfff]")


def _sendable(typed: Any) -> Any:
    """What was typed, with a sign that says so where half of a sign is lacking: such a half reaches no page."""
    if isinstance(typed, dict):
        return {name: _sendable(value) for name, value in typed.items()}
    if isinstance(typed, list):
        return [_sendable(value) for value in typed]
    return _HALF.sub("\ufffd", typed) if isinstance(typed, str) else typed


class Panel(Live):
    """One step of a session: what it asks, one Save, and what it shows; each word of a notebook has its own.

    `view` is all that is drawn, as plain blocks; `status` is what was said last. What is typed comes as messages
    and is kept as a draft at once, bound to its client.
    """

    _esm = PANEL_JS
    _css = PANEL_CSS
    word = traitlets.Unicode().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    status = traitlets.Dict().tag(sync=True)
    pictures = traitlets.List(traitlets.Instance(PictureWidget)).tag(sync=True, **widget_serialization)

    name: ClassVar[str]
    save_label: ClassVar[str] = _("Save")
    beside_picture: ClassVar[bool] = False
    needs_client: ClassVar[bool] = True
    on_a_heavier_day: ClassVar[bool] = False
    on_a_first_meeting: ClassVar[bool] = True
    before_agreement: ClassVar[bool] = False

    def __init__(self, state: SessionState) -> None:
        super().__init__(word=self.name)
        self.state, self.notes = state, ClientNotes(state)
        self.typed: Typed = {}
        self._turn = 0
        self._stood: Typed = {}  # what a form's record held when typing began
        self._elsewhere: dict[str, dict[str, str]] = {}  # what was said of the same field elsewhere in the meantime
        self._undo: list[tuple[list[Record], list[Record], Typed]] = []
        self._bound: str | None = None
        self.on_msg(self._heard)
        state.subscribe(self)
        self.refresh()

    def today(self) -> date:
        """The day that is filled in: today, but where a day is caught up later."""
        return date.today()

    # what a word says of itself ------------------------------------------------------------------

    def forms(self) -> dict[str, Form]:
        """Key -> form, in the order of the page."""
        return {}

    def blocks(self) -> list[Block]:
        """What is on the page; by default the forms and one Save."""
        return [*(self.form_block(key) for key in self.forms()), self.save_block()]

    def compose(self, records: list[Record]) -> list[Record]:
        """What is kept when Save is pressed; a word may add what belongs to it."""
        return records

    def saved(self, records: list[Record]) -> str:
        """One sentence after a save, if a plain "Saved" is not all."""
        return ""

    # the record that is taken up to be changed ----------------------------------------------------

    @property
    def _subject(self) -> dict[str, Any]:
        return {"of": self.typed["of"]} if "of" in self.typed else {}

    def subject(self) -> Any:
        """The record that this panel has taken up; None when it begins a new one, or when it was removed elsewhere."""
        of = self.typed.get("of")
        if not of:
            return None
        found = [one for one in self.notes.records(BY_PLURAL[of["plural"]]) if one.id == of["id"]]
        return found[0] if found else None

    def do_take_up(self, given: list[str]) -> None:
        """Takes up a record, so that Save changes it. It is part of the draft, and comes back with it."""
        plural, key = given
        record = next(one for one in self.notes.records(BY_PLURAL[plural]) if one.id == key)
        self.hold({"of": {"plural": plural, "id": key, "version": record.version}})
        self.tell()
        self.refresh()

    def do_leave(self) -> None:
        """Leaves the record that was taken up as it was."""
        self.hold({})
        self.state.delete_draft(self.name)
        self.tell()
        self.refresh()

    # drawing -------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draws what now holds: another client, a saved record, a heavier day."""
        for_another = self._bound != self.state.client or self.state.locked
        try:
            with self.state.render_pass():
                if for_another:
                    self._turn_over()
                self._draw()
        except BaseException:
            if for_another:  # where the book does not answer, nothing of the one before stands before the next
                self._bound, self.view = None, {}
            raise

    def _turn_over(self) -> None:
        self._bound, self.status = None, {}
        self._undo.clear()
        self.hold({})
        self.hold(self.state.draft(self.name))
        self._bound = self.state.client

    def _draw(self) -> None:
        quiet = self._out_of_view()
        stands = self.when_locked() if self.state.locked else []
        blocks = stands or ([text(quiet, "quiet")] if quiet else self.blocks())
        self.pictures, place = ([], "") if quiet else self.pictured()
        self.view = {
            "blocks": blocks,
            "words": WORDS,
            "turn": self._turn,
            "keyed": self.state.keyed,
            "alone": self.state.for_coach and self.state.has_curtain,
            "for_two": self.state.shows_somebody and self.state.panels[:1] == [self],
            "somebody": self.state.client is not None,
            "picture": place,
            "shows": [one.model_id for one in self.pictures],  # the page draws anew when another one stands there
            "looks": ("waits" if self._waits() else "quiet") if quiet and not stands else self.looks(),
        }

    def pictured(self) -> tuple[list[PictureWidget], str]:
        """The pictures that belong to this panel, and where they stand: "beside", "below" or nowhere."""
        shown = self.beside_picture and self.state.journey_in_view
        return ([self.state.source(Journeys).over("three months")], "beside") if shown else ([], "")

    def when_locked(self) -> list[Block]:
        """What this panel shows while the practice is locked: the first one of a page has the door."""
        return [locked.door(self.state.waits, self.state.place)] if self.state.panels[0] is self else []

    def _out_of_view(self) -> str:
        if self.state.locked:
            return locked.quiet(self.state.waits)
        if self.needs_client and self.state.client is None:
            return _("This opens when somebody is chosen at the top of the page.")
        if self.state.heavier and not self.on_a_heavier_day:
            return _("Not today. This waits, and nothing is lost.")
        if self.state.first_meeting and not self.on_a_first_meeting:
            return _("This comes with the next meeting.")
        return "" if self.before_agreement or not self._notes() else self.notes.not_agreed()

    def _waits(self) -> bool:
        """Whether a panel that is out of view leaves the page, with its question."""
        return self.state.heavier or (self.state.first_meeting and not self.on_a_first_meeting)

    def looks(self) -> str:
        """How this panel looks when it is in view; "slim" is one line."""
        return ""

    def opens_first_meeting(self) -> bool:
        """Whether this panel leads through a first meeting: the page then shows what belongs to one."""
        return False

    def _notes(self) -> bool:
        """Whether something about who is here can be filled in."""
        return self.needs_client and type(self).forms is not Panel.forms

    def form_block(self, key: str, **more: Any) -> Block:
        form = self.forms()[key]
        self._follow(key, form)
        blank = form.initial_values()
        typed = self.typed.get(key, {})
        return {
            "is": "form",
            "key": key,
            "title": form.title,
            "fields": [
                {**one, "elsewhere": self._elsewhere.get(key, {}).get(one["name"], "")}
                for one in form.describe(self.notes.offers(), self.notes.own_words())
            ],
            "values": _sendable({**blank, **typed}),
            "open": any(typed.get(name, blank[name]) != blank[name] for name in form.more),
            "more_label": _("More, if you like"),
            **more,
        }

    def _follow(self, key: str, form: Form) -> bool:
        """Lets a form stand on its record as it is by now; whether both sides said something else of one field.

        What was changed elsewhere comes in, what was typed here stays, and beside it stands what was said there.
        """
        if form.record is None:
            return False
        now = {"id": form.record.id, **form.initial_values()}
        was, typed = self._stood.get(key, now), self.typed.get(key)
        self._stood[key] = now
        if was == now or was["id"] != now["id"] or typed is None:
            return False
        mine = {name for name in form.names if name in typed and typed[name] not in (was.get(name), now[name])}
        both = {name for name in mine if was.get(name) != now[name]}
        self.typed[key] = {name: now[name] if name in now and name not in mine else typed[name] for name in typed}
        self._elsewhere[key] = {name: self._now_said(form, name) for name in form.names if name in both}
        return bool(both)

    def _now_said(self, form: Form, name: str) -> str:
        words = format_value(form.described[name], getattr(form.record, name), self.notes.names()) or _("left open")
        return _("Elsewhere it says now: {words}").format(words=words)

    def save_block(self) -> Block:
        return save(self.save_label)

    # hearing -------------------------------------------------------------------------------------

    def _heard(self, _widget: Any, message: dict[str, Any], _buffers: Any) -> None:
        """The one place where something from the page comes in; no traceback ever goes back."""
        before = self.status
        try:
            self.state.key_pressed()
            if message.get("typed") is not None and self._bound == self.state.client:
                self.typed = {**self._subject, **message["typed"]}
            self.act(message["do"], message.get("with"))
        except KitError as trouble:
            self._amiss(before, str(trouble))
        except Exception:  # noqa: BLE001  whatever it was, a coach reads one sentence and nothing typed is lost
            places.log_error(traceback.format_exc(limit=-3))
            self._amiss(before, _("That did not work here; what you typed is kept. Please try once more."))

    def _amiss(self, before: dict[str, Any], sentence: str) -> None:
        """Says what went wrong; what was done until then is done, and stays said."""
        done = self.status.get("said") if self.status is not before else ""
        behind = _("This page could not be drawn anew; please reload it.")
        self.tell(said=f"{done} \u00b7 {behind}" if done else sentence)

    def act(self, do: str, given: Any = None) -> None:
        """Does what a button says: "save", "undo", "draft", or a word's own `do_...`."""
        getattr(self, f"do_{do}")(*([] if given is None else [given]))

    def tell(self, **status: Any) -> None:
        self.status = {"undo": bool(self._undo), **status}

    def hold(self, typed: Typed) -> None:
        """Puts into the form what the page does not hold yet; a new turn, or an emptied form would look unchanged."""
        self.typed, self._turn = {key: given for key, given in typed.items() if key != "stood"}, self._turn + 1
        self._stood, self._elsewhere = dict(typed.get("stood", {})), {}

    def fill(self, form: str, **values: Any) -> None:
        """What typing does: for scripts and tests."""
        self.typed.setdefault(form, self.forms()[form].initial_values()).update(values)

    def do_seen(self) -> None:
        """A page for two came into view."""
        self.state.draw_curtain()

    def do_draft(self) -> None:
        """Keeps what is being typed; it comes back after a reload, a restart, or a crash."""
        if self._bound is None or self._bound != self.state.client:
            return
        self.state.save_draft(self.name, self.typed | ({"stood": self._stood} if self._stood else {}))
        self.tell(kept=_("kept {time}").format(time=f"{datetime.now():%H:%M:%S}"), said="")

    def do_save(self) -> None:
        """Keeps all that was filled in, in one transaction, or says what is in the way."""
        if self._out_of_view() or self._bound != self.state.client:  # an agreement was taken back on another page
            self.refresh()
            return
        records = self._read()
        if records is None:
            return
        emptied: Draft | None = (self.state.client, self.name, {}) if self.state.client else None
        replaced = self.state.store.save(*records, by="coach", draft=emptied)
        self._undo.append((records, replaced, self.typed))
        self.hold({})
        at = _("Saved {time}").format(time=f"{datetime.now():%H:%M}")
        self.tell(said=" \u00b7 ".join(filter(None, (at, self.saved(records)))))
        with self.state.render_pass():
            self.refresh()  # the page empties the form while the picture is made
            self.state.notify(records[-1].id)

    def _read(self) -> list[Record] | None:
        told: dict[str, str] = {}
        records: list[Record] = []
        forms = self.forms()
        if any(self._follow(key, form) for key, form in forms.items()):  # the others follow when they are drawn
            said = _("It was changed elsewhere in the meantime. Both are here: Save keeps what you typed.")
            there = {f"{key}.{name}": "" for key, some in self._elsewhere.items() for name in some}
            self.tell(said=said, problems=there)  # the keyboard goes to where both stand
            self.refresh()
            return None
        for key, form in forms.items():
            typed = self.typed.get(key, {})
            if form.optional and form.is_unchanged(typed):
                continue
            try:
                records += form.to_records(typed, **self._owner(form))
            except FormError as unfit:
                told |= {f"{key}.{name}": sentence for name, sentence in unfit.errors.items()}
        if told:
            self.tell(problems=told, said=_("Nothing is lost. One thing asks for a second look."))
            return None
        if not records:
            self.tell(said=_("Nothing is filled in yet. One line is enough, and leaving it out is fine too."))
            return None
        try:
            return self.compose(records)
        except ValidationError as error:
            self.tell(said=" ".join(problems(type(records[-1]), error).values()))
            return None

    def _owner(self, form: Form) -> dict[str, Any]:
        return {"client": self.state.client} if issubclass(form.kind, OfClient) else {}

    def do_undo(self) -> None:
        """Takes the last save back; what was typed stands in the form again."""
        if not self._undo:
            self.tell(said=_("There is nothing to take back here."))
            return
        new, before, typed = self._undo[-1]
        draft = (self.state.client, self.name, typed) if self.state.client else None
        self.state.store.undo(new, before, draft=draft)
        self._undo.pop()
        self.hold(typed)
        self.tell(said=_("Taken back. It stands in the form again.") if typed else _("Taken back."))
        self.state.notify()
