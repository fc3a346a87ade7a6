"""The dialogue that all contestants hold, and the contestants that are written for it alone.

Three one-key menus, an announcement, and the caller hangs up. The sounds are those that the line
itself plays, so that all play the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.flow.release import Release
from ivr.ports import Utterance
from ivr.testing.demo import Operator
from ivr.testing.dial import dial
from ivr.testing.telephone import FakeTelephone

KEYS = "331"
"""English, information, news."""
BARE, FASTAGI = "bare", "fastagi"


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is played at each menu, and as the announcement: names for Asterisk, in order."""

    menus: tuple[tuple[str, ...], ...]
    announcement: tuple[str, ...]


class _Noting(FakeTelephone):
    """A telephone that keeps apart what is said with each question."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.asked: list[list[str]] = []

    def ask_key(self, utterances: Sequence[Utterance], first: float) -> str | None:
        self.asked.append([sound for each in utterances for sound in each.sounds])
        return super().ask_key(utterances, first)


def sounds_of(release: Release) -> Sounds:
    """The sounds that the line plays in this dialogue."""
    phone = _Noting("")

    def telephone(keys: str) -> FakeTelephone:
        nonlocal phone
        phone = _Noting(keys)
        return phone

    operator = Operator()
    dial(
        release.flow,
        operator.care,
        operator.clock,
        " ".join(KEYS),
        prompts=release.prompts,
        telephone=telephone,
    )
    asked = [tuple(each) for each in phone.asked]
    return Sounds(tuple(asked[: len(KEYS)]), asked[len(KEYS)])


def dialplan(sounds: Sounds, fastagi_port: int) -> str:
    """Extensions ``bare`` and ``fastagi``, to be added to those of the trunk."""
    lines = [
        "",
        "[from-trunk](+)",
        f"exten => {BARE},1,Goto(bench-bare,s,1)",
        f"exten => {FASTAGI},1,Goto(bench-fastagi,s,1)",
        "[bench-bare]",
        "exten => s,1,Answer()",
    ]
    for menu in sounds.menus:
        lines.append(f" same => n,Read(KEY,{'&'.join(menu)},1,,1,6)")
    lines += [
        f" same => n,Playback({'&'.join(sounds.announcement)})",
        " same => n,Hangup()",
        "[bench-fastagi]",
        "exten => s,1,Answer()",
        f" same => n,AGI(agi://127.0.0.1:{fastagi_port}/call)",
        " same => n,Hangup()",
        "",
    ]
    return "\n".join(lines)


def add_dialplan(extensions: Path, sounds: Sounds, fastagi_port: int) -> None:
    """Add the contestants to a rendered ``extensions.conf``."""
    with extensions.open("a") as stream:
        stream.write(dialplan(sounds, fastagi_port))
