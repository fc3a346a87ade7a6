"""The trunks: which addresses calls may come from, and which addresses may speak SIP.

``IVR_TRUNK`` is ``10.0.0.5,10.0.1.0/24`` for one trunk, or ``mobile=10.0.0.5;city=10.0.2.9`` for
several. A trunk is identified only by its address; a call's channel has the trunk's name.
``IVR_NUMBERS`` are the numbers that callers dial. ``IVR_TRUST_PAI`` names the trunks whose
P-Asserted-Identity gives the calling number.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from ivr.care.numbering import COUNTRY, LINE, odd_spellings, own_number, usual_spellings
from ivr.errors import Unusable

OWN = ("0890", LINE.removeprefix(COUNTRY))
"""Default of ``IVR_NUMBERS``. All numbers lead to the same dialogue."""
NUMBERS = tuple(each for number in OWN for each in usual_spellings(number))
"""Usual spellings of OWN."""
CLEAN_CALLER = 'CALLERID(all)="" <${FILTER(0-9+,${CALLERID(num)}):0:24}>'
"""First step of each call: filter the calling number and remove the caller's name."""
ENDPOINT = "trunk"
"""Endpoint of the trunk without a name; the others are ``trunk-<name>``."""
LOOPBACK = "127.0.0.1"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")


@dataclass(frozen=True, slots=True)
class Trunk:
    """One SIP trunk that brings callers."""

    endpoint: str
    matches: tuple[str, ...]
    """Addresses, networks and host names, some with a port, for ``type=identify``."""


def read_trunks(text: str) -> list[Trunk]:
    """Parse ``IVR_TRUNK``; empty: one trunk at loopback. Unusable names the wrong part."""
    trunks = [_trunk(part) for part in text.split(";") if part.strip()]
    names = [each.endpoint for each in trunks]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Unusable(f"IVR_TRUNK names trunk {twice[0]} twice: give each trunk a name of its own")
    return trunks or [Trunk(ENDPOINT, (LOOPBACK,))]


def read_numbers(text: str) -> tuple[str, ...]:
    """Parse ``IVR_NUMBERS``: short or national numbers. Unusable names the wrong part."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = {part: own_number(part) for part in parts}
    if bad := [part for part, number in found.items() if number is None]:
        raise Unusable(
            f"IVR_NUMBERS: '{bad[0]}' is neither a short number nor a number of +{COUNTRY}:"
            f" write them as in {','.join(OWN)}"
        )
    if not found:
        raise Unusable(f"IVR_NUMBERS is empty: set it to the line's numbers, {','.join(OWN)}")
    return tuple(dict.fromkeys(number for number in found.values() if number))


def usual_numbers(own: Iterable[str]) -> tuple[str, ...]:
    """Return the usual spellings of the numbers; the dialplan answers each of them directly."""
    return tuple(each for number in own for each in usual_spellings(number))


def odd_numbers(own: Iterable[str]) -> dict[str, str]:
    """Map unusual spellings of some trunks to the number; they take one more dialplan step."""
    own = tuple(own)
    usual = usual_numbers(own)
    odd = {each: number for number in own for each in odd_spellings(number)}
    return {each: number for each, number in odd.items() if each not in usual}


def trusted(trunks: Iterable[Trunk], text: str) -> frozenset[str]:
    """Parse ``IVR_TRUST_PAI`` into endpoints: names of trunks, or ``all``; the trunk without a name
    is ``trunk``. Unusable names an unknown trunk."""
    endpoints = {each.endpoint.removeprefix(f"{ENDPOINT}-"): each.endpoint for each in trunks}
    names = [part.strip() for part in text.split(",") if part.strip()]
    if names == ["all"]:
        return frozenset(endpoints.values())
    if unknown := [name for name in names if name not in endpoints]:
        raise Unusable(
            f"IVR_TRUST_PAI: there is no trunk '{unknown[0]}' in IVR_TRUNK: write"
            f" {','.join(endpoints)} or all"
        )
    return frozenset(endpoints[name] for name in names)


def peers(trunks: Iterable[Trunk], agents: str, fax_hosts: Iterable[str] = ()) -> list[str]:
    """Return all addresses and networks that may speak SIP: of trunks, agents and faxes.

    Unusable names the wrong part of ``IVR_AGENT_NETWORKS`` or ``IVR_FAX_TRUNK``.
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
            f"IVR_TRUNK: '{name}' is not the name of a trunk: write small letters, digits and"
            " '-', as in mobile=10.0.0.5;city=10.0.2.9"
        )
    matches = tuple(part.strip() for part in addresses.split(",") if part.strip())
    for match in matches:
        _addresses(_host(match), match, "IVR_TRUNK")
    if not matches:
        raise Unusable(
            f"IVR_TRUNK: the trunk {name} has no address: write it as in mobile=10.0.0.5"
        )
    return Trunk(f"{ENDPOINT}-{name}" if name else ENDPOINT, matches)


def _host(match: str) -> str:
    host, _, port = match.partition(":")
    return host if port.isdecimal() else match


def _addresses(host: str, match: str, setting: str) -> list[str]:
    """Return the network, or resolve a host name to its present addresses."""
    try:
        return [str(ipaddress.ip_network(host, strict=False))]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET)
    except (OSError, UnicodeError):
        raise Unusable(
            f"{setting}: '{match}' is neither an address nor a known name: write addresses or"
            " networks, as in 10.0.0.5,10.0.1.0/24"
        ) from None
    return [str(ipaddress.ip_network(str(each[4][0]))) for each in found]
