"""The kit's own backups of a book: made as it is opened, kept for months, brought back, and written anew."""

from kit.backups.bringing_back import (
    DAMAGED,
    PUT_DOWN,
    TAKE_UP,
    Back,
    bring_back,
    mark_of,
    needs_key,
    secret_for,
    stands,
    word,
)
from kit.backups.making import BY_HAND, BY_KIT, again, is_due, make, soon, to_keep, trouble
from kit.backups.mending import go_on, left, put_away, sound
from kit.backups.rewriting import rewrite
from kit.backups.shelf import BESIDE, Kept, alone, everything, found, kept, told, unreadable, when

__all__ = [
    "BESIDE",
    "BY_HAND",
    "BY_KIT",
    "DAMAGED",
    "PUT_DOWN",
    "TAKE_UP",
    "Back",
    "Kept",
    "again",
    "alone",
    "bring_back",
    "everything",
    "found",
    "go_on",
    "is_due",
    "kept",
    "left",
    "make",
    "mark_of",
    "needs_key",
    "put_away",
    "rewrite",
    "secret_for",
    "soon",
    "sound",
    "stands",
    "to_keep",
    "told",
    "trouble",
    "unreadable",
    "when",
    "word",
]
