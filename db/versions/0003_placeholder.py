"""A place kept for a migration of another part."""

from __future__ import annotations

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Nothing."""


def downgrade() -> None:
    """Nothing."""
