"""Files in and out: records as CSV and back, the data dictionary; what is amiss comes as a list."""

from collections.abc import Iterable
from datetime import timedelta

from kit.exchange.cells import BETWEEN, columns
from kit.exchange.data_dictionary import data_dictionary
from kit.exchange.reading import Row, read_csv, read_folder, read_rows
from kit.exchange.writing import write_csv
from kit.fields import about
from kit.records import Record

__all__ = ["BETWEEN", "Row", "columns", "data_dictionary", "moved", "read_csv", "read_folder", "read_rows", "write_csv"]


def moved(records: Iterable[Record], days: int) -> list[Record]:
    """The same records, every day in them `days` later; a multiple of 7 keeps Mondays Mondays."""
    return [_moved(record, timedelta(days=days)) for record in records]


def _moved(record: Record, by: timedelta) -> Record:
    dates = [name for name, field in about(type(record)).items() if field.kind == "day"]
    later = {name: getattr(record, name) + by for name in ("created_at", *dates) if getattr(record, name) is not None}
    return type(record).model_validate({**record.model_dump(), **later}, context={"kept": True})
