"""``ivr doctor`` about Asterisk: whether it has the configuration that the line has."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from ivr.commands.doctor import CHECKS
from ivr.errors import Unusable
from ivr.settings import Settings
from ivr.system.hardening import FILES
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import render
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings

GOOD = "Qm3Xr8Vt1Bz6Ny4Kw9Jc2Hf7Ls5Dg0Pa"
"""A secret of its own."""


def test_an_asterisk_with_an_older_configuration_is_ill(tmp_path: Path) -> None:
    settings = own_settings(tmp_path)
    container = Container(settings)
    programs = telephony.programs(container)
    configuration = render(settings, programs, {})
    with Asterisk(programs.asterisk, configuration, tmp_path / "out") as asterisk:
        asterisk.wait_ready()
        assert CHECKS["asterisk"](container) == f"answers on {settings.ami_bind}"
        most = min(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        assert CHECKS["files"](container).startswith(f"Asterisk may open {most} files")
        changed = Settings(_env_file=None, ami_secret=GOOD)  # type: ignore[call-arg,arg-type]
        newer = settings.model_copy(update={"ami_secret": changed.ami_secret})
        with pytest.raises(Unusable, match="refuses our password"):
            CHECKS["asterisk"](Container(newer))
    with pytest.raises(Unusable, match="nothing answers"):
        CHECKS["asterisk"](container)
