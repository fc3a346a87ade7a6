"""Users of the people's pages: ways in, sessions, one-time tokens, tries to log in.

It adds tables only: a program of an older form goes on beside a newer one.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

MOMENT, DIGEST, WORD = sa.DateTime(timezone=True), sa.String(64), sa.String(40)
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "staff_devices",
    "staff_tries",
    "staff_tokens",
    "staff_sessions",
    "staff_passkeys",
    "staff_recovery_codes",
    "staff_users",
)


def upgrade() -> None:
    op.create_table(
        "staff_users",
        sa.Column("id", COUNTER, nullable=False, autoincrement=True),
        sa.Column("name", WORD, nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("spoken", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("suspended", MOMENT),
        sa.Column("seen", MOMENT),
        sa.Column("password", sa.Text()),
        sa.Column("totp", sa.LargeBinary()),
        sa.Column("totp_step", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_users")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_users_name")),
    )
    op.create_table(
        "staff_recovery_codes",
        sa.Column("user_id", COUNTER, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_staff_recovery_codes")),
        _of_user("staff_recovery_codes"),
    )
    op.create_table(
        "staff_passkeys",
        sa.Column("id", COUNTER, nullable=False, autoincrement=True),
        sa.Column("user_id", COUNTER, nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("used", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_staff_passkeys_credential")),
        _of_user("staff_passkeys"),
    )
    op.create_index("ix_staff_passkeys_user_id", "staff_passkeys", ["user_id"])
    op.create_table(
        "staff_sessions",
        sa.Column("id", COUNTER, nullable=False, autoincrement=True),
        sa.Column("user_id", COUNTER, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("created", MOMENT, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.Column("step_up", MOMENT),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_staff_sessions_digest")),
        _of_user("staff_sessions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_staff_sessions_user_id", "staff_sessions", ["user_id"])
    op.create_table(
        "staff_tokens",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("user_id", COUNTER, nullable=False),
        sa.Column("purpose", WORD, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_staff_tokens")),
        _of_user("staff_tokens"),
    )
    op.create_index("ix_staff_tokens_user_id", "staff_tokens", ["user_id"])
    op.create_table(
        "staff_tries",
        sa.Column("id", COUNTER, nullable=False, autoincrement=True),
        sa.Column("who", DIGEST, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_tries")),
    )
    op.create_index("ix_staff_tries_who_source_at", "staff_tries", ["who", "source", "at"])
    op.create_index("ix_staff_tries_group_at", "staff_tries", ["group", "at"])
    op.create_index("ix_staff_tries_at", "staff_tries", ["at"])
    op.create_table(
        "staff_devices",
        sa.Column("user_id", COUNTER, nullable=False),
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("seen", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_staff_devices")),
        _of_user("staff_devices"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_user_id_staff_users")
    return sa.ForeignKeyConstraint(["user_id"], ["staff_users.id"], name=name, ondelete="CASCADE")
