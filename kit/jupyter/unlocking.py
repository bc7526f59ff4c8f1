"""The door to the practice, as a page asks for it: begin, open, recover, mend, lock; each answer is plain words."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from kit import places
from kit.store import Store, checkpoint
from kit.vault import agent, backups, keys, practice, recovery_sheet, system_keyring, transfer
from kit.words import Damaged, KitError, _, one_or_many

_LOCKED = _("This practice is locked. Please open it with its passphrase first.")
_KEPT_ASIDE = _("What's there now will be kept beside it under another name, and you'll see that name.")
_NO_BACKUP = _(
    "Nothing was changed. There is no backup of it on this computer yet: if there is one on a stick or another disk, "
    "please put it into {folder}, then open this page anew."
)
_SAMPLE = _("This is the sample: nothing of a real person is in it, and what you noted in a practice is untouched.")
_FRESH_SAMPLE_OPTION = {
    "do": "anew",
    "label": _("Begin with a new sample"),
    "more": _("As it was on the first day."),
    "asks": _("The sample is made anew. {aside}").format(aside=_KEPT_ASIDE),
    "yes": _("Yes, begin with a new one"),
}
WRONG_VERSION = _("This page belongs to another version of the kit. Please open it anew.")

# A practice whose sheet is not confirmed yet: its key, what to ask from the sheet, the passphrase, and a wish.
_pending_practice: tuple[bytes, list[tuple[int, int]], str, bool] | None = None


def book_path() -> Path:
    """The book that this server's notebooks open: what KIT_BOOK names, else the coach's own practice."""
    named = os.environ.get("KIT_BOOK", "")
    return Path(named) if named not in ("", "sample", ":memory:") else places.practice()


def lock_state() -> dict[str, bool]:
    """Whether there is an encrypted practice here, whether it is open, and whether this computer can remember it."""
    here = book_path()
    return {
        "keyed": keys.is_encrypted(here),
        "open": agent.find_key(here) is not None,
        "can_remember": system_keyring.is_available(),
    }


def handle_request(asked: Any) -> dict[str, Any]:
    """Does what a page asks for; "said" is the sentence that is in the way, where there is one."""
    if not _is_valid_request(asked):
        return {"said": WRONG_VERSION}
    try:
        return _ACTIONS[str(asked.get("do"))](asked) or {}
    except KeyError:
        return {"said": WRONG_VERSION}
    except Damaged as damaged:
        if asked["do"] not in _UNLOCKS:
            return _failure(damaged)
        return {"said": damaged.lost, "harm": _repair_options(asked, damaged)}
    except KitError as trouble:
        return _failure(trouble)


def _is_valid_request(asked: Any) -> bool:
    """Whether this is what a page sends: names with texts, where it is not a yes or no or several texts."""
    return isinstance(asked, dict) and all(_VALIDATORS.get(name, _is_text)(value) for name, value in asked.items())


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_place(value: Any) -> bool:
    try:
        return _is_text(value) and os.fsencode(value) is not None
    except UnicodeEncodeError:
        return False


_VALIDATORS: dict[str, Callable[[Any], bool]] = {
    "remember": lambda value: isinstance(value, bool),
    "parts": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "of": _is_place,
}


def _failure(trouble: KitError) -> dict[str, Any]:
    return {"said": str(trouble)}


@contextlib.contextmanager
def export_sealed() -> Iterator[Path]:
    """The open practice as one sealed file, to be sent on; nothing of it stays here."""
    key = agent.get_key(book_path())
    if key is None:
        raise KitError(_LOCKED)
    with tempfile.TemporaryDirectory(prefix=".moving-", dir=places.home(), ignore_cleanup_errors=True) as folder:
        yield transfer.pack(book_path(), key, Path(folder))


def import_sealed(asked: Any, file: IO[bytes]) -> dict[str, Any]:
    """Takes in a practice from another computer, by its passphrase, or by its sheet with a new passphrase."""
    if not _is_valid_request(asked):
        return {"said": WRONG_VERSION}
    try:
        secret = recovery_sheet.decode(asked["sheet"]) if "sheet" in asked else str(asked["passphrase"])
        new = _new_passphrase(asked) if "sheet" in asked else ""
        key = transfer.unpack(file, book_path(), secret)
        if new:
            keys.write_key_file(book_path(), key, new)
        _open(key, bool(asked.get("remember")))
        return {"place": str(book_path())}
    except KeyError:
        return {"said": WRONG_VERSION}
    except KitError as trouble:
        return _failure(trouble)


def unlock_at_start() -> None:
    """Opens the practice where KIT_PASSPHRASE or the computer's own keyring can; else it waits at its door."""
    words = os.environ.pop("KIT_PASSPHRASE", None)  # the notebooks get the key from the key agent, and nothing else
    here = book_path()
    if not (keys.is_encrypted(here) and here.exists()):
        return
    with contextlib.suppress(Damaged):  # the door says what is gone, and what can be done
        key = system_keyring.recall(here) if words is None else practice.unlock(here, words)
        if key:
            practice.share_key(here, key)


def _new_passphrase(asked: dict[str, Any]) -> str:
    if asked["passphrase"] != asked["again"]:
        raise KitError(_("The two passphrases are not the same. Please type the second one once more."))
    keys.refuse_short_passphrase(asked["passphrase"])
    return str(asked["passphrase"])


def _begin(asked: dict[str, Any]) -> dict[str, Any]:
    global _pending_practice
    keys.refuse_existing(book_path())
    passphrase, key = _new_passphrase(asked), keys.generate()
    rows = recovery_sheet.encode(key)
    _pending_practice = (key, recovery_sheet.pick_challenge(rows), passphrase, bool(asked.get("remember")))
    return {"rows": rows, "places": _pending_practice[1]}


def _confirm(asked: dict[str, Any]) -> dict[str, Any]:
    global _pending_practice
    if _pending_practice is None:
        raise KitError(_("The sheet is no longer open. Please begin once more."))
    key, asked_for, passphrase, remember = _pending_practice
    if not recovery_sheet.is_challenge_met(recovery_sheet.encode(key), asked_for, asked["parts"]):
        raise KitError(_("That is not what stands on the sheet. Please look at these groups once more."))
    practice.create(book_path(), key, passphrase).close()
    _pending_practice = None
    _open(key, remember)
    return {"place": str(book_path())}


def _open(key: bytes, remember: bool) -> None:
    """Opens for whoever has just typed the passphrase, or the sheet: the coach, whose own page opens too."""
    if remember:
        system_keyring.remember(book_path(), key)
    practice.share_key(book_path(), key, is_curtain_open=True)


def _open_with_passphrase(asked: dict[str, Any]) -> None:
    _open(practice.unlock(book_path(), asked["passphrase"]), bool(asked.get("remember")))


def _open_with_sheet(asked: dict[str, Any]) -> None:
    _open(practice.recover(book_path(), asked["sheet"], _new_passphrase(asked)), False)


def _change_passphrase(asked: dict[str, Any]) -> dict[str, Any]:
    practice.change_passphrase(book_path(), asked["old"], _new_passphrase(asked))
    return {"said": _("From now on the new passphrase opens it. The recovery sheet stays as it is.")}


def _show_sheet(asked: dict[str, Any]) -> dict[str, Any]:
    return {"rows": recovery_sheet.encode(practice.unlock(book_path(), asked["passphrase"]))}


def _lock(_asked: dict[str, Any]) -> None:
    if not agent.lock() and agent.get_key(book_path()) is not None:
        raise KitError(_("This did not lock just now. Please try once more."))


def _report_state(_asked: dict[str, Any]) -> dict[str, Any]:
    return {**lock_state(), "remembered": system_keyring.recall(book_path()) is not None}


def _forget(_asked: dict[str, Any]) -> dict[str, Any]:
    if not system_keyring.forget(book_path()):
        raise KitError(_("This computer's keyring did not answer. Please look into it yourself."))
    return {"told": _("Forgotten. From the next start on, the practice asks for its passphrase here.")}


def _report_activity(_asked: dict[str, Any]) -> None:
    agent.report_activity()


# a damaged book ----------------------------------------------------------------------------------------


def _requested_book(asked: dict[str, Any]) -> Path:
    return Path(asked["of"]) if asked.get("of") else book_path()


def _requested_key(asked: dict[str, Any]) -> bytes | None:
    """What opens the book that is asked for: what was typed, else what is at hand; None where it needs none."""
    here = _requested_book(asked)
    if not backups.needs_key(here):
        return None
    if "sheet" in asked:
        return recovery_sheet.decode(asked["sheet"])
    if "passphrase" in asked:
        return keys.read_key_file(here, asked["passphrase"])
    key = agent.get_key(here) or system_keyring.recall(here)
    if key is None:
        raise KitError(_LOCKED)
    return key


def _recheck(asked: dict[str, Any]) -> None:
    """Opens, for all notebooks, a book that was damaged when one of them opened it."""
    here, key = _requested_book(asked), _requested_key(asked)
    if backups.book_exists(here) or checkpoint.path_for(here).exists():
        Store(here, key).close()
    if key:
        practice.share_key(here, key)
    agent.publish(backups.event(backups.REOPEN, here))


def _repair_options(asked: dict[str, Any], damaged: Damaged) -> dict[str, Any]:
    here, key = _requested_book(asked), _requested_key(asked)
    there, readable = backups.find_restorable(here, key), backups.count_readable(here, key)
    ways = [_restore_option(one, lacking) for one, lacking in there]
    ways += [_continue_option(readable)] if readable else []
    ways += [_FRESH_SAMPLE_OPTION] if here == places.sample() else []
    return {"safe": _what_is_safe(here, there, readable), "lost": damaged.lost, "keyed": key is not None, "ways": ways}


def _what_is_safe(place: Path, there: list[tuple[backups.Backup, backups.Restored]], readable: int | None) -> str:
    """What is safe comes first."""
    if place == places.sample():
        return _SAMPLE
    if there:
        sentence = _("What was noted until {when} is safe: the backup of that moment was opened just now, to be sure.")
        return sentence.format(when=backups.format_made(there[0][0]))
    if readable:
        can = one_or_many("{n} entry is there and can be read.", "{n} entries are there and can be read.", readable)
        return can.format(n=readable)
    return _NO_BACKUP.format(folder=places.backups())


def _restore_option(one: backups.Backup, lacking: backups.Restored) -> dict[str, str]:
    when = backups.format_made(one)
    asks = _("It will be as it was on {when}. {lacking} {aside}")
    lacks = " ".join(lacking.describe()) or _("As far as can be told, everything is in it.")
    return {
        "do": "bring_back",
        "file": one.file.name,
        "label": _("Bring back the backup of {when}").format(when=when),
        "more": lacks,
        "asks": asks.format(when=when, lacking=lacks, aside=_KEPT_ASIDE),
        "yes": _("Yes, bring this one back"),
    }


def _continue_option(readable: int) -> dict[str, str]:
    can = one_or_many("{n} entry can be read.", "{n} entries can be read.", readable).format(n=readable)
    asks = _(
        "It goes on with what is there: {can} Its history notes that from today on this is the whole of it. {aside}"
    )
    return {
        "do": "go_on",
        "label": _("Go on with what is there"),
        "more": can,
        "asks": asks.format(can=can, aside=_KEPT_ASIDE),
        "yes": _("Yes, go on with it"),
    }


def _restore(asked: dict[str, Any]) -> dict[str, Any]:
    here, key = _requested_book(asked), _requested_key(asked)
    one = next((one for one in backups.list_backups(here) if one.file.name == asked["file"]), None)
    if one is None:
        raise KitError(_("This backup is no longer there. Please open this page anew."))
    back = backups.restore_backup(one.file, here, backups.secret_for(one.file, here, key), opens=False)
    return _success(_("It is back, as it was on {when}.").format(when=backups.format_made(one)), back)


def _continue(asked: dict[str, Any]) -> dict[str, Any]:
    here, key = _requested_book(asked), _requested_key(asked)
    if not backups.count_readable(here, key):
        raise KitError(_("Too little of it can be read to go on with. Please bring a backup back."))
    return _success(_("It goes on with what is there."), backups.accept_damaged(here, key, opens=False))


def _begin_fresh_sample(asked: dict[str, Any]) -> dict[str, Any]:
    if _requested_book(asked) != places.sample():
        raise KitError(WRONG_VERSION)
    return _success(_("A new sample begins."), backups.set_aside(places.sample()))


def _success(what: str, back: backups.Restored) -> dict[str, Any]:
    return {"told": " ".join((what, *back.describe()))}


_ACTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "begin": _begin,
    "confirm": _confirm,
    "open": _open_with_passphrase,
    "recover": _open_with_sheet,
    "change": _change_passphrase,
    "sheet": _show_sheet,
    "lock": _lock,
    "look": _report_state,
    "forget": _forget,
    "touch": _report_activity,
    "look_over": _recheck,
    "bring_back": _restore,
    "go_on": _continue,
    "anew": _begin_fresh_sample,
}
_UNLOCKS = ("open", "recover", "look_over")
