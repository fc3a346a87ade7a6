"""Text messages that people ask for: to whom, in which language, once a call, so many a day."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ivr.care.advice import AdviceService
from ivr.domain.actor import OperationKey, caller
from ivr.domain.call import Call
from ivr.domain.values import Language, Msisdn
from ivr.testing.clock import FixedClock
from ivr.testing.demo import NUMBER, OTHER
from ivr.testing.messages import MemoryOutbox
from ivr.testing.prompts import EchoPrompts

THIRD = Msisdn("99361000000")


@dataclass
class InItsLanguage(EchoPrompts):
    def write(self, language: Language, key: str, **values: object) -> str:
        return f"{language} {key}"


def service(a_day: int = 10) -> tuple[AdviceService, MemoryOutbox]:
    outbox = MemoryOutbox(a_day=a_day)
    return AdviceService(outbox, InItsLanguage()), outbox


@pytest.mark.parametrize(
    ("calling", "subscriber", "asked", "expected"),
    [
        (NUMBER, OTHER, THIRD, NUMBER),
        (None, OTHER, THIRD, OTHER),
        (None, None, THIRD, THIRD),
        (None, None, None, None),
    ],
)
def test_whom_it_goes_to(
    calling: Msisdn | None,
    subscriber: Msisdn | None,
    asked: Msisdn | None,
    expected: Msisdn | None,
) -> None:
    call = Call("c", "0890", FixedClock().now(), caller=calling, subscriber=subscriber)
    call.texts_to = asked
    assert service()[0].recipient(call) == expected


@pytest.mark.parametrize(
    ("language", "body"), [(Language.RUSSIAN, "ru advice.a"), (None, "tk advice.a")]
)
def test_it_is_in_the_language_of_the_call(language: Language | None, body: str) -> None:
    advice, outbox = service()
    assert advice.send(caller("c"), OperationKey("c"), NUMBER, "advice.a", language)
    assert outbox.messages == {f"advice:c:advice.a:{NUMBER}": (NUMBER, body)}


@pytest.mark.parametrize(
    ("a_day", "texts", "sent"),
    [
        (10, ("c a", "c a"), 1),
        (10, ("c a", "c b"), 2),
        (10, ("c a", "d a"), 2),
        (1, ("c a", "c b"), 1),
        (1, ("c a", "c a"), 1),
    ],
)
def test_how_many_are_sent(a_day: int, texts: tuple[str, ...], sent: int) -> None:
    """What is sent already is told as sent, also when it was the last of the day."""
    advice, outbox = service(a_day)
    for each in texts:
        key, text = each.split()
        is_sent = advice.send(caller(key), OperationKey(key), NUMBER, text, None)
        assert is_sent is (f"advice:{key}:{text}:{NUMBER}" in outbox.messages)
    assert len(outbox.messages) == sent
