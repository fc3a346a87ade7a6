"""Searching everything that a program wrote for known secrets."""

from __future__ import annotations

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path


def files(home: Path) -> Iterator[Path]:
    for file in home.rglob("*"):
        if file.is_file() and not file.is_symlink():
            yield file


def rows(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in tables.fetchall():
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield table, repr(row)


def search(place: str, data: bytes, secrets: list[str]) -> None:
    for secret in secrets:
        plain = secret.encode()
        for form in (plain, base64.b64encode(plain).rstrip(b"="), plain.hex().encode()):
            assert form not in data, f"a secret is in {place}"
