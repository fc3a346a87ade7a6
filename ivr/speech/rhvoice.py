"""RHVoice: the engine that is understood best on a telephone (docs/voices.md).

A separate process (``rhvoice_process``) loads its library and reads one piece after another. A
piece takes a hundredth of a second there, and ten times as long if a program is started for each. A
Kyrgyz voice reads Turkmen from Kyrgyz letters.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

import numpy as np

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.letters import to_kyrgyz
from ivr.speech.loudness import Samples
from ivr.speech.voice import Engine
from ivr.system.hardening import program_environment

SECONDS = 30.0
"""Time limit for one piece."""
VOICES = {
    Language.TURKMEN: ("azamat", "nazgul"),
    Language.RUSSIAN: ("anna", "irina"),
    Language.ENGLISH: ("bdl", "clb"),
}
"""Voices that an operator may use commercially, the best understood first;
Kyrgyz ones for Turkmen."""

USUAL = {"azamat": 120, "anna": 115}
"""Default speed in percent of the voice's own. With it, every path to a goal
takes at most a minute."""


class Readers:
    """Reading processes, as many as there are threads that read at the same time."""

    def __init__(self, program: Sequence[str], version: str) -> None:
        """``program`` starts ``rhvoice_process``."""
        self.version = version
        self._program = list(program)
        self._idle: list[_Process] = []
        self._owner = os.getpid()
        self._lock = threading.Lock()

    def read(self, voice: str, percent: int, words: str) -> tuple[Samples, int]:
        """Return the sound of words. Unusable: RHVoice does not start, lacks the voice or hangs."""
        process = self._take()
        try:
            sound, rate = process.read(voice, percent, words)
        except BaseException:
            process.close()
            raise
        with self._lock:
            self._idle.append(process)
        return sound, rate

    def close(self) -> None:
        """End the idle processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.close()

    def _take(self) -> _Process:
        with self._lock:
            if self._owner != os.getpid():  # after a fork these processes belong to the parent
                self._owner, self._idle = os.getpid(), []
            while self._idle:
                process = self._idle.pop()
                if process.is_running():
                    return process
                process.close()
        return _Process(self._program)


class _Process:
    def __init__(self, program: Sequence[str]) -> None:
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the process
        try:
            self._process = subprocess.Popen(
                program,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._told,
                env=program_environment(),
            )
        except OSError as error:
            self._told.close()
            raise Unusable(f"RHVoice does not start ({error.strerror}): run `make setup`") from None

    def is_running(self) -> bool:
        return self._process.poll() is None

    def read(self, voice: str, percent: int, words: str) -> tuple[Samples, int]:
        until = time.monotonic() + SECONDS
        request = {"voice": voice, "rate": percent / 100, "text": words}
        given, taken = _pipes(self._process)
        try:
            given.write(json.dumps(request).encode() + b"\n")
            given.flush()
        except OSError:
            raise self._ended() from None
        rate = int.from_bytes(self._receive(taken, 4, until, words), "little")
        size = int.from_bytes(self._receive(taken, 4, until, words), "little")
        sound = self._receive(taken, size, until, words)
        if not rate or not size:
            raise Unusable(f"RHVoice has no voice '{voice}', or cannot read '{words[:40]}'")
        return np.frombuffer(sound, "<i2").astype(np.float64) / 32768, rate

    def _receive(self, taken: IO[bytes], size: int, until: float, words: str) -> bytes:
        data = bytearray()
        while len(data) < size:
            ready, _, _ = select.select([taken], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise Unusable(f"RHVoice did not finish '{words[:40]}' in {SECONDS:.0f} seconds")
            part = os.read(taken.fileno(), size - len(data))
            if not part:
                raise self._ended()
            data += part
        return bytes(data)

    def _ended(self) -> Unusable:
        self._told.seek(0)
        last = self._told.read().decode(errors="replace").strip().rpartition("\n")[2][:200]
        reason = f" ({last})" if last else ""
        return Unusable(
            f"RHVoice ended by itself{reason}: run `make setup`, or choose another voice with "
            "IVR_VOICE_TK, IVR_VOICE_RU, IVR_VOICE_EN"
        )

    def close(self) -> None:
        self._process.kill()
        self._told.close()
        for pipe in _pipes(self._process):
            with suppress(OSError):
                pipe.close()
        self._process.wait()


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


@dataclass(frozen=True, slots=True)
class RHVoice(Engine):
    """One voice for one language."""

    readers: Readers
    language: Language
    voice: str
    percent: int
    """Speed in percent of the voice's own."""

    @property
    def identity(self) -> str:
        """As the protocol says."""
        return f"RHVoice {self.readers.version} {self.voice} {self.percent}"

    def read(self, words: str) -> tuple[Samples, int]:
        """As the protocol says."""
        text = to_kyrgyz(words) if self.language is Language.TURKMEN else words
        return self.readers.read(self.voice, self.percent, text)
