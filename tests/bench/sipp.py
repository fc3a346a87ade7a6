"""Callers: SIPp on loopback, bounded in number and time."""

from __future__ import annotations

import csv
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ivr.system.hardening import die_with_parent

SCENARIO = """<?xml version="1.0" encoding="UTF-8"?>
<scenario name="menus">
  <send retrans="500"><![CDATA[
    INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]b[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>
    Call-ID: [call_id]
    CSeq: 1 INVITE
    Contact: <sip:[field0]@[local_ip]:[local_port]>
    Max-Forwards: 70
    Content-Type: application/sdp
    Content-Length: [len]

    v=0
    o=- 1 1 IN IP[local_ip_type] [local_ip]
    s=-
    c=IN IP[media_ip_type] [media_ip]
    t=0 0
    m=audio [media_port] RTP/AVP 8 96
    a=rtpmap:8 PCMA/8000
    a=rtpmap:96 telephone-event/8000
    a=fmtp:96 0-15
  ]]></send>
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="503" optional="true" next="refused"/>
  <recv response="200" rrs="true" rtd="true"/>
  {answered}
  {keys}
  <send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]b[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 2 BYE
    Max-Forwards: 70
    Content-Length: 0
  ]]></send>
  <recv response="200" next="ended"/>
  <label id="refused"/>
  {refused}
  <nop counter="refused"/>
  <label id="ended"/>
</scenario>
"""
ACK = """<send><![CDATA[
    ACK {target} SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]b[call_number]
    To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
    Call-ID: [call_id]
    CSeq: 1 ACK
    Max-Forwards: 70
    Content-Length: 0
  ]]></send>"""
KEY = '<nop><action><exec play_dtmf="{key}"/></action></nop>'
PAUSE = '<pause milliseconds="{milliseconds}"/>'
FIRST = 99_361_000_000
"""The first calling number."""
NUMBERS = 1_000_000
"""Calling numbers that there are."""
GRACE = 30.0
"""Seconds that SIPp may take beyond what its calls last, before it is ended."""


Callers = Literal["strangers", "acquaintances", "subscribers"]
"""Who rings: somebody who never did before, or who once chose English, or (for the first time) a
subscriber."""


@dataclass(frozen=True, slots=True)
class Script:
    """What a caller does: pauses (milliseconds) and keys, in order."""

    steps: tuple[int | str, ...]
    callers: Callers = "strangers"

    @property
    def seconds(self) -> float:
        """From the answer to the hang-up."""
        return sum(step for step in self.steps if isinstance(step, int)) / 1000

    def scenario(self) -> str:
        """As SIPp reads it."""
        lines = [
            PAUSE.format(milliseconds=step) if isinstance(step, int) else KEY.format(key=step)
            for step in self.steps
        ]
        parts = {
            "{keys}": "\n  ".join(lines),
            "{answered}": ACK.replace("{target}", "[next_url]"),
            "{refused}": ACK.replace("{target}", "sip:[service]@[remote_ip]:[remote_port]"),
        }
        scenario = SCENARIO
        for name, text in parts.items():
            scenario = scenario.replace(name, text)
        return scenario


@dataclass(frozen=True, slots=True)
class Load:
    """Calls that were made. ``failed`` of ``made``, ``refused`` by 503; ``most`` at once;
    ``seconds`` in all."""

    made: int
    failed: int
    refused: int
    most: int
    seconds: float


def ring(
    folder: Path,
    target: str,
    extension: str,
    script: Script,
    *,
    rate: float,
    callers: Sequence[int],
    port: int,
    media: int,
) -> Load:
    """Make a call by each of ``callers``, at ``rate`` a second."""
    calls = len(callers)
    folder.mkdir(parents=True, exist_ok=True)
    scenario, numbered, statistics = (
        folder / name for name in ("scenario.xml", "callers.csv", "statistics.csv")
    )
    scenario.write_text(script.scenario())
    numbers = "".join(f"{FIRST + caller % NUMBERS};\n" for caller in callers)
    numbered.write_text("SEQUENTIAL\n" + numbers)
    statistics.unlink(missing_ok=True)
    begun = time.monotonic()
    most_seconds = calls / rate + script.seconds + GRACE
    rates = ("-r", str(round(rate * 100)), "-rp", "100000")
    process = subprocess.run(
        [
            *("sipp", target, "-s", extension, "-sf", str(scenario), "-inf", str(numbered)),
            *("-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-mp", str(media)),
            *rates,
            *("-m", str(calls), "-l", str(calls), "-nostdin", "-trace_stat", "-stf"),
            *(str(statistics), "-fd", "1", "-timeout", f"{most_seconds:.0f}", "-max_retrans", "4"),
        ],
        cwd=folder,
        preexec_fn=die_with_parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=most_seconds + GRACE,
        check=False,
    )
    seconds = time.monotonic() - begun
    if process.returncode not in (0, 1, 97):
        raise RuntimeError(f"SIPp ended with {process.returncode}: {process.stderr[-500:]}")
    with statistics.open() as stream:
        rows = list(csv.DictReader(stream, delimiter=";"))
    last = rows[-1]
    good = int(last["SuccessfulCall(C)"])
    most = max(int(row["CurrentCall"]) for row in rows)
    return Load(calls, calls - good, int(last["refused(C)"]), most, seconds)
