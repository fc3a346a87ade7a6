"""Notices to an owner: what is told, and on which way."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from ivr.care.notices import NEWS, held_notices, notices_of
from ivr.domain.actor import caller, new_key
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.domain.services import SUSPENSION, Change
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Secret
from ivr.testing.acting import by, on_phone
from ivr.testing.clock import ASHGABAT
from ivr.testing.demo import NUMBER, OTHER, PASSPORT_KEYS
from ivr.testing.dial import origin
from tests.care.desk import Desk
from tests.care.notices.told import (
    FAVOURITE,
    FRIEND,
    THIEF,
    forward,
    forwarded,
    notices,
    occasions,
    ordered,
    told,
)
from tests.care.services import off, on, order, subscriptions

DUE = datetime(2026, 11, 30, 14, 5, tzinfo=ASHGABAT)


class TestWhatIsTold:
    def test_forwarding_names_the_new_number(self) -> None:
        assert told(forwarded(("always", THIEF))) == ("forwarding:1", THIEF)

    def test_the_new_ones_first_and_then_the_others_that_hold(self) -> None:
        before = (("always", FRIEND), ("busy", FRIEND))
        change = forwarded(("always", THIEF), ("busy", FRIEND), before=before)
        assert told(change) == ("forwarding:1", f"{THIEF} {FRIEND}")
        (held,) = held_notices(ordered(change), DUE)
        assert held.values["targets"] == THIEF, "it waits by itself"

    def test_all_numbers_where_an_undo_sets_several(self) -> None:
        value = (("always", FRIEND), ("busy", THIEF), ("unreachable", FRIEND))
        set_all = forwarded(*value)
        undone = forwarded(before=value).opposite
        assert (undone.on, undone.value) == (True, value)
        assert told(undone) == told(set_all) == ("forwarding:1", f"{FRIEND} {THIEF}")

    def test_other_seconds_name_the_number_too(self) -> None:
        before = (("no-answer", FRIEND), ("no-answer-seconds", "5"))
        change = forwarded(("no-answer", FRIEND), ("no-answer-seconds", "30"), before=before)
        assert told(change) == ("forwarding:1", FRIEND)

    def test_a_kind_that_ends_and_the_end_of_all(self) -> None:
        before = (("always", FRIEND), ("busy", FRIEND))
        assert told(forwarded(("busy", FRIEND), before=before))[0] == "forwarding-changed:1"
        assert told(forwarded(before=before))[0] == "forwarding-off:1"

    def test_favourite_number_and_suspension(self) -> None:
        value = (("number", FRIEND),)
        assert told(Change(FAVOURITE, True, value)) == ("favourite:1", FRIEND)
        assert told(Change(FAVOURITE, False, (), value)) == ("favourite-off:1", "")
        assert told(Change(SUSPENSION, True)) == ("suspension:1", "")
        assert told(Change(SUSPENSION, False)) == ("suspension-off:1", "")

    def test_other_services_are_nobodys_theft(self) -> None:
        assert list(notices_of(ordered(on("gprs"), off("mms"), on("sms")))) == []

    def test_text_messages_that_are_switched_off(self) -> None:
        assert told(off("sms")) == ("sms-off:1", "")
        (held,) = held_notices(ordered(off("sms"), on("gprs")), DUE)
        assert held.reference == "held-sms:1"
        assert held.values == {"date": DUE.date(), "time": DUE.time()}

    def test_what_waits_says_what_was_asked_for_and_when_it_begins(self) -> None:
        changes = (forwarded(("always", THIEF)), Change(FAVOURITE, True, (("number", FRIEND),)))
        first, second = held_notices(ordered(*changes), DUE)
        assert first.reference == "held-forwarding:1"
        assert first.values == {"targets": THIEF, "date": DUE.date(), "time": DUE.time()}
        assert second.reference == "held-favourite:1"
        assert second.values == {"target": FRIEND, "date": DUE.date(), "time": DUE.time()}


class TestPaths:
    """Whichever path a fact comes by, the owner has one text of it."""

    def test_forwarding_by_a_call_and_its_undo(self, desk: Desk) -> None:
        forward(desk, THIEF, 1)
        (done,) = desk.operator.orders.orders.values()
        subscriptions(desk.operator).undo(*on_phone("call", 2), NUMBER, done.id)
        desk.worker.once()
        desk.worker.once()
        assert occasions(desk) == ["forwarding", "forwarding-off"]
        assert desk.outbox.messages[f"forwarding:{done.id}"] == (
            NUMBER,
            f"sms.notice.forwarding targets=sms.notice.number number={THIEF}",
        )
        assert {state for _, state in notices(desk)} == {MessageState.SENT}

    def test_forwarding_that_is_carried_out_later(self, desk: Desk) -> None:
        desk.operator.network.outage = True
        forward(desk, THIEF, 1)
        desk.worker.once()
        assert occasions(desk) == []
        (waiting,) = desk.operator.orders.orders.values()
        desk.clock.sleep(NEWS.total_seconds())
        desk.operator.orders.settle(waiting.id, OrderState.COMPLETED, desk.clock.now())
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_what_the_network_refused_is_not_told(self, desk: Desk) -> None:
        desk.operator.network.refuses = True
        forward(desk, THIEF, 1)
        desk.worker.once()
        assert occasions(desk) == []

    def test_suspension_and_resumption(self, desk: Desk) -> None:
        for step, change in enumerate((on(SUSPENSION), off(SUSPENSION)), 1):
            order(desk.operator, change, step)
        desk.worker.once()
        assert occasions(desk) == ["suspension", "suspension-off"]

    def test_puk_code_word_and_passport(self, desk: Desk) -> None:
        made = desk.operator
        made.care.puks.tell(caller("c1"), new_key(), NUMBER)
        made.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers())
        for number in (OTHER, NUMBER):
            attempt = Attempt("c1", NUMBER, origin(number), IdentificationMethod.PASSPORT)
            made.care.identification.check(attempt, Secret(PASSPORT_KEYS))
        desk.worker.once()
        assert sorted(occasions(desk)) == ["codeword", "passport", "puk"]

    def test_a_secret_is_in_no_notice(self, desk: Desk) -> None:
        self.test_puk_code_word_and_passport(desk)
        bodies = [body for _, body in desk.outbox.messages.values()]
        assert bodies == [f"sms.notice.{occasion}" for occasion in occasions(desk)]

    def test_an_order_that_is_held_and_then_carried_out(self, desk: Desk) -> None:
        fresh = dataclasses.replace(
            ordered(forwarded(("always", THIEF)), id="o"),
            state=OrderState.HELD,
            settled=None,
            due=DUE,
        )
        desk.operator.orders.write(fresh)
        for _ in range(2):
            desk.worker.once()
        (body,) = (row.body for row in desk.outbox.rows.values())
        assert body.startswith("sms.notice.held-forwarding ")
        assert f"number={THIEF}" in body
        assert "date=2026-11-30 time=14:05:00" in body
        desk.operator.orders.settle("o", OrderState.COMPLETED, desk.clock.now())
        desk.worker.once()
        assert occasions(desk) == ["held-forwarding", "forwarding"]
