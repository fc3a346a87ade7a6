"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "agent_events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent_events")),
        sa.UniqueConstraint(
            "call", "event", "agent", name=op.f("uq_agent_events_call_event_agent")
        ),
    )
    op.create_table(
        "attempts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("caller", sa.String(length=20), nullable=True),
        sa.Column("means", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_call"), "attempts", ["call"], unique=False)
    op.create_index(op.f("ix_attempts_caller_at"), "attempts", ["caller", "at"], unique=False)
    op.create_index(
        op.f("ix_attempts_number_forgotten"), "attempts", ["number", "forgotten"], unique=False
    )
    op.create_table(
        "audit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_number_at"), "audit", ["number", "at"], unique=False)
    op.create_table(
        "callbacks",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("call", "number", name=op.f("uq_callbacks_call_number")),
    )
    op.create_index(op.f("ix_callbacks_status_at"), "callbacks", ["status", "at"], unique=False)
    op.create_table(
        "caller_languages",
        sa.Column("caller", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.PrimaryKeyConstraint("caller", name=op.f("pk_caller_languages")),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("dialled", sa.Text(), nullable=False),
        sa.Column("caller", sa.String(length=20), nullable=True),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("subscriber", sa.String(length=20), nullable=True),
        sa.Column("means", sa.String(length=40), nullable=True),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=True),
        sa.Column("kept_steps", sa.Integer(), nullable=False),
        sa.Column("kept_identifications", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_started"), "calls", ["started"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("once_tenge", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ordered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("undoes", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["undoes"], ["orders.id"], name=op.f("fk_orders_undoes_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("external_id", name=op.f("uq_orders_external_id")),
    )
    op.create_index(op.f("ix_orders_number_settled"), "orders", ["number", "settled"], unique=False)
    op.create_index(
        op.f("ix_orders_settled_ordered"), "orders", ["settled", "ordered"], unique=False
    )
    op.create_index(op.f("ix_orders_undoes"), "orders", ["undoes"], unique=False)
    op.create_table(
        "releases",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("published", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_releases")),
    )
    op.create_table(
        "subscribers",
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("tariff", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("balance_tenge", sa.BigInteger(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("codeword", sa.Text(), nullable=True),
        sa.Column("keys_latin", sa.Text(), nullable=True),
        sa.Column("keys_cyrillic", sa.Text(), nullable=True),
        sa.Column("passport", sa.String(length=64), nullable=True),
        sa.Column("puk", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("msisdn", name=op.f("pk_subscribers")),
    )
    op.create_table(
        "call_goals",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_goals_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "goal", name=op.f("pk_call_goals")),
    )
    op.create_table(
        "call_identifications",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.id"],
            name=op.f("fk_call_identifications_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name=op.f("pk_call_identifications")),
    )
    op.create_table(
        "call_orders",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_orders_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "order_id", name=op.f("pk_call_orders")),
    )
    op.create_table(
        "call_steps",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_call_steps_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", "position", name=op.f("pk_call_steps")),
    )
    op.create_table(
        "live_release",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["releases.number"], name=op.f("fk_live_release_number_releases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_release")),
    )
    op.create_table(
        "order_items",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_order_items_order_id_orders"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_items")),
    )
    op.create_table(
        "subscriber_services",
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["msisdn"],
            ["subscribers.msisdn"],
            name=op.f("fk_subscriber_services_msisdn_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("msisdn", "service", name=op.f("pk_subscriber_services")),
    )


def downgrade() -> None:
    op.drop_table("subscriber_services")
    op.drop_table("order_items")
    op.drop_table("live_release")
    op.drop_table("call_steps")
    op.drop_table("call_orders")
    op.drop_table("call_identifications")
    op.drop_table("call_goals")
    op.drop_table("subscribers")
    op.drop_table("releases")
    op.drop_index(op.f("ix_orders_undoes"), table_name="orders")
    op.drop_index(op.f("ix_orders_settled_ordered"), table_name="orders")
    op.drop_index(op.f("ix_orders_number_settled"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_calls_started"), table_name="calls")
    op.drop_table("calls")
    op.drop_table("caller_languages")
    op.drop_index(op.f("ix_callbacks_status_at"), table_name="callbacks")
    op.drop_table("callbacks")
    op.drop_index(op.f("ix_audit_number_at"), table_name="audit")
    op.drop_table("audit")
    op.drop_index(op.f("ix_attempts_number_forgotten"), table_name="attempts")
    op.drop_index(op.f("ix_attempts_caller_at"), table_name="attempts")
    op.drop_index(op.f("ix_attempts_call"), table_name="attempts")
    op.drop_table("attempts")
    op.drop_table("agent_events")
