"""What was before each change, and the salts of its hashes; the store fills both in."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("client", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("record", sa.Text),
        sa.Column("did", sa.Text),
        sa.Column("by", sa.Text),
        sa.Column("at", sa.DateTime),
        sa.Column("before", sa.Text),
        sa.Column("digest", sa.LargeBinary),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("link", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_history_client", "history", ["client"])
    op.create_index("ix_history_record", "history", ["record"])
    op.create_table(
        "salts",
        sa.Column("client", sa.Text, primary_key=True),
        sa.Column("salt", sa.LargeBinary, nullable=False),
    )
