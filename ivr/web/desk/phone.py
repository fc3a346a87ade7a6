"""The relay of browser phones: a logged-in websocket to Asterisk's, for the lent seat alone.

The page never has an SIP password in its HTML: it asks ``/phone/seat`` for it, keeps it in memory,
and can use it only through this relay, for as long as its session has the seat.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
import websockets
from fastapi import APIRouter, Depends, Response, WebSocket
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect, WebSocketState
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as connect_to
from websockets.typing import Subprotocol

from ivr.contacts.seats import SeatService
from ivr.domain.staff import StaffSession
from ivr.errors import Forbidden, TemporarilyUnavailable
from ivr.web.desk.sip import LONGEST, Rate, refusal

log = structlog.get_logger()

SIP = Subprotocol("sip")
PATH = "/phone"
LOOK_SECONDS = 2.0
"""Interval between two checks that the session still has the seat."""
CONNECT_SECONDS = 3.0
NO_STORE = {"Cache-Control": "no-store"}
NOT_LOGGED_IN, NOT_ALLOWED, TAKEN, AWAY, ENDED = 4401, 4403, 4409, 4503, 4410
"""Close codes for the page: log in; a message was refused; another page has the seat; Asterisk does
not answer; the session or the loan has ended."""


SessionOf = Callable[..., Awaitable[StaffSession | None]]
"""A FastAPI dependency of an HTTPConnection: the logged-in session, or None."""


@dataclass
class Relay:
    """Joins browsers with Asterisk. One per process."""

    seats: SeatService
    look_seconds: float = LOOK_SECONDS
    now: Callable[[], float] = time.monotonic
    _open: dict[str, asyncio.Event] = field(default_factory=dict)
    """By seat: ends the present connection."""

    async def serve(self, browser: WebSocket, session: StaffSession, seat: str) -> None:
        """Relay an accepted websocket until one side ends, a message is refused, or the session
        loses the seat. A newer connection of the same seat ends this one."""
        if previous := self._open.get(seat):
            previous.set()
        mine = self._open[seat] = asyncio.Event()
        code = AWAY
        try:
            async with connect_to(
                await run_in_threadpool(self.seats.secrets.websocket),
                subprotocols=[SIP],
                max_size=LONGEST,
                compression=None,
                proxy=None,
                open_timeout=CONNECT_SECONDS,
            ) as asterisk:
                code = await self._relay(browser, asterisk, session, seat, mine)
        except (OSError, websockets.WebSocketException, TemporarilyUnavailable) as error:
            log.warning("Asterisk takes no browser phone", seat=seat, kind=type(error).__name__)
        finally:
            if self._open.get(seat) is mine:
                del self._open[seat]
            await _close(browser, code)

    async def _relay(
        self,
        browser: WebSocket,
        asterisk: ClientConnection,
        session: StaffSession,
        seat: str,
        replaced: asyncio.Event,
    ) -> int:
        """Run both directions until one ends; return the close code for the page."""
        parts = [
            asyncio.create_task(self._to_asterisk(browser, asterisk, seat)),
            asyncio.create_task(_to_browser(browser, asterisk)),
            asyncio.create_task(self._watch(session, seat)),
            asyncio.create_task(_when(replaced)),
        ]
        try:
            done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)

    async def _to_asterisk(self, browser: WebSocket, asterisk: ClientConnection, seat: str) -> int:
        rate = Rate()
        try:
            while True:
                message = await browser.receive()
                if message["type"] == "websocket.disconnect":
                    return ENDED
                text = message.get("text")
                if text is None:
                    text = (message.get("bytes") or b"").decode("utf-8", "replace")
                reason = refusal(text, seat) or (
                    None if rate.allows(self.now()) else "too many messages"
                )
                if reason:
                    log.warning("a browser phone sent what it may not", seat=seat, reason=reason)
                    return NOT_ALLOWED
                await asterisk.send(text)
        except WebSocketDisconnect:
            return ENDED
        except websockets.ConnectionClosed:
            return AWAY

    async def _watch(self, session: StaffSession, seat: str) -> int:
        """Return once the session does not have the seat any more."""
        while True:
            await asyncio.sleep(self.look_seconds)
            with suppress(TemporarilyUnavailable):
                if await run_in_threadpool(self.seats.seat_of, session.id) != seat:
                    return ENDED


async def _to_browser(browser: WebSocket, asterisk: ClientConnection) -> int:
    try:
        async for message in asterisk:
            await browser.send_text(message if isinstance(message, str) else message.decode())
    except (websockets.ConnectionClosed, UnicodeDecodeError):
        return AWAY
    except (WebSocketDisconnect, RuntimeError):  # starlette: the page has gone
        return ENDED
    return AWAY


async def _when(replaced: asyncio.Event) -> int:
    await replaced.wait()
    return TAKEN


async def _close(browser: WebSocket, code: int) -> None:
    """Close, whatever the page has done meanwhile."""
    with suppress(RuntimeError, WebSocketDisconnect):
        if browser.application_state is not WebSocketState.DISCONNECTED:
            await browser.close(code)


def phone_router(relay: Relay, session_of: SessionOf) -> APIRouter:
    """Return the routes of the browser phone.

    ``POST /phone/seat`` lends a seat to the session and answers its name and password;
    ``DELETE /phone/seat`` gives it back; ``/phone`` is the websocket, with subprotocol ``sip``.
    """
    router = APIRouter()
    given = Depends(session_of)

    @router.post(f"{PATH}/seat")
    def lend(session: StaffSession | None = given) -> JSONResponse:
        if session is None:
            return JSONResponse({"error": "login"}, 401, NO_STORE)
        try:
            seat = relay.seats.lend(session)
        except Forbidden:
            return JSONResponse({"error": "forbidden"}, 403, NO_STORE)
        except TemporarilyUnavailable:
            return JSONResponse({"error": "unavailable"}, 503, NO_STORE)
        if seat is None:
            return JSONResponse({"error": "no-seat"}, 503, NO_STORE)
        return JSONResponse({"user": seat.name, "password": seat.password}, headers=NO_STORE)

    @router.delete(f"{PATH}/seat", status_code=204)
    def give_back(session: StaffSession | None = given) -> Response:
        if session is not None:
            relay.seats.give_back(session.id)
        return Response(status_code=204, headers=NO_STORE)

    @router.websocket(PATH)
    async def phone(browser: WebSocket, session: StaffSession | None = given) -> None:
        if not is_same_origin(browser) or SIP not in browser.scope["subprotocols"]:
            await browser.close(NOT_ALLOWED)
            return
        await browser.accept(SIP)
        if session is None:
            await browser.close(NOT_LOGGED_IN)
            return
        try:
            seat = await run_in_threadpool(relay.seats.seat_of, session.id)
        except TemporarilyUnavailable:
            await browser.close(AWAY)
            return
        if seat is None:
            await browser.close(ENDED)
            return
        await relay.serve(browser, session, seat)

    return router


def is_same_origin(browser: WebSocket) -> bool:
    """Whether the page that opens a websocket is one of ours: browsers send its origin always."""
    origin = urlsplit(browser.headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == browser.headers.get("host")
