"""Encode the simulated network's events in the form of its habits. Pure functions."""

from __future__ import annotations

import gzip
import json
from typing import Any

from ivr.simulators.network.habit import Habit, Habits
from ivr.simulators.network.writing import written


def sent(event: dict[str, Any], habits: Habits) -> bytes:
    """Return the body of an event."""
    order = event["event"]["serviceOrder"]
    if Habit.EVENT_BARE in habits:
        bare = {"id": order["id"], "state": order["state"]}
        event = {**event, "event": {"serviceOrder": bare}}
    said: Any = written(event, habits)
    if Habit.EVENT_NULL_ID in habits:
        said = {**said, "eventId": None}
    if Habit.EVENT_CLOUD in habits:
        said = {
            "specversion": "1.0",
            "id": event["eventId"],
            "source": "/serviceOrdering",
            "type": event["eventType"],
            "data": said["event"]["serviceOrder"],
        }
    if Habit.EVENT_BATCH in habits:
        said = [said]
    body = json.dumps(said).encode()
    return gzip.compress(body) if Habit.EVENT_GZIP in habits else body
