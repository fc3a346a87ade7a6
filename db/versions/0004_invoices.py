"""Invoices for prepayment, and the tries to send them by fax."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "invoice_years",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("newest", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_invoice_years")),
    )
    op.create_table(
        "invoices",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("fax", sa.String(length=20), nullable=False),
        sa.Column("ordered", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("year", "sequence", name=op.f("pk_invoices")),
        sa.UniqueConstraint("external_id", name=op.f("uq_invoices_external_id")),
    )
    op.create_index(op.f("ix_invoices_number_ordered"), "invoices", ["number", "ordered"])
    op.create_index(op.f("ix_invoices_state_due"), "invoices", ["state", "due"])
    op.create_table(
        "fax_tries",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("result", sa.String(length=40), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["year", "sequence"],
            ["invoices.year", "invoices.sequence"],
            name=op.f("fk_fax_tries_year_sequence_invoices"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("year", "sequence", "position", name=op.f("pk_fax_tries")),
    )


def downgrade() -> None:
    op.drop_table("fax_tries")
    op.drop_index(op.f("ix_invoices_state_due"), table_name="invoices")
    op.drop_index(op.f("ix_invoices_number_ordered"), table_name="invoices")
    op.drop_table("invoices")
    op.drop_table("invoice_years")
