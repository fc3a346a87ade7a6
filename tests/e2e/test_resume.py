"""A worker of the line is killed in the middle of a call; another one goes on with it."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from ivr.domain.orders import OrderState
from ivr.domain.values import Language, Money, ServiceId
from ivr.processes import network
from ivr.store.journal import Record
from tests.e2e.installation import free_port, short_folder
from tests.e2e.line import CODEWORD_KEYS, KEY_OF, Caller, RunningLine
from tests.e2e.relay import Relay
from tests.e2e.test_bad_days import asterisk_alone, kill_line, line_process
from tests.waiting import until

WAITING = ServiceId("waiting")
SLOW = 4.0
"""Seconds that the network takes: longer than it takes to kill a worker."""


@pytest.fixture(scope="module")
def asterisk() -> Iterator[RunningLine]:
    """Asterisk and a slow network, without a line."""
    folder = short_folder()
    with (
        asterisk_alone(folder / "home", network_latency=SLOW) as line,
        network.network(line.container),
    ):
        yield line
    shutil.rmtree(folder)


Kill = Callable[[], None]


@pytest.fixture
def kill(asterisk: RunningLine) -> Iterator[Kill]:
    """Two workers of the line; kills the one that takes the calls."""
    binds = [f"127.0.0.1:{free_port()}" for _ in range(2)]
    with ExitStack() as stack:
        workers = [stack.enter_context(line_process(_at(asterisk, bind))) for bind in binds]
        stack.enter_context(Relay(asterisk.settings.agi_bind, binds))
        yield lambda: kill_line(workers[0])


def _at(line: RunningLine, bind: str) -> RunningLine:
    ports = {"agi_bind": bind, "health_bind": f"127.0.0.1:{free_port()}"}
    return dataclasses.replace(line, settings=line.settings.model_copy(update=ports))


def identified(caller: Caller, language: Language, menu: str) -> None:
    """Dial through to a menu that needs the right to a number."""
    caller.language = language
    caller.press(f"{KEY_OF[language]}{menu}#")
    caller.proves()


def record_of(line: RunningLine, number: str) -> Record:
    """The record of a caller's call, once it has an end."""

    def found() -> Record | None:
        (record,) = (
            each for each in line.container.store.journal.newest(99) if each.caller == number
        )
        return record if record.outcome else None

    return until(found, lambda: "the call has no end in the journal")


def test_in_a_menu_it_goes_on_in_the_same_language_and_still_identified(
    asterisk: RunningLine, kill: Kill, language: Language
) -> None:
    number = asterisk.subscriber(balance=1234)
    with asterisk.call(number) as caller:
        identified(caller, language, "1")
        caller.hears("menu.account.balance")
        caller.press("1")
        caller.hears("account.balance", balance=Money(1234))
        caller.press("*")
        caller.hears("menu.account.bill")
        kill()
        caller.hears("menu.account.balance")
        caller.press("2")
        caller.hears("account.tariff", tariff="tariff.duet")
        caller.phone.hangup()
    record = record_of(asterisk, number)
    assert record.goals == ("account/balance", "account/tariff", "account/services")
    assert record.identification == ("codeword:match",)
    assert (record.language, record.subscriber) == (language, number)


@pytest.mark.nightly
def test_in_the_middle_of_a_secret_only_the_secret_is_asked_again(
    asterisk: RunningLine, kill: Kill
) -> None:
    number, language = asterisk.subscriber(balance=1234), Language.RUSSIAN
    with asterisk.call(asterisk.number()) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1")
        caller.hears("identify.number.own", 40)
        caller.press(number.removeprefix("993"))
        caller.hears("identify.read-back", number=number)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("identify.codeword.enter")
        caller.press(CODEWORD_KEYS[:4])
        kill()
        caller.hears("identify.codeword.enter")
        caller.press(f"{CODEWORD_KEYS}#")
        caller.hears("identify.done")
        caller.press("1")
        caller.hears("account.balance.other", 30, number=number, balance=Money(1234))
        caller.phone.hangup()


@pytest.mark.nightly
def test_an_order_that_was_confirmed_is_told_and_made_once(
    asterisk: RunningLine, kill: Kill
) -> None:
    number = asterisk.subscriber()
    with asterisk.call(number) as caller:
        identified(caller, Language.TURKMEN, "2")
        caller.press("31")
        caller.hears("change.on.confirm", 30, service="service.waiting")
        caller.hears("confirm")
        caller.press("1")
        order = _written(asterisk, number)
        kill()
        caller.hears("change.on.done", 40, service="service.waiting")
        caller.hears("change.undo")
        caller.press("1")
        caller.hears("menu.main.account", 30)
        caller.phone.hangup()
    (only,) = (each for each in asterisk.container.store.orders.newest(99) if each.number == number)
    assert (only.id, only.state) == (order, OrderState.COMPLETED)
    assert asterisk.network.switched(number) == {WAITING: True}
    assert asterisk.network.times(number, WAITING) == 1
    record = record_of(asterisk, number)
    assert record.orders == (order,)
    assert record.goals == ("services/waiting",)


def _written(line: RunningLine, number: str) -> str:
    """The id of a subscriber's order, as soon as it is written."""

    def found() -> str:
        for each in line.container.store.orders.newest(9):
            if each.number == number:
                assert each.settled is None, "the network was not slow enough"
                return each.id
        return ""

    return until(found, lambda: "no order was written")
