"""What is held of who is here, until when, and a copy to take along: read together with them."""

from datetime import date

from kit import places, records
from kit.records import OfClient
from kit.widgets.blocks import Block, button, buttons, said, text
from kit.widgets.panel import Panel
from kit.words import _, day_words, one_or_many


class YourData(Panel):
    name = "your_data"

    def blocks(self) -> list[Block]:
        copy = _(
            "A copy holds all that was noted with you and what it was before, in tables that any spreadsheet opens. "
            "Whoever can open its folder can read it."
        )
        return [
            text(_held([one.created_at.astimezone().date() for one in self._all()])),
            text(_until(self.notes.records(records.Client)[0].keep_until)),
            text(copy, "quiet"),
            buttons(button("take_out", _("Take a copy with you"))),
            said(),
        ]

    def _all(self) -> list[OfClient]:
        return [one for kind in records.KINDS if issubclass(kind, OfClient) for one in self.notes.records(kind)]

    def do_take_out(self) -> None:
        """Writes all that was noted with who is here into a new folder, where downloads lie."""
        from kit.exchange import takeout

        client = self.state.chosen
        place = takeout.export(self.state.store, client, takeout.free_folder(places.downloads(), client), private=False)
        self.tell(said=_("The copy lies in {place}").format(place=place))


def _held(days: list[date]) -> str:
    if not days:
        return _("Nothing is noted about you yet, but for your code name.")
    words = one_or_many(
        "{n} entry is kept, noted on {first}.", "{n} entries are kept, noted from {first} to {last}.", len(days)
    )
    return words.format(n=len(days), first=day_words(min(days)), last=day_words(max(days)))


def _until(day: date | None) -> str:
    if day is None:
        return _("No day is agreed yet until which they are kept. You agree on it together.")
    if day <= date.today():
        return _("They were to be kept until {day}: something to talk about today.").format(day=day_words(day))
    return _("They are kept until {day}, as you agreed.").format(day=day_words(day))
