"""Health and metrics over HTTP, for service managers, load balancers and monitoring.

``/health/live``   200 while the process runs; else restart it
``/health/ready``  200 while it does its work, even if a part is missing; 503 when it cannot
``/metrics``       the metrics in Prometheus' text format

No request waits long for a part that does not answer: ``BackgroundProbe`` waits one second, and
runs only one probe at a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from ivr.errors import TemporarilyUnavailable
from ivr.metrics import exposition

PATIENCE = 1.0
"""Seconds to wait for the answer of a part."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """The present state of one part that a process needs."""

    is_well: bool
    detail: str
    """A few words for people; no address, no secret."""
    is_vital: bool = False
    """Whether the process cannot do its work at all without this part."""


Parts = Callable[[], Mapping[str, HealthCheck]]


class BackgroundProbe(Generic[T]):
    """Calls a function that may hang; at most one thread waits for it."""

    def __init__(self, ask: Callable[[], T], seconds: float = PATIENCE) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: Future[T] | None = None

    def answer(self) -> T | None:
        """Return its result; None: no result in time, or TemporarilyUnavailable."""
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = Future()
                threading.Thread(
                    target=self._wait, args=(self._asked,), name="watch", daemon=True
                ).start()
            asked = self._asked
        try:
            return asked.result(self._seconds)
        except (TimeoutError, TemporarilyUnavailable):
            return None

    def _wait(self, asked: Future[T]) -> None:
        try:
            asked.set_result(self._ask())
        except Exception as error:  # ``answer`` raises it again
            asked.set_exception(error)


def health_app(parts: Parts, figures: Iterable[Collector] = ()) -> FastAPI:
    """Build the application. ``figures`` are read at each scrape, besides the counted metrics."""
    app = FastAPI(
        title="Health", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    read = tuple(figures)

    @app.get("/health/live")
    def live() -> Response:
        return JSONResponse({"status": "live"})

    @app.get("/health/ready")
    def ready() -> Response:
        found = parts()
        status = status_of(found.values())
        return JSONResponse(
            {
                "status": status,
                "parts": {
                    name: {"well": part.is_well, "detail": part.detail}
                    for name, part in found.items()
                },
            },
            status_code=503 if status == "not ready" else 200,
        )

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(exposition(read), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return app


def status_of(parts: Iterable[HealthCheck]) -> str:
    """Return ``ready``, ``degraded`` (it works, a part is missing), or ``not ready``."""
    ill = [part for part in parts if not part.is_well]
    if any(part.is_vital for part in ill):
        return "not ready"
    return "degraded" if ill else "ready"
