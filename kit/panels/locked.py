"""The words of a locked practice's door, and of the way to a practice of one's own.

What is typed there goes from the page to the server; no kernel and no widget ever holds a passphrase.
"""

from typing import Any

from kit.keys import remembered
from kit.words import _

WORDS = {
    "locked": _("This practice is locked."),
    "passphrase": _("Passphrase"),
    "again": _("The same once more"),
    "new": _("New passphrase"),
    "old": _("Passphrase until now"),
    "show": _("Show what I type"),
    "remember": _("Remember it on this computer: whoever can use my account here can then open the practice"),
    "open": _("Open"),
    "moment": _("One moment."),
    "have_sheet": _("I have the recovery sheet"),
    "sheet_letters": _("The letters of the sheet, row by row"),
    "sheet_help": _("Spaces, capitals and dashes do not matter."),
    "open_with_sheet": _("Open with the sheet"),
    "no_server": _(
        "The kit's own server does not answer here. Please start it with start.py, then open this page."
    ),
    "begin": _("Begin my practice"),
    "begin_help": _(
        "Any words will do: a short sentence that you remember is better than a difficult word. Nobody can look it up "
        "for you; the recovery sheet on the next step is the only other way in."
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
}


def door() -> dict[str, Any]:
    """What stands at the top of a page whose book is locked."""
    return _door("open")


def begin() -> dict[str, Any]:
    """The way from the sample to a practice of one's own."""
    return _door("begin")


def look_after() -> dict[str, Any]:
    """For a practice that is there: another passphrase, and the sheet once more."""
    return _door("look_after")


def _door(way: str) -> dict[str, Any]:
    return {"is": "door", "way": way, "words": WORDS, "can_remember": remembered.available()}
