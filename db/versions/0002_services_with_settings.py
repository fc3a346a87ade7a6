"""Services with settings and dates, packages, payments, requests, announcements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

Counter = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("subscriber_services", sa.Column("since", Moment))
    op.add_column("subscriber_services", sa.Column("value", sa.Text()))
    op.add_column("order_items", sa.Column("value", sa.Text()))
    op.add_column("order_items", sa.Column("before", sa.Text()))
    op.create_table(
        "subscriber_packages",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("msisdn", sa.String(20), nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("package", sa.String(40), nullable=False),
        sa.Column("left", sa.BigInteger(), nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_subscriber_packages_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["msisdn"],
            ["subscribers.msisdn"],
            name=op.f("fk_subscriber_packages_msisdn_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_subscriber_packages")),
    )
    op.create_index(
        op.f("ix_subscriber_packages_msisdn_until"), "subscriber_packages", ["msisdn", "until"]
    )
    op.create_table(
        "payments",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("msisdn", sa.String(20), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("amount_tenge", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["msisdn"],
            ["subscribers.msisdn"],
            name=op.f("fk_payments_msisdn_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint(
            "msisdn", "at", "amount_tenge", name=op.f("uq_payments_msisdn_at_amount_tenge")
        ),
    )
    op.create_table(
        "requests",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.String(20)),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2)),
        sa.Column("at", Moment, nullable=False),
        sa.Column("ticket", sa.Text()),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried", Moment),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requests")),
        sa.UniqueConstraint("reference", name=op.f("uq_requests_reference")),
    )
    op.create_index(op.f("ix_requests_ticket_at"), "requests", ["ticket", "at"])
    op.create_table(
        "announcements",
        sa.Column("id", Counter, autoincrement=True, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("until", Moment, nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("tk", sa.Text(), nullable=False),
        sa.Column("ru", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements")),
    )


def downgrade() -> None:
    op.drop_table("announcements")
    op.drop_index(op.f("ix_requests_ticket_at"), table_name="requests")
    op.drop_table("requests")
    op.drop_table("payments")
    op.drop_index(op.f("ix_subscriber_packages_msisdn_until"), table_name="subscriber_packages")
    op.drop_table("subscriber_packages")
    for table, column in (
        ("order_items", "before"),
        ("order_items", "value"),
        ("subscriber_services", "value"),
        ("subscriber_services", "since"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
