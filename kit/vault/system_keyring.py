"""The key on this computer, in the keyring that the system guards; where there is none, nothing is remembered."""

from pathlib import Path
from typing import Any

from kit.vault.recovery_sheet import KEY_SIZE

SERVICE = "reflection-kit"


def is_available() -> bool:
    """Whether this system guards a keyring worth the name: none that keeps nothing, or keeps it in the clear."""
    try:
        ring = _keyring().get_keyring()
        return max(one.priority for one in getattr(ring, "backends", [ring])) >= 1
    except Exception:  # noqa: BLE001  a keyring is whatever a system makes of it; what stumbles is not available
        return False


def remember(book: Path, key: bytes) -> bool:
    """Keeps the key of a book; says whether it will be there the next time."""
    if not is_available():
        return False
    try:
        _keyring().set_password(SERVICE, _name(book), key.hex())
    except Exception:  # noqa: BLE001
        return False
    return recall(book) == key


def recall(book: Path) -> bytes | None:
    """The key of a book, or None where it is not remembered."""
    if not is_available():
        return None
    try:
        key = bytes.fromhex(_keyring().get_password(SERVICE, _name(book)) or "")
    except Exception:  # noqa: BLE001
        return None
    return key if len(key) == KEY_SIZE else None


def forget(book: Path) -> bool:
    """Takes the key of a book out of the keyring; says whether it is gone from there."""
    try:
        _keyring().delete_password(SERVICE, _name(book))
    except Exception:  # noqa: BLE001
        return recall(book) is None
    return True


def _name(book: Path) -> str:
    return str(Path(book).resolve())


def _keyring() -> Any:
    import keyring  # slow to import, and needed only where somebody asks for it

    return keyring
