"""Starts and ends the Asterisk of one IVR_HOME, and waits until it takes calls."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from ivr.errors import Unusable
from ivr.system.hardening import die_with_parent
from ivr.telephony import confined

START_SECONDS = 30.0
STOP_SECONDS = 5.0
COMMAND_SECONDS = 10.0
MOST_PRINTED = 1_000_000
"""Bytes of Asterisk's printed output above which a start begins a new file."""

CONFINED = (sys.executable, "-I", "-S", str(Path(confined.__file__)))
"""Command that confines a program before it starts it; it imports none of our packages."""


def _environment() -> dict[str, str]:
    """Return Asterisk's environment. It has no settings: Asterisk must not see secrets."""
    return {name: os.environ[name] for name in confined.KEPT if name in os.environ}


class Asterisk:
    """A running Asterisk. Use as a context manager, or call ``stop``."""

    def __init__(self, program: list[str], configuration: Path, log: Path) -> None:
        """``program`` is the argument list, ``log`` the file for Asterisk's printed output.

        Asterisk can open only the files that confined.conf beside ``configuration`` names.
        """
        self._program = program
        self._configuration = configuration
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        self._process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        rules = self._configuration.with_name("confined.conf")
        if self._log.exists() and self._log.stat().st_size > MOST_PRINTED:
            self._log.replace(self._log.with_name(f"{self._log.name}.1"))
        with self._log.open("ab") as output:
            return subprocess.Popen(
                [*CONFINED, str(rules), *self._program, "-C", str(self._configuration), "-f"],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def check_running(self) -> None:
        """Raise Unusable, which names the log, if Asterisk has ended by itself."""
        if not self.running():
            raise Unusable(f"Asterisk ended by itself: see {self._log}, then start again")

    def start_again(self) -> None:
        """Start Asterisk again after it has ended.

        Call this from the thread that started it: Asterisk ends when that thread ends.
        """
        self._process = self._started()

    def wait_ready(self) -> None:
        """Return once Asterisk is fully booted and takes calls.

        Raise Unusable, which names the log, if Asterisk ends before, or after 30 s.
        """
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.running():
                raise Unusable(f"Asterisk ended at its start: see {self._log}")
            if "fully booted" in self.command("core waitfullybooted"):
                return
            time.sleep(0.1)
        self.stop()
        raise Unusable(f"Asterisk does not start: see {self._log}")

    def command(self, line: str) -> str:
        """Run a command of Asterisk's console and return its output; "" after a timeout."""
        try:
            said = subprocess.run(
                [*self._program, "-C", str(self._configuration), "-rx", line],
                env=_environment(),
                capture_output=True,
                text=True,
                timeout=COMMAND_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
        return said.stdout

    def stop(self) -> None:
        """End Asterisk. It has ended when this returns."""
        if not self.running():
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Asterisk:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
