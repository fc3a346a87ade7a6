"""The dialogues that all contestants hold, and the contestants that are written for them alone.

The sounds and the keys are those of the line itself, as a walk through its flow in memory finds
them, so that all play and take the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.domain.dialogue import Utterance
from ivr.domain.values import Language, Secret
from ivr.flow.release import Release
from ivr.testing.demo import CODEWORD_KEYS, Operator, subscriber
from ivr.testing.dial import CALLER, dial
from ivr.testing.telephone import FakeTelephone
from tests.bench.sipp import Script

BARE, FASTAGI, LINE = "bare", "fastagi", "line"
CONTESTANTS = (BARE, FASTAGI, LINE)
LAST_SECONDS = 2.67
"""Of what is said last, before the caller hangs up."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is played, and how many keys are taken: 1, or 0 for all up to ``#``."""

    sounds: tuple[str, ...]
    most: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A dialogue as callers hold it. ``last`` is said after the last key."""

    name: str
    script: Script
    questions: tuple[Question, ...]
    last: tuple[str, ...]

    @property
    def beginnings(self) -> list[Path]:
        """The first sound of everything that follows a key."""
        said = [*(question.sounds for question in self.questions[1:]), self.last]
        return [Path(f"{sounds[0]}.alaw") for sounds in said]

    @property
    def result(self) -> Path:
        """A sound of what is said last that is said nowhere before."""
        before = {sound for question in self.questions for sound in question.sounds}
        return Path(f"{next(sound for sound in self.last if sound not in before)}.alaw")


def menus(release: Release) -> Spoken:
    """Three one-key menus, an announcement: advice, money, payment. 6.67 seconds.

    Its callers are known to speak English.
    """
    operator = Operator()
    operator.callers.remember(CALLER, Language.ENGLISH)
    script = Script((1200, "5", 1400, "1", 1400, "1", 2670), "acquaintances")
    return _spoken("menus", release, script, "5 1 1", operator)


def first(release: Release) -> Spoken:
    """The same length, by somebody who rings for the first time: English, information, news."""
    script = Script((1200, "3", 1400, "3", 1400, "1", 2670))
    return _spoken("first", release, script, "3 3 1", Operator())


def service(release: Release) -> Spoken:
    """Identification by code word, the balance, MMS's requirement GPRS on."""
    operator = Operator()
    operator.add(subscriber())
    keys = f"3 1 # {CODEWORD_KEYS}# 1 1 2 1 1 1"
    pauses = (1200, 1400, 1600, 1800, 4600, 3000, 1600, 1600, 1600, 2600)
    steps: list[int | str] = []
    for pause, word in zip(pauses, keys.split(), strict=True):
        steps += [pause, word]
    return _spoken("service", release, Script((*steps, 3000), "subscribers"), keys, operator)


def dialplan(dialogues: Sequence[Spoken], port: int) -> str:
    """Extensions ``bare-…`` and ``fastagi-…``, to be added to those of the trunk."""
    lines = [""]
    for spoken in dialogues:
        lines += [
            "[from-trunk](+)",
            f"exten => {BARE}-{spoken.name},1,Goto({BARE}-{spoken.name},s,1)",
            f"exten => {FASTAGI}-{spoken.name},1,Goto({FASTAGI}-{spoken.name},s,1)",
            f"[{BARE}-{spoken.name}]",
            "exten => s,1,Answer()",
        ]
        for question in spoken.questions:
            lines.append(f" same => n,Read(KEY,{'&'.join(question.sounds)},{question.most},,1,6)")
        lines += [
            f" same => n,Playback({'&'.join(spoken.last)})",
            " same => n,Hangup()",
            f"[{FASTAGI}-{spoken.name}]",
            "exten => s,1,Answer()",
            f" same => n,AGI(agi://127.0.0.1:{port}/{spoken.name})",
            " same => n,Hangup()",
        ]
    return "\n".join([*lines, ""])


def to_json(dialogues: Sequence[Spoken]) -> str:
    """As ``tests.bench.fastagi`` reads it."""
    return json.dumps(
        {
            spoken.name: {
                "questions": [[question.sounds, question.most] for question in spoken.questions],
                "last": spoken.last,
            }
            for spoken in dialogues
        }
    )


def _spoken(name: str, release: Release, script: Script, keys: str, operator: Operator) -> Spoken:
    phones: list[_Noting] = []

    def telephone(keys: str) -> FakeTelephone:
        phones.append(_Noting(keys))
        return phones[0]

    dial(
        release.flow,
        operator.care,
        operator.clock,
        keys,
        prompts=release.prompts,
        telephone=telephone,
    )
    *questions, last = phones[0].questions
    assert len(questions) == len(keys.split()), f"{name}: the flow asks for other keys"
    return Spoken(name, script, tuple(questions), last.sounds)


class _Noting(FakeTelephone):
    """A telephone that keeps what is said with each question."""

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.questions: list[Question] = []
        self._played: list[str] = []

    def play(self, utterances: Sequence[Utterance]) -> None:
        super().play(utterances)
        self._played += _sounds(utterances)

    def ask_key(
        self,
        utterances: Sequence[Utterance],
        first: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self._note(utterances, 1)
        return super().ask_key(utterances, first, options)

    def ask_digits(
        self,
        utterances: Sequence[Utterance],
        complete: Callable[[str], bool],
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> str | None:
        self._note(utterances, 0)
        return super().ask_digits(utterances, complete, first, between, options)

    def ask_secret(
        self,
        utterance: Utterance,
        most: int,
        first: float,
        between: float,
        options: Sequence[Utterance] = (),
    ) -> Secret | None:
        self._note([utterance], 0)
        keys = super().ask_digits([], lambda keys: len(keys) >= most, first, between)
        return None if keys is None else Secret(keys)

    def _note(self, utterances: Sequence[Utterance], most: int) -> None:
        self.questions.append(Question((*self._played, *_sounds(utterances)), most))
        self._played = []


def _sounds(utterances: Sequence[Utterance]) -> list[str]:
    return [sound for each in utterances for sound in each.sounds]
