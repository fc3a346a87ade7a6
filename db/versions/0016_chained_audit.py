"""The audit: state before and after, machine, and a chain by hash; indexes for lists.

It adds columns that may be empty, so that a program of form 0015 goes on beside a newer one. Rows
that are there already stay as they are, outside the chain: it begins with the first new row.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "before": sa.Text(),
    "after": sa.Text(),
    "host": sa.Text(),
    "link": sa.BigInteger(),
    "hash": sa.String(64),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("audit", sa.Column(name, kind))
    op.create_index("ix_audit_link", "audit", ["link"], unique=True)
    outside = sa.text("link IS NULL")
    op.create_index(
        "ix_audit_outside", "audit", ["id"], sqlite_where=outside, postgresql_where=outside
    )
    op.create_index("ix_audit_author_at", "audit", ["author", "at"])


def downgrade() -> None:
    for name in ("author_at", "outside", "link"):
        op.drop_index(f"ix_audit_{name}", "audit")
    for name in reversed(COLUMNS):
        op.execute(f"ALTER TABLE audit DROP COLUMN {name}")
