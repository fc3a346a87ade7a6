"""Requests to the back office: sent once it answers, each once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ivr.care.requests import RequestService, RequestWorker, numbers_of
from ivr.domain.actor import OperationKey, caller
from ivr.domain.requests import Numbers, RequestKind
from ivr.domain.values import Language, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.testing.acting import on_phone
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, OTHER
from ivr.testing.requests import MemoryRequests


class Office:
    """A back office that may be closed."""

    def __init__(self) -> None:
        self.closed = False
        self.asked: list[str] = []
        self.texts: list[str] = []

    def request(
        self, reference: str, kind: str, numbers: Sequence[Msisdn], text: str, *, send: bool = True
    ) -> str:
        if self.closed:
            raise TemporarilyUnavailable("back office")
        self.asked.append(reference)
        self.texts.append(text)
        return f"T-{len(self.asked)}"


class Bench:
    def __init__(self) -> None:
        self.clock, self.repository, self.office = FixedClock(), MemoryRequests(), Office()
        self.desk = RequestService(self.repository, self.clock)
        self.worker = RequestWorker(self.repository, self.office, self.clock)

    def leave(self, reference: str = "c1:1") -> int:
        left = self.desk.leave(
            caller("c1"),
            OperationKey(reference),
            "merge-accounts",
            [NUMBER, OTHER],
            NUMBER,
            Language.ENGLISH,
        )
        assert isinstance(left, int)
        return left


def test_a_request_is_sent_once() -> None:
    bench = Bench()
    number = bench.leave()
    assert bench.leave() == number
    bench.clock.sleep(6)
    assert (bench.worker.once(), bench.worker.once()) == (1, 0)
    assert bench.office.asked == ["c1:1"]
    assert NUMBER in bench.office.texts[0]
    assert bench.repository.newest(1)[0].ticket == "T-1"


def test_a_closed_office_is_asked_again_later_and_less_often() -> None:
    bench = Bench()
    bench.leave()
    bench.leave("c1:2")
    bench.office.closed = True
    bench.clock.sleep(6)
    assert bench.worker.once() == 0
    first, second = bench.repository.unsent(bench.clock.now(), 5)
    assert (first.tries, second.tries) == (1, 0)
    bench.office.closed = False
    assert bench.worker.once() == 1
    bench.clock.sleep(11)
    assert bench.worker.once() == 1
    assert bench.office.asked == ["c1:2", "c1:1"]


TWICE, FEW, ENOUGH, FULL, MANY = Numbers


@pytest.mark.parametrize(
    ("kind", "last", "far"),
    [
        ("merge-accounts", "", FEW),
        ("merge-accounts", "1", FEW),
        ("merge-accounts", "11", TWICE),
        ("merge-accounts", "12", ENOUGH),
        ("merge-accounts", "1234", ENOUGH),
        ("merge-accounts", "12345", FULL),
        ("merge-accounts", "123456", MANY),
        ("merge-accounts", "123451", TWICE),
        ("split-account", "", FEW),
        ("split-account", "1", ENOUGH),
        ("split-account", "12345", FULL),
        ("split-account", "123456", MANY),
    ],
)
def test_a_request_is_of_so_many_numbers_each_once(
    kind: RequestKind, last: str, far: Numbers
) -> None:
    numbers = [Msisdn(f"9936100000{digit}") for digit in last]
    assert numbers_of(kind, numbers) is far
    bench = Bench()
    if far in (ENOUGH, FULL):
        assert bench.desk.leave(*on_phone("c1"), kind, numbers, NUMBER, None) == 1
        return
    with pytest.raises(ValueError, match=far):
        bench.desk.leave(*on_phone("c1"), kind, numbers, NUMBER, None)
    assert bench.repository.kept == []
