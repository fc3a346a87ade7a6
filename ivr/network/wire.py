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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError

from ivr import measures
from ivr.errors import TemporarilyUnavailable
from ivr.network.breaker import Breaker, Circuit, Resting

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
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses that say: not now."""
REFUSING = frozenset({400, 409, 422})
"""Statuses that say no to what is asked."""
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

ANY_LIST = TypeAdapter(list[Any])
M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")


class Lost(TemporarilyUnavailable):
    """A request left and its result is not known: it may have been carried out.

    ``ended``: it was answered with a fault, so that it is not on its way any more.
    """

    def __init__(self, what: str, detail: str, *, ended: bool = False) -> None:
        super().__init__(what, detail)
        self.ended = ended


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. ``refused``: the other side said no, for good."""

    status: int
    body: bytes
    location: str = ""

    @property
    def refused(self) -> bool:
        return self.status in REFUSING

    @property
    def missing(self) -> bool:
        return self.status == 404


class Wire:
    """One for each part behind: ``what`` names it in errors, as ``network`` or ``billing``."""

    def __init__(
        self,
        what: str,
        base: str,
        token: str = "",
        *,
        breaker: Breaker | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``base`` is what stands before ``/tmf-api``; ``token`` goes as a bearer token."""
        self.what = what
        self.breaker = breaker or Breaker(changed=self._note)
        measures.circuit(what, self.breaker.circuit)
        self._sleep = sleep
        self._client = httpx.Client(
            base_url=base,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            follow_redirects=False,
            trust_env=False,  # no proxy by accident
            verify=ssl.create_default_context(),  # the machine's own certificates
        )

    def close(self) -> None:
        self._client.close()

    def get(self, path: str, until: float, **query: str) -> Answer:
        """Ask, several times if need be, until ``until`` (of time.monotonic)."""
        return self._again("GET", path, until, query, None)

    def patch(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Set a wanted state: the same twice is the same, so that it is retried."""
        return self._again("PATCH", path, until, {}, body)

    def post(self, path: str, body: Mapping[str, Any], until: float) -> Answer:
        """Send once. Lost: it may have arrived; another TemporarilyUnavailable: it did not."""
        return self._again("POST", path, until, {}, body)

    def read(self, model: type[M], answer: Answer) -> M:
        """The resource in an answer. TemporarilyUnavailable: it is none of this kind."""
        return self._read(answer, model.model_validate_json)

    def read_list(self, model: type[M], answer: Answer) -> list[M]:
        """The resources in an answer."""
        items = self._read(answer, ANY_LIST.validate_json)
        return self._read(answer, lambda _body: [model.model_validate(item) for item in items])

    def unavailable(self, detail: str) -> TemporarilyUnavailable:
        """The error that says that this part does not answer now."""
        return TemporarilyUnavailable(self.what, detail)

    def _read(self, answer: Answer, parse: Callable[[bytes], T]) -> T:
        if answer.status >= 300:
            raise self.unavailable(f"status {answer.status}")
        try:
            return parse(answer.body)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            log.error("an answer is not as the API defines it", part=self.what, field=where)
            raise self.unavailable(f"its answer is not understood ({where})") from None

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
                if not left or isinstance(error.__cause__, Resting):
                    raise
                problem = error
            wait = pause * random.uniform(0.5, 1.5)  # noqa: S311  jitter, not a secret
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
        left = until - time.monotonic()
        if left < LEAST:
            raise self.unavailable("no time is left to ask")
        most = min(left, READ_POST if method == "POST" else READ)
        limits = httpx.Timeout(most, connect=min(most, CONNECT), pool=min(most, CONNECT))
        try:
            with self.breaker.passing():
                with self._client.stream(
                    method, path, params=query or None, json=body, timeout=limits
                ) as reply:
                    taken = self._taken(reply, until)
                if reply.status_code in PASSING or reply.status_code >= 500:
                    raise Lost(self.what, f"status {reply.status_code}", ended=True)
        except Resting as error:
            raise self.unavailable("it is left alone after several failures") from error
        except httpx.InvalidURL:
            self._failed(method, "an id of no use")
            raise self.unavailable("what it names cannot be asked for") from None
        except NEVER_SENT as error:
            # Of the connection alone: a refused port, a certificate that is not trusted.
            self._failed(method, f"{type(error).__name__}: {error}"[:200])
            raise self.unavailable("no connection") from None
        except httpx.HTTPError as error:
            self._failed(method, type(error).__name__)
            raise Lost(self.what, "the answer was lost") from None
        except Lost as error:
            self._failed(method, str(error))
            raise
        if reply.status_code in (401, 403):
            log.error("our token is refused", part=self.what, status=reply.status_code)
            raise self.unavailable("it refuses our token: see IVR_NETWORK_TOKEN")
        return Answer(reply.status_code, taken, reply.headers.get("Location", ""))

    def _taken(self, reply: httpx.Response, until: float) -> bytes:
        """The body, which must end in time and not be endless: a deadline of the library is for
        each piece of it."""
        taken = bytearray()
        for part in reply.iter_bytes():
            taken += part
            if len(taken) > LARGEST or time.monotonic() > until:
                raise Lost(self.what, "its answer does not end")
        return bytes(taken)

    def _failed(self, method: str, outcome: str) -> None:
        log.warning("a request has failed", part=self.what, method=method, outcome=outcome)

    def _note(self, circuit: Circuit) -> None:
        measures.circuit(self.what, circuit)
        log.warning("the circuit has changed", part=self.what, circuit=str(circuit))
