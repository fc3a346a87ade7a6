"""Orders that are held until they are due."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("orders", sa.Column("due", sa.DateTime(timezone=True)))
    op.create_index(op.f("ix_orders_due"), "orders", ["due"])


def downgrade() -> None:
    # An older program would send held orders immediately.
    op.execute(
        "UPDATE orders SET state = 'cancelled', settled = CURRENT_TIMESTAMP, reason = 'withdrawn'"
        " WHERE state = 'held'"
    )
    op.drop_index(op.f("ix_orders_due"), "orders")
    op.drop_column("orders", "due")
