"""Requests to one part behind, over HTTP: a pool, deadlines, retries, a circuit breaker.

What only asks, or sets a wanted state (GET, PATCH), is retried after a pause that doubles, with
jitter. A POST is sent again by itself only if it never left; one whose answer is lost is ``Lost``,
and whoever sent it asks what became of it first. In the log stand the part, the kind of request
and its outcome: no number, no body, no token.
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
from ivr.network.answer import REFUSING as REFUSING
from ivr.network.answer import Answer as Answer
from ivr.network.credentials import Credentials, FixedToken
from ivr.network.location import MOVED, is_trusted, onward
from ivr.network.retryafter import retry_after
from ivr.system.breaker import Breaker, BreakerOpen, BreakerState

log = structlog.get_logger()

CONNECT, READ, READ_POST = 1.0, 2.0, 4.0
"""Seconds for connecting, for an answer, and for the answer to what switches something."""
TRIES = 3
FIRST_PAUSE = 0.1
LEAST = 0.05
"""Seconds: with less than this left, nothing is sent any more."""
CONNECTIONS = 50
LARGEST = 10_000_000
"""Bytes of an answer."""
HOPS = 5
"""Redirections of one request."""
NOT_TAKEN = frozenset({425, 429})
"""Statuses that say: not now, and it was not even looked at (RFC 8470, RFC 6585)."""
PASSING = frozenset({408})
"""Besides 5xx, what says: not now, and perhaps it was done all the same."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

M = TypeVar("M", bound=BaseModel)


class Lost(TemporarilyUnavailable):
    """A request left and its result is not known: it may have been carried out, now or later."""


class NoEntry(TemporarilyUnavailable):
    """We are not let in, or sent elsewhere: asking again at once would be the same."""


class _Pause(Exception):
    """The cause of an error whose sender asked to be left alone for so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds


class HttpClient:
    """One for each part behind: ``what`` names it in errors, as ``network`` or ``billing``."""

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
        """``base`` is what stands before ``/tmf-api``; ``token`` goes as a bearer token, if there
        are no ``credentials`` that make one."""
        self.what = what
        self.base = base
        self.breaker = breaker or Breaker(changed=self._note)
        metrics.circuit(what, self.breaker.state)
        self._credentials = credentials or FixedToken(token)
        self._sleep = sleep
        self._client = _client(tls or ssl.create_default_context())
        self._stranger: httpx.Client | None = None

    def close(self) -> None:
        self._client.close()
        if self._stranger is not None:
            self._stranger.close()

    def get(self, path: str, until: float, **query: str) -> Answer:
        """Ask, several times if need be, until ``until`` (of time.monotonic).

        ``path`` stands behind ``base``, or is a whole address of the same server.
        """
        return self._again("GET", path, until, query, None)

    def patch(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Set a wanted state: the same twice is the same, so that it is retried."""
        return self._again("PATCH", path, until, {}, body)

    def post(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Send once. Lost: it may have arrived; another TemporarilyUnavailable: it did not."""
        return self._again("POST", path, until, {}, body)

    def read(self, model: type[M], answer: Answer) -> M:
        """The resource in an answer. TemporarilyUnavailable: it is none of this kind."""
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
        """The resources of a list, of all its pages: asked for as they are read."""
        for item in pages.items(self, path, until, query):
            try:
                yield model.model_validate(item)
            except ValidationError:
                log.warning("an odd item of a list is passed over", part=self.what)

    def unavailable(self, detail: str) -> TemporarilyUnavailable:
        """The error that says that this part does not answer now."""
        return TemporarilyUnavailable(self.what, detail)

    def misunderstood(self, field: str) -> TemporarilyUnavailable:
        """The error that says that an answer cannot be read; it is counted."""
        metrics.misunderstood(self.what)
        log.error("an answer is not as the API defines it", part=self.what, field=field)
        return self.unavailable(
            f"its answer is not understood (at {field or 'its begin'}): ask those who run it for"
            " the form that the API defines"
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
            if isinstance(problem.__cause__, _Pause):
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
        """One request, wherever it is sent on to."""
        url = path if "://" in path else f"{self.base}{path}"
        for _ in range(HOPS + 1):
            reply, taken = self._allowed(method, url, until, query, body)
            where = reply.headers.get("Location", "")
            if reply.status_code not in MOVED or not where:
                return Answer.of(reply, taken)
            onto = onward(method, reply.status_code, url, where, self.base)
            if onto is None:
                log.error("it sends us to another server", part=self.what)
                raise NoEntry(
                    self.what,
                    "it redirects us to another server, which is asked nothing: set"
                    " IVR_NETWORK_URL to where it is now",
                )
            if not onto.method:  # perhaps done: what came of it is there, if it is no login page
                return Answer(200, b"", onto.url, url)
            method, url, query = onto.method, onto.url, {}
            body = None if method == "GET" else body
        raise NoEntry(self.what, "it redirects us in a circle: is IVR_NETWORK_URL right?")

    def _allowed(
        self,
        method: str,
        url: str,
        until: float,
        query: Mapping[str, str],
        body: Mapping[str, Any] | None,
    ) -> tuple[httpx.Response, bytes]:
        """One exchange with our token, and with a new one if it is refused. To a server that is
        not ours no token goes, and no certificate."""
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
            raise self.unavailable("there is no time left to ask it")
        most = min(left, READ_POST if method == "POST" else READ)
        limits = httpx.Timeout(most, connect=min(most, CONNECT), pool=min(most, CONNECT))
        asked = {"params": query or None, "json": body, "headers": headers, "timeout": limits}
        try:
            with self.breaker.passing():
                with client.stream(method, url, **asked) as reply:  # type: ignore[arg-type]
                    taken = self._taken(reply, until)
                self._passes(reply)
        except BreakerOpen as error:
            raise self.unavailable(
                "it has failed several times, and is left alone for some seconds"
            ) from error
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            self._failed(method, "an id of no use")
            raise self.unavailable("it names an address that cannot be asked") from None
        except NEVER_SENT as error:
            # Of the connection alone: a refused port, a certificate that is not trusted.
            self._failed(method, f"{type(error).__name__}: {error}"[:200])
            raise self.unavailable("no connection: does it run, at IVR_NETWORK_URL?") from None
        except httpx.HTTPError as error:
            self._failed(method, type(error).__name__)
            raise Lost(self.what, "the request left, and no whole answer came") from None
        except TemporarilyUnavailable as error:
            self._failed(method, str(error))
            if isinstance(error.__cause__, _Pause):
                self.breaker.pause(error.__cause__.seconds)
            raise
        return reply, taken

    def _passes(self, reply: httpx.Response) -> None:
        """Raise what a status that says "not now" comes to."""
        status, pause = reply.status_code, retry_after(reply.headers, datetime.now(UTC))
        cause = _Pause(pause) if pause else None
        if status in NOT_TAKEN:
            raise self.unavailable(f"it answers with status {status}") from cause
        if status in PASSING or status >= 500:
            raise Lost(self.what, f"it answers with status {status}") from cause

    def _taken(self, reply: httpx.Response, until: float) -> bytes:
        """The body, which must end in time and not be endless: a deadline of the library is for
        each piece of it."""
        taken = bytearray()
        for part in reply.iter_bytes():
            taken += part
            if len(taken) > LARGEST or time.monotonic() > until:
                raise Lost(self.what, "its answer does not end: it is too long, or too slow")
        return bytes(taken)

    @property
    def _strangers(self) -> httpx.Client:
        """For who is not our network: without our certificate."""
        if self._stranger is None:
            self._stranger = _client(ssl.create_default_context())
        return self._stranger

    def _failed(self, method: str, outcome: str) -> None:
        log.warning("a request has failed", part=self.what, method=method, outcome=outcome)

    def _note(self, state: BreakerState) -> None:
        metrics.circuit(self.what, state)
        log.warning("the circuit has changed", part=self.what, circuit=str(state))


def _client(tls: ssl.SSLContext) -> httpx.Client:
    return httpx.Client(
        headers={"Accept": "application/json"},
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
        follow_redirects=False,
        trust_env=False,  # no proxy by accident
        verify=tls,
    )
