"""Alembic's way in. The connection and its transaction belong to ``ivr.store.migrations``."""

from __future__ import annotations

from alembic import context

from ivr.store.tables.partial import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=False,
)
context.run_migrations()
