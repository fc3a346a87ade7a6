"""Numbers as trunks write them: what was dialled, and who calls."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from ivr.care.numbering import NationalNumbering
from tests.e2e.peer import Peer
from tests.telephony.asterisk.answering import (
    AGENT,
    FAR,
    OUTSIDE,
    TRUSTED,
    Answering,
    answering,
)
from tests.waiting import until

HOST = "127.0.0.1"
STRANGER = "127.0.0.9"
DIALLED = {
    "0890": (
        f"sip:0890@{HOST}",
        f"sip:0890@{HOST};user=phone",
        f"sip:0890@{HOST}:5060;transport=udp;user=phone",
        f"sip:0890;phone-context=+993@{HOST};user=phone",
        f"sip:0890;phone-context=ims.mnc001.mcc438.3gppnetwork.org@{HOST};user=phone",
        f"sip:0890;npdi;rn=+99300@{HOST}",
        f"sip:0890;npdi;rn=00;cic=+9931@{HOST};user=phone",
        f"sip:0890;isub=12@{HOST}",
        f"sip:0890:secret@{HOST}",
        "sip:0890@ims.operator.example;lr",
        "tel:0890;phone-context=+993",
        "tel:0890;phone-context=operator.example",
        f"sip:%30890@{HOST}",
        f"SIP:0890@{HOST}",
        f"sip:0890%3Bphone-context=%2B993@{HOST}",
    ),
    "66300890": (f"sip:66300890@{HOST}", "tel:66-300-890;phone-context=+993"),
    "+99366300890": (
        f"sip:+99366300890@{HOST};user=phone",
        f"sip:+99366300890;npdi@{HOST};user=phone",
        f"sip:%2B99366300890@{HOST}",
        "tel:+99366300890",
        "tel:+993-66-300-890",
        "tel:+993(66)300.890",
        f"sip:+993(66)30.08.90@{HOST}",
        f"sip:+993%2866%29300890@{HOST}",
    ),
    "99366300890": (f"sip:99366300890@{HOST}",),
    "066300890": (f"sip:066300890@{HOST}",),
    "866300890": (f"sip:866300890@{HOST}", "tel:8-66-300-890;phone-context=+993"),
    "0099366300890": (f"sip:0099366300890@{HOST};user=phone", f"sip:00993-66-300890@{HOST}"),
    "81099366300890": (f"sip:81099366300890@{HOST}",),
    "+9930890": (f"sip:+9930890@{HOST}", f"sip:+9930890;phone-context=+993@{HOST}"),
    "009930890": (f"sip:009930890@{HOST}",),
}
"""What the line is told was dialled, and what the trunk has written."""
NOT_OURS = (
    *("0891", "08900", "+0891", "890", "99366300891", "066300891", "0066300890", "+7066300890"),
    *(
        "0890x",
        "0890%20",
        "0890%0a",
        "08%0a90",
        "0890,1",
        "0890,2",
        "0890,known",
        "0890%22",
        "(0890)%7c1",
        "0890*",
        "0890$",
    ),
    *(
        "+",
        "(",
        "(66)",
        "-",
        "h",
        "i",
        "t",
        "s",
        "call",
        "plain",
        "0890/99361000000",
        "()",
        "(.)",
        "+(",
    ),
)
NAMELESS = '"Anonymous" <sip:anonymous@anonymous.invalid>'
PAI = "P-Asserted-Identity"
CALLING: dict[str, tuple[dict[str, str], str | None]] = {
    "international": ({"From": "<sip:+99365123456@x>"}, "99365123456"),
    "national": ({"From": "<sip:65123456@x>"}, "99365123456"),
    "with 8": ({"From": "<sip:865123456@x>"}, "99365123456"),
    "with 0": ({"From": "<sip:065123456@x>"}, "99365123456"),
    "with 00": ({"From": "<sip:0099365123456@x>"}, "99365123456"),
    "with 810": ({"From": "<sip:81099365123456@x>"}, "99365123456"),
    "with dashes": ({"From": "<sip:+993-65-123-456@x>"}, "99365123456"),
    "in its IMS form": (
        {"From": "<sip:65123456;phone-context=+993@x;user=phone>"},
        "99365123456",
    ),
    "with a category": ({"From": "<sip:+99365123456;cpc=ordinary@x>"}, "99365123456"),
    "tel": ({"From": "<tel:+993-65-123-456>"}, "99365123456"),
    "tel with its context": ({"From": "<tel:65123456;phone-context=+993>"}, "99365123456"),
    "without brackets": ({"From": "sip:99365123456@x"}, "99365123456"),
    "with a name": ({"From": '"A, B (0890)" <sip:99365123456@x>'}, "99365123456"),
    "abroad": ({"From": "<sip:+79161234567@x>"}, None),
    "withheld": ({"From": NAMELESS}, None),
}
"""What the trunk writes, and who that is."""
ASSERTED: dict[str, tuple[dict[str, str], str | None]] = {
    "withheld, asserted": (
        {"From": NAMELESS, PAI: "<sip:+99365123456@x>", "Privacy": "id"},
        "99365123456",
    ),
    "as tel": ({"From": NAMELESS, PAI: "<tel:+99365123456>", "Privacy": "id"}, "99365123456"),
    "in one field": (
        {
            "From": NAMELESS,
            PAI: "<sip:+99365123456@x;user=phone>, <tel:+99365123456>",
            "Privacy": "id",
        },
        "99365123456",
    ),
    "in one field, tel first, with a name": (
        {
            "From": NAMELESS,
            PAI: '"A, B 7" <tel:+993-65-12-34-56>,<sip:65123456;phone-context=+993@x>',
        },
        "99365123456",
    ),
    "in one field, both as tel": (
        {"From": NAMELESS, PAI: "<tel:+99365123456>, <tel:+99365123456>"},
        "99365123456",
    ),
    "in one field, whatever From says": (
        {"From": "<sip:99361111111@x>", PAI: "<sip:+99365123456@x>, <tel:+99365123456>"},
        "99365123456",
    ),
    "in one field, with a name that looks like a number": (
        {"From": NAMELESS, PAI: '"x:99365000001@" <sip:+99365123456@x>, <tel:+99365123456>'},
        "99365123456",
    ),
    "as no number": ({"From": NAMELESS, PAI: "<sip:ims@x>, <sip:ims@y>"}, None),
    "in two fields": (
        {
            "From": NAMELESS,
            PAI: f'"A, B" <sip:+99365123456@x;user=phone>\r\n{PAI}: <tel:+99365123456>',
            "Privacy": "user;id;critical",
        },
        "99365123456",
    ),
    "without brackets": (
        {"From": NAMELESS, PAI: "sip:65123456@x", "Privacy": "id"},
        "99365123456",
    ),
    "in its IMS form": (
        {"From": NAMELESS, PAI: "<sip:65123456;phone-context=+993@x;user=phone>"},
        "99365123456",
    ),
    "another than the phone says": (
        {"From": "<sip:99361111111@x>", PAI: "<sip:+99365123456@x>"},
        "99365123456",
    ),
    "only preferred": (
        {"From": NAMELESS, "P-Preferred-Identity": "<sip:+99365123456@x>"},
        None,
    ),
    "none": ({"From": "<sip:99361111111@x>"}, "99361111111"),
    "withheld": ({"From": NAMELESS, "Privacy": "id"}, None),
}


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
