"""The simulated network's database file, which survives a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

_TABLES = """
PRAGMA journal_mode=WAL;
CREATE TABLE IF NOT EXISTS service_orders (
    id TEXT PRIMARY KEY, external_id TEXT UNIQUE, state TEXT NOT NULL, due REAL NOT NULL,
    body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS switched (
    number TEXT NOT NULL, service TEXT NOT NULL, is_on INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1, PRIMARY KEY (number, service));
CREATE TABLE IF NOT EXISTS particulars (
    number TEXT NOT NULL, service TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (number, service));
CREATE TABLE IF NOT EXISTS activated (
    order_id TEXT NOT NULL, item_id TEXT NOT NULL, number TEXT NOT NULL, service TEXT NOT NULL,
    PRIMARY KEY (order_id, item_id));
CREATE TABLE IF NOT EXISTS tickets (
    id TEXT PRIMARY KEY, external_id TEXT UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS listeners (id TEXT PRIMARY KEY, callback TEXT NOT NULL UNIQUE);
"""
LOCK_SECONDS = 3.0


@contextmanager
def reading(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a connection. sqlite3.Error: the file is damaged."""
    with closing(sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)) as link:
        link.executescript(_TABLES)
        yield link


@contextmanager
def writing(file: Path) -> Iterator[sqlite3.Connection]:
    """Open a writing transaction."""
    with reading(file) as link, link:
        link.execute("BEGIN IMMEDIATE")
        yield link


def utc_now() -> datetime:
    return datetime.now(UTC)
