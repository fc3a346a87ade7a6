"""The database says which programs it serves, so that old and new ones run side by side."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

OLDEST = "0014"
"""The form that version 0.2.0 was made for. A later migration that takes something away writes its
own: ``UPDATE database_form SET oldest = …``."""


def upgrade() -> None:
    form = op.create_table(
        "database_form",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("oldest", sa.String(4), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_database_form")),
    )
    op.bulk_insert(form, [{"id": 1, "oldest": OLDEST}])


def downgrade() -> None:
    op.drop_table("database_form")
