"""The first meeting: what this is and is not, and agreements one by one."""

from dataclasses import dataclass
from datetime import date

from kit import records
from kit.records import OfClient, Record, changed
from kit.store import Store
from kit.widgets.blocks import Block, Item, button, buttons, fold, listed, question, said, text
from kit.widgets.panel import Panel
from kit.words import _, day_words
from kit.words import listed as in_a_row


@dataclass(frozen=True)
class Asked:
    """One agreement as it is asked: its short name, the question, what a yes means and what it does not."""

    short: str
    asks: str
    means: str
    leaves: str


ASKED = {
    "notes": Asked(
        _("notes"),
        _("May we keep notes of what we talk about?"),
        _(
            "It means: what we fill in here is kept in this practice's own book. You can read, change and remove it "
            "whenever you like. Your coach may add a few lines of their own, to prepare."
        ),
        _("It does not mean: that everything has to be noted, or that anybody else reads it."),
    ),
    "my report": Asked(
        _("my report"),
        _("May a report be made for you?"),
        _("It means: when you want it, what is noted becomes a page that you take home."),
        _(
            "It does not mean: that it is sent to anybody. Who you show it to is up to you; a page that was handed "
            "out cannot be called back."
        ),
    ),
    "a supporter's report": Asked(
        _("a supporter's report"),
        _("May there be a report for someone who stands by you?"),
        _("It means: a person whom you name can get a page with the entries that you marked for them."),
        _("It does not mean: that they see the rest, or that anything reaches them without your word."),
    ),
    "a room": Asked(
        _("a room"),
        _("May you be asked to fill something in on your own device?"),
        _("It means: now and then a page opens on your phone, and what you write there stands among the same notes."),
        _("It does not mean: that you need a phone, or that you must. Talking and paper do as well."),
    ),
}


class Agreements(Panel):
    """One agreement at a time, dated; each can be taken back, and given again."""

    name = "agreements"
    before_agreement = True
    _later: tuple[str, ...] = ()
    _walks = False
    _whole: str | None = None

    def refresh(self) -> None:
        if self._bound != self.state.client or self.state.locked:
            self._later, self._walks, self._whole = (), False, None
        super().refresh()

    def looks(self) -> str:
        return "" if self._next() else "slim"

    def opens_first_meeting(self) -> bool:
        if self.state.locked or self.state.for_coach or self.state.client in (None, self._whole):
            return False
        met = (one for kind in (records.Session, records.CheckIn) for one in self.notes.records(kind))
        return all(one.day() >= date.today() for one in met)

    def blocks(self) -> list[Block]:
        asked = self._next()
        room = [said()] if self._undo or self.status.get("said") else []
        if asked:
            return [*(self._opening() if asked == "notes" else []), *self._question(asked), *room]
        folded = [
            *scope(self.state.store),
            question(_("What we agreed on")),
            listed([self._line(to) for to in ASKED]),
        ]
        line = fold(_("Look at them"), folded, line=self._agreed())
        return [line, *room, *self._way()]

    def _next(self) -> str:
        """The agreement that is asked now; empty when nothing is."""
        if not self.notes.may_note:
            return "notes"
        open_yet = (to for to in ASKED if not self._of(to) and to not in self._later)
        return next(open_yet, "") if self._walks else ""

    def _of(self, to: str) -> list[records.Agreement]:
        return sorted((one for one in self.notes.records(records.Agreement) if one.to == to), key=lambda one: one.day())

    def _standing(self, to: str) -> list[records.Agreement]:
        return [one for one in self._of(to) if one.withdrawn_on is None]

    # what is on the page -------------------------------------------------------------------------

    def _opening(self) -> list[Block]:
        taken_back = [one.withdrawn_on for one in self._of("notes") if one.withdrawn_on]
        if not taken_back:
            return scope(self.state.store)
        words = _("You took notes back on {day}.").format(day=day_words(max(taken_back)))
        return [text(words), text(self.notes.not_agreed(), "quiet")]

    def _question(self, to: str) -> list[Block]:
        asked = ASKED[to]
        if self._of(to):  # taken back: it can be given again, and nobody is asked
            return [buttons(button("yes", _("Notes again, from today"), to))]
        if to in self._later:
            fine = text(_("Not now is fine: nothing is noted, and talking is enough. It can be a yes at any time."))
            return [fine, buttons(button("yes", _("Yes, from today"), to))]
        return [
            question(asked.asks),
            text(asked.means),
            text(asked.leaves),
            buttons(button("yes", _("Yes, from today"), to, looks="main"), button("later", _("Not now"), to)),
        ]

    def _agreed(self) -> str:
        found = [(ASKED[to].short, self._standing(to)) for to in ASKED]
        since = _("{what} since {day}")
        return _("Agreed: {list}.").format(
            list=in_a_row([since.format(what=what, day=day_words(some[-1].day())) for what, some in found if some])
        )

    def _line(self, to: str) -> Item:
        given = self._of(to)
        press = button("back", _("Take it back"), to) if self._standing(to) else button("yes", _("Yes, from today"), to)
        told = [_dated(one) for one in reversed(given)] or [_("not agreed yet")]
        return {
            "id": to,
            "title": ASKED[to].asks,
            "meta": " \u00b7 ".join(told),
            "lines": [ASKED[to].means, ASKED[to].leaves],
            "buttons": [press],
        }

    def _way(self) -> list[Block]:
        if self._whole == self.state.client:
            return [buttons(button("short", _("Back to the first meeting"), looks="plain"))]
        if not self.opens_first_meeting():
            return []
        words = _(
            "A first meeting: what better means, who and what already helps, one tiny step, and what you take with you."
        )
        return [text(words, "quiet"), buttons(button("whole", _("Show the whole session"), looks="plain"))]

    # what its buttons do -------------------------------------------------------------------------

    def do_yes(self, to: str) -> None:
        if self._standing(to):
            return
        self._walks = self._walks or to == "notes"
        new = records.Agreement.model_validate({"client": self.state.client, "to": to})
        self._keep([new], _("Noted: yes to {what}, from today."), to)

    def do_later(self, to: str) -> None:
        """Nothing is kept of a "not now"."""
        self._later += (to,)
        self.tell(said="" if to == "notes" else _("Fine. It can become a yes at any time."))
        self.refresh()

    def do_back(self, to: str) -> None:
        today = date.today()
        new = [
            changed(one, withdrawn_on=max(today, one.day()), version=one.version + 1) for one in self._standing(to)
        ]  # fmt: skip
        if new:
            self._walks = False
            self._keep(new, _("Taken back today: {what}."), to)

    def _keep(self, new: list[Record], said: str, to: str) -> None:
        self._undo.append((new, self.state.store.save(*new), {}))
        self.tell(said=said.format(what=ASKED[to].short))
        self.state.notify()

    def do_undo(self) -> None:
        if self._undo and self._noted_since(self._undo[-1][0]):
            self.tell(said=_("Something was noted since this yes, so it stays. It can be taken back from today on."))
            return
        super().do_undo()
        self.state.delete_draft(self.name)
        self.tell(said=_("It is as it was before."))

    def _noted_since(self, new: list[Record]) -> bool:
        """Whether entries rest on a yes that would go without a trace."""
        given = [one.created_at for one in new if isinstance(one, records.Agreement) and one.withdrawn_on is None]
        kinds = [kind for kind in records.KINDS if issubclass(kind, OfClient) and kind is not records.Agreement]
        noted = (one.created_at for kind in kinds for one in self.notes.records(kind))
        return bool(given) and any(when > min(given) for when in noted)

    def do_whole(self) -> None:
        self._whole = self.state.client
        self.state.notify()

    def do_short(self) -> None:
        self._whole = None
        self.state.notify()


def _dated(one: records.Agreement) -> str:
    agreed = _("agreed on {day}").format(day=day_words(one.day()))
    if one.withdrawn_on is None:
        return agreed
    return _("{agreed}, taken back on {day}").format(agreed=agreed, day=day_words(one.withdrawn_on))


def scope(store: Store) -> list[Block]:
    """What this is and is not, in the practice's own words."""
    found = store.records(records.Practice)
    if not (found and found[-1].scope):
        words = _(
            "Before the first yes your coach says what this is and is not, who reads what, and where confidentiality "
            "ends."
        )
        return [text(words)]
    lines = [text(line) for line in found[-1].scope.splitlines() if line.strip()]
    where = _("{name}: {contact}").format(name=found[-1].name, contact=found[-1].contact)
    reach = [text(where, "quiet")] if found[-1].contact else []
    return [question(_("What this is, and is not")), *lines, *reach]
