"""Call forwarding: when, and to which number (3GPP TS 22.082)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.dialogue import Value
from ivr.domain.forwarding import (
    END_ALL,
    KINDS,
    LONGEST,
    SECONDS,
    Kind,
    end_kind,
    seconds_of,
    set_kind,
)
from ivr.domain.services import FORWARDING
from ivr.flow.change import MODIFY, OFF, ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.changing import ChangingNode
from ivr.flow.question import Hint, NodeExit

GOAL = "services/forwarding"
SECONDS_HINT = Hint("nomatch.seconds")


class Forwarding(ChangingNode):
    """Says the present forwarding; sets, changes or ends one of the four kinds, or ends all."""

    kind: Literal["forwarding"]

    def prompts(self) -> Iterable[str]:
        yield f"service.{FORWARDING}"
        yield from ("forwarding.none", "forwarding.number", "forwarding.seconds")
        yield from ("forwarding.change", "forwarding.end", "forwarding.all-off")
        yield from ("nomatch.seconds.1", "nomatch.seconds.2")
        for kind in KINDS:
            yield from (f"forwarding.{kind}.is", f"forwarding.{kind}.choose")
            yield from self._setting(kind, "", 0).prompts()
        yield from (*MODIFY.prompts(), *OFF.prompts())

    def change_one(self, talk: Dialogue) -> NodeExit | None:
        assert talk.call.subscriber is not None
        value = talk.care.subscriptions.value(talk.call.subscriber, FORWARDING)
        is_on = talk.care.subscriptions.states(talk.call.subscriber)[FORWARDING]
        self._tell(talk, dict(value))
        for key, kind in enumerate(KINDS, 1):
            talk.say(f"forwarding.{kind}.choose")
            talk.say(f"press.{key}")
        if is_on:
            talk.say("forwarding.all-off")
            talk.say("press.5")
        chosen = talk.choose("12345" if is_on else "1234")
        if isinstance(chosen, NodeExit):
            return chosen
        if chosen == "5":
            left = make_change(talk, END_ALL, OFF, GOAL)
        else:
            left = self._change(talk, KINDS[int(chosen) - 1], dict(value))
        return None if left is NodeExit.BACK else left

    def _tell(self, talk: Dialogue, value: Mapping[str, str]) -> None:
        if not value:
            talk.say("forwarding.none")
        for kind in KINDS:
            if kind in value:
                seconds = int(value.get(SECONDS, 0))
                talk.say(f"forwarding.{kind}.is", number=value[kind], seconds=seconds)

    def _change(self, talk: Dialogue, kind: Kind, value: Mapping[str, str]) -> NodeExit:
        if kind in value:
            talk.say("forwarding.change")
            talk.say("press.1")
            talk.say("forwarding.end")
            talk.say("press.2")
            what = talk.choose("12", "what")
            if isinstance(what, NodeExit):
                return what
            if what == "2":
                return self._end(talk, kind, value)
        talk.say("forwarding.number")
        numbering = talk.care.numbering
        number = talk.digits(numbering.complete, numbering.dialled, "target")
        if isinstance(number, NodeExit):
            return number
        seconds = self._seconds(talk) if kind == "no-answer" else 0
        if isinstance(seconds, NodeExit):
            return seconds
        words = self._setting(kind, number, seconds)
        return make_change(talk, set_kind(kind, number, seconds), words, GOAL)

    def _end(self, talk: Dialogue, kind: Kind, value: Mapping[str, str]) -> NodeExit:
        is_last = not any(other in value for other in KINDS if other != kind)
        return make_change(talk, end_kind(kind), OFF if is_last else MODIFY, GOAL)

    def _seconds(self, talk: Dialogue) -> int | NodeExit:
        talk.say("forwarding.seconds")
        return talk.digits(_is_complete, _read_seconds, "seconds", SECONDS_HINT)

    def _setting(self, kind: str, number: str, seconds: int) -> ChangeTexts:
        values: dict[str, Value] = {"number": number, "seconds": seconds}
        return ChangeTexts(f"forwarding.{kind}", values, result="change.modify")


def _is_complete(keyed: str) -> bool:
    return len(keyed) >= len(str(LONGEST))


def _read_seconds(keyed: str) -> int | None:
    return seconds_of(int(keyed)) if keyed.isdecimal() else None
