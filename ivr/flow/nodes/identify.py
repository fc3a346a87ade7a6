"""Identification: asks for the number, and the code word or the passport of its owner.

The rules are those of the operator's page. Any phone may ask about any number. The calling number
is offered, but calling from it proves nothing. Every kind of failure has the same words. A caller
who meets a lock may end it by a one-time code that is sent to the number (``ivr.flow.unlock``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, assert_never

from ivr.domain.call import IdentificationMethod
from ivr.domain.identification import Attempt, LockState, Proof, Verdict
from ivr.domain.values import Msisdn, Secret
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node, NodeId
from ivr.flow.passport import ask_passport, passport_prompts
from ivr.flow.question import NodeExit, SecretForm
from ivr.flow.unlock import REASON, end_lock, unlock_prompts

WORD_OR_PASSPORT = SecretForm(
    is_possible=lambda _keys: True, options=("identify.codeword.passport",)
)
"""A ``#`` alone is a valid answer: the caller has only a passport."""


class Identify(Node):
    """Asks for the number and its secret. Success is valid for that number in this call only."""

    kind: Literal["identify"]
    next: NodeId
    """The next node of a caller who chose this one; else the node that needs identification."""

    def exits(self) -> Mapping[str, str]:
        return {"next": self.next}

    def prompts(self) -> Iterable[str]:
        return (
            "identify.why",
            "identify.number",
            "identify.number.own",
            "identify.number.other",
            "identify.read-back",
            "identify.codeword.enter",
            *WORD_OR_PASSPORT.options,
            *passport_prompts(),
            "identify.codeword.only",
            "identify.moment",
            "identify.no-match",
            "identify.stopped",
            "identify.done",
            *unlock_prompts(),
        )

    def visit(self, talk: Dialogue) -> Next:
        # In a resumed call, do not ask again for a number that was entered before.
        number: Msisdn | NodeExit | None = talk.call.about
        while True:
            number = number or self._number(talk)
            if isinstance(number, NodeExit):
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
            if proved is not NodeExit.BACK:
                return proved

    def _number(self, talk: Dialogue) -> Msisdn | NodeExit:
        own = talk.call.caller
        numbering = talk.care.numbering

        def read(keyed: str) -> Msisdn | None:
            return own if keyed == "" else numbering.parse(keyed)

        while True:
            talk.say("identify.number.own" if own else "identify.number")
            options = talk.words("identify.number.other") if own else []
            options += talk.words("identify.why")
            number = talk.digits(numbering.complete, read, "number", options=options)
            if isinstance(number, NodeExit) or number == own:
                return number
            talk.say("identify.read-back", number=number)
            right = talk.confirm("number/confirm")
            if isinstance(right, NodeExit):
                return right
            if right:
                return number

    def _prove(self, talk: Dialogue, number: Msisdn) -> NodeExit | None:
        """Identify the caller for a number. None: proved; BACK: ask for the number again."""
        means, has_tried = IdentificationMethod.CODEWORD, False
        talk.moved()
        while True:
            lock_state = talk.care.identification.lock_state(talk.call.id, number, talk.call.origin)
            match lock_state:
                case LockState.OPEN:
                    came = self._try(talk, number, means)
                case LockState.CODEWORD:
                    came = self._try(talk, number, IdentificationMethod.CODEWORD, only=True)
                case LockState.LOCKED | LockState.OFFICE:
                    left = end_lock(talk, number, lock_state)
                    if left is not None:
                        return left
                    continue
                case LockState.SPENT | LockState.STOPPED:
                    return self._refuse(talk, lock_state, has_tried)
                case _:
                    assert_never(lock_state)
            if not isinstance(came, IdentificationMethod):
                return came
            means = came
            has_tried = bool(talk.call.identification)

    def _try(
        self, talk: Dialogue, number: Msisdn, means: IdentificationMethod, *, only: bool = False
    ) -> IdentificationMethod | NodeExit | None:
        """Ask for one secret and check it. None: the right is proved; else what to ask for next.

        ``only``: passports are not accepted now.
        """
        secret: Secret | NodeExit
        match means:
            case IdentificationMethod.PASSPORT:
                secret = ask_passport(talk)
                if secret is NodeExit.BACK:
                    return IdentificationMethod.CODEWORD
            case IdentificationMethod.CODEWORD if only:
                secret = talk.secret("identify.codeword.only", str(means))
            case IdentificationMethod.CODEWORD:
                secret = talk.secret("identify.codeword.enter", str(means), WORD_OR_PASSPORT)
            case _:
                assert_never(means)
        if isinstance(secret, NodeExit):
            return secret
        if not secret.keys:
            return IdentificationMethod.PASSPORT
        # Read before the secret is compared: if something changes in between, the proof is of the
        # older version and has ended.
        proof = talk.care.identification.proof(number)
        attempt = Attempt(talk.call.id, number, talk.call.origin, means)
        verdict = talk.care.identification.check(attempt, secret, lambda: _moment(talk))
        talk.call.identification.append(f"{means}:{verdict}")
        talk.moved()
        if verdict is Verdict.MATCH and proof is not None:
            self._proved(talk, number, means, proof)
            return None
        talk.telephone.forget_keys()  # a late "#" would interrupt the next prompt
        if verdict is Verdict.NO_MATCH:
            talk.mention("identify.no-match")
        return means

    def _proved(
        self, talk: Dialogue, number: Msisdn, means: IdentificationMethod, proof: Proof
    ) -> None:
        call = talk.call
        call.subscriber, call.means, call.proof = number, means, proof.version
        if call.reason == REASON:  # the lock is over; an agent need not know of it
            call.reason = ""

    def _refuse(self, talk: Dialogue, lock_state: LockState, has_tried: bool) -> NodeExit:
        talk.say("identify.stopped" if lock_state is LockState.STOPPED else "identify.locked")
        if has_tried:
            return talk.to_agent(REASON)
        talk.call.reason = talk.call.reason or REASON
        return NodeExit.MAIN


def _moment(talk: Dialogue) -> None:
    """Say that it takes a moment, while the check waits in the queue."""
    talk.say("identify.moment")
    talk.deliver()
