"""What answers of a message centre mean: all that may be otherwise later is tried later."""

from __future__ import annotations

import pytest

from ivr.domain.messages import NotEver, NotNow, Why
from ivr.network.answers import ANSWERS, BINDS, Meaning, is_setting, meaning, not_bound, refused

NEVER = {0x01, 0x0B, 0x65, 0x66}
"""Too long; no such number; the receiver can never, or will not, take it (SMPP 3.4, 5.1.3)."""
SETTINGS = {
    *(0x02, 0x03, 0x06, 0x07, 0x0A, 0x15, 0x43, 0x48, 0x49, 0x50, 0x51, 0x53, 0x61, 0x62),
    *(0xC0, 0xC1, 0xC2, 0xC3, 0xC4, 0x100, 0x101, 0x103, 0x104),
}


def test_only_what_the_standard_calls_permanent_is() -> None:
    answers = {status: refused(status) for status in range(0x01, 0x500)}
    assert {code for code, answer in answers.items() if isinstance(answer, NotEver)} == NEVER
    for status, answer in answers.items():
        assert f"0x{status:02x}: " in answer.reason


@pytest.mark.parametrize("status", sorted(SETTINGS))
def test_a_wrong_setting_is_told_from_a_busy_centre(status: int) -> None:
    answer = refused(status)
    assert isinstance(answer, NotNow)
    assert answer.why is Why.SETTING
    assert "check IVR_SMSC_" in answer.reason or "ask its operator" in answer.reason


@pytest.mark.parametrize("status", [0x08, 0x14, 0x45, 0x64, 0xFE, 0xFF, 0x102, 0x400, 0x414, 0x4FF])
def test_what_the_centre_does_not_take_now_is_not_the_fault_of_all_messages(status: int) -> None:
    answer = refused(status)
    assert isinstance(answer, NotNow)
    assert answer.why is Why.OTHER


def test_only_a_throttling_centre_takes_nothing_at_all() -> None:
    busy = [code for code, answer in ANSWERS.items() if answer.meaning is Meaning.BUSY]
    assert busy == [0x58]


@pytest.mark.parametrize("status", [0x00, 0x01, 0x02, 0x03, 0x0B, 0x65, 0xFF])
def test_a_request_that_was_not_understood_says_nothing_of_the_message(status: int) -> None:
    answer = refused(status, understood=False)
    assert isinstance(answer, NotNow)
    assert "generic_nack" in answer.reason


@pytest.mark.parametrize("status", [0x04, 0x05, 0x0D, 0x0E, 0x0F])
def test_a_centre_that_takes_us_for_unbound_gets_a_new_link(status: int) -> None:
    assert meaning(status).meaning is Meaning.LINK


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x03, "IVR_SMSC_LINKS=two"),
        (0x04, "IVR_SMSC_LINKS=two"),
        (0x05, "already bound"),
        (0x0A, "address"),
        (0x0D, "the name in IVR_SMSC or IVR_SMSC_PASSWORD"),
        (0x0E, "check IVR_SMSC_PASSWORD"),
        (0x0F, "check NAME in IVR_SMSC"),
        (0x14, "full"),
        (0x53, "IVR_SMSC_SYSTEM_TYPE"),
        (0x58, "too often"),
        (0x401, "ask its operator"),
    ],
)
def test_a_bind_is_refused_by_its_cause(status: int, words: str) -> None:
    assert words in not_bound(status)
    assert is_setting(status) == (status not in (0x05, 0x14, 0x58, 0x401))
    for other in set(BINDS) - {0x0D, 0x0E}:
        assert "PASSWORD" not in not_bound(other)
