"""Asks for a passport in three questions: the series, the region and the number.

A caller who knows the eight keys may press them in one go. Only the whole is compared, so it is one
attempt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from ivr.domain.values import Secret
from ivr.flow.dialogue import Dialogue
from ivr.flow.question import NodeExit, SecretForm

ROMAN = "123"
"""Series I-, II- and III-."""
REGIONS = "123456"
"""Aşgabat, Ahal, Balkan, Daşoguz, Lebap, Mary."""
DIGITS = 6


def _one_of(keys: str) -> Callable[[str], bool]:
    return frozenset(keys).__contains__


def _is_number(keys: str) -> bool:
    return len(keys) == DIGITS and keys.isdecimal()


PARTS: Mapping[str, SecretForm] = {
    "series": SecretForm(1, _one_of(ROMAN), "identify.passport.series.help"),
    "region": SecretForm(
        1,
        _one_of(REGIONS),
        "identify.passport.region.help",
        ("identify.passport.region.help",),
        goes_on=True,
    ),
    "number": SecretForm(DIGITS, _is_number, "identify.passport.number.help", goes_on=True),
}


def passport_prompts() -> Iterable[str]:
    """Return the keys of every text that ``ask_passport`` may say."""
    for part, form in PARTS.items():
        yield from (f"identify.passport.{part}", form.help)


def ask_passport(talk: Dialogue) -> Secret | NodeExit:
    """Ask for the eight keys of a passport.

    ``*`` in the first question goes back; in the other questions it leads to the first one.
    """
    while True:
        keys = ""
        for part, form in PARTS.items():
            answer = talk.secret(f"identify.passport.{part}", f"passport-{part}", form)
            if isinstance(answer, NodeExit):
                break
            keys += answer.keys
        else:
            return Secret(keys)
        if answer is not NodeExit.BACK or not keys:
            return answer
