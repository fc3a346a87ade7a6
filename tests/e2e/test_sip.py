"""Who may call what, asked on the wire, message by message."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.e2e.line import RunningLine
from tests.e2e.peer import Answer, Peer
from tests.waiting import until


@pytest.fixture
def peer(line: RunningLine) -> Iterator[Peer]:
    with Peer(line.settings) as peer:
        yield peer


@pytest.mark.parametrize("number", ["0890", "66300890", "99366300890", "+99366300890"])
def test_the_line_s_own_numbers_are_answered(peer: Peer, number: str) -> None:
    call = peer.invite(number)
    call.hang_up()
    assert call.status == 200


@pytest.mark.parametrize(
    "number",
    [
        *("0", "112", "08900", "99366300891", "61234567", "+79161234567", "0079161234567", "*97"),
        *("s", "call", "agents", "say", "line", "h", "i", "t", "agent1", "a b", "0890@from-agents"),
    ],
)
def test_any_other_number_is_not_found(peer: Peer, number: str) -> None:
    assert peer.invite(number.replace(" ", "%20").replace("@", "%40")).status == 404


def test_media_stays_on_the_configured_address(peer: Peer) -> None:
    call = peer.invite("0890")
    call.hang_up()
    assert call.status == 200
    sdp = call.text.partition("\r\n\r\n")[2]
    assert set(re.findall(r"IN IP4 (\S+)", sdp)) == {"127.0.0.1"}
    assert "candidate" not in sdp


STRANGER = "127.0.0.9"
"""An address of no trunk."""


@pytest.mark.parametrize("method", ["INVITE", "OPTIONS", "MESSAGE", "REGISTER"])
@pytest.mark.parametrize(
    "name", ["trunk", "trunk-from", "TRUNK", "agent1", "udp", "99361000000", "anonymous", "0890"]
)
def test_a_stranger_is_nobody_whatever_he_calls_himself(
    line: RunningLine, method: str, name: str
) -> None:
    media = "127.0.0.1" if method == "INVITE" else ""
    fields = {
        "From": f'"{name}" <sip:{name}@127.0.0.1>;tag=a',
        "Contact": f"<sip:{name}@127.0.0.1>",
        "P-Asserted-Identity": f"<sip:{name}@127.0.0.1>",
        "Authorization": f'Digest username="{name}", realm="asterisk", nonce="0", uri="sip:0890", '
        'response="0"',
    }
    with Peer(line.settings, STRANGER) as stranger:
        assert stranger.ask(method, "0890", fields, media).status in (401, 403)
    with Peer(line.settings) as peer:
        call = peer.invite("0890", {"From": f"<sip:{name}@127.0.0.1>;tag=a"})
        call.hang_up()
        assert call.status == (401 if name == "agent1" else 200)


def test_of_one_number_five_calls_are_answered_at_once(line: RunningLine) -> None:
    number, other = ({"From": f"<sip:{line.number()}@127.0.0.1>;tag=a"} for _ in range(2))
    with Peer(line.settings) as peer:
        calls = [peer.invite("0890", number) for _ in range(6)]
        calls.append(peer.invite("66300890", other))
        assert [call.status for call in calls] == [200] * 5 + [486, 200]
        calls[0].hang_up()
        again: list[Answer] = []

        def is_answered() -> bool:
            again.append(peer.invite("0890", number))
            return again[-1].status == 200

        until(is_answered)
        calls += again
        for call in calls[1:]:
            call.hang_up()


def test_a_number_is_the_same_however_it_is_written(line: RunningLine) -> None:
    number = line.number().removeprefix("993")
    forms = [
        number,
        *(f"{each}{number}" for each in ("8", "993", "+993", "00993", "810993", "000")),
    ]
    with Peer(line.settings) as peer:
        calls = [peer.invite("0890", {"From": f"<sip:{form}@127.0.0.1>;tag=a"}) for form in forms]
        for call in calls:
            call.hang_up()
    assert [call.status for call in calls] == [200] * 5 + [486] * 2


def test_withheld_numbers_are_not_taken_for_one(line: RunningLine) -> None:
    with Peer(line.settings) as peer:
        withheld = {"From": "<sip:anonymous@anonymous.invalid>;tag=a"}
        calls = [peer.invite("0890", withheld) for _ in range(7)]
        for call in calls:
            call.hang_up()
    assert [call.status for call in calls] == [200] * 7


@pytest.mark.parametrize("user", ["agent1", "trunk", "nobody"])
def test_nobody_registers_without_the_password(peer: Peer, user: str) -> None:
    fields = {"From": f"<sip:{user}@127.0.0.1>;tag=a", "To": f"<sip:{user}@127.0.0.1>"}
    assert peer.ask("REGISTER", user, fields).status in (401, 403, 404)


@pytest.mark.parametrize("method", ["OPTIONS", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"])
def test_nothing_else_is_done_for_a_caller(peer: Peer, method: str) -> None:
    """A message, a subscription, a transfer to somewhere else: none is taken."""
    fields = {"Refer-To": "<sip:112@127.0.0.1>", "Event": "presence"}
    status = peer.ask(method, "0890", fields).status
    assert status >= 400 or method == "OPTIONS"
