"""Websockets over our server: they outlive the deadline of requests and come from our own pages."""

from __future__ import annotations

import pytest
from fastapi import FastAPI, WebSocket
from starlette.responses import PlainTextResponse
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from ivr.web.desk.shield import Shield
from ivr.web.desk.visit import connected_session
from ivr.web.guard import Hosts
from ivr.web.protocol import Limits
from ivr.web.server import HttpServer
from tests.e2e.installation import free_port
from tests.staff.bench import Bench
from tests.waiting import pause

SECONDS = 0.1
"""The deadline for a request."""


def server(bench: Bench, port: int) -> HttpServer:
    app = FastAPI()
    app.state.sessions = bench.staff.sessions

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        session = await connected_session(socket)
        await socket.accept()
        await socket.send_text(session.user.name if session else "nobody")
        async for text in socket.iter_text():
            await socket.send_text(text)

    shielded = Shield(app, Hosts.of("127.0.0.1"), lambda status: PlainTextResponse(status.phrase))
    limits = Limits(seconds=SECONDS)
    return HttpServer(shielded, "127.0.0.1", port, "IVR_X", limits=limits, has_sockets=True)


def test_a_websocket_lives_on_with_the_session_of_its_page() -> None:
    bench, port = Bench(), free_port()
    token, _session = bench.session(bench.user())
    page = Origin(f"http://localhost:{port}")
    cookies = {"Cookie": f"desk={token}"}
    with (
        server(bench, port),
        connect(f"ws://localhost:{port}/echo", origin=page, additional_headers=cookies) as socket,
    ):
        assert socket.recv() == "aygul"
        pause(3 * SECONDS)  # a peer that has nothing to say
        socket.send("still here")
        assert socket.recv() == "still here"


@pytest.mark.parametrize("origin", [Origin("http://evil.example"), Origin("null"), None])
def test_another_page_opens_none(origin: Origin | None) -> None:
    port = free_port()
    with (
        server(Bench(), port),
        pytest.raises(InvalidStatus, match="403"),
        connect(f"ws://localhost:{port}/echo", origin=origin),
    ):
        pass
