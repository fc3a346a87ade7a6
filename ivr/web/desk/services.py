"""The services that the pages call, as ``ivr.wiring`` builds them."""

from __future__ import annotations

from typing import Protocol

from ivr.ports.clock import Clock
from ivr.staff.auditing import AuditService
from ivr.staff.factors import FactorService
from ivr.staff.identities import IdentityService
from ivr.staff.login import LoginService
from ivr.staff.passkeys import PasskeyService
from ivr.staff.sessions import SessionService
from ivr.staff.users import UserService


class Services(Protocol):
    """Everything that can be done for users."""

    @property
    def clock(self) -> Clock: ...
    @property
    def sessions(self) -> SessionService: ...
    @property
    def logins(self) -> LoginService: ...
    @property
    def factors(self) -> FactorService: ...
    @property
    def users(self) -> UserService: ...
    @property
    def passkeys(self) -> PasskeyService: ...
    @property
    def identities(self) -> IdentityService | None: ...
    @property
    def auditing(self) -> AuditService: ...
