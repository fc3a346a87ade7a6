"""An Asterisk as it is rendered for trunks; a server in the line's place notes who calls and which
keys come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.errors import CallerHungUp
from ivr.settings import Settings
from ivr.telephony import executables
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, render
from ivr.telephony.lock import PortLock
from ivr.telephony.server import LineServer
from ivr.telephony.session import AgiSession
from tests.e2e.installation import own_settings
from tests.telephony.asterisk.caller import Caller

SECONDS = 20.0
FIRST, BETWEEN = 8.0, 1.5
"""Seconds for the first key, and for the next ones."""
TRUSTED, FAR = "127.0.0.2", "127.0.0.3"
"""A trunk that says who calls; one beyond the networks that are ours."""
AGENT = "127.0.0.4"
"""Where the agent's phone is."""
OUTSIDE = "203.0.113.5"
"""How the far trunk reaches this machine (RFC 5737)."""


@dataclass(frozen=True)
class Told:
    """What came to the line with a call."""

    keys: str | None
    """None: the caller hung up first, or pressed none."""
    caller: str
    dialled: str
    dnid: str


@dataclass
class Answering:
    """Takes calls and asks for keys."""

    asterisk: Asterisk
    settings: Settings
    told: SimpleQueue[Told]
    asks: str = field(default="digits")
    """What is asked for: ``digits``, ``secret`` or ``keys``, one by one as in menus."""

    then: str = "bye"
    """What comes after the keys: ``bye`` or ``agent``."""

    def caller(self, address: str = "127.0.0.1") -> Caller:
        return Caller(self.settings, address)

    def heard(self, number: str = "") -> Told:
        """The next call, or that of a number, when its keys are there."""
        while True:
            told = self.told.get(timeout=SECONDS)
            if number in ("", told.caller):
                return told


def never(_keys: str) -> bool:
    return False


@contextmanager
def answering(home: Path, **given: object) -> Iterator[Answering]:
    settings = own_settings(
        home,
        **{
            "trunk": f"near=127.0.0.1;trusted={TRUSTED};far={FAR}",
            "agent_networks": f"127.0.0.1,{AGENT}",
            "trust_pai": "trusted",
            "external_address": OUTSIDE,
            "max_calls_by_caller": 100,
            **given,
        },
    )
    (home / "audio").mkdir(exist_ok=True)
    (home / "audio" / "pause.alaw").write_bytes(b"\xd5" * 800)
    programs = Programs(
        executables.program(settings, "asterisk"),
        executables.modules(settings, "asterisk"),
        executables.share(settings, "asterisk"),
    )
    configuration = render(settings, programs, {})
    told: SimpleQueue[Told] = SimpleQueue()
    pause = Utterance("pause", Language.ENGLISH, "pause", (str(home / "audio" / "pause"),), 0.1)

    def keys(session: AgiSession) -> str | None:
        phone = session.telephone
        if line.asks == "secret":
            secret = phone.ask_secret(pause, 24, FIRST, BETWEEN)
            return None if secret is None else secret.keys
        if line.asks == "keys":
            found = phone.ask_key([pause], FIRST) or ""
            while found and (key := phone.ask_key([pause], BETWEEN)) not in (None, "#"):
                found += key or ""
            return found or None
        return phone.ask_digits([pause], never, FIRST, BETWEEN)

    def take(session: AgiSession) -> None:
        known = session.environment
        try:
            pressed = keys(session)
        except CallerHungUp:
            pressed = None
        told.put(
            Told(
                pressed,
                known["agi_callerid"],
                session.get("IVR_DIALLED"),
                known["agi_dnid"],
            )
        )
        session.set("IVR_NEXT", line.then)
        session.set("IVR_DONE", "1")

    server = LineServer(settings.agi_bind, 100, take, take, lock=PortLock.of(settings))
    server.start()
    out = home / "logs" / "asterisk.out"
    try:
        with Asterisk(programs.asterisk, configuration, out) as asterisk:
            asterisk.wait_ready()
            line = Answering(asterisk, settings, told)
            yield line
    finally:
        server.close()
