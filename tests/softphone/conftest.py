"""A bare Asterisk with a dialplan of a few lines, for the phone alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ivr.domain.values import Language
from ivr.settings import Settings
from ivr.softphone.exact_matcher import Fragment, Vocabulary, learn, piece
from ivr.softphone.phone import Account, Phone
from ivr.telephony import executables
from ivr.telephony.asterisk import Asterisk
from ivr.telephony.configuration import Programs, render, run_folder
from tests.e2e.installation import own_settings
from tests.softphone.sounds import alaw
from tests.telephony.extended import extend

DIALPLAN = """
[from-trunk]
exten => play,1,Answer()
 same => n,Playback({sounds}/one&{sounds}/two)
 same => n,Wait(1)
 same => n,Playback({sounds}/three)
 same => n,Hangup()
exten => keys,1,Answer()
 same => n,Read(KEYS,{sounds}/long,8,,1,10)
 same => n,SayDigits(${{KEYS}})
 same => n,Hangup()
exten => menu,1,Answer()
 same => n,Read(KEY,{sounds}/long,1,,1,10)
 same => n,Playback({sounds}/two)
 same => n,Wait(5)
exten => busy,1,Hangup(17)
exten => agent,1,Dial(PJSIP/agent1,10)
exten => long,1,Answer()
 same => n,Playback({sounds}/long&{sounds}/long&{sounds}/long&{sounds}/long)
[from-agents]
exten => s,1,Hangup()
"""
LENGTHS = {"one": 30, "two": 45, "three": 20, "long": 300, **{str(n): 15 for n in range(10)}}
"""Frames of each sound; a digit's sound is what SayDigits says."""


@dataclass(frozen=True)
class Exchange:
    """An Asterisk to ring, and the sounds that it plays."""

    settings: Settings
    words: Vocabulary
    agent_secret: str

    def phone(self, user: str = "99365000001", **options: Any) -> Phone:
        """A phone on this machine."""
        return Phone(
            executables.program(self.settings, "baresip"),
            executables.modules(self.settings, "baresip"),
            Account(user, self.settings.sip_bind, options.pop("password", "")),
            **options,
        )


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    """One Asterisk for all tests of a worker."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as folder:
        home = Path(folder)
        settings = own_settings(home)
        programs = Programs(
            executables.program(settings, "asterisk"),
            executables.modules(settings, "asterisk"),
            executables.share(settings, "asterisk"),
        )
        configuration = render(settings, programs, {})
        known = _sounds(home)
        plan = DIALPLAN.format(sounds=home / "sounds")
        configuration.with_name("extensions.conf").write_text(plan)
        extend(configuration, modules=("app_dial", "app_read"), opens=(home / "sounds",))
        with Asterisk(programs.asterisk, configuration, home / "asterisk.out") as asterisk:
            asterisk.wait_ready()
            yield Exchange(settings, learn(known), settings.secret("agent_secret"))
        assert not (run_folder(home) / "asterisk.ctl").exists()


def _sounds(home: Path) -> list[Fragment]:
    folder = home / "sounds"
    digits = home / "asterisk" / "data" / "sounds" / "en" / "digits"
    for each in (folder, digits):
        _own_folder(each)
    known = []
    for seed, (name, frames) in enumerate(LENGTHS.items()):
        sound = alaw(seed, frames, quiet=2)
        ((digits if name.isdigit() else folder) / f"{name}.alaw").write_bytes(sound)
        known.append(piece(Language.ENGLISH, name, sound))
    return known


def _own_folder(folder: Path) -> None:
    """The packaged sounds are a link into another tree: they are not written to."""
    for parent in folder.parents:
        if parent.is_symlink():
            parent.unlink()
    folder.mkdir(parents=True, exist_ok=True)
