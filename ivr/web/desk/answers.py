"""Answers to scripts that are no page."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.responses import Response


def trigger(event: str, detail: Mapping[str, str] | None = None) -> Response:
    """Return an answer without a body that makes htmx send ``event`` in the page."""
    return Response(status_code=204, headers={"HX-Trigger": json.dumps({event: detail or {}})})


def done(said: str) -> Response:
    """Return the answer to an operation that a dialog asked for: the dialog closes, the page loads
    its parts again and says ``said``."""
    return trigger("done", {"said": said})
