"""A whole line of its own for tests: real Asterisk, real database, real voice, real phones."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path

from ivr.commands.call import words_of
from ivr.domain.dialogue import Value
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.settings import Settings
from ivr.simulators.network import NetworkSimulator
from ivr.softphone.exact_matcher import Heard, Vocabulary
from ivr.softphone.phone import Account, Phone
from ivr.softphone.prompt_listener import PromptListener
from ivr.speech.audio import read_wave
from ivr.speech.external import OwnVoice
from ivr.speech.loudness import Samples
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import PAUSES
from ivr.speech.voice import Voice
from ivr.store.rows import Row
from ivr.system.hardening import die_with_parent
from ivr.telephony import executables
from ivr.testing.acting import by
from ivr.wiring.container import Container
from tests.e2e import coded
from tests.waiting import DEADLINE, until

STOP_SECONDS = 60.0
REAL_VOICE = "TEST_REAL_VOICE"
"""Environment variable: lines speak with the voices that callers hear (`make test-all`)."""
CODEWORD, CODEWORD_KEYS = "merjenim", "63753646"
PASSPORT_KEYS = "26123456"
PUK = "73104826"
_claims: list[socket.socket] = []
"""Ports that this process was given, as names that no other can take."""
SECRETS = frozenset({"pepper", "ami_secret", "agent_secret", "network_token"})
"""Settings that a line makes for itself."""
SHARED = "TEST_LINE_SETTINGS"
"""Environment variable with the settings of the line that all test processes ring."""
WATCHED = Path(__file__).parent / "watched"
KEY_OF = {Language.TURKMEN: "1", Language.RUSSIAN: "2", Language.ENGLISH: "3"}


@dataclass
class RunningLine:
    """A line that runs, and what tests need to know of it."""

    settings: Settings
    process: subprocess.Popen[bytes] | None
    container: Container
    words: Vocabulary
    _numbers: Iterator[int] = field(default_factory=lambda: count(os.getpid() % 1000 * 1000))

    @property
    def prompts(self) -> SpokenPrompts:
        prompts = self.container.shelf.live().prompts
        assert isinstance(prompts, SpokenPrompts)
        return prompts

    @property
    def network(self) -> NetworkSimulator:
        """What the simulated network has really switched."""
        return NetworkSimulator(self.settings.home / "network.sqlite")

    def number(self) -> Msisdn:
        """A number that no other test uses."""
        return Msisdn(f"99365{next(self._numbers) % 1_000_000:06d}")

    def subscriber(
        self,
        *,
        services: str = "sms clip",
        balance: int = 4530,
        status: Status = Status.ACTIVE,
        tariff: str = "duet",
        codeword: bool = True,
    ) -> Msisdn:
        """A new subscriber, with the demo code word and passport."""
        number = self.number()
        row = Row(
            msisdn=number,
            full_name="Myradowa Aýgül Batyrowna",
            passport=Secret(PASSPORT_KEYS),
            language=Language.TURKMEN,
            tariff=tariff,
            status=status,
            balance=Money(balance),
            services=frozenset(ServiceId(id) for id in services.split()),
            puk=Secret(PUK),
            company="",
        )
        self.container.store.imports.take_over(*by("test"), [row])
        if codeword:
            verifiers = self.container.verifying.codeword(CODEWORD)
            assert self.container.store.subscribers.set_codeword(*by("test"), number, verifiers)
        return number

    @contextmanager
    def call(
        self, caller: str, number: str = "0890", *, speaks: Path | None = None
    ) -> Iterator[Caller]:
        """Ring the line from ``caller``."""
        with self.phone(Account(caller, self.settings.sip_bind), speaks=speaks) as phone:
            phone.dial(number)
            phone.wait_for("CALL_ESTABLISHED", DEADLINE)
            phone.wait_for("CALL_RTPESTAB", DEADLINE)
            yield Caller(self, phone, PromptListener(phone, self.words))

    def phone(
        self, account: Account, *, answers: bool = False, speaks: Path | None = None
    ) -> Phone:
        """A phone on this machine."""
        return Phone(
            executables.program(self.settings, "baresip"),
            executables.modules(self.settings, "baresip"),
            account,
            microphone=speaks,
            answers=answers,
        )


@dataclass
class Caller:
    """Somebody who has rung the line: listens and presses."""

    line: RunningLine
    phone: Phone
    ear: PromptListener
    language: Language | None = None
    _told: int = 0
    """Pieces that were compared already."""

    def press(self, keys: str) -> None:
        self.phone.press(keys)

    def hears(
        self,
        key: str,
        seconds: float = DEADLINE,
        /,
        *,
        language: Language | None = None,
        **values: Value,
    ) -> Heard:
        """Wait until a text is said, word for word as it is rendered, to its end.

        Answers its last piece. What was said before it is passed over.
        """
        seconds = max(seconds, DEADLINE)
        spoken = language or self.language
        assert spoken is not None
        expected = _words(self.line.prompts.say(spoken, key, **values).words)
        found: list[Heard] = []

        def said() -> bool:
            heard = self.ear.heard
            for start in range(self._told, len(heard)):
                end = _end(heard, start, spoken, expected)
                if end is not None:
                    self._told = end
                    found.append(heard[end - 1])
                    return True
            return False

        assert self.ear.listen_until(said, seconds), (
            f"'{' '.join(expected)}' was not heard in {seconds} s, but: {self.transcript}"
        )
        return found[0]

    def proves(self, means: str = "codeword") -> None:
        """Key in the demo code word or passport, when it is asked for."""
        self.hears("identify.codeword.enter", 40)
        if means == "passport":
            self.press("#")
            self.hears("identify.passport.series", 40)
        self.press((CODEWORD_KEYS if means == "codeword" else PASSPORT_KEYS) + "#")
        self.hears("identify.done")

    def waits_for_silence(self, seconds: float = DEADLINE) -> None:
        """Listen until nothing was said for a while."""
        assert self.ear.listen_until(
            lambda: bool(self.ear.heard) and self.ear.silent_for > 0.8, seconds
        )

    def is_hung_up(self, seconds: float = DEADLINE) -> None:
        """Wait until the line ends the call."""
        self.phone.wait_for("CALL_CLOSED", max(seconds, DEADLINE))
        self.ear.listen()

    @property
    def transcript(self) -> str:
        """What was heard so far, for a failure's message."""
        return " | ".join(
            f"{each.start:.1f} {each.piece.words}{'' if each.complete else ' …'}"
            for each in self.ear.heard
        )


def _words(text: str) -> list[str]:
    """The words of a text, without marks: a value is heard whole, or piece by piece."""
    return text.translate(dict.fromkeys(map(ord, PAUSES))).split()


def _end(
    heard: Sequence[Heard], start: int, language: Language, words: Sequence[str]
) -> int | None:
    """Behind the last of the pieces that say the words, from one piece on; None: they do not."""
    said: list[str] = []
    for number, each in enumerate(heard[start:], start + 1):
        said += _words(each.piece.words)
        if not each.complete or each.piece.language != language or said != words[: len(said)]:
            return None
        if len(said) == len(words):
            return number
    return None


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of loopback that nothing uses now, and that no other test process is given.

    It is below those (from 32768 on) that the system deals out to every client: one of them may be
    gone again before the line takes it.
    """
    while True:
        port = random.SystemRandom().randrange(10_000, 20_000)
        claim = socket.socket(socket.AF_UNIX)
        try:
            claim.bind(f"\0ivr test port {port}")  # lasts as long as this process
            with socket.socket(socket.AF_INET, kind) as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        _claims.append(claim)
        return port


def voices() -> dict[str, object]:
    """Settings of the voices of a line: short sounds, unless the real ones are asked for."""
    if os.environ.get(REAL_VOICE):
        return {}
    return {f"voice_{language}": f"command:{coded.COMMAND}" for language in Language}


class Coded(OwnVoice):
    """The voice of short sounds, without a process for each of them."""

    def read(self, words: str) -> tuple[Samples, int]:
        return read_wave(coded.sound(words), words)


@cache
def sounds_made() -> None:
    """Have the short sounds of all texts in the cache, so that a line need not make them."""
    if not voices():
        return
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        container = Container(line_settings(Path(folder)))
        container.__dict__["voice"] = Voice({each: Coded(coded.COMMAND) for each in Language})
        container.speak(container.content())


def line_settings(home: Path, **given: object) -> Settings:
    """Settings of a line that is rung."""
    return own_settings(home, **{**voices(), **given})


def own_settings(home: Path, **given: object) -> Settings:
    """Settings of a line with ports of its own. RTP ports are chosen by the process's number."""
    low = 20_000 + os.getpid() % 45 * 200
    values: dict[str, object] = {
        "home": home,
        "sip_bind": f"127.0.0.1:{free_port(socket.SOCK_DGRAM)}",
        "rtp_ports": f"{low}-{low + 199}",
        "agi_bind": f"127.0.0.1:{free_port()}",
        "ami_bind": f"127.0.0.1:{free_port()}",
        "asterisk_http_bind": f"127.0.0.1:{free_port()}",
        "desk_health_bind": f"127.0.0.1:{free_port()}",
        "desk": f"127.0.0.1:{free_port()}",
        "network_simulator_bind": f"127.0.0.1:{free_port()}",
        "network_listener_bind": f"127.0.0.1:{free_port()}",
        "health_bind": f"127.0.0.1:{free_port()}",
        "orders_health_bind": f"127.0.0.1:{free_port()}",
        "messages_health_bind": f"127.0.0.1:{free_port()}",
        "callback_seconds": 6,
        "network_latency": 0.05,
        "network_search_seconds": 2,  # the simulator knows at once what it has
        "shed_cpu": 0,  # tests keep the machine busy
        **given,
    }
    return Settings(_env_file=None, **values)  # type: ignore[arg-type,call-arg]


def environment(settings: Settings) -> dict[str, str]:
    """The environment that makes another process read these settings, whatever ``.env`` says."""
    given = {
        f"IVR_{name.upper()}": "" if name in SECRETS else str(getattr(settings, name))
        for name in Settings.model_fields
    }
    given["IVR_SMSC_PASSWORD"] = settings.smsc_password.get_secret_value()
    return {**os.environ, **given}


def watched(given: dict[str, str]) -> dict[str, str]:
    """The same environment for processes whose open files a test lists."""
    path = os.pathsep.join([str(WATCHED), *filter(None, [given.get("PYTHONPATH")])])
    return {**given, "PYTHONPATH": path}


def shared_line() -> RunningLine:
    """The line that was started before the test processes."""
    pairs = (pair.partition("=") for pair in os.environ[SHARED].split("\n"))
    given = {name.removeprefix("IVR_").lower(): value for name, _, value in pairs}
    container = Container(Settings(_env_file=None, **given))  # type: ignore[arg-type,call-arg]
    return RunningLine(container.settings, None, container, words_of(container))


@contextmanager
def running_line(folder: Path, **given: object) -> Iterator[RunningLine]:
    """``ivr up`` in a process of its own; ended by SIGINT, and nothing may be left of it."""
    sounds_made()
    settings = line_settings(folder, **given)
    output = folder.parent / f"{folder.name}.out"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "ivr", "up"],
            env=environment(settings),
            stdout=stream,
            stderr=stream,
            preexec_fn=die_with_parent,
        )
    try:
        _wait_ready(process, output)
        container = Container(settings)
        yield RunningLine(settings, process, container, words_of(container))
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(STOP_SECONDS) == 0, output.read_text()


def _wait_ready(process: subprocess.Popen[bytes], output: Path) -> None:
    until(lambda: "is ready" in output.read_text() or process.poll() is not None, output.read_text)
    assert process.poll() is None, output.read_text()


def short_folder() -> Path:
    """A temporary folder whose path leaves room for a Unix socket's name."""
    return Path(tempfile.mkdtemp(prefix="ivr-"))
