"""HTTP connections: certificates, limits, and bodies that must end."""

from __future__ import annotations

import ssl
import time

import httpx

CONNECTIONS = 50
LARGEST = 10_000_000
"""Most bytes of an answer."""


def read_body(reply: httpx.Response, until: float) -> bytes | None:
    """Read the body; None: it is longer than LARGEST, or does not end before ``until`` (of
    time.monotonic). The library's own deadline is for each piece of the body."""
    taken = bytearray()
    for part in reply.iter_bytes():
        taken += part
        if len(taken) > LARGEST or time.monotonic() > until:
            return None
    return bytes(taken)


def make_client(tls: ssl.SSLContext) -> httpx.Client:
    """Return a client that follows no redirection and uses no proxy of the environment."""
    return httpx.Client(
        headers={"Accept": "application/json"},
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        follow_redirects=False,
        trust_env=False,  # ignore proxies set in the environment
        verify=tls,
    )
