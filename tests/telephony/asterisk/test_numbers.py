"""Numbers as trunks write them: what was dialled, and who calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ivr.care.numbering import NationalNumbering
from tests.e2e.peer import Peer
from tests.telephony.asterisk.answering import AGENT, FAR, OUTSIDE, TRUSTED, Answering, answering
from tests.telephony.asterisk.numbers import (
    ASSERTED,
    CALLING,
    DIALLED,
    HOST,
    NAMELESS,
    NOT_OURS,
    PAI,
)
from tests.waiting import until

STRANGER = "127.0.0.9"


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answering]:
    with answering(tmp_path_factory.mktemp("numbers")) as line:
        yield line


@pytest.mark.parametrize(
    ("uri", "number"), [(uri, number) for number, uris in DIALLED.items() for uri in uris]
)
def test_every_spelling_of_our_numbers_reaches_the_line(
    line: Answering, uri: str, number: str
) -> None:
    with line.caller() as caller:
        assert caller.ring(uri) == 200
        caller.event("#", packets=1)
        told = line.heard(caller.number)
        assert told.dialled == number
        assert told.dnid.replace("-", "") == number


@pytest.mark.parametrize("address", [HOST, TRUSTED])
@pytest.mark.parametrize("number", NOT_OURS)
def test_any_other_number_is_not_found(line: Answering, number: str, address: str) -> None:
    with line.caller(address) as caller:
        assert caller.ring(f"sip:{number}@{HOST}") in (404, 484, 400)
    assert line.told.empty()


def who(line: Answering, address: str, fields: dict[str, str]) -> str | None:
    """The subscriber whom the line takes the caller for."""
    tagged = {**fields, "From": f"{fields['From']};tag=a"}
    with line.caller(address) as caller:
        assert caller.ring(fields=tagged) == 200
        caller.event("#", packets=1)
        return NationalNumbering().parse(line.heard().caller)


@pytest.mark.parametrize("name", CALLING)
def test_every_spelling_of_a_caller_is_one_number(line: Answering, name: str) -> None:
    fields, number = CALLING[name]
    assert who(line, HOST, fields) == number


@pytest.mark.parametrize("name", ASSERTED)
def test_a_trusted_trunk_says_who_calls_and_no_other(line: Answering, name: str) -> None:
    fields, number = ASSERTED[name]
    assert who(line, TRUSTED, fields) == number
    assert who(line, HOST, fields) == NationalNumbering().parse(
        fields["From"].partition("@")[0][5:]
    )


@pytest.mark.parametrize(
    "text",
    [
        "<sip:99365123456%0aagi_arg_1:%20x@x>",
        "<sip:99365123456%0aagi_arg_1:%20x@x>, <tel:+1>",
        '"${UNIQUEID}" <sip:${SHELL(id)}@x>, <tel:${SHELL(id)}>',
        '"a:b@c;d" <sip:$[1+1]@x>, <tel:\\"1|2,3)>',
        "<sip:%00@x>, <sip:%ff@x>",
        f"<sip:{'9' * 300}@x>, <tel:{'9' * 300}>",
        ", , ,",
        "@:;@:;",
        "<sip:1&2=3@x>, <sip:${EXTEN}@x>",
    ],
)
def test_what_a_trusted_trunk_asserts_is_text(line: Answering, text: str) -> None:
    with line.caller(TRUSTED) as caller:
        assert caller.ring(fields={"From": f"{NAMELESS};tag=a", PAI: text}) in (200, 400)
        if caller.status == 200:
            caller.event("#", packets=1)
            told = line.heard()
            assert re.fullmatch(r"[0-9+]{1,24}|unknown", told.caller)
            assert (told.dialled, told.dnid) == ("0890", "0890")


@pytest.mark.parametrize("uri", ["tel:+993(66)300.890", f"sip:0099366300890@{HOST}"])
def test_a_trusted_trunk_may_dial_what_others_may(line: Answering, uri: str) -> None:
    with line.caller(TRUSTED) as caller, line.caller(TRUSTED) as other:
        assert caller.ring(uri) == 200
        caller.event("#", packets=1)
        assert line.heard(caller.number).dialled in ("+99366300890", "0099366300890")
        assert other.ring(f"sip:call@{HOST}") == 404


@pytest.mark.parametrize("user", ["", "ping@", "PING-1@", "0890@", "112@", "sbc.1@", "_x@", "+@"])
def test_the_trunk_is_told_that_we_are_there_whomever_it_asks_for(
    line: Answering, user: str
) -> None:
    with line.caller() as caller, line.caller(STRANGER) as stranger:
        assert caller.ring(f"sip:{user}{HOST}", "", method="OPTIONS") == 200
        assert stranger.ring(f"sip:{user}{HOST}", "", method="OPTIONS") == 403


@pytest.mark.parametrize(("address", "told"), [(HOST, HOST), (FAR, OUTSIDE)])
def test_who_is_beyond_our_networks_is_told_the_translated_address(
    line: Answering, address: str, told: str
) -> None:
    with line.caller(address) as caller:
        assert caller.ring() == 200
        assert f"c=IN IP4 {told}\r\n" in caller.answer
        assert f"Contact: <sip:{told}:" in caller.answer
        caller.event("#", packets=1)
        line.heard()


def test_our_packets_are_marked_for_the_network(line: Answering) -> None:
    with line.caller() as caller:
        assert caller.ring() == 200
        assert caller.type_of_service() == 46  # EF, RFC 3246
        caller.event("#", packets=1)
        line.heard()


def is_asked_whether_it_is_there(agent: Peer) -> None:
    text = agent._socket.recv(65_535).decode()
    assert text.startswith("OPTIONS")
    head = dict(line.split(": ", 1) for line in text.partition("\r\n\r\n")[0].split("\r\n")[1:])
    agent.reply(head, "200 OK")


@pytest.mark.parametrize("privacy", ["id", "user;id", "none", "", "list"])
def test_a_number_that_is_withheld_from_others_is_not_shown_to_the_agent(
    line: Answering, privacy: str
) -> None:
    fields = {
        "From": f"{NAMELESS};tag=a" if privacy != "none" else "<sip:99365123456@x>;tag=a",
        PAI: "<sip:+99365123456@x>",
        **({"Privacy": privacy} if privacy else {}),
        **({PAI: "<sip:+99365123456@x>, <tel:+99365123456>"} if privacy == "list" else {}),
    }
    line.then = "agent"
    try:
        with Peer(line.settings, AGENT) as agent, line.caller(TRUSTED) as caller:
            agent.register("agent1", line.settings.secret("agent_secret"))
            is_asked_whether_it_is_there(agent)
            until(lambda: "Not in use" in line.asterisk.command("queue show agents"))
            assert caller.ring(fields=fields) == 200
            caller.event("#", packets=1)
            assert NationalNumbering().parse(line.heard().caller) == "99365123456"
            rung = agent.rung()
            agent.reply(rung, "486 Busy Here")
    finally:
        line.then = "bye"
        # Who has declined has a pause, and the next case is the same agent's.
        line.asterisk.command("database deltree rung")
        line.asterisk.command("queue unpause member PJSIP/agent1")
    shown = any("65123456" in value for value in rung.values())
    assert shown == (privacy in ("none", ""))
