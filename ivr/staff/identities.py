"""Login by the operator's own identity provider, where one is set up.

The provider only tells who somebody is. Users, roles and suspensions stay here, and a user who
must have a second factor shows it here unless the provider says that it saw one.
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.domain.staff import Identity
from ivr.ports.clock import Clock
from ivr.ports.staff import IdentityProvider
from ivr.staff.login import LoginResult, LoginService, Over
from ivr.staff.secrets import StaffSecrets

LASTS = timedelta(minutes=10)
"""How long a user may take at the provider."""


@dataclass(frozen=True, slots=True, repr=False)
class Departure:
    """Where the browser goes to, and what it brings back."""

    address: str
    cookie: str
    """For a cookie that our scripts cannot read. It proves that the same browser comes back."""


@dataclass(frozen=True)
class IdentityService:
    """Logins by the identity provider."""

    provider: IdentityProvider
    logins: LoginService
    secrets: StaffSecrets
    clock: Clock

    def begin(self, redirect: str) -> Departure:
        """Send a browser to the provider; it comes back to the address ``redirect``."""
        state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
        until = self.clock.now() + LASTS
        kept = json.dumps([state, nonce, verifier, redirect, until.isoformat()])
        address = self.provider.address(redirect, state, nonce, verifier)
        return Departure(address, f"{self.secrets.seal(kept)}.{kept.encode().hex()}")

    def finish(self, cookie: str, state: str, code: str, address: str) -> LoginResult | Over:
        """Log in a browser that comes back with ``state`` and ``code``, from ``address``."""
        kept = self._open(cookie)
        if kept is None:
            return Over()
        sent, nonce, verifier, redirect, until = kept
        is_late = self.clock.now() >= datetime.fromisoformat(until)
        if is_late or not hmac.compare_digest(sent.encode(), state.encode()):
            return Over()
        found: Identity | None = self.provider.identify(code, redirect, nonce, verifier)
        return self.logins.identified(found, address)

    def _open(self, cookie: str) -> list[str] | None:
        """Return what a cookie of ``begin`` keeps; None: it is not one."""
        seal, _, text = cookie.partition(".")
        try:
            kept = bytes.fromhex(text).decode()
        except ValueError:
            return None
        if not hmac.compare_digest(seal.encode(), self.secrets.seal(kept).encode()):
            return None
        found: list[str] = json.loads(kept)
        return found
