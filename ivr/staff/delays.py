"""Growing delays between tries to log in, as pure functions of the failures before.

Five tries of a name from one address are free, and twenty an hour from an address for all names.
Then each failure makes the wait twice as long. A name alone is never locked: strangers elsewhere
cannot keep a user out, and a known device is counted apart from its address.
"""

from __future__ import annotations

import ipaddress
from datetime import datetime, timedelta

from ivr.domain.staff import TryCounts

FREE = 5
FREE_IN_GROUP = 20
FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
DOUBLINGS = 10
"""After these the delay is LONGEST in any case."""


def delay_after(failures: int, free: int) -> timedelta:
    """Return the wait after the last of so many failures."""
    if failures < free:
        return timedelta(0)
    doublings: int = 2 ** min(failures - free, DOUBLINGS)
    return min(LONGEST, FIRST * doublings)


def rest_of_delay(counts: TryCounts, at: datetime) -> timedelta:
    """Return how long a try at ``at`` must still wait; zero: it need not."""
    rest = timedelta(0)
    for failures, last, free in (
        (counts.pair, counts.pair_last, FREE),
        (counts.group, counts.group_last, FREE_IN_GROUP),
    ):
        if last is not None:
            rest = max(rest, last + delay_after(failures, free) - at)
    return rest


def network_of(address: str) -> str:
    """Return an address as tries are counted: of IPv6 the network, which one customer has whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
