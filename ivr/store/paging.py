"""Keyset pagination: a page begins after the last row of the page before it.

So a row that is added in the meantime does not move the others.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Row, Select, tuple_

from ivr.domain.paging import Page
from ivr.errors import Unusable
from ivr.store.columns import UtcDateTime

T = TypeVar("T")


def read_page(
    connection: Connection,
    query: Select[Any],
    keys: tuple[Column[Any], ...],
    read: Callable[[Sequence[Row[Any]]], Sequence[T]],
    most: int,
    cursor: str | None,
    *,
    newest_first: bool = True,
) -> Page[T]:
    """A page of ``most`` rows in the order of ``keys``, which together name one row; ``read`` makes
    items of all of them at once.

    Unusable: the cursor is invalid.
    """
    if cursor is not None:
        values = tuple_(*keys)
        bound = tuple_(*_open(cursor, keys), types=[key.type for key in keys])
        query = query.where(values < bound if newest_first else values > bound)
    order = [key.desc() if newest_first else key.asc() for key in keys]
    rows = connection.execute(query.order_by(*order).limit(most + 1)).all()
    shown = rows[:most]
    has_more = len(rows) > most and bool(shown)
    return Page(read(shown), _seal(shown[-1], keys) if has_more else None)


def _seal(row: Row[Any], keys: tuple[Column[Any], ...]) -> str:
    values = [row._mapping[key] for key in keys]
    plain = [each.isoformat() if isinstance(each, datetime) else each for each in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _open(cursor: str, keys: tuple[Column[Any], ...]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        plain = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(plain, list):
            raise TypeError
        return [_value(each, key) for each, key in zip(plain, keys, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        raise Unusable("the cursor is invalid: begin again without --after") from None


def _value(plain: object, key: Column[Any]) -> object:
    if isinstance(key.type, UtcDateTime):
        value = datetime.fromisoformat(str(plain))
        if value.tzinfo is None:
            raise ValueError
        return value
    if type(plain) is not key.type.python_type:
        raise TypeError
    return plain
