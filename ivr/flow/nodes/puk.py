"""The PUK of the SIM card, read to the identified caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.subscriber import NoPuk
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import NodeExit


class Puk(Node):
    """Reads the PUK in pairs of digits, and once more on request; never a third time in a call."""

    kind: Literal["puk"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield from ("puk.read", "puk.press", *(f"puk.{reason}" for reason in NoPuk))

    def visit(self, talk: Dialogue) -> Next:
        if not self._read(talk):
            return talk.after()
        key = talk.after("2", options=talk.words("puk.press"))
        if isinstance(key, NodeExit):
            return key
        self._read(talk)
        return talk.after(part="read")

    def _read(self, talk: Dialogue) -> bool:
        call = talk.call
        assert call.subscriber is not None
        call.step += 1  # a worker that resumes the call here reads it under the same key
        told = talk.care.puks.tell(call.actor, call.key, call.subscriber)
        if isinstance(told, NoPuk):
            talk.say(f"puk.{told}")
            return False
        call.reach("number/puk")
        talk.moved()  # so that a third reading is refused, by this worker or another
        talk.say("puk.read", puk=told.keys)
        talk.deliver()  # not together with the question: 9 would read it again
        return True
