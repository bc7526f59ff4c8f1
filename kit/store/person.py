"""All that a book holds of one person: found by code name, told as a whole, and taken out for good."""

import contextlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from kit.records import Client, Record
from kit.store import audit_log
from kit.store.tables import DRAFTS, HISTORY, SALTS, TABLES
from kit.words import KitError, _

_CLIENTS = TABLES[Client.plural]
_SHARED = _(
    "Something noted for {other} hangs on an entry of {client}, and would go along. Please remove or change it first: "
    "{what}. Nothing was erased."
)
_NOT_SCRUBBED = _(
    "{client} is erased, and traces may still lie in the journal of the book, for another program reads it. Please "
    "close the other notebooks, then type: kit erase {client}"
)


def ids_of(db: sa.Connection, name: str) -> list[str]:
    """The ids of who bears this code name, and of those who bore it when they were removed."""
    known = _earlier_names(db)
    last = {key: names[-1] for key, names in known.items()} | _names(db)
    return [key for key, called in last.items() if called == name]


def names_of(db: sa.Connection, keys: Iterable[str]) -> set[str]:
    """Every code name that these clients had, but for those that somebody else has now."""
    told, now = _earlier_names(db), _names(db)
    mine = {name for key in keys for name in [*told.get(key, ()), now.get(key)] if name}
    return mine - {name for key, name in now.items() if key not in set(keys)}


def _names(db: sa.Connection) -> dict[str, str]:
    return {row.id: row.name for row in db.execute(sa.select(_CLIENTS.c.id, _CLIENTS.c.name))}


def _earlier_names(db: sa.Connection) -> dict[str, list[str]]:
    """The earlier names of each client, as the history tells them."""
    found: dict[str, list[str]] = {}
    query = sa.select(HISTORY.c.record, HISTORY.c.before).where(HISTORY.c.kind == Client.plural)
    for key, before in db.execute(query.where(HISTORY.c.before.is_not(None)).order_by(HISTORY.c.seq)):
        found.setdefault(key, []).append(json.loads(before)["name"])
    return found


def is_known(db: sa.Connection, key: str) -> bool:
    """Whether anything of this client (by id) is in the book, or in its history."""
    places = ((_CLIENTS, _CLIENTS.c.id), (SALTS, SALTS.c.client), (HISTORY, HISTORY.c.client))
    return any(
        db.execute(sa.select(sa.literal(1)).select_from(table).where(one == key)).first() for table, one in places
    )


def history(db: sa.Connection, key: str) -> list[dict[str, Any]]:
    """Each change that is kept of a client (by id), the first one first, with the earlier form of the entry."""
    columns = (HISTORY.c.at, HISTORY.c.did, HISTORY.c.by, HISTORY.c.kind, HISTORY.c.record, HISTORY.c.before)
    mine = sa.select(*columns).where(HISTORY.c.client == key, HISTORY.c.did.is_not(None))
    rows = db.execute(mine.order_by(HISTORY.c.seq)).mappings()
    return [{**row, "before": row["before"] and json.loads(row["before"])} for row in rows]


def drafts(db: sa.Connection, name: str) -> list[dict[str, Any]]:
    """What was typed for a client and is not saved yet."""
    query = sa.select(DRAFTS.c.panel, DRAFTS.c.typed, DRAFTS.c.at).where(DRAFTS.c.client == name)
    return [dict(row) for row in db.execute(query).mappings()]


def erase(db: sa.Connection, key: str, touched: Sequence[Record]) -> None:
    """Forgets a client (by id) whose records were just taken out; `touched` is all that this has touched."""
    name = next((one.name for one in touched if isinstance(one, Client)), "")
    others = [one for one in touched if getattr(one, "client", name) != name]
    for one in others:
        if not db.execute(sa.select(TABLES[one.plural].c.id).where(TABLES[one.plural].c.id == one.id)).first():
            told = {"other": getattr(one, "client", ""), "client": name, "what": one.singular}
            raise KitError(_SHARED.format(**told))
    audit_log.append(db, others)
    audit_log.erase_client(
        db, key, {(one.plural, one.id) for one in touched} - {(one.plural, one.id) for one in others}
    )


def scrub(engine: sa.Engine, name: str) -> None:
    """Leaves no trace of what was taken out in free room, between rows, or in the journal."""
    with contextlib.closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute("PRAGMA temp_store = MEMORY")  # the book is written anew, and not into a folder for all
        cursor.execute("VACUUM")
        if cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise KitError(_NOT_SCRUBBED.format(client=name))
