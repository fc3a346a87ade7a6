"""Public information: news, tariffs, prices, and the announcement before the menu."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import structlog

from ivr.care.catalogue import FREE, Catalogue
from ivr.care.hours import presence
from ivr.care.news import News, holding
from ivr.domain.content import Announcement
from ivr.domain.hours import AgentHours, Presence
from ivr.domain.services import Package, PricedItem
from ivr.domain.values import Language, Money, ServiceId
from ivr.errors import TemporarilyUnavailable
from ivr.ports.care import Information
from ivr.ports.clock import Clock
from ivr.ports.content import Announcements

log = structlog.get_logger()


@dataclass
class AnnouncementCache:
    """The present announcement in memory, so that callers do not wait for the database."""

    announcements: Announcements
    clock: Clock
    _newest: Announcement | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Read the newest announcement. Without a database the last known one stays valid."""
        try:
            newest = self.announcements.newest()
        except TemporarilyUnavailable as error:
            log.warning("announcements cannot be read", reason=str(error))
            return
        with self._lock:
            self._newest = newest

    def current(self) -> Announcement | None:
        """Return the announcement that is valid now."""
        with self._lock:
            newest = self._newest
        return newest if newest and newest.until > self.clock.now() else None


@dataclass(frozen=True)
class InformationService(Information):
    catalogue: Catalogue
    items: News
    announcement_cache: AnnouncementCache
    clock: Clock

    def news(self) -> tuple[str, ...]:
        return tuple(item.text for item in holding(self.items, self.clock.local().date()))

    def tariffs(self) -> tuple[tuple[str, Money], ...]:
        return tuple((id, tariff.monthly) for id, tariff in self.catalogue.tariffs.items())

    def prices(self) -> tuple[PricedItem, ...]:
        return tuple(self._prices())

    def announcement(self) -> Mapping[Language, str] | None:
        current = self.announcement_cache.current()
        return current.words if current else None

    def agents(self, hours: AgentHours, topic: str) -> Presence:
        return presence(hours, topic, self.clock.local())

    def _prices(self) -> Iterator[PricedItem]:
        needed = {need for entry in self.catalogue.services.values() for need in entry.requires}
        for name, entry in self.catalogue.services.items():
            id = ServiceId(name)
            for package, sold in entry.packages.items():
                yield PricedItem(
                    id,
                    sold.price,
                    FREE,
                    Package(package, sold.volume.number, sold.volume.unit, sold.price, sold.days),
                )
            is_sold = entry.group or name not in needed
            if is_sold and not entry.packages:
                yield PricedItem(id, entry.once, entry.monthly)
