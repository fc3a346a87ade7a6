"""Serves routes of the desk in a thread; sessions are known by a header."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import APIRouter, FastAPI
from starlette.requests import HTTPConnection

from ivr.domain.staff import StaffSession
from ivr.testing.contacts import agent_session
from tests.waiting import until

SESSION = "X-Session"
"""The header with the session's id."""


async def session_of(connection: HTTPConnection) -> StaffSession | None:
    said = connection.headers.get(SESSION, "0")
    return agent_session(int(said), f"agent{said}") if said != "0" else None


@contextmanager
def serving(router: APIRouter) -> Iterator[str]:
    """Run a server; answers HOST:PORT."""
    app = FastAPI()
    app.include_router(router)
    config = uvicorn.Config(app, "127.0.0.1", 0, log_config=None, ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    until(lambda: server.started)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
