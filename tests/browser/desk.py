"""A desk that runs for browsers, with a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyotp
from argon2 import PasswordHasher

from ivr.care.hash_queue import HashQueue
from ivr.content.simulation.clock import FixedClock
from ivr.domain.actor import OperationKey
from ivr.domain.staff import Profile, Role, User
from ivr.domain.values import Language
from ivr.processes import desk as process
from ivr.processes.background import background
from ivr.staff.demo import demo_users
from ivr.staff.secrets import StaffSecrets
from ivr.staff.users import Invitation
from ivr.testing.acting import at_terminal
from ivr.web.desk.bundle import Bundle
from ivr.web.desk.live import Live
from ivr.wiring.contacts import contacts, running
from ivr.wiring.container import Container, prepare_database
from ivr.wiring.staff import Staff
from tests.e2e.installation import own_settings

PASSWORD = "seven grey camels walk"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
NEED_SECOND = frozenset({Role.ADMIN, Role.AUDITOR})


@contextmanager
def served(home: Path, *, is_demo: bool = True) -> Iterator[Desk]:
    """Serve the desk. Its clock stands still; hashes are quick."""
    container = Container(own_settings(home))
    prepare_database(container)
    store, clock = container.store, FixedClock()
    secrets = StaffSecrets(container.pepper, QUICK)
    staff = Staff(store.staff, secrets, clock, NEED_SECOND, HashQueue(), store.audit)
    if is_demo:
        for name, profile in demo_users().items():
            store.staff.users.add(name, profile, clock.now())
    live = Live()
    with ExitStack() as stack:
        agents = stack.enter_context(running(contacts(container)))
        server = process.server(
            container.settings, staff, live, Bundle.read(), agents=agents, is_demo=is_demo
        )
        stack.enter_context(server)
        background(stack, "changes", lambda stop: process.follow(store.audit, live, stop, 0.05))
        stack.callback(live.end)
        yield Desk(container.settings.desk_address, staff, clock, live, container)
    store.database.close()


@dataclass
class Desk:
    """The desk and what is behind it."""

    url: str
    staff: Staff
    clock: FixedClock
    live: Live
    container: Container
    keys: int = 0

    def invite(self, name: str, *roles: Role, language: Language = Language.ENGLISH) -> str:
        """Invite a person; return the path of the link."""
        profile = Profile(name.capitalize(), language, frozenset({language}), frozenset(roles))
        found = self.staff.users.invite(at_terminal()[0], self.key(), name, profile)
        assert isinstance(found, Invitation)
        return found.path

    def join(self, name: str, *roles: Role, language: Language = Language.ENGLISH) -> User:
        """Add a person who has a password and no second factor."""
        token = self.invite(name, *roles, language=language).rpartition("/")[2]
        user = self.staff.users.accept(token, PASSWORD)
        assert isinstance(user, User)
        return user

    def code(self, secret: str) -> str:
        """The next code that an authenticator shows: each is used once."""
        self.clock.sleep(30)
        return pyotp.TOTP(secret.replace(" ", "")).at(int(self.clock.now().timestamp()))

    def key(self) -> OperationKey:
        self.keys += 1
        return OperationKey(f"test:{self.keys}")
