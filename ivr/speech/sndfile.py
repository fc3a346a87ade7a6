"""libsndfile: AIFF, FLAC, OGG, MP3 and the block codings of WAV files.

MP3 is decoded by a separate process. Its decoder continues over damaged sound, plays a gap or a
crack there, and reports it on standard error only. This module reads the report, so that damaged
recordings are refused.
"""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LONGEST = 300
"""Maximum seconds: a text of 4,000 letters is not longer."""
PATIENCE = 60.0
"""Time limit in seconds for an MP3 file; five minutes of sound take one second."""
NOT_KNOWN = 2**48
"""A number of samples from this value on means "unknown"."""


class Undecodable(Exception):
    """The library cannot read a file or a part of it."""


class Longer(Exception):
    """A file is too long; the argument is its length in seconds, as far as known."""


@dataclass(frozen=True)
class Decoded:
    """Samples as floats, channels interleaved."""

    samples: npt.NDArray[np.float32]
    rate: int
    channels: int


def decode_inside(data: bytes, longest: int = LONGEST) -> Decoded:
    """Decode at most ``longest`` seconds in this process. Raise Undecodable or Longer."""
    import soundfile  # the import takes 20 ms; plain WAV files do not need it

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
    """Decode in another process and check that the decoder reported no fault."""
    # Not at the top: the decoding process cannot import ivr.
    from ivr.system.hardening import program_environment

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
    """Decode standard input to standard output: a line with rate and channels, then the samples."""
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
