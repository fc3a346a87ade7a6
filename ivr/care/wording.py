"""The words of the release that is live now, for what is written outside of calls."""

from __future__ import annotations

from ivr.care.live import Live
from ivr.ports.dialogue import Wording


class LiveWording(Live[Wording]):
    """Answers the texts of the live release."""
