"""What an invoice says of its payer, and why a try to send a fax failed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

PAYER = ("tax_number", "address", "contract")


def upgrade() -> None:
    for name in PAYER:
        op.add_column("subscribers", sa.Column(name, sa.Text()))
    op.add_column("fax_tries", sa.Column("reason", sa.String(40)))


def downgrade() -> None:
    op.execute("ALTER TABLE fax_tries DROP COLUMN reason")
    for name in PAYER:
        op.execute(f"ALTER TABLE subscribers DROP COLUMN {name}")
