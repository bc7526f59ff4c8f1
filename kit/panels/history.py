"""What was changed of all that is noted for a client, when and by whom; an earlier form comes back at one press."""

from typing import Any

from pydantic import ValidationError

from kit.fields import about, in_words, seen
from kit.panels.session import button, buttons, text
from kit.panels.widgets import Block, Panel
from kit.records import BY_PLURAL, Record, changed, problems
from kit.store import Change
from kit.words import Trouble, _, day_words

AT_ONCE = 25
BY = {"coach": _("by the coach"), "client": _("by the client"), "room": _("in a workshop")}
DID = {
    "noted": _("Noted"),
    "changed": _("Changed"),
    "removed": _("Removed"),
    "taken back": _("Taken back"),
    "brought back": _("Brought back"),
}


class History(Panel):
    name = "history"
    before_agreement = True
    _shown: int = 0

    def refresh(self) -> None:
        if self._bound != self.table.client:
            self._shown = 0
        super().refresh()

    def blocks(self) -> list[Block]:
        if not self._shown:
            return [buttons(button("more", _("Show what was changed"))), {"is": "save", "label": ""}]
        found, names = self._found(), self.table.names()
        items = [self._line(one, names) for one in found[: self._shown]]
        more = [buttons(button("more", _("Show more")))] if len(found) > self._shown else []
        remark = self.table.store.remark
        return [
            *([text(remark, "quiet")] if remark else []),
            {"is": "save", "label": ""},
            {"is": "list", "items": items, "empty": _("Nothing was changed yet. Whatever is, can be read here.")},
            *more,
        ]

    def do_more(self) -> None:
        self._shown += AT_ONCE
        self.refresh()

    def do_bring_back(self, number: int) -> None:
        """Brings back the form that a record had until then; what this page does not show stays as it stands."""
        change = next((one for one in self._latest() if one.number == number), None)
        if change is None or change.before is None or not self.table.may_note:
            self.refresh()
            return
        try:
            new, stood = self.table.store.restore(self._earlier(change.before))
        except ValidationError as error:
            raise Trouble(" ".join(problems(type(change.before), error).values())) from error
        self._undo.append(([new], stood, {}))
        self.tell(said=_("The earlier form is back."))
        self.table.noted(new.id)

    def _earlier(self, before: Record) -> Record:
        standing = next((one for one in self.table.records(type(before)) if one.id == before.id), None)
        if standing is None:
            return before
        return changed(standing, **{name: getattr(before, name) for name in self._seen(type(before))})

    def _seen(self, kind: type[Record]) -> tuple[str, ...]:
        return seen(kind, "just_me" if self.table.for_coach else "together")

    def _latest(self) -> list[Change]:
        return self.table.store.latest_changes(self.table.client, 4 * self._shown + 1)

    def _found(self) -> list[Change]:
        """The changes of which this page may show something."""
        return [one for one in self._latest() if one.did in DID and self._shows(one)]

    def _shows(self, change: Change) -> bool:
        return bool(self._seen(BY_PLURAL[change.plural])) and (
            change.before is None or change.record is None or bool(self._differing(change))
        )

    def _differing(self, change: Change) -> list[str]:
        return [
            one
            for one in self._seen(BY_PLURAL[change.plural])
            if getattr(change.before, one) != getattr(change.record, one)
        ]

    def _line(self, change: Change, names: dict[str, str]) -> dict[str, Any]:
        told: Any = change.record or change.before
        kind = BY_PLURAL[change.plural]
        described = about(kind)
        heading = in_words(described[kind.heading], getattr(told, kind.heading), names) if told else ""
        moment = change.at.astimezone()
        when = _("{day} at {time}").format(day=day_words(moment.date()), time=f"{moment:%H:%M}")
        return {
            "id": str(change.number),
            "title": heading or kind.singular,
            "meta": " \u00b7 ".join((kind.singular, DID[change.did], when, BY.get(change.by, change.by))),
            "lines": self._lines(change, names),
            "buttons": self._buttons(change),
        }

    def _lines(self, change: Change, names: dict[str, str]) -> list[str]:
        if change.before is None or change.record is None:
            return []
        described, empty = about(BY_PLURAL[change.plural]), _("nothing")
        return [
            _("{label}: {now} (it was: {earlier})").format(
                label=described[name].label,
                now=in_words(described[name], getattr(change.record, name), names) or empty,
                earlier=in_words(described[name], getattr(change.before, name), names) or empty,
            )
            for name in self._differing(change)
        ]

    def _buttons(self, change: Change) -> list[dict[str, Any]]:
        if change.before is None or not self.table.may_note:
            return []
        return [button("bring_back", _("Bring the earlier form back"), change.number)]
