"""Passkeys: added, shown at login and for a step-up, removed; answers of others are refused."""

from __future__ import annotations

import json

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Factors, Role, StaffSession, User
from ivr.errors import StepUpNeeded
from ivr.staff.factors import NoFactor
from ivr.staff.login import Over, Refused, SecondFactorNeeded
from ivr.staff.passkeys import PasskeyService
from tests.staff.authenticator import Authenticator
from tests.staff.bench import Bench, is_in, new_key

ORIGIN = "http://localhost:8000"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def passkeys(bench: Bench) -> PasskeyService:
    return bench.staff.passkeys


@pytest.fixture
def user(bench: Bench) -> User:
    return bench.user("aygul", Role.ADMIN)


@pytest.fixture
def session(bench: Bench, user: User) -> StaffSession:
    return bench.session(user)[1]


def add(passkeys: PasskeyService, session: StaffSession, of: Authenticator) -> NoFactor | None:
    asked = passkeys.begin_adding(session, ORIGIN)
    made = of.create(asked.options)
    return passkeys.finish_adding(session, new_key(), asked.token, made, "Telefon", ORIGIN)


def challenge_of(bench: Bench) -> str:
    result = bench.login()
    assert isinstance(result, SecondFactorNeeded)
    return result.challenge


def test_a_passkey_lets_in_after_the_password(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    phone = Authenticator()
    assert add(passkeys, session, phone) is None
    assert bench.acts()[-1] == Tag.FACTOR_ADDED
    assert bench.staff.factors.of(user) == Factors(passkeys=1)
    assert [each.name for each in passkeys.of(user)] == ["Telefon"]
    for _ in range(2):
        challenge = challenge_of(bench)
        asked = passkeys.begin_login(challenge, ORIGIN)
        assert asked is not None
        shown = phone.show(asked.options)
        assert is_in(passkeys.login(challenge, asked.token, shown, ORIGIN))
        assert passkeys.login(challenge, asked.token, shown, ORIGIN) == Over()


def test_a_passkey_steps_up(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    phone = Authenticator(is_counting=False)
    add(passkeys, session, phone)
    token, weak = bench.session(user)
    bench.clock.sleep(301)
    for _ in range(2):
        asked = passkeys.begin_step_up(weak, ORIGIN)
        made = passkeys.step_up(token, asked.token, phone.show(asked.options), ORIGIN)
        assert isinstance(made, str)
        token = made
    now = bench.staff.sessions.resolve(token)
    assert now is not None
    assert now.is_proven(bench.clock.now())
    assert bench.staff.logins.step_up(token, "000000", "10.0.0.5") == Refused()


def test_answers_that_are_not_of_this_question_are_refused(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    phone = Authenticator()
    add(passkeys, session, phone)
    other = bench.user("other")
    others_phone = Authenticator()
    add(passkeys, bench.session(other)[1], others_phone)
    challenge = challenge_of(bench)

    def show(by: Authenticator, options: str | None = None, origin: str = ORIGIN) -> object:
        asked = passkeys.begin_login(challenge, ORIGIN)
        assert asked is not None
        return passkeys.login(challenge, asked.token, by.show(options or asked.options), origin)

    old = passkeys.begin_login(challenge, ORIGIN)
    assert old is not None
    assert show(others_phone) == Refused(), "another user's"
    assert show(Authenticator()) == Refused(), "unknown"
    assert show(phone, old.options) == Refused(), "the answer to another question"
    phone.origin = "http://evil.example"
    assert show(phone) == Refused(), "given to another site"
    phone.origin = ORIGIN
    assert show(phone, origin="http://localhost:9000") == Refused(), "another address of the desk"
    phone.count = 0
    assert show(phone) == Refused(), "a copy, whose count is behind"
    for broken in ("", "{}", "[]", "null", json.dumps({"id": "x", "rawId": "y"})):
        asked = passkeys.begin_login(challenge, ORIGIN)
        assert asked is not None
        assert passkeys.login(challenge, asked.token, broken, ORIGIN) == Refused()
    phone.count = 9
    assert is_in(show(phone))


def test_a_question_is_answered_once_and_within_five_minutes(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    phone = Authenticator()
    asked = passkeys.begin_adding(session, ORIGIN)
    bench.clock.sleep(299)
    token, later = bench.session(user)
    late = passkeys.begin_adding(later, ORIGIN)
    made = phone.create(asked.options)
    finish = passkeys.finish_adding
    assert finish(later, new_key(), asked.token, made, "", ORIGIN) is NoFactor.OVER, "another's"
    assert finish(session, new_key(), asked.token, "{}", "", ORIGIN) is NoFactor.WRONG
    assert finish(session, new_key(), asked.token, made, "", ORIGIN) is NoFactor.OVER
    bench.clock.sleep(300)
    now = bench.staff.sessions.resolve(token)
    assert now is not None
    late_made = phone.create(late.options)
    assert finish(now, new_key(), late.token, late_made, "", ORIGIN) is NoFactor.OVER


def test_a_passkey_is_one_users(
    bench: Bench, passkeys: PasskeyService, session: StaffSession
) -> None:
    phone = Authenticator()
    assert add(passkeys, session, phone) is None
    assert add(passkeys, bench.session(bench.user("other"))[1], phone) is NoFactor.WRONG


def test_the_last_needed_factor_is_not_removed(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    for _ in range(2):
        add(passkeys, session, Authenticator())
    first, second = passkeys.of(user)
    key = new_key()
    assert [passkeys.remove(session, key, first.id) for _ in range(2)] == [None, None]
    assert passkeys.remove(session, new_key(), first.id) is NoFactor.NONE
    assert passkeys.remove(session, new_key(), second.id) is NoFactor.NEEDED
    bench.enrol(user)
    assert passkeys.remove(session, new_key(), second.id) is None
    assert bench.staff.factors.remove_totp(session, new_key()) is NoFactor.NEEDED


def test_factors_are_changed_only_after_a_recent_factor(
    bench: Bench, passkeys: PasskeyService, user: User, session: StaffSession
) -> None:
    agent = bench.user("agent", Role.AGENT)
    _, weak = bench.session(agent, is_proven=False)
    bench.clock.sleep(301)
    with pytest.raises(StepUpNeeded):
        passkeys.begin_adding(weak, ORIGIN)
    _, weak = bench.session(user, is_proven=False)
    assert add(passkeys, weak, Authenticator()) is None, "the first one, after the password"
    (known,) = passkeys.of(user)
    for act in (
        lambda: passkeys.begin_adding(weak, ORIGIN),
        lambda: passkeys.finish_adding(weak, new_key(), "token", "{}", "", ORIGIN),
        lambda: passkeys.remove(weak, new_key(), known.id),
        lambda: bench.staff.factors.start(weak),
        lambda: bench.staff.factors.new_codes(weak, new_key()),
        lambda: bench.staff.factors.remove_totp(weak, new_key()),
    ):
        with pytest.raises(StepUpNeeded):
            act()
    _, fresh = bench.session(user)
    assert bench.staff.factors.setup(bench.staff.factors.start(fresh)) is not None
