"""Text messages over SMPP: what is sent and what the centre answers."""

from __future__ import annotations

import logging

import pytest

from ivr.domain.messages import NotEver, NotNow, Taken, Why
from ivr.errors import TemporarilyUnavailable
from ivr.network import smpp
from ivr.network.pdu import RESPONSE, Command, Pdu
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscBehaviour, SmscSimulator
from tests.network.link.centres import NUMBER, PASSWORD, Noted, Scripted, impatient, message, send


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("Done. MMS messages: on. 45.30 manat [€]", 1),
        ("Islegiňiz ýerine ýetirildi. MMS habarlary birikdirildi.", 1),
        ("Заявка выполнена. " * 20, 6),
        ("Your order is done. " * 20, 3),
        ("🙂 şol" * 40, 4),
    ],
)
def test_a_phone_shows_what_was_sent(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted, body: str, parts: int
) -> None:
    answers = send(centre, body, noted)
    assert [type(answer) for answer in answers] == [Taken] * parts
    (shown,) = smsc.received(NUMBER)
    assert (shown.words, shown.source, shown.parts) == (body, "0890", parts)
    assert smsc.received("99361000000") == []


def test_receipts_are_told_by_the_centre_s_own_names(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted
) -> None:
    first = centre.submit(message("one"), 0, noted)
    smsc.arrives = False
    second = centre.submit(message("two", 2), 0, noted)
    centre.attend(0.2, noted)
    assert isinstance(first, Taken)
    assert isinstance(second, Taken)
    assert noted.told == [(first.name, True), (second.name, False)]


def test_a_receipt_that_cannot_be_noted_is_not_acknowledged(
    scripted: Scripted, quick: None, noted: Noted
) -> None:
    noted.is_down = True
    receipt = b"\0\1\1993\0\0\1\0\4\0\0\0\0\0\0\0\0" + b"\x12" + b"id:7A stat:DELIVRD"
    with scripted(lambda _pdu: [], Pdu(Command.DELIVER_SM, 0, 9, receipt)) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        centre.attend(0.2, noted)
        noted.is_down = False
        peer.send(Pdu(Command.DELIVER_SM, 0, 10, receipt))
        centre.attend(0.2, noted)
        centre.close()
    answers = [pdu for pdu in peer.heard if pdu.command == Command.DELIVER_SM | RESPONSE]
    assert [(pdu.sequence, pdu.status) for pdu in answers] == [(9, 0x64), (10, 0)]
    assert noted.told == [("7A", True)]


def test_throttling_is_for_now_and_a_refusal_for_ever(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted
) -> None:
    smsc.mood = SmscBehaviour.THROTTLES
    busy = centre.submit(message("text"), 0, noted)
    smsc.mood = SmscBehaviour.REFUSES
    never = centre.submit(message("text"), 0, noted)
    smsc.refusal = 0x0A
    setting = centre.submit(message("text"), 0, noted)
    smsc.mood = SmscBehaviour.NACKS
    nacked = centre.submit(message("text"), 0, noted)
    assert isinstance(busy, NotNow)
    assert busy.why is Why.BUSY
    assert never == NotEver("the message centre answers 0x0b: it does not know the number")
    assert isinstance(setting, NotNow)
    assert (setting.why, "check IVR_SMSC_SOURCE" in setting.reason) == (Why.SETTING, True)
    assert isinstance(nacked, NotNow)
    assert nacked.why is Why.OTHER
    assert smsc.received() == []
    assert smsc.binds == 1


def test_a_centre_that_takes_the_link_for_unbound_gets_a_new_one(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)
    smsc.mood, smsc.refusal = SmscBehaviour.REFUSES, 0x04
    with pytest.raises(TemporarilyUnavailable, match="not bound"):
        centre.submit(message("text"), 0, noted)
    smsc.mood = SmscBehaviour.TAKES
    assert isinstance(centre.submit(message("text"), 0, noted), Taken)
    assert smsc.binds == 2


def test_a_centre_that_gives_no_name_has_taken_the_message(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted
) -> None:
    smsc.mood = SmscBehaviour.NAMELESS
    assert centre.submit(message("text"), 0, noted) == Taken("")
    assert len(smsc.received(NUMBER)) == 1


@pytest.mark.parametrize("mood", [SmscBehaviour.SILENT, SmscBehaviour.DROPS, SmscBehaviour.FORGETS])
def test_no_answer_is_unavailable_and_the_link_is_made_anew(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted, mood: SmscBehaviour
) -> None:
    centre.attend(0.0, noted)
    smsc.mood = mood
    with impatient(), pytest.raises(TemporarilyUnavailable):
        centre.submit(message("text"), 0, noted)
    smsc.mood = SmscBehaviour.TAKES
    assert isinstance(centre.submit(message("text"), 0, noted), Taken)
    assert smsc.binds == 2


def test_a_late_answer_within_the_deadline_is_an_answer(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted
) -> None:
    smsc.mood, smsc.delay = SmscBehaviour.LATE, 0.1
    assert isinstance(centre.submit(message("text"), 0, noted), Taken)


def test_a_slow_centre_is_waited_for_longer_with_a_message_than_with_anything_else(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.attend(0, noted)
    monkeypatch.setattr(smpp, "DEADLINE", 0.01)
    monkeypatch.setattr(smpp, "PATIENCE", 30.0)
    smsc.mood, smsc.delay = SmscBehaviour.LATE, 0.2
    assert isinstance(centre.submit(message("text"), 0, noted), Taken)
    assert (smsc.asked, len(smsc.received(NUMBER))) == (1, 1)


def test_a_wrong_password_is_said(smsc: SmscSimulator, quick: None, noted: Noted) -> None:
    centre = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), "another", "0890")
    with pytest.raises(TemporarilyUnavailable, match=r"\(0x0d\): the name in IVR_SMSC or"):
        centre.attend(0, noted)


def test_a_centre_that_is_not_there_is_not_asked_at_every_turn(
    smsc: SmscSimulator, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 30.0)
    smsc.close()
    centre = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), PASSWORD, "0890")
    with pytest.raises(TemporarilyUnavailable, match="refused"):
        centre.attend(0, noted)
    smsc.start()
    with pytest.raises(TemporarilyUnavailable, match="next try in some seconds"):
        centre.attend(0, noted)
    assert smsc.binds == 0


def test_a_quiet_link_is_asked_after_and_a_dead_one_found(
    centre: SmppCentre, smsc: SmscSimulator, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smpp, "QUIET", 0.05)
    centre.attend(0.3, noted)
    smsc.mood = SmscBehaviour.SILENT
    with impatient(), pytest.raises(TemporarilyUnavailable):
        centre.attend(1, noted)


def test_neither_password_nor_text_is_logged(
    centre: SmppCentre, noted: Noted, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    centre.submit(message("a body of nobody else"), 0, noted)
    for hidden in (PASSWORD, "a body of nobody else", NUMBER):
        assert hidden not in caplog.text
        assert hidden.encode().hex() not in caplog.text
