"""Login by an identity provider: who comes back, what is asked besides, and what is refused."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from ivr.domain.audit import Tag
from ivr.domain.staff import Identity, Role
from ivr.staff.identities import Departure, IdentityService
from ivr.staff.login import Enrolment, LoggedIn, Over, Refused, SecondFactorNeeded
from ivr.testing.acting import at_terminal
from ivr.testing.staff import MemoryIdentityProvider
from tests.staff.bench import ADDRESS, Bench

REDIRECT = "https://desk.example/login/back"


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def provider() -> MemoryIdentityProvider:
    return MemoryIdentityProvider(Identity("aygul", has_second_factor=False))


@pytest.fixture
def identities(bench: Bench, provider: MemoryIdentityProvider) -> IdentityService:
    return IdentityService(provider, bench.staff.logins, bench.staff.secrets, bench.clock)


def state_of(departure: Departure) -> str:
    return parse_qs(urlsplit(departure.address).query)["state"][0]


def come_back(identities: IdentityService) -> object:
    departure = identities.begin(REDIRECT)
    state = state_of(departure)
    return identities.finish(departure.cookie, state, f"code-{state}", ADDRESS)


def test_a_known_user_comes_in(bench: Bench, identities: IdentityService) -> None:
    user = bench.user()
    assert come_back(identities) == LoggedIn(user, is_proven=False)


def test_the_second_factor_is_shown_here_unless_the_provider_saw_one(
    bench: Bench, identities: IdentityService, provider: MemoryIdentityProvider
) -> None:
    admin = bench.user("aygul", Role.ADMIN)
    assert isinstance(come_back(identities), Enrolment)
    bench.enrol(admin)
    assert isinstance(come_back(identities), SecondFactorNeeded)
    provider.identity = Identity("Aygul", has_second_factor=True)
    assert come_back(identities) == LoggedIn(admin, is_proven=True)


def test_who_is_no_user_here_is_refused(
    bench: Bench, identities: IdentityService, provider: MemoryIdentityProvider
) -> None:
    assert come_back(identities) == Refused()
    user = bench.user()
    bench.staff.users.suspend(*at_terminal(), user.id)
    assert come_back(identities) == Refused()
    provider.identity = None
    assert come_back(identities) == Refused()
    assert bench.acts()[-1] == Tag.LOGIN_FAILED


def test_only_the_browser_that_went_comes_back(bench: Bench, identities: IdentityService) -> None:
    bench.user()
    mine, other = identities.begin(REDIRECT), identities.begin(REDIRECT)
    state = state_of(mine)
    code = f"code-{state}"
    for cookie, said in (
        (other.cookie, state),
        (mine.cookie, state_of(other)),
        (mine.cookie, ""),
        ("", state),
        ("forged", state),
        (f"{mine.cookie[:-2]}00", state),
    ):
        assert identities.finish(cookie, said, code, ADDRESS) == Over()
    assert isinstance(identities.finish(mine.cookie, state, code, ADDRESS), LoggedIn)
    assert identities.finish(mine.cookie, state, code, ADDRESS) == Refused(), "a code counts once"


def test_a_browser_has_ten_minutes(bench: Bench, identities: IdentityService) -> None:
    bench.user()
    departure = identities.begin(REDIRECT)
    state = state_of(departure)
    bench.clock.sleep(600)
    assert identities.finish(departure.cookie, state, f"code-{state}", ADDRESS) == Over()


def test_without_a_provider_there_is_no_such_login(bench: Bench) -> None:
    assert bench.staff.identities is None
