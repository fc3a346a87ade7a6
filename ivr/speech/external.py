"""Voices that are external programs: words on standard input, a WAV file on standard output."""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from ivr.errors import Unusable
from ivr.speech.audio import read_wave
from ivr.speech.loudness import Samples
from ivr.speech.voice import Engine
from ivr.system.hardening import program_environment

SECONDS = 30.0
"""Time limit for one sentence."""


def run(name: str, program: Sequence[str], words: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program with words on its standard input. Unusable: it does not
    start, or is too slow."""
    try:
        process = subprocess.Popen(
            program,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=program_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise Unusable(f"{name} does not start ({error.strerror}): run `make setup`") from None
    with process:
        try:
            said, told = process.communicate(words.encode(), SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # including its children
            raise Unusable(
                f"{name} did not finish '{words[:40]}' in {SECONDS:.0f} seconds"
            ) from None
    return subprocess.CompletedProcess(program, process.returncode, said, told)


class OwnVoice(Engine):
    """The operator's own engine, given by its command line.

    Messages name only the program, because its arguments may be a secret.
    """

    def __init__(self, command: str) -> None:
        """Unusable: the command line is invalid, or the program does not exist."""
        self._command = command
        try:
            self._arguments = shlex.split(command)
        except ValueError:
            raise Unusable(
                "the command of a voice has a quotation mark that is not closed"
            ) from None
        found = shutil.which(self._arguments[0]) if self._arguments else None
        if found is None:
            raise Unusable(
                f"'{''.join(self._arguments[:1])}', the program of a voice, cannot be started: "
                "give its full path"
            )
        self._program = Path(found)

    @cached_property
    def identity(self) -> str:
        """Return the command line and a hash of the program: a changed program is another voice."""
        content = b""
        with suppress(OSError):
            content = self._program.read_bytes()
        digest = hashlib.sha256(self._command.encode() + b"\0" + content).hexdigest()[:16]
        return f"command {self._program.name} {digest}"

    def read(self, words: str) -> tuple[Samples, int]:
        """As the protocol says."""
        said = run(self._program.name, self._arguments, words)
        if said.returncode or not said.stdout:
            reason = said.stderr.decode(errors="replace").strip().rpartition("\n")[2][:200]
            raise Unusable(
                f"the voice '{self._program.name}' failed with '{words[:40]}'"
                + (f": {reason}" if reason else ": it wrote no WAV file to its standard output")
            )
        return read_wave(said.stdout, f"what '{self._program.name}' says for '{words[:40]}'")
