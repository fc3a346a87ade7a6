"""A running Asterisk whose calls come to the test; callers are Local channels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language
from ivr.errors import CallerHungUp, FlowBroken
from ivr.settings import Settings
from ivr.telephony import executables
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, render
from ivr.telephony.lock import TOKEN, PortLock, token_key
from ivr.telephony.server import LineServer
from ivr.telephony.session import GIVEN, AgiSession
from tests.e2e.installation import own_settings
from tests.telephony.extended import extend, manager

SECONDS = 20.0
DIALPLAN = """
[trial]
exten => line,1,Set(AGIEXITONHANGUP=yes)
 same => n,Answer()
 same => n,Set(__IVR_CALL=${{UNIQUEID}})
 same => n,AGI(agi://{0}/call,{1})
 same => n,Hangup()
exten => patient,1,Answer()
 same => n,AGI(agi://{0}/call,{1})
 same => n,Hangup()
exten => agent,1,Answer()
 same => n,Wait(30)
exten => rung,1,Ringing()
 same => n,Wait(30)
[caller]
exten => s,1,SendDTMF(${{KEYS}})
 same => n,Wait(${{HOLD}})
 same => n,Hangup()
"""
Talk = Callable[[AgiSession], object]
UNTIL_ASKED = "wwww"
"""Two seconds of pause: nobody keeps keys before there is a question, on a busy machine too."""


@dataclass
class Exchange:
    """A running Asterisk whose calls come to the test."""

    asterisk: Asterisk
    link: AmiLink
    server: LineServer
    settings: Settings
    talks: SimpleQueue[Talk]
    said: SimpleQueue[object]
    events: list[tuple[str, str]] = field(default_factory=list)

    def ring(self, keys: str, talk: Talk, hold: float = 20, to: str = "line") -> None:
        """A caller who presses ``keys`` (``w``: half a second of pause), stays and hangs up."""
        self.talks.put(talk)
        rung = self.link.action(
            "Originate",
            Channel=f"Local/{to}@trial",
            Context="caller",
            Exten="s",
            Priority="1",
            Variable=f"KEYS={UNTIL_ASKED}{keys},HOLD={hold}",
            Async="true",
        )
        assert rung["Response"] == "Success"

    def call(self, keys: str, talk: Talk, hold: float = 20, to: str = "line") -> object:
        """What a call of such a caller comes to."""
        self.ring(keys, talk, hold, to)
        return self.said.get(timeout=SECONDS)

    def utterance(self, name: str = "short") -> Utterance:
        sound = str(self.settings.home / name)
        return Utterance(name, Language.ENGLISH, name, (sound,), 1.0)


def _arguments(settings: Settings) -> str:
    """What the dialplan hands over, all of it empty but the token."""
    key = token_key(settings.secret("ami_secret"))
    names = sorted(GIVEN - {TOKEN})
    return ",".join(
        [
            f"{TOKEN}=${{SHA1({key}${{UNIQUEID}}|${{CHANNEL}}|${{CALLERID(num)}}|{key})}}",
            *(f"{name}=" for name in names),
        ]
    )


@contextmanager
def running_exchange(home: Path) -> Iterator[Exchange]:
    settings = own_settings(home, agent_networks="127.0.0.1,127.0.0.3")
    for name, seconds in (("short", 0.3), ("long", 8.0)):
        (home / f"{name}.alaw").write_bytes(b"\xd5" * int(8000 * seconds))
    programs = Programs(
        executables.program(settings, "asterisk"),
        executables.modules(settings, "asterisk"),
        executables.share(settings, "asterisk"),
    )
    configuration = render(settings, programs, {})
    extend(
        configuration,
        modules=("app_senddtmf",),
        dialplan=DIALPLAN.format(settings.agi_bind, _arguments(settings)),
        opens=(home,),
    )
    talks: SimpleQueue[Talk] = SimpleQueue()
    said: SimpleQueue[object] = SimpleQueue()

    def answer(session: AgiSession) -> None:
        try:
            said.put(talks.get_nowait()(session))
        except (CallerHungUp, FlowBroken) as error:
            said.put(type(error))

    link = manager(settings)
    server = LineServer(settings.agi_bind, 10, answer, answer, lock=PortLock.of(settings))
    server.start()
    try:
        with Asterisk(programs.asterisk, configuration, home / "logs" / "asterisk.out") as asterisk:
            asterisk.wait_ready()
            exchange = Exchange(asterisk, link, server, settings, talks, said)
            link.listen_to(lambda name, event: exchange.events.append((name, str(dict(event)))))
            link.start()
            assert link.connected.wait(SECONDS)
            yield exchange
    finally:
        server.close()
        link.close()
