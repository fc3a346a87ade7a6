"""Users as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from ivr.domain.audit import AuditEntry, Tag
from ivr.domain.staff import Role, User
from ivr.domain.values import Language, Secret
from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.ports.staff import StaffRepositories
from ivr.staff.login import Refused
from ivr.staff.users import UserFault
from ivr.store import Store
from ivr.store.audit import AuditTrail
from ivr.store.staff import StoredAudit
from ivr.store.staff_tables import staff_users
from ivr.testing.acting import at_terminal
from tests.contracts.audit_contract import AuditContract
from tests.contracts.staff_contract import NOW, StaffContract, add, at_once
from tests.staff.bench import PASSWORD, Bench, new_key


@pytest.fixture
def staff(store: Store) -> StaffRepositories:
    return store.staff


@pytest.fixture
def audit(store: Store) -> AuditTrail:
    return store.audit


class TestStoredStaff(StaffContract):
    pass


class TestStoredAudit(AuditContract):
    pass


def test_a_totp_secret_is_sealed_for_its_user(store: Store, staff: StaffRepositories) -> None:
    one, other = add(staff), add(staff, "maral")
    staff.factors.set_totp(one.id, Secret("JBSWY3DPEHPK3PXP"))
    mine = select(staff_users.c.totp).where(staff_users.c.id == one.id)
    with store.database.writing() as connection:
        sealed = connection.execute(mine).scalar_one()
        theirs = update(staff_users).where(staff_users.c.id == other.id)
        connection.execute(theirs.values(totp=sealed))
    assert b"JBSWY3DPEHPK3PXP" not in sealed
    assert staff.factors.totp(one.id) == Secret("JBSWY3DPEHPK3PXP")
    with pytest.raises(Unusable, match="IVR_PEPPER"):
        staff.factors.totp(other.id)


def test_a_role_of_a_newer_program_gives_no_right(store: Store, staff: StaffRepositories) -> None:
    user = add(staff)
    with store.database.writing() as connection:
        connection.execute(update(staff_users).values(roles="agent,archivist"))
    assert staff.users.get(user.id) == user


class TestServices:
    """What the services promise, where many requests come at once."""

    @pytest.fixture
    def bench(self, staff: StaffRepositories) -> Bench:
        return Bench(stored=staff)

    def test_two_administrators_who_suspend_each_other_leave_one(self, bench: Bench) -> None:
        admins = [bench.user(f"admin{index}", Role.ADMIN) for index in range(2)]

        def suspend(index: int) -> User | UserFault:
            actor = admins[index % 2].acting()
            return bench.staff.users.suspend(actor, new_key(), admins[1 - index % 2].id)

        at_once(suspend)
        left = [each.user for each in bench.staff.stored.users.list(NOW)]
        assert sum(user.suspended_at is None for user in left) == 1

    def test_no_change_takes_another_one_back(self, bench: Bench) -> None:
        """Each reads the user and writes it whole."""
        user = bench.user()
        _, session = bench.session(user)
        clerk = replace(user.profile, roles=frozenset({Role.CLERK, Role.AGENT}))

        def change(index: int) -> object:
            users, actor = bench.staff.users, at_terminal()[0]
            match index % 3:
                case 0:
                    return users.choose_language(session, Language.ENGLISH)
                case 1:
                    return users.suspend(actor, new_key(), user.id)
                case _:
                    profile = replace(clerk, language=Language.ENGLISH)
                    return users.change(actor, new_key(), user.id, profile)

        at_once(change)
        now = bench.staff.stored.users.get(user.id)
        assert now is not None
        assert (now.language, now.roles) == (Language.ENGLISH, clerk.roles)
        assert now.suspended_at is not None

    def test_one_of_many_links_is_used(self, bench: Bench) -> None:
        link = bench.invite("aygul", Role.AGENT).token
        found = at_once(lambda _: bench.staff.users.accept(link, PASSWORD))
        assert sum(isinstance(each, User) for each in found) == 1

    def test_guesses_at_once_are_no_more_than_five(self, bench: Bench) -> None:
        bench.user()
        found = at_once(lambda index: bench.login(password=f"guess {index}"))
        assert [type(each) for each in found].count(Refused) == 5

    def test_an_operation_that_fails_leaves_nothing(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        user = bench.user()
        token, _ = bench.session(user)
        write = StoredAudit.write

        def fail(_audit: StoredAudit, entry: AuditEntry) -> None:
            if entry.action == Tag.SUSPENDED:
                raise TemporarilyUnavailable("database")
            write(_audit, entry)

        monkeypatch.setattr(StoredAudit, "write", fail)
        with pytest.raises(TemporarilyUnavailable):
            bench.staff.users.suspend(*at_terminal(), user.id)
        assert bench.staff.sessions.resolve(token) is not None
        assert bench.staff.stored.users.get(user.id) == user
