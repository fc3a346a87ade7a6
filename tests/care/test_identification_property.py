"""The limits of identification, whatever the order of tries: a model beside the real thing.

Tries come from the number's own phone, from other subscribers and from callers whose number says
nothing; time passes between them as hypothesis likes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ivr.care.attempts import Limits
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, LockState, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, Operator, subscriber
from ivr.testing.dial import origin

FRIEND = Msisdn("99361000000")
TARGETS = [NUMBER, OTHER, *(Msisdn(f"9936500000{digit}") for digit in range(8))]
ORIGINS = {
    "own": origin(NUMBER),
    "friend": origin(FRIEND),
    "other": origin(OTHER),
    "withheld": origin(None),
    "city": Origin(None, "12345678", "trunk"),
    "changing": origin(Msisdn("99364111111")),
    "agent's phone": Origin(NUMBER, NUMBER, ""),
}
KNOWN = {f"subscriber {digit}": origin(Msisdn(f"9936600000{digit}")) for digit in range(8)}
ORIGINS |= KNOWN
MOST = Limits(numbers=3, unknown=6, unknown_most=9, strangers=7, line=8)


@dataclass(frozen=True)
class Try:
    number: Msisdn
    origin: str
    means: IdentificationMethod
    is_right: bool
    minutes: int


tries = st.builds(
    Try,
    st.sampled_from(TARGETS),
    st.sampled_from(sorted(ORIGINS)),
    st.sampled_from(IdentificationMethod),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([0, 0, 1, 3, 12, 31, 61, 25 * 60]),
)


@st.composite
def bursts(draw: st.DrawFn) -> list[Try]:
    """Tries in a row that are alike: the same, or each for another number."""
    first, times = draw(tries), draw(st.integers(1, 14))
    if draw(st.booleans()):
        return [first] * times
    phones = sorted(KNOWN) if draw(st.booleans()) else [first.origin]
    return [
        replace(first, number=TARGETS[index % 10], origin=phones[index % len(phones)])
        for index in range(times)
    ]


sequences = st.lists(bursts(), min_size=1, max_size=8).map(lambda made: [*chain(*made)])


def row(
    origin: str,
    times: int,
    minutes: int,
    means: IdentificationMethod = IdentificationMethod.PASSPORT,
) -> list[Try]:
    """So many wrong tries for one number, the last of them right."""
    wrong = Try(NUMBER, origin, means, False, minutes)
    return [*[wrong] * (times - 1), replace(wrong, is_right=True, minutes=0)]


def spread(
    origins: Sequence[str], times: int, means: IdentificationMethod = IdentificationMethod.PASSPORT
) -> list[Try]:
    """Likewise, each for another number and from another phone, at once."""
    return [
        Try(TARGETS[-1 - index % 9], origins[index % len(origins)], means, False, 0)
        for index in range(times - 1)
    ] + [Try(NUMBER, origins[0], means, True, 0)]


@dataclass
class Failure:
    at: datetime
    number: Msisdn
    origin: str
    is_own: bool
    is_forgotten: bool = False


@dataclass
class Model:
    """The rules of the domain, written as they are said, over a list of all failures."""

    failures: list[Failure] = field(default_factory=list)

    def locks(self, one: Try, now: datetime) -> bool:
        """Whether the number is locked for this kind of caller."""
        times = [
            each.at
            for each in self.failures
            if each.number == one.number and each.is_own == is_own(one) and not each.is_forgotten
        ]
        return (
            len(times) >= 20
            or self.fills(times, 5, timedelta(hours=1), now - timedelta(minutes=30))
            or self.fills(times, 10, timedelta(days=1), now - timedelta(days=1))
        )

    def fills(
        self, times: Sequence[datetime], most: int, window: timedelta, since: datetime
    ) -> bool:
        """Whether after ``since`` a failure was the ``most``-th within a window."""
        return any(
            at > since and sum(at - window <= each <= at for each in times[: index + 1]) >= most
            for index, at in enumerate(times)
        )

    def stops(self, one: Try, now: datetime) -> bool:
        """Whether this caller may not make this try, whatever the number."""
        if is_own(one):
            return False
        strangers = [each for each in self.failures if not each.is_own]
        lately = [each for each in strangers if each.at > now - timedelta(minutes=10)]
        of_trunk = [each for each in lately if each.origin != "agent's phone"]
        if one.origin == "agent's phone":
            of_trunk = [each for each in lately if each.origin == "agent's phone"]
        unknown = [each for each in of_trunk if is_unknown(each.origin)]
        line = sum(each.at > now - timedelta(minutes=1) for each in strangers)
        is_passport = one.means is IdentificationMethod.PASSPORT
        if self.is_spread(one, now) or line >= 2 * MOST.line:
            return True
        if len(of_trunk) >= 2 * MOST.strangers:
            return True
        if is_passport and len(of_trunk) >= MOST.strangers:
            return True
        if not is_unknown(one.origin):
            return False
        most = MOST.unknown if is_passport else MOST.unknown_most
        return len(unknown) >= most or line >= MOST.line

    def is_spread(self, one: Try, now: datetime) -> bool:
        key = ORIGINS[one.origin].key
        mine = [each for each in self.failures if key and ORIGINS[each.origin].key == key]
        for last in mine:
            numbers = {
                each.number for each in mine if last.at - timedelta(hours=1) <= each.at <= last.at
            }
            if len(numbers) >= MOST.numbers and now < last.at + timedelta(days=1):
                return True
        return False

    def note(self, one: Try, now: datetime) -> None:
        self.failures.append(Failure(now, one.number, one.origin, is_own(one)))

    def forgive(self, one: Try) -> None:
        for each in self.failures:
            if each.number == one.number and each.is_own == is_own(one):
                each.is_forgotten = True


def is_own(one: Try) -> bool:
    return ORIGINS[one.origin].is_own_phone(one.number)


def is_unknown(name: str) -> bool:
    return name in ("withheld", "city", "changing", "agent's phone")


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequences)
@example(row("own", 6, 0))
@example(row("friend", 6, 12))
@example(row("own", 11, 61))
@example(row("other", 11, 61))
@example(row("own", 21, 25 * 60))
@example(row("friend", 21, 25 * 60))
@example(spread(sorted(KNOWN), 8))
@example(spread(sorted(KNOWN), 15, IdentificationMethod.CODEWORD))
@example(row("friend", 4, 1) + spread(sorted(KNOWN), 17, IdentificationMethod.CODEWORD))
@example(spread(["withheld"], 7))
@example(
    spread(["withheld", "city"], 9, IdentificationMethod.CODEWORD)
    + row("withheld", 3, 1, IdentificationMethod.CODEWORD)
)
@example(spread(["friend"], 4))
def test_limits_hold_exactly_and_the_owner_is_never_locked_by_others(made: list[Try]) -> None:
    operator = Operator(limits=MOST)
    for number in (NUMBER, OTHER):
        operator.add(subscriber(number))
    for phone in (FRIEND, *(each.number for each in KNOWN.values())):
        operator.add(subscriber(phone or FRIEND))
    identification, clock, model = operator.care.identification, operator.clock, Model()
    own_failures = 0
    for index, one in enumerate(made):
        clock.sleep(one.minutes * 60)
        now = clock.now()
        attempt = Attempt(f"call-{index}", one.number, ORIGINS[one.origin], one.means)
        right = CODEWORD_KEYS if one.means is IdentificationMethod.CODEWORD else PASSPORT_KEYS
        matches = one.is_right and one.number in operator.subscribers.rows
        expected = Verdict.MATCH if matches else Verdict.NO_MATCH
        if refused := model.locks(one, now) or model.stops(one, now):
            expected = Verdict.LOCKED
        verdict = identification.check(attempt, Secret(right if one.is_right else "7777777"))
        assert (verdict is Verdict.MATCH) == (expected is Verdict.MATCH), (index, one)
        if refused:
            assert verdict is Verdict.LOCKED, (index, one)
            assert not is_own(one) or own_failures >= 5, "others have locked the owner out"
        elif matches:
            model.forgive(one)
        else:
            model.note(one, now)
        if is_own(one) and not refused:
            own_failures = 0 if matches else own_failures + 1


@settings(max_examples=100, deadline=None)
@given(sequences.map(lambda made: [one for one in made if not is_own(one)]))
def test_whatever_others_do_the_owner_is_served_at_the_own_phone(made: list[Try]) -> None:
    operator = Operator(limits=MOST)
    operator.add(subscriber())
    identification = operator.care.identification
    for index, one in enumerate(made):
        operator.clock.sleep(one.minutes * 60)
        attempt = Attempt(f"call-{index}", one.number, ORIGINS[one.origin], one.means)
        identification.check(attempt, Secret("7777777"))
    own = ORIGINS["own"]
    assert identification.lock_state("owner", NUMBER, own) is LockState.OPEN
    for means, keys in (
        (IdentificationMethod.PASSPORT, PASSPORT_KEYS),
        (IdentificationMethod.CODEWORD, CODEWORD_KEYS),
    ):
        attempt = Attempt("owner", NUMBER, own, means)
        assert identification.check(attempt, Secret(keys)) is Verdict.MATCH
