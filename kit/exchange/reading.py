"""CSV files as people and spreadsheets write them, read into records; each thing amiss is named with file and row."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kit.exchange.cells import FORMULA, column_names
from kit.fields import FROM_OUTSIDE, About, about
from kit.records import BY_PLURAL, KINDS, Record, problems
from kit.words import KitError, _

_EMPTY_VALUES: dict[str, Any] = {
    "text": "",
    "texts": (),
    "several": (),
    "links": (),
    "rating": None,
    "count": None,
    "day": None,
    "link": None,
}
_DELIMITERS = ",;\t"  # what spreadsheets put between cells, the European ones and "text with tabs" too
_DELIMITER_LINE = re.compile(r"sep=(.)(?:\r\n?|\n|$)", re.IGNORECASE)  # a first line that Excel wants, and hides
_SPREADSHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods", ".numbers")
_MAX_NAME = 60  # signs of a name in a sentence


@dataclass(frozen=True)
class Row:
    """A record from a file, and where it stands there."""

    record: Record
    file: str
    number: int

    def describe(self, sentence: str) -> str:
        return _in_row(self.file, self.number, sentence)


def read_folder(folder: Path) -> tuple[list[Record], list[str]]:
    """All records of a folder's CSV files, each kind only after those it points to, and a sentence for what is amiss.

    Raises KitError where the folder cannot be opened; what is amiss in a file is never raised.
    """
    rows, amiss = read_rows(folder)
    return [row.record for row in rows], amiss


def read_rows(folder: Path) -> tuple[list[Row], list[str]]:
    """The same, with the place of each record."""
    try:
        files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise KitError(_("{folder} cannot be opened. Please look at its rights.").format(folder=folder)) from error
    found: dict[str, Path] = {}
    rows: list[Row] = []
    amiss: list[str] = []
    for path in files:
        if path.suffix.lower() == ".csv":
            amiss += _unknown_kind(path, found)
            found.setdefault(path.stem.lower(), path)
    for kind in KINDS:
        if kind.plural in found:
            some, more = _read_file(found[kind.plural], kind)
            rows += some
            amiss += more
    return rows, amiss if found else [_not_saved_as_csv(path) for path in files if path.suffix.lower() in _SPREADSHEETS]


def _unknown_kind(path: Path, found: dict[str, Path]) -> Iterator[str]:
    name = path.stem.lower()
    if name not in BY_PLURAL:
        yield _("{file}: no kind of entry has this name. Please look at its spelling.").format(
            file=_printable(path.name)
        )
    elif name in found:
        yield _("{file}: {other} has the same name. Please leave one out.").format(
            file=path.name, other=found[name].name
        )


def _not_saved_as_csv(path: Path) -> str:
    sentence = _(
        "{file}: this is a spreadsheet. Please open it, save each of its sheets as “CSV UTF-8”, and try again."
    )
    return sentence.format(file=_printable(path.name))


def read_csv(path: Path, kind: type[Record]) -> tuple[list[Record], list[str]]:
    """The records of a CSV file, and one plain sentence for everything that is amiss in it."""
    rows, amiss = _read_file(path, kind)
    return [row.record for row in rows], amiss


def _read_file(path: Path, kind: type[Record]) -> tuple[list[Row], list[str]]:
    try:
        cells = list(_parse_rows(path))
    except KitError as trouble:
        return [], [str(trouble)]
    if not cells:
        return [], [_("{file}: this file is empty. Please begin it with a row of names.").format(file=path.name)]
    (first, names), rows = cells[0], []
    if set(names).isdisjoint(column_names(kind)):
        return [], [_in_row(path.name, first, _missing_header(kind))]
    amiss = [f"{path.name}: {sentence}" for sentence in _unknown_columns(names, kind)]
    for number, some in cells[1:]:
        record, told = _read_row(kind, names, some)
        amiss += [_in_row(path.name, number, sentence) for sentence in told]
        if record:
            rows.append(Row(record, path.name, number))
    return rows, amiss


def _in_row(file: str, number: int, sentence: str) -> str:
    return _("{file}, row {number}: {sentence}").format(file=file, number=number, sentence=sentence)


def _parse_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that holds something, numbered as a spreadsheet does."""
    page = _decode(path)
    told = _DELIMITER_LINE.match(page)
    page = page[told.end() :] if told else page
    first = re.split(r"[\r\n]", page, maxsplit=1)[0]
    divider = told[1] if told else max(_DELIMITERS, key=first.count)
    for number in count(1):
        try:
            if number == 1:
                reader = csv.reader(StringIO(page, newline=""), delimiter=divider, strict=True)
            cells = next(reader, None)
        except (csv.Error, ValueError) as error:  # a ValueError: what cannot part cells, a quotation mark
            sentence = _("a quotation mark lacks its partner here, or a cell is far too long. Please look at this row.")
            raise KitError(_in_row(path.name, number, sentence)) from error
        if cells is None:
            return
        if any(cells):
            yield number, cells


def _decode(path: Path) -> str:
    content = _read_bytes(path)
    try:
        page = content.decode("utf-8-sig")
        odd = page.partition("\n")[0].find("\0")
    except UnicodeDecodeError as error:
        page, odd = content.decode("latin-1"), error.start
    if odd >= 0:  # an older code page, UTF-16, or no text at all
        sentence = _("a sign here cannot be read. Please save the file as “CSV UTF-8”.")
        raise KitError(_in_row(path.name, page.count("\n", 0, odd) + 1, sentence))
    return page.replace("\r\n", "\n")


def _read_bytes(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        raise KitError(_("{file} is no file. Please take it out of this folder.").format(file=path.name))
    try:
        return path.read_bytes()
    except OSError as error:
        raise KitError(_("{file} cannot be opened. Please look whether it is there.").format(file=path)) from error


def _missing_header(kind: type[Record]) -> str:
    sentence = _("no column has a name that the kit knows. Please let the file begin with a row of names: {names}.")
    return sentence.format(names=", ".join(column_names(kind)))


def _printable(name: str) -> str:
    """A name out of a file as it can be shown: nothing that moves a terminal, and not too long."""
    return "".join(one if one.isprintable() else " " for one in name[:_MAX_NAME])


def _unknown_columns(names: list[str], kind: type[Record]) -> Iterator[str]:
    known = column_names(kind)
    for name in dict.fromkeys(names):
        if name not in known:
            yield _('there is no column "{name}" here. Please look at its spelling.').format(name=_printable(name))
        elif names.count(name) > 1:
            yield _('the column "{name}" stands here twice. Please leave one out.').format(name=name)


def _read_row(kind: type[Record], names: list[str], cells: list[str]) -> tuple[Record | None, Iterable[str]]:
    if any(cells[len(names) :]):
        return None, [_("there are more cells than names in the first row. Please look at the commas.")]
    described, known = about(kind), set(column_names(kind))
    values: dict[str, Any] = {}
    amiss = []
    for name, cell in zip(names, cells, strict=False):
        field = described.get(name)
        if name in known and (cell or (field and field.kind in _EMPTY_VALUES)):
            try:
                values[name] = _parse_cell(cell, field)
            except ValueError:
                amiss.append(_invalid_day(field.label if field else name))
    return (None, amiss) if amiss else _validate(kind, values)


def _invalid_day(label: str) -> str:
    return _("{label}: please write the day like this: 2026-03-31.").format(label=label)


def _validate(kind: type[Record], values: dict[str, Any]) -> tuple[Record | None, Iterable[str]]:
    try:
        # What a file holds was noted before, perhaps by another clock: no day of it is still to come.
        return kind.model_validate(values, context=FROM_OUTSIDE), []
    except ValidationError as error:
        return None, problems(kind, error).values()


def _parse_cell(cell: str, field: About | None) -> Any:
    """What a cell says; ValueError when it is no day."""
    if not cell and field:
        return _EMPTY_VALUES[field.kind]
    said = cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
    if field is None:
        return said
    if field.kind == "day":
        return date.fromisoformat(said)  # pydantic would take a bare number for seconds since 1970
    if field.kind == "choice":
        return next((value for value, _label in field.choices if str(value) == said), said)
    if isinstance(_EMPTY_VALUES.get(field.kind), tuple):
        return _split_list(said)
    return said


def _split_list(cell: str) -> tuple[str, ...]:
    if cell == "\\":
        return ("",)
    if "\0" in cell or "\1" in cell:
        return (cell,)  # no text can hold these: it is refused as it stands there
    # The same two signs stand for the escaped ones while the cell is cut.
    parts = cell.replace("\\\\", "\0").replace("\\|", "\1").split("|")
    items = [part.removeprefix(" ") if place else part for place, part in enumerate(parts)]
    items[:-1] = [item.removesuffix(" ") for item in items[:-1]]
    return tuple(item.replace("\1", "|").replace("\0", "\\") for item in items)
