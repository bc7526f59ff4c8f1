"""Records as CSV files, as a spreadsheet takes them: no cell of theirs is a formula."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

from kit.exchange.cells import FORMULA, SEPARATOR, column_names
from kit.records import Record


def write_csv(path: Path, records: Sequence[Record], without: Iterable[str] = ()) -> None:
    """Records of one kind as a CSV file that `read_csv` gives back as they were, but for columns left out.

    Raises ValueError for records of several kinds or of none, OSError where the file cannot be written.
    """
    kinds = {type(record) for record in records}
    if len(kinds) != 1:
        raise ValueError("a CSV file holds records of exactly one kind")
    names = [name for name in column_names(kinds.pop()) if name not in set(without)]
    page = StringIO()
    writer = csv.writer(page, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([_format_cell(getattr(record, name)) for name in names] for record in records)
    written = page.getvalue()
    # Excel takes a file for an old code page unless its first bytes say otherwise.
    encoding = "utf-8" if written.isascii() else "utf-8-sig"
    path.write_bytes(written.encode(encoding))


def _format_cell(value: Any) -> str:
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
    written = _join_list(value) if isinstance(value, tuple) else str(value)
    return f"'{written}" if FORMULA.match(written) else written


def _join_list(items: tuple[str, ...]) -> str:
    if items == ("",):
        return "\\"  # else it would look like nothing at all
    return SEPARATOR.join(item.replace("\\", "\\\\").replace("|", "\\|") for item in items)
