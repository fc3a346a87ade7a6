"""A real SIP phone: baresip, driven over its control port; it hears into a growing file.

Seen with baresip 1.1: with PCMA and the jitter buffer off, what it writes is bit for bit what
Asterisk played, one frame of 20 ms at a time, so that what is said can be told from the frames.
"""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.telephony.asterisk import die_with_parent

Codec = Literal["PCMA", "PCMU", "G722"]
RATES: dict[Codec, int] = {"PCMA": 8000, "PCMU": 8000, "G722": 16000}
START_SECONDS = 10.0
WAVE_HEADER = 44
MICROPHONE_SECONDS = 600
BETWEEN_KEYS = 0.02
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Account:
    """Who the phone is: its number (the user of From) and, for an agent, its password."""

    user: str
    server: str
    """HOST:PORT of Asterisk."""
    password: str = ""
    """Given: the phone registers."""


class Phone:
    """One phone with one call at a time. Use as a context manager."""

    def __init__(
        self,
        program: list[str],
        modules: Path,
        account: Account,
        codec: Codec = "PCMA",
        microphone: Path | None = None,
        answers: bool = False,
    ) -> None:
        """``program`` is baresip's argument list. ``microphone`` is a WAV file to speak with;
        silence by default. ``answers``: it takes calls by itself."""
        self.rate = RATES[codec]
        self._account = account
        self._folder = Path(tempfile.mkdtemp(prefix="phone-"))
        self._changed = threading.Condition()
        self.events: list[dict[str, str]] = []
        """What the phone reported, in order: ``type`` and ``param``."""
        self._answers: list[dict[str, object]] = []
        self._control = _free_port(socket.SOCK_STREAM)
        _configure(self._folder, modules, account, codec, microphone, answers, self._control)
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [*program, "-f", str(self._folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        try:
            self._link = self._connect()
        except Unusable:
            self.close()
            raise
        self._reader = threading.Thread(target=self._read, name="phone", daemon=True)
        self._reader.start()

    def dial(self, number: str) -> None:
        """Ring a number; returns at once, ``wait_for`` tells how it goes on."""
        self._command("dial", f"sip:{number}@{self._account.server}")

    def press(self, keys: str, hold: float = BETWEEN_KEYS) -> None:
        """Press keys one after another, ``hold`` seconds apart."""
        for key in keys:
            if key not in KEYS:
                raise ValueError(f"'{key}' is not a key of a phone")
            self._command("sndcode", key)
            time.sleep(hold)

    def accept(self) -> None:
        """Take the call that rings."""
        self._command("accept")

    def hangup(self) -> None:
        self._command("hangup")

    def wait_for(self, type: str, seconds: float, *, seen: int = 0) -> dict[str, str]:
        """The next event of a type after the first ``seen`` of it.

        TemporarilyUnavailable: none came in time, or the call ended instead.
        """

        def found() -> dict[str, str] | None:
            of_type = [event for event in self.events if event["type"] == type]
            return of_type[seen] if len(of_type) > seen else None

        with self._changed:
            self._changed.wait_for(
                lambda: found() or (type != "CALL_CLOSED" and self.ended), seconds
            )
            event = found()
        if event is None:
            reason = f"the call ended: {self.reason}" if self.ended else f"no {type} in time"
            raise TemporarilyUnavailable("phone", reason)
        return event

    @property
    def ended(self) -> bool:
        """The call is over."""
        return any(event["type"] == "CALL_CLOSED" for event in self.events)

    @property
    def reason(self) -> str:
        """Why the call ended, as SIP says it: ``404 Not Found``, or empty."""
        closed = [event["param"] for event in self.events if event["type"] == "CALL_CLOSED"]
        return closed[-1] if closed else ""

    def heard(self, start: int = 0) -> bytes:
        """What was heard so far from sample ``start`` on: 16 bit, mono, ``rate`` hertz."""
        file = self._dump("dec")
        if file is None:
            return b""
        with file.open("rb") as stream:
            stream.seek(WAVE_HEADER + 2 * start)
            data = stream.read()
        return data[: len(data) // 2 * 2]

    @property
    def seconds(self) -> float:
        """How much was heard so far."""
        file = self._dump("dec")
        size = file.stat().st_size - WAVE_HEADER if file else 0
        return max(0, size) / 2 / self.rate

    def close(self) -> None:
        """End the phone and its files."""
        self._process.terminate()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if hasattr(self, "_link"):
            self._link.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _dump(self, side: str) -> Path | None:
        return next(iter(sorted(self._folder.glob(f"dump-*-{side}.wav"))), None)

    def _connect(self) -> socket.socket:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self._control), timeout=1)
            except OSError:
                time.sleep(0.02)
        raise Unusable(f"the phone does not start: {self._last_words()}")

    def _last_words(self) -> str:
        lines = (self._folder / "log").read_text(errors="replace").splitlines()
        return lines[-1] if lines else "baresip said nothing"

    def _command(self, name: str, parameters: str = "") -> None:
        token = secrets.token_hex(4)
        document = {"command": name, "params": parameters, "token": token}
        data = json.dumps(document).encode()
        try:
            self._link.sendall(b"%d:%s," % (len(data), data))
        except OSError:
            raise TemporarilyUnavailable("phone", "it has ended") from None
        with self._changed:
            self._changed.wait_for(
                lambda: any(answer.get("token") == token for answer in self._answers), 2.0
            )

    def _read(self) -> None:
        self._link.settimeout(None)
        data = b""
        while True:
            try:
                received = self._link.recv(65536)
            except OSError:
                return
            if not received:
                return
            data += received
            while (message := _netstring(data)) is not None:
                document, data = message
                with self._changed:
                    if document.get("event"):
                        self.events.append(
                            {"type": str(document["type"]), "param": str(document.get("param", ""))}
                        )
                    else:
                        self._answers.append(document)
                    self._changed.notify_all()


def _netstring(data: bytes) -> tuple[dict[str, object], bytes] | None:
    length, colon, rest = data.partition(b":")
    if not colon or len(rest) <= int(length):
        return None
    end = int(length)
    return json.loads(rest[:end]), rest[end + 1 :]


def _free_port(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _configure(
    folder: Path,
    modules: Path,
    account: Account,
    codec: Codec,
    microphone: Path | None,
    answers: bool,
    control: int,
) -> None:
    rate = RATES[codec]
    speaks = microphone or _silence(folder / "microphone.wav", rate)
    loaded = ("g711", "g722", "aufile", "sndfile", "account", "menu", "ctrl_tcp")
    lines = [
        "poll_method epoll",
        f"sip_listen 127.0.0.1:{_free_port(socket.SOCK_DGRAM)}",
        "net_interface 127.0.0.1",
        f"audio_player aufile,{folder}/speaker.wav",
        f"audio_source aufile,{speaks}",
        f"audio_alert aufile,{folder}/alert.wav",
        f"ausrc_srate {rate}",
        f"auplay_srate {rate}",
        "ausrc_channels 1",
        "auplay_channels 1",
        "audio_buffer 20-160",
        "jitter_buffer_type off",
        f"snd_path {folder}",
        f"ctrl_tcp_listen 127.0.0.1:{control}",
        f"module_path {modules}",
        *(f"module {name}.so" for name in loaded),
    ]
    (folder / "config").write_text("\n".join(lines) + "\n")
    registers = f"regint=60;auth_pass={account.password}" if account.password else "regint=0"
    codecs = f"{codec}/{8000 if codec != 'G722' else 16000}/1"
    (folder / "accounts").write_text(
        f"<sip:{account.user}@{account.server}>;{registers};audio_codecs={codecs};"
        f"answermode={'auto' if answers else 'manual'};dtmfmode=rtpevent\n"
    )
    (folder / "accounts").chmod(0o600)


def _silence(file: Path, rate: int) -> Path:
    """A WAV file of silence; most of it is a hole that takes no room on the disk."""
    size = 2 * rate * MICROPHONE_SECONDS
    header = (
        b"RIFF"
        + (size + 36).to_bytes(4, "little")
        + b"WAVEfmt "
        + (16).to_bytes(4, "little")
        + (1).to_bytes(2, "little")
        + (1).to_bytes(2, "little")
        + rate.to_bytes(4, "little")
        + (2 * rate).to_bytes(4, "little")
        + (2).to_bytes(2, "little")
        + (16).to_bytes(2, "little")
        + b"data"
        + size.to_bytes(4, "little")
    )
    with file.open("wb") as stream:
        stream.write(header)
        stream.truncate(len(header) + size)
    return file
