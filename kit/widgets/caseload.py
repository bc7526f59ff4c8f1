"""All clients of the practice at a glance, for the coach alone: who was met when, who comes next, what is due."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kit import records
from kit.fields import About
from kit.forms import Form
from kit.records import changed
from kit.store import Store
from kit.widgets.blocks import Block, Item, button, buttons, fold, listed, said, text, unbound_field
from kit.widgets.coach import CoachsOwn, ago, kept_until, long_day
from kit.widgets.entries import AT_ONCE
from kit.widgets.panel import Panel
from kit.widgets.still_open import StillOpen, asked_about
from kit.words import _, day_words, one_or_many

READ = (records.Client, records.Session, records.Agreement, records.Setback)
JUST_PASSED = timedelta(days=14)


@dataclass(frozen=True)
class Line:
    """A client in one line: when they were met, when next, and what is due with them."""

    name: str
    since: date
    met: date | None
    named: date | None  # the day that the last session named for the next
    ask: str
    put_away: bool
    keep_until: date | None
    to_notes: tuple[date | None, ...]  # of each agreement to notes: when it was taken back
    still_open: tuple[StillOpen, ...] = ()

    @property
    def next(self) -> date | None:
        """The day of the next meeting, where it is still to come."""
        return self.named if self.named and self.named >= date.today() else None

    def due(self) -> list[str]:
        """What asks for a look, in plain sentences; for who is put away, only how long notes are kept."""
        return [*self.dates(), *([] if self.put_away else [one.asks() for one in self.still_open])]

    def dates(self) -> list[str]:
        """The agreements and dates among them."""
        today = date.today()
        kept = kept_until(self.keep_until, today)
        asked = [] if self.put_away else [self._agreement(), self._passed(today)]
        return [one for one in [*asked, kept] if one]

    def _agreement(self) -> str:
        if None in self.to_notes:
            return ""
        if not self.to_notes:
            return _("Agreement to notes: not asked yet.")
        taken_back = max(day for day in self.to_notes if day)
        return _("Agreement to notes: taken back on {day}.").format(day=day_words(taken_back))

    def _passed(self, today: date) -> str:
        if not self.named or not today - JUST_PASSED <= self.named < today:
            return ""
        return _("{day} was named for meeting, and nothing is noted for it yet.").format(day=long_day(self.named))


def at_a_glance(store: Store, client: str | None = None) -> list[Line]:
    """A line for each client, with one query a kind, however many they are."""
    rows = store.rows(READ, client)
    sessions, agreements, setbacks = (_by_client(rows[name]) for name in ("sessions", "agreements", "setbacks"))
    return [
        _line(
            one, sessions[one["name"]], agreements[one["name"]], asked_about(store, one["name"], setbacks[one["name"]])
        )
        for one in rows["clients"]
    ]


def _by_client(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, list[Mapping[str, Any]]]:
    found = defaultdict(list)
    for row in rows:
        found[row["client"]].append(row)
    return found


def _line(
    client: Mapping[str, Any],
    sessions: list[Mapping[str, Any]],
    agreements: list[Mapping[str, Any]],
    still_open: tuple[StillOpen, ...],
) -> Line:
    met = sorted(sessions, key=_day)
    last = met[-1] if met else {}
    told = [one for one in met if one["takeaway"] or one["ask_next_time"]]
    return Line(
        name=client["name"],
        since=client["created_at"].astimezone().date(),
        met=_day(last) if last else None,
        named=last.get("next_on"),
        ask=told[-1]["ask_next_time"] if told else "",
        put_away=client["put_away_on"] is not None,
        keep_until=client["keep_until"],
        to_notes=tuple(one["withdrawn_on"] for one in agreements if one["to"] == "notes"),
        still_open=still_open,
    )


def _day(session: Mapping[str, Any]) -> date:
    return session["on"] or session["created_at"].astimezone().date()


def _lately_first(line: Line) -> int:
    return -(line.met or line.since).toordinal()


SORTS: dict[str, tuple[str, Callable[[Line], Any]]] = {
    "met": (_("met last"), lambda line: (_lately_first(line), line.name.casefold())),
    "next": (_("next date"), lambda line: (line.next or date.max, _lately_first(line))),
    "name": (_("name"), lambda line: line.name.casefold()),
}


class Caseload(CoachsOwn):
    """Everybody in the book: searched by typing, sorted, put away and taken up again.

    Once somebody is chosen the list leaves the page: names and dates of others are not in view without need.
    """

    name = "caseload"
    needs_client = False
    _sort, _shown = "met", AT_ONCE
    _lines: list[Line] | None = None

    def looks(self) -> str:
        return "waits" if self.state.client else ""

    def refresh(self) -> None:
        self._lines = None  # read anew when something was written, not with each letter of a search
        super().refresh()

    def forms(self) -> dict[str, Form]:
        return {"new": Form(records.Client, ("name",), optional=False)}

    def blocks(self) -> list[Block]:
        if self.state.client:
            return []
        if self._lines is None:
            self._lines = at_a_glance(self.state.store)
        here = [one for one in self._lines if not one.put_away]
        return [
            *(self._present(here) if here else [text(_empty(bool(self._lines)), "quiet")]),
            said(),
            *self._put_away([one for one in self._lines if one.put_away]),
            self._somebody_new(not self._lines),
        ]

    def _present(self, here: list[Line]) -> list[Block]:
        found = sorted((one for one in here if self._is_sought(one)), key=SORTS[self._sort][1])
        chips = [button("sort", words, key, pressed=key == self._sort) for key, (words, _key) in SORTS.items()]
        count = one_or_many("{n} client", "{n} clients", len(found)).format(n=len(found))
        none = _("Nobody of this name is here. It may be among those put away, or a new one.")
        more = [buttons(button("more", _("Show more")))] if len(found) > self._shown else []
        return [
            self._search(),
            buttons(*chips),
            text(count, "quiet"),
            listed([_item(one) for one in found[: self._shown]], none),
            *more,
        ]

    def _search(self) -> Block:
        asked = About(_("Who are you looking for?"), "text", help=_("a few letters of the code name are enough"))
        return unbound_field("find", asked, self.typed.get("find", {}).get("find") or "")

    def _is_sought(self, line: Line) -> bool:
        sought = (self.typed.get("find", {}).get("find") or "").casefold().split()
        return all(part in line.name.casefold() for part in sought)

    def _put_away(self, lines: list[Line]) -> list[Block]:
        if not lines:
            return []
        items = [_item(one) for one in sorted(lines, key=SORTS["name"][1])]
        return [fold(_("Those who are put away"), [listed(items)])]

    def _somebody_new(self, first: bool) -> Block:
        inside = [self.form_block("new"), buttons(button("save", _("Begin with this name"), looks="main"))]
        return fold(_("Somebody new"), inside, first)

    # what its buttons do ---------------------------------------------------------------------------

    def do_draft(self) -> None:
        """Typing searches; a name that is looked for is nothing to keep."""
        Panel.refresh(self)

    def do_sort(self, key: str) -> None:
        self._sort = key
        Panel.refresh(self)

    def do_more(self) -> None:
        self._shown += AT_ONCE
        Panel.refresh(self)

    def do_save(self) -> None:
        found = self._read()
        if found:
            self.state.store.save(*found)
            self.hold({})
            self.state.look_up(getattr(found[-1], found[-1].heading))

    def do_put_away(self, name: str) -> None:
        """Leaves the list; nothing that was noted is touched."""
        self._mark(name, date.today(), _("{name} is put away, with all that was noted.").format(name=name))

    def do_take_up_again(self, name: str) -> None:
        self._mark(name, None, _("{name} is on the list again.").format(name=name))

    def _mark(self, name: str, day: date | None, sentence: str) -> None:
        before = self.state.store.client(name)
        new = changed(before, put_away_on=day, version=before.version + 1)
        self._undo.append(([new], self.state.store.save(new), self.typed))
        self.tell(said=sentence)
        self.state.notify()

    def do_undo(self) -> None:
        undone = bool(self._undo)
        super().do_undo()
        if undone:
            self.tell(said=_("Taken back."))


def _empty(some_are_put_away: bool) -> str:
    if some_are_put_away:
        return _("Everybody is put away. They can be taken up again below.")
    return _("Nobody is in this book yet. It starts with a first code name.")


def _item(line: Line) -> Item:
    again = button("take_up_again", _("Take up again"), line.name, looks="plain")
    away = button("put_away", _("Put away"), line.name, looks="plain")
    return {
        "id": line.name,
        "title": line.name,
        "meta": " \u00b7 ".join(when(line)),
        "lines": line.due(),
        "buttons": [button("look_up", _("Look at"), line.name), again if line.put_away else away],
    }


def when(line: Line) -> list[str]:
    """When a client was met last, and when next."""
    today = date.today()
    met = _("met {ago}").format(ago=ago(line.met, today)) if line.met else _("not met yet")
    return [met, *([_("next on {day}").format(day=long_day(line.next))] if line.next else [])]
