"""The real client against the simulated network in the habits of other servers, over TCP.

Every habit meets everything that the line asks for: what is not needed never hinders, and what is
not done is never told as done.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.domain.orders import NotSettled, Sent
from ivr.domain.payments import TAX
from ivr.domain.services import SUSPENSION, Change
from ivr.domain.values import Money, Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network.billing import TmForumBills
from ivr.network.http_client import HttpClient
from ivr.network.listener import callback_url, listener_app, register
from ivr.network.tmforum import TmForumNetwork
from ivr.simulators.network.bills import DEBT
from ivr.simulators.network.habit import Habit
from ivr.web.server import HttpServer
from tests.contracts.business_contract import PAST
from tests.e2e.installation import free_port
from tests.network import turns
from tests.network.turns import ASKED, DONE, REFUSED, H, Turn, cases, ordering, suspending
from tests.network.world import GPRS, LAST_MONTH, NUMBER, TOKEN, Simulated, again, order, simulated
from tests.waiting import pause

CROWDED = [
    (H.UNFILTERED,),
    (H.UNFILTERED, H.PAGES),
    (H.UNFILTERED, H.ODD_ITEMS, H.LINKS, H.SNAKE, H.ODD_IDS),
    (H.UNFILTERED, H.REFERENCES, H.PARTS, H.SPACED, H.NO_BODY, H.RELATIVE),
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    with simulated(tmp_path_factory.mktemp("network")) as operator:
        yield operator


@pytest.fixture
def turn(shared: Simulated) -> Turn:
    shared.is_in()
    return Turn(shared)


@pytest.fixture
def crowd(tmp_path: Path) -> Iterator[Turn]:
    """A turn at an operator of its own, who has some other subscribers too."""
    with simulated(tmp_path) as operator:
        network = operator.network()
        for at in range(5):  # so that lists without a filter have pages
            key, number = f"other:{at}", Msisdn(f"9936600{at:04d}")
            network.carry_out(order(key, Change(GPRS, True), number=number))
        yield Turn(operator)


@pytest.mark.parametrize(("habits", "ask"), list(cases()))
def test_a_habit_hinders_nothing(
    turn: Turn, habits: tuple[Habit, ...], ask: Callable[[Turn], None]
) -> None:
    slow = 0.15 if ask is ordering else 0.0
    turn.operator.is_in(habits=habits, completes_after=slow)
    ask(turn)


@pytest.mark.parametrize(
    ("habits", "ask"),
    [
        pytest.param(
            habits,
            ask,
            marks=[] if (first + second) % 3 == 0 else [pytest.mark.nightly],
            id=f"{ask.__name__}-{'+'.join(habits)}",
        )
        for first, habits in enumerate(CROWDED)
        for second, ask in enumerate(ASKED)
    ],
)
def test_a_list_of_everybody_hinders_nothing(
    crowd: Turn, habits: tuple[Habit, ...], ask: Callable[[Turn], None]
) -> None:
    crowd.operator.is_in(habits=habits)
    ask(crowd)


@pytest.mark.parametrize(
    "habits",
    [
        (),
        (H.RELATIVE,),
        (H.FOREIGN,),
        (H.PREFIX,),
        (H.MONITOR_IN_BODY,),
        (H.MONITOR_IN_BODY, H.NUMBERS),
        (H.MONITOR_IN_BODY, H.ODD_IDS),
        (H.ODD_IDS, H.RELATIVE),
        (H.MONITOR_SEE_OTHER,),
        (H.MONITOR_SEE_OTHER, H.CAPITALS),
        (H.MONITOR_NUMBER,),
        (H.MONITOR_CAPITALS, H.NULLS),
        (H.MONITOR_FORGOTTEN,),
        (H.MOVED_307, H.RELATIVE),
    ],
    ids="+".join,
)
@pytest.mark.parametrize("seconds", [0.0, 0.2])
def test_a_monitor_of_any_form_is_followed(
    turn: Turn, habits: tuple[Habit, ...], seconds: float
) -> None:
    turn.operator.is_in(monitors=True, habits=habits, completes_after=seconds)
    wanted = order(turn.key, Change(GPRS, True), number=turn.number)
    assert turn.operator.activation().carry_out(wanted) is DONE
    assert turn.times(GPRS) == 1


@pytest.mark.parametrize("habits", [(), (H.MONITOR_NUMBER,), (H.MONITOR_IN_BODY, H.RELATIVE)])
def test_a_refusal_by_a_monitor_of_any_form(turn: Turn, habits: tuple[Habit, ...]) -> None:
    turn.operator.is_in(monitors=True, habits=habits, refuses=["gprs"])
    wanted = order(turn.key, Change(GPRS, True), number=turn.number)
    assert turn.operator.activation().carry_out(wanted) is REFUSED


@pytest.mark.parametrize("habit", [H.RESERVED, H.INACTIVE])
def test_a_service_that_is_not_active_is_not_told_as_done(turn: Turn, habit: Habit) -> None:
    turn.operator.is_in(habits=[habit], completes_after=30.0)
    wanted = order(turn.key, Change(GPRS, True), number=turn.number)
    for each in (wanted, again(wanted)):
        with pytest.raises(TemporarilyUnavailable):
            turn.operator.activation(patience=0.6).carry_out(each)
    assert turn.operator.activation().outcome(wanted) is None


def test_a_service_that_becomes_active_in_a_moment_is_done(turn: Turn) -> None:
    turn.operator.is_in(habits=[H.INACTIVE], completes_after=0.3)
    wanted = order(turn.key, Change(GPRS, True), number=turn.number)
    assert turn.operator.activation().carry_out(wanted) is DONE
    assert turn.times(GPRS) == 1


def test_a_service_that_is_terminated_at_once_is_refused(turn: Turn) -> None:
    turn.operator.is_in(habits=[H.TERMINATED])
    wanted = order(turn.key, Change(GPRS, True), number=turn.number)
    assert turn.operator.activation().carry_out(wanted) is REFUSED


@pytest.mark.parametrize(
    "habits",
    [
        (H.EARLIER_OWNER,),
        (H.EARLIER_OWNER, H.CAPITALS),
        (H.EARLIER_OWNER, H.TWO_CONTRACTS),
        (H.TWO_CONTRACTS, H.NULLS),
        (H.TWO_CONTRACTS, H.EPOCHS),
        (H.TWO_CONTRACTS, H.ZONES),
        (H.EARLIER_OWNER, H.PAGES),
    ],
    ids="+".join,
)
def test_the_contract_of_the_present_owner_is_suspended(
    turn: Turn, habits: tuple[Habit, ...]
) -> None:
    turn.operator.is_in(habits=habits)
    suspending(turn)


def test_of_two_contracts_of_one_day_none_is_changed(turn: Turn) -> None:
    turn.operator.is_in(habits=[H.SAME_DAY])
    wanted = order(turn.key, Change(SUSPENSION, True), number=turn.number)
    assert turn.operator.network().carry_out(wanted) is REFUSED
    assert turn.operator.state.switched(turn.number) == {}


@pytest.mark.parametrize(
    "habits",
    [
        (H.FINE_RATES,),
        (H.TAX_APART,),
        (H.TAX_APART, H.NULLS),
        (H.DEBT,),
        (H.INTERIM,),
        (H.OLD_BILLS,),
        (H.OLD_BILLS, H.PAGES),
        (H.OLD_BILLS, H.SILENT_PAGES),
        (H.OLD_BILLS, H.INTERIM, H.LINKS),
        (H.FINE_RATES, H.TEXT_AMOUNTS, H.EPOCHS),
    ],
    ids="+".join,
)
def test_the_bill_of_a_month_in_any_habit(turn: Turn, habits: tuple[Habit, ...]) -> None:
    turn.operator.is_in(habits=habits)
    bill = TmForumBills(turn.operator.wire("billing")).bill(NUMBER, LAST_MONTH)
    assert bill == PAST
    assert DEBT > 0


def test_the_tax_of_a_bill_as_a_whole_is_a_line_of_its_own(turn: Turn) -> None:
    turn.operator.is_in(habits=[H.TAX_OF_BILL])
    bill = TmForumBills(turn.operator.wire("billing")).bill(NUMBER, LAST_MONTH)
    assert bill is not None
    assert [(line.item, line.amount) for line in bill.lines] == [
        ("tariff.duet", Money(1304)),
        ("service.waiting", Money(9)),
        (TAX, Money(197)),
    ]
    assert bill.total == PAST.total


@pytest.mark.parametrize("habit", [H.RETRY_AFTER, H.RETRY_DATE])
def test_a_server_that_asks_to_be_asked_later_is_asked_later(
    operator: Simulated, habit: Habit
) -> None:
    operator.is_in(habits=[habit])
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        pause(seconds)

    wire = HttpClient("network", f"http://127.0.0.1:{operator.port}", TOKEN, sleep=sleep)
    try:
        assert TmForumNetwork(wire).carry_out(order(tries=1)) is DONE
    finally:
        wire.close()
    assert max(pauses) > 0.9 if habit is H.RETRY_AFTER else pauses
    assert len(operator.state.orders(None)) == 1


def test_nobody_asks_while_a_server_wants_to_be_left_alone(operator: Simulated) -> None:
    operator.is_in(habits=[H.RETRY_AFTER])
    network = operator.network(patience=0.5)
    for said in ("429", "next try"):
        with pytest.raises(NotSettled, match=said) as error:
            network.carry_out(order())
        assert error.value.sent is Sent.NOT
    assert operator.state.orders(None) == []


@pytest.mark.parametrize(
    "habits",
    [
        (),
        (H.EVENT_GZIP,),
        (H.EVENT_NULL_ID,),
        (H.EVENT_BARE,),
        (H.EVENT_BARE, H.ODD_IDS),
        (H.EVENT_BARE, H.NUMBERS, H.EVENT_BATCH),
        (H.EVENT_BATCH, H.EVENT_GZIP),
        (H.EVENT_CLOUD,),
        (H.EVENT_CLOUD, H.EVENT_BATCH),
        (H.NULLS, H.EVENT_NULL_ID),
        (H.CAPITALS,),
        (H.OWN_STATES, H.EXTRAS),
        (H.BLANK_DATES,),
    ],
    ids="+".join,
)
def test_an_event_in_any_envelope_is_heard(operator: Simulated, habits: tuple[Habit, ...]) -> None:
    heard: list[str] = []
    something = threading.Event()

    def look(external_id: str) -> None:
        heard.append(external_id)
        something.set()

    network = operator.network()
    port = free_port()
    with HttpServer(listener_app(look, network.named), "127.0.0.1", port, "IVR_X"):
        assert register(operator.wire(), callback_url("127.0.0.1", port))
        operator.is_in(habits=habits)
        assert network.carry_out(order("c:1")) is DONE
        assert something.wait(5)
    assert set(heard) == {"c:1"}


def test_every_habit_of_the_simulator_is_tried_here() -> None:
    text = "".join(Path(file).read_text() for file in (__file__, turns.__file__))
    others = {H.GATEWAY, H.REPLICA, H.DOUBLES, H.CONFLICT}  # test_sending_once.py
    assert {habit for habit in Habit if f"H.{habit.name}" not in text} <= others
