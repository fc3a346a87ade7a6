"""The telephone and the management link on a real Asterisk; callers are Local channels."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import pytest

from ivr import runtime
from ivr.errors import CallerHungUp, FlowBroken
from ivr.ports import Telephone, Utterance
from ivr.settings import Settings
from ivr.telephony.ami import AmiLink
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, render
from ivr.telephony.offload import offload
from ivr.telephony.queue import QueueBoard, QueueState, call_of
from ivr.telephony.server import AgiSession, LineServer
from ivr.values import Language
from tests.e2e.line import free_port, own_settings
from tests.telephony.test_ami import until

SECONDS = 20.0
DIALPLAN = """
[trial]
exten => line,1,Set(AGIEXITONHANGUP=yes)
 same => n,Answer()
 same => n,Set(__IVR_CALL=${{UNIQUEID}})
 same => n,AGI(agi://{0}/call)
 same => n,Hangup()
exten => patient,1,Answer()
 same => n,AGI(agi://{0}/call)
 same => n,Hangup()
exten => agent,1,Answer()
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

    def call(self, keys: str, talk: Talk, hold: float = 20, to: str = "line") -> object:
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
        return self.said.get(timeout=SECONDS)

    def utterance(self, name: str = "short") -> Utterance:
        sound = str(self.settings.home / name)
        return Utterance(name, Language.ENGLISH, name, (sound,), 1.0)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with running_exchange(tmp_path_factory.mktemp("exchange")) as exchange:
        yield exchange


@contextmanager
def running_exchange(home: Path) -> Iterator[Exchange]:
    settings = own_settings(home)
    for name, seconds in (("short", 0.3), ("long", 8.0)):
        (home / f"{name}.alaw").write_bytes(b"\xd5" * int(8000 * seconds))
    programs = Programs(
        runtime.program(settings, "asterisk"),
        runtime.modules(settings, "asterisk"),
        runtime.share(settings, "asterisk"),
    )
    configuration = render(settings, programs, {})
    with (configuration.parent / "extensions.conf").open("a") as dialplan:
        dialplan.write(DIALPLAN.format(settings.agi_bind))
    talks: SimpleQueue[Talk] = SimpleQueue()
    said: SimpleQueue[object] = SimpleQueue()

    def answer(session: AgiSession) -> None:
        try:
            said.put(talks.get_nowait()(session))
        except (CallerHungUp, FlowBroken) as error:
            said.put(type(error))

    host, _, port = settings.ami_bind.rpartition(":")
    link = AmiLink((host, int(port)), "ivr", settings.secret("ami_secret"))
    server = LineServer(settings.agi_bind, 10, answer, answer)
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


def never(_keys: str) -> bool:
    return False


def think_and_play(telephone: Telephone, said: Utterance) -> None:
    offload(time.sleep, 2)
    telephone.play([said])


def test_every_key_is_heard(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> str:
        return "".join(
            session.telephone.ask_key([exchange.utterance("long")], 5) or "" for _ in range(12)
        )

    assert exchange.call("1234567890*#", talk) == "1234567890*#"


def test_silence_is_no_key(exchange: Exchange) -> None:
    assert (
        exchange.call("", lambda session: session.telephone.ask_key([exchange.utterance()], 0.5))
        is None
    )


def test_keys_pressed_while_the_line_thinks_are_kept(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        keys = [session.telephone.ask_key([exchange.utterance("long")], 5)]
        offload(time.sleep, 2)
        return keys + [session.telephone.ask_key([exchange.utterance()], 0.5) for _ in range(4)]

    assert exchange.call("12345", talk) == list("12345")


def test_digits_end_at_hash_at_their_number_and_at_a_pause(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        ask = session.telephone.ask_digits
        sounds = [exchange.utterance("long")]
        return [
            ask(sounds, never, 5, 3),
            ask(sounds, lambda keys: len(keys) == 3, 5, 3),
            ask(sounds, never, 5, 1),
        ]

    assert exchange.call("6*1#12345", talk) == ["6*1", "123", "45"]


def test_forgotten_keys_are_gone(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> list[str | None]:
        first = session.telephone.ask_key([exchange.utterance("long")], 5)
        offload(time.sleep, 1)
        session.telephone.forget_keys()
        return [first, session.telephone.ask_key([exchange.utterance()], 0.5)]

    assert exchange.call("123", talk) == ["1", None]


def test_a_secret_is_read_and_left_nowhere(exchange: Exchange) -> None:
    def talk(session: AgiSession) -> tuple[str, str | None]:
        secret = session.telephone.ask_secret(exchange.utterance("long"), 24, 5, 5)
        assert secret is not None
        return secret.keys, session.telephone.ask_key([exchange.utterance()], 2)

    assert exchange.call("8642*97531#2", talk) == ("8642*97531", "2")
    logs = "".join(
        file.read_text("utf-8", "replace")
        for file in (exchange.settings.home / "logs").iterdir()
        if file.is_file()
    )
    assert "97531" not in logs
    assert "97531" not in str(exchange.events)


@pytest.mark.parametrize("to", ["line", "patient"])
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        ("ask_key", lambda telephone, said: telephone.ask_key([said], 5)),
        ("ask_digits", lambda telephone, said: telephone.ask_digits([said], never, 5, 9)),
        ("ask_secret", lambda telephone, said: telephone.ask_secret(said, 8, 5, 9)),
        ("play", lambda telephone, said: telephone.play([said])),
        ("thinking", lambda telephone, said: think_and_play(telephone, said)),
    ],
)
def test_a_hang_up_is_noticed(
    exchange: Exchange, to: str, name: str, ask: Callable[[Telephone, Utterance], object]
) -> None:
    """With AGIEXITONHANGUP the connection ends; without it Asterisk answers -1 or 511."""

    def talk(session: AgiSession) -> object:
        return ask(session.telephone, exchange.utterance("long"))

    assert exchange.call("", talk, hold=0.5, to=to) is CallerHungUp


def test_a_missing_sound_is_neither_silence_nor_a_hang_up(exchange: Exchange) -> None:
    missing = exchange.utterance("missing")
    present = exchange.utterance()
    for talk in (
        lambda session: session.telephone.ask_key([present, missing], 1),
        lambda session: session.telephone.ask_secret(missing, 8, 1, 1),
        lambda session: session.telephone.play([missing]),
    ):
        assert exchange.call("", talk) is FlowBroken


def test_any_value_of_a_variable_comes_back(exchange: Exchange) -> None:
    values = ['"q" \\ ${UNIQUEID} (a) b)', "ýüz müň манат", "hangup", "ž" * 3000, ""]

    def talk(session: AgiSession) -> list[str]:
        back = []
        for value in values:
            session.set("IVR_PLACE", value)
            back.append(session.get("IVR_PLACE"))
        return back

    assert exchange.call("", talk) == values


def test_the_queue_tells_whose_call_it_connected_or_lost(exchange: Exchange) -> None:
    known: list[tuple[str, str]] = []
    exchange.link.listen_to(lambda name, event: known.append((name, call_of(event))))

    def queue(session: AgiSession) -> str:
        session._agi.execute("EXEC", "Queue", '"agents,,,,5"', wait=SECONDS)
        return session.get("IVR_CALL")

    exchange.link.action("QueueAdd", Queue="agents", Interface="Local/agent@trial")
    call = ""

    def talk(session: AgiSession) -> object:
        nonlocal call
        call = session.get("IVR_CALL")
        return queue(session)

    assert exchange.call("", talk, hold=2) is CallerHungUp
    until(lambda: ("AgentConnect", call) in known)
    exchange.link.action("QueueRemove", Queue="agents", Interface="Local/agent@trial")
    exchange.call("", talk)
    until(lambda: ("QueueCallerAbandon", call) in known)


def test_the_link_comes_back_when_asterisk_was_away(tmp_path: Path) -> None:
    settings = own_settings(tmp_path, ami_bind=f"127.0.0.1:{free_port()}")
    programs = Programs(
        runtime.program(settings, "asterisk"),
        runtime.modules(settings, "asterisk"),
        runtime.share(settings, "asterisk"),
    )
    configuration = render(settings, programs, {})
    host, _, port = settings.ami_bind.rpartition(":")
    link = AmiLink((host, int(port)), "ivr", settings.secret("ami_secret"))
    link.start()
    for _ in range(2):
        with Asterisk(programs.asterisk, configuration, tmp_path / "asterisk.out"):
            assert link.connected.wait(SECONDS)
            assert link.action("Ping")["Response"] == "Success"
        until(lambda: not link.connected.is_set())
    link.close()


def test_everything_is_back_when_asterisk_was_killed_in_the_middle_of_calls(tmp_path: Path) -> None:
    with running_exchange(tmp_path) as exchange, watching(exchange.link) as board:
        until(lambda: "agents" in [queue.name for queue in board.queues])

        def waits(session: AgiSession) -> object:
            return session.telephone.ask_key([exchange.utterance("long")], 20)

        exchange.talks.put(waits)
        exchange.link.action(
            "Originate",
            Channel="Local/line@trial",
            Context="caller",
            Exten="s",
            Priority="1",
            Variable="KEYS=w,HOLD=20",
            Async="true",
        )
        until(lambda: exchange.server.calls == 1)
        os.kill(exchange.asterisk.pid, signal.SIGKILL)
        assert exchange.said.get(timeout=SECONDS) is CallerHungUp
        until(lambda: not exchange.asterisk.running() and not exchange.link.connected.is_set())
        assert board.queues == (), "nothing is known while the link is down"
        exchange.asterisk.start_again()
        exchange.asterisk.wait_ready()
        assert exchange.link.connected.wait(SECONDS)
        until(lambda: "agents" in [queue.name for queue in board.queues])

        def is_muted(session: AgiSession) -> str:
            channel = session.environment["agi_channel"]
            file = str(tmp_path / "recording.wav")
            exchange.link.action("MixMonitor", Channel=channel, File=file)
            muted = exchange.link.action(
                "MixMonitorMute", Channel=channel, Direction="both", State="1"
            )
            return muted["Response"]

        assert exchange.call("", is_muted) == "Success"


def test_the_board_knows_who_waits_and_which_agents_are_there(exchange: Exchange) -> None:
    def waits(session: AgiSession) -> object:
        return session._agi.execute("EXEC", "Queue", '"agents,,,,20"', wait=SECONDS)

    with watching(exchange.link) as board:
        exchange.link.action("QueueAdd", Queue="agents", Interface="Local/agent@trial", Paused="1")
        exchange.talks.put(waits)
        exchange.link.action(
            "Originate",
            Channel="Local/line@trial",
            Context="caller",
            Exten="s",
            Priority="1",
            Variable="KEYS=w,HOLD=12",
            Async="true",
        )

        def agents() -> QueueState | None:
            return next((queue for queue in board.queues if queue.name == "agents"), None)

        until(lambda: (state := agents()) is not None and state.waiting == 1)
        state = agents()
        assert state is not None
        assert (state.available, state.busy >= 1) == (0, True)
    exchange.said.get(timeout=SECONDS)
    exchange.link.action("QueueRemove", Queue="agents", Interface="Local/agent@trial")


@contextmanager
def watching(link: AmiLink) -> Iterator[QueueBoard]:
    board, stop = QueueBoard(link), threading.Event()
    thread = threading.Thread(target=board.follow, args=(stop,))
    thread.start()
    yield board
    stop.set()
    thread.join()
