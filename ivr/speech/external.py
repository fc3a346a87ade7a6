"""Voices that are programs: words on standard input, a WAV file on standard output."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from ivr.errors import Unusable
from ivr.hardening import program_environment
from ivr.speech.audio import read_wave
from ivr.speech.loudness import Samples

SECONDS = 30.0
"""How long one sentence may take."""


def run(name: str, program: Sequence[str], words: str) -> subprocess.CompletedProcess[bytes]:
    """Give words to a program. Unusable: it does not start, or takes too long."""
    try:
        return subprocess.run(
            program,
            input=words.encode(),
            capture_output=True,
            timeout=SECONDS,
            env=program_environment(),
            check=False,
        )
    except OSError as error:
        raise Unusable(f"{name} does not start ({error.strerror}): run `make setup`") from None
    except subprocess.TimeoutExpired:
        raise Unusable(
            f"{name} was not ready with '{words[:40]}' in {SECONDS:.0f} seconds"
        ) from None


class OwnVoice:
    """The operator's own engine, by its command line. Implements ``ivr.speech.voice.Engine``."""

    def __init__(self, command: str) -> None:
        """Unusable: it is no command line, or its program is not there."""
        self._command = command
        try:
            self._arguments = shlex.split(command)
        except ValueError:
            raise Unusable(
                f"the voice '{command}' has a quotation mark that is not closed"
            ) from None
        found = shutil.which(self._arguments[0]) if self._arguments else None
        if found is None:
            raise Unusable(
                f"the voice '{command}' is no program that can be started: give its full path"
            )
        self._program = Path(found)

    @cached_property
    def identity(self) -> str:
        """The command line and the program's content: another program is another voice."""
        content = b""
        with suppress(OSError):
            content = self._program.read_bytes()
        return f"command {self._command} {hashlib.sha256(content).hexdigest()[:16]}"

    def read(self, words: str) -> tuple[Samples, int]:
        """As the protocol says."""
        said = run(self._arguments[0], self._arguments, words)
        if said.returncode or not said.stdout:
            reason = said.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
            raise Unusable(
                f"the voice '{self._command}' failed with '{words[:40]}'"
                + (f": {reason}" if reason else ": it wrote no WAV file to its standard output")
            )
        return read_wave(said.stdout, f"what '{self._command}' says for '{words[:40]}'")
