"""espeak-ng, a small and fast engine for all three languages; used where no better voice exists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property

from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.audio import read_wave
from ivr.speech.external import run
from ivr.speech.loudness import Samples
from ivr.speech.voice import Engine

HEADER = 44
"""Bytes of a WAV header."""
SPEED = {Language.TURKMEN: 180, Language.RUSSIAN: 172, Language.ENGLISH: 170}
"""Default speed in words a minute."""


class EspeakNg(Engine):
    """``program`` is espeak-ng's argument list."""

    def __init__(self, program: Sequence[str], language: Language, speed: int = 0) -> None:
        """``speed`` in words a minute; 0: the language's default."""
        self._language, self._speed = language, speed or SPEED[language]
        self._version = [*program, "--version"]
        self._program = [*program, "-v", language, "-s", str(self._speed), "--stdout"]

    @cached_property
    def identity(self) -> str:
        """As the protocol says; without a version if the program does not start."""
        number = ""
        with suppress(Unusable):
            said = run("espeak-ng", self._version, "").stdout
            number = ".".join(re.findall(r"\d+", said.decode(errors="replace"))[:2])
        return f"espeak-ng {number} {self._language} {self._speed}"

    def read(self, words: str) -> tuple[Samples, int]:
        """As the protocol says."""
        said = run("espeak-ng", self._program, words)
        if said.returncode or len(said.stdout) < HEADER:
            raise Unusable(
                f"espeak-ng has no voice for {self._language}: install its data, or run `make "
                "setup`"
            )
        return read_wave(said.stdout, f"what espeak-ng says for '{words[:40]}'")
