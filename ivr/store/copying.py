"""Bulk insert: COPY on PostgreSQL, INSERT elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Table, insert

TYPES = {"String": "varchar", "Text": "text", "BigInteger": "int8", "Integer": "int4"} | {
    "LargeBinary": "bytea",
    "Boolean": "bool",
}
"""PostgreSQL's names of SQLAlchemy's column types, for a binary COPY."""


def copy_into(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, unchecked; their values are in the order of the table's columns."""
    if not rows:
        return
    names = [column.name for column in table.c]
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        values = [dict(zip(names, row, strict=True)) for row in rows]
        connection.execute(insert(table), values)
        return
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([TYPES[type(column.type).__name__] for column in table.c])
        for row in rows:
            copy.write_row(row)
