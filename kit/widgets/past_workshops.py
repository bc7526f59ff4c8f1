"""The workshops that are still held in the book: read afterwards by the facilitator, and let go of before their day."""

from typing import TYPE_CHECKING

from kit import records, rooms
from kit.vault import erasing
from kit.widgets.blocks import Block, Button, Item, button, heading, listed, text, word_list
from kit.widgets.room_status import InRoom
from kit.words import _, day_words, wrapping

if TYPE_CHECKING:
    from kit.rooms.archive import ArchivedQuestion


class Held(InRoom):
    """What was shared, for whoever led it: put away as soon as a room opens or the practice is locked."""

    _sure_of = ""  # the workshop that is to be deleted, once it is said again
    _read_now = ""  # the workshop whose lines are in view

    def refresh(self) -> None:
        if self.state.locked or self.follow.room:
            self._read_now = ""
        super().refresh()

    def held_blocks(self) -> list[Block]:
        """The workshops that are still held, and what was shared in the one that is being read."""
        held = sorted(self.state.store.records(records.Workshop), key=lambda one: one.created_at, reverse=True)
        mine = _("For your eyes: lines that were not shown are among them. Please look at who else sees this screen.")
        items: list[Item] = [
            {"id": one.id, "title": one.title, "meta": _held(one), "buttons": [self._reads(one), *self._lets_go(one)],
             "blocks": self._shared_in(one) if one.id == self._read_now else []}
            for one in held
        ]  # fmt: skip
        empty = _("Nothing is kept of any workshop. It starts with the first one.")
        return [*([text(mine, "quiet")] if items else []), listed(items, empty)]

    def _shared_in(self, one: records.Workshop) -> list[Block]:
        from kit.rooms import archive

        found = archive.read_archive(self.state.store, one)
        empty = [] if found else [text(_("Nothing was shared in it, and that is fine."), "quiet")]
        return [*empty, *(block for question in found for block in _question(question))]

    def _reads(self, one: records.Workshop) -> Button:
        if self._read_now == one.id:
            return button("read", _("Put it away"), "", about=one.title)
        return button("read", _("Read what was shared"), one.id, about=one.title)

    def do_read(self, key: str) -> None:
        self._release(key)
        self._read_now = key
        self.refresh()

    def _release(self, key: str) -> None:
        """What a room that is gone has left waiting; of one that is open, nothing is touched."""
        from kit.rooms import staging

        for one in self.state.store.records(records.Workshop, id=key):
            if one.title not in [room.title for room in rooms.list_open()]:
                staging.release_leftovers(self.state.store, one)

    def _lets_go(self, one: records.Workshop) -> list[Button]:
        if self._sure_of != one.id:
            return [button("ask_to_let_go", _("Delete it now"), one.id, "plain", about=one.title)]
        return [button("let_go", _("Yes, for good"), one.id), button("ask_to_let_go", _("Keep it"), "", "plain")]

    def do_ask_to_let_go(self, key: str) -> None:
        self._sure_of = key
        self.refresh()

    def do_let_go(self, key: str) -> None:
        """Deletes what was shared before its day; it cannot be brought back."""
        erasing.purge_workshops(self.state.store, lambda one: one.id == key)
        self._sure_of = self._read_now = ""
        self.tell(said=_("It is deleted, with all that was shared in it."))
        self.refresh()


def _held(one: records.Workshop) -> str:
    if one.keep_until is None:
        return day_words(one.day())
    return _("{day}; what was shared is deleted on {until}").format(
        day=day_words(one.day()), until=day_words(one.keep_until)
    )


def _question(one: "ArchivedQuestion") -> list[Block]:
    """A question with what was shown to all of its lines, and what was not."""
    if one.kind == "rating":
        from kit.rooms import disclosure

        bands = [_("{low} to {high}: {count}").format(**band) for band in disclosure.to_dicts(one.figure)]
        numbers = _("Numbers are never read one by one. No figure was shown here.")
        return [heading(one.prompt), text(" \u00b7 ".join(bands)) if bands else text(numbers, "quiet")]
    parts = ((_("Shown to all"), one.shown), (_("Not shown"), one.back))
    lines = [
        [text(words, "quiet"), word_list([wrapping(line) for line in found], one.kind)]
        for words, found in parts
        if found
    ]
    return [heading(one.prompt), *(block for some in lines for block in some)]
