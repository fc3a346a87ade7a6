"""The services for users over a memory, with quick hashes and a clock that stands still."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import pyotp
from argon2 import PasswordHasher

from ivr.care.hash_queue import HashQueue
from ivr.content.simulation.clock import FixedClock
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.staff import Profile, Role, StaffSession, User
from ivr.domain.values import Language
from ivr.ports.staff import StaffRepositories
from ivr.staff.factors import Enrolled
from ivr.staff.login import LoggedIn, LoginResult
from ivr.staff.secrets import StaffSecrets
from ivr.staff.users import Invitation
from ivr.testing.acting import at_terminal
from ivr.testing.staff import MemoryAuditBook, MemoryStaff
from ivr.wiring.staff import Staff, roles_of

PEPPER = "a pepper of the tests"
PASSWORD = "seven grey camels walk"
OTHER_PASSWORD = "eight blue horses run"
ADDRESS = "10.0.0.5"
REQUIRED = roles_of("admin,supervisor")
_keys = itertools.count(1)


class CountingHasher(PasswordHasher):
    """Real and quick hashes, which are counted."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.computed = 0

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self.computed += 1
        return super().hash(password, salt=salt)

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        self.computed += 1
        return super().verify(hash, password)


@dataclass
class Bench:
    """The services, and what a test does with them."""

    memory: MemoryStaff = field(default_factory=MemoryStaff)
    clock: FixedClock = field(default_factory=FixedClock)
    hasher: CountingHasher = field(default_factory=CountingHasher)
    callers: set[str] = field(default_factory=set)
    """Names of users who are in a call."""
    stored: StaffRepositories | None = None

    def __post_init__(self) -> None:
        self.staff = Staff(
            self.stored or self.memory.repositories(),
            StaffSecrets(PEPPER, self.hasher),
            self.clock,
            REQUIRED,
            HashQueue(at_once=2),
            MemoryAuditBook(self.memory),
            lambda user: user.name in self.callers,
        )

    def invite(self, name: str, *roles: Role) -> Invitation:
        profile = Profile(name.title(), Language.TURKMEN, frozenset(), frozenset(roles))
        actor, _ = at_terminal()
        made = self.staff.users.invite(actor, new_key(), name, profile)
        assert isinstance(made, Invitation)
        return made

    def user(self, name: str = "aygul", *roles: Role) -> User:
        """A user who has joined; an agent, unless roles are given."""
        invitation = self.invite(name, *(roles or (Role.AGENT,)))
        joined = self.staff.users.accept(invitation.token, PASSWORD)
        assert isinstance(joined, User)
        return joined

    def enrol(self, user: User) -> tuple[str, tuple[str, ...]]:
        """Set up a TOTP; its secret, and the recovery codes. Its present code is used up."""
        challenge = self.staff.factors.begin(user)
        setup = self.staff.factors.setup(challenge)
        assert setup is not None
        done = self.staff.factors.confirm(challenge, self.code(setup.secret.keys))
        assert isinstance(done, Enrolled)
        return setup.secret.keys, done.codes

    def code(self, secret: str, steps: int = 0) -> str:
        """The code of the present step, or of one before or after."""
        return pyotp.TOTP(secret).at(int(self.clock.now().timestamp()), counter_offset=steps)

    def login(
        self,
        name: str = "aygul",
        password: str = PASSWORD,
        address: str = ADDRESS,
        device: str = "",
    ) -> LoginResult:
        return self.staff.logins.password(name, password, address, device)

    def session(self, user: User, *, is_proven: bool = True) -> tuple[str, StaffSession]:
        return self.staff.sessions.open(user, ADDRESS, "Firefox", is_proven=is_proven)

    def actor(self, user: User, *, is_proven: bool = True) -> Actor:
        return user.acting(is_proven=is_proven)

    def acts(self) -> list[str]:
        """The audit's acts, oldest first."""
        return [entry.action for entry in self.memory.entries]


def new_key() -> OperationKey:
    return OperationKey(f"form {next(_keys)}")


def is_in(result: object) -> bool:
    return isinstance(result, LoggedIn)
