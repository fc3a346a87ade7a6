"""An office ends the locks of a number."""

from __future__ import annotations

import pytest

from ivr.care.locks import Unlocked, unlock
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.identification import LockState
from ivr.domain.values import Msisdn
from ivr.testing.demo import NUMBER
from ivr.testing.dial import origin
from tests.care.desk import fail_to_identify
from tests.care.services import operator

CLERK = Actor(ActorKind.CLERK, "aygul", Channel.OFFICE)


@pytest.mark.parametrize(
    ("failures", "number", "answer"),
    [
        (5, NUMBER, Unlocked.UNLOCKED),
        (1, NUMBER, Unlocked.UNLOCKED),
        (0, NUMBER, Unlocked.NOT_LOCKED),
        (5, Msisdn("99361999999"), Unlocked.NOBODY),
    ],
)
def test_what_becomes_of_a_lock(failures: int, number: Msisdn, answer: Unlocked) -> None:
    made = operator()
    for index in range(failures):
        fail_to_identify(made, NUMBER, f"c{index}")
    now = made.clock.now()
    found = unlock(CLERK, OperationKey("form 1"), number, made.subscribers, made.attempts, now)
    assert found is answer
    lock_state = made.care.identification.lock_state("c9", NUMBER, origin())
    is_locked = failures == 5 and answer is not Unlocked.UNLOCKED
    assert lock_state is (LockState.LOCKED if is_locked else LockState.OPEN)
