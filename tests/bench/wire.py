"""Key-to-prompt time at the RTP packets: from the end of a key to the first one of what follows.

tcpdump keeps, with the kernel's time stamps, only two kinds of packets: the ends of telephone
events (RFC 4733, bit E) that callers send, and those that carry the first frame of a prompt, known
by its bytes. A call is known by Asterisk's RTP port.
"""

from __future__ import annotations

import re
import struct
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

EVENT = 96
"""RTP payload type that the callers offer for telephone events."""
RTP = 12
"""Bytes of an RTP header without extensions."""
FRAME = 160
"""Bytes of one packet of A-law: 20 ms."""
_WORDS = 4
"""Words of four bytes of a frame that the kernel compares; the rest is compared here."""
REPEATED = 0.1
"""Seconds within which the end of an event is sent again (three times in all)."""
STOP_SECONDS = 10.0
_AUDIO = re.compile(r"^m=audio (\d+) ", re.MULTILINE)
_FROM = re.compile(r"^From: .*<sip:(\d+)@", re.MULTILINE)
_GLOBAL = struct.Struct("<IHHiIII")
_RECORD = struct.Struct("<IIII")
_NANOSECONDS = 0xA1B23C4D
_ETHERNET = 14


@dataclass(frozen=True, slots=True)
class Delays:
    """``keys`` pressed, and the ``seconds`` to what was said next for those that had a next."""

    keys: int
    seconds: list[float]

    def percentile(self, share: float) -> float:
        """Seconds below which a share of the delays lies; not a number without any."""
        ordered = sorted(self.seconds)
        return (
            ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")
        )


@dataclass(frozen=True, slots=True)
class Tap:
    """Listens to Asterisk's RTP ports ``low`` to ``high`` for the first frames of prompts."""

    low: int
    high: int
    frames: frozenset[bytes]

    @classmethod
    def on(cls, low: int, high: int, sounds: Iterable[Path]) -> Tap:
        """For prompts that begin with these A-law sounds."""
        return cls(low, high, frozenset(sound.read_bytes()[:FRAME] for sound in sounds))

    @contextmanager
    def open(self, file: Path, besides: str = "") -> Iterator[None]:
        """Capture into a file, until the end of the block; ``besides`` is a filter of tcpdump's."""
        process = subprocess.Popen(
            [
                *("tcpdump", "-i", "lo", "-n", "-p", "-s", "2048", "-B", "16384"),
                *("--time-stamp-precision=nano", "-w", str(file)),
                f"({self._filter()}) or ({besides})" if besides else self._filter(),
            ],
            stderr=subprocess.PIPE,
        )
        assert process.stderr is not None
        try:
            assert b"listening" in process.stderr.readline()
            yield
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)
            process.stderr.close()

    def delays(self, file: Path) -> Delays:
        """What was captured, key by key."""
        pressed: dict[int, float] = {}
        waiting: set[int] = set()
        keys, found = 0, []
        for at, source, target, payload in packets(file):
            if self.low <= target <= self.high:
                if at - pressed.get(target, 0.0) > REPEATED:
                    keys += 1
                    pressed[target] = at
                    waiting.add(target)
            elif source in waiting and payload[RTP : RTP + FRAME] in self.frames:
                found.append(at - pressed[source])
                waiting.remove(source)
        return Delays(keys, found)

    def heard(self, file: Path) -> set[int]:
        """Asterisk's ports of the calls in which one of the prompts began."""
        return {
            source
            for _, source, _, payload in packets(file)
            if self.low <= source <= self.high and payload[RTP : RTP + FRAME] in self.frames
        }

    def _filter(self) -> str:
        ends = f"udp dst portrange {self.low}-{self.high} and udp[9] & 0x7f = {EVENT}"
        ends = f"({ends} and udp[21] & 0x80 != 0)"
        begins = " or ".join(
            "("
            + " and ".join(
                f"udp[{8 + RTP + 4 * n}:4] = 0x{frame[4 * n : 4 * n + 4].hex()}"
                for n in range(_WORDS)
            )
            + ")"
            for frame in sorted(self.frames)
        )
        return f"{ends} or (udp src portrange {self.low}-{self.high} and ({begins}))"


def callers(file: Path) -> dict[int, str]:
    """Who calls at each of Asterisk's RTP ports, by its answers (SIP 200 with an SDP)."""
    found = {}
    for _, _, _, payload in packets(file):
        said = payload.decode("ascii", "replace")
        if (
            said.startswith("SIP/2.0 200")
            and (port := _AUDIO.search(said))
            and (number := _FROM.search(said))
        ):
            found[int(port[1])] = number[1]
    return found


def packets(file: Path) -> Iterator[tuple[float, int, int, bytes]]:
    """The UDP packets of a capture: seconds, source port, target port, payload."""
    data = file.read_bytes()
    assert _GLOBAL.unpack_from(data)[0] == _NANOSECONDS, "not a capture in nanoseconds"
    at = _GLOBAL.size
    while at + _RECORD.size <= len(data):
        seconds, nano, kept, _ = _RECORD.unpack_from(data, at)
        at += _RECORD.size
        frame = data[at + _ETHERNET : at + kept]
        at += kept
        udp = (frame[0] & 0x0F) * 4
        source, target = struct.unpack_from("!HH", frame, udp)
        yield seconds + nano / 1e9, source, target, frame[udp + 8 :]
