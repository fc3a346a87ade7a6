"""A place kept for a migration of another part."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing."""


def downgrade() -> None:
    """Nothing."""
