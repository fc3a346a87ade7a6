"""The users of Asterisk's management interface: one for each of our processes that needs it.

dialplans/manager.conf.j2 gives each user only the rights that it needs.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum


class Manager(StrEnum):
    """User names."""

    LINE = "ivr-line"
    """Workers: receive events of the queues; no actions."""
    HEALTH = "ivr-health"
    """``ivr line-health``: counts calls, receives events of refused calls, reads the queues, has
    the log rotated."""
    DESK = "ivr-desk"
    """``ivr desk``: members of the queues, events of calls with agents, sends callers back."""
    FAX = "ivr-fax"
    """``ivr orders``: sends faxes."""

    def password(self, secret: str) -> str:
        """Derive the user's password from IVR_AMI_SECRET; it reveals no other user's password."""
        return hmac.new(secret.encode(), self.value.encode(), hashlib.sha256).hexdigest()
