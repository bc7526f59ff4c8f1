"""Each change noted in a chain of keyed hashes, so that a book in which something is missing or was changed says so.

A row holds what was before, the digest of the record as it is now, the sum of all such digests (`state`), and a link
that leads on from the row before. Digests and links are keyed by the client's salt: without it they tell nothing.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from kit.records import Client, OfClient, Record, the_day
from kit.store.checkpoint import Checkpoint
from kit.store.tables import TABLES

DIGEST_SIZE = 16  # bytes of a hash
DIGEST_MODULUS = 1 << 8 * DIGEST_SIZE
BASELINE, ACCEPTED = "found", "went on"
_LOGGED_COLUMNS = 'seq, client, kind, record, did, "by", at, "before", hex(digest), hex(state)'
_SELECT_LINKED = f"SELECT seq, client, did, at, link, CAST(json_array({_LOGGED_COLUMNS}) AS BLOB) FROM history"
_INSERT = 'INSERT INTO history (seq, client, kind, record, did, "by", at, "before", digest, state, link) VALUES '
Key = tuple[str, str]  # kind and id of a record


def append(
    db: sa.Connection, before: Iterable[Record], now: Iterable[Record] = (), did: str = "", by: str = ""
) -> None:
    """Adds a row for each record that this save has touched; `before` are those that stood there, as they were.

    Who did it is who speaks in the record as it is `now`, unless `by` says otherwise.
    """
    driver: Any = db.connection.driver_connection
    was: dict[Key, Record] = {}
    for record in before:
        was.setdefault((record.plural, record.id), record)
    kinds = was | {(one.plural, one.id): one for one in now}
    owners = _owner_ids(driver) | {one.name: one.id for one in was.values() if isinstance(one, Client)}
    book = _RecordDigests(driver, owners)
    known, standing = logged_digests(driver, was), book.digests(kinds)
    rows = [
        _Entry(
            key,
            _owner_id(one, owners),
            was.get(key),
            known.get(key),
            standing.get(key),
            did,
            by or one.by,
            one.day_only,
        )
        for key, one in kinds.items()
    ]
    db.info["checkpoint"] = _append_rows(driver, book, rows)


@dataclass(frozen=True)
class _Entry:
    key: Key
    client: str
    before: Record | None
    old: bytes | None
    new: bytes | None
    did: str
    by: str = "coach"
    day_only: bool = False

    def timestamp(self, now: datetime) -> str:
        return f"{the_day() if self.day_only else now:%Y-%m-%d %H:%M:%S.%f}"

    def action(self) -> str:
        if self.did:
            return self.did
        return "noted" if self.before is None else "removed" if self.new is None else "changed"


class _RecordDigests:
    """The salts of an open book, and with them the digests of what stands in it."""

    def __init__(self, driver: Any, owners: dict[str, str] | None = None) -> None:
        self.driver = driver
        self.owners = _owner_ids(driver) if owners is None else owners
        self.salts = dict(driver.execute("SELECT client, salt FROM salts"))

    def salt(self, client: str) -> bytes:
        """The salt of a client, made at the first need; "" stands for what belongs to nobody."""
        if client not in self.salts:
            self.salts[client] = secrets.token_bytes(32)
            self.driver.execute("INSERT INTO salts VALUES (?, ?)", (client, self.salts[client]))
        return self.salts[client]

    def digests(self, kinds: Iterable[Key]) -> dict[Key, bytes]:
        """The digests of these records as they stand; those that are not there are left out."""
        by_kind: dict[str, list[str]] = {}
        for kind, key in kinds:
            by_kind.setdefault(kind, []).append(key)
        return {
            (kind, key): _hash(self.salt(self._owner(kind, name)), content)
            for kind, some in by_kind.items()
            for key, name, content in self.driver.execute(
                f"{_content_query(kind)} WHERE id IN ({_placeholders(some)})", some
            )
        }

    def _owner(self, kind: str, name: str) -> str:
        return self.owners.get(name, "") if name else ""

    def scan(self) -> Iterator[tuple[Key, str, bytes]]:
        """(Key, client, digest) of every record that stands in the book, by one scan."""
        owners, salts, blake2b = self.owners, self.salts, hashlib.blake2b
        for kind in existing_kinds(self.driver):
            for key, name, content in self.driver.execute(_content_query(kind, _existing_columns(self.driver, kind))):
                client = owners.get(name, "") if name else ""
                salt = salts.get(client, b"")
                yield (kind, key), client, blake2b(content, key=salt, digest_size=DIGEST_SIZE).digest()


def _append_rows(
    driver: Any, book: _RecordDigests, rows: Iterable[_Entry], state: int | None = None
) -> Checkpoint | None:
    count, link, stood = last_row(driver)
    state = stood if state is None else state
    made, at, now = [], "", datetime.now(UTC)
    for row in rows:
        count, at = count + 1, row.timestamp(now)
        state = (state + _to_int(row.new) - _to_int(row.old)) % DIGEST_MODULUS
        before = row.before.model_dump_json() if row.before else None
        told = (
            count,
            row.client,
            *row.key,
            row.action(),
            row.by,
            at,
            before,
            row.new,
            state.to_bytes(DIGEST_SIZE, "big"),
        )
        link = _hash(book.salt(row.client), link + _serialize(driver, told))
        made.append((*told, link))
    driver.executemany(f"{_INSERT}({_placeholders(range(11))})", made)
    return Checkpoint(count, link.hex(), at) if made else None


def _serialize(driver: Any, told: tuple) -> bytes:
    # SQLite writes it down here as it will when the link is looked at again.
    marks = "?, ?, ?, ?, ?, ?, ?, ?, hex(?), hex(?)"
    return driver.execute(f"SELECT CAST(json_array({marks}) AS BLOB)", told).fetchone()[0]


def ownerless_salt(db: sa.Connection) -> bytes:
    """A secret that lies in the book alone, for as long as the book is there."""
    return _RecordDigests(db.connection.driver_connection).salt("")


def last_row(driver: Any) -> tuple[int, bytes, int]:
    """(count, link, state) of the newest row."""
    row = driver.execute("SELECT seq, link, state FROM history ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1], _to_int(row[2])) if row else (0, b"", 0)


def latest_checkpoint(driver: Any) -> Checkpoint:
    """What a checkpoint beside this book would say."""
    row = driver.execute("SELECT seq, link, at FROM history ORDER BY seq DESC LIMIT 1").fetchone()
    return Checkpoint(row[0], row[1].hex(), row[2] or "") if row else Checkpoint(0, "", "")


def link_hash_at(driver: Any, seq: int) -> str:
    """The link of a row; empty before the first one and where there is none."""
    row = driver.execute("SELECT link FROM history WHERE seq = ?", (seq,)).fetchone()
    return row[0].hex() if row else ""


def logged_digests(driver: Any, keys: Iterable[Key] | None = None) -> dict[Key, bytes | None]:
    """The digest that the history tells of each record; None for one that was removed."""
    query, some = "SELECT kind, record, digest FROM history", []
    if keys is not None:
        some = [key for _kind, key in keys]
        query += f" WHERE record IN ({_placeholders(some)})"
    rows = driver.execute(f"{query} ORDER BY seq", some) if some or keys is None else ()
    return {(kind, key): digest for kind, key, digest in rows if key}


def compute_state(driver: Any) -> int:
    """The sum of the digests of all that stands in the book."""
    number = int.from_bytes
    return sum(number(digest, "big") for _key, _client, digest in _RecordDigests(driver).scan()) % DIGEST_MODULUS


def find_break(driver: Any, since: int = 0) -> tuple[int, str] | None:
    """(seq, when) of the last sound row where the chain breaks after row `since`; None where it holds."""
    since = max(since, _last_accepted(driver))
    row = driver.execute("SELECT link, at FROM history WHERE seq = ?", (since,)).fetchone()
    (link, when), salts = row or (b"", ""), dict(driver.execute("SELECT client, salt FROM salts"))
    for seq, client, did, at, told, content in driver.execute(f"{_SELECT_LINKED} WHERE seq > ? ORDER BY seq", (since,)):
        emptied = did is None and client not in salts
        if seq != since + 1 or not (emptied or told == _hash(salts.get(client, b""), link + content)):
            return since, when
        since, link, when = seq, told, at or when
    return None


def _last_accepted(driver: Any) -> int:
    query = "SELECT max(seq) FROM history WHERE record = '' AND did = ?"
    return driver.execute(query, (ACCEPTED,)).fetchone()[0] or 0


def find_mismatches(driver: Any) -> list[tuple[Key, str, bytes | None, bytes | None]]:
    """(Key, client, digest in the history, digest as it stands) of each record that is not as its history tells."""
    told = logged_digests(driver)
    found = []
    for key, client, digest in _RecordDigests(driver).scan():
        old = told.pop(key, None)
        if old != digest:
            found.append((key, client, old, digest))
    return found + [(key, "", old, None) for key, old in told.items() if old is not None]


def accept_current_state(db: sa.Connection, did: str) -> None:
    """Lets the history lead on from what stands in the book: when it begins, and when somebody decides to go on."""
    driver: Any = db.connection.driver_connection
    book = _RecordDigests(driver)
    for client in ("", *book.owners.values()):
        book.salt(client)
    rows = [_Entry(key, client, None, old, new, did) for key, client, old, new in find_mismatches(driver)]
    if did == ACCEPTED:  # from this row on the chain is looked at anew
        rows.insert(0, _Entry(("", ""), "", None, None, None, did))
    before = compute_state(driver) - sum(_to_int(row.new) - _to_int(row.old) for row in rows)
    db.info["checkpoint"] = _append_rows(driver, book, rows, before)


def erase_client(db: sa.Connection, client: str, gone: Iterable[Key] = ()) -> None:
    """Empties the history of a client (by id) and destroys their salt; `gone` are records that were just taken out.

    What is left names them by a sign that leads to nobody; that somebody was erased, and when, stays.
    """
    driver: Any = db.connection.driver_connection
    driver.execute("DELETE FROM salts WHERE client = ?", (client,))
    _redact(db, set(gone), "client = ?", [(client,)], Client.plural, "erased")


def erase_records(db: sa.Connection, gone: Iterable[Key]) -> None:
    """Empties the history of records that were just taken out and belong to no client; that it was done stays."""
    mine = set(gone)
    _redact(db, mine, "kind = ? AND record = ?", mine, "", "let go")


def _redact(db: sa.Connection, gone: set[Key], where: str, whose: Iterable[tuple], kind: str, did: str) -> None:
    driver: Any = db.connection.driver_connection
    known = sum(_to_int(digest) for key, digest in logged_digests(driver, gone).items() if key in gone)
    left, nobody = (last_row(driver)[2] - known) % DIGEST_MODULUS, secrets.token_hex(16)
    emptied = 'kind = NULL, record = NULL, did = NULL, "by" = NULL, at = NULL, "before" = NULL, digest = NULL'
    driver.executemany(f"UPDATE history SET client = ?, {emptied} WHERE {where}", [(nobody, *one) for one in whose])
    row = _Entry((kind, nobody), "", None, None, None, did, day_only=not kind)
    db.info["checkpoint"] = _append_rows(driver, _RecordDigests(driver), [row], left)


def existing_kinds(driver: Any) -> list[str]:
    """The kinds that this book has a table for; an older one has fewer."""
    names = {name for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return [kind for kind in TABLES if kind in names]


@cache
def _content_query(kind: str, here: frozenset[str] | None = None) -> str:
    """Each row of a kind with all that it holds, but for the client's name: that may change."""
    columns = [one.name for one in TABLES[kind].columns]
    names = ", ".join(f'"{name}"' for name in columns if name != "client" and (here is None or name in here))
    whose = "name" if kind == Client.plural else "client" if "client" in columns else "NULL"
    return f'SELECT id, {whose}, CAST(json_array({names}) AS BLOB) FROM "{kind}"'


def _existing_columns(driver: Any, kind: str) -> frozenset[str]:
    return frozenset(row[1] for row in driver.execute(f'PRAGMA table_info("{kind}")'))


def _owner_ids(driver: Any) -> dict[str, str]:
    return dict(driver.execute("SELECT name, id FROM clients"))


def _owner_id(record: Record, owners: dict[str, str]) -> str:
    if isinstance(record, Client):
        return record.id
    return owners.get(record.client, "") if isinstance(record, OfClient) else ""


def _hash(salt: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(content, key=salt, digest_size=DIGEST_SIZE).digest()


def _to_int(digest: bytes | None) -> int:
    return int.from_bytes(digest or b"", "big")


def _placeholders(some: Sequence | range) -> str:
    return ", ".join("?" * len(some))
