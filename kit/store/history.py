"""The history of records as people read it: what was changed, when and by whom, and an earlier form brought back."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from kit.records import BY_PLURAL, OfClient, Record, changed
from kit.store.tables import HISTORY, TABLES
from kit.words import KitError, NoSuchClient, _


@dataclass(frozen=True)
class Change:
    """One change of a record: `before` as it was until then, `record` as it was from then on; None: not there."""

    number: int
    at: datetime
    by: str
    did: str
    plural: str
    before: Record | None
    record: Record | None


def changes(db: sa.Connection, kind: str, key: str) -> list[Change]:
    """Each change of a record, the first one first."""
    return _changes_of(db, {(kind, key)}).get((kind, key), [])


def latest_changes(db: sa.Connection, client: str, most: int, did: Collection[str] = ()) -> list[Change]:
    """The latest changes of all that belongs to a client (by id), the latest first; `did`: only those of its kinds."""
    wanted = HISTORY.c.did.in_(did) if did else HISTORY.c.did.is_not(None)
    mine = sa.select(HISTORY.c.kind, HISTORY.c.record).where(HISTORY.c.client == client, wanted)
    keys = {(kind, key) for kind, key in db.execute(mine.order_by(HISTORY.c.seq.desc()).limit(most))}
    found = [one for some in _changes_of(db, keys).values() for one in some if not did or one.did in did]
    return sorted(found, key=lambda one: one.number, reverse=True)[:most]


def _changes_of(db: sa.Connection, keys: set[tuple[str, str]]) -> dict[tuple[str, str], list[Change]]:
    """The changes of these records: what stood there after one is what stood there before the next."""
    some = sorted({key for _kind, key in keys})
    rows = db.execute(sa.select(HISTORY).where(HISTORY.c.record.in_(some)).order_by(HISTORY.c.seq.desc())).all()
    after: dict[tuple[str, str], Record | None] = _current_records(db, keys)
    found: dict[tuple[str, str], list[Change]] = {}
    for row in rows:
        key = (row.kind, row.record)
        if key in keys:
            before, now = _parse_earlier(row.kind, row.before), after.get(key) if row.digest else None
            found.setdefault(key, []).insert(0, Change(row.seq, row.at, row.by, row.did, row.kind, before, now))
            after[key] = before
    return found


def _current_records(db: sa.Connection, keys: set[tuple[str, str]]) -> dict[tuple[str, str], Record | None]:
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    return {
        (kind, row["id"]): BY_PLURAL[kind].model_validate(dict(row), context={"kept": True})
        for kind, some in by_kind.items()
        for row in db.execute(sa.select(TABLES[kind]).where(TABLES[kind].c.id.in_(some))).mappings()
    }


def restore_record(db: sa.Connection, earlier: Record, stood: list[Record]) -> Any:
    """An earlier form as the newest one: under the client's present name, without links to what is gone."""
    if stood and _content_of(stood[0]) == _content_of(earlier):
        raise KitError(_("It stands like this already."))
    gone = dict.fromkeys(_dangling_links(db, earlier))
    return changed(earlier, **_current_owner(db, earlier), **gone, version=_newest_version(db, earlier, stood) + 1)


def _content_of(record: Record) -> dict[str, Any]:
    return record.model_dump(exclude={"version", "client"})


def _current_owner(db: sa.Connection, record: Record) -> dict[str, str]:
    if not isinstance(record, OfClient):
        return {}
    clients = TABLES["clients"]
    told = sa.select(HISTORY.c.client).where(HISTORY.c.record == record.id, HISTORY.c.kind == record.plural)
    name = db.execute(sa.select(clients.c.name).where(clients.c.id.in_(told))).scalar()
    if name is None:
        raise NoSuchClient(_("The client to whom this belongs is not in the book. Please bring them back first."))
    return {"client": name}


def _dangling_links(db: sa.Connection, record: Record) -> Iterator[str]:
    """The links that a record can do without, and that lead nowhere now."""
    for key in TABLES[record.plural].foreign_keys:
        name, to = key.parent.name, getattr(record, key.parent.name)
        if key.parent.nullable and to and not db.execute(sa.select(key.column).where(key.column == to)).first():
            yield name


def _newest_version(db: sa.Connection, record: Record, stood: list[Record]) -> int:
    told = changes(db, record.plural, record.id)
    return max([record.version, *(one.version for one in stood), *(one.before.version for one in told if one.before)])


def _parse_earlier(kind: str, told: str | None) -> Record | None:
    """A record as it was; None where this kit cannot read it any more."""
    if told is None:
        return None
    known = BY_PLURAL[kind].model_fields
    values = {name: value for name, value in json.loads(told).items() if name in known}
    try:
        return BY_PLURAL[kind].model_validate(values, context={"kept": True})
    except ValidationError:
        return None
