"""Old tries and codes go once a day; what locks a number stays."""

from __future__ import annotations

from datetime import timedelta

from ivr.care.retention import Pruner
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, AttemptResult, CallerKind, CodeHolder
from ivr.testing.demo import NUMBER, OTHER, Operator
from ivr.testing.dial import origin


def test_it_is_done_once_a_day() -> None:
    operator = Operator()
    clock, attempts = operator.clock, operator.attempts
    pruner = Pruner(attempts, operator.codes, clock)
    for index in range(20):
        attempt = Attempt(f"c{index}", OTHER, origin(), IdentificationMethod.PASSPORT)
        attempts.open(attempt, CallerKind.UNKNOWN, clock.now())
    matched = attempts.open(
        Attempt("c", NUMBER, origin(), IdentificationMethod.PASSPORT),
        CallerKind.UNKNOWN,
        clock.now(),
    )
    attempts.settle(matched.id, AttemptResult.MATCH)
    operator.codes.write(CodeHolder(NUMBER, True), "v", clock.now(), clock.now(), 3, 9)
    operator.codes.write(CodeHolder(NUMBER, False), "v", clock.now(), clock.now(), 3, 9)
    assert pruner.once() == 0
    clock.sleep(timedelta(days=400).total_seconds())
    last = Attempt("last", NUMBER, origin(), IdentificationMethod.PASSPORT)
    attempts.open(last, CallerKind.UNKNOWN, clock.now())
    assert pruner.once() == 2, "the match, and the older code"
    clock.sleep(3600)
    assert pruner.once() == 0
    counts = attempts.counts(
        Attempt("d", OTHER, origin(), IdentificationMethod.PASSPORT),
        CallerKind.UNKNOWN,
        clock.now(),
    )
    assert counts.in_row == 20
