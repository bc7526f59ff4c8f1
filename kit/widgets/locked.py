"""The words of a locked practice's door, and of the way to a practice of one's own.

What is typed there goes from the page to the server; no kernel and no widget ever holds a passphrase.
"""

from pathlib import Path

from kit import places
from kit.vault import system_keyring
from kit.vault.agent_process import CURTAIN
from kit.vault.backups import DAMAGED, RELEASE
from kit.vault.keys import MIN_PASSPHRASE
from kit.widgets.blocks import Block, text
from kit.words import _

WORDS = {
    "locked": _("This practice is locked."),
    "passphrase": _("Passphrase"),
    "again": _("The same once more"),
    "new": _("New passphrase"),
    "new_help": _(
        "At least {least} characters. Four or five words that make a sentence are easy to remember and hard to guess."
    ).format(least=MIN_PASSPHRASE),
    "old": _("Passphrase until now"),
    "show": _("Show what I type"),
    "remember": _("Remember it on this computer: whoever can use my account here can then open the practice"),
    "open": _("Open"),
    "moment": _("One moment."),
    "have_sheet": _("I have the recovery sheet"),
    "sheet_letters": _("The letters of the sheet, row by row"),
    "sheet_help": _("Spaces, capitals and dashes do not matter."),
    "open_with_sheet": _("Open with the sheet"),
    "no_server": _("The kit's own server does not answer here. Please start the kit, then open this page."),
    "begin": _("Begin my practice"),
    "begin_help": _(
        "Nobody can look your passphrase up for you; the recovery sheet on the next step is the only other way in."
    ),
    "sheet": _("My recovery sheet"),
    "sheet_says": _(
        "These letters open the practice without the passphrase. Print them or copy them by hand, and keep the sheet "
        "where you keep what matters. Do not photograph it and do not keep it on this computer."
    ),
    "print": _("Print the sheet"),
    "confirm_help": _("To be sure that the sheet is at hand: please type these groups from it."),
    "group": _("Row {row}, group {group}"),
    "confirm": _("The sheet is safe: begin"),
    "ready": _("Your practice is ready, and encrypted. Everything is kept in {place}."),
    "first": _("Open the first session"),
    "change": _("Change the passphrase"),
    "see_sheet": _("See the recovery sheet"),
    "take_along": _("Take it to another computer"),
    "take_help": _(
        "One sealed file holds the whole practice. It opens only with your passphrase or your recovery sheet, so it "
        "may travel on a stick. Keep it as a backup, too, if you like."
    ),
    "take": _("Make the sealed file"),
    "taken": _(
        "{name} is among your downloads. On the other computer, start the kit and open 0_start_here: under "
        "\u201cI have a practice from another computer\u201d it asks for this file and your passphrase. From then on "
        "write there, and here no longer: two copies do not grow together again."
    ),
    "elsewhere": _("I have a practice from another computer"),
    "elsewhere_help": _(
        "Bring its sealed file here. The other computer makes it in 0_start_here, under \u201cTake it to another "
        "computer\u201d."
    ),
    "file": _("The sealed file"),
    "no_file": _("Please choose the sealed file first. Its name ends in .sealed."),
    "bring": _("Bring it here and open it"),
    "bring_with_sheet": _("Bring it here with the sheet"),
    "brought": _(
        "Your practice is here, and open. It is kept in {place}. From now on write on this computer only: what is "
        "written on the other one does not follow."
    ),
    "damaged": _("Something happened to this book"),
    "looked_over": _("One moment: it is being looked at, and so are its backups."),
    "choose_way": _("Nothing was changed so far. You choose how it goes on:"),
    "leave": _("Choose another way"),
    "go_in": _("Open it"),
    "forget": _("Forget it on this computer"),
    "forget_help": _("This computer remembers the key. Once it is forgotten, the practice opens with its passphrase."),
}
BEHIND_THE_CURTAIN = {
    **WORDS,
    "locked": _("This page is just for you."),
    "open_help": _("Type your passphrase to open it. It's asked for again each time a page for two has been open."),
}


def quiet(waits: str) -> str:
    """What each other panel of such a page says."""
    if waits == CURTAIN:
        return _("This opens once you've typed your passphrase at the top of the page.")
    return _("The practice is locked. This comes back when it is opened at the top of the page.")


def door(waits: str, place: Path | None) -> Block:
    """What stands at the top of a page whose book is locked, is damaged, or comes back in a moment."""
    if waits == CURTAIN:
        return {**_door("open"), "words": BEHIND_THE_CURTAIN, "can_remember": False}
    if waits == RELEASE:
        return text(_("One moment: this book is being put in order. The page fills itself then."))
    return {**_door("mend"), "of": str(place)} if waits == DAMAGED else _door("open")


def begin() -> Block:
    """The way from the sample to a practice of one's own, or from another computer to this one."""
    return {**_door("begin"), "care": places.cloud_warning(places.practice())}


def look_after() -> Block:
    """For a practice that is there: another passphrase, the sheet once more, a sealed file to take along."""
    return _door("look_after")


def _door(way: str) -> Block:
    return {"is": "door", "way": way, "words": WORDS, "can_remember": system_keyring.is_available()}
