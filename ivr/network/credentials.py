"""Credentials for the network: a fixed bearer token, or one by OAuth 2 (RFC 6749).

The secret is sent to the token endpoint only. Neither the secret nor a token is ever logged.
"""

from __future__ import annotations

import base64
import re
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote_plus

import httpx
import structlog
from pydantic_core import from_json

from ivr.errors import TemporarilyUnavailable, Unusable

log = structlog.get_logger()

SECONDS = 3.0
"""Limit in seconds for a request to the token endpoint."""
LIFE = 300.0
"""Assumed life in seconds of a token without ``expires_in``, which is optional."""
EARLY = 30.0
"""Seconds before its end at which a token is renewed; a short one after half its life."""
LARGEST = 100_000


class Credentials(Protocol):
    def token(self) -> str:
        """Return the token to send after ``Bearer``; empty: send none.

        TemporarilyUnavailable: the token endpoint gives none.
        """
        ...

    def refused(self, token: str) -> bool:
        """Note that the network refuses a token. True: the next token is a new one."""
        ...


@dataclass(frozen=True)
class FixedToken:
    """A token from the settings, or none."""

    value: str = field(default="", repr=False)

    def token(self) -> str:
        return self.value

    def refused(self, token: str) -> bool:  # noqa: ARG002  there is no other token
        return False


@dataclass
class ClientCredentials:
    """The client credentials grant (RFC 6749 4.4). All HTTP clients share one. Thread-safe.

    The client authenticates by HTTP Basic, which every server must support; if that is refused,
    by form fields (2.3.1).
    """

    url: str
    client: str
    secret: str = field(repr=False)
    scope: str = ""
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context
    now: Callable[[], float] = time.monotonic
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def token(self) -> str:
        if not self._lock.acquire(timeout=2 * SECONDS):
            raise _no_token("another request is fetching it")
        try:
            if not self._token or self.now() >= self._until:
                self._token, self._until = "", 0.0
                self._token, life = self._fetched()
                self._until = self.now() + max(life - EARLY, life / 2)
            return self._token
        finally:
            self._lock.release()

    def refused(self, token: str) -> bool:
        with self._lock:
            if self._token == token:
                self._token = ""
        return True

    def _fetched(self) -> tuple[str, float]:
        """Fetch a new token; return it and its life in seconds."""
        form = {"grant_type": "client_credentials"} | ({"scope": self.scope} if self.scope else {})
        pair = f"{quote_plus(self.client)}:{quote_plus(self.secret)}".encode()
        basic = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        inside = {**form, "client_id": self.client, "client_secret": self.secret}
        try:
            with httpx.Client(verify=self.tls(), trust_env=False, timeout=SECONDS) as client:
                reply = self._asked(client, form, basic)
                if reply.status_code in (400, 401):
                    reply = self._asked(client, inside, {})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _no_token(f"its endpoint does not answer ({type(error).__name__})") from None
        said = _document(reply)
        token, life = said.get("access_token"), said.get("expires_in", LIFE)
        if reply.status_code != 200 or not _is_token(token):
            raise _no_token(_reason(reply.status_code, said.get("error")))
        log.info("a token is fetched")
        return str(token), _seconds(life)

    def _asked(
        self, client: httpx.Client, form: dict[str, str], headers: dict[str, str]
    ) -> httpx.Response:
        headers = {**headers, "Accept": "application/json"}
        return client.post(self.url, data=form, headers=headers)


def tls_context(certificate: Path | None, key: Path | None, ca: Path | None) -> ssl.SSLContext:
    """Return a TLS context with our certificate, if any, that trusts ``ca`` or the system's CAs.

    Unusable: a file cannot be read, or the key does not belong to the certificate.
    """
    try:
        context = ssl.create_default_context(cafile=str(ca) if ca else None)
    except (OSError, ssl.SSLError):
        raise Unusable(
            f"IVR_NETWORK_CA: {ca} has no readable certificates: name a file in PEM form"
        ) from None
    if certificate is None:
        return context
    try:
        context.load_cert_chain(certificate, key, password="")  # no prompt for an encrypted key
    except (OSError, ssl.SSLError, ValueError):
        raise Unusable(
            f"IVR_NETWORK_CERTIFICATE: {certificate} and its key {key or 'in the same file'} cannot"
            " be read, or do not belong together: both must be in PEM form, without a password"
        ) from None
    return context


def _document(reply: httpx.Response) -> dict[str, Any]:
    try:
        found = from_json(reply.content[:LARGEST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_token(token: object) -> bool:
    return isinstance(token, str) and re.fullmatch(r"[!-~]+", token) is not None


def _seconds(life: object) -> float:
    """Parse ``expires_in``, a number or its text; LIFE if it is invalid."""
    try:
        seconds = float(str(life))
    except ValueError:
        return LIFE
    return seconds if 0 < seconds < 10**9 else LIFE


def _reason(status: int, error: object) -> str:
    """Return the endpoint's status and error code (RFC 6749 5.2), nothing else of its answer."""
    is_code = isinstance(error, str) and re.fullmatch(r"[a-z_]{1,40}", error)
    return f"status {status}{f', {error}' if is_code else ''}: see IVR_NETWORK_OAUTH_…"


def _no_token(detail: str) -> TemporarilyUnavailable:
    log.error("cannot get a token", reason=detail)
    return TemporarilyUnavailable("network", f"cannot get a token: {detail}")
