"""The tables of a book, derived from the records' one declaration."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from kit.fields import About, about
from kit.records import KINDS, Client, OfClient, Record

METADATA = sa.MetaData()


class Moment(sa.TypeDecorator):
    """A moment in UTC; SQLite keeps no time zone, so it is put back on reading."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Any, coltype: Any) -> Callable[[str | None], Any]:
        return lambda told: told and datetime.fromisoformat(f"{told}+00:00")


COLUMNS: dict[str, Any] = {
    "text": sa.Text,
    "texts": sa.JSON,
    "rating": sa.Integer,
    "count": sa.Integer,
    "choice": sa.Text,
    "several": sa.JSON,
    "day": sa.Date,
    "flag": sa.Boolean,
    "link": sa.Text,
    "links": sa.JSON,
}


def _column(kind: type[Record], name: str, field: About) -> sa.Column:
    whole_number = field.kind == "choice" and isinstance(field.choices[0][0], int)
    made_of = sa.Integer if whole_number else COLUMNS[field.kind]
    keys = [sa.ForeignKey(f"{field.of}.id")] if field.kind == "link" else []
    required = kind.model_fields[name].is_required()
    return sa.Column(name, made_of, *keys, nullable=not required)


def _table(kind: type[Record]) -> sa.Table:
    owner = (
        [
            sa.Column(
                "client",
                sa.Text,
                sa.ForeignKey("clients.name", onupdate="CASCADE"),
                nullable=False,
                index=True,
            )
        ]
        if issubclass(kind, OfClient)
        else []
    )
    return sa.Table(
        kind.plural,
        METADATA,
        sa.Column("id", sa.Text, primary_key=True),
        *owner,
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        *(_column(kind, name, field) for name, field in about(kind).items()),
        *([sa.UniqueConstraint("name")] if kind is Client else []),
    )


TABLES = {kind.plural: _table(kind) for kind in KINDS}
_OWNER = "clients.name"
DRAFTS = sa.Table(
    "drafts",
    METADATA,
    sa.Column("client", sa.Text, sa.ForeignKey(_OWNER, onupdate="CASCADE", ondelete="CASCADE"), primary_key=True),
    sa.Column("panel", sa.Text, primary_key=True),
    sa.Column("typed", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
SEAT = sa.Table(
    "seat",
    METADATA,
    sa.Column("client", sa.Text, sa.ForeignKey(_OWNER, onupdate="CASCADE", ondelete="CASCADE"), primary_key=True),
    sa.Column("server", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
)
# What was before each change; a client is named by id here, so that a new name changes nothing. A row that was
# emptied when its client was erased keeps its place, its state and its link.
HISTORY = sa.Table(
    "history",
    METADATA,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("client", sa.Text, index=True),
    sa.Column("kind", sa.Text),
    sa.Column("record", sa.Text, index=True),
    sa.Column("did", sa.Text),
    sa.Column("by", sa.Text),
    sa.Column("at", Moment),
    sa.Column("before", sa.Text),
    sa.Column("digest", sa.LargeBinary),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("link", sa.LargeBinary, nullable=False),
)
SALTS = sa.Table(
    "salts",
    METADATA,
    sa.Column("client", sa.Text, primary_key=True),
    sa.Column("salt", sa.LargeBinary, nullable=False),
)


def row_of(record: Record) -> dict[str, Any]:
    """A record as one row of its table."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in record}
