"""Targets one after another, guided by coverage: ``python -m tests.fuzz SECONDS [TARGET …]``.

Each in a process and a folder of its own, which is gone afterwards. What it says is shown where it
fails: the input stands in it. Exit 1: one failed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile

from tests.fuzz.targets import TARGETS

MARGIN = 120.0
"""Seconds over its time after which a target is given up: it hangs where libFuzzer cannot see."""


def fuzz(target: str, seconds: int) -> bool:
    """Run one target; says what came of it. False: it failed."""
    with tempfile.TemporaryDirectory(prefix="ivr-fuzz-") as folder:
        command = [sys.executable, "-m", "tests.fuzz.guided", target, folder]
        try:
            done = subprocess.run(
                [*command, f"-max_total_time={seconds}"],
                env={**os.environ, "TMPDIR": folder},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="backslashreplace",
                timeout=seconds + MARGIN,
            )
        except subprocess.TimeoutExpired:
            say(f"{target}: hangs")
            return False
    count = re.search(r"number_of_executed_units: (\d+)", done.stdout)
    if done.returncode == 0 and count:
        say(f"{target}: {int(count[1]):,} inputs, no crash, no hang")
        return True
    say(f"{done.stdout}\n{target}: failed")
    return False


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    seconds, *wanted = sys.argv[1:]
    if unknown := [name for name in wanted if name not in TARGETS]:
        sys.exit(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}")
    results = [fuzz(target, int(seconds)) for target in wanted or TARGETS]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
