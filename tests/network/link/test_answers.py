"""What a message centre says that is not the answer, or too late."""

from __future__ import annotations

import struct

import pytest

from ivr.domain.messages import NotEver, Taken
from ivr.errors import TemporarilyUnavailable
from ivr.network.pdu import RESPONSE, Command, Pdu, Status, text
from ivr.network.smpp import Address, SmppCentre
from ivr.simulators.smsc import SmscSimulator
from tests.network.link.centres import PASSWORD, Noted, Scripted, impatient, message, send
from tests.waiting import pause


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
