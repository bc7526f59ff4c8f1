"""The recovery sheet: a key in letters that can be read aloud and typed, in rows with a check each."""

import hashlib
import secrets
from unicodedata import normalize

from kit.words import KitError, _

LENGTH = 32  # bytes of a key
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I L O U: what looks or sounds alike is one letter
HEARD = str.maketrans("OILU", "011V")
ROWS, GROUPS, LONG = 6, 3, 4
IN_A_ROW = GROUPS * LONG
TOLD = IN_A_ROW - 2  # the last two letters of a row are its check
SPARE = ROWS * TOLD * 5 - LENGTH * 8  # bits beside the key: the check of the whole sheet
PRIME = 1021  # the largest below 32 * 32: one letter changed, or two in each other's place, always show


def sheet(key: bytes) -> list[str]:
    """The rows of the recovery sheet, each in three groups of four letters."""
    number = int.from_bytes(key, "big") << SPARE | _whole(key)
    return [_row(place, number >> 5 * TOLD * (ROWS - place)) for place in range(1, ROWS + 1)]


def from_sheet(typed: str) -> bytes:
    """The key of a typed sheet: small letters, spaces, row numbers and look-alikes are taken as they were meant."""
    number = 0
    for place, row in enumerate(_rows(typed), 1):
        number = number << 5 * TOLD | _number(place, row)
    key = (number >> SPARE).to_bytes(LENGTH, "big")
    if number % (1 << SPARE) != _whole(key):
        raise KitError(_("Each row adds up, but together they do not. Please look whether all are from one sheet."))
    return key


def ask(rows: list[str]) -> list[tuple[int, int]]:
    """Two places of a sheet, as (row, group) counted from 1, that show whether somebody has it at hand."""
    some = secrets.SystemRandom().sample(range(1, len(rows) + 1), 2)
    return [(row, 1 + secrets.randbelow(GROUPS)) for row in sorted(some)]


def confirmed(rows: list[str], places: list[tuple[int, int]], typed: list[str]) -> bool:
    """Whether the typed groups are those that stand at these places of the sheet."""
    wanted = [rows[row - 1].split()[group - 1] for row, group in places]
    return wanted == [_clean(one) for one in typed]


def _row(place: int, number: int) -> str:
    told = number % (1 << 5 * TOLD)
    letters = _spelled(told << 10 | _check(place, told), IN_A_ROW)
    return " ".join(letters[at : at + LONG] for at in range(0, IN_A_ROW, LONG))


def _check(place: int, told: int) -> int:
    return (place << 5 * TOLD | told) % PRIME  # with its number: a row in another one's place shows, too


def _whole(key: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"reflection-kit sheet" + key).digest(), "big") % (1 << SPARE)


def _number(place: int, row: str) -> int:
    """What a row tells, when it adds up."""
    if len(row) != IN_A_ROW:
        wrong = _("Row {row} has {count} letters; on the sheet it has {whole}. Please look at it again.")
        raise KitError(wrong.format(row=place, count=len(row), whole=IN_A_ROW))
    value = 0
    for letter in row:
        value = value << 5 | LETTERS.index(letter)
    if value % 1024 != _check(place, value >> 10):
        raise KitError(_("Row {row} is not as on the sheet. Please look at its letters again.").format(row=place))
    return value >> 10


def _rows(typed: str) -> list[str]:
    """The six rows as meant; typed without lines they are counted off."""
    rows = [_unnumbered(row) for row in map(_clean, typed.splitlines()) if row]
    if len(rows) != ROWS:
        run = "".join(rows)
        long = len(run) // ROWS if len(run) == ROWS * (IN_A_ROW + 1) else IN_A_ROW  # each with its number in front
        rows = [_unnumbered(run[at : at + long]) for at in range(0, len(run), long)]
    if len(rows) > ROWS:
        raise KitError(
            _("There are more letters than on a sheet. Please type its {rows} rows alone.").format(rows=ROWS)
        )
    return rows + [""] * (ROWS - len(rows))


def _unnumbered(row: str) -> str:
    return row[1:] if len(row) == IN_A_ROW + 1 and row[0].isdigit() else row


def _clean(typed: str) -> str:
    heard = normalize("NFKC", typed).upper().translate(HEARD)
    return "".join(letter for letter in heard if letter in LETTERS)


def _spelled(number: int, length: int) -> str:
    return "".join(LETTERS[number >> 5 * place & 31] for place in reversed(range(length)))
