"""Login: password, second factor, delays, known devices, and what the audit has of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Factors, Role
from ivr.staff.factors import NoFactor
from ivr.staff.login import (
    Delayed,
    Enrolment,
    LoggedIn,
    Over,
    Refused,
    SecondFactorNeeded,
)
from ivr.testing.acting import at_terminal
from tests.staff.bench import ADDRESS, OTHER_PASSWORD, PASSWORD, Bench, is_in, new_key


@pytest.fixture
def bench() -> Bench:
    return Bench()


def challenge_of(bench: Bench, name: str = "aygul", device: str = "") -> str:
    result = bench.login(name, device=device)
    assert isinstance(result, SecondFactorNeeded)
    return result.challenge


def test_an_agent_comes_in_by_password(bench: Bench) -> None:
    user = bench.user()
    assert bench.login() == LoggedIn(user, is_proven=False)
    assert bench.login(" AYGUL ") == LoggedIn(user, is_proven=False)


def test_answers_for_unknown_users_are_equal_in_words_and_work(bench: Bench) -> None:
    bench.user()
    bench.staff.users.suspend(*at_terminal(), bench.user("leaver").id)
    bench.invite("invited", Role.AGENT)
    for name, password in (
        ("aygul", OTHER_PASSWORD),
        ("nobody", PASSWORD),
        ("leaver", PASSWORD),
        ("invited", PASSWORD),
        ("", ""),
        ("aygul", "x" * 10_000),
    ):
        before = bench.hasher.computed, len(bench.memory.entries)
        assert bench.login(name, password) == Refused()
        after = bench.hasher.computed, len(bench.memory.entries)
        assert after == (before[0] + 1, before[1] + 1), name


def test_five_tries_are_free_and_then_the_wait_grows(bench: Bench) -> None:
    bench.user()
    assert [bench.login(password="wrong") for _ in range(5)] == [Refused()] * 5
    assert bench.login() == Delayed(5), "also with the right password"
    assert bench.login("aygul", PASSWORD, "10.0.0.6").__class__ is LoggedIn, "elsewhere it goes on"
    bench.clock.sleep(4.5)
    assert bench.login() == Delayed(1)
    bench.clock.sleep(0.5)
    assert bench.login(password="wrong") == Refused()
    assert bench.login() == Delayed(10)
    bench.clock.sleep(10)
    assert is_in(bench.login())
    assert bench.login(password="wrong") == Refused(), "a login forgets the failures"


def test_unknown_names_are_delayed_in_the_same_way(bench: Bench) -> None:
    assert [bench.login("nobody") for _ in range(6)] == [Refused()] * 5 + [Delayed(5)]


def test_an_address_has_twenty_failures_an_hour(bench: Bench) -> None:
    bench.user()
    results = [bench.login(f"name{index}") for index in range(21)]
    assert results == [Refused()] * 20 + [Delayed(5)]
    assert bench.login() == Delayed(5)
    assert is_in(bench.login(address="10.0.0.6"))
    bench.clock.sleep(3600)
    assert is_in(bench.login())


def test_strangers_do_not_delay_a_known_device(bench: Bench) -> None:
    user = bench.user()
    device = bench.staff.logins.remember(user)
    for _ in range(6):
        bench.login(password="wrong")
    assert bench.login() == Delayed(5)
    assert is_in(bench.login(device=device))
    assert bench.login(device="forged") == Delayed(5)


def test_a_known_device_has_delays_of_its_own(bench: Bench) -> None:
    device = bench.staff.logins.remember(bench.user())
    results = [bench.login(password="wrong", device=device) for _ in range(6)]
    assert results == [Refused()] * 5 + [Delayed(5)]
    assert is_in(bench.login())


def test_a_device_is_remembered_by_the_same_token(bench: Bench) -> None:
    user, other = bench.user(), bench.user("maral")
    device = bench.staff.logins.remember(user)
    assert bench.staff.logins.remember(user, device) == device
    assert bench.staff.logins.remember(other, device) != device
    assert bench.staff.logins.remember(user, "chosen by the browser") != "chosen by the browser"


def test_who_needs_a_second_factor_sets_it_up_at_the_first_login(bench: Bench) -> None:
    user = bench.user("maral", Role.ADMIN)
    result = bench.login("maral")
    assert isinstance(result, Enrolment)
    setup = bench.staff.factors.setup(result.challenge)
    assert setup is not None
    assert bench.staff.factors.setup(result.challenge) == setup, (
        "the same when the page is reloaded"
    )
    assert setup.secret.keys in setup.uri
    assert setup.secret.keys not in repr(setup)
    assert bench.staff.factors.confirm(result.challenge, "000000") is NoFactor.WRONG
    done = bench.staff.factors.confirm(result.challenge, bench.code(setup.secret.keys))
    assert not isinstance(done, NoFactor)
    assert done.user == user
    assert len(set(done.codes)) == 10
    assert bench.staff.factors.of(user) == Factors(has_totp=True, codes=10)
    again = bench.staff.factors.confirm(result.challenge, bench.code(setup.secret.keys, 1))
    assert again is NoFactor.OVER


def test_an_enrolment_has_five_tries_and_twenty_minutes(bench: Bench) -> None:
    user = bench.user()
    first, second = bench.staff.factors.begin(user, "a"), bench.staff.factors.begin(user, "b")
    setup = bench.staff.factors.setup(first)
    assert setup is not None
    for _ in range(5):
        assert bench.staff.factors.confirm(first, "000000") is NoFactor.WRONG
    assert bench.staff.factors.confirm(first, bench.code(setup.secret.keys)) is NoFactor.OVER
    bench.clock.sleep(20 * 60)
    assert bench.staff.factors.setup(second) is None


def test_a_code_is_accepted_once_and_one_step_around(bench: Bench) -> None:
    user = bench.user()
    secret, _ = bench.enrol(user)
    used = bench.code(secret)
    assert bench.staff.logins.totp(challenge_of(bench), used) == Refused()
    bench.clock.sleep(90)
    assert bench.staff.logins.totp(challenge_of(bench), bench.code(secret, -2)) == Refused()
    early = bench.code(secret, -1)
    assert bench.staff.logins.totp(challenge_of(bench), early) == LoggedIn(user, is_proven=True)
    assert bench.staff.logins.totp(challenge_of(bench), early) == Refused()
    late = bench.code(secret, 1)
    assert is_in(bench.staff.logins.totp(challenge_of(bench), f" {late[:3]} {late[3:]} "))
    assert bench.staff.logins.totp(challenge_of(bench), bench.code(secret)) == Refused(), (
        "a code before a used one is used up too"
    )


def test_a_code_lets_one_in_however_many_use_it(bench: Bench) -> None:
    secret, _ = bench.enrol(bench.user())
    bench.clock.sleep(60)
    # Each challenge is another browser's: a new one would replace that of the same browser.
    results = [bench.login(address=f"10.0.1.{index}") for index in range(8)]
    challenges = [each.challenge for each in results if isinstance(each, SecondFactorNeeded)]
    code = bench.code(secret)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda each: bench.staff.logins.totp(each, code), challenges))
    assert len(found) == 8
    assert sum(map(is_in, found)) == 1


def test_recovery_codes_let_in_once_however_they_are_typed(bench: Bench) -> None:
    user = bench.user()
    _, codes = bench.enrol(user)
    recovery = bench.staff.logins.recovery
    assert recovery(challenge_of(bench), "aaaaa-aaaaa") == Refused()
    assert is_in(recovery(challenge_of(bench), codes[0]))
    assert recovery(challenge_of(bench), codes[0]) == Refused()
    assert is_in(recovery(challenge_of(bench), codes[1].upper().replace("-", " ")))
    assert bench.staff.factors.of(user).codes == 8


def test_a_challenge_is_used_once_and_has_its_time(bench: Bench) -> None:
    _, codes = bench.enrol(bench.user())
    challenge = challenge_of(bench)
    assert is_in(bench.staff.logins.recovery(challenge, codes[0]))
    assert bench.staff.logins.recovery(challenge, codes[1]) == Over()
    old = challenge_of(bench)
    bench.clock.sleep(600)
    assert bench.staff.logins.recovery(old, codes[1]) == Over()
    assert bench.staff.logins.recovery("forged", codes[1]) == Over()


def test_a_challenge_ends_with_a_suspension(bench: Bench) -> None:
    user = bench.user()
    _, codes = bench.enrol(user)
    challenge = challenge_of(bench)
    bench.staff.users.suspend(*at_terminal(), user.id)
    assert bench.staff.logins.recovery(challenge, codes[0]) == Over()


def test_guessing_codes_with_a_known_password_is_delayed(bench: Bench) -> None:
    bench.enrol(bench.user())
    challenge = challenge_of(bench)
    results = [bench.staff.logins.totp(challenge, "000000") for _ in range(6)]
    assert results == [Refused()] * 5 + [Delayed(5)]
    bench.clock.sleep(5)
    assert bench.staff.logins.totp(challenge, "000000") == Over(), "the challenge has had its tries"


def test_guessing_codes_from_many_addresses_is_delayed_too(bench: Bench) -> None:
    user = bench.user()
    secret, _ = bench.enrol(user)
    device = bench.staff.logins.remember(user)
    for index in range(5):
        result = bench.login(address=f"10.0.1.{index}")
        assert isinstance(result, SecondFactorNeeded)
        tried = [bench.staff.logins.totp(result.challenge, "000000") for _ in range(4)]
        assert tried == [Refused()] * 4
    stranger = bench.login(address="10.0.2.1")
    assert isinstance(stranger, SecondFactorNeeded)
    assert bench.staff.logins.totp(stranger.challenge, "000000") == Delayed(5)
    bench.clock.sleep(4)
    own = challenge_of(bench, device=device)
    bench.clock.sleep(60)
    assert is_in(bench.staff.logins.totp(own, bench.code(secret)))


def test_a_right_password_alone_does_not_forget_failures(bench: Bench) -> None:
    secret, _ = bench.enrol(bench.user())
    for _ in range(3):
        bench.login(password="wrong")
    challenge_of(bench)
    challenge = challenge_of(bench)
    assert bench.login() == Delayed(5)
    bench.clock.sleep(60)
    assert is_in(bench.staff.logins.totp(challenge, bench.code(secret)))
    assert isinstance(bench.login(), SecondFactorNeeded)


def test_failures_are_in_the_audit_without_password_or_unknown_name(bench: Bench) -> None:
    bench.user()
    bench.login(password="my secret guess")
    bench.login("my.secret.typed.as.name")
    known, unknown = bench.memory.entries[-2:]
    assert (known.action, known.author) == (Tag.LOGIN_FAILED, f"visitor {ADDRESS}")
    assert known.after == {"user": "aygul", "tries": 1, "what": "password"}
    assert unknown.after is not None
    assert str(unknown.after["user"]).startswith("unknown ")
    assert "secret" not in repr(bench.memory.entries)


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


def test_a_user_whose_password_was_reset_does_not_come_in(bench: Bench) -> None:
    user = bench.user()
    bench.staff.users.reset(*at_terminal(), user.id)
    assert bench.login() == Refused()
    assert bench.staff.stored.users.get(user.id) == user
