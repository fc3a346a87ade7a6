"""Every gate by name, with examples of what comes through it on a good day."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ivr.network.models.common import Resource
from ivr.network.models.service_order import ChangedOrder, ServiceOrder, StateChange
from ivr.network.pdu import RESPONSE, Command, Pdu, Status, read_submission, text
from ivr.settings import PROJECT
from ivr.simulators.smsc_habits import Habit, receipts
from ivr.store.payment_rows import COLUMNS as PAYMENT_COLUMNS
from ivr.store.rows import COLUMNS
from tests.fuzz import calls, files, messages, network, web
from tests.telephony.manager import GREETING

Gate = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    gate: Gate
    examples: Sequence[bytes] = ()
    words: Sequence[bytes] = ()
    """What the fuzzer, who knows nothing of the format, may put together."""


def _shipped(path: str) -> bytes:
    return (PROJECT / path).read_bytes()


def _lines(*lines: str) -> bytes:
    return "".join(line + "\n" for line in lines).encode()


ROW = "99365123456,Myradowa Aýgül,II-MR 123456,tk,duet,active,45.30,sms;gprs,73104826,"
FLOW = """\
name: a
languages: [tk]
start: m
main: m
identification: i
agent: a
nodes:
  m: {kind: menu, choices: [{to: i, text: menu.i}, {to: a, text: menu.a}]}
  i: {kind: identify, next: m}
  a: {kind: agent, unanswered: g}
  g: {kind: goodbye}
"""
TEXTS = 'welcome: "Salam!"\nbalance: "Galyndy {balance:money}. SMS 5 %, 2-nji, 1,5 manat."\n'
SUBMIT = Pdu(
    Command.SUBMIT_SM,
    Status.OK,
    2,
    text("")
    + b"\1\1"
    + text("0890")
    + b"\1\1"
    + text("99365123456")
    + b"\0\0\0"
    + text("")
    + text("")
    + b"\1\0\0\0\5Salam",
)
RECEIPT = Pdu(
    Command.DELIVER_SM,
    Status.OK,
    7,
    receipts(Habit.PLAIN, read_submission(SUBMIT.body), "00000001", True)[0][1],
)
TAKEN = Pdu(Command.SUBMIT_SM | RESPONSE, Status.OK, 2, text("00000001"))
ORDER = ServiceOrder(id="1", external_id="c:1")
EVENT = StateChange(event_id="e", event=ChangedOrder(service_order=ORDER))


def _json(resource: Resource) -> bytes:
    return resource.model_dump_json(by_alias=True).encode()


YAML = (
    b"<<: ",
    b"&a ",
    b"*a",
    b"!!int ",
    b"!!timestamp ",
    b"!!bool ",
    b"!!binary ",
    b"!!float ",
    b"!!set ",
    b"!!omap ",
    b"!!pairs ",
    b"? ",
    b"- ",
    b": ",
    b"|\n",
    b'"\\ud800"',
    b".inf",
    b"2026-13-45",
    b"190:20:30",
    b"0b",
    b"0o7",
    b"1_0",
    b"\xef\xbb\xbf",
    b"%YAML 1.1\n",
    b"---\n",
)
CSV = (
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"sep=;\n",
    b";",
    b"\t",
    b"\xa0",
    b'="',
    b"#",
    b"1,5",
    b"E+10",
    b'"',
    b'""',
    b"\r\n",
    b"\0",
    b"-",
    b"9" * 30,
    "٣".encode(),
    b"\xff",
)
JSON = (b"NaN", b"Infinity", b"1e999", b'"\\ud800"', b'"\\u0000"', b"null", b"[]", b"{}", b"[[")

TARGETS: Mapping[str, Target] = {
    "agi": Target(
        calls.agi,
        (
            _lines("200 result=1 (welcome)", "200 result=0 endpos=8000", "HANGUP", "200 result=-1"),
            _lines("520-Invalid command syntax.", "Usage: NOOP", "520 End of proper usage."),
            _lines("511 Command Not Permitted on a dead channel", "510 Invalid or unknown command"),
        ),
        (
            b"HANGUP\n",
            b"200 result=",
            b"-1\n",
            b"6\n",
            b"520-",
            b"520 End\n",
            b"510 ",
            b"511 ",
            b" endpos=",
            b" (",
            b")\n",
            b"agi_request: a\n",
            b"\n\n",
        ),
    ),
    "telephone": Target(
        calls.telephone,
        (
            _lines(
                "200 result=1 (node=main)",
                "200 result=0",
                "200 result=1 (OK:5)",
                "200 result=0",
                "200 result=1 (OK:6)",
                "200 result=53",
                "200 result=0",
                "200 result=4711",
            ),
        ),
        (b"200 result=1 (TIMEOUT:)\n", b"200 result=1 (ERROR:)\n", b"HANGUP\n", b"200 result=53\n"),
    ),
    "ami": Target(
        calls.ami,
        (
            b"Response: Success\r\nActionID: login\r\n\r\n"
            b"Event: QueueMemberStatus\r\nQueue: agents\r\nChanVariable: A=b\r\n\r\n",
            GREETING,
        ),
        (
            b"\r\n",
            b"\r\n\r\n",
            b"Event: ",
            b"Response: ",
            b"ActionID: login\r\n",
            b"ChanVariable: ",
            b"ChanVariable: A=b\r\n",
            b"\x85",
            "\u2028".encode(),
        ),
    ),
    "smsc": Target(messages.smsc, (SUBMIT.raw, TAKEN.raw)),
    "smpp": Target(messages.smpp, (TAKEN.raw, TAKEN.raw + RECEIPT.raw)),
    "subscribers": Target(files.subscribers, (_lines(",".join(COLUMNS), ROW),), CSV),
    "payments": Target(
        files.payments,
        (_lines(",".join(PAYMENT_COLUMNS), "99365123456,2026-11-22 10:30,45.30,A-1"),),
        CSV,
    ),
    "packages": Target(files.packages, (_lines("external_id,left", "c:1,200"),), CSV),
    "flow": Target(files.flow, (FLOW.encode(),), YAML),
    "texts": Target(files.texts, (TEXTS.encode(),), YAML),
    "pronunciation": Target(
        files.pronunciation, (b'tk: {SMS: "es em es"}\nru: {}\nen: {}\n',), YAML
    ),
    "catalogue": Target(files.catalogue, (_shipped("db/catalogue.yaml"),), YAML),
    "news": Target(files.news, (_shipped("prompts/news.yaml"),), YAML),
    "terms": Target(files.terms, (_shipped("db/invoice.yaml"),), YAML),
    "words": Target(
        files.words,
        tuple(
            each.encode()
            for each in ("8 65 12-34-56", "II-MR 123456", "810 7 495 1234567", "SMS 5 %, 1.5 manat")
        ),
        (*(each.encode() for each in ("+993", "00", "№", "ž", "ж", "٣", "²", "½")), b"-", b"'"),
    ),
    "place": Target(
        files.place,
        (b"release=3&node=main&language=tk&subscriber=99365123456&means=codeword&step=2",),
    ),
    "settings": Target(files.settings, (b"IVR_HOME=var\n", b"IVR_NETWORK_LATENCY=0.2")),
    "network": Target(network.network, (b"\0[" + _json(ORDER) + b"]", b"\0" + _json(ORDER)), JSON),
    "health": Target(web.health, (b"\0\0\0\n", b"\5\2\0name\n"), JSON),
    "listener": Target(web.listener, (_json(EVENT), b"\1\0\0\n" + _json(EVENT)), JSON),
    "simulator": Target(web.simulator, (b"\1\2\0c:1\n" + _json(ORDER), b"\2\0\0\n{}"), JSON),
}
