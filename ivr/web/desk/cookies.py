"""Cookies: closed to scripts, for this host only."""

from __future__ import annotations

from starlette.requests import HTTPConnection
from starlette.responses import Response

SECURE_PREFIX = "__Host-"
"""Browsers accept such a cookie only by TLS, for this host and all its paths."""


def is_secure(request: HTTPConnection) -> bool:
    return request.url.scheme in ("https", "wss")


def full_name(request: HTTPConnection, name: str) -> str:
    """Return the name of a cookie: with the prefix, except on loopback without TLS."""
    return SECURE_PREFIX + name if is_secure(request) else name


def cookie(request: HTTPConnection, name: str) -> str:
    """Return the value of a cookie; empty: there is none."""
    return request.cookies.get(full_name(request, name), "")


def add_cookie(
    response: Response, request: HTTPConnection, name: str, value: str, seconds: int | None = None
) -> None:
    """Set a cookie; without ``seconds`` until the browser ends."""
    response.set_cookie(
        full_name(request, name),
        value,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def remove_cookie(response: Response, request: HTTPConnection, name: str) -> None:
    response.delete_cookie(
        full_name(request, name),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )
