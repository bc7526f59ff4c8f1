"""The kit's own backups of a book: made as it is opened, kept for months, brought back, and written anew."""

from kit.vault.backups.catalog import BESIDE, Kept, alone, everything, found, kept, told, unreadable, when
from kit.vault.backups.making import BY_HAND, BY_KIT, again, is_due, make, soon, to_keep, trouble
from kit.vault.backups.repair import go_on, left, put_away, sound
from kit.vault.backups.restore import (
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
from kit.vault.backups.rewriting import rewrite

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
