"""Files in and out: records as CSV and back, the data dictionary; what is amiss comes as a list."""

from kit.exchange.cells import SEPARATOR, column_names
from kit.exchange.data_dictionary import data_dictionary
from kit.exchange.reading import Row, read_csv, read_folder, read_rows
from kit.exchange.writing import write_csv

__all__ = ["SEPARATOR", "Row", "column_names", "data_dictionary", "read_csv", "read_folder", "read_rows", "write_csv"]
