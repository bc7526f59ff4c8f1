"""The way every sentence to a person goes: through one `_()`, in plain words, never a traceback."""

import errno
import gettext
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from unicodedata import bidirectional, category

_SPOKEN = gettext.translation("kit", Path(__file__).parent / "locale", fallback=True)
_ISOLATE, _ISOLATES, _END = "\u2068", "\u2066\u2067\u2068", "\u2069"
_RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "LRE", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
_LINE = re.compile("([\n\u2029]+)")  # where one ends, so do all signs of direction in it


class Sentence(str):
    """A sentence into which people's words are put: they keep to themselves, whatever signs of direction they hold."""

    def format(self, *given: object, **named: object) -> str:
        return super().format(*map(isolate_bidi, given), **{name: isolate_bidi(value) for name, value in named.items()})


def isolate_bidi(words: object) -> object:
    """Words that cannot turn round what stands beside them; words without such signs stay as they are."""
    if not isinstance(words, str) or words.isascii() or not any(bidirectional(one) in _RIGHT_TO_LEFT for one in words):
        return words
    return "".join(one if _LINE.match(one) else _isolated(one) for one in _LINE.split(words) if one)


def _isolated(line: str) -> str:
    is_open = astray = 0
    for letter in line:
        if letter in _ISOLATES:
            is_open += 1
        elif letter == _END:
            is_open, astray = max(is_open - 1, 0), astray + (not is_open)
    return _ISOLATE * (astray + 1) + line + _END * (is_open + 1)


def _(text: str) -> str:
    return Sentence(_SPOKEN.gettext(text))


def one_or_many(one: str, many: str, n: int) -> str:
    return Sentence(_SPOKEN.ngettext(one, many, n))


def labelled(label: str, words: str) -> str:
    """What was noted under a label; one that asks already needs no colon."""
    return f"{label} {words}" if label.endswith("?") else f"{label}: {words}"


class KitError(Exception):
    """Something that cannot be done; its text is one plain sentence with the next step."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback."""
        return [str(self)]


class Damaged(KitError):
    """A book of which something is gone or was changed: `lost` says what, without what a terminal could do."""

    def __init__(self, lost: str, do: str = "") -> None:
        super().__init__(f"{lost} {do}".strip())
        self.lost = lost


FULL = _("The disk of {place} is full. Nothing is lost. Please make some room, then try again.")
_NO_ROOM = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def is_full(error: BaseException) -> bool:
    """Whether a disk had no room left, or this person's share of it."""
    return isinstance(error, OSError) and error.errno in _NO_ROOM


def write_error(error: OSError, place: object, otherwise: str) -> KitError:
    """What is said where something could not be written: that the disk is full, or the sentence for all else."""
    return KitError((FULL if is_full(error) else otherwise).format(place=place))


class NoSuchClient(KitError):
    """A client was named whom this book does not know."""


def done_of(done: float | None, planned: float | None) -> str:
    """How often a small step was done: "4 of 5"; more than was planned is said as such, and what is not noted, too."""
    if done is None:
        return _("not noted; {planned} planned").format(planned=f"{planned or 0:g}")
    if not planned:
        return _("{done}, with none planned").format(done=f"{done:g}")
    words = _("{done}, with {planned} planned") if done > planned else _("{done} of {planned}")
    return words.format(done=f"{done:g}", planned=f"{planned:g}")


def listed(items: list[str]) -> str:
    """`["a", "b", "c"]` as "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return _("{most} and {last}").format(most=beside(", ", items[:-1]), last=items[-1])


def beside(between: str, items: Iterable[str]) -> str:
    """People's own words beside each other, each kept apart from the next."""
    some = list(items)
    return between.join(str(isolate_bidi(one)) for one in some) if len(some) > 1 else "".join(some)


MARKS = 8  # that stand on one letter in no language; where there are more, a line may end between them
NO_WIDTH = "\u200b"


def wrapping(text: str) -> str:
    """Text that can always be wrapped: browsers never end a line between a letter and its marks, however many."""
    made, marks = [], 0
    for sign in text:
        marks = marks + 1 if category(sign).startswith("M") else 0
        made.append(NO_WIDTH + sign if marks and marks % MARKS == 0 else sign)
    return "".join(made)


def day_words(day: date) -> str:
    """A day as people say it: 3 Feb 2026."""
    return f"{day.day} {day:%b %Y}"
