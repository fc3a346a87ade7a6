"""A simulated call from the first prompt to the hang-up: ``dial(flow, care, clock, "3 2 1")``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ivr.content.simulation.telephone import KeyedTelephone
from ivr.domain.call import Call, CallOutcome, Origin
from ivr.domain.dialogue import Utterance
from ivr.domain.values import Msisdn
from ivr.errors import CallerHungUp
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow
from ivr.flow.engine import run
from ivr.flow.question import Question
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Prompts

CALLER = Msisdn("99365123456")
TRUNK = "trunk"


def origin(number: Msisdn | None = None, calling: str = "", trunk: str = TRUNK) -> Origin:
    """Return the origin of a call from a number; None: the number is withheld."""
    return Origin(number, calling or number or "", trunk)


@dataclass(frozen=True, slots=True)
class Dialled:
    """The result of a simulated call."""

    call: Call
    outcome: CallOutcome
    utterances: list[Utterance]
    question: Question | None
    """The open question when the caller hung up."""

    @property
    def heard(self) -> list[str]:
        """The words of all prompts that were played."""
        return [utterance.words for utterance in self.utterances]

    @property
    def keys(self) -> list[str]:
        """The keys of all texts that were played."""
        return [utterance.key for utterance in self.utterances]


def dial(
    flow: Flow,
    care: Care,
    clock: Clock,
    keys: str = "",
    *,
    prompts: Prompts,
    caller: Msisdn | None = CALLER,
    calling: str = "",
    trunk: str = TRUNK,
    subscriber: Msisdn | None = None,
    call_id: str = "call-1",
    at: str = "",
    telephone: Callable[[str], KeyedTelephone] = KeyedTelephone,
) -> Dialled:
    """Call, press ``keys`` (see KeyedTelephone), hang up; return what happened.

    ``subscriber`` is identified from the start. ``at`` is the node at which the call begins.
    ``calling`` is the number as the trunk sends it, if it differs from ``caller``.
    """
    come = origin(caller, calling, trunk)
    call = Call(
        call_id,
        "0890",
        clock.now(),
        caller=come.number,
        calling=come.calling,
        trunk=come.trunk,
        subscriber=subscriber,
    )
    if subscriber and (proof := care.identification.proof(subscriber)):
        call.proof = proof.version
    phone = telephone(keys)
    asked: list[Question] = []
    talk = Dialogue(call, phone, prompts, flow.languages, care, clock, asked.append)
    try:
        outcome = run(flow, talk, at)
    except CallerHungUp:
        return Dialled(call, CallOutcome.HUNG_UP, phone.heard, asked[-1] if asked else None)
    return Dialled(call, outcome, phone.heard, None)
