"""Calls that come back: from a worker that is gone, or from the queue where nobody answered."""

from __future__ import annotations

import pytest

from ivr.domain.values import Language
from ivr.testing.demo import NUMBER
from tests.telephony.line.harness import CALL, Harness


def test_another_worker_goes_on_where_the_first_one_stopped(harness: Harness) -> None:
    """Same place, language, right to the number and release, though another one is live."""
    first = harness.ring("2 3 1")
    place = first.variables["IVR_PLACE"].replace("release=7", "release=4")
    harness.journal.calls.clear()
    second = harness.ring("0", IVR_PLACE=f"{place}&subscriber={NUMBER}&means=codeword")
    call = harness.journal.calls[CALL]
    assert (call.language, call.subscriber, call.release) == (Language.RUSSIAN, NUMBER, 4)
    assert [step.node for step in call.path] == ["info-news/item-1"]
    assert second.variables["IVR_NEXT"] == "agent"


@pytest.mark.parametrize("place", ["garbage", "release=x", "language=xx&node=main", "node=nowhere"])
def test_an_unreadable_place_is_the_start(harness: Harness, place: str) -> None:
    harness.ring("1 0", IVR_PLACE=place)
    call = harness.journal.calls[CALL]
    assert (call.path[0].node, call.release) == ("language", 7)


def test_a_caller_whom_no_agent_answered_may_leave_a_number_with_the_reason(
    harness: Harness,
) -> None:
    harness.ring(
        "1", IVR_RESUME="unanswered", IVR_REASON="identification", IVR_PLACE="language=tk&release=7"
    )
    (asked,) = harness.operator.callbacks.left
    assert (asked.number, asked.reason) == (NUMBER, "identification")


def test_who_went_on_from_the_call_back_is_not_sent_there_again(harness: Harness) -> None:
    first = harness.ring(
        "* 3", IVR_RESUME="unanswered", IVR_PLACE="language=tk&release=7&node=main"
    )
    assert harness.journal.calls[CALL].node == "info"
    again = harness.ring("0", **first.variables)
    assert again.telephone.words[0] == "menu.info.news"


def test_what_a_dead_worker_had_in_hand_is_told_before_a_call_back(harness: Harness) -> None:
    place = f"language=tk&release=7&node=services-data&subscriber={NUMBER}&step=1"
    hand = "&hand=services/gprs+change.on&trail=language+main+services"
    session = harness.ring("* 0", IVR_RESUME="unanswered", IVR_PLACE=place + hand)
    assert session.telephone.words[0] == "change.cancelled"
    assert session.variables["IVR_RESUME"] == ""
