"""Identification: which number, and the code word or the passport of its owner.

The rules are those of the operator's page: any phone may ask about any number, the caller's own
is only offered; calling from it proves nothing. Every kind of failure has the same words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.call import Means
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.question import Leave
from ivr.ports import Attempt, Standing, Verdict
from ivr.values import Msisdn


class Identify(Node):
    """Asks for the number and for its secret; success holds for that number in this call only."""

    kind: Literal["identify"]
    next: NodeId
    """Where a caller goes who came here by choice; a guard goes on to what it guards."""

    def exits(self) -> Mapping[str, str]:
        return {"next": self.next}

    def prompts(self) -> Iterable[str]:
        return (
            "identify.why",
            "identify.number",
            "identify.number.own",
            "identify.read-back",
            "identify.codeword.enter",
            "identify.passport.enter",
            "identify.moment",
            "identify.no-match",
            "identify.locked",
            "identify.office",
            "identify.done",
        )

    def visit(self, talk: Dialogue) -> Next:
        # A number that was keyed in before another worker took the call up is not asked again.
        number: Msisdn | Leave | None = talk.call.about
        if number is None:
            talk.mention("identify.why")
        while True:
            number = number or self._number(talk)
            if isinstance(number, Leave):
                return number
            talk.call.about = number
            try:
                proved = self._prove(talk, number)
            finally:
                talk.call.about = number = None
                talk.moved()
            if proved is None:
                talk.mention("identify.done")
                return self.next
            if proved is not Leave.BACK:
                return proved

    def _number(self, talk: Dialogue) -> Msisdn | Leave:
        own = talk.call.caller
        numbering = talk.care.numbering

        def read(keyed: str) -> Msisdn | None:
            return own if keyed == "" else numbering.parse(keyed)

        while True:
            talk.say("identify.number.own" if own else "identify.number")
            number = talk.digits(numbering.complete, read, "number")
            if isinstance(number, Leave) or number == own:
                return number
            talk.say("identify.read-back", number=number)
            right = talk.confirm("number/confirm")
            if isinstance(right, Leave):
                return right
            if right:
                return number

    def _prove(self, talk: Dialogue, number: Msisdn) -> Leave | None:
        """None when the right to the number is proved; BACK asks for the number again."""
        identification = talk.care.identification
        means = Means.CODEWORD
        talk.moved()
        while True:
            standing = identification.standing(talk.call.id, number, talk.call.caller)
            if standing is not Standing.OPEN:
                return self._barred(talk, standing)
            can_be_empty = means is Means.CODEWORD
            secret = talk.secret(f"identify.{means}.enter", str(means), can_be_empty=can_be_empty)
            if secret is Leave.BACK and means is Means.PASSPORT:
                means = Means.CODEWORD
                continue
            if isinstance(secret, Leave):
                return secret
            if not secret.keys:
                means = Means.PASSPORT
                continue
            attempt = Attempt(talk.call.id, number, talk.call.caller, means)
            verdict = identification.check(attempt, secret, lambda: _moment(talk))
            talk.call.identification.append(f"{means}:{verdict}")
            talk.moved()
            if verdict is Verdict.MATCH:
                talk.call.subscriber, talk.call.means = number, means
                return None
            if verdict is Verdict.LOCKED:
                talk.say("identify.locked")
                return talk.to_agent("identification")
            talk.mention("identify.no-match")

    def _barred(self, talk: Dialogue, standing: Standing) -> Leave:
        talk.say("identify.office" if standing is Standing.OFFICE else "identify.locked")
        return Leave.MAIN


def _moment(talk: Dialogue) -> None:
    """Says that it takes a moment, while others have their turn."""
    talk.say("identify.moment")
    talk.deliver()
