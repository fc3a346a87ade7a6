"""Equal payments of one moment are told apart: by billing's reference, or by their ordinal."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0010"

COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EQUAL = ("msisdn", "at", "amount_tenge")
TOLD = (*EQUAL, "ordinal")
NAMED = ("msisdn", "reference")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE payments ADD COLUMN ordinal INTEGER DEFAULT '1' NOT NULL")
        op.execute("ALTER TABLE payments ADD COLUMN reference TEXT")
        op.drop_constraint(unique(EQUAL), "payments")
        for names in (TOLD, NAMED):
            op.create_unique_constraint(unique(names), "payments", list(names))
        return
    rebuild(
        ("ordinal", "reference"),
        "1 AS ordinal, NULL AS reference",
        sa.Column("ordinal", sa.Integer(), server_default="1", nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        *(sa.UniqueConstraint(*names, name=unique(names)) for names in (TOLD, NAMED)),
    )


def downgrade() -> None:
    op.execute("DELETE FROM payments WHERE ordinal > 1")
    if op.get_bind().dialect.name == "postgresql":
        for names in (TOLD, NAMED):
            op.drop_constraint(unique(names), "payments")
        op.create_unique_constraint(unique(EQUAL), "payments", list(EQUAL))
        for column in ("ordinal", "reference"):
            op.execute(f"ALTER TABLE payments DROP COLUMN {column}")
        return
    rebuild((), "", sa.UniqueConstraint(*EQUAL, name=unique(EQUAL)))


def rebuild(more: tuple[str, ...], values: str, *parts: sa.schema.SchemaItem) -> None:
    """The table anew: SQLite changes no constraint of one that is there."""
    columns = ", ".join(("id", *EQUAL))
    op.execute(
        f"CREATE TABLE kept AS SELECT {', '.join((columns, *filter(None, [values])))} FROM payments"
    )
    op.drop_table("payments")
    op.create_table(
        "payments",
        sa.Column("id", COUNTER, autoincrement=True, nullable=False),
        sa.Column("msisdn", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("amount_tenge", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["msisdn"],
            ["subscribers.msisdn"],
            name=op.f("fk_payments_msisdn_subscribers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        *parts,
    )
    names = ", ".join(("id", *EQUAL, *more))
    op.execute(f"INSERT INTO payments ({names}) SELECT {names} FROM kept")
    op.execute("DROP TABLE kept")


def unique(names: tuple[str, ...]) -> str:
    return op.f(f"uq_payments_{'_'.join(names)}")
