"""Users as stored, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from ivr.domain.values import Secret
from ivr.errors import Unusable
from ivr.ports.staff import StaffRepositories
from ivr.store import Store
from ivr.store.staff_tables import staff_users
from tests.contracts.staff_contract import StaffContract, add


@pytest.fixture
def staff(store: Store) -> StaffRepositories:
    return store.staff


class TestStoredStaff(StaffContract):
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
