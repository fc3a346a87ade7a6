"""What centres and strangers send by themselves."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.domain.messages import NotNow, Taken
from ivr.network.pdu import RESPONSE, Command, Pdu, Status, text
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscSimulator
from tests.network.link.centres import PASSWORD, Noted, Scripted, message, send


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
