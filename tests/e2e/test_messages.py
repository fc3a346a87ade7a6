"""Text messages from the call to the phone: real calls, real SMPP, workers that die."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.domain.messages import MessageState
from ivr.domain.values import Language, Msisdn
from ivr.settings import Settings
from ivr.simulators.phones import Received
from ivr.simulators.smsc import LOOPBACK, SmscBehaviour, SmscSimulator
from ivr.speech.written import WrittenTexts
from ivr.system.hardening import die_with_parent
from tests.e2e.installation import environment, free_port
from tests.e2e.line import KEY_OF, PUK, RunningLine
from tests.e2e.test_bad_days import asterisk_alone, line_process
from tests.waiting import until

PASSWORD = "quayside"


@contextmanager
def part(settings: Settings, *command: str, **given: str) -> Iterator[subprocess.Popen[bytes]]:
    """A part of the installation in a process of its own, begun when it says so."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ivr", *command],
        env={**environment(settings), **given},
        stderr=subprocess.PIPE,
        preexec_fn=die_with_parent,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith(command[0].replace("-", " ").encode())
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGKILL)
        process.stderr.close()


def shown(line: RunningLine, number: Msisdn) -> Received:
    """The one text that a phone shows, by the built-in message centre.

    That the code word was set, by the test itself, is left out.
    """
    centre = SmscSimulator(line.settings.home / "smsc.sqlite")
    codeword = words(line).write(Language.TURKMEN, "sms.notice.codeword")

    def texts() -> list[Received]:
        return [each for each in centre.received(number) if each.words != codeword]

    until(lambda: bool(texts()))
    (received,) = texts()
    return received


def words(line: RunningLine) -> WrittenTexts:
    return WrittenTexts(line.container.folder.texts())


def test_advice_comes_as_a_text_message(line: RunningLine, language: Language) -> None:
    number = line.number()
    with line.call(number) as caller:
        caller.language = language
        caller.press(f"{KEY_OF[language]}5232")
        caller.hears("message.sent", 60, number=number)
        caller.hears("after.topic")
        caller.press("1")
        caller.hears("advice.roaming", 60)
    received = shown(line, number)
    assert received.words == words(line).write(language, "advice.roaming")
    assert received.source == "0890"


@pytest.mark.nightly
def test_the_settings_of_a_handset_come_as_a_text_message(line: RunningLine) -> None:
    number = line.number()
    line.container.store.callers.remember(number, Language.RUSSIAN)
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.press("5212")
        caller.hears("message.sent", 60, number=number)
        caller.hears("after.details")
    assert "APN: internet" in shown(line, number).words


@pytest.mark.nightly
def test_an_owner_is_warned_of_wrong_code_words(line: RunningLine) -> None:
    number, caller_number = line.subscriber(), line.number()
    with line.call(caller_number) as caller:
        caller.language = Language.ENGLISH
        caller.press(f"31{number.removeprefix('993')}")
        caller.hears("identify.read-back", 40, number=number)
        caller.press("1")
        for answer in ("identify.no-match", "identify.no-match", "identify.locked"):
            caller.hears("identify.codeword.enter", 60)
            caller.press("222222#")
            caller.hears(answer)
    # The owner reads it in the owner's own language.
    expected = words(line).write(Language.TURKMEN, "sms.warning", number=number)
    assert shown(line, number).words == expected


@pytest.mark.nightly
def test_an_owner_is_told_of_code_word_passport_puk_and_forwarding(line: RunningLine) -> None:
    number, friend = line.subscriber(), line.number()
    with line.call(friend) as caller:
        caller.language = Language.ENGLISH
        caller.press(f"31{number.removeprefix('993')}")
        caller.hears("identify.read-back", 40, number=number)
        caller.press("1")
        caller.proves("passport")
    with line.call(number) as caller:
        caller.language = Language.RUSSIAN
        caller.press("22#")
        caller.proves()
        caller.press("421")
        caller.hears("forwarding.number", 40)
        caller.press(friend.removeprefix("993"))
        caller.hears("forwarding.always.confirm", 40, number=friend)
        caller.hears("confirm")
        caller.press("1")
        caller.hears("change.modify.done", 30, service="service.forwarding")
        caller.press("1431")
        caller.hears("puk.read", 60, puk=PUK)
    write = words(line).write
    shown_number = write(Language.TURKMEN, "sms.notice.number", number=friend)
    expected = {
        write(Language.TURKMEN, f"sms.notice.{occasion}", targets=shown_number)
        for occasion in ("codeword", "passport", "forwarding", "puk")
    }
    centre = SmscSimulator(line.settings.home / "smsc.sqlite")
    until(lambda: len(centre.received(number)) >= len(expected))
    texts = [each.words for each in centre.received(number)]
    assert sorted(texts) == sorted(expected), "each once, in the owner's language"
    assert centre.received(friend) == []


@pytest.mark.nightly
def test_an_accepted_order_ends_as_a_message_though_centre_and_workers_die(
    folder: Path,
) -> None:
    """The network is down in the call, then back; the message centre hangs; its worker is killed;
    then a new worker sends it."""
    language = Language.RUSSIAN
    smsc = SmscSimulator(folder / "smsc.sqlite", password=PASSWORD, port=free_port())
    centre = {"smsc": f"smpp://ivr@{LOOPBACK}:{smsc.port}", "smsc_password": PASSWORD}
    with asterisk_alone(folder / "home", network_outage=True, **centre) as line:
        number = line.subscriber(balance=1000, codeword=False)
        with line_process(line), line.call(number) as caller:
            caller.language = language
            caller.press(f"{KEY_OF[language]}2#")
            caller.proves("passport")
            caller.press("3")
            caller.hears("services.is-off", service="service.waiting")
            caller.press("3")
            caller.hears("change.on.confirm", service="service.international")
            caller.press("1")
            caller.hears("change.on.accepted", service="service.international")
            caller.hears("change.promised")
        smsc.mood = SmscBehaviour.SILENT
        smsc.start()
        try:
            back = {"IVR_NETWORK_OUTAGE": "none"}
            with (
                part(line.settings, "network-simulator", **back),
                part(line.settings, "orders", **back),
                part(line.settings, "messages", "send") as worker,
            ):
                until(lambda: smsc.asked > 0)
                worker.kill()
                worker.wait()
            smsc.mood = SmscBehaviour.TAKES
            outbox = line.container.store.outbox
            (waiting,) = outbox.newest(9, number)
            assert waiting.state is MessageState.WAITING
            outbox.later(waiting.id, outbox.now(), "its worker died")  # not to wait for its claim
            with part(line.settings, "messages", "send"):
                until(lambda: bool(smsc.received(number)))
                until(lambda: outbox.newest(9, number)[0].state is MessageState.DELIVERED)
        finally:
            smsc.close()
        (received,) = smsc.received(number)
        write = words(line).write
        assert received.words.split("\n") == [
            write(language, "sms.order.done"),
            write(language, "sms.order.change.on", service="service.international"),
        ]
