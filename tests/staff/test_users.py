"""Users: invited, joined, changed, suspended, restored, reset."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Factors, Profile, Role, User
from ivr.domain.values import Language
from ivr.errors import Forbidden, KeyTaken, StepUpNeeded
from ivr.staff.demo import demo_users
from ivr.staff.login import Over, SecondFactorNeeded
from ivr.staff.passwords import PasswordWeakness
from ivr.staff.users import Invitation, PasswordRefused, UserFault
from ivr.testing.acting import at_terminal
from tests.staff.bench import OTHER_PASSWORD, PASSWORD, Bench, is_in, new_key

PROFILE = Profile("Aýgül", Language.TURKMEN, frozenset(), frozenset({Role.AGENT}))


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_invited_user_chooses_a_password_once(bench: Bench) -> None:
    invitation = bench.invite("aygul", Role.AGENT)
    assert invitation.path == f"/join/{invitation.token}"
    assert invitation.token not in repr(invitation)
    assert bench.staff.users.invited(invitation.token) == invitation.user
    assert bench.staff.users.accept(invitation.token, "short") is PasswordWeakness.SHORT
    assert bench.staff.users.accept(invitation.token, PASSWORD) == invitation.user
    assert bench.staff.users.accept(invitation.token, OTHER_PASSWORD) is None
    assert bench.staff.users.invited(invitation.token) is None
    assert is_in(bench.login())


def test_a_link_is_good_for_a_day(bench: Bench) -> None:
    invitation = bench.invite("aygul", Role.AGENT)
    assert invitation.until == bench.clock.now() + timedelta(hours=24)
    bench.clock.sleep(24 * 3600)
    assert bench.staff.users.accept(invitation.token, PASSWORD) is None
    assert bench.staff.users.accept("forged", PASSWORD) is None


def test_a_repeated_invitation_is_the_same_one(bench: Bench) -> None:
    actor, key = at_terminal()
    first = bench.staff.users.invite(actor, key, "aygul", PROFILE)
    assert isinstance(first, Invitation)
    assert bench.staff.users.invite(actor, key, "aygul", PROFILE) == first
    assert bench.acts() == [Tag.INVITED]
    bench.staff.users.accept(first.token, PASSWORD)
    assert bench.staff.users.invite(actor, key, "aygul", PROFILE) is UserFault.TAKEN
    assert bench.staff.users.invite(actor, new_key(), "aygul", PROFILE) is UserFault.TAKEN


@pytest.mark.parametrize(
    ("name", "changes", "fault"),
    [
        ("a", {}, UserFault.NAME),
        ("1aygul", {}, UserFault.NAME),
        ("aýgül", {}, UserFault.NAME),
        ("ay gul", {}, UserFault.NAME),
        ("a" * 33, {}, UserFault.NAME),
        ("aygul", {"display_name": "  "}, UserFault.DISPLAY_NAME),
        ("aygul", {"display_name": "a\nb"}, UserFault.DISPLAY_NAME),
        ("aygul", {"display_name": "a" * 81}, UserFault.DISPLAY_NAME),
        ("aygul", {"roles": frozenset()}, UserFault.NO_ROLE),
    ],
)
def test_wrong_input_is_refused(
    bench: Bench, name: str, changes: dict[str, object], fault: UserFault
) -> None:
    profile = dataclasses.replace(PROFILE, **changes)  # type: ignore[arg-type]
    assert bench.staff.users.invite(*at_terminal(), name, profile) is fault
    assert bench.staff.users.list(at_terminal()[0]) == []


def test_only_an_administrator_manages_users_and_roles_need_a_fresh_factor(bench: Bench) -> None:
    admin, agent = bench.user("maral", Role.ADMIN), bench.user()
    users = bench.staff.users
    for actor, error in ((agent.acting(is_proven=True), Forbidden), (admin.acting(), StepUpNeeded)):
        for act in (
            lambda actor=actor: users.invite(actor, new_key(), "new", PROFILE),
            lambda actor=actor: users.change(actor, new_key(), agent.id, PROFILE),
            lambda actor=actor: users.reset(actor, new_key(), agent.id),
        ):
            with pytest.raises(error):
                act()
    for refused in (
        lambda: users.suspend(agent.acting(), new_key(), admin.id),
        lambda: users.restore(agent.acting(), new_key(), admin.id),
        lambda: users.list(agent.acting()),
        lambda: users.get(agent.acting(), admin.id),
        lambda: users.find(agent.acting(), "maral"),
    ):
        with pytest.raises(Forbidden):
            refused()
    assert isinstance(users.suspend(admin.acting(), new_key(), agent.id), User)


def test_a_suspended_user_is_restored_with_the_same_password(bench: Bench) -> None:
    user = bench.user()
    suspended = bench.staff.users.suspend(*at_terminal(), user.id)
    assert suspended == dataclasses.replace(user, suspended_at=bench.clock.now())
    assert bench.staff.users.suspend(*at_terminal(run="again"), user.id) == suspended
    assert not is_in(bench.login())
    assert bench.staff.users.restore(*at_terminal(), user.id) == user
    assert is_in(bench.login())
    assert bench.acts().count(Tag.SUSPENDED) == bench.acts().count(Tag.RESTORED) == 1


def test_a_key_is_for_one_user(bench: Bench) -> None:
    one, other = bench.user("one"), bench.user("other")
    actor, key = at_terminal()
    bench.staff.users.suspend(actor, key, one.id)
    with pytest.raises(KeyTaken):
        bench.staff.users.suspend(actor, key, other.id)


def test_a_link_ends_with_a_suspension(bench: Bench) -> None:
    invitation = bench.invite("aygul", Role.AGENT)
    bench.staff.users.suspend(*at_terminal(), invitation.user.id)
    bench.staff.users.restore(*at_terminal(), invitation.user.id)
    assert bench.staff.users.accept(invitation.token, PASSWORD) is None


def test_the_last_administrator_stays(bench: Bench) -> None:
    first = bench.user("maral", Role.ADMIN)
    agent = dataclasses.replace(first.profile, roles=frozenset({Role.AGENT}))
    users = bench.staff.users
    bench.invite("invited", Role.ADMIN)
    assert users.suspend(*at_terminal(), first.id) is UserFault.LAST_ADMIN
    assert users.change(*at_terminal(), first.id, agent) is UserFault.LAST_ADMIN
    second = bench.user("second", Role.ADMIN)
    assert isinstance(users.suspend(*at_terminal(), second.id), User)
    assert users.suspend(*at_terminal(run="run-2"), first.id) is UserFault.LAST_ADMIN
    users.restore(*at_terminal(), second.id)
    assert isinstance(users.change(*at_terminal(), first.id, agent), User)


def test_nobody_changes_the_own_roles(bench: Bench) -> None:
    admin = bench.user("maral", Role.ADMIN)
    bench.user("second", Role.ADMIN)
    more = dataclasses.replace(admin.profile, roles=frozenset({Role.ADMIN, Role.AGENT}))
    actor = admin.acting(is_proven=True)
    assert bench.staff.users.change(actor, new_key(), admin.id, more) is UserFault.OWN_ROLES
    shown = dataclasses.replace(admin.profile, display_name="Maral A.")
    assert isinstance(bench.staff.users.change(actor, new_key(), admin.id, shown), User)


def test_a_change_tells_what_changed(bench: Bench) -> None:
    user, key = bench.user(), new_key()
    actor, _ = at_terminal()
    profile = dataclasses.replace(user.profile, roles=frozenset({Role.CLERK, Role.AGENT}))
    for _ in range(2):
        bench.staff.users.change(actor, key, user.id, profile)
    bench.staff.users.change(actor, new_key(), user.id, profile)
    changes = [each for each in bench.memory.entries if each.action == Tag.USER_CHANGED]
    assert [(each.before, each.after) for each in changes] == [
        ({"user": "aygul", "roles": "agent"}, {"user": "aygul", "roles": "agent,clerk"})
    ]


def test_a_reset_ends_every_way_in(bench: Bench) -> None:
    user = bench.user()
    bench.enrol(user)
    token, _ = bench.session(user)
    device = bench.staff.logins.remember(user)
    actor, key = at_terminal()
    made = bench.staff.users.reset(actor, key, user.id)
    assert isinstance(made, Invitation)
    assert bench.staff.users.reset(actor, key, user.id) == made
    assert bench.staff.sessions.resolve(token) is None
    assert bench.staff.factors.of(user) == Factors()
    assert not is_in(bench.login(device=device))
    assert bench.staff.users.accept(made.token, OTHER_PASSWORD) == user
    assert is_in(bench.login(password=OTHER_PASSWORD))
    assert bench.staff.users.reset(actor, new_key(), 99) is UserFault.NOBODY


def test_a_changed_password_ends_the_other_sessions(bench: Bench) -> None:
    user = bench.user()
    (token, session), (other, _) = bench.session(user), bench.session(user)
    change = bench.staff.users.change_password
    assert change(session, new_key(), "wrong", OTHER_PASSWORD) is PasswordRefused.WRONG
    assert change(session, new_key(), PASSWORD, "aygul1234567") is PasswordWeakness.OWN
    key = new_key()
    assert [change(session, key, PASSWORD, OTHER_PASSWORD) for _ in range(2)] == [None, None]
    assert bench.staff.sessions.resolve(token) is not None
    assert bench.staff.sessions.resolve(other) is None
    assert is_in(bench.login(password=OTHER_PASSWORD))
    assert not is_in(bench.login())


def test_a_changed_password_ends_logins_that_began_with_the_former_one(bench: Bench) -> None:
    user = bench.user()
    _, codes = bench.enrol(user)
    begun = bench.login()
    assert isinstance(begun, SecondFactorNeeded)
    _, session = bench.session(user)
    bench.staff.users.change_password(session, new_key(), PASSWORD, OTHER_PASSWORD)
    assert bench.staff.logins.recovery(begun.challenge, codes[0]) == Over()


def test_a_user_chooses_the_language_of_the_pages(bench: Bench) -> None:
    token, session = bench.session(bench.user())
    bench.staff.users.choose_language(session, Language.RUSSIAN)
    now = bench.staff.sessions.resolve(token)
    assert now is not None
    assert now.user.language is Language.RUSSIAN


def test_no_secret_is_in_the_audit_or_in_a_repr(bench: Bench) -> None:
    user = bench.user("maral", Role.ADMIN)
    secret, codes = bench.enrol(user)
    token, session = bench.session(user)
    made = bench.staff.users.reset(*at_terminal(), user.id)
    assert isinstance(made, Invitation)
    told = repr([bench.memory.entries, session, made, bench.staff.secrets])
    assert not [each for each in (PASSWORD, secret, *codes, token, made.token) if each in told]


def test_the_demo_has_a_user_of_each_kind(bench: Bench) -> None:
    actor, _ = at_terminal()
    for name, profile in demo_users().items():
        made = bench.staff.users.invite(actor, new_key(), name, profile)
        assert isinstance(made, Invitation), made
    roles = {role for profile in demo_users().values() for role in profile.roles}
    wanted = {Role.AGENT, Role.SUPERVISOR, Role.EDITOR, Role.CLERK, Role.LETTERS, Role.ADMIN}
    assert roles >= wanted
    assert {profile.language for profile in demo_users().values()} == set(Language)
