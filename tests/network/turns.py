"""Habits of servers, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from ivr.care.comparison import compare
from ivr.domain.orders import NetworkAnswer
from ivr.domain.services import SUSPENSION, Change
from ivr.domain.values import Msisdn, ServiceId
from ivr.network.backoffice import TmForumBackOffice
from ivr.network.billing import TmForumBills
from ivr.network.offers import TmForumOffers
from ivr.simulators.network.habit import Habit
from ivr.testing.demo import shipped_catalogue
from tests.contracts.business_contract import PAST
from tests.network.world import GPRS, LAST_MONTH, MMS, NUMBER, Simulated, again, order

ODD_ID = "of-another"
"""Of an odd item that has one."""
DONE, REFUSED = NetworkAnswer.DONE, NetworkAnswer.REFUSED
PACKAGE = Change(ServiceId("sms-package"), True, (("package", "m"),))
H = Habit
WRITING = [
    *(H.NULLS, H.CAPITALS, H.SNAKE, H.SPACED, H.DONE, H.OWN_STATES, H.NUMBERS, H.ODD_IDS),
    *(H.BLANK_DATES, H.ZONES, H.EPOCHS, H.EXTRAS, H.TEXT_AMOUNTS, H.SINGLE, H.ENVELOPE, H.BOM),
    *(H.PLAIN, H.PLUS),
]
LISTS = [
    *(H.ODD_ITEMS, H.PAGES, H.LINKS, H.FOREIGN_LINKS, H.PARTS, H.SILENT_PAGES, H.RANGES),
    *(H.REFERENCES, H.EMPTY_404, H.EMPTY_204, H.EMPTY_NULL),
]
PLACES = [
    *(H.NO_BODY, H.RELATIVE, H.FOREIGN, H.PREFIX),
    *(H.MOVED_301, H.MOVED_302, H.MOVED_303, H.MOVED_307, H.MOVED_308),
]
SEVERAL = [
    (H.NULLS, H.CAPITALS, H.NUMBERS, H.EXTRAS, H.BLANK_DATES, H.PAGES, H.EMPTY_404),
    (H.MOVED_308, H.NO_BODY, H.PREFIX, H.ODD_IDS, H.DONE, H.SILENT_PAGES),
]
EACH: list[tuple[Habit, ...]] = [*((each,) for each in (*WRITING, *LISTS, *PLACES)), *SEVERAL]
_turns = count(1)


class Turn:
    """One test's number and key at an operator that serves many tests."""

    def __init__(self, operator: Simulated) -> None:
        at = next(_turns)
        self.operator = operator
        self.number = Msisdn(f"9936510{at:04d}")
        self.key = f"habit:{at}"

    def times(self, service: ServiceId) -> int:
        return self.operator.state.times(self.number, service)


def ordering(turn: Turn) -> None:
    """An order that ends in a moment, then the same asked for again: it is found, and not sent."""
    network = turn.operator.network()
    first = order(turn.key, number=turn.number)
    assert network.carry_out(first) is DONE
    assert network.carry_out(again(first)) is DONE
    assert network.outcome(first) is DONE
    assert network.cancel(first) is DONE
    assert turn.times(GPRS) == turn.times(MMS) == 1
    assert len(turn.operator.state.orders(turn.key)) == 1


def looking(turn: Turn) -> None:
    """An order that nobody has."""
    assert turn.operator.network().outcome(order(turn.key, number=turn.number)) is None
    assert turn.operator.network().cancel(order(turn.key, number=turn.number)) is None


def suspending(turn: Turn) -> None:
    network = turn.operator.network()
    for at, on in enumerate((True, True, False)):
        wanted = order(f"{turn.key}{at}", Change(SUSPENSION, on), number=turn.number)
        assert network.carry_out(wanted) is DONE
        assert turn.operator.state.switched(turn.number).get(SUSPENSION) is on
    assert turn.times(SUSPENSION) == 2


def activating(turn: Turn) -> None:
    network = turn.operator.activation()
    wanted = order(turn.key, Change(GPRS, True), PACKAGE, number=turn.number)
    for _ in range(2):
        assert network.carry_out(wanted) is DONE
        wanted = again(wanted)
    off = order(f"{turn.key}:off", Change(GPRS, False), number=turn.number)
    assert network.carry_out(off) is DONE
    assert (turn.times(GPRS), turn.times(PACKAGE.service)) == (2, 1)
    assert turn.operator.state.switched(turn.number)[GPRS] is False


def billing(turn: Turn) -> None:
    bills = TmForumBills(turn.operator.wire("billing"))
    assert bills.bill(NUMBER, LAST_MONTH) == PAST
    assert bills.bill(turn.number, LAST_MONTH) is None, "there is none of this number"


def selling(turn: Turn) -> None:
    offers = TmForumOffers(turn.operator.wire("catalogue")).offers()
    found = compare(shipped_catalogue(), offers)
    assert [each for each in found if each.offer != ODD_ID] == []


def requesting(turn: Turn) -> None:
    office = TmForumBackOffice(turn.operator.wire("back office"))
    ids = {office.request(turn.key, "merge-accounts", [turn.number], "Merge") for _ in range(2)}
    (ticket,) = turn.operator.world.registry.tickets(turn.key)
    assert ids == {ticket.id}


ASKED: list[Callable[[Turn], None]] = [
    *(ordering, looking, suspending, activating, billing, selling, requesting),
]


def cases() -> Iterator[Any]:
    """Each habit with an order or a bill, several together with both; the rest at night."""
    for index, habits in enumerate(EACH):
        for ask in ASKED:
            quick = (ordering, billing) if len(habits) > 1 else ((ordering, billing)[index % 2],)
            is_quick = ask in quick
            marks = () if is_quick else (pytest.mark.nightly,)
            name = f"{ask.__name__}-{'+'.join(habits)}"
            yield pytest.param(habits, ask, marks=marks, id=name)
