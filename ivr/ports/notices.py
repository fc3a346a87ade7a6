"""Facts about which the owner of a number gets a notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.notices import Act
from ivr.domain.orders import Order


class Facts(Protocol):
    """Facts that have no notice in the outbox yet.

    The reference of a notice begins with ``<occasion>:<id>``; for an order, ``id`` is the order id.
    """

    def orders(self, since: datetime, until: datetime, most: int) -> Sequence[Order]:
        """Return orders completed from ``since`` until before ``until``, oldest first.

        Only those that changed forwarding, the favourite number or suspension, or switched text
        messages off.
        """
        ...

    def held(self, most: int) -> Sequence[Order]:
        """Return held orders, oldest first.

        Only those that set forwarding or the favourite number, or switch text messages off.
        """
        ...

    def acts(self, since: datetime, until: datetime, most: int) -> Sequence[Act]:
        """Return acts from ``since`` until before ``until``, up to ``most`` of each kind.

        The kinds are: a PUK told, a code word set, a passport that matched from another phone.
        """
        ...
