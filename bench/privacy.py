"""10,000 invented stories with a mark in each text: no page for another reader holds a mark anywhere in its bytes."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench.figures import Finding
from kit import places
from kit.words import _

STORIES, AT_ONCE = 10_000, 50


def measure() -> list[Finding]:
    pages, marks, wrong = 0, 0, 0
    firsts = range(0, STORIES, AT_ONCE)
    with ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn")) as pool:
        for found in pool.map(looked, firsts):
            pages, marks, wrong = (a + b for a, b in zip((pages, marks, wrong), found, strict=True))
    told = _("Here: {wrong} of {marks} marks in {pages} pages of {n} stories stood where they must not.")
    aim = _("Aim: no mark stands in a page of somebody who must not read it.")
    said = told.format(wrong=wrong, marks=marks, pages=pages, n=STORIES)
    return [Finding([], aim, not wrong and pages > STORIES, said)]


def looked(first: int) -> tuple[int, int, int]:
    """Pages, marks that were read in them, marks that were read where they must not be."""
    found = list(_found(first))
    return len(found), sum(marks for marks, _wrong in found), sum(wrong for _marks, wrong in found)


def _found(first: int) -> Iterator[tuple[int, int]]:
    sys.path.insert(0, str(places.ROOT / "tests"))
    import marked

    for seed in range(first, first + AT_ONCE):
        yield from ((marks, len(wrong)) for _reader, marks, wrong in marked.found_out(seed))
