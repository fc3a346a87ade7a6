"""A lock on a real call: strangers meet it, the owner does not, and a text message ends it."""

from __future__ import annotations

import re

import pytest

from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, CallerKind
from ivr.domain.values import Language, Money, Msisdn
from ivr.testing.demo import CODEWORD_KEYS
from ivr.testing.dial import origin
from tests.e2e.line import Caller, RunningLine
from tests.e2e.test_messages import shown
from tests.waiting import until


def lock(line: RunningLine, number: Msisdn) -> None:
    """As strangers do who fail five times."""
    store, now = line.container.store, line.container.clock.now()
    for index in range(5):
        attempt = Attempt(f"{number}-{index}", number, origin(), IdentificationMethod.PASSPORT)
        store.attempts.open(attempt, CallerKind.KNOWN, now)


def ask_for(caller: Caller, number: Msisdn) -> None:
    caller.language = Language.ENGLISH
    caller.press(f"31{number.removeprefix('993')}")
    caller.hears("identify.read-back", 40, number=number)
    caller.press("1")


@pytest.mark.nightly
def test_a_stranger_ends_a_lock_by_a_code_and_the_owner_has_none(line: RunningLine) -> None:
    number = line.subscriber(balance=4530)
    lock(line, number)
    with line.call(number) as owner:
        owner.language = Language.ENGLISH
        owner.press("31#")
        owner.proves()
    with line.call(line.number()) as stranger:
        ask_for(stranger, number)
        stranger.hears("identify.locked", 40)
        stranger.hears("identify.code.send")
        stranger.press("1")
        stranger.hears("identify.code.enter", 40)
        code = re.findall(r"\b\d{8}\b", shown(line, number).words)[0]
        stranger.press(f"{code}#")
        stranger.hears("identify.code.right")
        stranger.hears("identify.codeword.enter")
        stranger.press(f"{CODEWORD_KEYS}#")
        stranger.hears("identify.done")
        stranger.press("1")
        stranger.hears("account.balance.other", number=number, balance=Money(4530))
    outbox = line.container.store.outbox
    until(lambda: outbox.newest(1, number)[0].body == "")
    logs = line.settings.home / "logs"
    assert not any(code.encode() in file.read_bytes() for file in logs.iterdir())
