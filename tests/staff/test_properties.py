"""What holds for any order of logins, codes, waits and requests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.staff import Profile, Role, SessionEnd, StaffSession, User
from ivr.domain.values import Language
from ivr.staff.idleness import LIFETIME, SHIFT, end_of
from ivr.staff.login import Delayed
from tests.staff.bench import Bench

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
SECONDS = st.integers(0, 60 * 60 * 24)
ROLES = st.frozensets(st.sampled_from(list(Role)))


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(-3, 3)), max_size=12))
@settings(max_examples=30)
def test_a_code_is_accepted_once_and_never_one_before_it(
    tries: list[tuple[int, int]],
) -> None:
    bench = Bench()
    user = bench.user()
    secret, _ = bench.enrol(user)
    newest = int(bench.clock.now().timestamp()) // 30
    for seconds, off in tries:
        bench.clock.sleep(seconds)
        step = int(bench.clock.now().timestamp()) // 30 + off
        accepted = bench.staff.factors.accepts(user, bench.code(secret, off))
        assert accepted == (abs(off) <= 1 and step > newest)
        newest = step if accepted else newest


@given(st.lists(st.integers(0, 40), min_size=1, max_size=60))
@settings(max_examples=20)
def test_guesses_from_one_address_in_ten_minutes_are_few(pauses: list[int]) -> None:
    """However a guesser waits: five are free, and each further one waits twice as long."""
    bench = Bench()
    bench.user()
    begun, compared = bench.clock.now(), 0
    for seconds in pauses:
        bench.clock.sleep(seconds)
        if bench.clock.now() - begun > timedelta(minutes=10):
            break
        compared += not isinstance(bench.login(password="guess"), Delayed)
    assert compared <= 12


@given(SECONDS, SECONDS, ROLES, st.booleans(), ROLES)
def test_when_a_session_is_over(
    age: int, idle: int, roles: frozenset[Role], has_shown: bool, required: frozenset[Role]
) -> None:
    idle = min(age, idle)
    profile = Profile("A", Language.TURKMEN, frozenset(), roles)
    user = User(1, "a", profile.display_name, profile.language, profile.spoken, roles)
    created, seen = NOW - timedelta(seconds=age), NOW - timedelta(seconds=idle)
    session = StaffSession(1, user, created, seen, created if has_shown else None, "", "")
    over = end_of(session, NOW, required)
    if roles & required and not has_shown:
        assert over is SessionEnd.FACTOR
    elif age >= LIFETIME.total_seconds():
        assert over is SessionEnd.OLD
    elif idle >= SHIFT.total_seconds():
        assert over is SessionEnd.IDLE
    elif idle < 1800:
        assert over is None
    else:
        is_shift = Role.AGENT in roles and roles <= {Role.AGENT, Role.SUPERVISOR}
        assert over is (None if is_shift else SessionEnd.IDLE)
