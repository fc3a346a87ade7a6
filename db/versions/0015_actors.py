"""Who ordered, left a request or a call-back; keys of operations in the audit.

It adds columns that may be empty, so that a program of form 0014 goes on beside a newer one. What
that program writes, and what is there already, has no actor: ``ivr.store.actors`` reads it as the
caller's. The rows are not filled in: a long update would hold back the calls that go on.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

ACTED = ("orders", "requests", "invoices", "callbacks")
ACTOR = {"actor_kind": sa.String(40), "actor_id": sa.Text(), "channel": sa.String(40)}


def upgrade() -> None:
    for table in ACTED:
        for name, kind in ACTOR.items():
            op.add_column(table, sa.Column(name, kind))
    op.add_column("callbacks", sa.Column("key", sa.Text()))
    op.add_column("audit", sa.Column("channel", sa.String(40)))
    op.add_column("audit", sa.Column("key", sa.Text()))
    op.create_index("ix_audit_key", "audit", ["key"])


def downgrade() -> None:
    op.drop_index("ix_audit_key", "audit")
    op.execute("ALTER TABLE audit DROP COLUMN key")
    op.execute("ALTER TABLE audit DROP COLUMN channel")
    op.execute("ALTER TABLE callbacks DROP COLUMN key")
    for table in ACTED:
        for name in ACTOR:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
