"""`ivr asterisk render`, as an operator runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ivr.settings import Settings
from tests.e2e.installation import environment

AMI, AGENT = "Kaf7bV0wq3RzNf5yJmX2uTd8LgHs6EcP", "Wn4Zk9QrYb1TfGv7MxJc3LpSh5DaU8eK"


def ivr(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command with settings and these secrets in its environment."""
    given = {"IVR_AMI_SECRET": AMI, "IVR_AGENT_SECRET": AGENT}
    return subprocess.run(
        [sys.executable, "-m", "ivr", *words],
        env={**environment(settings), **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def conf(folder: Path) -> dict[str, str]:
    """Read the rendered files of a folder by their names."""
    return {file.name: file.read_text() for file in folder.glob("*.conf")}
