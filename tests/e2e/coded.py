"""A voice for tests of the wire: each text is 0.4 seconds of a sound of its own.

A call is short with it, and the matcher knows each text by its frames. The line runs this file as
the program of a voice (``command:``), words on standard input and a WAV file on standard output;
``render`` makes what a line needs beforehand, without a process for each text. Its identity is not
that of a voice for callers: what it says is never taken for theirs.
"""

from __future__ import annotations

import io
import random
import shlex
import sys
import wave
from array import array

RATE = 8000
SECONDS = 0.4
VERSION = "1"
"""Changed whenever the same words sound otherwise."""
COMMAND = shlex.join([sys.executable, "-I", "-S", __file__, VERSION])


def sound(words: str) -> bytes:
    """A WAV file of noise that only these words have."""
    noise = random.Random(words)
    samples = array("h", (noise.randrange(-8000, 8001) for _ in range(int(RATE * SECONDS))))
    file = io.BytesIO()
    with wave.open(file, "wb") as stream:
        stream.setnchannels(1)
        stream.setsampwidth(2)
        stream.setframerate(RATE)
        stream.writeframes(samples.tobytes())
    return file.getvalue()


if __name__ == "__main__":
    sys.stdout.buffer.write(sound(sys.stdin.read()))
