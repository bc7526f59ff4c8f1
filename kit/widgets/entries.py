"""All that was ever noted of who is here: read, changed, removed, and brought back."""

from kit import records
from kit.fields import visible_fields
from kit.forms import Form
from kit.records import BY_PLURAL, OfClient, Record
from kit.widgets.blocks import Block, Button, Item, button, buttons, listed, said, text
from kit.widgets.history import DID, EarlierForms, Moment, moments
from kit.widgets.toolkit import line_of
from kit.words import _, one_or_many

AT_ONCE = 25


class Entries(EarlierForms):
    name = "entries"
    before_agreement = True
    _kind: str = ""
    _shown: int = AT_ONCE
    _opened: str = ""  # the entry whose earlier forms are looked at
    _removed_shown = False

    def refresh(self) -> None:
        if self._bound != self.state.client or self.state.locked:
            self._kind, self._shown, self._opened, self._removed_shown, self._pressed = "", AT_ONCE, "", False, 0
        super().refresh()

    def subject(self) -> Record | None:
        """Without an agreement entries are read and removed, and none is changed."""
        return super().subject() if self.notes.may_note else None

    def forms(self) -> dict[str, Form]:
        record = self.subject()
        if record is None:
            return {}
        return {"entry": Form(type(record), visible_fields(type(record), "together"), optional=False, record=record)}

    def _is_gone(self) -> bool:
        """Whether the entry that was taken up is no longer there."""
        return "of" in self.typed and self.notes.may_note and self.subject() is None

    def blocks(self) -> list[Block]:
        if self.subject() is not None:
            return [*super().blocks(), buttons(button("leave", _("Leave it as it was"), looks="plain"))]
        self._removed_shown |= self._is_gone()
        noted = self._noted()
        self._kind = self._kind if any(one.plural == self._kind for one in noted) else ""
        found = [one for one in noted if self._kind in ("", one.plural)]
        kinds = sorted({one.plural for one in noted}, key=list(BY_PLURAL).index)
        chosen = [("", _("all"))] + [(plural, BY_PLURAL[plural].singular) for plural in kinds]
        chips = [button("only", label, plural, pressed=plural == self._kind) for plural, label in chosen]
        more = [buttons(button("more", _("Show more")))] if len(found) > self._shown else []
        count = one_or_many("{n} entry", "{n} entries, newest first", len(found)).format(n=len(found))
        items, removed = self._items(found[: self._shown]), self._removed_block()
        beside = any(change.number == self._pressed for change, _along in self.told())
        return [
            *([buttons(*chips), text(count, "quiet")] if found else []),
            *(self._gone_block() if self._is_gone() else []),
            *([] if beside else [said()]),
            listed(items, _("Nothing noted yet. The list starts with the first entry.")),
            *more,
            *removed,
        ]

    def _gone_block(self) -> list[Block]:
        words = _(
            "What you were changing was removed elsewhere in the meantime. What you typed is kept: bring the entry "
            "back, and it stands in the form again."
        )
        return [text(words), buttons(button("leave", _("Leave it removed"), looks="plain"))]

    def _items(self, found: list[OfClient]) -> list[Item]:
        names, told = self.notes.names(), self.lines_of(self._earlier_told(), titled=False)
        lines = [line_of(one, names, self._offered(one)) for one in found]
        return [{**one, "blocks": [listed(told)] if one["id"] == self._opened else []} for one in lines]

    def _offered(self, record: Record) -> list[Button]:
        given = [record.plural, record.id]
        look = button("earlier", _("Earlier forms"), given, "plain", is_open=record.id == self._opened)
        earlier = [look] if record.version > 1 else []
        if isinstance(record, records.Agreement):  # it is given and taken back, and leaves its trace
            return earlier
        change = [button("take_up", _("Change"), given)] if self.notes.may_note else []
        return [*earlier, *change, button("remove", _("Remove"), given)]

    def _removed_block(self) -> list[Block]:
        opens = button("removed", _("Removed lately"), looks="plain", is_open=self._removed_shown)
        told = self.lines_of(self._removed_told()) if self._removed_shown else []
        return [buttons(opens), *([listed(told, _("Nothing was removed lately."))] if self._removed_shown else [])]

    def told(self) -> list[Moment]:
        return [*self._earlier_told(), *self._removed_told()]

    def _earlier_told(self) -> list[Moment]:
        """What was changed in the entry that is looked at, the latest first."""
        opened = [one for one in self._noted() if one.id == self._opened] if self._opened else []
        changes = [change for one in opened for change in self.state.store.history(one)]
        return [(one, []) for one in reversed(changes) if one.did in DID and self.shows(one)]

    def _removed_told(self) -> list[Moment]:
        """What was removed lately and is not back, the latest first, each with what went along."""
        if not self._removed_shown:
            return []
        latest = self.state.store.latest_changes(self.state.chosen, 8 * AT_ONCE, ("removed", "changed"))
        told = [one for one in moments(latest) if one[0].did == "removed" and self.shows(one[0])]
        return [one for one in told if one[0].number == self._pressed or self.is_gone(one[0])][:AT_ONCE]

    def _noted(self) -> list[OfClient]:
        kinds = [kind for kind in records.KINDS if issubclass(kind, OfClient)]
        found = [one for kind in kinds for one in self.notes.records(kind)]
        return sorted(found, key=lambda one: (one.day(), one.created_at), reverse=True)

    def do_save(self) -> None:
        if not self._is_gone():
            return super().do_save()
        self.do_draft()
        return self.refresh()

    def do_only(self, plural: str) -> None:
        self._kind, self._shown = plural, AT_ONCE
        self.refresh()

    def do_more(self) -> None:
        self._shown += AT_ONCE
        self.refresh()

    def do_earlier(self, given: list[str]) -> None:
        """Opens what an entry was, inside its own line, or closes it."""
        self._opened, self._pressed = ("" if given[1] == self._opened else given[1]), 0
        self.refresh()

    def do_removed(self) -> None:
        self._removed_shown, self._pressed = not self._removed_shown, 0
        self.refresh()

    def do_remove(self, given: list[str]) -> None:
        plural, key = given
        record = next(one for one in self._noted() if (one.plural, one.id) == (plural, key))
        self._undo.append(([], self.state.store.remove(record), {}))
        self._pressed = 0
        self.tell(said=_("Removed, with what belonged to it."))
        self.state.notify()
