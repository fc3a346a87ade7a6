"""What the line knows of a call that comes again, and what it tells the dialplan for the agents."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivr.domain.call import Call, IdentificationMethod
from ivr.domain.values import Language, Msisdn
from ivr.flow.checkpoint import resume
from ivr.telephony.call_handler import proof_of
from ivr.testing.demo import CODEWORD_KEYS, NUMBER, OTHER, PASSPORT_KEYS, subscriber
from tests.telephony.line.harness import CALL, Harness

BEGUN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
"""When the harness's clock stands still."""
CHANNEL = "ivrtest-1795341600.7"
"""A channel that was made then."""


def place(**progress: object) -> str:
    fields = "".join(f"&{name}={value}" for name, value in progress.items())
    return f"language=tk&release=7&node=agent&step=0{fields}"


def since(ago: float) -> int:
    return int(BEGUN.timestamp() - ago)


def test_who_asks_for_an_agent_may_wait_as_long_as_everybody(harness: Harness) -> None:
    assert harness.ring("1 0").variables["IVR_WAIT"] == "60"


def test_who_was_silent_waits_for_what_is_left_of_two_minutes(harness: Harness) -> None:
    session = harness.ring("1 - - -")
    at = resume(call := Call(CALL, "", BEGUN), session.variables["IVR_PLACE"])
    assert (at, call.progress.tried) == ("agent", True)
    assert session.variables["IVR_WAIT"] == "60"


def test_who_presses_zero_again_and_again_has_what_is_left(harness: Harness) -> None:
    """Six seconds of it are for the question whether somebody is there."""
    spent = place(since=since(90), key="0", idle=2, seen="ffffffffffffff")
    assert harness.ring("0", IVR_PLACE=spent).variables["IVR_WAIT"] == "24"


def test_who_comes_back_from_the_queue_has_been_to_the_agents(harness: Harness) -> None:
    """Silence is then no reason to try them again: the call ends."""
    again = harness.ring("- - -", IVR_RESUME="unanswered", IVR_PLACE=place())
    assert (again.variables["IVR_NEXT"], again.variables["IVR_DONE"]) == ("bye", "1")
    assert again.telephone.words[-2:] == ["dialplan.nobody", "dialplan.bye"]
    assert harness.journal.calls[CALL].ended_by == "no-progress"


@pytest.mark.parametrize("ago", [119, 200, 86_400])
def test_who_has_no_time_left_hears_goodbye_and_no_offer(harness: Harness, ago: int) -> None:
    spent = place(since=since(ago), tried=1, idle=6)
    again = harness.ring("1", IVR_RESUME="unanswered", IVR_PLACE=spent)
    assert "callback.nobody" not in again.telephone.words
    assert again.variables["IVR_NEXT"] == "bye"


def test_a_call_that_asterisk_had_alone_is_as_old_as_its_channel(harness: Harness) -> None:
    """One too many, whose language nobody knows: it has no checkpoint."""
    harness.operator.clock.sleep(3600)
    harness.ring("1", id=CHANNEL, IVR_RESUME="unanswered", IVR_PLACE="")
    call = harness.journal.calls[CHANNEL]
    assert call.begun == BEGUN
    assert call.ended_by == "too-long"


def test_a_checkpoint_of_an_earlier_version_begins_anew(harness: Harness) -> None:
    harness.operator.clock.sleep(600)
    harness.ring("", id=CHANNEL, IVR_PLACE="language=tk&release=7&node=info&step=0")
    assert harness.journal.calls[CHANNEL].progress.since == harness.operator.clock.now()


class TestProof:
    """What the agent's phone shows besides topic and language."""

    @pytest.mark.parametrize(
        ("keys", "proof"),
        [
            ("3 0", ""),
            (f"3 1 # {CODEWORD_KEYS}# 0", "verified"),
            (f"3 1 # # {PASSPORT_KEYS}# 0", "verified"),
            (f"3 1 66300891 1 {CODEWORD_KEYS}# 0", "other"),
        ],
    )
    def test_it_is_told_to_the_dialplan(self, harness: Harness, keys: str, proof: str) -> None:
        harness.operator.add(subscriber(OTHER))
        assert harness.ring(keys).variables["IVR_PROOF"] == proof

    def test_a_passport_from_another_phone_is_a_weak_one(self) -> None:
        call = Call("1", "0890", BEGUN, caller=NUMBER, trunk="trunk", language=Language.TURKMEN)
        call.subscriber, call.means = Msisdn(OTHER), IdentificationMethod.PASSPORT
        assert proof_of(call) == "passport"
