"""What was promised as a text message is written once, in words of every language."""

from __future__ import annotations

import dataclasses

import pytest

from ivr.care.results import ResultNotifier
from ivr.domain.orders import OrderState
from ivr.domain.services import INACTIVITY, SUSPENSION, Change, Reason
from ivr.domain.values import Language, ServiceId
from ivr.errors import FlowBroken
from ivr.settings import PROJECT
from ivr.speech.texts import read_texts
from ivr.speech.written import WrittenTexts
from ivr.testing.demo import NUMBER, Operator
from ivr.testing.prompts import EchoPrompts
from tests.care.desk import Death, Desk
from tests.care.services import on, operator, order


class TestResults:
    def settled(self, made: Operator, refuses: bool = False) -> str:
        """An order of the call that was accepted, promised in Russian, and settled later."""
        made.network.outage = True
        id = order(made, on("mms")).order
        made.promises.promise(id, Language.RUSSIAN)
        state = OrderState.REJECTED if refuses else OrderState.COMPLETED
        made.orders.settle(id, state, made.clock.now(), Reason.NETWORK if refuses else None)
        return id

    def test_what_was_promised_is_written_once(self) -> None:
        made = operator()
        id = self.settled(made)
        assert made.results.write() == 1
        assert made.results.write() == 0
        assert made.outbox.messages == {
            f"order:{id}": (
                NUMBER,
                "sms.order.done\n"
                "sms.order.change.on service=service.gprs\n"
                "sms.order.change.on service=service.mms",
            )
        }

    def test_a_refusal_tells_its_reason(self) -> None:
        made = operator()
        id = self.settled(made, refuses=True)
        made.results.write()
        assert made.outbox.messages[f"order:{id}"][1] == (
            "sms.order.refused\nrefused.network service=service.mms"
        )

    def test_a_state_of_the_number_has_words_of_its_own(self) -> None:
        made = operator()
        id = self.settled(made)
        suspended = dataclasses.replace(
            made.orders.orders[id], changes=(Change(SUSPENSION, on=True),)
        )
        told = made.results.told(suspended, Language.TURKMEN)
        assert told == "sms.order.done\nsms.order.suspension.on"

    def test_an_order_without_a_promise_is_not_told(self) -> None:
        made = operator()
        order(made, on("mms"))
        assert made.results.write() == 0

    def test_dying_before_the_promise_is_marked_writes_nothing_twice(self) -> None:
        made = operator()
        self.settled(made)

        class Dying(type(made.promises)):  # type: ignore[misc]
            def kept(self, order: str) -> None:
                raise Death

        dying = Dying(made.orders, made.promises.made, made.promises.done)
        with pytest.raises(Death):
            ResultNotifier(dying, made.outbox, EchoPrompts()).write()
        assert made.results.write() == 1
        assert len(made.outbox.messages) == 1

    def test_words_that_are_missing_leave_it_owed_and_the_outbox_going(self) -> None:
        desk = Desk()

        class Wordless(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                raise FlowBroken("there is no text")

        made = desk.operator
        self.settled(made)
        desk.put("advice:1")
        wordless = ResultNotifier(made.promises, made.outbox, Wordless())
        assert dataclasses.replace(desk.worker, results=lambda: wordless).once() == 1
        assert len(made.promises.owed(9)) == 1
        assert desk.worker.once() == 1


@pytest.mark.parametrize("language", list(Language))
def test_every_end_of_an_order_has_words_in_the_shipped_texts(language: Language) -> None:
    made = operator()
    made.network.outage = True
    asked = made.orders.orders[order(made, on("mms")).order]
    results = ResultNotifier(
        made.promises, made.outbox, WrittenTexts(read_texts(PROJECT / "prompts"))
    )
    told = set()
    for reason in Reason:
        ended = dataclasses.replace(asked, state=OrderState.REJECTED, reason=reason)
        told.add(results.told(ended, language))
    set_anew = Change(ServiceId("forwarding"), on=True, value=(("a", "b"),), before=(("a", "c"),))
    states = [Change(each, on=side) for each in (SUSPENSION, INACTIVITY) for side in (True, False)]
    for change in (set_anew, *states, *asked.changes, *(each.opposite for each in asked.changes)):
        done = dataclasses.replace(asked, state=OrderState.COMPLETED, changes=(change,))
        told.add(results.told(done, language))
    assert all(each.startswith("0890: ") and "{" not in each for each in told)
    assert len(told) >= 14
