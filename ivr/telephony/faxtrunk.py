"""The trunk for faxes: what the dialplan dials, and which address may speak SIP for it."""

from __future__ import annotations

import re

ENDPOINT = "fax"
"""Endpoint in pjsip.conf for faxes, whichever trunk IVR_FAX_TRUNK names."""
_WAY = re.compile(r"PJSIP/[^/]+/(?P<address>sips?:.+)")
_HOST = re.compile(r"@(?P<host>[\w.-]+)")


def dial_string(trunk: str) -> str:
    """Return Dial's argument; the extension is the number, ``trunk`` is IVR_FAX_TRUNK."""
    address = trunk.partition("/")[2].partition("/")[2]
    return f"PJSIP/{ENDPOINT}/{address}".replace("{number}", "${EXTEN}")


def fax_hosts(trunk: str) -> list[str]:
    """Return the host that faxes go to; its SIP and media must be let in."""
    way = _WAY.fullmatch(trunk)
    host = _HOST.search(way["address"]) if way else None
    return [host["host"]] if host else []
