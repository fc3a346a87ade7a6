"""Where a call is, as one line that outlives its worker: another one goes on from there."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlencode

from ivr.call import Call, Means
from ivr.values import Language, Msisdn

PLACE = "IVR_PLACE"
LANGUAGE = "IVR_LANGUAGE"
"""Channel variables: the place of a call, and its language for the dialplan."""
_NUMBER = re.compile(r"[0-9]{8,15}")
MOST = 2**31 - 1
"""The largest number of a release, and count of steps, that a database takes."""


def place_of(call: Call) -> str:
    """Where a call is, as one line that ``resume`` reads."""
    return urlencode(
        {
            "release": call.release,
            "node": call.node,
            "language": call.language or "",
            "subscriber": call.subscriber or "",
            "means": call.means or "",
            "step": call.step,
        }
    )


def resume(call: Call, place: str) -> str:
    """Put a call back where another worker left it; answers the node, "" for the start.

    An unreadable place is the start: the caller loses nothing but time.
    """
    found = {name: values[0] for name, values in parse_qs(place).items()}
    try:
        release, step = int(found.get("release", 0)), int(found.get("step", 0))
        language = Language(found["language"]) if "language" in found else None
        means = Means(found["means"]) if "means" in found else None
    except ValueError:
        return ""
    subscriber = found.get("subscriber")
    if not (0 <= release <= MOST and 0 <= step <= MOST and _is_number(subscriber)):
        return ""
    call.release, call.step, call.language, call.means = release, step, language, means
    call.subscriber = Msisdn(subscriber) if subscriber else None
    return found.get("node", "")


def _is_number(subscriber: str | None) -> bool:
    return subscriber is None or bool(_NUMBER.fullmatch(subscriber))
