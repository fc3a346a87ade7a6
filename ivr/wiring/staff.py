"""Builds the services for users. They need the settings, the secrets and the database only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ivr.care.hash_queue import HashQueue
from ivr.domain.rights import Role
from ivr.errors import Unusable
from ivr.ports.audit import AuditBook
from ivr.ports.clock import Clock
from ivr.ports.staff import IdentityProvider, StaffRepositories
from ivr.staff.auditing import AuditService
from ivr.staff.factors import FactorService
from ivr.staff.identities import IdentityService
from ivr.staff.login import LoginService
from ivr.staff.secrets import StaffSecrets
from ivr.staff.sessions import InCall, SessionService, never_in_call
from ivr.staff.users import UserService
from ivr.wiring.installation import Installation

if TYPE_CHECKING:
    from ivr.staff.passkeys import PasskeyService


@dataclass(frozen=True)
class Staff:
    """The services for users. Each is built at its first use."""

    stored: StaffRepositories
    secrets: StaffSecrets
    clock: Clock
    required: frozenset[Role]
    turns: HashQueue
    book: AuditBook
    in_call: InCall = never_in_call
    provider: Callable[[], IdentityProvider | None] = lambda: None

    @cached_property
    def sessions(self) -> SessionService:
        return SessionService(self.stored, self.clock, self.required, self.in_call)

    @cached_property
    def factors(self) -> FactorService:
        return FactorService(self.stored, self.secrets, self.clock, self.required)

    @cached_property
    def logins(self) -> LoginService:
        return LoginService(
            self.stored, self.secrets, self.factors, self.sessions, self.turns, self.clock
        )

    @cached_property
    def users(self) -> UserService:
        return UserService(self.stored, self.secrets, self.sessions, self.turns, self.clock)

    @cached_property
    def passkeys(self) -> PasskeyService:
        from ivr.staff.passkeys import PasskeyService  # no command needs its libraries

        return PasskeyService(self.factors, self.logins)

    @cached_property
    def identities(self) -> IdentityService | None:
        """Logins by the operator's identity provider; None: none is set up."""
        provider = self.provider()
        if provider is None:
            return None
        return IdentityService(provider, self.logins, self.secrets, self.clock)

    @cached_property
    def auditing(self) -> AuditService:
        return AuditService(self.book)


def staff_of(
    installation: Installation, turns: HashQueue | None = None, in_call: InCall = never_in_call
) -> Staff:
    """Return the services of an installation.

    ``turns`` is the process's queue of slow hashes; ``in_call`` tells whether a user is in a call.
    Unusable: IVR_ONE_FACTOR names no role.
    """
    return Staff(
        installation.store.staff,
        StaffSecrets(installation.pepper),
        installation.clock,
        frozenset(Role) - roles_of(installation.settings.one_factor),
        turns or HashQueue(),
        installation.store.audit,
        in_call,
        lambda: identity_provider(installation),
    )


def identity_provider(installation: Installation) -> IdentityProvider | None:
    """Return the provider of the settings; None: there is none.

    Unusable: a setting or a package is missing.
    """
    settings = installation.settings
    if not settings.oidc_issuer:
        return None
    if not settings.oidc_client or not settings.oidc_secret.get_secret_value():
        raise Unusable(
            "IVR_OIDC_ISSUER is set: set IVR_OIDC_CLIENT and IVR_OIDC_SECRET too, as the provider"
            " has given them"
        )
    try:
        from ivr.network.identity import OidcProvider
    except ImportError:
        raise Unusable(
            "IVR_OIDC_ISSUER is set, and a package for it is missing: run"
            " `.venv/bin/python -m pip install --require-hashes -r requirements-oidc.lock`"
        ) from None
    return OidcProvider(
        settings.oidc_issuer,
        settings.oidc_client,
        settings.oidc_secret.get_secret_value(),
        installation.clock,
        settings.oidc_claim,
    )


def roles_of(setting: str) -> frozenset[Role]:
    """Return the roles that IVR_ONE_FACTOR names. Unusable: one is none."""
    words = {word for part in setting.split(",") if (word := part.strip())}
    if unknown := sorted(words - {role.value for role in Role}):
        raise Unusable(
            f"setting IVR_ONE_FACTOR: '{unknown[0]}' is no role; the roles are {', '.join(Role)}"
        )
    return frozenset(Role(word) for word in words)
