"""Facts that the owner of a number is told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from ivr.domain.notices import Act
from ivr.domain.orders import Order


class Facts(Protocol):
    """Facts of which no notice is in the outbox. The reference of a notice begins with
    ``<occasion>:<id>``; of an order, ``id`` is that of the order."""

    def orders(self, since: datetime, until: datetime, most: int) -> Sequence[Order]:
        """Oldest first: orders completed from ``since`` until before ``until`` that changed the
        number's forwarding, its favourite number or its suspension, or switched its text messages
        off."""
        ...

    def held(self, most: int) -> Sequence[Order]:
        """Orders that are held, oldest first: that set forwarding or the favourite number, or
        switch text messages off."""
        ...

    def acts(self, since: datetime, until: datetime, most: int) -> Sequence[Act]:
        """PUKs told, code words set and passports that matched from another phone, from ``since``
        until before ``until``; ``most`` of each."""
        ...
