"""libsndfile: AIFF, FLAC, OGG, MP3 and the codings of WAV files that have blocks.

MP3 is decoded by a process of its own. Its decoder goes on over damaged sound, plays a hole or a
crack there, and says so on standard error alone; who meets damage in a recording must hear of it.
"""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LONGEST = 300
"""Seconds: a text of 4,000 letters is not longer."""
PATIENCE = 60.0
"""Seconds that an MP3 file may take; five minutes of it take one."""
NOT_KNOWN = 2**48
"""Samples from which on a file does not know how many it has."""


class Undecodable(Exception):
    """The library cannot read a file, or not all of it."""


class Longer(Exception):
    """A file is longer than it may be; the argument is its length in seconds, as far as known."""


@dataclass(frozen=True)
class Decoded:
    """Fractions of all channels in turn."""

    samples: npt.NDArray[np.float32]
    rate: int
    channels: int


def decode_inside(data: bytes, longest: int = LONGEST) -> Decoded:
    """Decode at most ``longest`` seconds in this process. Undecodable, Longer: as they say."""
    import soundfile  # 20 ms that who reads plain WAV files does not spend

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate, channels, told = int(file.samplerate), int(file.channels), int(file.frames)
            most = longest * rate + 1
            if most <= told < NOT_KNOWN:
                raise Longer(told / rate)
            sound = file.read(min(told, most), dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError):
        raise Undecodable from None
    if len(sound) == most:
        raise Longer(most / rate)
    if told < NOT_KNOWN and len(sound) < told:
        raise Undecodable
    return Decoded(sound.reshape(-1), rate, channels)


def decode_outside(data: bytes, longest: int = LONGEST) -> Decoded:
    """Decode in another process, and see that the decoder had nothing to complain of."""
    from ivr.system.hardening import program_environment  # here: that process knows no ivr

    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, str(longest)],
            input=data,
            capture_output=True,
            timeout=PATIENCE,
            env=program_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Undecodable from None
    head, _, sound = done.stdout.partition(b"\n")
    if head.startswith(b"longer "):
        raise Longer(float(head.split()[1]))
    if done.returncode or done.stderr:
        raise Undecodable
    rate, channels = map(int, head.split())
    return Decoded(np.frombuffer(sound, np.float32), rate, channels)


def main() -> None:
    """Decode standard input to standard output: a line of rate and channels, then samples."""
    out = sys.stdout.buffer
    try:
        decoded = decode_inside(sys.stdin.buffer.read(), int(sys.argv[1]))
    except Longer as error:
        out.write(f"longer {error.args[0]}\n".encode())
    except Undecodable:
        sys.exit(1)
    else:
        out.write(f"{decoded.rate} {decoded.channels}\n".encode())
        out.write(decoded.samples.tobytes())


if __name__ == "__main__":
    main()
