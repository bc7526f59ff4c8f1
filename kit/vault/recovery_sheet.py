"""The recovery sheet: a key in letters that can be read aloud and typed, in rows with a check each."""

import hashlib
import secrets
from unicodedata import normalize

from kit.words import KitError, _

KEY_SIZE = 32  # bytes of a key
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I L O U: what looks or sounds alike is one letter
LOOK_ALIKES = str.maketrans("OILU", "011V")
ROWS, GROUPS, GROUP_SIZE = 6, 3, 4
ROW_SIZE = GROUPS * GROUP_SIZE
DATA_LETTERS = ROW_SIZE - 2  # the last two letters of a row are its check
CHECKSUM_BITS = ROWS * DATA_LETTERS * 5 - KEY_SIZE * 8  # bits beside the key: the check of the whole sheet
PRIME = 1021  # the largest below 32 * 32: one letter changed, or two in each other's place, always show


def encode(key: bytes) -> list[str]:
    """The rows of the recovery sheet, each in three groups of four letters."""
    number = int.from_bytes(key, "big") << CHECKSUM_BITS | _checksum(key)
    return [_encode_row(place, number >> 5 * DATA_LETTERS * (ROWS - place)) for place in range(1, ROWS + 1)]


def decode(typed: str) -> bytes:
    """The key of a typed sheet: small letters, spaces, row numbers and look-alikes are taken as they were meant."""
    number = 0
    for place, row in enumerate(_split_rows(typed), 1):
        number = number << 5 * DATA_LETTERS | _decode_row(place, row)
    key = (number >> CHECKSUM_BITS).to_bytes(KEY_SIZE, "big")
    if number % (1 << CHECKSUM_BITS) != _checksum(key):
        raise KitError(_("Each row adds up, but together they do not. Please look whether all are from one sheet."))
    return key


def pick_challenge(rows: list[str]) -> list[tuple[int, int]]:
    """Two places of a sheet, as (row, group) counted from 1, that show whether somebody has it at hand."""
    some = secrets.SystemRandom().sample(range(1, len(rows) + 1), 2)
    return [(row, 1 + secrets.randbelow(GROUPS)) for row in sorted(some)]


def is_challenge_met(rows: list[str], places: list[tuple[int, int]], typed: list[str]) -> bool:
    """Whether the typed groups are those that stand at these places of the sheet."""
    wanted = [rows[row - 1].split()[group - 1] for row, group in places]
    return wanted == [_canonical_letters(one) for one in typed]


def _encode_row(place: int, number: int) -> str:
    told = number % (1 << 5 * DATA_LETTERS)
    letters = _to_base32(told << 10 | _row_checksum(place, told), ROW_SIZE)
    return " ".join(letters[at : at + GROUP_SIZE] for at in range(0, ROW_SIZE, GROUP_SIZE))


def _row_checksum(place: int, told: int) -> int:
    return (place << 5 * DATA_LETTERS | told) % PRIME  # with its number: a row in another one's place shows, too


def _checksum(key: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"reflection-kit sheet" + key).digest(), "big") % (1 << CHECKSUM_BITS)


def _decode_row(place: int, row: str) -> int:
    """What a row tells, when it adds up."""
    if len(row) != ROW_SIZE:
        wrong = _("Row {row} has {count} letters; on the sheet it has {whole}. Please look at it again.")
        raise KitError(wrong.format(row=place, count=len(row), whole=ROW_SIZE))
    value = 0
    for letter in row:
        value = value << 5 | LETTERS.index(letter)
    if value % 1024 != _row_checksum(place, value >> 10):
        raise KitError(_("Row {row} is not as on the sheet. Please look at its letters again.").format(row=place))
    return value >> 10


def _split_rows(typed: str) -> list[str]:
    """The six rows as meant; typed without lines they are counted off."""
    rows = [_without_row_number(row) for row in map(_canonical_letters, typed.splitlines()) if row]
    if len(rows) != ROWS:
        run = "".join(rows)
        long = len(run) // ROWS if len(run) == ROWS * (ROW_SIZE + 1) else ROW_SIZE  # each with its number in front
        rows = [_without_row_number(run[at : at + long]) for at in range(0, len(run), long)]
    if len(rows) > ROWS:
        raise KitError(
            _("There are more letters than on a sheet. Please type its {rows} rows alone.").format(rows=ROWS)
        )
    return rows + [""] * (ROWS - len(rows))


def _without_row_number(row: str) -> str:
    return row[1:] if len(row) == ROW_SIZE + 1 and row[0].isdigit() else row


def _canonical_letters(typed: str) -> str:
    heard = normalize("NFKC", typed).upper().translate(LOOK_ALIKES)
    return "".join(letter for letter in heard if letter in LETTERS)


def _to_base32(number: int, length: int) -> str:
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(length)))
