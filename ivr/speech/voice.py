"""The synthetic voice: espeak-ng, which alone speaks Turkmen without a network."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from ivr.errors import Unusable
from ivr.hardening import program_environment
from ivr.speech.audio import read_wave
from ivr.speech.loudness import Samples
from ivr.values import Language

SECONDS = 30.0
"""How long one sentence may take; it takes some 60 ms."""
HEADER = 44
"""Bytes of a WAV file before its samples."""
SPEED = {Language.TURKMEN: 180, Language.RUSSIAN: 172, Language.ENGLISH: 170}
"""Words a minute."""


class Voice:
    """Reads words aloud. ``program`` is espeak-ng's argument list."""

    def __init__(self, program: Sequence[str]) -> None:
        self._program = list(program)

    def identity(self, language: Language) -> str:
        """What makes the same words sound the same: program, voice, rate. Part of a sound's hash."""
        return f"espeak-ng {language} {SPEED[language]}"

    def read(self, language: Language, words: str) -> tuple[Samples, int]:
        """The sound of words and its rate. Unusable: the program or the language is missing."""
        try:
            said = subprocess.run(
                [*self._program, "-v", language, "-s", str(SPEED[language]), "--stdout"],
                input=words.encode(),
                capture_output=True,
                timeout=SECONDS,
                env=program_environment(),
                check=False,
            )
        except OSError as error:
            raise Unusable(
                f"espeak-ng does not start ({error.strerror}): run `make setup`"
            ) from None
        except subprocess.TimeoutExpired:
            raise Unusable(
                f"espeak-ng was not ready with '{words[:40]}' in {SECONDS:.0f} seconds"
            ) from None
        if said.returncode or len(said.stdout) < HEADER:
            raise Unusable(
                f"espeak-ng has no voice for {language}: install its data, or run `make setup`"
            )
        return read_wave(said.stdout, f"what espeak-ng says for '{words[:40]}'")
