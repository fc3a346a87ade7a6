"""A real SIP phone. It calls the line, hears it and presses keys as a caller does, or serves an
agent.

With PCMA and PCMU the received sound is bit for bit what Asterisk played, one frame of 20 ms at a
time, so that a matcher can identify it by its frames. Between prompts Asterisk sends nothing, and
the received sound does not grow: ``PromptListener`` inserts the silence.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ivr.errors import TemporarilyUnavailable, Unusable
from ivr.softphone.baresip import RTP_PORTS, Baresip

Codec = Literal["PCMA", "PCMU", "G722"]
RATES: dict[Codec, int] = {"PCMA": 8000, "PCMU": 8000, "G722": 16000}
WAVE_HEADER = 44
BETWEEN_KEYS = 0.02
ANSWER_SECONDS = 2.0
"""Time limit for baresip's answer to a command."""
KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Account:
    """The identity of the phone: its number (the user of From) and, for an agent, its password."""

    user: str
    server: str
    """HOST:PORT of Asterisk."""
    password: str = ""
    """If given, the phone registers."""


class Phone:
    """One phone with one call at a time. Use as a context manager."""

    def __init__(
        self,
        program: Sequence[str],
        modules: Path,
        account: Account,
        codec: Codec = "PCMA",
        microphone: Path | None = None,
        answers: bool = False,
        rtp_ports: str = RTP_PORTS,
    ) -> None:
        """``program`` is baresip's argument list, ``modules`` the folder of its modules.

        ``microphone`` is a WAV file to speak with (16 bit, mono, the codec's rate); the call ends
        when the file ends. The default is silence. ``answers``: the phone accepts calls
        automatically. Unusable: it cannot be started, or the account's user is not a number or
        name.
        """
        line = _line(account, codec, answers)
        self.codec = codec
        self.rate = RATES[codec]
        self._account = account
        self._changed = threading.Condition()
        self.events: list[dict[str, str]] = []
        """Events of the phone, in order: ``type`` and ``param``."""
        self._answers: dict[str, str | None] = {}
        self._tokens = itertools.count()
        self._over = False
        self._baresip = Baresip(program, modules, self.rate, microphone, rtp_ports)
        self._file: Path | None = None
        self._reader = threading.Thread(target=self._read, name="phone", daemon=True)
        self._reader.start()
        self._command("uanew", line)

    @property
    def pid(self) -> int:
        """The process id of baresip."""
        return self._baresip.pid

    def dial(self, number: str) -> None:
        """Call a number and return at once; ``wait_for`` waits for the next event."""
        self._command("dial", f"sip:{_address(number)}@{self._account.server}")

    def press(self, keys: str, hold: float = BETWEEN_KEYS) -> None:
        """Press keys one after another, ``hold`` seconds apart.

        A key sounds for 0.18 s (nine packets, RFC 4733), and Asterisk accepts it when it ends. Keys
        pressed faster are queued in baresip; none is lost.
        """
        for key in keys:
            if key not in KEYS:
                raise ValueError(f"'{key}' is not a key of a phone: press 0-9, * or #")
            self._command("sndcode", key)
            time.sleep(hold)

    def accept(self) -> None:
        """Accept the ringing call."""
        self._command("accept")

    def hold(self) -> None:
        """Put the other side on hold: the phone sends nothing until ``resume``."""
        self._command("hold")

    def resume(self) -> None:
        """End the hold.

        baresip 1.1 does so, but answers EINVAL if there is no other call to put on hold.
        """
        with suppress(TemporarilyUnavailable):
            self._command("resume")

    def hangup(self) -> None:
        """End the call; do nothing if it is already over."""
        self._command("hangup")

    def wait_for(self, type: str, seconds: float, *, seen: int = 0) -> dict[str, str]:
        """Return the next event of a type after the first ``seen`` of it.

        TemporarilyUnavailable: none came in time, or the call ended instead.
        """

        def found() -> dict[str, str] | None:
            of_type = [event for event in self.events if event["type"] == type]
            return of_type[seen] if len(of_type) > seen else None

        with self._changed:
            self._changed.wait_for(
                lambda: found() or self._over or (type != "CALL_CLOSED" and self.ended), seconds
            )
            event = found()
        if event is None:
            reason = f"the call ended: {self.reason}" if self.ended else f"no {type} in time"
            raise TemporarilyUnavailable("phone", reason)
        return event

    @property
    def ended(self) -> bool:
        """Whether the call is over."""
        return self._over or any(event["type"] == "CALL_CLOSED" for event in self.events)

    @property
    def reason(self) -> str:
        """The reason why the call ended, as SIP states it: ``404 Not Found``, or empty."""
        closed = [event["param"] for event in self.events if event["type"] == "CALL_CLOSED"]
        return closed[-1] if closed else ""

    @property
    def status(self) -> int | None:
        """The SIP status with which the call was refused: 404, 486, 503; None if it was not."""
        first = self.reason[:4].strip()
        return int(first) if len(first) == 3 and first.isdecimal() else None

    def heard(self, start: int = 0) -> bytes:
        """Return the sound received so far from sample ``start`` on: 16 bit,
        mono, ``rate`` hertz."""
        file = self._dump()
        if file is None:
            return b""
        with file.open("rb") as stream:
            stream.seek(WAVE_HEADER + 2 * start)
            data = stream.read()
        return data[: len(data) // 2 * 2]

    @property
    def seconds(self) -> float:
        """The length of the sound received so far."""
        file = self._dump()
        size = file.stat().st_size - WAVE_HEADER if file else 0
        return max(0, size) / 2 / self.rate

    def close(self) -> None:
        """End the phone and remove its files."""
        self._over = True
        self._baresip.close()
        self._reader.join()

    def __enter__(self) -> Phone:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _dump(self) -> Path | None:
        if self._file is None:
            self._file = self._baresip.dump()
        return self._file

    def _command(self, name: str, parameters: str = "") -> None:
        token = str(next(self._tokens))
        self._baresip.send(name, parameters, token)
        with self._changed:
            self._changed.wait_for(lambda: token in self._answers or self._over, ANSWER_SECONDS)
            refused = self._answers.pop(token, "it does not answer")
        if refused and not self.ended:
            raise TemporarilyUnavailable("phone", refused)

    def _read(self) -> None:
        for message in self._baresip.messages():
            with self._changed:
                if message.get("event"):
                    self.events.append(
                        {"type": str(message["type"]), "param": str(message.get("param", ""))}
                    )
                else:
                    refused = None if message.get("ok") else str(message.get("data", "")).strip()
                    self._answers[str(message.get("token"))] = refused
                self._changed.notify_all()
        with self._changed:
            self._over = True
            self._changed.notify_all()


def _line(account: Account, codec: Codec, answers: bool) -> str:
    registers = f"regint=60;auth_pass={account.password}" if account.password else "regint=0"
    return (
        f"<sip:{_address(account.user)}@{account.server}>;{registers};"
        f"audio_codecs={codec}/{RATES[codec]}/1;"
        f"answermode={'auto' if answers else 'manual'};dtmfmode=rtpevent"
    )


def _address(text: str) -> str:
    """Return the user part of a SIP address."""
    if not text or not all(
        sign.isascii() and (sign.isalnum() or sign in "+*#-_.") for sign in text
    ):
        raise Unusable(
            f"'{text}' cannot be called or used as a caller's number: write a number, as in"
            " 99365123456"
        )
    return text
