"""What a file's cells are made of, on the way out and on the way in."""

import re

from kit.fields import about
from kit.records import OfClient, Record

SEPARATOR = " | "
# A spreadsheet reads such a cell as a formula (the wide signs and the tab as well); an apostrophe stops it.
FORMULA = re.compile(r"'*[=+\-@\t\n＝＋－＠]")  # noqa: RUF001  (the wide signs are meant)


def column_names(kind: type[Record]) -> list[str]:
    """The header of a kind's file: whose it is, what is in it, how it was noted."""
    owner = ["client"] if issubclass(kind, OfClient) else []
    return ["id", *owner, *about(kind), "created_at", "by", "version"]
