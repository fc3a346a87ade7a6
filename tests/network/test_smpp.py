"""The link to a message centre, over real TCP, with a centre that fails in every way."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.domain.messages import DeliveryReceipt, Message, MessageState, NotEver, NotNow, Taken, Why
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network import smpp
from ivr.network.pdu import RESPONSE, Command, Pdu, Status, text
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscBehaviour, SmscSimulator
from tests.waiting import pause

NUMBER = Msisdn("99365123456")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PASSWORD = "wellkept"


def message(body: str, id: int = 1) -> Message:
    return Message(id, f"order:{id}", NUMBER, body, MessageState.WAITING, NOW, NOW)


class Noted:
    """Receipts as they came."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bool]] = []
        self.is_down = False

    def __call__(self, receipt: DeliveryReceipt) -> None:
        if self.is_down:
            raise TemporarilyUnavailable("database")
        self.told.append((receipt.names[0], receipt.has_arrived))


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def smsc(tmp_path: Path) -> Iterator[SmscSimulator]:
    simulator = SmscSimulator(tmp_path / "smsc.sqlite", password=PASSWORD)
    simulator.start()
    yield simulator
    simulator.close()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause; a centre that answers has all the time that a busy machine needs."""
    monkeypatch.setattr(smpp, "DEADLINE", 30.0)
    monkeypatch.setattr(smpp, "PATIENCE", 30.0)
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.0)


@contextmanager
def impatient() -> Iterator[None]:
    """A deadline that a test can wait for, where no answer comes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smpp, "DEADLINE", 0.3)
        patch.setattr(smpp, "PATIENCE", 0.3)
        yield


@pytest.fixture
def centre(smsc: SmscSimulator, quick: None) -> Iterator[SmppCentre]:
    made = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), PASSWORD, "0890")
    yield made
    made.close()


def send(centre: SmppCentre, body: str, noted: Noted, id: int = 1) -> list[object]:
    """Submit all parts of a text; answers what the centre says of each."""
    sent = message(body, id)
    return [centre.submit(sent, part, noted) for part in range(centre.parts(body))]


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


Answers = Callable[[Pdu], list[bytes]]


class Peer:
    """Somebody on the other end who answers as the test says."""

    def __init__(self, answers: Answers, first: Pdu | None) -> None:
        self._answers, self._first = answers, first
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[Pdu] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Peer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listener.close()

    def send(self, pdu: Pdu) -> None:
        self._link.sendall(pdu.raw)

    def _run(self) -> None:
        self._link, _ = self._listener.accept()
        with suppress(ConnectionError), self._link:
            while header := self._link.recv(16, socket.MSG_WAITALL):
                length, command, status, sequence = struct.unpack(">LLLL", header)
                body = self._link.recv(length - 16, socket.MSG_WAITALL) if length > 16 else b""
                pdu = Pdu(command, status, sequence, body)
                self.heard.append(pdu)
                if pdu.command == Command.BIND_TRANSCEIVER:
                    self.send(pdu.response(Status.OK, text("peer")))
                    if self._first:
                        self.send(self._first)
                elif pdu.command == Command.UNBIND:
                    return
                else:
                    for raw in self._answers(pdu):
                        self._link.sendall(raw)


Scripted = Callable[..., Peer]


@pytest.fixture
def scripted() -> Scripted:
    return lambda answers, first=None: Peer(answers, first)


def test_what_comes_before_the_answer_is_dealt_with(
    scripted: Scripted, quick: None, noted: Noted
) -> None:
    def answers(pdu: Pdu) -> list[bytes]:
        if pdu.command != Command.SUBMIT_SM:
            return []
        unknown = Pdu(0x0001_0203, 0, 70, b"??")
        enquiry = Pdu(Command.ENQUIRE_LINK, 0, 71)
        other = Pdu(Command.SUBMIT_SM | RESPONSE, 0, 4711, text("not ours"))
        # payload_type is no field of a response: the library does not expect it there.
        odd = pdu.response(Status.OK, text("ours") + b"\x00\x19\x00\x01\x00")
        return [each.raw for each in (unknown, enquiry, other, odd)]

    with scripted(answers) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        assert centre.submit(message("text"), 0, noted) == Taken("ours")
        centre.close()
    assert (Command.ENQUIRE_LINK | RESPONSE, 71) in [(p.command, p.sequence) for p in peer.heard]


def test_a_receipt_that_overtakes_the_answer_is_told_after_it(
    scripted: Scripted, quick: None, noted: Noted
) -> None:
    receipt = b"\0\1\1993\0\0\1\0\4\0\0\0\0\0\0\0\0" + b"\x12" + b"id:7A stat:DELIVRD"

    def answers(pdu: Pdu) -> list[bytes]:
        if pdu.command != Command.SUBMIT_SM:
            return []
        return [Pdu(Command.DELIVER_SM, 0, 9, receipt).raw, pdu.response(0, text("7A")).raw]

    with scripted(answers) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        assert centre.submit(message("text"), 0, noted) == Taken("7A")
        assert noted.told == []
        centre.attend(0.0, noted)
        assert noted.told == [("7A", True)]
        centre.close()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        struct.pack(">LLLL", 0xFFFFFFFF, 4, 0, 1),
        struct.pack(">LLLL", 3, 4, 0, 1),
        struct.pack(">LLLL", 40, 0x80000004, 0, 1),
        Pdu(Command.UNBIND, 0, 5).raw,
    ],
    ids=["http", "endless", "too-short", "cut-short", "unbind"],
)
def test_nonsense_ends_the_link_in_time(
    scripted: Scripted, quick: None, noted: Noted, raw: bytes
) -> None:
    with scripted(lambda _pdu: [raw]) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        with (
            impatient(),
            pytest.raises(TemporarilyUnavailable, match="the message centre cannot be used now"),
        ):
            centre.submit(message("text"), 0, noted)


def test_drops_of_an_answer_do_not_stretch_the_deadline(
    scripted: Scripted, quick: None, noted: Noted
) -> None:
    def answers(pdu: Pdu) -> list[bytes]:
        raw = pdu.response(Status.OK, text("name")).raw
        pause(0.2)
        return [raw[:3]]

    with scripted(answers) as peer:
        centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
        with impatient(), pytest.raises(TemporarilyUnavailable):
            centre.submit(message("text"), 0, noted)


def test_a_word_may_be_the_sender(smsc: SmscSimulator, quick: None, noted: Noted) -> None:
    centre = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), PASSWORD, "MTS")
    send(centre, "text", noted)
    centre.close()
    assert smsc.received()[0].source == "MTS"


def test_a_text_beyond_all_bounds_is_refused(centre: SmppCentre, noted: Noted) -> None:
    assert isinstance(centre.submit(message("a" * 153 * 256), 0, noted), NotEver)


class TestStrangersOfTheSimulator:
    """The built-in centre listens on loopback: any process of this machine may ring it."""

    def test_who_says_no_name_is_hung_up_on(self, tmp_path: Path) -> None:
        brisk = SmscSimulator(tmp_path / "smsc.sqlite", password=PASSWORD, patience=0.2)
        brisk.start()
        half = Pdu(Command.BIND_TRANSCEIVER, Status.OK, 1, text("ivr")).raw
        for sent in (b"", half[:3], half[:-2]):
            with socket.create_connection(("127.0.0.1", brisk.port), 30) as link:
                link.sendall(sent)
                assert link.recv(1) == b""
        brisk.close()

    def test_many_of_them_keep_nobody_out(self, smsc: SmscSimulator, noted: Noted) -> None:
        smsc.patience = 600
        links = [socket.create_connection(("127.0.0.1", smsc.port), 30) for _ in range(300)]
        centre = SmppCentre(Address("ivr", "127.0.0.1", smsc.port), PASSWORD, "0890")
        try:
            assert all(isinstance(each, Taken) for each in send(centre, "salam", noted))
            assert links[0].recv(1) == b""
        finally:
            centre.close()
            for link in links:
                link.close()


class TestWhatCentresSendByThemselves:
    """Requests that are not receipts, or cannot be read, and how they are answered."""

    @pytest.mark.parametrize(
        ("pdu", "answer"),
        [
            (Pdu(Command.DELIVER_SM, 0, 9, b"\0\1\1993\0"), (0x8000_0005, 0x02)),
            (Pdu(Command.DELIVER_SM, 0, 9, b""), (0x8000_0005, 0x02)),
            (Pdu(Command.DATA_SM, 0, 9, b"\0\1\1993\0\0\1\0\0\0\0"), (0x8000_0103, 0x00)),
            (Pdu(Command.DATA_SM, 0, 9, b"\0"), (0x8000_0103, 0x02)),
            (Pdu(0x0001_0203, 0, 9, b"??"), (0x8000_0000, 0x03)),
            (Pdu(Command.SUBMIT_SM, 0, 9, b"??"), (0x8000_0000, 0x03)),
            (Pdu(Command.ENQUIRE_LINK, 0, 9), (0x8000_0015, 0x00)),
        ],
        ids=["cut", "empty", "data", "data-cut", "unknown", "not-ours", "enquiry"],
    )
    def test_it_is_answered_and_the_link_goes_on(
        self, scripted: Scripted, quick: None, noted: Noted, pdu: Pdu, answer: tuple[int, int]
    ) -> None:
        with scripted(lambda sent: [sent.response(0, text("7A")).raw], pdu) as peer:
            centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
            centre.attend(0.1, noted)
            assert centre.submit(message("text"), 0, noted) == Taken("7A")
            centre.close()
        answers = [(each.command, each.status) for each in peer.heard if each.sequence == 9]
        assert answers == [answer]

    @pytest.mark.parametrize("command", [Command.ALERT_NOTIFICATION, Command.OUTBIND])
    def test_what_has_no_answer_gets_none(
        self, scripted: Scripted, quick: None, noted: Noted, command: Command
    ) -> None:
        with scripted(lambda sent: [], Pdu(command, 0, 9, b"\0\0\0")) as peer:
            centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
            centre.attend(0.1, noted)
            centre.close()
        assert [each for each in peer.heard if each.sequence == 9] == []

    @pytest.mark.parametrize(
        "answer",
        [
            lambda pdu: Pdu(RESPONSE, 0x03, 0),
            lambda pdu: Pdu(RESPONSE, 0x00, pdu.sequence),
            lambda pdu: pdu.nack(0x0B),
        ],
        ids=["number-0", "status-0", "status-0b"],
    )
    def test_a_nack_of_any_form_puts_the_message_off(
        self, scripted: Scripted, quick: None, noted: Noted, answer: Callable[[Pdu], Pdu]
    ) -> None:
        with scripted(lambda pdu: [answer(pdu).raw]) as peer:
            centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
            assert isinstance(centre.submit(message("text"), 0, noted), NotNow)
            centre.close()

    def test_the_answer_to_something_else_is_not_taken_for_ours(
        self, scripted: Scripted, quick: None, noted: Noted
    ) -> None:
        def answers(pdu: Pdu) -> list[bytes]:
            other = Pdu(Command.ENQUIRE_LINK | RESPONSE, 0, pdu.sequence)
            return [other.raw, pdu.response(0, text("7A")).raw]

        with scripted(answers) as peer:
            centre = SmppCentre(Address("ivr", "127.0.0.1", peer.port), "", "0890")
            assert centre.submit(message("text"), 0, noted) == Taken("7A")
            centre.close()
