"""Requests to the back office as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from tests.contracts.requests_contract import RequestsContract


class TestRequests(RequestsContract):
    pass
