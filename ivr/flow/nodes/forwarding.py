"""Call forwarding: when, and to which number (3GPP TS 22.082)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.dialogue import Value
from ivr.domain.services import FORWARDING, Change
from ivr.flow.change import MODIFY, OFF, Wording, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import Hint, Leave
from ivr.flow.result import take_up_change

KINDS = ("always", "busy", "no-answer", "unreachable")
"""Unconditional, on busy, on no reply, on not reachable."""
NO_ANSWER, SECONDS = "no-answer", "no-answer-seconds"
SHORTEST, LONGEST, STEP = 5, 30, 5
"""Seconds until a call counts as not answered, and their step (TS 22.082, 3.1.2)."""
GOAL = "services/forwarding"
SECONDS_HINT = Hint("nomatch.seconds")


class Forwarding(Node):
    """Tells what is forwarded; sets, changes or ends one of the four kinds, or ends all."""

    kind: Literal["forwarding"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield f"service.{FORWARDING}"
        yield from ("forwarding.none", "forwarding.number", "forwarding.seconds")
        yield from ("forwarding.change", "forwarding.end", "forwarding.all-off")
        yield from ("nomatch.seconds.1", "nomatch.seconds.2")
        for kind in KINDS:
            yield from (f"forwarding.{kind}.is", f"forwarding.{kind}.choose")
            yield from self._setting(kind, "", 0).prompts()
        yield from (*MODIFY.prompts(), *OFF.prompts())

    def visit(self, talk: Dialogue) -> Next:
        while True:
            left = self._one(talk)
            if left is not None:
                return left

    def take_up(self, talk: Dialogue) -> Next:
        left = take_up_change(talk)
        return self.visit(talk) if left in (None, Leave.BACK) else left

    def _one(self, talk: Dialogue) -> Leave | None:
        """None: back here from what was chosen."""
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
        if isinstance(chosen, Leave):
            return chosen
        if chosen == "5":
            left = make_change(talk, Change(FORWARDING, on=False), OFF, GOAL)
        else:
            left = self._change(talk, KINDS[int(chosen) - 1], dict(value))
        return None if left is Leave.BACK else left

    def _tell(self, talk: Dialogue, value: Mapping[str, str]) -> None:
        if not value:
            talk.say("forwarding.none")
        for kind in KINDS:
            if kind in value:
                seconds = int(value.get(SECONDS, 0))
                talk.say(f"forwarding.{kind}.is", number=value[kind], seconds=seconds)

    def _change(self, talk: Dialogue, kind: str, value: dict[str, str]) -> Leave:
        if kind in value:
            talk.say("forwarding.change")
            talk.say("press.1")
            talk.say("forwarding.end")
            talk.say("press.2")
            what = talk.choose("12", "what")
            if isinstance(what, Leave):
                return what
            if what == "2":
                return self._end(talk, kind, value)
        talk.say("forwarding.number")
        numbering = talk.care.numbering
        number = talk.digits(numbering.complete, numbering.dialled, "target")
        if isinstance(number, Leave):
            return number
        seconds = self._seconds(talk) if kind == NO_ANSWER else 0
        if isinstance(seconds, Leave):
            return seconds
        # By part: another one may have been set meanwhile, and stays.
        parts = ((kind, number), (SECONDS, str(seconds))) if seconds else ((kind, number),)
        wanted = Change(FORWARDING, True, parts)
        return make_change(talk, wanted, self._setting(kind, number, seconds), GOAL)

    def _end(self, talk: Dialogue, kind: str, value: dict[str, str]) -> Leave:
        left = {name: text for name, text in value.items() if name not in (kind, f"{kind}-seconds")}
        if not left:
            return make_change(talk, Change(FORWARDING, on=False), OFF, GOAL)
        ended = tuple((name, "") for name in value if name not in left)
        return make_change(talk, Change(FORWARDING, True, ended), MODIFY, GOAL)

    def _seconds(self, talk: Dialogue) -> int | Leave:
        talk.say("forwarding.seconds")
        return talk.digits(_is_complete, _read_seconds, "seconds", SECONDS_HINT)

    def _setting(self, kind: str, number: str, seconds: int) -> Wording:
        values: dict[str, Value] = {"number": number, "seconds": seconds}
        return Wording(f"forwarding.{kind}", values, result="change.modify")


def _is_complete(keyed: str) -> bool:
    return len(keyed) >= len(str(LONGEST))


def _read_seconds(keyed: str) -> int | None:
    """Rounded up to the network's step; None: not from 5 to 30."""
    if not keyed.isdecimal() or not SHORTEST <= int(keyed) <= LONGEST:
        return None
    return -(-int(keyed) // STEP) * STEP
