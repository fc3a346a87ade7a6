"""What each worker wrote of a call stands by itself, so that it may be written in any order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

LISTS = {
    "call_steps": ("node", "key", "at"),
    "call_identifications": ("outcome",),
    "call_goals": ("goal",),
    "call_orders": ("order_id",),
}
"""Tables of what happened in a call, in order, with what they have besides their place."""
TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "key": sa.String(40),
    "at": sa.Float(),
    "outcome": sa.String(40),
}
"""Types of their columns; the rest are texts."""
ONCE = ("goal", "order_id")
"""What a call has once, wherever it was."""
TAKEN = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    began = f"(SELECT {milliseconds('started')} FROM calls WHERE id = call_id)"
    for table, columns in LISTS.items():
        op.execute(
            f"CREATE TABLE kept AS SELECT call_id, {began} AS taken, position, {names(columns)}"
            f" FROM {table}"
        )
        op.drop_table(table)
        create(table, columns, "taken")
        put_back(table, ("call_id", "taken", "position", *columns))
    op.execute("ALTER TABLE calls RENAME COLUMN kept_steps TO taken")
    op.execute("ALTER TABLE calls DROP COLUMN kept_identifications")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE calls ALTER COLUMN taken TYPE BIGINT")
    op.execute(f"UPDATE calls SET taken = {milliseconds('started')}")


def downgrade() -> None:
    began = f"(SELECT {milliseconds('started')} FROM calls WHERE id = call_id)"
    for table, columns in LISTS.items():
        place = "row_number() OVER (PARTITION BY call_id ORDER BY taken, position) - 1"
        later = f"at + (taken - {began}) / 1000.0 AS at"
        shown = names([later if column == "at" else column for column in columns])
        op.execute(
            f"CREATE TABLE kept AS SELECT call_id, {place} AS position, {shown}"
            f" FROM {table} WHERE position >= 0"
        )
        op.drop_table(table)
        create(table, columns)
        put_back(table, ("call_id", "position", *columns))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("UPDATE calls SET taken = 0")
        op.execute("ALTER TABLE calls ALTER COLUMN taken TYPE INTEGER")
    op.execute("ALTER TABLE calls RENAME COLUMN taken TO kept_steps")
    op.execute("UPDATE calls SET kept_steps = 0")
    op.execute("ALTER TABLE calls ADD COLUMN kept_identifications INTEGER DEFAULT 0 NOT NULL")


def milliseconds(column: str) -> str:
    """A time as milliseconds since 1970, in the words of this database."""
    if op.get_bind().dialect.name == "postgresql":
        return f"CAST(round(extract(epoch FROM {column}) * 1000) AS BIGINT)"
    return f"CAST(round((julianday({column}) - 2440587.5) * 86400000) AS INTEGER)"


def names(columns: Sequence[str]) -> str:
    return ", ".join(columns)


def create(table: str, columns: Sequence[str], *more: str) -> None:
    """A table of ``columns`` with their place in the call, of which ``more`` are a part."""
    once = [column for column in columns if column in ONCE]
    op.create_table(
        table,
        sa.Column("call_id", sa.Text(), nullable=False),
        *(sa.Column(name, TAKEN, autoincrement=False, nullable=False) for name in more),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, TYPES.get(name, sa.Text()), nullable=False) for name in columns),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f(f"fk_{table}_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(
            "call_id", *(once or (*more, "position")), name=op.f(f"pk_{table}")
        ),
    )


def put_back(table: str, columns: Sequence[str]) -> None:
    op.execute(f"INSERT INTO {table} ({names(columns)}) SELECT {names(columns)} FROM kept")
    op.execute("DROP TABLE kept")
