"""A call that another worker goes on with: what is said, what is asked again, and what is not."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest

from ivr.domain.call import Call
from ivr.domain.content import Announcement
from ivr.domain.orders import Check, Order, OrderState, unweighed
from ivr.domain.services import Change, Offer, Refusal
from ivr.domain.values import Language, ServiceId
from ivr.errors import CallerHungUp, TemporarilyUnavailable
from ivr.flow.checkpoint import CHECKPOINT, resume
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow
from ivr.flow.engine import run
from ivr.testing.acting import by, on_phone
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, Operator, subscriber
from ivr.testing.dial import CALLER, Dialled, dial
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone

WORD = f"# {CODEWORD_KEYS}#"
"""Own number, code word."""
GPRS = ServiceId("gprs")


class NotedTelephone(FakeTelephone):
    """A telephone that remembers every variable that was set, in order."""

    def __init__(self, keys: str = "") -> None:
        super().__init__(keys)
        self.all_notes: list[tuple[str, str]] = []

    def note(self, name: str, value: str) -> None:
        super().note(name, value)
        self.all_notes.append((name, value))


@dataclass
class Second:
    """A call as the second worker has it."""

    call: Call
    telephone: FakeTelephone

    @property
    def keys(self) -> list[str]:
        return [utterance.key for utterance in self.telephone.heard]


Begin = Callable[..., str]
GoOn = Callable[..., Second]


@pytest.fixture
def begin(flow: Flow, operator: Operator) -> Begin:
    """Ring, press keys, and lose the worker; answers what is left on the channel."""

    def begin(keys: str, **how: Any) -> str:
        phones: list[NotedTelephone] = []

        def telephone(keys: str) -> FakeTelephone:
            phones.append(NotedTelephone(keys))
            return phones[0]

        dial(flow, operator.care, operator.clock, keys, telephone=telephone, **how)
        return phones[0].notes.get(CHECKPOINT, "")

    return begin


@pytest.fixture
def go_on(flow: Flow, operator: Operator) -> GoOn:
    """Another worker takes the call up; the caller presses keys and hangs up."""

    def go_on(place: str, keys: str = "") -> Second:
        call = Call("call-1", "0890", operator.clock.now(), caller=CALLER)
        at = resume(call, place)
        phone = FakeTelephone(keys)
        talk = Dialogue(
            call, phone, EchoPrompts(), flow.languages, operator.care, operator.clock, noted=place
        )
        with suppress(CallerHungUp):
            run(flow, talk, at)
        return Second(call, phone)

    return go_on


def in_hand(place: str, pending: str = "services/gprs+change.on") -> str:
    """The place of a call that confirmed something when its worker died."""
    assert f"&hand={pending}&" in place
    return place


@pytest.mark.parametrize("keys", ["3 1 #", "3 1 66300891 1"])
def test_in_the_middle_of_a_secret_only_the_secret_is_asked_again(
    begin: Begin, go_on: GoOn, operator: Operator, keys: str
) -> None:
    operator.add(subscriber(OTHER))
    second = go_on(begin(keys), f"{CODEWORD_KEYS}# 1")
    assert second.keys[0] == "identify.codeword.enter"
    assert second.call.subscriber == (NUMBER if keys.endswith("#") else OTHER)
    assert second.call.goals == ["account/balance"]


ASKED_FOR_THE_WORD = ["identify.codeword.enter", "identify.codeword.passport"]
ASKED_FOR_THE_NUMBER = ["identify.number.own", "identify.number.other", "identify.why"]


def test_a_number_that_is_kept_proves_nothing(begin: Begin, go_on: GoOn) -> None:
    second = go_on(begin("3 1 #"), "222222#")
    assert second.call.subscriber is None
    assert second.keys[-3:] == ["identify.no-match", *ASKED_FOR_THE_WORD]


def test_back_from_the_secret_the_number_is_asked(begin: Begin, go_on: GoOn) -> None:
    place = begin("3 1 # *")
    assert "about=" not in place
    assert go_on(place).keys == ASKED_FOR_THE_NUMBER
    assert go_on(begin("1 #", call_id="call-2"), "*").keys[-3:] == ASKED_FOR_THE_NUMBER


def test_a_kept_number_is_asked_again_the_next_time(begin: Begin, go_on: GoOn) -> None:
    second = go_on(begin("3 1 #"), f"{CODEWORD_KEYS}# * 4 4")
    assert second.keys[-3:] == ASKED_FOR_THE_NUMBER


def test_after_the_proof_the_caller_comes_to_what_was_chosen(begin: Begin, go_on: GoOn) -> None:
    second = go_on(begin("3 4 #"), f"{CODEWORD_KEYS}#")
    assert second.keys[1] == "identify.done"
    assert second.call.node == "number"


def test_star_still_leads_back(begin: Begin, go_on: GoOn) -> None:
    second = go_on(begin(f"3 2 {WORD} 4"), "* *")
    assert second.call.node == "main"
    assert go_on(begin("5 1 3", call_id="call-2"), "*").call.node == "advice-money"


def test_who_came_back_to_the_languages_chooses_one(begin: Begin, go_on: GoOn) -> None:
    second = go_on(begin("3 *"), "2")
    assert second.keys[0] == "language.press"
    assert second.call.language is Language.RUSSIAN


def test_the_announcement_is_made_once(begin: Begin, go_on: GoOn, operator: Operator) -> None:
    words = dict.fromkeys(Language, "Today.")
    now = operator.clock.now()
    operator.announcements.set(*by("engineer"), Announcement(words, now.replace(year=2030)), now)
    operator.announcement_cache.refresh()
    assert go_on(begin(""), "3").keys.count("announcement") == 1
    assert "announcement" not in go_on(begin("", call_id="call-2"), "").keys
    assert "announcement" not in go_on(begin("* 1", call_id="call-3"), "3 *").keys


def test_what_is_not_written_is_said_so_and_asked_again(
    begin: Begin, go_on: GoOn, operator: Operator
) -> None:
    second = go_on(in_hand(begin(f"3 2 {WORD} 1 1")), "1 1")
    assert second.keys[0] == "change.cancelled"
    assert "services.is-off" in second.keys[:2]
    (order,) = operator.orders.orders.values()
    assert order.external_id == "call-1:1"
    assert second.call.orders == [order.id]


def lost_after(operator: Operator, network: str = "good") -> None:
    """The worker writes the order, and dies while the network is asked."""
    switching = operator.care.subscriptions
    operator.network.outage = True
    offer = switching.offer(NUMBER, Change(GPRS, on=True))
    assert isinstance(offer, Offer)
    switching.order(*on_phone("call-1", 1), NUMBER, offer)
    operator.network.outage = network == "silent"
    operator.network.refuses = network == "refuses"


@pytest.mark.parametrize(
    ("network", "said"),
    [
        ("good", "change.on.done"),
        ("silent", "change.on.accepted"),
        ("refuses", "refused.network"),
    ],
)
def test_an_order_that_was_written_is_told_as_it_is(
    begin: Begin, go_on: GoOn, operator: Operator, network: str, said: str
) -> None:
    place = in_hand(begin(f"3 2 {WORD} 1 1"))
    lost_after(operator, network)
    second = go_on(place, "1")
    (order,) = operator.orders.orders.values()
    assert second.keys[0] == said
    assert ("change.promised" in second.keys) == (network == "silent")
    assert second.call.orders == [order.id]
    assert second.call.goals == ([] if network == "refuses" else ["services/gprs"])
    assert second.call.node == "main"
    assert "hand=" not in second.telephone.notes[CHECKPOINT]


def test_an_order_of_another_worker_is_undone(
    begin: Begin, go_on: GoOn, operator: Operator
) -> None:
    place = in_hand(begin(f"3 2 {WORD} 1 1"))
    lost_after(operator)
    second = go_on(place, "2")
    assert "change.undone" in second.keys
    assert GPRS not in operator.subscribers.rows[NUMBER].services
    third = go_on(place, "1")
    assert third.keys[0] == "change.undone"
    assert third.call.orders == list(operator.orders.orders)
    assert third.call.step == 2


def test_without_a_database_nobody_says_what_became_of_an_order(
    begin: Begin, go_on: GoOn, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = in_hand(begin(f"3 2 {WORD} 1 1"))

    def lost(_external_id: str) -> Order | None:
        raise TemporarilyUnavailable("database")

    monkeypatch.setattr(operator.orders, "find", lost)
    second = go_on(place, "2 1 1 1")
    assert second.keys[:2] == ["change.unwritten", "unavailable.database"]
    (order,) = operator.orders.orders.values()
    assert order.external_id == "call-1:3", "neither the order's key nor its undo's"


def test_a_key_that_a_lost_worker_has_used_after_all_makes_no_second_order(
    begin: Begin, go_on: GoOn, operator: Operator
) -> None:
    """It wrote the order while the call was told that nothing was changed."""
    place = in_hand(begin(f"3 2 {WORD} 1 1"))

    def late(order: Order, check: Check = unweighed) -> Order | Refusal:
        if not operator.orders.orders:
            write(dataclasses.replace(order, id="late"))
        return write(order, check)

    write, operator.orders.write = operator.orders.write, late  # type: ignore[method-assign]
    second = go_on(place, "1 1")
    assert second.call.orders == ["late"]
    assert [order.state for order in operator.orders.orders.values()] == [OrderState.COMPLETED]


def test_a_key_that_belongs_to_another_order_is_not_told_as_this_one(operator: Operator) -> None:
    lost_after(operator)
    switching = operator.care.subscriptions
    offer = switching.offer(NUMBER, Change(ServiceId("waiting"), on=True))
    assert isinstance(offer, Offer)
    with pytest.raises(TemporarilyUnavailable):
        switching.order(*on_phone("call-1", 1), NUMBER, offer)


def test_an_order_is_recalled_for_its_own_number_only(operator: Operator) -> None:
    lost_after(operator)
    assert operator.care.subscriptions.recall(*on_phone("call-1", 1), OTHER) is None
    assert operator.care.subscriptions.recall(*on_phone("call-1", 2), NUMBER) is None
    found = operator.care.subscriptions.recall(*on_phone("call-1", 1), NUMBER)
    assert found is not None
    assert found.change == Change(GPRS, on=True)


@pytest.mark.parametrize("pending", ["services/gprs", "a+b+c", "invoice", "text"])
def test_a_hand_that_is_not_the_node_s_is_empty(begin: Begin, go_on: GoOn, pending: str) -> None:
    place = in_hand(begin(f"3 2 {WORD} 1 1")).replace("services/gprs+change.on", pending)
    assert go_on(place).keys[0] == "services.is-off"


def test_nothing_is_noted_twice(flow: Flow, operator: Operator) -> None:
    """A command to the telephone costs more than anything else in a menu."""
    phones: list[NotedTelephone] = []

    def telephone(keys: str) -> FakeTelephone:
        phones.append(NotedTelephone(keys))
        return phones[0]

    call: Dialled = dial(flow, operator.care, operator.clock, "3 3 1 1", telephone=telephone)
    assert call.call.node == "main"
    names = [name for name, _ in phones[0].all_notes]
    assert names == ["IVR_SPOKEN", *["IVR_PLACE"] * 4]
    places = [place for name, place in phones[0].all_notes if name == CHECKPOINT]
    assert all(one != other for one, other in pairwise(places))


def test_a_puk_read_anew_counts_once(begin: Begin, go_on: GoOn, operator: Operator) -> None:
    place = begin(f"3 4 {WORD}")
    for _ in range(3):
        assert "puk.read" in go_on(place, "3 1").keys
    assert len(operator.subscribers.told) == 1
