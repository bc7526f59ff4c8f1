"""What was changed of all that is noted for a client, when and by whom; an earlier form comes back at one press."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from kit.fields import About, about, format_value, visible_fields
from kit.records import BY_PLURAL, Agreement, Client, Record, changed, problems
from kit.store import Change
from kit.widgets.blocks import Block, Item, button, buttons, heading, listed, said, text
from kit.widgets.coach import long_day
from kit.widgets.panel import Panel
from kit.words import KitError, _, day_words, labelled, one_or_many

AT_ONCE = 12
NEAR = 8  # words that are shown on either side of those that differ
LONGEST = 400  # signs of a form that is shown without another one beside it
BY = {"coach": _("by the coach"), "client": _("by the client"), "room": _("in a workshop")}
DID = {
    "noted": _("noted"),
    "changed": _("changed"),
    "removed": _("removed"),
    "taken back": _("taken back with Undo"),
    "brought back": _("an earlier form brought back"),
}
CHANGES = ("changed", "removed", "taken back", "brought back")
Stretch = list[str | bool]  # words, and whether they differ from the other form
Moment = tuple[Change, list[Change]]  # a change, and what a removal took along


class EarlierForms(Panel):
    """A panel that shows what entries were, and brings an earlier form back; Undo stands beside what was pressed."""

    _pressed = 0  # the change beside which something was said last

    def told(self) -> list[Moment]:
        """All changes that this page shows now."""
        raise NotImplementedError

    def do_bring_back(self, number: int) -> None:
        """Brings back the form that a record had until then; what this page does not show stays as it stands."""
        found = next((one for one in self.told() if one[0].number == number), None)
        if found is None or not self._comes_back(found[0]):
            self.refresh()
            return
        self._pressed = number
        try:
            back = self._brought_back(*found)
        except KitError:
            self.refresh()  # so that there is room for it beside what was pressed
            raise
        self._undo.append(([new for new, _stood in back], [one for _new, stood in back for one in stood], {}))
        self.tell(said=_("It is back as it was."))
        self.state.notify(back[0][0].id)

    def _brought_back(self, change: Change, along: list[Change]) -> list[tuple[Record, list[Record]]]:
        assert change.before is not None
        back = [self._restored(self._earlier(change.before))]
        for one in along:  # each as far as the book still has room for it
            try:
                back.append(self._restored(self._linked_again(one)))
            except KitError:
                continue
        return back

    def _restored(self, earlier: Record) -> tuple[Record, list[Record]]:
        try:
            return self.state.store.restore(earlier)
        except ValidationError as error:
            raise KitError(" ".join(problems(type(earlier), error).values())) from error

    def _earlier(self, before: Record) -> Record:
        standing = self._standing(before)
        if standing is None:
            return before
        return changed(standing, **{name: getattr(before, name) for name in self._gives_back(type(before))})

    def _linked_again(self, change: Change) -> Record:
        """What went along as it was; of an entry that stayed, only the link that it lost."""
        assert change.before is not None
        standing = self._standing(change.before)
        if standing is None or change.record is None:
            return change.before
        lost = {name for name in type(standing).model_fields if getattr(change.before, name) and
                getattr(change.record, name) is None and getattr(standing, name) is None}  # fmt: skip
        return changed(standing, **{name: getattr(change.before, name) for name in lost})

    def _standing(self, record: Record) -> Record | None:
        return next((one for one in self.notes.records(type(record)) if one.id == record.id), None)

    def is_gone(self, change: Change) -> bool:
        """Whether what was removed or changed then is no longer there."""
        return change.before is not None and self._standing(change.before) is None

    def seen(self, kind: type[Record]) -> tuple[str, ...]:
        """The fields of a kind that this page may show."""
        return visible_fields(kind, "just_me" if self.state.for_coach else "together")

    def _gives_back(self, kind: type[Record]) -> list[str]:
        """The fields that come back: never the name under which somebody sits here."""
        return [name for name in self.seen(kind) if not (kind is Client and name == kind.heading)]

    def _comes_back(self, change: Change) -> bool:
        # An agreement is given and taken back by a yes and a no, and leaves its trace.
        if change.before is None or isinstance(change.before, Agreement) or not self.notes.may_note:
            return False
        standing, names = self._standing(change.before), self._gives_back(type(change.before))
        return standing is None or any(getattr(standing, name) != getattr(change.before, name) for name in names)

    # what a line says ----------------------------------------------------------------------------

    def lines_of(self, told: list[Moment], titled: bool = True) -> list[Item]:
        """One line for each change; without titles where they stand inside the line of their entry."""
        names = {**_heard_of(told), **self.notes.names()}
        return [self._line(change, along, names, titled) for change, along in told]

    def _line(self, change: Change, along: list[Change], names: Mapping[str, str], titled: bool) -> Item:
        kind, at = BY_PLURAL[change.plural], change.at.astimezone()
        when = f"{at:%H:%M}" if titled else _("{day} at {time}").format(day=day_words(at.date()), time=f"{at:%H:%M}")
        title = _title(change, names)
        meta = (_did(change), when, BY.get(change.by, change.by))
        with_it = one_or_many(
            "{n} entry that belonged to it went along.", "{n} entries that belonged to it went along.", len(along)
        )
        back = _("Bring it back") if change.record is None else _("Bring this form back")
        pressed = button("bring_back", back, change.number, about=title)
        return {
            "id": str(change.number),
            "title": title if titled else "",
            "meta": " \u00b7 ".join((kind.singular, *meta) if titled else meta),
            "forms": self._forms(change, names),
            "lines": [*self._held(change, names), *([with_it.format(n=len(along))] if along else [])],
            "blocks": [
                *([buttons(pressed)] if self._comes_back(change) else []),
                *([said()] if change.number == self._pressed else []),
            ],
        }

    def _held(self, change: Change, names: Mapping[str, str]) -> list[str]:
        """What was removed, as it was."""
        if change.before is None or change.record is not None:
            return []
        kind = BY_PLURAL[change.plural]
        shown = [(about(kind)[name], name) for name in self.seen(kind) if name != kind.heading]
        said_of = [(one.label, _said(one, getattr(change.before, name), names)) for one, name in shown]
        return [labelled(label, _short(words)) for label, words in said_of if words]

    def _forms(self, change: Change, names: Mapping[str, str]) -> dict[str, Any]:
        """What each field was that differs, and what it was from then on."""
        if change.before is None or change.record is None:
            return {}
        described, rows = about(BY_PLURAL[change.plural]), []
        for name in self.differing(change):
            forms = (_said(described[name], getattr(one, name), names) for one in (change.before, change.record))
            rows.append([described[name].label, *_apart(*forms)])
        return {"heads": [_("it was"), _("from then on")], "rows": rows}

    def differing(self, change: Change) -> list[str]:
        """The fields that this page may show and that were another way."""
        names = self.seen(BY_PLURAL[change.plural])
        return [one for one in names if getattr(change.before, one) != getattr(change.record, one)]

    def shows(self, change: Change) -> bool:
        """Whether there is something in a change that this page may show."""
        visible = bool(self.seen(BY_PLURAL[change.plural]))
        return visible and (change.before is None or change.record is None or bool(self.differing(change)))


class History(EarlierForms):
    name = "history"
    before_agreement = True
    _shown: int = 0

    def refresh(self) -> None:
        if self._bound != self.state.client or self.state.locked:
            self._shown = self._pressed = 0
        super().refresh()

    def blocks(self) -> list[Block]:
        if not self._shown:
            return [buttons(button("look", _("Look at what was changed")))]
        told, remark = self.told(), self.state.store.remark
        found = told[: self._shown]
        days = [one for day in _days(found) for one in self._of_day(day, found)]
        empty = _("Nothing was changed or removed yet. When something is, what it was stays here.")
        more = [button("more", _("Show more"))] if len(told) > self._shown else []
        return [
            *([text(remark, "quiet")] if remark else []),
            *(days or [text(empty, "quiet")]),
            *self._room(found),
            buttons(*more, button("close", _("Put this away"), looks="plain")),
        ]

    def _room(self, found: Iterable[Moment]) -> list[Block]:
        """Room for what is said, where no line of the page has it."""
        return [] if any(change.number == self._pressed for change, _along in found) else [said()]

    def _of_day(self, day: date, found: list[Moment]) -> list[Block]:
        items = self.lines_of([one for one in found if _day(one[0]) == day])
        return [heading(_spoken(day)), listed(items)]

    def told(self) -> list[Moment]:
        """The changes of which this page may show something, the latest first; one more than are shown."""
        most = 2 * self._shown + 1
        while True:
            latest = self.state.store.latest_changes(self.state.chosen, most, CHANGES)
            found = moments([one for one in latest if one.did in DID and self.shows(one)])
            if len(found) > self._shown or len(latest) < most:
                return found
            most *= 4

    def do_look(self) -> None:
        self.do_more()

    def do_more(self) -> None:
        self._shown += AT_ONCE
        self.refresh()

    def do_close(self) -> None:
        self._shown = self._pressed = 0
        self.tell()
        self.refresh()


def moments(found: list[Change]) -> list[Moment]:
    """Changes, the latest first; what a removal took along, or let go of, is told with it."""
    told: list[Moment] = []
    for one in found:
        if told and told[-1][0].did == "removed" and told[-1][0].at == one.at:
            told[-1][1].append(one)
        else:
            told.append((one, []))
    return told


def _heard_of(told: list[Moment]) -> dict[str, str]:
    """Id -> words of what is named in these lines and may be gone by now."""
    some = [one.before for change, along in told for one in (change, *along) if one.before]
    return {one.id: str(getattr(one, one.heading)) for one in some}


def _title(change: Change, names: Mapping[str, str]) -> str:
    told, kind = change.record or change.before, BY_PLURAL[change.plural]
    return (_said(about(kind)[kind.heading], getattr(told, kind.heading), names) if told else "") or kind.singular


def _did(change: Change) -> str:
    back_again = change.before is None and change.did in ("taken back", "brought back")
    return _("back again") if back_again else DID[change.did]


def _said(told: About, value: Any, names: Mapping[str, str]) -> str:
    if told.kind in ("link", "links"):
        gone = _("something that is no longer here")
        some = value if isinstance(value, tuple) else (value,) if value else ()
        return ", ".join(dict.fromkeys(names.get(one, gone) for one in some))
    return format_value(told, value, names)


def _apart(was: str, now: str) -> list[list[Stretch]]:
    """Two forms of a field as (words, whether they differ): what both begin and end with is shown in part."""
    old, new = was.split(), now.split()
    if not old or not new:
        nothing = _("left open")
        return [[[_short(one.strip()) or nothing, False]] for one in (was, now)]
    front = _alike(old, new)
    back = _alike(old[front:][::-1], new[front:][::-1])
    if not front and not back:  # nothing is alike: nothing is to be marked
        return [[[_short(one.strip()), False]] for one in (was, now)]
    return [_parts(one, front, len(one) - back) for one in (old, new)]


def _alike(one: list[str], other: list[str]) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _parts(words: list[str], start: int, end: int) -> list[Stretch]:
    before, after = words[max(0, start - NEAR) : start], words[end : end + NEAR]
    opening = ["\u2026"] if start > NEAR else []
    closing = ["\u2026"] if end + NEAR < len(words) else []
    parts = ([*opening, *before], words[start:end], [*after, *closing])
    return [[" ".join(some), place == 1] for place, some in enumerate(parts) if some]


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[:LONGEST].rstrip()} \u2026"


def _day(change: Change) -> date:
    return change.at.astimezone().date()


def _days(found: list[Moment]) -> list[date]:
    return list(dict.fromkeys(_day(change) for change, _along in found))


def _spoken(day: date) -> str:
    near = {date.today(): _("Today"), date.today() - timedelta(days=1): _("Yesterday")}
    return near.get(day) or long_day(day)
