"""What may be wrong with a user, and the results of operations on users."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivr.domain.rights import Role
from ivr.domain.staff import MOST_DISPLAYED, NAME, Limits, Profile, User


class UserFault(StrEnum):
    """Why an operation on a user is refused. Nothing is changed."""

    NAME = "name"
    """The name is not 2 to 32 of a–z, 0–9, dot, dash and underscore, with a letter first."""
    DISPLAY_NAME = "display-name"
    """The display name is empty, too long, or has control characters."""
    TAKEN = "taken"
    """Another user has the name."""
    NO_ROLE = "no-role"
    NOBODY = "nobody"
    """There is no such user."""
    LAST_ADMIN = "last-admin"
    """No administrator who has joined would be left."""
    OWN_ROLES = "own-roles"
    """An administrator does not change the own roles."""


class PasswordRefused(StrEnum):
    """Why a password is not changed."""

    WRONG = "wrong"
    """The present password is another one."""


@dataclass(frozen=True, slots=True, repr=False)
class Invitation:
    """A link with which a user chooses a password, once."""

    user: User
    token: str
    until: datetime

    @property
    def path(self) -> str:
        """The path of the link on the desk."""
        return f"/join/{self.token}"


def fault_of(name: str, profile: Profile) -> UserFault | None:
    """Return what is wrong with a new name or profile; None: nothing."""
    shown = profile.display_name
    if NAME.fullmatch(name) is None:
        return UserFault.NAME
    if not shown.strip() or len(shown) > MOST_DISPLAYED or not shown.isprintable():
        return UserFault.DISPLAY_NAME
    return None if profile.roles else UserFault.NO_ROLE


def facts_of(profile: Profile) -> dict[str, str]:
    """Return a profile as facts for the audit."""
    limits = profile.limits
    said = {name: ",".join(sorted(getattr(limits, name))) for name in Limits.__slots__}
    return {
        "display_name": profile.display_name,
        "language": profile.language.value,
        "spoken": ",".join(sorted(profile.spoken)),
        "roles": ",".join(role.value for role in Role if role in profile.roles),
        **said,
    }
