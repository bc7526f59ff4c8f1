"""What is kept beside a session: tools, people, a plan, what better means."""

from typing import ClassVar

from kit import records
from kit.fields import about, format_value, visible_fields
from kit.forms import Form, suggestions
from kit.records import Record
from kit.widgets.blocks import Block, Button, Item, button, buttons, fold, listed, text
from kit.widgets.panel import Panel
from kit.words import _, day_words, labelled
from kit.words import listed as in_a_row


class Kept(Panel):
    """A form, and below it what was noted before."""

    kind: ClassVar[type[Record]]
    asks: ClassVar[tuple[str, ...]]
    more: ClassVar[tuple[str, ...]] = ()
    empty: ClassVar[str]

    def forms(self) -> dict[str, Form]:
        return {self.kind.plural: Form(self.kind, self.asks, self.more)}

    def blocks(self) -> list[Block]:
        found = reversed(self.notes.records(self.kind))
        names = self.notes.names()
        items = [line_of(one, names) for one in found]
        return [*super().blocks(), listed(items, self.empty)]


class OneLine(Kept):
    """Asked in full at a first meeting; later one line, which opens to be looked at and added to."""

    opens: ClassVar[str]

    def line(self) -> str:
        """What is noted, in one line."""
        raise NotImplementedError

    def looks(self) -> str:
        return "" if self.state.first_meeting else "slim"

    def blocks(self) -> list[Block]:
        whole = super().blocks()
        if self.state.first_meeting:
            return whole
        looked_at_first = [whole[-1], *whole[:-1]]
        return [fold(self.opens, looked_at_first, bool(self.typed or self._undo), self.line())]


class Better(OneLine):
    name = "better"
    kind, asks, more = records.Better, ("text",), ("on",)
    opens = _("Still so?")
    empty = _("Nothing noted yet about what better means. The list starts with the first line; none is overwritten.")

    def forms(self) -> dict[str, Form]:
        found = self.notes.records(records.Client)
        if not found:
            return super().forms()
        fixed, more = {"name": found[0].name}, ("own_words", "limits")
        return {**super().forms(), "me": Form(records.Client, ("wish_you_knew",), more, fixed, record=found[0])}

    def line(self) -> str:
        told = sorted(self.notes.records(records.Better), key=lambda one: one.day())
        if not told:
            return _("What better means is not noted yet.")
        words, *more = told[-1].text.strip().splitlines()
        said = words + (" \u2026" if more else "")
        return _("What better means, told on {day}: \u201c{words}\u201d").format(
            day=day_words(told[-1].day()), words=said
        )


class Toolkit(OneLine):
    name = "toolkit"
    opens = _("Look, or add")
    kind, asks, more = records.Tool, ("title", "kind"), ("when_it_fits", "status")
    empty = _("No tools noted yet. The list starts with the first one.")

    def blocks(self) -> list[Block]:
        here = {one.title.casefold() for one in self.notes.records(records.Tool)}
        offered = [(kind, words) for kind, some in suggestions()["tools"].items() for words in some]
        chips = [button("take", words, [kind, words]) for kind, words in offered if words.casefold() not in here]
        found = super().blocks()
        inside, at = (found, 0) if self.state.first_meeting else (found[0]["blocks"], 1)
        if chips:
            inside[at:at] = [
                text(_("Tap what helps already, or might."), "quiet"),
                buttons(*chips, looks="chips"),
            ]
        return found

    def do_take(self, given: list[str]) -> None:
        """One tap keeps a tool that is suggested."""
        kind, words = given
        new = records.Tool.model_validate({"client": self.state.client, "title": words, "kind": kind})
        self._undo.append(([new], self.state.store.save(new), {}))
        self.tell(said=_("Saved: {what}").format(what=words))
        self.state.notify(new.id)

    def line(self) -> str:
        found = [one.title for one in self.notes.records(records.Tool) if one.status == "in use"]
        none = _("No tool is in use just now.") if self.notes.records(records.Tool) else self.empty
        return _("What helps: {list}").format(list=in_a_row(found)) if found else none


class Supporters(OneLine):
    name = "supporters"
    opens = _("Look, or add")
    kind, asks = records.Supporter, ("name", "asked_to", "ready_text")
    more = ("relation", "said_yes_on", "may_see")
    empty = _("Nobody noted yet. The list starts with the first person, or a place, or an animal.")

    def line(self) -> str:
        found = [one.name for one in self.notes.records(records.Supporter)]
        return _("Who stands by me: {list}").format(list=in_a_row(found)) if found else self.empty


# Where in the plan something belongs that a setback taught.
TAUGHT = {"early_signs": "early signs", "learned": "when it gets hard", "next_time": "when it gets hard"}


class Plan(Kept):
    name = "plan"
    kind, asks, more = records.Plan, ("section", "text"), ("share_with",)
    empty = _("The plan is still empty. It starts with one line.")

    def blocks(self) -> list[Block]:
        planned = {one.text for one in self.notes.records(records.Plan)}
        taught = [
            (section, getattr(one, field), one.title)
            for one in reversed(self.notes.records(records.Setback))
            for field, section in TAUGHT.items()
            if getattr(one, field) and getattr(one, field) not in planned
        ]
        items: list[Item] = [
            {"title": words, "meta": title, "buttons": [button("take", _("Take into my plan"), [section, words])]}
            for section, words, title in taught
        ]
        gathered = [fold(_("What setbacks taught me"), [listed(items)])] if items else []
        return [*super().blocks(), *gathered]

    def do_take(self, given: list[str]) -> None:
        """Puts what a setback taught into the form, to be said in one's own way before it is saved."""
        section, words = given
        self.hold({"plan": {"section": section, "text": words}})
        self.tell()
        self.refresh()


def line_of(record: Record, names: dict[str, str], pressed: list[Button] | None = None) -> Item:
    """A record as one entry of a list, with what can be pressed beside it."""
    described = about(type(record))
    skip = {record.heading, record.dated, "share_with"}
    shown = [name for name in visible_fields(type(record), "together") if name not in skip]
    said = [(described[name].label, format_value(described[name], getattr(record, name), names)) for name in shown]
    heading = format_value(described[record.heading], getattr(record, record.heading), names)
    return {
        "id": record.id,
        "title": heading or record.singular,
        "meta": f"{record.singular} · {day_words(record.day())}",
        "lines": [labelled(label, words) for label, words in said if words],
        "buttons": pressed or [],
    }
