"""The kit's own backups of a book: made as it is opened, kept for months, brought back, and written anew."""

from kit.backups.bringing_back import Back, bring_back, mark_of, stands
from kit.backups.making import BY_HAND, BY_KIT, is_due, make, soon, to_keep, trouble
from kit.backups.rewriting import rewrite
from kit.backups.shelf import BESIDE, Kept, alone, everything, found, kept, told, unreadable, when

__all__ = [
    "BESIDE",
    "BY_HAND",
    "BY_KIT",
    "Back",
    "Kept",
    "alone",
    "bring_back",
    "everything",
    "found",
    "is_due",
    "kept",
    "make",
    "mark_of",
    "rewrite",
    "soon",
    "stands",
    "to_keep",
    "told",
    "trouble",
    "unreadable",
    "when",
]
