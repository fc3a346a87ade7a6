"""No notice is lost, and there are not too many."""

from __future__ import annotations

import dataclasses

from hypothesis import example, given
from hypothesis import strategies as st

from ivr.care.notices import AT_ONCE, LATE, Notices
from ivr.domain.actor import caller, new_key
from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, AttemptResult, CallerKind
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.domain.services import FORWARDING, SUSPENSION, Change
from ivr.domain.subscriber import PukBound, Verifiers
from ivr.domain.values import Language, Msisdn
from ivr.errors import FlowBroken, TemporarilyUnavailable
from ivr.testing.acting import by
from ivr.testing.demo import NUMBER, OTHER, subscriber
from ivr.testing.dial import origin
from ivr.testing.prompts import EchoPrompts
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
)
from tests.care.services import off, on, order, subscriptions
from tests.contracts.records import written_order

HOUR = 3601.0
"""Seconds: what waits for room is looked at again each hour."""


class TestNeverLost:
    def test_a_worker_that_was_away_for_a_day_tells_all(self, desk: Desk) -> None:
        forward(desk, THIEF, 1)
        desk.clock.sleep(86_400)
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_an_outbox_that_is_away_is_tried_again_and_the_caller_is_served(
        self, desk: Desk
    ) -> None:
        def down(number: Msisdn, body: str, reference: str) -> None:
            raise TemporarilyUnavailable("database")

        desk.worker.once()
        put, desk.outbox.put = desk.outbox.put, down  # type: ignore[method-assign]
        forward(desk, THIEF, 1)
        assert dict(subscriptions(desk.operator).value(NUMBER, FORWARDING)) == {"always": THIEF}
        desk.worker.once()
        desk.clock.sleep(2 * LATE.total_seconds())
        desk.worker.once()
        desk.outbox.put = put  # type: ignore[method-assign]
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_one_that_has_no_words_keeps_no_other_back(self, desk: Desk) -> None:
        class Mute(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                if key == "sms.notice.suspension":
                    raise FlowBroken("no such text")
                return key

        made = desk.operator
        told, made.notices.notices = (
            made.notices.notices,
            lambda: Notices(made.subscribers, made.outbox, Mute()),
        )
        order(made, on(SUSPENSION), 1)
        desk.clock.sleep(3 * HOUR)
        made.care.puks.tell(caller("c1"), new_key(), NUMBER)
        desk.worker.once()
        assert occasions(desk) == ["puk"]
        desk.clock.sleep(2 * LATE.total_seconds())
        desk.worker.once()
        made.notices.notices = told
        desk.worker.once()
        assert occasions(desk) == ["puk", "suspension"]

    def test_many_facts_of_one_time_are_all_told(self, desk: Desk) -> None:
        for index in range(2 * AT_ONCE + 1):
            desk.operator.subscribers.told.append((NUMBER, f"call {index}", desk.clock.now()))
        desk.worker.once()
        assert len(occasions(desk)) == 2 * AT_ONCE + 1

    def test_a_fact_that_is_seen_late_is_told(self, desk: Desk) -> None:
        """Its transaction took a while, or another machine's clock is behind."""
        desk.worker.once()
        forward(desk, THIEF, 1)
        desk.clock.sleep(60)
        desk.worker.once()
        assert occasions(desk) == ["forwarding"]

    def test_the_owner_reads_it_in_the_owners_language(self, desk: Desk) -> None:
        seen: list[Language] = []

        class Noting(EchoPrompts):
            def write(self, language: Language, key: str, **values: object) -> str:
                seen.append(language)
                return key

        for language in Language:
            desk.operator.add(dataclasses.replace(subscriber(), language=language))
            Notices(desk.operator.subscribers, desk.outbox, Noting()).tell(NUMBER, "puk", "puk:1")
        assert seen == list(Language)


class TestBounds:
    def test_so_many_of_a_kind_go_in_a_day_and_then_the_newest(self) -> None:
        desk = Desk(notices_a_day=3)
        for step in range(1, 7):
            forward(desk, f"9936100000{step}", step)
            desk.worker.once()
        desk.clock.sleep(HOUR)
        desk.worker.once()
        states = [state for _, state in notices(desk)]
        sent, dropped = MessageState.SENT, MessageState.DROPPED
        assert states == [sent] * 3 + [dropped] * 2 + [MessageState.CAPPED]
        desk.clock.sleep(24 * HOUR)
        desk.worker.once()
        *_, last = desk.outbox.rows.values()
        assert (last.state, last.body[-11:]) == (sent, "99361000006")

    def test_ordinary_messages_and_notices_do_not_count_against_each_other(self) -> None:
        desk = Desk(a_day=1, notices_a_day=1)
        for name in ("order:1", "advice:1"):
            desk.put(name)
        forward(desk, THIEF, 1)
        assert desk.worker.once() == 3


FACTS = ("forwarding", "suspension", "favourite", "sms-off", "puk", "passport", "codeword")
KINDS = ("always", "busy", "no-answer", "unreachable")
A_DAY = 4


def happen(desk: Desk, fact: str, kind: str, at: int) -> str:
    """Let a fact be written as its repository writes it; answers the notice's occasion."""
    made, now = desk.operator, desk.clock.now()
    match fact:
        case "forwarding" | "suspension" | "favourite" | "sms-off":
            value = (("number", FRIEND),)
            before = subscriptions(made).value(NUMBER, FORWARDING)
            after = sorted({**dict(before), kind: f"9936{at:07}"}.items())
            change = {
                "forwarding": forwarded(*after, before=before),
                "sms-off": off("sms"),
                "suspension": on(SUSPENSION),
                "favourite": Change(FAVOURITE, True, value),
            }[fact]
            fresh = dataclasses.replace(
                ordered(change, id=f"o{at}"), state=OrderState.ACKNOWLEDGED, settled=None
            )
            made.orders.settle(written_order(made.orders, fresh).id, OrderState.COMPLETED, now)
        case "puk":
            made.subscribers.note_puk(*by(f"call {at}"), NUMBER, now, PukBound(2, now, 5))
        case "passport":
            attempt = Attempt(f"c{at}", NUMBER, origin(OTHER), IdentificationMethod.PASSPORT)
            tried = made.attempts.open(attempt, CallerKind.KNOWN, now).id
            made.attempts.settle(tried, AttemptResult.MATCH)
        case "codeword":
            made.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers())
    return fact


THEFT_AND_COVER = [("forwarding", kind, True) for kind in [*["always"] * (A_DAY + 1), "busy"]]


@example(THEFT_AND_COVER)
@given(
    st.lists(st.tuples(st.sampled_from(FACTS), st.sampled_from(KINDS), st.booleans()), max_size=40)
)
def test_every_kind_is_told_up_to_its_bound_whatever_else_happens(
    facts: list[tuple[str, str, bool]],
) -> None:
    """``True``: the worker has a round after the fact."""
    desk = Desk(notices_a_day=A_DAY)
    happened = []
    for at, (fact, kind, is_round) in enumerate(facts):
        happened.append(happen(desk, fact, kind, at))
        desk.clock.sleep(1)
        if is_round:
            desk.worker.once()
    desk.worker.once()
    desk.clock.sleep(HOUR)
    desk.worker.once()
    written = notices(desk)
    for kind in FACTS:
        count = happened.count(kind)
        states = [state for occasion, state in written if occasion == kind]
        assert len(states) == count, "each fact has one notice"
        assert states.count(MessageState.SENT) == min(count, A_DAY)
        assert states.count(MessageState.CAPPED) == (count > A_DAY), "the newest waits"
        assert all(state is MessageState.SENT for state in states[:A_DAY])
    desk.clock.sleep(24 * HOUR)
    desk.worker.once()
    assert {state for _, state in notices(desk)} <= {MessageState.SENT, MessageState.DROPPED}
    read = [row.body for row in desk.outbox.rows.values() if row.state is MessageState.SENT]
    for _, target in subscriptions(desk.operator).value(NUMBER, FORWARDING):
        assert any(target in body for body in read), "each number that holds is told"
