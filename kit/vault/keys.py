"""The key of a book: made at random, kept in a file that a passphrase opens, told in letters on a recovery sheet."""

import contextlib
import hashlib
import json
import secrets
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any
from unicodedata import normalize

from kit import files
from kit.vault.recovery_sheet import KEY_SIZE
from kit.words import KitError, _

DATABASE_PAGE = 4096  # bytes; an encrypted book is a multiple of this, and begins with no words
VERSION = 1
# RFC 9106's choice for 64 MiB, with more passes: 0.1 s on a small laptop, and a guess costs as much to whoever guesses.
ARGON2_COSTS = {"memory": 64 * 1024, "passes": 5, "lanes": 4}
MAX_ARGON2_COSTS = {"memory": 1024 * 1024, "passes": 24, "lanes": 16}  # a changed file must not make us work for hours
MAX_FILE_SIZE = 4096  # bytes of a key file
MIN_PASSPHRASE = (
    15  # characters of a new passphrase: what NIST SP 800-63B-4 asks of one that nothing else stands beside
)
NONCE, ENCRYPTION_OVERHEAD = 12, 28  # bytes; what sealing adds holds the nonce

_WRONG = _("This passphrase does not open the book. Please type it again, or open the book with its recovery sheet.")
_NO_FILE = _("The key file {file} is not there. Please open the book with its recovery sheet, or put the file back.")
_CHANGED = _(
    "The key file {file} was cut or changed. Please open the book with its recovery sheet, or put a copy in its place."
)
_NEWER = _("The key file {file} was written by a newer kit. Please update the kit, then open the book again.")
_UNREADABLE = _("The key file {file} cannot be read. Please give yourself the right to read it, then try again.")
_TAKEN = _("There is a practice at {place} already, and it stays. Please open that one, or choose another place.")
_EMPTY = _("A passphrase needs at least one sign. Please type one.")
_SHORT = _(
    "A passphrase needs at least {least} characters: a short sentence is easy to remember and hard to guess. Please "
    "make it a little longer."
)
_HALF = _("The passphrase holds half of a sign. Please type it anew.")
_MEMORY = _("This computer has too little memory free to open the book. Please close other programs, then try again.")


def generate() -> bytes:
    """A key for a new book."""
    return secrets.token_bytes(KEY_SIZE)


def key_id(key: bytes) -> str:
    """A name for a key that gives nothing of it away; a key file keeps it when its passphrase changes."""
    return hashlib.sha256(b"reflection-kit key" + key).hexdigest()[:16]


def key_id_of(book: Path) -> str:
    """The name of the key of a book, as its key file tells it; empty where there is none that is whole."""
    with contextlib.suppress(KitError):
        return str(_parse(_read_bytes(path_for(book)), path_for(book)).get("id", ""))
    return ""


def derive(key: bytes, purpose: bytes) -> bytes:
    """Another key for another purpose; it tells nothing of the first one."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), length=KEY_SIZE, salt=None, info=purpose).derive(key)


def encrypt(key: bytes, content: bytes) -> bytes:
    """Content that can be neither read nor changed without the key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, None)


def decrypt(key: bytes, content: bytes) -> bytes | None:
    """What was sealed with this key; None where it was another one, or where something was changed."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    with contextlib.suppress(InvalidTag, ValueError):
        return AESGCM(key).decrypt(content[:NONCE], content[NONCE:], None)
    return None


def path_for(book: Path) -> Path:
    """Where the key file of a book lies."""
    return book.with_name(f"{book.name}.key")


def is_encrypted(book: Path) -> bool:
    """Whether this book opens only with a key; where its key file is gone, it is known by its look."""
    if path_for(book).exists():
        return True
    with contextlib.suppress(OSError), book.open("rb") as file:
        head = file.read(64)
        return (
            not head.startswith(b"SQLite format 3\0")
            and not head.isascii()
            and book.stat().st_size % DATABASE_PAGE == 0
        )
    return False


def refuse_existing(book: Path) -> None:
    """KitError where a book lies already, or parts of one that a new book would take for its own."""
    parts = (book, path_for(book), book.with_name(f"{book.name}-wal"))
    if any(one.exists() and one.stat().st_size for one in parts):
        raise KitError(_TAKEN.format(place=book))


def write_key_file(book: Path, key: bytes, passphrase: str) -> None:
    """Puts the key file beside the book, or in the place of the one that was there."""
    settings: dict[str, Any] = {
        "reflection-kit key file": VERSION,
        "id": key_id(key),
        **ARGON2_COSTS,
        "salt": _base64(secrets.token_bytes(16)),
        "nonce": _base64(secrets.token_bytes(NONCE)),
    }
    wrapped = _cipher(settings, passphrase).encrypt(b64decode(settings["nonce"]), key, _serialize(settings))
    files.write_atomically(path_for(book), _serialize(_with_checksum({**settings, "wrapped": _base64(wrapped)})))


def refuse_short_passphrase(passphrase: str) -> None:
    """KitError where a new passphrase is too easy to guess; one that opens a practice already is as long as it is."""
    if len(" ".join(normalize("NFC", passphrase).split())) < MIN_PASSPHRASE:
        raise KitError(_SHORT.format(least=MIN_PASSPHRASE))


def read_key_file(book: Path, passphrase: str) -> bytes:
    """The key of a book out of its key file; one sentence where the passphrase or the file is another one."""
    return unwrap(_read_bytes(path_for(book)), passphrase, path_for(book))


def unwrap(content: bytes, passphrase: str, file: Path | str) -> bytes:
    """The key out of what a key file holds; `file` is where that came from."""
    from cryptography.exceptions import InvalidTag

    settings = _parse(content, file)
    wrapped = b64decode(settings.pop("wrapped"))
    try:
        return _cipher(settings, passphrase).decrypt(b64decode(settings["nonce"]), wrapped, _serialize(settings))
    except InvalidTag:
        raise KitError(_WRONG) from None


def _cipher(settings: dict[str, Any], passphrase: str) -> Any:
    """What the passphrase makes of these settings; slow on purpose, and as slow for a wrong passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    cost = {"memory_cost": settings["memory"], "iterations": settings["passes"], "lanes": settings["lanes"]}
    typed = _passphrase_bytes(passphrase)
    try:
        return AESGCM(Argon2id(salt=b64decode(settings["salt"]), length=KEY_SIZE, **cost).derive(typed))
    except MemoryError as error:
        raise KitError(_MEMORY) from error


def _passphrase_bytes(passphrase: str) -> bytes:
    """The same bytes wherever the same words are typed: systems differ in how they write an é."""
    if not passphrase:
        raise KitError(_EMPTY)
    try:
        return normalize("NFC", passphrase).encode()
    except UnicodeEncodeError:
        raise KitError(_HALF) from None


def _read_bytes(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_FILE_SIZE)
    except FileNotFoundError:
        raise KitError(_NO_FILE.format(file=file)) from None
    except OSError as error:
        raise KitError(_UNREADABLE.format(file=file)) from error


def _parse(content: bytes, file: Path | str) -> dict[str, Any]:
    """What a key file says, letter by letter what was written."""
    try:
        settings = json.loads(content)
        if _is_newer(settings):
            raise KitError(_NEWER.format(file=file))
        sound = _is_sound(settings, content)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise KitError(_CHANGED.format(file=file))
    return {name: value for name, value in settings.items() if name != "check"}


def _is_newer(settings: dict[str, Any]) -> bool:
    version = settings["reflection-kit key file"]
    return type(version) is int and VERSION < version < 100 and settings == _with_checksum(settings)


def _is_sound(settings: dict[str, Any], content: bytes) -> bool:
    within = all(type(settings[name]) is int and 1 <= settings[name] <= most for name, most in MAX_ARGON2_COSTS.items())
    enough = settings["memory"] >= 8 * settings["lanes"]
    lengths = [len(b64decode(settings[name], validate=True)) for name in ("salt", "nonce", "wrapped")]
    whole = settings["reflection-kit key file"] == VERSION and lengths == [16, NONCE, KEY_SIZE + 16]
    return within and enough and whole and _serialize(_with_checksum(settings)) == content


def _with_checksum(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with a checksum, so that a changed file is not taken for a wrong passphrase."""
    bare = {name: value for name, value in settings.items() if name != "check"}
    return {**bare, "check": hashlib.sha256(_serialize(bare)).hexdigest()}


def _serialize(settings: dict[str, Any]) -> bytes:
    return json.dumps(settings, indent=1).encode()


def _base64(some: bytes) -> str:
    return b64encode(some).decode()
