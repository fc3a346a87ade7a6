"""The trunks: which addresses calls may come from, and which may speak SIP at all.

``IVR_TRUNK`` is ``10.0.0.5,10.0.1.0/24`` for one trunk, or ``mobile=10.0.0.5;city=10.0.2.9`` for
several. A trunk is told by address only; a call's channel has its name.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.care.numbering import COUNTRY, LINE
from ivr.errors import Unusable

NUMBERS = ("0890", LINE.removeprefix(COUNTRY), LINE, f"+{LINE}")
"""What a caller may dial; one dialogue behind all."""
CLEAN_CALLER = 'CALLERID(all)="" <${FILTER(0-9+,${CALLERID(num)}):0:24}>'
"""The first step of each call: of the calling number what a number may hold, and no name."""
ENDPOINT = "trunk"
"""Of the trunk without a name; the others are ``trunk-<name>``."""
LOOPBACK = "127.0.0.1"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class Trunk:
    """One way by which callers come."""

    endpoint: str
    matches: tuple[str, ...]
    """Addresses, networks and names, some with a port, as ``type=identify`` takes them."""


def read_trunks(text: str) -> list[Trunk]:
    """The trunks of ``IVR_TRUNK``; loopback where there is none. Unusable names what is wrong."""
    trunks = [_trunk(part) for part in text.split(";") if part.strip()]
    names = [each.endpoint for each in trunks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unusable(f"IVR_TRUNK: {twice[0]} is there twice: give each trunk a name of its own")
    return trunks or [Trunk(ENDPOINT, (LOOPBACK,))]


def peers(trunks: Iterable[Trunk], agents: str, fax_hosts: Iterable[str] = ()) -> list[str]:
    """Every address and network that may speak SIP: the trunks', the agents', those of faxes.

    Unusable names the part of ``IVR_AGENT_NETWORKS`` or ``IVR_FAX_TRUNK`` that is none.
    """
    found = [
        address
        for trunk in trunks
        for match in trunk.matches
        for address in _addresses(_host(match), match, "IVR_TRUNK")
    ]
    for part in (part.strip() for part in agents.split(",")):
        if part:
            found += _addresses(part, part, "IVR_AGENT_NETWORKS")
    for host in fax_hosts:
        found += _addresses(host, host, "IVR_FAX_TRUNK")
    return list(dict.fromkeys(found))


def _trunk(text: str) -> Trunk:
    name, equals, addresses = text.rpartition("=")
    name = name.strip()
    if equals and not _NAME.fullmatch(name):
        raise Unusable(
            f"IVR_TRUNK: '{name}' is no name of a trunk: write small letters, digits and '-', as in"
            " mobile=10.0.0.5;city=10.0.2.9"
        )
    matches = tuple(part.strip() for part in addresses.split(",") if part.strip())
    for match in matches:
        _addresses(_host(match), match, "IVR_TRUNK")
    if not matches:
        raise Unusable(f"IVR_TRUNK: the trunk {name} has no address")
    return Trunk(f"{ENDPOINT}-{name}" if name else ENDPOINT, matches)


def _host(match: str) -> str:
    host, _, port = match.partition(":")
    return host if port.isdecimal() else match


def _addresses(host: str, match: str, setting: str) -> list[str]:
    """A network as it is, a name as the addresses that it has now."""
    try:
        return [str(ipaddress.ip_network(host, strict=False))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET)
    except (OSError, UnicodeError):
        raise Unusable(
            f"{setting}: '{match}' is no address and no name that is known here: write "
            "addresses or networks, as in 10.0.0.5,10.0.1.0/24"
        ) from None
    return [str(ipaddress.ip_network(str(each[4][0]))) for each in found]
