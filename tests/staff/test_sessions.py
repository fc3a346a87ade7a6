"""Sessions: idle times, longest duration, calls, suspension, tokens."""

from __future__ import annotations

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Role
from ivr.errors import Forbidden
from ivr.staff.secrets import digest_of
from ivr.testing.acting import at_terminal
from tests.staff.bench import PASSWORD, Bench

MINUTE, HOUR = 60, 3600


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("roles", "seconds"),
    [
        ((Role.AGENT,), 12 * HOUR),
        ((Role.AGENT, Role.SUPERVISOR), 12 * HOUR),
        ((Role.SUPERVISOR,), 30 * MINUTE),
        ((Role.ADMIN,), 30 * MINUTE),
        ((Role.CLERK,), 30 * MINUTE),
        ((Role.AGENT, Role.ADMIN), 30 * MINUTE),
    ],
)
def test_idle_sessions_end(bench: Bench, roles: tuple[Role, ...], seconds: int) -> None:
    user = bench.user("aygul", *roles)
    token, _ = bench.session(user)
    bench.clock.sleep(seconds - 1)
    assert bench.staff.sessions.resolve(token) is not None
    bench.clock.sleep(seconds - 1 if seconds < HOUR else 0)
    assert bench.staff.sessions.resolve(token) is not None
    bench.clock.sleep(seconds)
    assert bench.staff.sessions.resolve(token) is None
    assert bench.staff.stored.sessions.of(user.id) == []
    entry = bench.memory.entries[-1]
    assert (entry.action, entry.author) == (Tag.SESSION_ENDED, "system line")


def test_beats_of_an_open_page_keep_agents_only(bench: Bench) -> None:
    tokens = [
        bench.session(bench.user(name, role))[0]
        for name, role in (("aygul", Role.AGENT), ("maral", Role.ADMIN))
    ]
    for _ in range(2):
        bench.clock.sleep(29 * MINUTE)
        found = [bench.staff.sessions.resolve(token, is_beat=True) for token in tokens]
    assert [each is not None for each in found] == [True, False]
    agent = found[0]
    assert agent is not None
    assert (bench.clock.now() - agent.seen_at).total_seconds() == 29 * MINUTE


def test_no_session_is_longer_than_sixteen_hours_but_in_a_call(bench: Bench) -> None:
    token, _ = bench.session(bench.user())
    for _ in range(16):
        assert bench.staff.sessions.resolve(token) is not None
        bench.clock.sleep(HOUR)
    bench.callers.add("aygul")
    assert bench.staff.sessions.resolve(token) is not None
    bench.clock.sleep(13 * HOUR)
    assert bench.staff.sessions.resolve(token) is not None, "the call goes on"
    bench.callers.clear()
    assert bench.staff.sessions.resolve(token) is None


def test_a_suspended_user_has_no_session_at_once_also_in_a_call(bench: Bench) -> None:
    user = bench.user()
    token, _ = bench.session(user)
    bench.callers.add("aygul")
    bench.staff.users.suspend(*at_terminal(), user.id)
    assert bench.staff.sessions.resolve(token) is None
    bench.staff.users.restore(*at_terminal(run="run-2"), user.id)
    assert bench.staff.sessions.resolve(token) is None


def test_new_roles_count_at_the_next_request(bench: Bench) -> None:
    user = bench.user()
    token, session = bench.session(user)
    changed = bench.staff.users.change(
        *at_terminal(), user.id, bench.user("clerk", Role.CLERK).profile
    )
    now = bench.staff.sessions.resolve(token)
    assert now is not None
    assert now.user == changed
    assert now.rights != session.rights


def test_tokens_are_long_unlike_and_stored_as_hashes(bench: Bench) -> None:
    user = bench.user()
    tokens = {bench.session(user)[0] for _ in range(20)}
    assert len(tokens) == 20
    assert min(map(len, tokens)) >= 43
    assert bench.memory.state.sessions.keys() == {digest_of(token) for token in tokens}


def test_a_rotated_token_is_void(bench: Bench) -> None:
    token, session = bench.session(bench.user(), is_proven=False)
    made = bench.staff.sessions.rotate(token)
    assert made is not None
    assert bench.staff.sessions.resolve(token) is None
    found = bench.staff.sessions.resolve(made)
    assert found is not None
    assert (found.id, found.step_up_at) == (session.id, None)
    assert bench.staff.sessions.rotate(token) is None


def test_a_role_that_needs_a_second_factor_ends_sessions_without_one(bench: Bench) -> None:
    user = bench.user()
    admin = bench.user("maral", Role.ADMIN).profile
    bench.enrol(user)
    (weak, _), (strong, _) = bench.session(user, is_proven=False), bench.session(user)
    assert bench.staff.sessions.resolve(weak) is not None
    bench.staff.users.change(*at_terminal(), user.id, admin)
    assert bench.staff.sessions.resolve(weak) is None
    assert bench.staff.sessions.resolve(strong) is not None
    assert bench.memory.entries[-1].after is not None
    assert bench.memory.entries[-1].after["why"] == "factor"


def test_a_role_that_needs_a_second_factor_ends_all_sessions_of_who_has_none(
    bench: Bench,
) -> None:
    user = bench.user()
    token, _ = bench.session(user, is_proven=False)
    stepped = bench.staff.logins.step_up(token, PASSWORD, "10.0.0.5")
    assert isinstance(stepped, str)
    bench.staff.users.change(*at_terminal(), user.id, bench.user("maral", Role.ADMIN).profile)
    assert bench.staff.sessions.resolve(stepped) is None


def test_a_login_removes_sessions_that_are_over(bench: Bench) -> None:
    user = bench.user()
    old, _ = bench.session(user)
    bench.clock.sleep(12 * HOUR)
    _, session = bench.session(user)
    assert [each.id for each in bench.staff.stored.sessions.of(user.id)] == [session.id]
    assert bench.acts()[-2:] == [Tag.SESSION_ENDED, Tag.LOGIN]
    assert bench.staff.sessions.resolve(old) is None


def test_use_is_stored_twice_a_minute_at_most(bench: Bench) -> None:
    token, session = bench.session(bench.user())
    seen = []
    for _ in range(4):
        bench.clock.sleep(15)
        bench.staff.sessions.resolve(token)
        found = bench.staff.stored.sessions.of(session.user.id)[0]
        seen.append((found.seen_at - session.seen_at).total_seconds())
    assert seen == [0, 30, 30, 60]


def test_logout_ends_one_session(bench: Bench) -> None:
    user = bench.user()
    (one, _), (other, _) = bench.session(user), bench.session(user)
    for _ in range(2):
        bench.staff.sessions.logout(one)
    assert bench.staff.sessions.resolve(one) is None
    assert bench.staff.sessions.resolve(other) is not None
    assert bench.acts().count(Tag.LOGOUT) == 1


def test_a_user_ends_own_sessions_and_an_administrator_any(bench: Bench) -> None:
    agent, other = bench.user(), bench.user("other")
    admin = bench.user("maral", Role.ADMIN)
    sessions = [bench.session(agent)[1] for _ in range(4)]
    end = bench.staff.sessions.end
    assert end(agent.acting(), sessions[0].id)
    assert not end(agent.acting(), sessions[0].id)
    with pytest.raises(Forbidden):
        end(other.acting(), sessions[1].id)
    assert end(admin.acting(), sessions[1].id)
    with pytest.raises(Forbidden):
        bench.staff.sessions.end_all(other.acting(), agent.id)
    assert [each.id for each in bench.staff.sessions.list(agent.acting(), agent)] == [
        sessions[3].id,
        sessions[2].id,
    ]
    with pytest.raises(Forbidden):
        bench.staff.sessions.list(other.acting(), agent)
    assert bench.staff.sessions.end_all(agent.acting(), agent.id, but=sessions[2].id) == 1
    assert bench.staff.sessions.end_all(admin.acting(), agent.id) == 1
    assert bench.acts().count(Tag.SESSION_ENDED) == 4


def test_what_a_browser_says_of_itself_is_cut_and_printable(bench: Bench) -> None:
    user = bench.user()
    _, session = bench.staff.sessions.open(user, "10.0.0.5", "Fire\x1b[31mfox\n" + "x" * 999)
    assert session.browser.startswith("Fire[31mfox")
    assert len(session.browser) < 200
