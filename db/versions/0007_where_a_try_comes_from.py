"""Tries know what kind of caller made them; proofs have versions; one-time codes end a lock.

A number has a time since which its owner has it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.execute("ALTER TABLE subscribers ADD COLUMN proof_version INTEGER DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE subscribers ADD COLUMN proof_call TEXT")
    op.add_column("subscribers", sa.Column("owner_since", sa.DateTime(timezone=True)))
    # Older failures count as failures of strangers: no trunk confirmed their calling numbers, and
    # a lock caused by strangers must not affect the owner.
    op.execute("ALTER TABLE attempts ADD COLUMN kind VARCHAR(40) DEFAULT 'unknown' NOT NULL")
    op.execute("ALTER TABLE attempts ADD COLUMN trunk VARCHAR(40)")
    op.create_index(
        op.f("ix_attempts_kind_at_trunk_result_id"),
        "attempts",
        ["kind", "at", "trunk", "result", "id"],
    )
    op.create_table(
        "identification_codes",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("verifier", sa.String(64), nullable=False),
        sa.Column("written", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tries_elsewhere", sa.Integer(), nullable=False),
        sa.Column("used", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identification_codes")),
    )
    op.create_index(
        op.f("ix_identification_codes_number_written"),
        "identification_codes",
        ["number", "written"],
    )


def downgrade() -> None:
    op.drop_table("identification_codes")
    op.drop_index(op.f("ix_attempts_kind_at_trunk_result_id"), "attempts")
    for table, columns in {
        "attempts": ("kind", "trunk"),
        "subscribers": ("proof_version", "proof_call", "owner_since"),
    }.items():
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
