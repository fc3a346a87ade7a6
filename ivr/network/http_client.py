"""HTTP client for one system of the operator: connection pool, deadlines, retries, breaker.

Requests that only read or that set an absolute state (GET, PATCH) are retried after a pause that
doubles, with jitter. A POST is repeated only if it was never sent. If its answer is lost, the
client raises ``Lost``, and the caller of this client first asks for the result. The log has the
system, the method and the outcome of a request: no number, no body, no token.
"""

from __future__ import annotations

import random
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, ValidationError

from ivr import metrics
from ivr.errors import TemporarilyUnavailable
from ivr.network import pages
from ivr.network.answer import Answer
from ivr.network.credentials import Credentials, FixedToken
from ivr.network.failures import Lost, NoEntry, Pause
from ivr.network.location import MOVED, is_trusted, onward
from ivr.network.retryafter import retry_after
from ivr.network.transport import make_client, read_body
from ivr.system.breaker import Breaker, BreakerOpen, BreakerState

log = structlog.get_logger()

CONNECT, READ, READ_POST = 1.0, 2.0, 4.0
"""Limits in seconds for connecting, for an answer, and for the answer to a POST."""
TRIES = 3
FIRST_PAUSE = 0.1
LEAST = 0.05
"""Seconds: no request is sent if less time than this is left."""
HOPS = 5
"""Most redirections of one request."""
NOT_TAKEN = frozenset({425, 429})
"""Statuses of a temporary refusal: the request was not processed (RFC 8470, RFC 6585)."""
PASSING = frozenset({408})
"""Statuses besides 5xx of a temporary error after which the request may have been processed."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

M = TypeVar("M", bound=BaseModel)


class HttpClient:
    """A client for one system; ``what`` names it in errors, such as ``network`` or ``billing``."""

    def __init__(
        self,
        what: str,
        base: str,
        token: str = "",
        *,
        credentials: Credentials | None = None,
        tls: ssl.SSLContext | None = None,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``base`` is the address before ``/tmf-api``; ``token`` is a fixed bearer token, used if
        there are no ``credentials``."""
        self.what = what
        self.base = base
        self.breaker = breaker or Breaker(changed=self._note)
        metrics.circuit(what, self.breaker.state)
        self._credentials = credentials or FixedToken(token)
        self._sleep = sleep
        self._client = make_client(tls or ssl.create_default_context())
        self._stranger: httpx.Client | None = None

    def close(self) -> None:
        self._client.close()
        if self._stranger is not None:
            self._stranger.close()

    def get(self, path: str, until: float, **query: str) -> Answer:
        """Send a GET, with retries until ``until`` (of time.monotonic).

        ``path`` is relative to ``base``, or a whole address of the same server.
        """
        return self._again("GET", path, until, query, None)

    def patch(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Set an absolute state, with retries until ``until``: a PATCH is idempotent."""
        return self._again("PATCH", path, until, {}, body)

    def post(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Send a POST once. Lost: it may have arrived; other TemporarilyUnavailable: it did not."""
        return self._again("POST", path, until, {}, body)

    def read(self, model: type[M], answer: Answer) -> M:
        """Parse the resource in an answer. TemporarilyUnavailable: it is not of this kind."""
        if answer.status >= 300:
            raise self.unavailable(f"it answers with status {answer.status}")
        try:
            return model.model_validate(answer.document())
        except ValidationError as error:
            first = error.errors()[0]
            raise self.misunderstood(".".join(str(part) for part in first["loc"])) from None
        except ValueError:
            raise self.misunderstood("") from None

    def each(self, model: type[M], path: str, until: float, **query: str) -> Iterator[M]:
        """Yield the resources of a list. Pages are requested as needed."""
        for item in pages.items(self, path, until, query):
            try:
                yield model.model_validate(item)
            except ValidationError:
                log.warning("an unreadable item of a list is ignored", part=self.what)

    def unavailable(self, detail: str) -> TemporarilyUnavailable:
        """Return the error for a system that does not answer now."""
        return TemporarilyUnavailable(self.what, detail)

    def misunderstood(self, field: str) -> TemporarilyUnavailable:
        """Count and log an answer that cannot be parsed; return the error for it."""
        metrics.misunderstood(self.what)
        log.error("an answer is not as the API defines it", part=self.what, field=field)
        return self.unavailable(
            f"its answer is not understood (at {field or 'its beginning'}): ask its operator"
            " for the form that the API defines"
        )

    def _again(
        self,
        method: str,
        path: str,
        until: float,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> Answer:
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES)):
            try:
                return self._once(method, path, until, query, body)
            except Lost as error:
                if method == "POST" or not left:
                    raise
                problem: TemporarilyUnavailable = error
            except TemporarilyUnavailable as error:
                is_final = isinstance(error, NoEntry) or isinstance(error.__cause__, BreakerOpen)
                if not left or is_final:
                    raise
                problem = error
            wait = pause * random.uniform(0.5, 1.5)  # noqa: S311  jitter, not a secret
            if isinstance(problem.__cause__, Pause):
                wait += problem.__cause__.seconds
            if time.monotonic() + wait + LEAST > until:
                raise problem
            self._sleep(wait)
            pause *= 2
        raise AssertionError("the last try answers or raises")

    def _once(
        self,
        method: str,
        path: str,
        until: float,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> Answer:
        """Send one request and follow its redirections."""
        url = path if "://" in path else f"{self.base}{path}"
        for _ in range(HOPS + 1):
            reply, taken = self._allowed(method, url, until, query, body)
            where = reply.headers.get("Location", "")
            if reply.status_code not in MOVED or not where:
                return Answer.of(reply, taken)
            onto = onward(method, reply.status_code, url, where, self.base)
            if onto is None:
                log.error("a redirection to another server is not followed", part=self.what)
                raise NoEntry(
                    self.what,
                    "it redirects to an unknown server; the request was not sent: set"
                    " IVR_NETWORK_URL to its present address",
                )
            if not onto.method:  # perhaps done: the result is at that address, or a login page
                return Answer(200, b"", onto.url, url)
            method, url, query = onto.method, onto.url, {}
            body = None if method == "GET" else body
        raise NoEntry(self.what, "it redirects in a circle: check IVR_NETWORK_URL")

    def _allowed(
        self,
        method: str,
        url: str,
        until: float,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> tuple[httpx.Response, bytes]:
        """Send a request with our token, and again with a new token if it is refused.

        A server that is not trusted gets no token and no certificate.
        """
        try:
            is_ours = is_trusted(self.base, url)
        except ValueError:
            is_ours = False
        for left in (1, 0):
            token = self._token() if is_ours else ""
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            client = self._client if is_ours else self._strangers
            reply, taken = self._exchange(client, method, url, until, query, body, headers)
            if reply.status_code == 401 and left and is_ours and self._credentials.refused(token):
                continue
            break
        if reply.status_code in (401, 403):
            log.error("our token is refused", part=self.what, status=reply.status_code)
            raise NoEntry(
                self.what,
                "it refuses our token: set IVR_NETWORK_TOKEN, or see IVR_NETWORK_OAUTH_URL",
            )
        return reply, taken

    def _token(self) -> str:
        try:
            return self._credentials.token()
        except TemporarilyUnavailable as error:
            raise NoEntry(self.what, error.detail) from None

    def _exchange(
        self,
        client: httpx.Client,
        method: str,
        url: str,
        until: float,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
        headers: Mapping[str, str],
    ) -> tuple[httpx.Response, bytes]:
        left = until - time.monotonic()
        if left < LEAST:
            raise self.unavailable("no time was left for the request")
        most = min(left, READ_POST if method == "POST" else READ)
        limits = httpx.Timeout(most, connect=min(most, CONNECT), pool=min(most, CONNECT))
        asked = {"params": query or None, "json": body, "headers": headers, "timeout": limits}
        try:
            with self.breaker.passing():
                with client.stream(method, url, **asked) as reply:  # type: ignore[arg-type]
                    taken = read_body(reply, until)
                if taken is None:
                    raise Lost(self.what, "its answer is too long or too slow")
                self._passes(reply)
        except BreakerOpen as error:
            raise self.unavailable(
                "it has failed several times; next try in some seconds"
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            self._failed(method, "an id of no use")
            raise self.unavailable("it gives an address that cannot be used") from None
        except NEVER_SENT as error:
            # The error is about the connection: a refused port, a certificate that is not trusted.
            self._failed(method, f"{type(error).__name__}: {error}"[:200])
            raise self.unavailable("no connection: check that it runs at IVR_NETWORK_URL") from None
        except httpx.HTTPError as error:
            self._failed(method, type(error).__name__)
            raise Lost(
                self.what, "the request was sent, but the answer is missing or incomplete"
            ) from None
        except TemporarilyUnavailable as error:
            self._failed(method, str(error))
            if isinstance(error.__cause__, Pause):
                self.breaker.pause(error.__cause__.seconds)
            raise
        return reply, taken

    def _passes(self, reply: httpx.Response) -> None:
        """Raise the error for a status that means "not now"."""
        status, pause = reply.status_code, retry_after(reply.headers, datetime.now(UTC))
        cause = Pause(pause) if pause else None
        if status in NOT_TAKEN:
            raise self.unavailable(f"it answers with status {status}") from cause
        if status in PASSING or status >= 500:
            raise Lost(self.what, f"it answers with status {status}") from cause

    @property
    def _strangers(self) -> httpx.Client:
        """Return the client for servers that are not trusted: it has no certificate of ours."""
        if self._stranger is None:
            self._stranger = make_client(ssl.create_default_context())
        return self._stranger

    def _failed(self, method: str, outcome: str) -> None:
        log.warning("a request has failed", part=self.what, method=method, outcome=outcome)

    def _note(self, state: BreakerState) -> None:
        metrics.circuit(self.what, state)
        log.warning("the breaker has changed", part=self.what, circuit=str(state))
