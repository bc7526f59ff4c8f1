"""What is for the coach's eyes alone: the frame of the coach's own panels, private notes, how long notes are kept."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from kit import places, records
from kit.fields import About, about
from kit.forms import Form
from kit.widgets.blocks import Block, button, buttons, fold, heading, text, unbound_field
from kit.widgets.panel import Panel
from kit.words import KitError, _, day_words, one_or_many

Noted = records.Client | records.Session | records.Setback  # what has room for a private note
NEAR = 60  # days before the end of keeping at which it is mentioned


class CoachsOwn(Panel):
    """A panel of the coach's own page; on a page for two it holds one sentence, and nothing of anybody."""

    on_a_heavier_day = True

    def _out_of_view(self) -> str:
        quiet = super()._out_of_view()
        return quiet or ("" if self.state.for_coach else _("This stands in the coach's own view alone."))

    def do_look_up(self, client: str) -> None:
        self.state.look_up(client)

    def do_nobody(self) -> None:
        self.state.look_up(None)


def asked_by(panel: type[Panel], of: Panel) -> dict[str, Form]:
    """The questions of another panel, asked by this one."""
    return panel.forms(of)


def with_private_note(form: Form, first: bool = False) -> Form:
    """The same questions, with room for what is for the coach's eyes alone, where the kind has it."""
    if "private_note" not in about(form.kind):
        return form
    own = ("private_note",)
    if first:
        return replace(form, first=(*form.first, *own), audience="just_me")
    return replace(form, more=(*form.more, *own), audience="just_me")


def long_day(day: date) -> str:
    """A day to meet on: Tuesday, 24 Nov 2026."""
    return f"{day:%A}, {day_words(day)}"


def ago(day: date, today: date) -> str:
    """How long ago a day was, in the way people say it."""
    days = (today - day).days
    if days < 1:
        return _("today")
    if days == 1:
        return _("yesterday")
    if days < 14:
        return _("{n} days ago").format(n=days)
    return one_or_many("{n} week ago", "{n} weeks ago", days // 7).format(n=days // 7)


def ahead(day: date, today: date) -> str:
    """How far off a day is, in the way people say it."""
    days = (day - today).days
    if days < 1:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days < 14:
        return _("in {n} days").format(n=days)
    return one_or_many("in {n} week", "in {n} weeks", days // 7).format(n=days // 7)


def kept_until(until: date | None, today: date) -> str:
    """What there is to say about the day until which notes are kept; empty while it lies far off."""
    if until is None or (until - today).days > NEAR:
        return ""
    if until > today:
        return _("Kept until {day}, {when}: something to talk about when you meet.").format(
            day=day_words(until), when=ahead(until, today)
        )
    return _(
        "Kept until {day}: asks for a look. Nothing is removed by itself. You can take a copy out, keep them longer, "
        "or erase them, under \u201cHow long are these notes kept?\u201d."
    ).format(day=day_words(until))


class PrivateNotes(CoachsOwn):
    """The notes that no other panel shows: about the client, a session, a setback."""

    name = "private_notes"
    _setback = ""

    def refresh(self) -> None:
        if self._bound != self.state.client:
            self._setback = ""
        super().refresh()

    def forms(self) -> dict[str, Form]:
        about_whom: list[records.Client | records.Session | records.Setback] = [
            *self.notes.records(records.Client),
            *self._session(),
            *self._setbacks(),
        ]
        return {f"{one.plural}-{one.id}": self._asked(one) for one in about_whom}

    def _asked(self, record: Noted) -> Form:
        title = _note_about(record)
        return with_private_note(Form(type(record), (), title=title, record=record), first=True)

    def _session(self) -> list[records.Session]:
        """The latest session; a private note is often written the day after."""
        return sorted(self.notes.records(records.Session), key=lambda one: (one.day(), one.created_at))[-1:]

    def _setbacks(self) -> list[records.Setback]:
        """The setback that was tapped, and those whose note was begun and not saved."""
        return [one for one in self.notes.records(records.Setback) if one.id == self._setback or self._is_begun(one)]

    def _is_begun(self, setback: records.Setback) -> bool:
        typed = self.typed.get(f"{setback.plural}-{setback.id}", {})
        return typed.get("private_note", setback.private_note) != setback.private_note

    def blocks(self) -> list[Block]:
        asked = list(self.forms())
        inside = [key for key in asked if key.startswith(records.Setback.plural)]
        chips = [
            button("about", one.title, one.id, pressed=f"{one.plural}-{one.id}" in inside)
            for one in sorted(self.notes.records(records.Setback), key=lambda one: one.day(), reverse=True)
        ]
        which = [heading(_("About a setback")), buttons(*chips)] if chips else []
        sentence = _(
            "These notes never reach a page for two, nor a report for the client or anybody else; your own report "
            "alone holds them. Write them so that {name} could read them one day."
        )
        return [
            text(sentence.format(name=self.state.client), "quiet"),
            *(self.form_block(key) for key in asked if key not in inside),
            *which,
            *(self.form_block(key) for key in inside),
            self.save_block(),
        ]

    def do_about(self, key: str) -> None:
        """Opens the note about a setback, or closes it; one that was begun stays open until it is saved."""
        self._setback = "" if key == self._setback else key
        self.do_draft()
        self.refresh()


def _note_about(record: Noted) -> str:
    if isinstance(record, records.Client):
        return _("About {name}").format(name=record.name)
    if isinstance(record, records.Session):
        return _("The session of {day}").format(day=day_words(record.day()))
    return record.title


class Retention(CoachsOwn):
    """Until when the notes of a client are kept, as agreed with them; on that day, or at their wish, what then."""

    name = "retention"
    before_agreement = True
    _sure = False
    _done: tuple[str, ...] = ()

    def refresh(self) -> None:
        if self._bound != self.state.client or self.state.locked:
            self._sure = False
            self._done = () if self.state.client or self.state.locked else self._done
        super().refresh()

    def _out_of_view(self) -> str:
        return "" if self._done and self.state.for_coach else super()._out_of_view()

    def forms(self) -> dict[str, Form]:
        return {
            one.plural: Form(records.Client, ("keep_until",), record=one, audience="just_me")
            for one in self.notes.records(records.Client)
        }

    def blocks(self) -> list[Block]:
        if self._done:
            return [text(words) for words in self._done]
        until = self.notes.records(records.Client)[0].keep_until
        due = until is not None and until <= date.today()
        three = _("Three ways from here: take a copy out first, keep them longer, or erase them.")
        return [
            text(_kept(until, self.state.client)),
            *([text(three)] if due else []),
            *([heading(_("Keep them longer"))] if due else []),
            self.form_block(records.Client.plural),
            buttons(*(button("years", one_or_many("In {n} year", "In {n} years", n).format(n=n), n) for n in (1, 3))),
            self.save_block(),
            fold(_("Take a copy out"), self._copy(), due),
            fold(_("Erase everything"), self._erasing(), self._sure),
        ]

    def _copy(self) -> list[Block]:
        words = _(
            "All that is held about {name}, in tables that a spreadsheet opens, and in one file with everything: what "
            "is for your eyes alone too. It is readable for whoever can open the folder."
        ).format(name=self.state.client)
        own = [
            button("take_out", _("Write the copy"), True),
            button("take_out", _("Without what is for my eyes alone"), False, looks="plain"),
        ]
        where = About(_("Into this folder"), "text")
        return [text(words), self._question("copy", where, str(places.downloads())), buttons(*own)]

    def _erasing(self) -> list[Block]:
        from kit.vault import erasing

        name = self.state.chosen
        first = [text(erasing.describe(name))]
        if not self._sure:
            return [*first, buttons(button("ask", _("Erase everything about {name}").format(name=name), looks="plain"))]
        return [
            *first,
            *(text(words, "quiet") for words in erasing.out_of_reach(name, self.state.place)),
            self._question("sure", About(_("To be sure: type the code name"), "text"), ""),
            buttons(button("erase", _("Erase now"), looks="plain"), button("leave_it", _("Leave everything"))),
        ]

    def _question(self, key: str, asked: About, value: str) -> Block:
        return unbound_field(key, asked, self.typed.get(key, {}).get(key) or value)

    def do_years(self, n: int) -> None:
        """Puts a day into the form; it holds when it is saved."""
        self.hold({records.Client.plural: {"keep_until": in_years(date.today(), n).isoformat()}})
        self.do_draft()
        self.refresh()

    def do_take_out(self, private: bool) -> None:
        """Writes all that is held into a folder of its own."""
        from kit.exchange import takeout

        client = self.state.chosen
        folder = Path(self.typed.get("copy", {}).get("copy") or places.downloads()).expanduser()
        place = takeout.export(self.state.store, client, takeout.free_folder(folder, client), private)
        self.tell(said=_("All of it lies in {place}").format(place=place))

    def do_ask(self) -> None:
        self._sure = True
        self.refresh()

    def do_leave_it(self) -> None:
        self._sure = False
        self.refresh()

    def do_erase(self) -> None:
        """Erases who is looked at, once their code name was typed."""
        from kit.vault import erasing

        name, store = self.state.chosen, self.state.store
        if not self._sure or (self.typed.get("sure", {}).get("sure") or "").strip() != name:
            self.tell(said=_("That is not the code name, so nothing was erased."))
            return
        self.tell(said=_("One moment: each of the backups is opened and written anew."))
        try:
            done = erasing.erase(store, name, erasing.backup_key(store.place)).describe()
        except KitError as trouble:
            if store.records(records.Client, name):
                raise
            done = [str(trouble)]
        self._done = tuple(done)
        self.state.look_up(None)


def _kept(until: date | None, name: str | None) -> str:
    if until is None:
        return _("No day is noted yet until which these notes are kept. It is agreed with {name}.").format(name=name)
    soon = kept_until(until, date.today())
    return soon or _("These notes are kept until {day}, as agreed with {name}.").format(day=day_words(until), name=name)


def in_years(day: date, n: int) -> date:
    try:
        return day.replace(year=day.year + n)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + n, day=28)
