"""One open practice: what a script may call; the words of the notebooks come with it."""

import asyncio
import contextlib
import os
import sys
import warnings
import weakref
from collections.abc import Callable
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from kit import places
from kit.exchange import sample
from kit.fields import Audience
from kit.jupyter import hardening
from kit.notebook import NotebookWords
from kit.records import Record, changed
from kit.store import Store, checkpoint
from kit.vault import agent, agent_process, backups, keys, practice, system_keyring
from kit.words import Damaged, KitError, _

if TYPE_CHECKING:
    import pandas as pd

    from kit.store import Change
    from kit.vault.erasing import Erased
    from kit.widgets import Panel, SessionState

SAMPLE, MEMORY = "sample", ":memory:"


def open_book(place: str | os.PathLike | None = None, passphrase: str | None = None) -> "Book":
    """Opens a book: a file, "sample" (this person's copy of the sample practice) or ":memory:".

    `None` is what KIT_BOOK names, else the coach's own practice if there is one, else the sample. A new file with a
    passphrase (this one, or what KIT_PASSPHRASE holds) becomes a new encrypted practice. A book whose key nobody has
    handed on yet is locked: its words are frames that fill themselves once it is opened. Raises KitError with one
    plain sentence when the book cannot be opened; nothing is changed then.
    """
    hardening.harden_kernel()
    told = place or os.environ.get("KIT_BOOK")
    named = str(told or (places.practice() if _was_begun(places.practice()) else SAMPLE))
    if named in (SAMPLE, MEMORY):
        if passphrase is not None:
            raise KitError(_("Only a file can have a passphrase. Please name one, or leave the passphrase out."))
        return (
            Book(None, Store(None))
            if named == MEMORY
            else _or_door(places.sample(), sample.open_sample, for_now=not told)
        )
    where = Path(named).expanduser()
    words = passphrase if passphrase is not None else os.environ.get("KIT_PASSPHRASE")
    if words is not None and not (where.exists() and where.stat().st_size):
        return Book(where, practice.create(where, keys.generate(), words))
    if not backups.needs_key(where):
        if passphrase is not None:
            raise KitError(_("{place} has no passphrase. Please open it without one.").format(place=where))
        return _or_door(where, lambda: _backed_up(where))
    key = agent.find_key(where) if words is None else keys.read_key_file(where, words)
    return _or_door(where, lambda: _backed_up(where, key) if key else None, lent=words is None)


def _or_door(place: Path, opens: Callable[[], Store | None], for_now: bool = False, lent: bool = False) -> "Book":
    """The open book; on a page a damaged one waits as a locked one does, and its door says what can be done."""
    try:
        return Book(place, opens(), for_now, lent)
    except Damaged as damaged:
        if not _on_a_page():
            raise
        return Book(place, None, for_now, lent, str(damaged))


def _was_begun(place: Path) -> bool:
    """Whether there is a book, or was one: a practice that is gone must not look as if there had never been one."""
    return place.exists() or checkpoint.path_for(place).exists()


def _on_a_page() -> bool:
    with contextlib.suppress(RuntimeError):
        return asyncio.get_running_loop() is not None and "ipykernel" in sys.modules
    return False


def _backed_up(place: Path, key: bytes | None = None) -> Store:
    """An open book; its backup is made beside whatever goes on."""
    store = Store(place, key)
    backups.schedule(place, key)
    return store


class Book(NotebookWords):
    """An open or a locked book: records kept and read, and what a notebook shows of them."""

    def __init__(
        self,
        place: Path | None,
        store: Store | None,
        for_now: bool = False,
        lent: bool = False,
        damaged: str = "",
    ) -> None:
        self.place = place
        self._opened = store
        self._lent = lent  # by the key agent, for as long as it holds the key
        self._for_now = for_now  # the sample, until there is a practice of one's own
        self._damaged = damaged

    @property
    def locked(self) -> bool:
        """Whether the book waits for its passphrase."""
        return self._opened is None

    @property
    def _store(self) -> Store:
        if self._opened is None:
            raise KitError(self._damaged or _("This practice is locked. Please open it with its passphrase first."))
        return self._opened

    @cached_property
    def state(self) -> "SessionState":
        """Who is here today, and the panels that are filled for them; made when a first word is said."""
        from kit.widgets import SessionState

        self._listen()
        self._let_go()
        state = SessionState(self._opened, self.place)
        state.waits = backups.DAMAGED if self._damaged else ""
        state.has_curtain = self._lent
        return state

    @property
    def table(self) -> "SessionState":
        """The former name of `state`."""
        warnings.warn(_("book.table is called book.state now."), DeprecationWarning, stacklevel=2)
        return self.state

    def __repr__(self) -> str:
        return str(_("A locked book of the Reflection Kit") if self.locked else _("An open book of the Reflection Kit"))

    # locking -------------------------------------------------------------------------------------

    def unlock(self, passphrase: str) -> None:
        """Opens a locked book, and fills the panels that wait for it."""
        if self.locked:
            self._lent = False
            self._open(keys.read_key_file(self._file(), passphrase))

    def unlock_remembered(self) -> bool:
        """Opens a locked book with the key that this computer's keyring holds; whether it held one."""
        key = system_keyring.recall(self._file())
        if key:
            self._lent = False
            self._open(key)
        return key is not None

    def lock(self) -> None:
        """Locks a book that has a passphrase: whatever panels and pictures hold is put away, and nothing is lost."""
        if self._opened and self._opened.encrypted:
            self._put_down()

    def _put_down(self, waits: str = "") -> None:
        store, self._opened = self._opened, None
        try:
            if "state" in self.__dict__:
                self.state.set_store(None, self.place, waits)
        finally:
            if store:
                store.close()

    def _file(self) -> Path:
        if self.place is None:
            raise KitError(_("A book in memory has no passphrase."))
        return self.place

    def _open(self, key: bytes | None) -> None:
        here = self._file()
        try:
            self._opened = sample.open_sample() if here == places.sample() else _backed_up(here, key)
        except Damaged:
            self._put_down(backups.DAMAGED)
            raise
        self._damaged = ""
        if "state" in self.__dict__:
            self._let_go()
            self._show_or_hide()

    def _show_or_hide(self) -> None:
        self.state.has_curtain = self._lent
        drawn = self._is_behind_the_curtain()
        self.state.set_store(None if drawn else self._opened, self.place, agent_process.CURTAIN if drawn else "")

    def _is_behind_the_curtain(self) -> bool:
        """Whether this is the coach's own page, and the passphrase was not typed since a page for two was in use."""
        if self.locked or not (self._lent and self.state.for_coach):
            return False
        return not agent.is_curtain_open(self._file())

    def _look_at_the_curtain(self) -> None:
        if not self.locked and self._is_behind_the_curtain() != (self.state.waits == agent_process.CURTAIN):
            self._show_or_hide()

    def _let_go(self) -> None:
        """What was shared in workshops goes on its day, whichever notebook is opened then."""
        from kit.rooms.workshop import is_due
        from kit.vault import erasing

        if self._opened:
            erasing.purge_workshops(self._opened, lambda one: is_due(one, date.today()))

    def _listen(self) -> None:
        """In a notebook: follows the one unlock that all notebooks of the running server share."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # a script
            return
        still_here = weakref.WeakMethod(self._heard)  # a cell that runs again leaves its earlier book behind

        def pass_on(word: str) -> None:
            heard = still_here()
            if heard:
                loop.call_soon_threadsafe(heard, word)

        weakref.finalize(self, agent.subscribe(pass_on))
        with contextlib.suppress(agent.AgentTimeout):
            if self._lent and agent.get_key(self._file()) is None:  # locked in the meantime
                self.lock()

    def _heard(self, word: str) -> None:
        if word == "locked":
            self.lock()
        elif word == "opened" and (self.locked or self._for_now):
            where = places.practice() if self._for_now else self._file()
            key = agent.find_key(where)
            if key:
                self.close()
                self.place, self._for_now, self._lent = where, False, True
                self._open(key)
        elif word == agent_process.CURTAIN:
            self._look_at_the_curtain()
        elif word == "seat" and not self.locked:
            self.state.follow_seat()
        elif self.place and word == backups.event(backups.RELEASE, self.place) and not self.locked:
            self._put_down(backups.RELEASE)
        elif self.place and word == backups.event(backups.REOPEN, self.place) and self.locked:
            self._take_up(self.place)

    def _take_up(self, place: Path) -> None:
        """Opens what stands there now."""
        key = agent.find_key(place)
        if key or not backups.needs_key(place):
            self._open(key)
        else:
            self._put_down()

    # records -------------------------------------------------------------------------------------

    def add(self, record: Record) -> Any:
        """Keeps a new record; raises NoSuchClient for a client whom the book does not know."""
        self._store.save(record)
        return record

    def change(self, record: Record, **changes: Any) -> Any:
        """Keeps a changed form of a record and gives it back; a Client's new name follows everywhere."""
        new = changed(record, **changes, version=record.version + 1)
        self._store.save(new)
        return new

    def remove(self, record: Record) -> list[Record]:
        """Removes a record with what belongs to it; gives back all that was touched, as it was."""
        return self._store.remove(record)

    def restore(self, earlier: Record) -> Any:
        """Keeps an earlier form, as `history` told it, as the newest one; nothing of the history is rewritten."""
        return self._store.restore(earlier)[0]

    def records(self, kind: type[Record], client: str | None = None) -> list[Any]:
        """The records of a kind, of one client or of all, in the order in which they were noted."""
        return self._store.records(kind, client)

    def frames(self, client: str, audience: Audience = "just_me") -> "dict[str, pd.DataFrame]":
        """Plural of a kind -> tidy frame with what `audience` may see of this client."""
        from kit import frames

        self._store.client(client)
        return frames.frames(self._store, client, audience)

    def report(
        self,
        client: str,
        audience: Audience = "client",
        supporter: str | None = None,
        since: date | None = None,
        until: date | None = None,
        to: str | os.PathLike | None = None,
    ) -> Path:
        """Writes a client's story as one page that opens offline, for one reader; gives its path."""
        from kit import reports

        return reports.write_report(self._store, client, audience, supporter, since, until, Path(to) if to else None)

    def export(self, client: str, to: str | os.PathLike, private: bool = True) -> Path:
        """Writes all that is held of a client into a new folder: tables, one file with everything, what they mean.

        Without `private`, what is for the coach's eyes alone is left out. Files that are there already stay.
        """
        from kit.exchange import takeout

        return takeout.export(self._store, client, Path(to).expanduser(), private)

    def erase(self, client: str, passphrase: str | None = None) -> "Erased":
        """Erases a client for good, in the kit's own backups too; says what cannot be reached.

        The backups open with what has opened the book for all notebooks, or with the passphrase.
        """
        from kit.vault import erasing

        return erasing.erase(self._store, client, erasing.backup_key(self.place, passphrase))

    @property
    def remark(self) -> str:
        """What is to be said of this book since it was opened: that its completeness cannot be told; else empty."""
        return self._store.remark

    def settings(self) -> dict[str, Any]:
        """What the open book says of its own safety settings."""
        return self._store.settings()

    def close(self) -> None:
        if self._opened:
            self._opened.close()

    def _say(self, word: str, *given: str) -> "Panel":
        from kit import widgets

        return widgets.opened(word, self.state, *given)

    @overload
    def history(self) -> "Panel": ...

    @overload
    def history(self, record: Record) -> "list[Change]": ...

    def history(self, record: Record | None = None) -> "Panel | list[Change]":
        """A word of the notebooks; of one record: each change, the first one first.

        Each has the record as it was `before` and as it was from then on.
        """
        return super().history() if record is None else self._store.history(record)

    def just_me(self) -> "Panel":
        """Turns this page to the coach's own view; after a page for two it asks for the passphrase first."""
        self.state.for_coach = True
        self._look_at_the_curtain()  # before anything is drawn
        return super().just_me()
