"""The database, billing and the back office are cut in the middle of a call: what is said is true,
and information and agents go on."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from ivr.domain.requests import Request
from ivr.domain.values import Language, Money
from ivr.errors import TemporarilyUnavailable
from ivr.store.journal import Record
from tests import waiting
from tests.e2e.installation import short_folder
from tests.e2e.line import KEY_OF, RunningLine, running_line
from tests.e2e.test_network import network_that
from tests.postgres import children, running


@pytest.fixture(scope="module")
def own_line() -> Iterator[RunningLine]:
    """A line whose network and billing no other test meets."""
    folder = short_folder()
    with running_line(folder / "home") as line:
        yield line
    shutil.rmtree(folder)


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_a_database_that_is_cut_before_the_yes() -> None:
    language = Language.RUSSIAN
    folder = short_folder()
    with (
        running() as server,
        running_line(folder / "home", database_url=server.url(server.create())) as line,
    ):
        number = line.subscriber()
        with line.call(number) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}2#")
            caller.proves()
            caller.press("31")
            caller.hears("change.on.confirm", 30, service="service.waiting")
            server.stop()
            caller.press("1")
            caller.hears("change.unwritten", 30)
            caller.hears("unavailable.database")
            caller.press("31")  # information goes on
            caller.hears("news.packages-by-telephone", 30)
            server.start()
            caller.press("**2")
            caller.hears("menu.services.data", 30)
            caller.press("31")
            caller.hears("change.on.confirm", 60, service="service.waiting")
            caller.press("1")
            caller.hears("change.on.done", 30, service="service.waiting")
            caller.press("0")
            caller.hears("agent.transfer", 30)
        orders = [each for each in line.container.store.orders.newest(9) if each.number == number]
        assert len(orders) == 1, "what was not confirmed as accepted is not carried out"
    shutil.rmtree(folder)


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_a_database_that_hangs_keeps_nobody_waiting(language: Language) -> None:
    """It holds its connections and answers nothing; the account is back as soon as it is."""
    folder = short_folder()
    with (
        running() as server,
        running_line(folder / "home", database_url=server.url(server.create())) as line,
    ):
        number, fresh = line.subscriber(), line.number()
        log = line.settings.home / "logs" / "line.log"

        def told(what: str) -> int:
            return log.read_text("utf-8").count(f'"the database is {what}"')

        with line.call(number) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}1#")
            caller.proves()
            caller.hears("menu.account.balance", 30)
            with server.frozen():
                caller.press("1")
                caller.hears("unavailable.database", 30)
                caller.press("31")
                caller.hears("news.packages-by-telephone", 30)
                with line.call(fresh) as other:
                    other.language = language
                    other.press(f"{KEY_OF[language]}3")
                    other.hears("menu.info.news", 30)
                until(lambda: told("away") > 0)
            until(lambda: line.container.store.callers.language(fresh) is language)
            caller.press("**11")
            caller.hears("account.balance", 40, balance=Money(4530))
        calls = {number: "hung-up", fresh: "hung-up"}
        until(lambda: calls == {each.caller: each.outcome for each in journal(line)})
        until(lambda: told("back") == told("away"))
        assert told("away") <= 3, "each process of the line tells it once"
    shutil.rmtree(folder)


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_asterisk_is_started_again_and_calls_are_served() -> None:
    language = Language.TURKMEN
    folder = short_folder()
    with running_line(folder / "home") as line:
        output = folder / "home.out"
        logged = 'management link to Asterisk"'
        log = line.settings.home / "logs" / "line.log"
        with line.call(line.number()) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}3")
            caller.hears("menu.info.news", 30)
            found = log.read_text("utf-8").count(logged)
            os.kill(asterisk_of(line), signal.SIGKILL)
            until(lambda: "it is started again" in output.read_text())
            until(lambda: log.read_text("utf-8").count(logged) > found)
        with line.call(line.number()) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}3")
            caller.hears("menu.info.news", 30)
            caller.press("0")
            caller.hears("agent.transfer", 30)
    shutil.rmtree(folder)


def asterisk_of(line: RunningLine) -> int:
    """The Asterisk that `ivr up` has started."""
    assert line.process is not None
    (pid,) = (
        pid
        for pid in children(line.process.pid)
        if b"asterisk.conf" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    return pid


def journal(line: RunningLine) -> Sequence[Record]:
    return line.container.store.journal.newest(99)


def until(true: Callable[[], bool]) -> None:
    """Wait for what comes by itself; a database may still be on its way back."""

    def is_true() -> bool:
        with suppress(TemporarilyUnavailable):
            return true()
        return False

    waiting.until(is_true)


@pytest.mark.nightly
@pytest.mark.timeout(240)
def test_agents_and_languages_need_no_database(language: Language) -> None:
    folder = short_folder()
    with (
        running() as server,
        running_line(folder / "home", database_url=server.url(server.create())) as line,
    ):
        server.stop()
        with line.call(line.number()) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}51")
            caller.hears("menu.advice.payment", 30)
            caller.press("**1")
            caller.hears("identify.number.own", 40)
            caller.press("#")
            caller.hears("unavailable.database", 40)
            caller.press("0")
            caller.hears("agent.transfer", 30)
        server.start()
    shutil.rmtree(folder)


@pytest.mark.nightly
def test_billing_that_is_cut_in_mid_call(own_line: RunningLine, language: Language) -> None:
    number = own_line.subscriber(balance=1234)
    with own_line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}1#")
        caller.proves()
        caller.press("3")
        caller.hears("account.bill.total", 40, total=Money(1500))
        with network_that(own_line, outage="error", down=["billing"]):
            caller.press("2")
            caller.hears("unavailable.billing", 30)
            caller.press("11")
            caller.hears("account.balance", 40, balance=Money(1234))
        caller.press("*32")
        caller.hears("account.bill.last", 60)


@pytest.mark.nightly
def test_a_back_office_that_is_away_gets_the_request_when_it_is_back(
    own_line: RunningLine,
) -> None:
    caller_number = own_line.number()
    with (
        network_that(own_line, outage="error", down=["back-office"]),
        own_line.call(caller_number) as caller,
    ):
        caller.language = Language.TURKMEN
        caller.press("15123")
        caller.hears("request.merge-accounts.choose", 40)
        caller.press("1")
        for keyed in ("66300890", "61200300"):
            caller.press(keyed)
            caller.hears("request.read-back", 30, number=f"993{keyed}")
        caller.hears("request.enough", 20)
        caller.press("2")
        caller.hears("request.merge-accounts.confirm", 30)
        caller.hears("confirm", 30)
        caller.press("1")
        (request,) = _requests(own_line, caller_number)
        caller.hears("request.done", 30, request=request.number)
        assert request.ticket is None
    until(lambda: _requests(own_line, caller_number)[0].ticket is not None)


def _requests(line: RunningLine, asker: str) -> list[Request]:
    """The requests of a calling number, once they are written."""
    return waiting.until(
        lambda: [each for each in line.container.store.requests.newest(99) if each.asker == asker]
    )
