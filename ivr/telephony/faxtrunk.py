"""The way out for faxes: how the dialplan dials, and who may speak SIP because of it."""

from __future__ import annotations

import re

ENDPOINT = "fax"
"""The endpoint of pjsip.conf that faxes go out by, whichever trunk's IVR_FAX_TRUNK names."""
_WAY = re.compile(r"PJSIP/[^/]+/(?P<address>sips?:.+)")
_HOST = re.compile(r"@(?P<host>[\w.-]+)")


def dial_string(trunk: str) -> str:
    """What Dial is given in an extension that is the number; ``trunk`` is IVR_FAX_TRUNK."""
    address = trunk.partition("/")[2].partition("/")[2]
    return f"PJSIP/{ENDPOINT}/{address}".replace("{number}", "${EXTEN}")


def fax_hosts(trunk: str) -> list[str]:
    """The address that faxes are sent to: its side of a call must be heard."""
    way = _WAY.fullmatch(trunk)
    host = _HOST.search(way["address"]) if way else None
    return [host["host"]] if host else []
