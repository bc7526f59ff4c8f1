"""Backups, for the coach alone: when the last one was made, where they lie, another one now, and one brought back."""

import asyncio
import contextlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from kit import places
from kit.vault import agent, backups, keys
from kit.widgets.blocks import Block, Item, button, buttons, fold, listed, said, text
from kit.widgets.coach import CoachsOwn
from kit.words import KitError, _

_OTHER_DISK = _(
    "When this disk is gone, what lies on it is gone too: now and then, copy the newest one to a stick or another "
    "disk, or press \u201cTake it to another computer\u201d in 0_start_here."
)
_PLAIN = _("They lie in {folder}; like this book they have no passphrase, and open for whoever may read them.")
_NONE = _("There is no backup yet. One is made when the practice is opened, at most one an hour.")
_KEEPS = _("The ten newest and one of each month stay; those that you made yourself stay until you remove them.")
_LOCKED_ELSEWHERE = _("This practice was opened in another way. In a terminal, kit backup makes one too.")


class Backups(CoachsOwn):
    """Shows nothing of what a book holds."""

    name = "backups"
    needs_client = False
    _chosen = ""
    _at_work = ""

    def blocks(self) -> list[Block]:
        place = self.state.place
        if place is None or place == places.sample():
            return [text(_("The sample needs no backups. They begin with a practice of your own."), "quiet")]
        there = backups.list_backups(place)
        last = next((one for one in there if one.by != backups.BESIDE), None)
        amiss = backups.last_error(place)
        return [
            text(_("The last backup was made on {when}.").format(when=backups.format_made(last)) if last else _NONE),
            *([text(_("A later one could not be made. {why}").format(why=amiss))] if amiss else []),
            text(_where(keys.is_encrypted(place)), "quiet"),
            *self._to_do(there),
        ]

    def _to_do(self, there: list[backups.Backup]) -> list[Block]:
        chosen = next((one for one in there if one.file.name == self._chosen), None)
        if self._at_work:
            return [said(), text(self._at_work, "quiet")]
        if chosen:
            return [*self._asked(chosen), said()]
        return [buttons(button("make", _("Make one now"), looks="main")), said(), *self._shelf(there)]

    def _shelf(self, there: list[backups.Backup]) -> list[Block]:
        if not there:
            return []
        items = [self._line(one) for one in there]
        return [fold(_("Bring one back"), [text(_KEEPS, "quiet"), listed(items)])]

    def _line(self, one: backups.Backup) -> Item:
        when = backups.format_made(one)
        more = backups.describe(one).removeprefix(f"{when} \u00b7 ")
        choose = button("choose", _("Bring back"), one.file.name)
        return {"id": one.file.name, "title": when, "meta": more, "lines": [], "buttons": [choose]}

    def _asked(self, one: backups.Backup) -> list[Block]:
        sentence = _(
            "The practice will be as it was on {when}. What stands now is kept under another name, and can be brought "
            "back in the same way. All pages of it close for a moment."
        )
        return [
            text(sentence.format(when=backups.format_made(one))),
            buttons(
                button("bring_back", _("Yes, bring this one back"), one.file.name, looks="main"),
                button("choose", _("Leave it as it is"), ""),
            ),
        ]

    @property
    def _file(self) -> Path:
        assert self.state.place  # a book in memory has no buttons here
        return self.state.place

    # what its buttons do ---------------------------------------------------------------------------

    def do_make(self) -> None:
        """Makes one, while the page goes on."""
        place, encrypted = self._file, self.state.store.encrypted
        key = agent.get_key(place) if encrypted else None
        if encrypted and key is None:
            raise KitError(_LOCKED_ELSEWHERE)

        def work() -> str:
            try:
                backups.make(place, key)
            except KitError as trouble:
                return str(trouble)
            return _("A backup is made, and was brought back once to try it.")

        self._beside(_("The backup is being made."), work)

    def do_choose(self, name: str) -> None:
        self._chosen = name
        self.tell()
        self.refresh()

    def do_bring_back(self, name: str) -> None:
        """Brings one back in a program of its own, for which every page of the practice closes the book."""
        place = self._file
        one = next((one for one in backups.list_backups(place) if one.file.name == name), None)
        self._chosen = ""
        if one is None:
            self.refresh()
            return
        self._beside(_("The backup is being brought back."), lambda: _brought_back(one.file, place))

    def _beside(self, at_work: str, work: Callable[[], str]) -> None:
        """Works while the page goes on, and says then how it went; where there is no page, at once."""
        self._at_work = at_work
        self.tell()
        self.refresh()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._done(work())
            return

        def aside() -> None:
            sentence = work()
            with contextlib.suppress(RuntimeError):  # the notebook was closed meanwhile
                loop.call_soon_threadsafe(self._done, sentence)

        Thread(target=aside, daemon=True).start()

    def _done(self, sentence: str) -> None:
        self._at_work = ""
        self.refresh()
        self.tell(said=sentence)


def _where(encrypted: bool) -> str:
    cloud = places.cloud_service_of(places.backups())
    sealed, plain = _("They lie in {folder}, encrypted like the practice itself."), _PLAIN
    sentence = (sealed if encrypted else plain).format(folder=places.backups())
    away = _("That folder is copied to {cloud}, so they lie elsewhere too.").format(cloud=cloud) if cloud else ""
    return f"{sentence} {away or _OTHER_DISK}"


def _brought_back(file: Path, place: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "kit", "restore", str(file), "--book", str(place), "--yes"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=places.ROOT,
        env={**os.environ, "KIT_HOME": str(places.home().absolute()), "PYTHONUTF8": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        check=False,
    )
    told = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode:
        return told or _("It did not come back. Please close the kit, then type: kit restore")
    return " ".join((_("The backup is back."), *told.splitlines())).strip()
