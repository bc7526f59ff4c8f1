"""What the coach keeps ready for everybody: what this practice is, and the lines to call, each with its day."""

from datetime import date, timedelta
from typing import Any

from kit import records
from kit.forms import Form
from kit.records import Record, changed
from kit.widgets.blocks import Block, Button, Item, button, buttons, listed, text
from kit.widgets.panel import Panel
from kit.words import _, day_words

A_YEAR = timedelta(days=365)


class OfPractice(Panel):
    """Something of the practice as a whole; whoever is here, and nobody, it is the same."""

    needs_client = False

    def refresh(self) -> None:
        if not self.state.locked:
            self._bound = self.state.client  # what is being typed belongs to no client, and stays
        super().refresh()

    def do_draft(self) -> None:
        """No draft: a draft belongs to a client."""

    def do_checked(self, key: str) -> None:
        """Looked at today, and it still holds."""
        record = self.one(key)
        new = changed(record, checked_on=date.today(), version=record.version + 1)
        self._undo.append(([new], self.state.store.save(new), {}))
        self.tell(said=_("Checked today."))
        self.state.notify()

    def kept(self) -> list[Any]:
        """The records that this panel looks after."""
        raise NotImplementedError

    def one(self, key: str) -> Any:
        """One of them, by its id."""
        return next(one for one in self.kept() if one.id == key)


WORDS_TO_BEGIN_WITH = _(
    "Coaching is two people thinking together about what helps you live the life you want. It is not therapy, not "
    "medicine and not an emergency service.\n"
    "What you tell me stays with me. There is one limit: where somebody's life is in danger, or where the law asks for "
    "it, I speak with those who can help, and I tell you first whenever I can.\n"
    "What we note belongs to you. You can read it, change it and take it back whenever you like."
)


class PracticeDetails(OfPractice):
    """The practice's name, how to reach it, and what it is and is not."""

    name = "practice_details"

    def kept(self) -> list[records.Practice]:
        return self.state.store.records(records.Practice)

    def forms(self) -> dict[str, Form]:
        more, audience = (("lock_after",), "just_me") if self.state.for_coach else ((), "together")
        record = next(reversed(self.kept()), None) if not self.state.locked else None
        first = ("name", "contact", "scope")
        return {"practice": Form(records.Practice, first, more, record=record, audience=audience)}  # type: ignore[arg-type]

    def compose(self, found: list[Record]) -> list[Record]:
        return [changed(one, checked_on=date.today()) for one in found]

    def blocks(self) -> list[Block]:
        form, record = self.form_block("practice"), next(reversed(self.kept()), None)
        begin = button("begin", _("Begin with words that others use"))
        looked = button("checked", _("Looked over today"), record.id) if record else None
        return [
            *([text(checked_words(record), "quiet"), buttons(looked)] if record and looked else []),
            form,
            *([] if form["values"]["scope"] else [buttons(begin)]),
            self.save_block(),
        ]

    def do_begin(self) -> None:
        """Puts a scope text into the form, to be said in one's own way before it is saved."""
        typed = {**self.forms()["practice"].initial_values(), **self.typed.get("practice", {})}
        self.hold({"practice": {**typed, "scope": WORDS_TO_BEGIN_WITH}})
        self.tell()
        self.refresh()


class SupportLines(OfPractice):
    """Local numbers, each with the day on which it was checked; the kit ships none."""

    name = "support_lines"

    def kept(self) -> list[records.SupportLine]:
        return self.state.store.records(records.SupportLine)

    def subject(self) -> records.SupportLine | None:
        of = self.typed.get("of")
        found = [one for one in self.kept() if of and one.id == of["id"]]
        return found[0] if of and found else None

    def do_take_up(self, given: list[str]) -> None:
        record = self.one(given[1])
        self.hold({"of": {"plural": record.plural, "id": record.id, "version": record.version}})
        self.tell()
        self.refresh()

    def forms(self) -> dict[str, Form]:
        record = None if self.state.locked else self.subject()
        title = _("Change this line") if record else _("One more line")
        first = ("name", "number", "hours", "checked_on")
        return {"line": Form(records.SupportLine, first, title=title, record=record)}

    def blocks(self) -> list[Block]:
        items: list[Item] = [{**line_item(one), "buttons": _line_buttons(one)} for one in self.kept()]
        empty = _("No line is noted yet. Please enter local ones, each with the day on which you tried the number.")
        leave = [buttons(button("leave", _("Leave it as it was"), looks="plain"))] if self.subject() else []
        return [listed(items, empty), *super().blocks(), *leave]

    def do_remove(self, key: str) -> None:
        record = self.one(key)
        self._undo.append(([], self.state.store.remove(record), {}))
        self.tell(said=_("Removed."))
        self.state.notify()


def _line_buttons(one: records.SupportLine) -> list[Button]:
    return [
        button("checked", _("Checked today"), one.id),
        button("take_up", _("Change"), [one.plural, one.id]),
        button("remove", _("Remove"), one.id),
    ]


def checked_words(one: records.Practice | records.SupportLine) -> str:
    """When something of the practice was last looked at; a year is long."""
    day = one.checked_on or one.day()
    told = (
        _("checked on {day}")
        if day >= date.today() - A_YEAR
        else _("checked on {day}, more than a year ago: please check whether it is still right")
    )
    return told.format(day=day_words(day))


def line_item(one: records.SupportLine) -> Item:
    """A support line as it stands in a list."""
    return {
        "id": one.id,
        "title": f"{one.name}: {one.number}",
        "meta": checked_words(one),
        "lines": [one.hours] if one.hours else [],
    }
