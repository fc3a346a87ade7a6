"""Text messages: the outbox, what the message centre took, what callers were promised."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("occasion", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("reference", name=op.f("uq_messages_reference")),
    )
    op.create_index(op.f("ix_messages_due"), "messages", ["due"], unique=False)
    op.create_index(
        op.f("ix_messages_number_occasion_settled"),
        "messages",
        ["number", "occasion", "settled"],
        unique=False,
    )
    op.create_table(
        "message_parts",
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("has_arrived", sa.Boolean(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages.id"],
            name=op.f("fk_message_parts_message_id_messages"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_message_parts")),
    )
    op.create_index(op.f("ix_message_parts_name"), "message_parts", ["name"], unique=False)
    op.create_table(
        "promises",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_promises_order_id_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_kept"), "promises", ["kept"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_promises_kept"), table_name="promises")
    op.drop_table("promises")
    op.drop_index(op.f("ix_message_parts_name"), table_name="message_parts")
    op.drop_table("message_parts")
    op.drop_index(op.f("ix_messages_number_occasion_settled"), table_name="messages")
    op.drop_index(op.f("ix_messages_due"), table_name="messages")
    op.drop_table("messages")
