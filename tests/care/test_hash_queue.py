"""A flood of code words: a few hashes at once, a bounded line, and menus that go on."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from argon2 import PasswordHasher

from ivr.care.hash_queue import NICE, HashQueue
from ivr.care.identification import IdentificationService
from ivr.care.verifiers import CredentialVerifier
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.errors import CallerHungUp, TemporarilyUnavailable
from ivr.flow.document import read_flow
from ivr.settings import PROJECT
from ivr.system.clock import SystemClock
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PASSPORT_KEYS, demo_operator, quick_verifying
from ivr.testing.dial import dial
from tests.waiting import until

SECONDS = 20.0
MANY = 60


class SlowHasher(PasswordHasher):
    """Real hashes, each as slow as a test wants, that know how many are made at once."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.go = threading.Event()
        self.most = 0
        self.nice: set[int] = set()
        self._now = 0
        self._lock = threading.Lock()

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        with self._made():
            return super().hash(password, salt=salt)

    @contextmanager
    def _made(self) -> Iterator[None]:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.nice.add(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        try:
            assert self.go.wait(SECONDS)
            yield
        finally:
            with self._lock:
                self._now -= 1


class NoPause(SystemClock):
    """The real time, but nobody is kept waiting for the sake of equal times."""

    def sleep(self, seconds: float) -> None:
        pass


@contextmanager
def taken(turns: HashQueue) -> Iterator[None]:
    """All turns are others' for now."""
    go, begun = threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        with turns.slot(lambda: None):
            begun.release()
            assert go.wait(SECONDS)

    with ThreadPoolExecutor(turns.at_once) as pool:
        held = [pool.submit(hold) for _ in range(turns.at_once)]
        for _ in held:
            assert begun.acquire(timeout=SECONDS)
        try:
            yield
        finally:
            go.set()
    for each in held:
        each.result()


def test_a_flood_of_code_words_is_let_in_by_turns_while_menus_go_on() -> None:
    flow = read_flow(PROJECT / "prompts" / "0890.yaml")
    hasher, turns = SlowHasher(), HashQueue(at_once=2, waiting=32)
    operator = demo_operator()
    identification = IdentificationService(
        operator.subscribers,
        operator.attempts,
        CredentialVerifier("pepper", hasher),
        NoPause(),
        turns=turns,
    )
    turned_away: list[TemporarilyUnavailable] = []

    def one(index: int) -> Verdict | None:
        number = Msisdn(f"99365{index:06}")
        attempt = Attempt(f"call-{index}", number, Origin(), IdentificationMethod.CODEWORD)
        try:
            return identification.check(attempt, Secret(f"{index:07}"))
        except TemporarilyUnavailable as error:
            turned_away.append(error)
            return None

    with ThreadPoolExecutor(MANY) as pool:
        verdicts = [pool.submit(one, index) for index in range(MANY)]
        until(lambda: len(turned_away) == MANY - 2 - 32)
        assert turns.waiting == 32
        assert len(operator.attempts.tries) <= 2, "who has no turn has not tried"
        assert "menu.info.news" in dial(flow, operator.care, operator.clock, "3 3 1").keys
        passport = Attempt("other", NUMBER, Origin(), IdentificationMethod.PASSPORT)
        assert identification.check(passport, Secret(PASSPORT_KEYS)) is Verdict.MATCH
        hasher.go.set()
        told = [verdict.result() for verdict in verdicts]
    assert told.count(Verdict.NO_MATCH) == 34
    assert {error.what for error in turned_away} == {"identification"}
    assert hasher.most <= 2
    assert hasher.nice == {min(os.getpriority(os.PRIO_PROCESS, 0) + NICE, 19)}
    assert turns.waiting == 0


def test_a_flood_of_passports_is_let_in_by_turns_and_stops_no_code_word() -> None:
    operator = demo_operator()
    passports = HashQueue(at_once=2, waiting=0)
    identification = IdentificationService(
        operator.subscribers,
        operator.attempts,
        quick_verifying(),
        NoPause(),
        passport_turns=passports,
    )
    passport = Attempt("one", NUMBER, Origin(), IdentificationMethod.PASSPORT)
    with taken(passports):
        with pytest.raises(TemporarilyUnavailable):
            identification.check(passport, Secret(PASSPORT_KEYS))
        assert operator.attempts.tries == [], "who has no turn has not tried"
        codeword = Attempt("two", NUMBER, Origin(), IdentificationMethod.CODEWORD)
        assert identification.check(codeword, Secret(CODEWORD_KEYS)) is Verdict.MATCH
    assert identification.check(passport, Secret(PASSPORT_KEYS)) is Verdict.MATCH


def test_who_comes_first_has_the_first_turn() -> None:
    turns = HashQueue(at_once=1)
    came: list[int] = []

    def stand(index: int) -> None:
        with turns.slot(lambda: None):
            came.append(index)

    with ThreadPoolExecutor(5) as pool, taken(turns):
        for index in range(5):
            pool.submit(stand, index)
            until(lambda index=index: turns.waiting == index + 1)  # type: ignore[misc]
    assert came == list(range(5))


def test_who_waits_hears_once_that_it_takes_a_moment() -> None:
    turns, heard = HashQueue(at_once=1, moment_after=0.01), threading.Semaphore(0)

    def stand() -> None:
        with turns.slot(heard.release):
            pass

    with ThreadPoolExecutor(1) as pool:
        with taken(turns):
            standing = pool.submit(stand)
            assert heard.acquire(timeout=SECONDS)
        standing.result()
    assert not heard.acquire(blocking=False)


def test_a_turn_that_comes_at_once_needs_no_words() -> None:
    with HashQueue(at_once=1, moment_after=0.0).slot(lambda: pytest.fail("said too much")):
        pass


@pytest.mark.parametrize("error", [CallerHungUp, KeyError])
def test_who_leaves_the_line_takes_no_turn(error: type[Exception]) -> None:
    def leave() -> None:
        raise error

    turns = HashQueue(at_once=1, moment_after=0.01)
    with taken(turns), pytest.raises(error), turns.slot(leave):
        pass
    assert turns.waiting == 0
    with turns.slot(leave):
        pass


def test_a_fault_in_a_turn_gives_it_back() -> None:
    turns = HashQueue(at_once=1)
    for _ in range(3):
        with suppress(KeyError), turns.slot(lambda: None):
            raise KeyError


def test_a_line_that_does_not_move_is_left_and_nothing_was_tried() -> None:
    operator = demo_operator()
    turns = HashQueue(at_once=1, moment_after=0.01, patience=0.05)
    identification = IdentificationService(
        operator.subscribers, operator.attempts, quick_verifying(), operator.clock, turns=turns
    )
    attempt = Attempt("c", NUMBER, Origin(), IdentificationMethod.CODEWORD)
    with taken(turns), pytest.raises(TemporarilyUnavailable, match="identification"):
        identification.check(attempt, Secret(CODEWORD_KEYS))
    assert operator.attempts.tries == []
    assert identification.check(attempt, Secret(CODEWORD_KEYS)) is Verdict.MATCH
