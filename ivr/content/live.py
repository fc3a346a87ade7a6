"""Parts of the live release, for code outside of calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ivr.content.model import WAY_BACK, Document
from ivr.content.releases import stored_document
from ivr.errors import FlowBroken, Unusable
from ivr.ports.content import Releases

T = TypeVar("T")


@dataclass
class Live(Generic[T]):
    """One part of the live release, built again when another release becomes live."""

    releases: Releases
    build: Callable[[Document], T]
    """Builds the part from a release's document."""
    _number: int | None = None
    _built: T | None = None

    def now(self) -> T:
        """Return the part. Unusable: nothing is published. FlowBroken: the release is damaged."""
        number = self.releases.live()
        if number is None:
            raise Unusable("nothing is published yet: run `ivr flow publish`")
        if self._built is None or number != self._number:
            document = stored_document(self.releases, number)
            try:
                self._built = self.build(document)
            except (ValueError, KeyError, TypeError):
                raise FlowBroken(f"release {number} is damaged: {WAY_BACK}") from None
            self._number = number
        return self._built
