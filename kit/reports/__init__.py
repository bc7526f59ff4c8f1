"""A client's story as one page to take home: it opens offline, prints well, and reads without script too."""

from kit.reports.output import keep, write
from kit.reports.report import READERS, Asked, Page, agreed, asked_for, card, made, make, page, read, without
from kit.reports.story import AS_NOTED, IN_WORDS, TOLD

__all__ = [
    "AS_NOTED", "IN_WORDS", "READERS", "TOLD", "Asked", "Page", "agreed", "asked_for", "card", "keep",
    "made", "make", "page", "read", "without", "write",
]  # fmt: skip
