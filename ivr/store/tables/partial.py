"""All tables, with the partial indexes.

These indexes stand alone because SQLAlchemy loads the dialects of all databases for them, which
takes a command a tenth of a second. Queries do not need them; migrations and their test do.
"""

from __future__ import annotations

from sqlalchemy import Index

from ivr.store.columns import metadata
from ivr.store.tables.installation import audit

__all__ = ["metadata"]

_outside = audit.c.link.is_(None)
Index("ix_audit_outside", audit.c.id, sqlite_where=_outside, postgresql_where=_outside)
