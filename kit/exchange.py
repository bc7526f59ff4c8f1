"""Files in and out: records as CSV and back, the data dictionary; what is amiss comes as a list."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kit.fields import About, Audience, about, seen
from kit.records import BY_PLURAL, KINDS, OfClient, Record, problems
from kit.words import Trouble, _

BETWEEN = " | "
_NOTHING: dict[str, Any] = {
    "text": "",
    "texts": (),
    "several": (),
    "links": (),
    "rating": None,
    "count": None,
    "day": None,
    "link": None,
}
# A spreadsheet reads such a cell as a formula (the wide signs and the tab as well); an apostrophe stops it.
_FORMULA = re.compile(r"'*[=+\-@\t\n＝＋－＠]")  # noqa: RUF001  (the wide signs are meant)


def columns(kind: type[Record]) -> list[str]:
    """The header of a kind's file: whose it is, what is in it, how it was noted."""
    owner = ["client"] if issubclass(kind, OfClient) else []
    return ["id", *owner, *about(kind), "created_at", "by", "version"]


# out -------------------------------------------------------------------------------------------


def write_csv(path: Path, records: Sequence[Record], without: Iterable[str] = ()) -> None:
    """Records of one kind as a CSV file that `read_csv` gives back as they were, but for columns left out."""
    kinds = {type(record) for record in records}
    if len(kinds) != 1:
        raise ValueError("a CSV file holds records of exactly one kind")
    names = [name for name in columns(kinds.pop()) if name not in set(without)]
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_cell(getattr(record, name)) for name in names] for record in records)
    written = page.getvalue()
    # Excel takes a file for an old code page unless its first bytes say otherwise.
    encoding = "utf-8" if written.isascii() else "utf-8-sig"
    path.write_bytes(written.encode(encoding))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    written = _joined(value) if isinstance(value, tuple) else str(value)
    return f"'{written}" if _FORMULA.match(written) else written


def _joined(items: tuple[str, ...]) -> str:
    if items == ("",):
        return "\\"  # else it would look like nothing at all
    return BETWEEN.join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)


# in --------------------------------------------------------------------------------------------


def read_folder(folder: Path) -> tuple[list[Record], list[str]]:
    """All records of a folder's CSV files, each kind only after those it points to, and what is amiss."""
    found = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    records: list[Record] = []
    amiss = [
        _("{file}: no kind of entry has this name. Please look at its spelling.").format(file=path.name)
        for name, path in found.items()
        if name not in BY_PLURAL
    ]
    for kind in KINDS:
        if kind.plural in found:
            some, more = read_csv(found[kind.plural], kind)
            records += some
            amiss += more
    return records, amiss


def read_csv(path: Path, kind: type[Record]) -> tuple[list[Record], list[str]]:
    """The records of a CSV file, and one plain sentence for everything that is amiss in it."""
    try:
        rows = list(_rows(path))
    except Trouble as trouble:
        return [], [str(trouble)]
    if not rows:
        return [], [_("{file}: this file is empty. Please begin it with a row of names.").format(file=path.name)]
    names, records = rows[0][1], []
    amiss = [f"{path.name}: {sentence}" for sentence in _strange(names, kind)]
    for number, cells in rows[1:]:
        record, told = _read_row(kind, names, cells)
        amiss += [_in_row(path, number, sentence) for sentence in told]
        if record:
            records.append(record)
    return records, amiss


def _in_row(path: Path, number: int, sentence: str) -> str:
    return _("{file}, row {number}: {sentence}").format(file=path.name, number=number, sentence=sentence)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of each row that holds something, numbered as a spreadsheet does."""
    page = _page(path)
    first = page.partition("\n")[0]
    divider = ";" if first.count(";") > first.count(",") else ","  # what a European Excel saves
    try:
        for number, cells in enumerate(csv.reader(StringIO(page, newline=""), delimiter=divider), 1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise Trouble(_("{file} is not a CSV file. Please save it as one.").format(file=path.name)) from error


def _page(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Trouble(_('{file} cannot be read. Please save it as "CSV UTF-8".').format(file=path.name)) from error
    except OSError as error:
        raise Trouble(_("{file} cannot be opened. Please look whether it is there.").format(file=path)) from error


def _strange(names: list[str], kind: type[Record]) -> Iterator[str]:
    known = columns(kind)
    for name in dict.fromkeys(names):
        if name not in known:
            yield _('there is no column "{name}" here. Please look at its spelling.').format(name=name)
        elif names.count(name) > 1:
            yield _('the column "{name}" stands here twice. Please leave one out.').format(name=name)


def _read_row(kind: type[Record], names: list[str], cells: list[str]) -> tuple[Record | None, Iterable[str]]:
    if any(cells[len(names) :]):
        return None, [_("there are more cells than names in the first row. Please look at the commas.")]
    described, known = about(kind), set(columns(kind))
    values: dict[str, Any] = {}
    amiss = []
    for name, cell in zip(names, cells, strict=False):
        field = described.get(name)
        if name in known and (cell or (field and field.kind in _NOTHING)):
            try:
                values[name] = _value(cell, field)
            except ValueError:
                amiss.append(_day_amiss(field.label if field else name))
    return (None, amiss) if amiss else _checked(kind, values)


def _day_amiss(label: str) -> str:
    return _("{label}: please write the day like this: 2026-03-31.").format(label=label)


def _checked(kind: type[Record], values: dict[str, Any]) -> tuple[Record | None, Iterable[str]]:
    try:
        # What a file holds was noted before, perhaps by another clock: no day of it is still to come.
        return kind.model_validate(values, context={"kept": True}), []
    except ValidationError as error:
        return None, problems(kind, error).values()


def _value(cell: str, field: About | None) -> Any:
    """What a cell says; ValueError when it is no day."""
    if not cell and field:
        return _NOTHING[field.kind]
    said = cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
    if field is None:
        return said
    if field.kind == "day":
        return date.fromisoformat(said)  # pydantic would take a bare number for seconds since 1970
    if field.kind == "choice":
        return next((value for value, _label in field.choices if str(value) == said), said)
    if isinstance(_NOTHING.get(field.kind), tuple):
        return _parted(said)
    return said


def _parted(cell: str) -> tuple[str, ...]:
    if cell == "\\":
        return ("",)
    if "\0" in cell or "\1" in cell:
        return (cell,)  # no text can hold these: it is refused as it stands there
    # The same two signs stand for the escaped ones while the cell is cut.
    parts = cell.replace("\\\\", "\0").replace("\\|", "\1").split("|")
    items = [part.removeprefix(" ") if place else part for place, part in enumerate(parts)]
    items[:-1] = [item.removesuffix(" ") for item in items[:-1]]
    return tuple(item.replace("\1", "|").replace("\0", "\\") for item in items)


# as a whole ------------------------------------------------------------------------------------


def moved(records: Iterable[Record], days: int) -> list[Record]:
    """The same records, every day in them `days` later; a multiple of 7 keeps Mondays Mondays."""
    return [_moved(record, timedelta(days=days)) for record in records]


def _moved(record: Record, by: timedelta) -> Record:
    dates = [name for name, field in about(type(record)).items() if field.kind == "day"]
    later = {name: getattr(record, name) + by for name in ("created_at", *dates) if getattr(record, name) is not None}
    return type(record).model_validate({**record.model_dump(), **later}, context={"kept": True})


_WHO_SEES: dict[Audience, str] = {
    "together": _("the two of us"),
    "just_me": _("the coach alone"),
    "client": _("the client's report"),
    "supporter": _("a supporter, where shared"),
    "group": _("the group"),
}
_KIND_OF_FIELD = {
    "text": _("text"),
    "texts": _("short texts"),
    "rating": _("rating"),
    "count": _("whole number"),
    "choice": _("one of"),
    "several": _("several"),
    "day": _("day"),
    "flag": _("yes or no"),
    "link": _("id from"),
    "links": _("ids from"),
}


def dictionary() -> str:
    """The data dictionary: what each file holds, as Markdown, read from the declaration of the records."""
    head = [_("Field"), _("Label"), _("What it holds"), _("Choices or range"), _("Help"), _("Who may see it")]
    parts = []
    for kind in KINDS:
        rows = [_described(kind, name, field) for name, field in about(kind).items()]
        table = "\n".join([_line(head), _line(["---"] * len(head)), *map(_line, rows)])
        parts.append(f"## {kind.plural}.csv\n\n{_intro(kind)}\n\n{table}\n")
    return "\n".join(parts)


def _intro(kind: type[Record]) -> str:
    if issubclass(kind, OfClient):
        return _("In each row: {what}, of one client.").format(what=f"**{kind.singular}**")
    return _("In each row: {what}.").format(what=f"**{kind.singular}**")


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _described(kind: type[Record], name: str, field: About) -> list[str]:
    needed = _(" (needed)") if kind.model_fields[name].is_required() else ""
    return [
        f"`{name}`",
        field.label,
        _KIND_OF_FIELD[field.kind] + needed,
        _range(field),
        field.help,
        ", ".join(_who_sees(kind, audience) for audience in _WHO_SEES if name in seen(kind, audience)),
    ]


def _who_sees(kind: type[Record], audience: Audience) -> str:
    # What was written for supporters reaches each of them who is given a page.
    written_for = audience == "supporter" and "share_with" not in about(kind)
    return _("a supporter") if written_for else _WHO_SEES[audience]


def _range(field: About) -> str:
    if field.choices:
        return ", ".join(f"`{value}` {words}" for value, words in field.choices)
    if field.kind == "rating":
        return _("0 {low} to 10 {high}").format(low=field.ends[0], high=field.ends[1])
    if field.kind == "count":
        return _("{least} to {most}").format(least=field.least, most=field.most)
    if field.kind in ("texts", "several"):
        return _("at most {most}").format(most=field.most)
    return f"`{field.of}`" if field.of else ""
