"""The installation of a line for tests: ports, settings, voices."""

from __future__ import annotations

import os
import random
import socket
import tempfile
from functools import cache
from pathlib import Path

from ivr.domain.values import Language
from ivr.settings import Settings
from ivr.speech.audio import read_wave
from ivr.speech.external import OwnVoice
from ivr.speech.loudness import Samples
from ivr.speech.voice import Voice
from ivr.wiring.container import Container
from tests.e2e import coded

REAL_VOICE = "TEST_REAL_VOICE"
"""Environment variable: lines speak with the voices that callers hear (`make test-all`)."""
_claims: list[socket.socket] = []
"""Ports that this process was given, as names that no other can take."""
SECRETS = frozenset({"pepper", "ami_secret", "agent_secret", "network_token"})
"""Settings that a line makes for itself."""
WATCHED = Path(__file__).parent / "watched"


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


def short_folder() -> Path:
    """A temporary folder whose path leaves room for a Unix socket's name."""
    return Path(tempfile.mkdtemp(prefix="ivr-"))
