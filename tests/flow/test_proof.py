"""A proof ends when code word, owner or state of the number change, in open calls too."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, get_type_hints

import pytest

from ivr.care.puks import PukService
from ivr.domain.actor import caller, new_key
from ivr.domain.orders import OrderState
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Money, Msisdn, Secret
from ivr.flow.checkpoint import checkpoint_of, resume
from ivr.flow.document import Flow
from ivr.flow.guard import GUARDED
from ivr.ports.care import Care
from ivr.testing.acting import by
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, PUK, Operator, quick_verifying, subscriber
from ivr.testing.dial import Dialled, dial
from ivr.testing.telephone import FakeTelephone
from tests.flow.conftest import Ring

WORD = f"# {CODEWORD_KEYS}#"
NEW_PUK = "11112222"
BALANCE = "account.balance balance="
Change = Callable[[Operator], None]


def new_owner(operator: Operator) -> None:
    """What an import does where the passport differs."""
    rows, subscribers = operator.subscribers.rows, operator.subscribers
    rows[NUMBER] = dataclasses.replace(rows[NUMBER], balance=Money(77_700))
    subscribers.puks[NUMBER] = Secret(NEW_PUK)
    subscribers.secrets.pop(NUMBER)
    subscribers.change(NUMBER)


def new_codeword(operator: Operator) -> None:
    operator.subscribers.set_codeword(*by("clerk"), NUMBER, quick_verifying().codeword("täzesöz"))


def terminated(operator: Operator) -> None:
    rows = operator.subscribers.rows
    rows[NUMBER] = dataclasses.replace(rows[NUMBER], status=Status.TERMINATED)


def suspended_elsewhere(operator: Operator) -> None:
    rows = operator.subscribers.rows
    rows[NUMBER] = dataclasses.replace(rows[NUMBER], status=Status.SUSPENDED)
    operator.subscribers.change(NUMBER, "another call")


CHANGES = [new_owner, new_codeword, terminated, suspended_elsewhere]


class Interrupted(FakeTelephone):
    """Something happens in the office just before the key that stands behind a ``!``."""

    def __init__(self, keys: str, happens: Callable[[], None]) -> None:
        super().__init__(keys)
        self._happens = happens

    def _next(self) -> str | None:
        if self._words and self._words[0].startswith("!"):
            self._words[0] = self._words[0][1:]
            self._happens()
        return super()._next()


@pytest.fixture
def interrupted(flow: Flow, operator: Operator) -> Callable[[str, Change], Dialled]:
    """A call in the middle of which something changes: ``interrupted("3 1 !1", new_owner)``."""

    def ring(keys: str, change: Change) -> Dialled:
        telephone = partial(Interrupted, happens=lambda: change(operator))
        return dial(flow, operator.care, operator.clock, keys, telephone=telephone)

    return ring


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "keys",
    [f"3 1 {WORD} !1", f"3 1 {WORD} !3", f"3 2 {WORD} !1", f"3 4 {WORD} 3 !1", f"3 1 {WORD} 3 !2"],
    ids=["balance", "bill", "services", "puk", "last bill"],
)
def test_nothing_is_told_afterwards(
    interrupted: Callable[[str, Change], Dialled], operator: Operator, keys: str, change: Change
) -> None:
    call = interrupted(keys, change)
    assert "identify.ended" in call.keys
    assert call.question is not None
    assert call.question.step == "identification/number"
    said = call.heard[call.keys.index("identify.ended") :]
    assert not any("777" in words or NEW_PUK in words for words in call.heard)
    assert not any(words.startswith(("account.", "puk.", "change.")) for words in said)
    assert call.call.subscriber is None
    assert operator.subscribers.told == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    "keys",
    [f"3 2 {WORD} 1 1 !1", f"3 4 {WORD} 1 !1", f"3 2 {WORD} 3 3 1 !2"],
    ids=["a service", "suspension", "an undo"],
)
def test_nothing_is_ordered_afterwards(
    interrupted: Callable[[str, Change], Dialled], operator: Operator, keys: str, change: Change
) -> None:
    call = interrupted(keys, change)
    assert "identify.ended" in call.keys
    orders = list(operator.orders.orders.values())
    assert len(orders) == (1 if keys.endswith("!2") else 0), "the undo's order came before"


def test_a_puk_that_changes_while_it_is_read_is_not_told(
    ring: Ring, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner changes inside the operation itself."""
    read = operator.subscribers.puk

    def puk(number: Msisdn) -> Secret | None:
        new_owner(operator)
        return read(number)

    monkeypatch.setattr(operator.subscribers, "puk", puk)
    call = ring(f"3 4 {WORD} 3 1")
    assert "identify.ended" in call.keys
    assert not any(NEW_PUK in words for words in call.heard)


def test_an_account_that_changes_while_it_is_read_is_not_told(
    ring: Ring, operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = operator.subscribers.find

    def found(number: Msisdn) -> Subscriber | None:
        if NUMBER in operator.subscribers.secrets:
            new_owner(operator)
        return find(number)

    monkeypatch.setattr(operator.subscribers, "find", found)
    call = ring(f"3 1 {WORD} 1")
    assert "identify.ended" in call.keys
    assert not any("777" in words for words in call.heard)


@pytest.mark.parametrize(
    ("keys", "repository", "orders"),
    [
        (f"3 2 {WORD} 3 3 1", "orders", 0),
        (f"3 2 {WORD} 3 3 1 2", "orders", 1),
        (f"3 1 {WORD} 5 1 50# 12345678 1", "invoices", 0),
    ],
    ids=["a service", "an undo", "an invoice"],
)
def test_nothing_is_written_where_the_owner_changes_just_before(
    ring: Ring,
    operator: Operator,
    monkeypatch: pytest.MonkeyPatch,
    keys: str,
    repository: str,
    orders: int,
) -> None:
    """The look before an order was good; the order then waited for the row."""
    kept = getattr(operator, repository)
    write, waits = kept.write, [False] * orders + [True]

    def late(*given: Any) -> Any:
        if waits.pop(0):
            new_owner(operator)
        return write(*given)

    monkeypatch.setattr(kept, "write", late)
    call = ring(keys)
    assert waits == []
    assert "refused.changed" in call.keys or "identify.ended" in call.keys
    assert len(operator.orders.orders) == orders
    assert operator.invoices.kept == {}


def test_a_call_whose_number_did_not_change_goes_on(
    interrupted: Callable[[str, Change], Dialled], operator: Operator
) -> None:
    """Another number changes hands meanwhile."""
    other = Msisdn("99366300891")
    call = interrupted(f"3 1 {WORD} !1", lambda made: made.subscribers.change(other))
    assert call.call.goals == ["account/balance"]
    assert "identify.ended" not in call.keys


def test_the_caller_may_identify_again(
    interrupted: Callable[[str, Change], Dialled], operator: Operator
) -> None:
    call = interrupted(f"3 1 {WORD} !1 {WORD} 1", suspended_elsewhere)
    assert call.call.identification == ["codeword:match", "codeword:match"]
    assert call.call.goals == ["account/balance"]


def test_what_the_call_itself_orders_does_not_end_its_proof(ring: Ring, operator: Operator) -> None:
    call = ring(f"3 4 {WORD} 1 1 1 1 1")
    assert operator.subscribers.rows[NUMBER].status is Status.SUSPENDED
    assert "identify.ended" not in call.keys
    assert call.call.goals == ["number/suspend", "account/balance"]
    undone = ring(f"4 {WORD} 2 1 2", call_id="call-2")
    assert "identify.ended" not in undone.keys
    assert [order.state for order in operator.orders.orders.values()] == [OrderState.COMPLETED] * 3


def test_a_change_elsewhere_on_top_of_its_own_ends_it(
    interrupted: Callable[[str, Change], Dialled], operator: Operator
) -> None:
    call = interrupted(f"3 4 {WORD} 1 1 1 1 !1", new_codeword)
    assert "identify.ended" in call.keys


def test_another_worker_goes_on_with_the_same_version(flow: Flow, operator: Operator) -> None:
    operator.subscribers.change(NUMBER)
    before = dial(flow, operator.care, operator.clock, f"3 1 {WORD}").call
    assert f"&subscriber={NUMBER}&proof=1&" in checkpoint_of(before)
    after = dial(flow, operator.care, operator.clock, "").call
    resume(after, checkpoint_of(before))
    assert (after.subscriber, after.proof) == (NUMBER, 1)


class TestTerminated:
    def test_its_puk_is_not_told_by_anybody(self, operator: Operator) -> None:
        desk = PukService(operator.subscribers, operator.clock)
        assert desk.tell(caller("c"), new_key(), NUMBER) == Secret(PUK)
        operator.add(subscriber(status=Status.TERMINATED))
        assert desk.tell(caller("d"), new_key(), NUMBER) == "unknown"

    @pytest.mark.parametrize("keys", ["1", "2", "4"])
    def test_nobody_is_identified_for_it(self, ring: Ring, operator: Operator, keys: str) -> None:
        operator.add(subscriber(status=Status.TERMINATED))
        call = ring(f"3 {keys} {WORD}")
        assert call.call.subscriber is None
        assert call.call.identification == ["codeword:no-match"]


def test_every_operation_on_the_number_of_a_caller_looks_at_the_proof() -> None:
    """One that is added to a port is guarded, or named here."""
    ports = get_type_hints(Care)
    found = {
        (name, method)
        for name in GUARDED
        for method, function in inspect.getmembers(ports[name], inspect.isfunction)
        if "number" in inspect.signature(function).parameters
    }
    unguarded = {each for each in found if each[1] not in GUARDED[each[0]]}
    assert unguarded == {("accounts", "priority")}
    assert found - unguarded == {(name, each) for name in GUARDED for each in GUARDED[name]}
