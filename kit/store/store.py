"""The one open book: what is read, kept, changed and let go, each change in one transaction."""

import atexit
import contextlib
import os
import weakref
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as upsert

from kit.fields import about
from kit.records import BY_PLURAL, Client, OfClient, Record, SupportLine
from kit.store import audit_log, code_names, integrity, opening, person, support_lines
from kit.store import checkpoint as checkpoints
from kit.store.history import Change, changes, latest_changes, restore_record
from kit.store.tables import DRAFTS, SEAT, TABLES, row_of
from kit.words import KitError, NoSuchClient, _, labelled

Draft = tuple[str, str, dict[str, Any]]  # client, panel, what is typed there


class Store:
    """One open book on disk (or in memory), encrypted when it has a key; every change is one transaction."""

    def __init__(self, place: Path | None, key: bytes | None = None, accept: bool = False) -> None:
        """Opens a book that is all that was kept in it; `accept` goes on with one of which something is missing."""
        self.place, self._secret = place, checkpoints.signing_key(key)
        self.encrypted = key is not None
        checkpoint = integrity.read_checkpoint(place, self._secret, accept)
        self._is_unchanged = checkpoints.matches_file(place, checkpoint) and not accept
        self._engine = opening.open_engine(place, key, self._is_unchanged)
        self.remark, self._verified_rows = self._verify(checkpoint, accept)
        self._is_open, self._process = True, os.getpid()
        _OPEN_STORES.add(self)
        self._reading = self._engine.execution_options(reading=True)
        self._written: Counter[str] = Counter()
        self._write_support_lines()

    def _verify(self, checkpoint: checkpoints.Checkpoint | None, accept: bool) -> tuple[str, int]:
        """What is to be said of the book, and how far its history was looked at."""
        try:
            if accept:
                checkpoint = integrity.accept(self._engine, self.place, self._secret)
            return integrity.verify(self._engine, self.place, self._secret, checkpoint, self._is_unchanged)
        except BaseException:
            self._engine.dispose()
            raise

    def close(self) -> None:
        """Closes the book; where nothing else has it open, the file is noted as it is then."""
        is_open, self._is_open = self._is_open, False
        checkpoint = (
            integrity.verified_checkpoint(self._engine, self._verified_rows)
            if is_open and self.place and not self._is_unchanged
            else None
        )
        self._engine.dispose()
        if checkpoint and self.place:
            checkpoints.append_file_digest(self.place, self._secret, checkpoint)

    def settings(self) -> dict[str, Any]:
        """What SQLite says of its own settings, read back from the open book."""
        return opening.settings(self._engine)

    def derivation_secret(self) -> bytes:
        """What keys are derived from for what lies outside the book: who can open the book has it, and nobody else."""
        with self._writing_transaction() as db:
            return audit_log.ownerless_salt(db)

    @contextlib.contextmanager
    def _writing_transaction(self, plurals: Iterable[str] = ()) -> Iterator[sa.Connection]:
        with opening.translate_errors(self.place), self._engine.begin() as db:
            # Records that hang together are put back in any order; the book is whole again at the end.
            db.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            db.info.pop("checkpoint", None)  # of a save that was not to be
            yield db
            checkpoint = db.info.pop("checkpoint", None)
        self._is_unchanged = False
        if checkpoint and self.place:
            checkpoints.append(self.place, self._secret, checkpoint)
        self._written.update(plurals := tuple(plurals))
        if SupportLine.plural in plurals:
            self._write_support_lines()

    def _write_support_lines(self) -> None:
        """An encrypted book's support lines lie beside it too: whoever needs one must not need the key."""
        if self.encrypted and self.place:
            support_lines.write_lines(self.place, self.records(SupportLine))

    @contextlib.contextmanager
    def _reading_transaction(self) -> Iterator[sa.Connection]:
        with opening.translate_errors(self.place), self._reading.begin() as db:
            yield db

    # records -----------------------------------------------------------------------------------

    def save(self, *records: Record, by: str = "", draft: Draft | None = None) -> list[Record]:
        """Keeps all of `records`, or none: a first version is new, a later one takes the place of the one before.

        Gives back those that were replaced, as they were. Who did it is who speaks in a record, unless `by` says
        otherwise; `draft` is what is being typed from then on.
        """
        renamed = any(isinstance(record, Client) for record in records)  # a new name follows into every kind
        with self._writing_transaction(TABLES if renamed else {record.plural for record in records}) as db:
            before = [one for record in records for one in _save(db, record)]
            audit_log.append(db, before, records, by=by)
            _save_draft(db, draft)
        return before

    def remove(self, record: Record, by: str = "coach") -> list[Record]:
        """Removes `record` with what belongs to it; gives back all that was touched, as it was."""
        with self._writing_transaction(TABLES) as db:
            touched = _delete_cascade(db, _require_current(db, record))
            audit_log.append(db, touched, by=by)
        return touched

    def purge(self, record: Record) -> list[Record]:
        """Takes out, for good, a record that belongs to no client, with what hangs on it; nothing brings them back."""
        with self._writing_transaction(TABLES) as db:
            gone = _delete_cascade(db, _require_current(db, record))
            audit_log.erase_records(db, [(one.plural, one.id) for one in gone])
        with opening.translate_errors(self.place), contextlib.closing(self._engine.raw_connection()) as raw:
            raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what was deleted stands in the journal, too
        return gone

    def undo(
        self, new: Sequence[Record], before: Sequence[Record], by: str = "coach", draft: Draft | None = None
    ) -> None:
        """Undoes `keep` or `remove`: the `new` records go, those `before` are as they were.

        What was changed or noted in the meantime is not touched: then nothing is undone, and a sentence says so.
        `draft` is what is being typed from then on.
        """
        now, replaced = {one.id for one in new}, {one.id for one in before}
        with self._writing_transaction(TABLES) as db:
            for record in (*new, *(one for one in before if one.id not in now and _version_of(db, one))):
                _require_current(db, record)
            gone = [one for record in reversed(new) if record.id not in replaced for one in _delete_cascade(db, record)]
            if any(one.id not in now and not _version_of(db, one) for one in gone):
                raise KitError(
                    _("Something noted later belongs to this, so it stays. It can be removed among the entries.")
                )
            stood = [one for record in before for one in _select_records(db, type(record), id=record.id)]
            for record in reversed(before):
                row = row_of(record)
                db.execute(upsert(TABLES[record.plural]).values(row).on_conflict_do_update(["id"], set_=row))
            audit_log.append(db, [*gone, *stood], before, "taken back", by)
            _save_draft(db, draft)

    def restore(self, earlier: Record, by: str = "coach") -> tuple[Record, list[Record]]:
        """Keeps an earlier form of a record as its newest; gives it back, with what it took the place of."""
        with self._writing_transaction(TABLES) as db:
            stood = _select_records(db, type(earlier), id=earlier.id)
            new = restore_record(db, earlier, stood)
            _check_names(db, new, is_new=False)
            row = row_of(new)
            db.execute(upsert(TABLES[new.plural]).values(row).on_conflict_do_update(["id"], set_=row))
            audit_log.append(db, stood, [new], "brought back", by)
        return new, stood

    def history(self, record: Record) -> list[Change]:
        """Each change of a record, the first one first."""
        with self._reading_transaction() as db:
            return changes(db, record.plural, record.id)

    def latest_changes(self, client: str, most: int, did: Collection[str] = ()) -> list[Change]:
        """What was changed last of all that is noted of a client, the latest first; `did`: only such changes."""
        key = self.client(client).id
        with self._reading_transaction() as db:
            return latest_changes(db, key, most, did)

    def records(self, kind: type[Record], client: str | None = None, **equal: Any) -> list[Any]:
        """The records of a kind, of one client or of all, in the order in which they were noted."""
        with self._reading_transaction() as db:
            return _select_records(db, kind, client, **equal)

    def client(self, name: str) -> Client:
        """The client of this code name; raises NoSuchClient for one whom the book does not know."""
        found = self.records(Client, name)
        if not found:
            raise NoSuchClient(
                _("There is no client called {name} in this book. Please look at the spelling.").format(name=name)
            )
        return found[0]

    def rows(self, kinds: Sequence[type[Record]], client: str | None = None) -> dict[str, list[dict]]:
        """Plural -> plain rows, from one moment of the book and with one query a kind."""
        with self._reading_transaction() as db:
            return {kind.plural: _to_dicts(db.execute(_select(kind, client))) for kind in kinds}

    def change_tokens(self) -> dict[str, tuple]:
        """Plural -> a mark that is another one as soon as records of this kind were written, here or elsewhere."""
        with self._reading_transaction() as db:
            elsewhere = db.exec_driver_sql("PRAGMA data_version").scalar()  # moves when others write, not when we do
            here = id(db.connection.driver_connection)
        return {plural: (here, elsewhere, self._written[plural]) for plural in TABLES}

    def find_by_name(self, name: str) -> Client | None:
        """The client whose code name is heard as `name`, whatever its capitals and spaces; None when nobody's is."""
        return next(
            (one for one in self.records(Client) if code_names.normalized(one.name) == code_names.normalized(name)),
            None,
        )

    def find_lookalike(self, name: str) -> Client | None:
        """The client whose code name could be taken for `name`, by ear or by eye; None when nobody's could."""
        return next((one for one in self.records(Client) if code_names.is_confusable(one.name, name)), None)

    # one person as a whole ---------------------------------------------------------------------

    def identities(self, name: str) -> tuple[list[str], set[str]]:
        """The ids of who bears this code name, removed ones too, and every code name that they had."""
        with self._reading_transaction() as db:
            keys = person.ids_of(db, name)
            return keys, person.names_of(db, keys)

    def history_of(self, name: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """(changes with their earlier forms, what is typed and not saved) of a client, as plain rows."""
        key = self.client(name).id
        with self._reading_transaction() as db:
            return person.history(db, key), person.drafts(db, name)

    def erase(self, name: str, keys: Iterable[str]) -> None:
        """Takes clients (by id) out for good, with all that was ever noted of them; nothing brings them back."""
        with self._writing_transaction(TABLES) as db:
            for key in keys:
                if person.is_known(db, key):
                    touched = [
                        one for client in _select_records(db, Client, id=key) for one in _delete_cascade(db, client)
                    ]
                    person.erase(db, key, touched)
        with opening.translate_errors(self.place):
            person.scrub(self._engine, name)

    def import_records(self, records: Sequence[Record]) -> None:
        """Keeps records from elsewhere with the versions that they had there: all of them, or none."""
        with self._writing_transaction({record.plural for record in records}) as db:
            for record in records:
                if isinstance(record, Client):
                    _check_names(db, record)
                db.execute(sa.insert(TABLES[record.plural]).values(row_of(record)))
            audit_log.append(db, [], records)

    # what is being typed -----------------------------------------------------------------------

    def save_draft(self, client: str, panel: str, typed: dict[str, Any]) -> None:
        """Keeps what is being typed in a panel, until it is saved."""
        with self._writing_transaction() as db:
            _save_draft(db, (client, panel, typed))

    def draft(self, client: str, panel: str) -> dict[str, Any]:
        """What was being typed in a panel; empty when nothing was."""
        query = sa.select(DRAFTS.c.typed).where(DRAFTS.c.client == client, DRAFTS.c.panel == panel)
        with self._reading_transaction() as db:
            return db.execute(query).scalar() or {}

    def delete_draft(self, client: str, panel: str) -> None:
        with self._writing_transaction() as db:
            _save_draft(db, (client, panel, {}))

    # who sits at the table ---------------------------------------------------------------------

    def active_client(self) -> tuple[str, str, datetime] | None:
        """(client, running server, since when) of the session that is open, or None."""
        with self._reading_transaction() as db:
            row = db.execute(sa.select(SEAT.c.client, SEAT.c.server, SEAT.c.at)).first()
        return (row.client, row.server, row.at) if row else None

    def set_active_client(self, client: str | None, server: str = "") -> None:
        """Notes who sits at the table; None: nobody."""
        with self._writing_transaction() as db:
            db.execute(sa.delete(SEAT))
            if client is not None:
                db.execute(sa.insert(SEAT).values(client=client, server=server, at=datetime.now(UTC)))


_OPEN_STORES: weakref.WeakSet[Store] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    """A kernel that is shut down or restarted ends here: each book that it has open is closed, and noted as it is."""
    for store in list(_OPEN_STORES):
        if store._process == os.getpid():  # a forked process must not touch what its parent has open
            with contextlib.suppress(Exception):
                store.close()


def _save_draft(db: sa.Connection, draft: Draft | None) -> None:
    """What is being typed in a panel; nothing where all of it was saved."""
    if draft is None:
        return
    client, panel, typed = draft
    if not typed:
        db.execute(sa.delete(DRAFTS).where(DRAFTS.c.client == client, DRAFTS.c.panel == panel))
        return
    row = {"client": client, "panel": panel, "typed": typed, "at": datetime.now(UTC)}
    db.execute(upsert(DRAFTS).values(row).on_conflict_do_update(["client", "panel"], set_=row))


def _select(kind: type[Record], client: str | None) -> sa.Select:
    table = TABLES[kind.plural]
    query = sa.select(table).order_by(table.c.created_at, table.c.id)
    if client is None:
        return query
    if issubclass(kind, OfClient):
        return query.where(table.c.client == client)
    return query.where(table.c.name == client) if kind is Client else query


def _select_records(db: sa.Connection, kind: type[Record], client: str | None = None, **equal: Any) -> list[Any]:
    rows = _to_dicts(db.execute(_select(kind, client).filter_by(**equal)))
    return [kind.model_validate(row, context={"kept": True}) for row in rows]


def _to_dicts(found: sa.CursorResult) -> list[dict]:
    """Rows as plain dictionaries; SQLAlchemy's own mappings would look up each name of each row."""
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found.all()]  # one by one they take longer


def _save(db: sa.Connection, record: Record) -> list[Record]:
    _check_names(db, record)
    table = TABLES[record.plural]
    if record.version == 1:
        db.execute(sa.insert(table).values(row_of(record)))
        return []
    before = _require_current(db, record, record.version - 1)
    db.execute(sa.update(table).where(table.c.id == record.id).values(row_of(record)))
    return [before]


def _require_current(db: sa.Connection, record: Record, version: int | None = None) -> Record:
    """The record as the book holds it, provided that nobody has changed or removed it since."""
    found = _select_records(db, type(record), id=record.id, version=version or record.version)
    if not found:
        raise KitError(
            _("This was changed or removed elsewhere in the meantime. Please look at it anew, then change it.")
        )
    return found[0]


def _version_of(db: sa.Connection, record: Record) -> int | None:
    table = TABLES[record.plural]
    return db.execute(sa.select(table.c.version).where(table.c.id == record.id)).scalar()


def _check_names(db: sa.Connection, record: Record, is_new: bool = True) -> None:
    known = {row.id: row.name for row in db.execute(sa.select(TABLES["clients"].c.id, TABLES["clients"].c.name))}
    if isinstance(record, OfClient) and record.client not in known.values():
        raise NoSuchClient(
            _("There is no client called {name} in this book. Please choose one, or begin a new one.").format(
                name=record.client
            )
        )
    if isinstance(record, Client) and known.get(record.id) != record.name:  # a name that is there already stays
        amiss = code_names.find_conflict(record.name, (name for key, name in known.items() if key != record.id), is_new)
        if amiss:
            raise KitError(labelled(about(Client)["name"].label, amiss))


def _delete_cascade(db: sa.Connection, record: Record) -> list[Record]:
    """Takes a record out; gives back all that this touched, as it was, the record itself last."""
    table = TABLES[record.plural]
    keys = [key for other in TABLES.values() for key in other.foreign_keys if key.column.table is table]
    touched = [one for key in keys for one in _let_go(db, key, record)]
    db.execute(sa.delete(table).where(table.c.id == record.id))
    return [*touched, record]


def _let_go(db: sa.Connection, key: sa.ForeignKey, record: Record) -> list[Record]:
    """What hangs on a record by one key: it loses the link where it can do without, else it goes along."""
    table, name = key.parent.table, key.parent.name
    hanging = _select_records(db, BY_PLURAL[table.name], **{name: getattr(record, key.column.name)})
    if not key.parent.nullable:
        return [one for child in hanging for one in _delete_cascade(db, child)]
    db.execute(sa.update(table).where(table.c.id.in_([child.id for child in hanging])).values({name: None}))
    return hanging
