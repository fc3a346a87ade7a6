"""Health and metrics over HTTP: for whoever restarts, balances and watches.

``/health/live``   200 while the process turns: else restart it
``/health/ready``  200 while it does its work, if with something missing; 503 when it cannot
``/metrics``       what is counted, in Prometheus' text format

None of them waits for what is away: ``BackgroundProbe`` gives it a second, and asks it once at a
time.
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
"""Seconds that a part has to answer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One part that a process needs, as it is now."""

    is_well: bool
    detail: str
    """For people, in a few words; no address, no secret."""
    is_vital: bool = False
    """Without it the process does not do its work at all."""


Parts = Callable[[], Mapping[str, HealthCheck]]


class BackgroundProbe(Generic[T]):
    """Asks something that may not answer; at most one thread waits for it."""

    def __init__(self, ask: Callable[[], T], seconds: float = PATIENCE) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._asked: Future[T] | None = None

    def answer(self) -> T | None:
        """What it answers now; None: nothing in time, or that it is not available."""
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
        except Exception as error:  # it is raised again where the answer is awaited
            asked.set_exception(error)


def health_app(parts: Parts, figures: Iterable[Collector] = ()) -> FastAPI:
    """``figures`` are read at each scrape, besides what was counted."""
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
    """``ready``, ``degraded`` (it works, something is missing), or ``not ready``."""
    ill = [part for part in parts if not part.is_well]
    if any(part.is_vital for part in ill):
        return "not ready"
    return "degraded" if ill else "ready"
