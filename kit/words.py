"""The way every sentence to a person goes: through one `_()`, in plain words, never a traceback."""

import gettext
from datetime import date
from pathlib import Path

_SPOKEN = gettext.translation("kit", Path(__file__).parent / "locale", fallback=True)
_ = _SPOKEN.gettext
one_or_many = _SPOKEN.ngettext


class Trouble(Exception):
    """Something that cannot be done; its text is one plain sentence with the next step."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows instead of a traceback."""
        return [str(self)]


class NoSuchClient(Trouble):
    """A client was named whom this book does not know."""


def listed(items: list[str]) -> str:
    """`["a", "b", "c"]` as "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return _("{most} and {last}").format(most=", ".join(items[:-1]), last=items[-1])


def day_words(day: date) -> str:
    """A day as people say it: 3 Feb 2026."""
    return f"{day.day} {day:%b %Y}"
