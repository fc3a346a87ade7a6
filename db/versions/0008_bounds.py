"""Who left a call-back or a request, so that each may leave so many; facts by their time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

COLUMNS = {
    "callbacks": (sa.Column("caller", sa.String(20)),),
    "requests": (sa.Column("call", sa.Text()), sa.Column("party", sa.String(20))),
}
INDEXES = (
    ("attempts", ("means", "result", "at")),
    ("audit", ("action", "at")),
    ("callbacks", ("number", "status")),
    ("callbacks", ("caller", "at")),
    ("requests", ("call",)),
    ("requests", ("party", "at")),
    ("invoices", ("fax", "ordered")),
)


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        for column in columns:
            op.add_column(table, column.copy())
    # The calling numbers of older rows are not known; nearly all callers leave their own number.
    op.execute("UPDATE callbacks SET caller = number")
    op.execute("UPDATE requests SET party = number")
    for table, names in INDEXES:
        op.create_index(index(table, names), table, list(names))


def downgrade() -> None:
    for table, names in reversed(INDEXES):
        op.drop_index(index(table, names), table_name=table)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column.name}")


def index(table: str, names: tuple[str, ...]) -> str:
    return op.f(f"ix_{table}_{'_'.join(names)}")
