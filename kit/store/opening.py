"""Opening a book: its settings, its schema version, and plain words for what can be in the way."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.pool import QueuePool, StaticPool

from kit.store.tables import METADATA
from kit.words import Trouble, _

SCHEMA = "0001"
MIGRATIONS = Path(__file__).parent.parent / "migrations"
PATIENCE = 10_000  # milliseconds that a save waits for another one

SETTINGS = {
    "foreign_keys": 1,
    "secure_delete": 1,
    "synchronous": 2,
    "busy_timeout": PATIENCE,
    # Apple's fsync hands data to the drive without waiting for it to arrive; these two wait.
    **({"fullfsync": 1, "checkpoint_fullfsync": 1} if sys.platform == "darwin" else {}),
}


def open_book(place: Path | None) -> sa.Engine:
    """The engine of a sound, current book; a new file becomes an empty book. `None`: a book in memory."""
    with plain_words(place):
        if place is not None:
            _make_private(place)
        engine = _engine(place)
        try:
            _bring_up_to_date(engine, place)
            _read_back(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return engine


def _make_private(place: Path) -> None:
    """A new book is readable for its owner alone; SQLite gives the files beside it the same rights."""
    if place.is_dir():
        raise Trouble(_("{place} is a folder. Please name a file for the book.").format(place=place))
    with contextlib.suppress(FileExistsError):
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _engine(place: Path | None) -> sa.Engine:
    def connect() -> Any:
        connection = sqlcipher.connect(
            str(place or ":memory:"), isolation_level=None, check_same_thread=False, timeout=PATIENCE / 1000
        )
        for name, value in SETTINGS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        return connection

    # Named, because with a creator SQLAlchemy would pick a pool that opens the book once a thread.
    pool: Any = QueuePool if place else StaticPool
    engine = sa.create_engine("sqlite://", module=sqlcipher, creator=connect, poolclass=pool)

    @sa.event.listens_for(engine, "begin")
    def begin(db: sa.Connection) -> None:
        # A transaction that reads first and then writes is turned away when two save at once.
        db.exec_driver_sql("BEGIN" if db.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    return engine


def version_of(db: sa.Connection) -> str | None:
    """The schema version of the book; None for a new, empty one."""
    names = {name for (name,) in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names:
        return None
    if "alembic_version" not in names or "clients" not in names:
        raise Trouble(_("This file is a database, but not a book of the kit. Please choose another file."))
    return str(db.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())


def _bring_up_to_date(engine: sa.Engine, place: Path | None) -> None:
    with engine.execution_options(reading=True).connect() as db:
        found = version_of(db)
    if found == SCHEMA:
        return
    if found is not None and found > SCHEMA:
        raise Trouble(
            _("This book was written by a newer kit. Please update the kit, then open it again; nothing was changed.")
        )
    if place is not None:
        _set_wal(engine)
    if found is None:
        _begin_empty(engine)
    else:
        _upgrade(engine, place, found)


def _set_wal(engine: sa.Engine) -> None:
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def _begin_empty(engine: sa.Engine) -> None:
    with engine.begin() as db:
        if version_of(db) is None:  # another process may have been quicker
            METADATA.create_all(db)
            db.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            db.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{SCHEMA}')")


def _upgrade(engine: sa.Engine, place: Path | None, found: str) -> None:
    from alembic import command  # 0.4 s to import, and needed only here
    from alembic.config import Config

    if place is not None:
        copy_to(engine, place.with_name(f"{place.name}.before-{SCHEMA}"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as db:
        # Rebuilding a table must not take its children along, and SQLite hears this only outside a transaction.
        db.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")  # type: ignore[union-attr]
        with db.begin():
            config.attributes["connection"] = db
            command.upgrade(config, "head")
            if db.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise Trouble(_("This book could not be brought up to date; it is as it was."))
        db.connection.driver_connection.execute("PRAGMA foreign_keys = ON")  # type: ignore[union-attr]


def copy_to(engine: sa.Engine, place: Path) -> None:
    """A sound copy of an open book, made by SQLite itself (a file copy of an open book is not sound)."""
    _make_private(place)
    raw, copy = engine.raw_connection(), sqlcipher.connect(str(place))
    try:
        raw.driver_connection.backup(copy)  # type: ignore[union-attr]
    finally:
        copy.close()
        raw.close()


def settings(engine: sa.Engine) -> dict[str, Any]:
    """What SQLite says of its own settings."""
    raw = engine.raw_connection()
    try:
        names = [*SETTINGS, "journal_mode"]
        return {name: raw.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    finally:
        raw.close()


def _read_back(engine: sa.Engine, place: Path | None) -> None:
    wanted = {**SETTINGS, "journal_mode": "wal" if place else "memory"}
    off = [name for name, value in settings(engine).items() if value != wanted[name]]
    if off:
        raise Trouble(
            _("This book could not be opened safely ({names}). Please close other programs that use it.").format(
                names=", ".join(off)
            )
        )


_SAID = {
    "file is not a database": _("{place} is not a book of the kit, or it is locked with a key. Nothing was changed."),
    "database disk image is malformed": _("{place} is damaged. Please put a backup in its place. Nothing was changed."),
    "readonly": _("{place} cannot be written to. Please give yourself the right to change it, then try again."),
    "unable to open": _("{place} cannot be opened. Please look whether its folder is there and may be written to."),
    "full": _("The disk is full. Please make some room, then save again; what you typed is still here."),
    "disk i/o": _("The disk did not answer. Please look whether it is full or unplugged, then save again."),
    "locked": _("Another save is taking long. Please try again in a moment; what you typed is still here."),
    "foreign key": _("This belongs to something that is no longer in the book. Please look at it anew."),
    "unique": _("This is in the book already. Nothing was changed."),
    "no such": _("{place} lacks a part that this kit needs. Please update the kit, or put a backup in its place."),
}


@contextlib.contextmanager
def plain_words(place: Path | None) -> Iterator[None]:
    """What SQLite or the file system says, as one plain sentence."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlcipher.Error, OSError) as error:
        said = "unable to open" if isinstance(error, OSError) else str(getattr(error, "orig", error)).lower()
        sentence = next((told for sign, told in _SAID.items() if sign in said), None)
        if sentence is None:
            raise
        raise Trouble(sentence.format(place=place or _("The book"))) from error
