"""Roles, rights and limits."""

from __future__ import annotations

import pytest

from ivr.domain.rights import OF_CUSTOMERS, ROLE_RIGHTS, STEP_UP, Right, Role, rights_of
from ivr.domain.staff import KINDS, Limits
from ivr.domain.values import Language
from ivr.errors import Forbidden, StepUpNeeded
from ivr.staff.rights import require
from tests.staff.bench import Bench


def test_each_role_has_rights_and_each_right_a_role() -> None:
    assert set(ROLE_RIGHTS) == set(KINDS) == set(Role)
    assert rights_of(list(Role)) == set(Right)
    assert rights_of([]) == frozenset()


def test_an_administrator_reaches_no_customers_data() -> None:
    assert ROLE_RIGHTS[Role.ADMIN].isdisjoint(OF_CUSTOMERS)


def test_an_auditor_reads_the_audit_and_nothing_else() -> None:
    assert ROLE_RIGHTS[Role.AUDITOR] == {Right.READ_AUDIT}


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_a_right_is_required(role: Role, right: Right) -> None:
    user = Bench().user("aygul", role)
    proven, unproven = user.acting(is_proven=True), user.acting()
    if right not in ROLE_RIGHTS[role]:
        with pytest.raises(Forbidden, match=right):
            require(proven, right)
        return
    require(proven, right)
    if right in STEP_UP:
        with pytest.raises(StepUpNeeded, match="second factor"):
            require(unproven, right)
    else:
        require(unproven, right)


def test_a_page_needs_the_right_only() -> None:
    bench = Bench()
    _, session = bench.session(bench.user("maral", Role.ADMIN), is_proven=False)
    require(session, Right.GRANT_ROLES)
    with pytest.raises(Forbidden):
        require(session, Right.ORDER)


@pytest.mark.parametrize(
    ("limits", "is_allowed"),
    [
        (Limits(), True),
        (Limits(queues=frozenset({"ru-finance"})), True),
        (Limits(queues=frozenset({"tk-finance"})), False),
        (Limits(topics=frozenset({"payments", "services"})), True),
        (Limits(topics=frozenset({"services"})), False),
        (Limits(languages=frozenset({Language.TURKMEN})), False),
        (Limits(offices=frozenset({"Mary-1"})), True),
    ],
)
def test_limits(limits: Limits, is_allowed: bool) -> None:
    allowed = limits.allows(queue="ru-finance", topic="payments", language=Language.RUSSIAN)
    assert allowed is is_allowed


def test_a_limit_of_offices_keeps_other_offices_out() -> None:
    limits = Limits(offices=frozenset({"Mary-1"}))
    assert limits.allows(office="Mary-1")
    assert not limits.allows(office="Aşgabat-3")
