"""Column types, and the naming convention of constraints."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, String, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from ivr.domain.services import Characteristics

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, also on databases without time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - SQLAlchemy's signature
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CharacteristicsType(TypeDecorator["Characteristics"]):
    """The characteristics of a service (names and values) as JSON; null: none."""

    impl = Text
    cache_ok = True

    def process_bind_param(
        self,
        value: Characteristics | None,
        dialect: Dialect,  # noqa: ARG002 - as above
    ) -> str | None:
        return json.dumps(value, ensure_ascii=False) if value else None

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002 - as above
    ) -> Characteristics:
        return tuple((name, text) for name, text in json.loads(value)) if value else ()


Counter = BigInteger().with_variant(Integer, "sqlite")
"""A generated row id. INTEGER on SQLite: it generates ids only in columns of that type."""
Taken = BigInteger().with_variant(Integer, "sqlite")
"""When a worker took a call, in milliseconds since 1970."""
Number = String(20)
"""A telephone number."""
Word = String(40)
"""An id or a state from a closed set."""
