"""The users of Asterisk's management interface: one for each part of ours, with the rights that it
needs. dialplans/manager.conf.j2 gives them."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum


class Manager(StrEnum):
    """Who logs in."""

    LINE = "ivr-line"
    """Workers: they hear what the queues do with calls, and may do nothing."""
    HEALTH = "ivr-health"
    """The process that tells of health: it counts calls, hears of those that were not let in,
    looks at the queues, and has the log turned over."""
    FAX = "ivr-fax"
    """``ivr orders``: it has a fax sent."""

    def password(self, secret: str) -> str:
        """Made of IVR_AMI_SECRET: who knows that of one user knows that of no other."""
        return hmac.new(secret.encode(), self.value.encode(), hashlib.sha256).hexdigest()
