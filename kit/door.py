"""The door to the practice, as a page asks for it: begin, open, recover, lock; each answer is plain words."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from kit import keys, moving, places, practice
from kit.keys import broker, recovery, remembered
from kit.words import Trouble, _

_ANOTHER_VERSION = _("This page belongs to another version of the kit. Please open it anew.")

# A practice whose sheet is not confirmed yet: its key, what to ask from the sheet, the passphrase, and a wish.
_begun: tuple[bytes, list[tuple[int, int]], str, bool] | None = None


def place() -> Path:
    """The book that this server's notebooks open: what KIT_BOOK names, else the coach's own practice."""
    named = os.environ.get("KIT_BOOK", "")
    return Path(named) if named not in ("", "sample", ":memory:") else places.practice()


def state() -> dict[str, bool]:
    """Whether there is an encrypted practice here, whether it is open, and whether this computer can remember it."""
    here = place()
    return {
        "keyed": keys.locked(here),
        "open": broker.ask(here) is not None,
        "can_remember": remembered.available(),
    }


def answered(asked: dict[str, Any]) -> dict[str, Any]:
    """Does what a page asks for; "said" is the sentence that is in the way, where there is one."""
    try:
        return _DOES[str(asked.get("do"))](asked) or {}
    except KeyError:
        return {"said": _ANOTHER_VERSION}
    except Trouble as trouble:
        return {"said": str(trouble)}


@contextlib.contextmanager
def sealed() -> Iterator[Path]:
    """The open practice as one sealed file, to be sent on; nothing of it stays here."""
    key = broker.ask(place())
    if key is None:
        raise Trouble(_("This practice is locked. Please open it with its passphrase first."))
    with tempfile.TemporaryDirectory(prefix=".moving-", dir=places.home(), ignore_cleanup_errors=True) as folder:
        yield moving.pack(place(), key, Path(folder))


def brought(asked: dict[str, Any], file: IO[bytes]) -> dict[str, Any]:
    """Takes in a practice from another computer, by its passphrase, or by its sheet with a new passphrase."""
    try:
        secret = recovery.from_sheet(asked["sheet"]) if "sheet" in asked else str(asked["passphrase"])
        new = _twice(asked) if "sheet" in asked else ""
        key = moving.unpack(file, place(), secret)
        if new:
            keys.write(place(), key, new)
        _open(key, bool(asked.get("remember")))
        return {"place": str(place())}
    except KeyError:
        return {"said": _ANOTHER_VERSION}
    except Trouble as trouble:
        return {"said": str(trouble)}


def open_at_start() -> None:
    """Opens the practice where KIT_PASSPHRASE or the computer's own keyring can; else it waits for its passphrase."""
    words = os.environ.pop("KIT_PASSPHRASE", None)  # the notebooks get the key from the broker, and nothing else
    here = place()
    if not (keys.locked(here) and here.exists()):
        return
    key = remembered.recall(here) if words is None else practice.opened(here, words)
    if key:
        practice.hand_on(here, key)


def _twice(asked: dict[str, Any]) -> str:
    if asked["passphrase"] != asked["again"]:
        raise Trouble(_("The two passphrases are not the same. Please type the second one once more."))
    if not asked["passphrase"]:
        raise Trouble(_("A passphrase needs at least one sign. Please type one."))
    return str(asked["passphrase"])


def _begin(asked: dict[str, Any]) -> dict[str, Any]:
    global _begun
    keys.refuse_taken(place())
    passphrase, key = _twice(asked), keys.new()
    rows = recovery.sheet(key)
    _begun = (key, recovery.ask(rows), passphrase, bool(asked.get("remember")))
    return {"rows": rows, "places": _begun[1]}


def _confirm(asked: dict[str, Any]) -> dict[str, Any]:
    global _begun
    if _begun is None:
        raise Trouble(_("The sheet is no longer open. Please begin once more."))
    key, asked_for, passphrase, remember = _begun
    if not recovery.confirmed(recovery.sheet(key), asked_for, asked["parts"]):
        raise Trouble(_("That is not what stands on the sheet. Please look at these groups once more."))
    practice.begin(place(), key, passphrase).close()
    _begun = None
    _open(key, remember)
    return {"place": str(place())}


def _open(key: bytes, remember: bool) -> None:
    if remember:
        remembered.remember(place(), key)
    practice.hand_on(place(), key)


def _with_passphrase(asked: dict[str, Any]) -> None:
    _open(practice.opened(place(), asked["passphrase"]), bool(asked.get("remember")))


def _with_sheet(asked: dict[str, Any]) -> None:
    _open(practice.recovered(place(), asked["sheet"], _twice(asked)), False)


def _change(asked: dict[str, Any]) -> dict[str, Any]:
    practice.change_passphrase(place(), asked["old"], _twice(asked))
    return {"said": _("From now on the new passphrase opens it. The recovery sheet stays as it is.")}


def _sheet(asked: dict[str, Any]) -> dict[str, Any]:
    return {"rows": recovery.sheet(practice.opened(place(), asked["passphrase"]))}


def _lock(_asked: dict[str, Any]) -> None:
    if not broker.lock() and broker.ask(place()) is not None:
        raise Trouble(_("This did not lock just now. Please try once more."))


def _look(_asked: dict[str, Any]) -> dict[str, Any]:
    return {**state(), "remembered": remembered.recall(place()) is not None}


def _forget(_asked: dict[str, Any]) -> dict[str, Any]:
    if not remembered.forget(place()):
        raise Trouble(_("This computer's keyring did not answer. Please look into it yourself."))
    return {"told": _("Forgotten. From the next start on, the practice asks for its passphrase here.")}


def _touch(_asked: dict[str, Any]) -> None:
    broker.touch()


_DOES: dict[str, Any] = {
    "begin": _begin,
    "confirm": _confirm,
    "open": _with_passphrase,
    "recover": _with_sheet,
    "change": _change,
    "sheet": _sheet,
    "lock": _lock,
    "look": _look,
    "forget": _forget,
    "touch": _touch,
}
