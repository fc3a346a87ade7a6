"""Callers who are known: Asterisk asks them by itself, and nobody hears a difference."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.commands.call import words_of
from ivr.domain.content import Announcement
from ivr.domain.values import Language, Money, Msisdn
from ivr.softphone.phone import Account
from ivr.store.journal import Record
from ivr.telephony.ami import AmiLink
from ivr.telephony.management import Manager
from ivr.wiring import telephony
from tests.e2e.line import KEY_OF, RunningLine
from tests.e2e.test_bad_days import asterisk_alone, kill_line, line_process
from tests.e2e.test_health import figures
from tests.metrics.exposed import value
from tests.publishing import publish

SECONDS = 30.0


@contextmanager
def manager(line: RunningLine) -> Iterator[AmiLink]:
    link = telephony.manager(line.house, Manager.HEALTH)
    link.start()
    try:
        assert link.connected.wait(SECONDS)
        yield link
    finally:
        link.close()


def front_of(line: RunningLine, link: AmiLink) -> str:
    """The front that new calls come to now, as Asterisk has it."""
    return link.action("Getvar", Variable="IVR_FRONT").get("Value", "")


def until_there(line: RunningLine, other_than: str = "") -> str:
    """Wait until Asterisk has a front, another one than before."""
    deadline = time.monotonic() + SECONDS
    with manager(line) as link:
        while (front := front_of(line, link)) in ("", other_than):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    return front


def known(line: RunningLine, language: Language, number: Msisdn | None = None) -> Msisdn:
    """A caller who has rung before."""
    number = number or line.number()
    with line.call(number) as caller:
        caller.language = language
        caller.press(KEY_OF[language])
        caller.hears("menu.main.account")
    return number


def record(line: RunningLine, number: str, calls: int = 2, outcome: str = "") -> Record:
    """The last of so many calls of a number, as the journal has it when it is over, so."""
    deadline = time.monotonic() + SECONDS
    while True:
        found = [each for each in line.house.store.journal.newest(200) if each.caller == number]
        is_over = len(found) == calls and all(each.ended for each in found)
        if is_over and outcome in ("", found[0].outcome):
            return found[0]
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def is_of_the_front(record: Record) -> bool:
    """Asterisk tells in whole seconds when a call began; a worker looks at the clock."""
    return record.started.microsecond == 0


def test_advice_needs_nobody_and_is_in_the_journal(line: RunningLine, language: Language) -> None:
    number = known(line, language)
    with line.call(number) as caller:
        caller.language = language
        caller.hears("language.greeting")
        caller.hears("menu.main.account")
        caller.press("5")
        caller.hears("menu.advice.money")
        caller.press("2")
        caller.hears("menu.advice.handset-data")
        caller.press("3")
        caller.hears("advice.roaming", 60)
    found = record(line, number)
    assert is_of_the_front(found)
    assert [(step.node, step.key) for step in found.path] == [
        ("main", "5"),
        ("advice", "2"),
        ("advice-phone", "3"),
    ]
    assert (found.goals, found.outcome, found.language) == (
        ("advice/roaming",),
        "hung-up",
        language,
    )
    seconds = [step.at for step in found.path]
    assert seconds == sorted(seconds)
    assert found.seconds is not None
    assert 0 < seconds[-1] <= found.seconds < 90


def test_a_whole_path_is_keyed_ahead_and_ends_at_a_worker(
    line: RunningLine, language: Language
) -> None:
    number = known(line, language)
    with line.call(number) as caller:
        caller.language = language
        caller.press("5232")
        caller.hears("message.sent", 60, number=number)
    found = record(line, number)
    assert [step.key for step in found.path] == ["5", "2", "3", "2"]
    assert is_of_the_front(found)


def test_options_are_said_on_silence_and_a_key_among_them_counts(line: RunningLine) -> None:
    number = known(line, Language.RUSSIAN)
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.press("523")
        caller.hears("advice.roaming", 60)
        caller.hears("after.topic")
        caller.press("1")
        caller.hears("advice.roaming", 30)
        caller.press("9")
        caller.hears("advice.roaming", 30)
    found = record(line, number)
    assert [step.key for step in found.path] == ["5", "2", "3", "1", "9"]


def test_silence_and_wrong_keys_have_the_same_words(line: RunningLine, language: Language) -> None:
    number = known(line, language)
    with line.call(number) as caller:
        caller.language = language
        caller.press("5")
        caller.hears("menu.advice.vip")
        caller.hears("noinput.1")
        caller.hears("menu.advice.money")
        caller.press("8")
        caller.hears("nomatch.1")
        caller.press("3")
        caller.hears("advice.vip", 60)
    path = [(step.node, step.key) for step in record(line, number).path]
    assert path == [
        ("main", "5"),
        ("advice", "noinput"),
        ("advice", "nomatch"),
        ("advice", "3"),
    ]


@pytest.mark.parametrize(("key", "heard"), [("9", "menu.info.news"), ("#", "nomatch.1")])
def test_a_fixed_key_means_what_it_always_does(line: RunningLine, key: str, heard: str) -> None:
    number = known(line, Language.RUSSIAN)
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.press("3")
        caller.hears("menu.info.services")
        caller.press(key)
        caller.hears(heard)
        caller.press("*")
        caller.hears("menu.main.account")
        caller.press("0")
        caller.hears("agent.transfer")


def test_items_of_a_list_go_on(line: RunningLine, language: Language) -> None:
    with line.call(known(line, language)) as caller:
        caller.language = language
        caller.press("32")
        caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))
        caller.hears("info.next")
        caller.press("#")
        caller.hears("info.tariff", 60, tariff="tariff.duet", fee=Money(1500))


def test_another_language_is_chosen_and_known_from_then_on(line: RunningLine) -> None:
    number = known(line, Language.TURKMEN)
    with line.call(number) as caller:
        caller.language = Language.TURKMEN
        caller.hears("menu.main.account")
        caller.press("*")
        caller.hears("language.press", language=Language.RUSSIAN, press=2)
        caller.press("2")
        caller.hears("menu.main.account", language=Language.RUSSIAN)
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.hears("language.greeting")
    assert is_of_the_front(record(line, number, calls=3))


def test_who_needs_identification_gets_it(line: RunningLine, language: Language) -> None:
    number = line.subscriber()
    known(line, language, number)
    with line.call(number) as caller:
        caller.language = language
        caller.hears("menu.main.account")
        caller.press("1")
        caller.hears("identify.number.own")
        caller.press("#")
        caller.proves()
        caller.hears("menu.account.balance")
        caller.press("1")
        caller.hears("account.balance", 40, balance=Money(4530))
    assert record(line, number).goals == ("account/balance",)


def test_menus_and_information_go_on_though_the_whole_line_is_killed(
    folder: Path, language: Language
) -> None:
    """Its workers, its supervisor, and what beside them tells of its health."""
    with asterisk_alone(folder / "home", front=True) as line, line_process(line) as process:
        number = known(line, language)
        until_there(line)
        with line.call(number) as caller:
            caller.language = language
            caller.press("5")
            caller.hears("menu.advice.money")
            kill_line(process)
            caller.press("2")
            caller.hears("menu.advice.handset-data")
            caller.press("3")
            caller.hears("advice.roaming", 60)
            caller.press("0")
            caller.hears("dialplan.failure", 60)
            caller.hears("dialplan.nobody", 40)
        with line.call(number) as caller:
            caller.language = language
            caller.hears("language.greeting")
            caller.press("51")
            caller.hears("menu.advice.payment")
        with line_process(line):
            found = record(line, number)
        assert is_of_the_front(found)
        assert [step.key for step in found.path] == ["5", "1"]


def test_what_is_live_is_heard_within_seconds(folder: Path) -> None:
    """An announcement that is set, and a release that is published, while callers are there."""
    language = Language.TURKMEN
    with asterisk_alone(folder / "home", front=True) as line, line_process(line):
        house = line.house
        number = known(line, language)
        first = until_there(line)
        with line.call(number) as inside:
            inside.language = language
            inside.hears("menu.main.account")
            words = dict.fromkeys(Language, "Tor abatlanýar.")
            now = house.clock.now()
            house.store.announcements.set(Announcement(words, now + timedelta(hours=1)), now)
            announced = until_there(line, first)
            line.words = words_of(house)
            inside.press("3")
            inside.hears("menu.info.news", 60)
            with line.call(number) as caller:
                caller.language = language
                caller.hears("language.greeting")
                caller.hears("menu.main.account", 60)
            assert "tor abatlanýar" in caller.transcript.lower()
            inside.press("1")
            inside.hears("info.next", 90)
        flow = folder / "flow.yaml"
        text = house.folder.flow_file.read_text()
        news, tariffs = "to: info-news}", "to: info-tariffs}"
        flow.write_text(text.replace(news, "?").replace(tariffs, news).replace("?", tariffs))
        publish(house, flow)
        until_there(line, announced)
        with line.call(number) as caller:
            caller.language = language
            caller.press("31")
            caller.hears("info.tariff", 60, tariff="tariff.oba", fee=Money(500))


def test_known_callers_count_among_those_that_are_too_many(
    folder: Path, language: Language
) -> None:
    with asterisk_alone(folder / "home", front=True, max_calls=1) as line, line_process(line):
        number, other = known(line, language), known(line, language)
        until_there(line)
        with line.call(number) as first:
            first.language = language
            first.hears("menu.main.account")
            with line.call(other) as second:
                second.hears("dialplan.busy", language=language)
                second.language = language
                second.hears("callback.nobody")  # there is no agent: a worker has him
            found = record(line, other, outcome="hung-up")
            assert (found.reason, found.language) == ("overload", language)
            first.press("1")  # who is inside stays inside, whoever answers
            first.hears("identify.number.own")


def test_more_than_are_told_so_are_not_answered(folder: Path) -> None:
    with (
        asterisk_alone(folder / "home", front=True, max_calls=1, max_told=1) as line,
        line_process(line),
    ):
        number, told, refused = (known(line, Language.RUSSIAN) for _ in range(3))
        until_there(line)
        with line.call(number) as first:
            first.language = Language.RUSSIAN
            first.hears("menu.main.account")
            with (
                line.call(told) as second,
                line.phone(Account(refused, line.settings.sip_bind)) as third,
            ):
                third.dial("0890")
                third.wait_for("CALL_CLOSED", 10)
                assert third.status == 503
                second.hears("dialplan.busy", language=Language.RUSSIAN)
            first.press("1")
            first.hears("identify.number.own")
        assert record(line, told).reason == "overload"
        record(line, refused, calls=1)  # that of before
        deadline = time.monotonic() + SECONDS
        while value(figures(line), "ivr_calls_refused_total", reason="unanswered") != 1.0:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_without_a_front_a_worker_asks_everything(folder: Path) -> None:
    with asterisk_alone(folder / "home") as line, line_process(line):
        number = known(line, Language.ENGLISH)
        with line.call(number) as caller:
            caller.language = Language.ENGLISH
            caller.hears("language.greeting")
            caller.press("5")
            caller.hears("menu.advice.money")
        found = record(line, number)
        assert not is_of_the_front(found)
        with manager(line) as link:
            assert front_of(line, link) == ""
