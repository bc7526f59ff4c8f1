"""Opening a book: its settings, its schema version, and plain words for what can be in the way."""

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.pool import QueuePool, StaticPool

from kit import files
from kit.store import audit_log
from kit.store.tables import METADATA
from kit.words import FULL, Damaged, KitError, _, is_full

SCHEMA = "0002"
MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_TIMEOUT = 10_000  # milliseconds that a save waits for another one
MIN_PAGE_SIZE = 512  # bytes; whatever its page size, a database is a multiple of this

SETTINGS = {
    "foreign_keys": 1,
    "secure_delete": 1,
    "synchronous": 2,
    "busy_timeout": BUSY_TIMEOUT,
    # Apple's fsync hands data to the drive without waiting for it to arrive; these two wait.
    **({"fullfsync": 1, "checkpoint_fullfsync": 1} if sys.platform == "darwin" else {}),
}


def open_engine(place: Path | None, key: bytes | None = None, as_closed: bool = False) -> sa.Engine:
    """The engine of a sound, current book; a new file becomes an empty book, encrypted when there is a key.

    `place` None is a book in memory; `as_closed` is a file that is known to be, to the byte, as the kit closed it.
    """
    with translate_errors(place, _WITH_KEY if key else {}):
        is_new = place is not None and _make_private(place)
        engine = _create_engine(place, key)
        try:
            if not as_closed:
                _quick_check(engine, place)
            _migrate_if_needed(engine, place, key)
            _verify_settings(engine, place)
        except BaseException:
            engine.dispose()
            if place is not None and is_new:
                _remove_unfinished(place, key)
            raise
        return engine


def _make_private(place: Path) -> bool:
    """A new book is readable for its owner alone; SQLite gives the files beside it the same rights.

    Whether it is new.
    """
    if place.is_dir():
        raise KitError(_("{place} is a folder. Please name a file for the book.").format(place=place))
    try:
        os.close(os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def _remove_unfinished(place: Path, key: bytes | None) -> None:
    """What is left of a book that could not be begun, unless another program was quicker with it."""
    with contextlib.suppress(OSError, sqlcipher.Error):
        with contextlib.closing(_connect(place, key)) as book:
            begun = book.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        for end in ("-wal", "-shm", "") if not begun else ():
            place.with_name(f"{place.name}{end}").unlink(missing_ok=True)


def _connect(place: Path | None, key: bytes | None) -> Any:
    connection = sqlcipher.connect(
        str(place or ":memory:"), isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT / 1000
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # it would speak to the terminal about a key that does not fit
    if key:  # the raw key in hexadecimal digits, so that nothing of a passphrase ever reaches SQL
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    return connection


def _create_engine(place: Path | None, key: bytes | None) -> sa.Engine:
    def connect() -> Any:
        connection = _connect(place, key)
        for name, value in SETTINGS.items():
            connection.execute(f"PRAGMA {name} = {value}")
        return connection

    # Named, because with a creator SQLAlchemy would pick a pool that opens the book once a thread.
    pool: Any = QueuePool if place else StaticPool
    engine = sa.create_engine(
        "sqlite://", module=sqlcipher, creator=connect, poolclass=pool, json_deserializer=_parse_json
    )

    @sa.event.listens_for(engine, "begin")
    def begin(db: sa.Connection) -> None:
        # A transaction that reads first and then writes is turned away when two save at once.
        db.exec_driver_sql("BEGIN" if db.get_execution_options().get("reading") else "BEGIN IMMEDIATE")

    return engine


def _parse_json(told: str) -> Any:
    """What was kept as JSON; most of it is an empty list, for which there is nothing to parse."""
    return [] if told == "[]" else json.loads(told)


def _quick_check(engine: sa.Engine, place: Path | None) -> None:
    """A book that was cut short or scrambled is not opened: SQLite alone would read what is left of it."""
    with engine.execution_options(reading=True).connect() as db:
        whole = place is None or place.stat().st_size % MIN_PAGE_SIZE == 0
        if not whole or db.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
            raise error_for(place)


def _version_of(db: sa.Connection, place: Path | None) -> str | None:
    """The schema version of the book; None for a new, empty one."""
    names = {name for (name,) in db.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not names:
        return None
    found = {"alembic_version", "clients"} <= names and db.exec_driver_sql(
        "SELECT version_num FROM alembic_version"
    ).scalar()
    if not found:
        raise KitError(
            _("{place} is a database, but not a book of the kit. Please choose another file.").format(place=place)
        )
    return str(found)


def _migrate_if_needed(engine: sa.Engine, place: Path | None, key: bytes | None) -> None:
    with engine.execution_options(reading=True).connect() as db:
        found = _version_of(db, place)
    if found is not None and found > SCHEMA:
        raise KitError(
            _(
                "{place} was written by a newer kit. Please update the kit, then open it again; nothing was changed."
            ).format(place=place)
        )
    if place is not None:
        _set_wal(engine)
    if found is None:
        _create_schema(engine)
    elif found != SCHEMA:
        _upgrade(engine, place, key)


def _set_wal(engine: sa.Engine) -> None:
    with contextlib.closing(engine.raw_connection()) as raw:
        _retry_while_locked(lambda: raw.cursor().execute("PRAGMA journal_mode = WAL"))


def _retry_while_locked(do: Callable[[], Any]) -> None:
    """Does what SQLite refuses at once, whatever its timeout, while another program begins the same book."""
    until = time.monotonic() + BUSY_TIMEOUT / 1000
    while True:
        try:
            do()
            return
        except sqlcipher.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _create_schema(engine: sa.Engine) -> None:
    with engine.begin() as db:
        if _version_of(db, None) is None:  # another process may have been quicker
            METADATA.create_all(db)
            db.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
            db.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{SCHEMA}')")


def _upgrade(engine: sa.Engine, place: Path | None, key: bytes | None) -> None:
    """Brings an older book up to date in one transaction, once a copy lies beside it."""
    try:
        with _without_foreign_keys(engine) as db, db.begin():
            if _version_of(db, place) == SCHEMA:  # another process was quicker
                return
            if place is not None:
                _backup_atomically(engine, place.with_name(f"{place.name}.before-{SCHEMA}"), key)
            _verify_history(db, place)
            _migrate(db)
            audit_log.accept_current_state(db, audit_log.BASELINE)
            if db.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise ValueError("a record would belong to nothing")
    except (sa.exc.DBAPIError, sqlcipher.Error, OSError, KitError):
        raise  # a full disk has a sentence of its own
    except Exception as error:
        raise KitError(
            _(
                "{place} could not be brought up to date; it is as it was. Please open it with the kit that you had."
            ).format(place=place)
        ) from error


def _verify_history(db: sa.Connection, place: Path | None) -> None:
    """What is missing in an older book must be told before its history leads on from what is there."""
    from kit.store import integrity  # which needs this module

    driver: Any = db.connection.driver_connection
    if driver.execute("SELECT 1 FROM sqlite_master WHERE name = 'history'").fetchone():
        integrity.verify_rows(driver, place)


@contextlib.contextmanager
def _without_foreign_keys(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which rebuilding a table does not take its children along."""
    with engine.connect() as db:
        driver: Any = db.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")  # SQLite hears this only outside a transaction
        try:
            yield db
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _migrate(db: sa.Connection) -> None:
    from alembic import command  # 0.4 s to import, and needed only here
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = db
    command.upgrade(config, "head")


def _backup_atomically(engine: sa.Engine, place: Path, key: bytes | None) -> None:
    """A copy that bears its name only once it is whole and lies on the disk."""
    making = place.with_name(f"{place.name}.making")
    for path in (making, making.with_name(f"{making.name}-journal")):  # what an earlier try left
        path.unlink(missing_ok=True)
    backup_to(engine, making, key)
    making.replace(place)
    files.sync_folder(place.parent)


def backup_to(engine: sa.Engine, place: Path, key: bytes | None) -> None:
    """A sound copy of an open book, made by SQLite itself (a file copy of an open book is not sound)."""
    _make_private(place)
    # A connection of its own: SQLite copies nothing from one that is about to write.
    with contextlib.closing(engine.raw_connection()) as raw, contextlib.closing(_connect(place, key)) as twin:
        driver: Any = raw.driver_connection
        driver.backup(twin, progress=_backup_timeout())


def _backup_timeout() -> Callable[[int, int, int], None]:
    """SQLite's copying would wait for a lock as long as the lock is there; nobody waits longer than for a save."""
    until = time.monotonic() + BUSY_TIMEOUT / 1000

    def progress(state: int, _left: int, _pages: int) -> None:
        if state in (sqlcipher.SQLITE_BUSY, sqlcipher.SQLITE_LOCKED) and time.monotonic() > until:
            raise sqlcipher.OperationalError("database is locked")

    return progress


def settings(engine: sa.Engine) -> dict[str, Any]:
    """What SQLite says of its own settings."""
    raw = engine.raw_connection()
    try:
        names = [*SETTINGS, "journal_mode"]
        return {name: raw.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in names}
    finally:
        raw.close()


def _verify_settings(engine: sa.Engine, place: Path | None) -> None:
    wanted = {**SETTINGS, "journal_mode": "wal" if place else "memory"}
    off = [name for name, value in settings(engine).items() if value != wanted[name]]
    if off:
        raise KitError(
            _("This book could not be opened safely ({names}). Please close other programs that use it.").format(
                names=", ".join(off)
            )
        )


DAMAGED = _("{place} is damaged.")
INCOMPLETE = _("{place} lacks a part that this kit needs.")
_NO_BOOK = _("{place} is not a book of the kit, or it is locked with a key.")
_OTHER_KEY = _(
    "{place} does not open with this key: the key file beside it belongs to another book, or the book is damaged."
)
_NEXT_STEP = {
    DAMAGED: _("Please put a backup in its place. `kit restore` shows which there are. Nothing was changed."),
    INCOMPLETE: _("Please update the kit, or put a backup in its place."),
    _NO_BOOK: _("Nothing was changed."),
    _OTHER_KEY: _("Please put the right one back from a backup. Nothing was changed."),
}
_MESSAGES = {
    "file is not a database": _NO_BOOK,
    "malformed": DAMAGED,
    "hold blob": DAMAGED,
    "readonly": _("{place} cannot be written to. Please give yourself the right to change it, then try again."),
    "unable to open": _("{place} cannot be opened. Please look whether its folder is there and may be written to."),
    "full": FULL,
    "disk i/o": _("The disk of {place} did not answer. Please look whether it is full or unplugged, then try again."),
    "locked": _("{place} is busy with another save. Nothing is lost. Please try again in a moment."),
    "locking protocol": _("{place} is held by another program. Please close that one, then try again."),
    "foreign key": _("This belongs to something that is no longer in the book. Please look at it anew."),
    "unique": _("This is in the book already. Nothing was changed."),
    "no such": INCOMPLETE,
    "half": _("A name holds half of a sign. Please type it anew."),
}


_WITH_KEY = {"file is not a database": _OTHER_KEY}


def error_for(place: Path | None, sentence: str = DAMAGED) -> KitError:
    """What is in the way of a book; of one that is damaged, what is gone stands apart from what can be done."""
    words = sentence.format(place=place or _("The book"))
    return Damaged(words, _NEXT_STEP[sentence]) if sentence in _NEXT_STEP else KitError(words)


@contextlib.contextmanager
def translate_errors(place: Path | None, first: dict[str, str] | None = None) -> Iterator[None]:
    """What SQLite or the file system says, as one plain sentence; `first` has sentences for a special case."""
    try:
        yield
    except (sa.exc.DBAPIError, sqlcipher.Error, OSError, ValueError) as error:
        sign = _error_code(error, place)
        sentence = next((told for one, told in {**_MESSAGES, **(first or {})}.items() if one in sign), None)
        if sentence is None:
            raise
        raise error_for(place, sentence) from error


def _error_code(error: Exception, place: Path | None) -> str:
    """What is amiss, in the words that `_SAID` knows."""
    if isinstance(error, OSError):
        return "full" if is_full(error) else "unable to open"
    if isinstance(error, UnicodeEncodeError):
        return "half"
    # What stands in a row is no longer what was kept: a day that is none, half of a list, a rating of 300.
    unreadable = isinstance(error, ValueError) or "could not decode" in str(error).lower()
    sign = "malformed" if unreadable else str(getattr(error, "orig", error)).lower()
    return "full" if place and "disk i/o" in sign and _has_no_room(place.parent) else sign


def _has_no_room(folder: Path) -> bool:
    """Whether the disk takes nothing more: of what lies beside a book SQLite does not tell why it was not written."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as tried:
            tried.write(bytes(MIN_PAGE_SIZE))
    except OSError as error:
        return is_full(error)
    return False
