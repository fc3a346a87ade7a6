"""The words of the release that is live now, for what is written outside of calls."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from ivr.care.publishing import Parts
from ivr.errors import FlowBroken, Unusable
from ivr.ports import Releases, Wording


@dataclass
class LiveWording:
    """Answers the texts of the live release, read anew when another becomes live."""

    releases: Releases
    build: Callable[[Parts], Wording]
    """Makes the texts of a release's parts."""
    _number: int | None = None
    _wording: Wording | None = None

    def now(self) -> Wording:
        """Unusable: nothing is published. FlowBroken: the live release cannot be read."""
        number = self.releases.live()
        if number is None:
            raise Unusable("nothing is published yet: run `ivr flow publish`")
        if self._wording is None or number != self._number:
            stored = self.releases.get(number)
            if stored is None:
                raise FlowBroken(f"there is no release {number}")
            try:
                self._wording = self.build(json.loads(stored.document))
            except (ValueError, KeyError, TypeError):
                raise FlowBroken(f"release {number} is damaged") from None
            self._number = number
        return self._wording
