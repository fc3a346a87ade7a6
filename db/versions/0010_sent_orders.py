"""Whether the network may have an order, so that it is not sent twice by mistake."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"

COLUMNS = (
    sa.Column("sent", sa.String(40), nullable=False, server_default="not"),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("orders", column.copy())
    # Older rows do not say whether an order was sent: each open order that is not held may be.
    op.execute(
        "UPDATE orders SET sent = 'sent', sent_at = COALESCE(tried, ordered) "
        "WHERE settled IS NULL AND state <> 'held'"
    )


def downgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE orders DROP COLUMN {column.name}")
