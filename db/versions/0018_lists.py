"""Indexes for the lists of orders, messages and calls, so that a page reads no more than itself.

It adds indexes only: a program of an older form goes on beside a newer one.
"""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision = "0017"

INDEXES = {
    "ix_orders_ordered": ("orders", ["ordered"]),
    "ix_messages_written": ("messages", ["written"]),
    "ix_messages_state_written": ("messages", ["state", "written"]),
    "ix_calls_caller_started": ("calls", ["caller", "started"]),
}


def upgrade() -> None:
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
