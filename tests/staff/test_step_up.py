"""Step-up: a second factor shown again; and changes of factors."""

from __future__ import annotations

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Factors, Role
from ivr.staff.factors import NoFactor
from ivr.staff.login import (
    Delayed,
    Refused,
)
from tests.staff.bench import ADDRESS, PASSWORD, Bench, is_in, new_key
from tests.staff.test_login import challenge_of


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_a_step_up_gives_the_session_another_token(bench: Bench) -> None:
    user = bench.user("maral", Role.ADMIN)
    secret, _ = bench.enrol(user)
    token, session = bench.session(user)
    bench.clock.sleep(301)
    assert not session.is_proven(bench.clock.now())
    assert bench.staff.logins.step_up(token, "000000", ADDRESS) == Refused()
    made = bench.staff.logins.step_up(token, bench.code(secret), ADDRESS)
    assert isinstance(made, str)
    assert bench.staff.sessions.resolve(token) is None
    now = bench.staff.sessions.resolve(made)
    assert now is not None
    assert (now.id, now.is_proven(bench.clock.now())) == (session.id, True)
    bench.clock.sleep(301)
    assert not now.is_proven(bench.clock.now())
    assert bench.acts()[-1] == Tag.STEPPED_UP


def test_a_step_up_without_a_factor_is_by_password(bench: Bench) -> None:
    user = bench.user()
    token, _ = bench.session(user, is_proven=False)
    assert bench.staff.logins.step_up(token, "wrong", ADDRESS) == Refused()
    assert isinstance(bench.staff.logins.step_up(token, PASSWORD, ADDRESS), str)
    assert bench.staff.logins.step_up("forged", PASSWORD, ADDRESS) == Refused()


def test_a_step_up_is_delayed_after_five_failures(bench: Bench) -> None:
    token, _ = bench.session(bench.user(), is_proven=False)
    results = [bench.staff.logins.step_up(token, "wrong", ADDRESS) for _ in range(6)]
    assert results == [Refused()] * 5 + [Delayed(5)]


def test_recovery_codes_are_replaced(bench: Bench) -> None:
    user = bench.user()
    _, former = bench.enrol(user)
    _, session = bench.session(user)
    codes = bench.staff.factors.new_codes(session, new_key())
    assert bench.staff.logins.recovery(challenge_of(bench), former[0]) == Refused()
    assert is_in(bench.staff.logins.recovery(challenge_of(bench), codes[0]))


def test_a_totp_is_removed_unless_it_is_needed(bench: Bench) -> None:
    agent, admin = bench.user(), bench.user("maral", Role.ADMIN)
    for user in (agent, admin):
        bench.enrol(user)
    _, session = bench.session(agent)
    key = new_key()
    assert [bench.staff.factors.remove_totp(session, key) for _ in range(2)] == [None, None]
    assert bench.staff.factors.of(agent) == Factors()
    assert bench.staff.factors.remove_totp(session, new_key()) is NoFactor.NONE
    _, theirs = bench.session(admin)
    assert bench.staff.factors.remove_totp(theirs, new_key()) is NoFactor.NEEDED
    assert bench.acts().count(Tag.FACTOR_REMOVED) == 1
