"""What every CallbackBook does: in memory and in each database."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from ivr.care.callbacks import take_callback
from ivr.domain.callbacks import Asked, Bound, CallbackResult, Left
from ivr.domain.values import Language, Msisdn
from ivr.errors import KeyTaken
from ivr.ports.callbacks import CallbackRepository
from ivr.testing.acting import at_desk, on_phone

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BOUND = Bound(NOW - DAY, 3, 4)
CALLER = Msisdn("99361000000")


@dataclass(frozen=True)
class Who:
    """A call, and what is known of its caller."""

    id: str = "c1"
    caller: Msisdn | None = CALLER
    subscriber: Msisdn | None = None


def call(id: str = "c1", caller: Msisdn | None = CALLER) -> Who:
    return Who(id, caller)


def asked_by(caller: Msisdn | None, number: Msisdn, subscriber: Msisdn | None = None) -> Asked:
    return Asked(number, Language.RUSSIAN, "nobody", caller, subscriber)


def number(last: int) -> Msisdn:
    return Msisdn(f"9936200000{last}")


class CallbackRecords(Protocol):
    """A book of call-backs, open to a test."""

    @property
    def repository(self) -> CallbackRepository: ...

    def open(self) -> list[Msisdn]:
        """Numbers that are to be called back, oldest first."""
        ...

    def done(self, number: Msisdn) -> None:
        """An agent has called a number back."""
        ...


class CallbacksContract:
    """Derive, and give a fixture ``kept``."""

    def write(self, kept: CallbackRecords, who: Who, last: int = 0, at: datetime = NOW) -> Left:
        asked = asked_by(who.caller, number(last), who.subscriber)
        return kept.repository.write(*on_phone(who.id, last), asked, at, BOUND)

    def test_an_agent_leaves_as_many_as_a_subscriber_may_and_none_twice(
        self, kept: CallbackRecords
    ) -> None:
        for last in (0, 1, 2, 2, 3):
            asked, by = asked_by(None, number(last), CALLER), at_desk(form=f"form {last}")
            left = kept.repository.write(*by, asked, NOW, BOUND)
            assert left is (Left.MANY if last == 3 else Left.DONE)
        assert kept.open() == [number(0), number(1), number(2)]

    def test_a_form_that_is_sent_again_takes_and_closes_a_call_back_once(
        self, kept: CallbackRecords
    ) -> None:
        self.write(kept, call())
        for _ in range(2):
            assert take_callback(*at_desk(form="form"), 1, kept.repository, NOW)
        assert not take_callback(*at_desk("merdan", "other"), 1, kept.repository, NOW)
        for _ in range(2):
            assert kept.repository.done(*at_desk(form="form"), 1, NOW)
        assert not kept.repository.done(*at_desk("merdan", "other"), 1, NOW)
        assert kept.open() == []

    def test_a_call_back_that_an_agent_took_and_forgot_is_free_after_an_hour(
        self, kept: CallbackRecords
    ) -> None:
        self.write(kept, call())
        minutes = [(at_desk(form="form"), 0), (at_desk("merdan", "2"), 59)]
        minutes += [(at_desk("merdan", "3"), 60), (at_desk("ayna", "4"), 119)]
        taken = [
            take_callback(*by, 1, kept.repository, NOW + timedelta(minutes=at))
            for by, at in minutes
        ]
        assert taken == [True, False, True, False]

    def test_the_same_number_left_twice_in_a_call_is_kept_once(self, kept: CallbackRecords) -> None:
        assert self.write(kept, call()) is Left.DONE
        assert self.write(kept, call()) is Left.DONE
        assert kept.open() == [number(0)]

    def test_a_number_is_open_once_whoever_leaves_it(self, kept: CallbackRecords) -> None:
        assert self.write(kept, call()) is Left.DONE
        for index, caller in enumerate((CALLER, Msisdn("99363000000"), None)):
            assert self.write(kept, call(f"other {index}", caller)) is Left.ALREADY
        assert kept.open() == [number(0)]

    def test_one_that_was_called_back_may_be_left_again(self, kept: CallbackRecords) -> None:
        self.write(kept, call())
        kept.done(number(0))
        assert self.write(kept, call("c2")) is Left.DONE
        assert kept.open() == [number(0)]

    def test_a_caller_leaves_so_many_a_day(self, kept: CallbackRecords) -> None:
        self.write(kept, call("old"), 9, NOW - DAY)
        answers = [self.write(kept, call(f"c{last}"), last) for last in range(5)]
        assert answers == [Left.DONE] * 3 + [Left.MANY] * 2
        kept.done(number(0))
        assert self.write(kept, call("c9"), 8) is Left.MANY, "what is done counts too"
        assert self.write(kept, call("c9", Msisdn("99363000000")), 8) is Left.DONE

    def test_callers_without_a_number_share_one_bound(self, kept: CallbackRecords) -> None:
        answers = [self.write(kept, call(f"c{last}", None), last) for last in range(6)]
        assert answers == [Left.DONE] * 4 + [Left.MANY] * 2
        assert self.write(kept, call("c9"), 5) is Left.DONE

    def test_an_identified_caller_has_a_bound_of_its_own(self, kept: CallbackRecords) -> None:
        for last in range(4):
            self.write(kept, call(f"c{last}", None), last)
        known = Msisdn("99364000000")
        for index, caller in enumerate((None, CALLER, None)):
            owner = dataclasses.replace(call(f"k{index}", caller), subscriber=known)
            assert self.write(kept, owner, 5 + index) is Left.DONE
        again = dataclasses.replace(call("k9", CALLER), subscriber=known)
        assert self.write(kept, again, 9) is Left.MANY

    def test_one_call_leaves_no_more_than_a_caller(self, kept: CallbackRecords) -> None:
        answers = [self.write(kept, call("one", None), last) for last in range(4)]
        assert answers == [Left.DONE] * 3 + [Left.MANY]
        assert self.write(kept, call("two", None), 5) is Left.DONE

    def test_of_many_calls_at_once_one_leaves_the_number(self, kept: CallbackRecords) -> None:
        def leave(index: int) -> Left:
            return self.write(kept, call(f"c{index}", Msisdn(f"9936300000{index}")))

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(leave, range(8)))
        assert sorted(answers) == [Left.ALREADY] * 7 + [Left.DONE]
        assert kept.open() == [number(0)]

    def test_many_calls_at_once_keep_the_bound_of_a_day(self, kept: CallbackRecords) -> None:
        def leave(index: int) -> Left:
            return self.write(kept, call(f"c{index}"), index)

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(leave, range(8)))
        assert answers.count(Left.DONE) == 3
        assert len(kept.open()) == 3

    @pytest.mark.parametrize("caller", [None, Msisdn("99363000000")])
    def test_a_call_of_another_caller_with_the_same_id_is_not_taken_for_this_one(
        self, kept: CallbackRecords, caller: Msisdn | None
    ) -> None:
        self.write(kept, call())
        with pytest.raises(KeyTaken):
            self.write(kept, call(caller=caller))
        identified = dataclasses.replace(call(), subscriber=Msisdn("99364000000"))
        assert self.write(kept, identified) is Left.DONE, "the same call, identified meanwhile"

    def take(self, kept: CallbackRecords, agent: str, id: int, at: datetime = NOW) -> bool:
        return take_callback(
            *at_desk(agent, f"{agent} takes {id} at {at}"), id, kept.repository, at
        )

    def test_a_try_frees_the_number_for_another_agent(self, kept: CallbackRecords) -> None:
        self.write(kept, call())
        late = NOW + timedelta(minutes=9)

        def tried(agent: str, form: str, result: CallbackResult = CallbackResult.BUSY) -> bool:
            return kept.repository.tried(*at_desk(agent, form), 1, result, NOW, late)

        assert not tried("aygul", "1")
        assert self.take(kept, "aygul", 1)
        assert not tried("merdan", "2")
        assert tried("aygul", "3")
        assert tried("aygul", "3"), "the same form again"
        assert not tried("aygul", "4")
        assert kept.open() == [number(0)]
        assert self.take(kept, "merdan", 1, late)
        assert tried("merdan", "5", CallbackResult.REACHED)
        assert kept.open() == []

    def test_of_two_agents_who_race_for_a_number_one_has_it(self, kept: CallbackRecords) -> None:
        self.race(kept, 10)

    @pytest.mark.nightly
    def test_of_two_agents_who_race_a_thousand_times_one_has_it(
        self, kept: CallbackRecords
    ) -> None:
        self.race(kept, 1000)

    def race(self, kept: CallbackRecords, times: int) -> None:
        self.write(kept, call())
        agents = ("aygul", "merdan")
        with ThreadPoolExecutor(2) as pool:
            for index in range(times):
                at = NOW + timedelta(minutes=index)
                takes = [pool.submit(self.take, kept, agent, 1, at) for agent in agents]
                won = [agent for agent, take in zip(agents, takes, strict=True) if take.result()]
                assert len(won) == 1
                done = at_desk(won[0], f"tried {index}")
                assert kept.repository.tried(*done, 1, CallbackResult.BUSY, at, None)
