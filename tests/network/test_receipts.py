"""Receipts as message centres write them, and what is none."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.receipts import KnownPart, meant
from ivr.domain.messages import DeliveryReceipt
from ivr.domain.values import Msisdn
from ivr.network.pdu import Delivery, option, read_data, read_deliver, read_options, text
from ivr.network.receipts import read_receipt

PHONE, OTHER = Msisdn("99365123456"), Msisdn("99361000000")
NAMED, STATE, PAYLOAD = 0x001E, 0x0427, 0x0424
DATES = "submit date:2611291200 done date:2611291201"
PLAIN = f"id:0000002A sub:001 dlvrd:001 {DATES} stat:DELIVRD err:000 text:Salam"


@dataclass(frozen=True)
class Sent:
    """A receipt as it stands in a deliver_sm."""

    words: bytes = b""
    options: dict[int, bytes] = field(default_factory=dict)
    esm_class: int = 0x04
    coding: int = 0
    source: str = PHONE
    number: str = "0890"

    @property
    def body(self) -> bytes:
        fields = (
            text("") + b"\1\1" + text(self.source) + b"\0\1" + text(self.number),
            bytes((self.esm_class, 0, 0)) + text("") + text(""),
            bytes((0, 0, self.coding, 0, len(self.words))) + self.words,
            b"".join(option(tag, value) for tag, value in self.options.items()),
        )
        return b"".join(fields)


def said(words: str, **others: object) -> Sent:
    return replace(Sent(words.encode("latin-1")), **others)  # type: ignore[arg-type]


def told(name: bytes, state: bytes, **others: object) -> Sent:
    return replace(Sent(options={NAMED: name, STATE: state}), **others)  # type: ignore[arg-type]


WIDE = PLAIN.encode("utf-16-be")
ARRIVED = {
    "as in appendix B": said(PLAIN),
    "appendix B with seconds and zones": said(PLAIN.replace("2611291200", "261129120000000+")),
    "capitals": said(PLAIN.upper()),
    "small letters": said(PLAIN.lower()),
    "a space after each colon": said(PLAIN.replace(":", ": ")),
    "spaces on both sides": said(PLAIN.replace(":", " : ")),
    "two words only": said("id:0000002A stat:DELIVRD"),
    "the state first": said("stat:DELIVRD id:0000002A"),
    "commas": said("id:0000002A,sub:001,dlvrd:001,stat:DELIVRD,err:000"),
    "semicolons": said("id:0000002A;stat:DELIVRD;err:000"),
    "lines": said("id:0000002A\r\nstat:DELIVRD\r\nerr:000"),
    "equal signs": said("id=0000002A stat=DELIVRD"),
    "quotes": said('id:"0000002A" stat:"DELIVRD"'),
    "an object": said('{"id":"0000002A","stat":"DELIVRD"}'),
    "other names of the fields": said("message_id:0000002A status:DELIVERED"),
    "a prefix": said("Delivery receipt: msgid:0000002A stat:DELIVRD"),
    "a long word": said("id:0000002A stat:Delivered"),
    "the state as a number": said("id:0000002A stat:002"),
    "zero bytes at the end": said(PLAIN + "\0\0"),
    "no fields in between": said("id:0000002A submit date:261129 done date:261129 stat:DELIVRD"),
    "the text in message_payload": Sent(options={PAYLOAD: PLAIN.encode()}),
    "UCS-2": Sent(WIDE, coding=8),
    "UCS-2 that is not said": Sent(WIDE),
    "UCS-2 with a mark": Sent(b"\xfe\xff" + WIDE, coding=8),
    "UCS-2 of small ends": Sent(PLAIN.encode("utf-16-le"), coding=8),
    "UCS-2 of small ends, marked": Sent(b"\xff\xfe" + PLAIN.encode("utf-16-le")),
    "UCS-2 that is said and is not": said(PLAIN, coding=8),
    "UCS-2 in message_payload": Sent(options={PAYLOAD: WIDE}, coding=8),
    "Latin-1": said(PLAIN + " ý", coding=3),
    "a header before the text": Sent(b"\5\0\3\7\1\1" + PLAIN.encode(), esm_class=0x44),
    "optional fields alone": told(b"0000002A\0", b"\2"),
    "the name without its end": told(b"0000002A", b"\2"),
    "a state of four octets": told(b"0000002A\0", b"\0\0\0\2"),
    "optional fields, and esm_class 0": told(b"0000002A\0", b"\2", esm_class=0),
    "the name in a field, the state in the text": replace(
        said(PLAIN), options={NAMED: b"0000002A"}
    ),
    "the state in a field, the name in the text": replace(
        said("id:0000002A stat:"), options={STATE: b"\2"}
    ),
    "fields of a vendor": Sent(
        PLAIN.encode(), {0x1454: b"\1\2\3", NAMED: b"0000002A\0", 0x1400: b"", STATE: b"\2"}
    ),
    "fields against the text": replace(
        said(PLAIN.replace("DELIVRD", "UNDELIV")), options={NAMED: b"0000002A\0", STATE: b"\2"}
    ),
    "a state that is none, and the text": replace(said(PLAIN), options={STATE: b"\0"}),
    "a phone's own acknowledgement": said(PLAIN, esm_class=0x08),
    "an intermediate notification with a final state": said(PLAIN, esm_class=0x20),
    "modes and reply path set too": said(PLAIN, esm_class=0x87),
}


@pytest.mark.parametrize("sent", ARRIVED.values(), ids=ARRIVED)
def test_a_receipt_that_the_phone_has_it_is_read_in_every_form(sent: Sent) -> None:
    receipt = read_receipt(read_deliver(sent.body))
    assert receipt is not None
    known = [KnownPart(1, 0, "0000002A", PHONE, datetime.now(UTC))]
    assert (receipt.has_arrived, meant(receipt, known)) == (True, known[0])


@pytest.mark.parametrize(
    "word",
    [
        *("EXPIRED", "DELETED", "UNDELIV", "REJECTD", "Undeliverable", "rejected", "FAILED"),
        *("UNDELIVERED", "SKIPPED", "3", "005", "8"),
    ],
)
def test_a_lost_message_is_told_in_many_words(word: str) -> None:
    receipt = read_receipt(read_deliver(said(f"id:7 stat:{word} err:0").body))
    assert receipt is not None
    assert not receipt.has_arrived


@pytest.mark.parametrize("state", [3, 4, 5, 8, 9])
def test_a_lost_message_is_told_in_a_field(state: int) -> None:
    receipt = read_receipt(read_deliver(told(b"7\0", bytes((state,))).body))
    assert receipt is not None
    assert not receipt.has_arrived


NOTHING_FINAL = {
    "under way": said("id:7 stat:ENROUTE"),
    "accepted": said("id:7 stat:ACCEPTD"),
    "scheduled": said("id:7 stat:SCHEDULED"),
    "unknown": said("id:7 stat:UNKNOWN"),
    "a word of a vendor": said("id:7 stat:BUFFRED"),
    "under way, in a field": told(b"7\0", b"\1"),
    "accepted, in a field": told(b"7\0", b"\6"),
    "unknown, in a field": told(b"7\0", b"\7"),
    "a vendor's state, in a field": told(b"7\0", b"\xf0"),
    "no name": said("stat:DELIVRD"),
    "an empty name": told(b"\0", b"\2"),
    "no state": said("id:7"),
    "nothing": said(""),
    "a text from a phone": said(PLAIN, esm_class=0),
    "a text from a phone with a reply path": said(PLAIN, esm_class=0x80),
    "a header that is longer than the text": Sent(b"\xff\0", esm_class=0x44),
}


@pytest.mark.parametrize("sent", NOTHING_FINAL.values(), ids=NOTHING_FINAL)
def test_what_is_not_final_or_no_receipt_settles_nothing(sent: Sent) -> None:
    assert read_receipt(read_deliver(sent.body)) is None


def test_a_receipt_in_data_sm_is_read() -> None:
    body = text("") + b"\1\1" + text(PHONE) + b"\0\1" + text("0890") + b"\4\0\0"
    for fields in (
        option(NAMED, b"7\0") + option(STATE, b"\2"),
        option(PAYLOAD, b"id:7 stat:DELIVRD"),
    ):
        receipt = read_receipt(read_data(body + fields))
        assert receipt is not None
        assert (receipt.names[0], receipt.has_arrived) == ("7", True)


@pytest.mark.parametrize(
    ("taken", "receipt"),
    [
        ("0000000002", "2"),
        ("2", "0000000002"),
        ("0000002A", "2a"),
        ("2a", "0000002A"),
        ("2A", "42"),
        ("0000002A", "0000000042"),
        ("42", "2A"),
        ("0000000042", "2a"),
        ("2a", "0x2A"),
        ("0x2A", "42"),
        ("6f9619ff-8b86-d011-b42d-00c04fc964ff", "6F9619FF-8B86-D011-B42D-00C04FC964FF"),
        ("FFFFFFFF", "4294967295"),
        ("0", "0000"),
    ],
)
def test_a_name_is_known_in_other_spellings(taken: str, receipt: str) -> None:
    told = read_receipt(read_deliver(said(f"id:{receipt} stat:DELIVRD").body))
    assert told is not None
    assert meant(told, [KnownPart(1, 0, taken, PHONE, datetime.now(UTC))]) is not None


@pytest.mark.parametrize(
    "addresses",
    [
        (PHONE, "0890"),
        ("+99365123456", "0890"),
        ("0099365123456", "0890"),
        ("65123456", "0890"),
        ("865123456", "0890"),
        ("0890", PHONE),
    ],
)
def test_of_two_parts_of_one_name_that_of_the_number_is_meant(addresses: tuple[str, str]) -> None:
    source, number = addresses
    told = read_receipt(read_deliver(said("id:10 stat:DELIVRD", source=source, number=number).body))
    assert told is not None
    now = datetime.now(UTC)
    exact, hexadecimal = KnownPart(1, 0, "10", OTHER, now), KnownPart(2, 0, "A", PHONE, now)
    assert meant(told, [exact, hexadecimal]) == hexadecimal
    assert meant(told, [exact]) == exact


def test_a_part_of_another_number_is_not_meant_by_another_spelling() -> None:
    receipt = DeliveryReceipt(("10", "A"), (PHONE,), True)
    assert meant(receipt, [KnownPart(1, 0, "A", OTHER, datetime.now(UTC))]) is None


def test_of_two_parts_with_one_name_the_newest_is_meant() -> None:
    now = datetime.now(UTC)
    parts = [KnownPart(1, 0, "7", PHONE, now - timedelta(days=9)), KnownPart(2, 0, "7", PHONE, now)]
    assert meant(DeliveryReceipt(("7",), (PHONE,), True), parts) == parts[1]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    read_options(data)
    for read in (read_deliver, read_data):
        try:
            delivery = read(data)
        except ValueError:
            continue
        read_receipt(delivery)


@given(st.binary(max_size=300), st.sampled_from([0x04, 0x44, 0x00]), st.sampled_from([0, 8]))
def test_no_text_breaks_the_reader(data: bytes, esm_class: int, coding: int) -> None:
    options = {NAMED: data[:5], STATE: data[5:7], PAYLOAD: data[7:]}
    read_receipt(Delivery("1", "2", esm_class, coding, data, options))
    read_receipt(Delivery("1", "2", esm_class, coding, b"", options))


def test_a_field_that_is_cut_short_ends_the_list() -> None:
    whole = option(NAMED, b"7\0")
    assert read_options(whole + struct.pack(">HH", STATE, 9) + b"\2") == {NAMED: b"7\0"}
