"""Agents: seats, states, conversations; tries of call-backs; who typed a secret.

It adds tables, indexes and columns that may be empty: a program of an older form goes on beside a
newer one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

MOMENT = sa.DateTime(timezone=True)
WORD = sa.String(40)
COUNTER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COLUMNS = (
    ("callbacks", sa.Column("topic", WORD)),
    ("callbacks", sa.Column("tries", sa.Integer(), nullable=False, server_default="0")),
    ("callbacks", sa.Column("next_at", MOMENT)),
    ("callbacks", sa.Column("result", WORD)),
    ("attempts", sa.Column("by", sa.Text())),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        op.add_column(table, column)
    op.create_index("ix_attempts_by_at", "attempts", ["by", "at"])
    op.create_table(
        "seat_loans",
        sa.Column("seat", WORD, nullable=False),
        sa.Column("session", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("seat", name="pk_seat_loans"),
        sa.UniqueConstraint("session", name="uq_seat_loans_session"),
        sa.UniqueConstraint("agent", name="uq_seat_loans_agent"),
    )
    op.create_table(
        "agent_spans",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reason", WORD, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("begun", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("key", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_agent_spans"),
    )
    op.create_index("ix_agent_spans_agent_begun", "agent_spans", ["agent", "begun"])
    op.create_index("ix_agent_spans_ended", "agent_spans", ["ended"])
    op.create_table(
        "conversations",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("seat", WORD, nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("topic", WORD, nullable=False),
        sa.Column("language", sa.String(2)),
        sa.Column("number", sa.String(20)),
        sa.Column("rang", MOMENT),
        sa.Column("answered", MOMENT, nullable=False),
        sa.Column("ended", MOMENT),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sent_to", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("call", "agent", name="uq_conversations_call_agent"),
    )
    op.create_index("ix_conversations_agent_answered", "conversations", ["agent", "answered"])
    op.create_index("ix_conversations_number_answered", "conversations", ["number", "answered"])
    op.create_index("ix_conversations_ended", "conversations", ["ended"])
    op.create_table(
        "dispositions",
        sa.Column("conversation_id", COUNTER, autoincrement=False, nullable=False),
        sa.Column("result", WORD, nullable=False),
        sa.Column("topic", WORD, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("promise", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("actor_kind", WORD),
        sa.Column("actor_id", sa.Text()),
        sa.Column("channel", WORD),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_dispositions"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_dispositions_conversation_id_conversations",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    for table in ("dispositions", "conversations", "agent_spans", "seat_loans"):
        op.drop_table(table)
    op.drop_index("ix_attempts_by_at", "attempts")
    for table, column in reversed(COLUMNS):
        op.execute(f'ALTER TABLE {table} DROP COLUMN "{column.name}"')
