"""What a browser phone may send, message by message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.web.desk.sip import LONGEST, METHODS, Rate, refusal

SEAT = "seat-01"


def message(
    method: str = "REGISTER",
    user: str = SEAT,
    to: str = f"<sip:{SEAT}@ivr>",
    cseq: str = "",
    more: str = "",
) -> str:
    return (
        f"{method} sip:ivr SIP/2.0\r\nVia: SIP/2.0/WS a.invalid;branch=z9hG4bK1\r\n"
        f"From: <sip:{user}@ivr>;tag=1\r\nTo: {to}\r\nCall-ID: 1\r\n"
        f"CSeq: 1 {cseq or method}\r\n{more}\r\n"
    )


AUTHORIZED = 'Authorization: Digest username="{}", realm="asterisk", nonce="1"\r\n'


@pytest.mark.parametrize(
    "text",
    [
        message(),
        message(more=AUTHORIZED.format(SEAT)),
        message("INVITE", to="<sip:0890@ivr>"),
        message("BYE", "x9dk2", to="<sip:99365000001@ivr>;tag=2"),
        message(to=f'"Gözel, \\"sip:seat-02@ivr\\"" <sip:{SEAT}@ivr>'),
        message("INVITE", "x9dk2").replace("INVITE sip:ivr SIP/2.0", "SIP/2.0 200 OK"),
        "\r\n\r\n",
        "\r\n",
    ],
)
def test_what_a_phone_needs_passes(text: str) -> None:
    assert refusal(text, SEAT) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (message(user="seat-02"), "not the seat"),
        (message(user="agent1"), "not the seat"),
        (message(to="<sip:seat-02@ivr>"), "not the seat"),
        (message(more=AUTHORIZED.format("seat-02")), "not the seat"),
        (message(more="Proxy-Authorization: Digest realm=1\r\n"), "not the seat"),
        (message("INVITE", "seat-02", to="<sip:0890@ivr>"), "not the seat"),
        (message("MESSAGE"), "method"),
        (message("REFER"), "method"),
        (message("SUBSCRIBE"), "method"),
        (message(cseq="INVITE"), "method"),
        (message(more="From: <sip:seat-02@ivr>\r\n"), "fields"),
        (message(more="f: <sip:seat-02@ivr>\r\n"), "fields"),
        (message(more="X-More: a\r\n and its next line\r\n"), "fields"),
        (message().replace("Call-ID: 1\r\n", ""), "fields"),
        ("GET / HTTP/1.1\r\nFrom: a\r\nTo: b\r\nCall-ID: 1\r\nCSeq: 1 GET\r\n\r\n", "not SIP"),
        (message().replace("\r\n", "\n"), "not SIP"),
        (message(more=f"X-Long: {'a' * LONGEST}\r\n"), "too long"),
    ],
)
def test_what_it_may_not_send_is_refused(text: str, why: str) -> None:
    assert refusal(text, SEAT) == why


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    refusal(text, SEAT)


@given(st.sampled_from(sorted(METHODS)), st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True))
def test_no_new_request_speaks_for_another_seat(method: str, user: str) -> None:
    refused = refusal(message(method, user, to=f"<sip:{user}@ivr>"), SEAT)
    assert (refused is None) == (user == SEAT)


def test_a_burst_passes_and_a_flood_does_not() -> None:
    rate = Rate(burst=3, a_second=1)
    assert [rate.allows(0.0) for _ in range(4)] == [True, True, True, False]
    assert [rate.allows(at) for at in (1.0, 1.0, 9.0)] == [True, False, True]
