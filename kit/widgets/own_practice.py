"""A practice of one's own: begun here, and looked after here."""

from kit import places
from kit.widgets import locked
from kit.widgets.blocks import Block, text
from kit.widgets.panel import Panel
from kit.words import _


class OwnPractice(Panel):
    """Leads from the sample to an encrypted practice; shows nothing of what a book holds."""

    name = "own_practice"
    needs_client = False
    on_a_heavier_day = True

    def blocks(self) -> list[Block]:
        if not places.practice().exists():
            return [locked.begin()]
        care = places.cloud_warning(places.practice())
        return [
            text(_("Your practice lies in {place}.").format(place=places.practice())),
            *([text(care, "quiet")] if care else []),
            locked.look_after(),
        ]
