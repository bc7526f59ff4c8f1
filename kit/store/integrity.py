"""Whether a book is all that was kept in it; where it is not: what is missing, since when, and what to do."""

import contextlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kit.records import BY_PLURAL
from kit.store import audit_log, opening
from kit.store import checkpoint as heads
from kit.store.checkpoint import Head
from kit.store.tables import METADATA
from kit.words import Damaged, KitError, _, day_words, listed, one_or_many

_DO = _(
    "Please put a backup in its place. `kit restore` shows which there are. Nothing was changed; to go on with what is "
    "there, type: kit check --accept."
)
_SHORTER = _("{place} is damaged: it ends on {ends}, and {changes} up to {until} are not in it.")
_OTHER = _("{place} is not the book that was open last, on {until}, but an older or another copy of it.")
_EMPTY = _("{place} is empty or gone, though {changes} up to {until} were kept in it.")
_ANEW = _("Please put a backup in its place. `kit restore` shows which there are. To begin anew, remove {head} too.")
_CUT = _("{place} is damaged: the history of its entries holds until {since}, and not from there on.")
_ALTERED = _("{place} is damaged: entries are not as they were kept ({what}; the first of them was saved on {since}).")
UNTOLD = _(
    "Whether this book is complete cannot be told: the small file {file} was not beside it. From now on it is there."
)


def read_head(place: Path | None, secret: bytes, accept: bool) -> Head | None:
    """The head beside a book, read before the book itself; a book that is gone is told, and never begun anew."""
    head = heads.read(place, secret)
    if place and head and head.count and not accept and not (place.exists() and place.stat().st_size):
        told = {"changes": _changes(head.count), "until": _when(head.at)}
        raise Damaged(_EMPTY.format(place=place, **told), _ANEW.format(head=heads.beside(place)))
    return head


def look_over(engine: sa.Engine, place: Path | None, secret: bytes, head: Head | None, closed: bool) -> tuple[str, int]:
    """Raises KitError for a book in which something is missing or was changed.

    Gives back what else is to be said of it, and how many changes were looked at.
    """
    with opening.plain_words(place), _reading(engine) as driver:
        newest = audit_log.newest(driver)
        _compare(driver, place, head, newest)
        if not closed:
            _has_each_part(driver, place)
            check(driver, place)
    return _laid_beside(engine, place, secret, head, newest) if place else "", newest.count


def _laid_beside(engine: sa.Engine, place: Path, secret: bytes, head: Head | None, newest: Head) -> str:
    """Brings the head up to date; what is to be said where there was none."""
    if head is None:
        heads.begin(place, secret, newest)
        return UNTOLD.format(file=heads.beside(place).name) if _was_changed(engine, place) else ""
    if newest.count > head.count:
        heads.tell(place, secret, newest)
    heads.tidy(place, secret, max(head, newest, key=lambda one: one.count))
    return ""


def check(driver: Any, place: Path | None, since: int = 0) -> None:
    """Looks at every record, and at the history after row `since`."""
    if not _holds_together(driver):
        raise opening.trouble(place)
    break_at = audit_log.broken(driver, since)
    if break_at:
        raise Damaged(_CUT.format(place=_named(place), since=_when(break_at[1])), _DO)
    if audit_log.total(driver) != audit_log.last(driver)[2]:
        raise Damaged(_altered(driver, place), _DO)


def _has_each_part(driver: Any, place: Path | None) -> None:
    """A name that is garbled would be found out only when somebody asks for what it names."""
    for table in METADATA.sorted_tables:
        there = {row[1] for row in driver.execute(f'PRAGMA table_info("{table.name}")')}
        if not there >= {column.name for column in table.columns}:
            raise opening.trouble(place, opening.LACKS)


def _holds_together(driver: Any) -> bool:
    """Whether each list by which entries are found names all of them; in an encrypted book every page has a seal."""
    if driver.execute("PRAGMA cipher_status").fetchone() == ("1",):
        return True
    return driver.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"


def accept(engine: sa.Engine, place: Path | None, secret: bytes) -> Head:
    """Goes on with what is there: from now on this is the whole book. Gives back its head."""
    with opening.plain_words(place), engine.begin() as db:
        audit_log.take_as_it_is(db, audit_log.WENT_ON)
        head = db.info.pop("head")
    if place:
        heads.begin(place, secret, head)
    return head


def still(engine: sa.Engine, since: int) -> Head | None:
    """The head of a book that is sound, so that the file can be noted as it is closed; None where it is not."""
    with contextlib.suppress(KitError), opening.plain_words(None), _reading(engine) as driver:
        check(driver, None, since)
        return audit_log.newest(driver)
    return None


@contextlib.contextmanager
def _reading(engine: sa.Engine) -> Any:
    """One moment of the book."""
    with engine.execution_options(reading=True).begin() as db:
        yield db.connection.driver_connection


def _compare(driver: Any, place: Path | None, head: Head | None, newest: Head) -> None:
    if head is None or not head.count:
        return
    if newest.count < head.count:
        told = {"ends": _when(newest.at), "changes": _changes(head.count - newest.count, later=True)}
        raise Damaged(_SHORTER.format(place=place, until=_when(head.at), **told), _DO)
    if audit_log.link_at(driver, head.count) != head.link:
        raise Damaged(_OTHER.format(place=place, until=_when(head.at)), _DO)


def _altered(driver: Any, place: Path | None) -> str:
    differing = [key for key, *_rest in audit_log.differing(driver)]
    kinds = Counter(BY_PLURAL[kind].singular for kind, _key in differing)
    what = listed([f"{words}: {n}" for words, n in kinds.items()]) or _("some entries")
    query = "SELECT min(at) FROM (SELECT max(at) AS at FROM history WHERE record = ?)"
    days = [driver.execute(query, (key,)).fetchone()[0] for _kind, key in differing]
    since = min(filter(None, days), default="")
    return _ALTERED.format(place=_named(place), what=what, since=_when(since))


def _was_changed(engine: sa.Engine, place: Path) -> bool:
    """Whether anything was saved since the history began, so that there could have been a head."""
    with opening.plain_words(place), _reading(engine) as driver:
        return driver.execute("SELECT 1 FROM history WHERE did <> ? LIMIT 1", (audit_log.FOUND,)).fetchone() is not None


def _named(place: Path | None) -> Any:
    return place or _("The book")


def _changes(n: int, later: bool = False) -> str:
    if later:
        return one_or_many("{n} later change", "{n} later changes", n).format(n=n)
    return one_or_many("{n} change", "{n} changes", n).format(n=n)


def _when(at: str) -> str:
    """A moment of the history as people say it."""
    if not at:
        return _("its first day")
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone()
    return _("{day} at {time}").format(day=day_words(moment.date()), time=f"{moment:%H:%M}")
