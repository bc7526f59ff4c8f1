"""Whether a book is all that was kept in it; where it is not: what is missing, since when, and what to do."""

import contextlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kit.records import BY_PLURAL
from kit.store import audit_log, opening
from kit.store import checkpoint as checkpoints
from kit.store.checkpoint import Checkpoint
from kit.store.tables import METADATA
from kit.words import Damaged, KitError, _, day_words, listed, one_or_many

_DO = _(
    "Please put a backup in its place. `kit restore` shows which there are. Nothing was changed; to go on with what is "
    "there, type: kit check --accept."
)
_SHORTER = _("{place} is damaged: it ends on {ends}, and {changes} up to {until} are not in it.")
_OTHER = _("{place} is not the book that was open last, on {until}, but an older or another copy of it.")
_EMPTY = _("{place} is empty or gone, though {changes} up to {until} were kept in it.")
_ANEW = _(
    "Please put a backup in its place. `kit restore` shows which there are. To begin anew, remove {checkpoint} too."
)
_CUT = _("{place} is damaged: the history of its entries holds until {since}, and not from there on.")
_ALTERED = _("{place} is damaged: entries are not as they were kept ({what}; the first of them was saved on {since}).")
NO_CHECKPOINT = _(
    "Whether this book is complete cannot be told: the small file {file} was not beside it. From now on it is there."
)


def read_checkpoint(place: Path | None, secret: bytes, accept: bool) -> Checkpoint | None:
    """The checkpoint beside a book, read before the book itself; a book that is gone is told, and never begun anew."""
    checkpoint = checkpoints.read(place, secret)
    if place and checkpoint and checkpoint.count and not accept and not (place.exists() and place.stat().st_size):
        told = {"changes": _count_changes(checkpoint.count), "until": _format_moment(checkpoint.at)}
        raise Damaged(_EMPTY.format(place=place, **told), _ANEW.format(checkpoint=checkpoints.path_for(place)))
    return checkpoint


def verify(
    engine: sa.Engine, place: Path | None, secret: bytes, checkpoint: Checkpoint | None, closed: bool
) -> tuple[str, int]:
    """Raises KitError for a book in which something is missing or was changed.

    Gives back what else is to be said of it, and how many changes were looked at.
    """
    with opening.translate_errors(place), _reading(engine) as driver:
        newest = audit_log.latest_checkpoint(driver)
        _verify_checkpoint(driver, place, checkpoint, newest)
        if not closed:
            _verify_schema(driver, place)
            verify_rows(driver, place)
    return _update_checkpoint(engine, place, secret, checkpoint, newest) if place else "", newest.count


def _update_checkpoint(
    engine: sa.Engine, place: Path, secret: bytes, checkpoint: Checkpoint | None, newest: Checkpoint
) -> str:
    """Brings the checkpoint up to date; what is to be said where there was none."""
    if checkpoint is None:
        checkpoints.reset(place, secret, newest)
        return NO_CHECKPOINT.format(file=checkpoints.path_for(place).name) if _has_changes(engine, place) else ""
    if newest.count > checkpoint.count:
        checkpoints.append(place, secret, newest)
    checkpoints.compact(place, secret, max(checkpoint, newest, key=lambda one: one.count))
    return ""


def verify_rows(driver: Any, place: Path | None, since: int = 0) -> None:
    """Looks at every record, and at the history after row `since`."""
    if not _is_consistent(driver):
        raise opening.error_for(place)
    break_at = audit_log.find_break(driver, since)
    if break_at:
        raise Damaged(_CUT.format(place=_book_name(place), since=_format_moment(break_at[1])), _DO)
    if audit_log.compute_state(driver) != audit_log.last_row(driver)[2]:
        raise Damaged(_describe_mismatches(driver, place), _DO)


def _verify_schema(driver: Any, place: Path | None) -> None:
    """A name that is garbled would be found out only when somebody asks for what it names."""
    for table in METADATA.sorted_tables:
        there = {row[1] for row in driver.execute(f'PRAGMA table_info("{table.name}")')}
        if not there >= {column.name for column in table.columns}:
            raise opening.error_for(place, opening.INCOMPLETE)


def _is_consistent(driver: Any) -> bool:
    """Whether each list by which entries are found names all of them; in an encrypted book every page has a seal."""
    if driver.execute("PRAGMA cipher_status").fetchone() == ("1",):
        return True
    return driver.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"


def accept(engine: sa.Engine, place: Path | None, secret: bytes) -> Checkpoint:
    """Goes on with what is there: from now on this is the whole book. Gives back its checkpoint."""
    with opening.translate_errors(place), engine.begin() as db:
        audit_log.accept_current_state(db, audit_log.ACCEPTED)
        checkpoint = db.info.pop("checkpoint")
    if place:
        checkpoints.reset(place, secret, checkpoint)
    return checkpoint


def verified_checkpoint(engine: sa.Engine, since: int) -> Checkpoint | None:
    """The checkpoint of a book that is sound, so that the file can be noted as it is closed; None where it is not."""
    with contextlib.suppress(KitError), opening.translate_errors(None), _reading(engine) as driver:
        verify_rows(driver, None, since)
        return audit_log.latest_checkpoint(driver)
    return None


@contextlib.contextmanager
def _reading(engine: sa.Engine) -> Any:
    """One moment of the book."""
    with engine.execution_options(reading=True).begin() as db:
        yield db.connection.driver_connection


def _verify_checkpoint(driver: Any, place: Path | None, checkpoint: Checkpoint | None, newest: Checkpoint) -> None:
    if checkpoint is None or not checkpoint.count:
        return
    if newest.count < checkpoint.count:
        told = {
            "ends": _format_moment(newest.at),
            "changes": _count_changes(checkpoint.count - newest.count, later=True),
        }
        raise Damaged(_SHORTER.format(place=place, until=_format_moment(checkpoint.at), **told), _DO)
    if audit_log.link_hash_at(driver, checkpoint.count) != checkpoint.link:
        raise Damaged(_OTHER.format(place=place, until=_format_moment(checkpoint.at)), _DO)


def _describe_mismatches(driver: Any, place: Path | None) -> str:
    differing = [key for key, *_rest in audit_log.find_mismatches(driver)]
    kinds = Counter(BY_PLURAL[kind].singular for kind, _key in differing)
    what = listed([f"{words}: {n}" for words, n in kinds.items()]) or _("some entries")
    query = "SELECT min(at) FROM (SELECT max(at) AS at FROM history WHERE record = ?)"
    days = [driver.execute(query, (key,)).fetchone()[0] for _kind, key in differing]
    since = min(filter(None, days), default="")
    return _ALTERED.format(place=_book_name(place), what=what, since=_format_moment(since))


def _has_changes(engine: sa.Engine, place: Path) -> bool:
    """Whether anything was saved since the history began, so that there could have been a checkpoint."""
    with opening.translate_errors(place), _reading(engine) as driver:
        return (
            driver.execute("SELECT 1 FROM history WHERE did <> ? LIMIT 1", (audit_log.BASELINE,)).fetchone() is not None
        )


def _book_name(place: Path | None) -> Any:
    return place or _("The book")


def _count_changes(n: int, later: bool = False) -> str:
    if later:
        return one_or_many("{n} later change", "{n} later changes", n).format(n=n)
    return one_or_many("{n} change", "{n} changes", n).format(n=n)


def _format_moment(at: str) -> str:
    """A moment of the history as people say it."""
    if not at:
        return _("its first day")
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC).astimezone()
    return _("{day} at {time}").format(day=day_words(moment.date()), time=f"{moment:%H:%M}")
