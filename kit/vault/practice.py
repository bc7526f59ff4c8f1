"""A practice of one's own: begun, opened, recovered; its key is handed on, and never written in the clear."""

from pathlib import Path

from kit.records import Practice
from kit.store import Store, checkpoint
from kit.vault import agent, keys, recovery_sheet
from kit.words import Damaged, KitError, _

IDLE_MINUTES = 10  # minutes with nobody there, unless the coach says otherwise


def create(place: Path, key: bytes, passphrase: str) -> Store:
    """A new encrypted book with its key file beside it; a file that is there is never written over."""
    keys.refuse_existing(place)
    keys.refuse_short_passphrase(passphrase)
    keys.write_key_file(place, key, passphrase)
    try:
        return Store(place, key)
    except BaseException:
        keys.path_for(place).unlink(missing_ok=True)
        raise


def unlock(place: Path, passphrase: str) -> bytes:
    """The key of a book by its passphrase; the book itself says whether the key fits."""
    key = keys.read_key_file(place, passphrase)
    Store(place, key).close()
    return key


def recover(place: Path, typed: str, passphrase: str) -> bytes:
    """The key of a book by its recovery sheet; a new key file is written with a new passphrase."""
    if not place.exists():
        raise KitError(_("There is no book at {place}. Please put it there from a backup first.").format(place=place))
    keys.refuse_short_passphrase(passphrase)
    key = recovery_sheet.decode(typed)
    try:
        Store(place, key).close()
    except KitError as trouble:
        if isinstance(trouble, Damaged) and _is_key_of(place, key):
            raise  # what is gone of it can be told
        sentence = _("This sheet belongs to another book, or the book is damaged. Nothing was changed.")
        raise KitError(sentence) from trouble
    keys.write_key_file(place, key, passphrase)
    return key


def _is_key_of(place: Path, key: bytes) -> bool:
    """Whether a key is that of a book which does not open: its key file says so, or the small file that it signed."""
    return keys.key_id_of(place) == keys.key_id(key) or checkpoint.read(place, checkpoint.signing_key(key)) is not None


def change_passphrase(place: Path, old: str, new: str) -> None:
    """Another passphrase for the same key; nothing is encrypted anew, and the recovery sheet still holds."""
    keys.refuse_short_passphrase(new)
    keys.write_key_file(place, unlock(place, old), new)


def share_key(place: Path, key: bytes, is_curtain_open: bool = False) -> None:
    """One unlock for all notebooks of the running server, until it is locked or nobody was there for a while.

    Where the passphrase was typed just now, what is for the coach alone may be shown, too.
    """
    store = Store(place, key)
    try:
        minutes = next((one.lock_after for one in store.records(Practice) if one.lock_after), IDLE_MINUTES)
    finally:
        store.close()
    agent.start()
    if not agent.add_key(place, key, 60.0 * minutes, is_curtain_open):
        raise KitError(_("The practice could not be opened for all notebooks. Please try once more."))
