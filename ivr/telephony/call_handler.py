"""The call handler: runs the dialogue of a call and tells the dialplan what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from ivr import metrics
from ivr.domain.call import Call, CallOutcome, origin_of
from ivr.domain.values import Language, Msisdn
from ivr.errors import CallerHungUp, TemporarilyUnavailable
from ivr.flow.checkpoint import CHECKPOINT, LANGUAGE, checkpoint_of, resume
from ivr.flow.dialogue import Dialogue
from ivr.flow.engine import run
from ivr.flow.nodes import AgentQueue
from ivr.flow.patience import USUAL, Patience
from ivr.flow.question import USUAL_TIMING, Timing
from ivr.flow.release import Release, ReleaseSource
from ivr.ports.care import Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Telephone
from ivr.ports.journal import Journal
from ivr.telephony.uniqueid import begun_at

log = structlog.get_logger()

NEXT = {CallOutcome.AGENT: "agent", CallOutcome.ENDED: "bye"}
"""What the dialplan does after the dialogue: IVR_NEXT."""


class Session(Protocol):
    """One call, as the server passes it to the handler."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The AGI header of the call: ``agi_callerid`` …"""
        ...

    @property
    def telephone(self) -> Telephone: ...

    def get(self, name: str) -> str:
        """A channel variable; "" when it is not set."""
        ...

    def set(self, name: str, value: str) -> None: ...


@dataclass(frozen=True)
class CallHandler:
    """Answers calls. All threads share one instance."""

    release_cache: ReleaseSource
    care: Care
    journal: Journal
    clock: Clock
    patience: Patience = USUAL
    timing: Timing = USUAL_TIMING

    def answer(self, session: Session) -> None:
        """Run the dialogue of one call to its end. CallerHungUp never leaves the dialogue.

        The call's id stays bound to the log context: the server may log an error afterwards.
        """
        call = self._call(session)
        structlog.contextvars.bind_contextvars(call=call.id)
        checkpoint = session.get(CHECKPOINT)
        at = resume(call, checkpoint) if checkpoint else ""
        release = (
            self.release_cache.get(call.release) if call.release else self.release_cache.live()
        )
        call.release = release.number
        counted = 0
        if session.get("IVR_RESUME") == "unanswered":
            counted = len(call.goals)
            at, checkpoint = self._unanswered(session, call, release, at), ""
        elif checkpoint:
            metrics.call_resumed()
            call.progress.since = call.progress.since or call.started
        self._converse(session, call, release, at, checkpoint, counted)

    def busy(self, session: Session) -> None:
        """Return a call over the bound to the dialplan, which apologises in the caller's language,
        or in all languages if it is not known.

        The dialplan's event puts the call into the journal (``ivr.telephony.refused``).
        """
        call = self._call(session)
        with structlog.contextvars.bound_contextvars(call=call.id):
            if call.caller:
                try:
                    call.language = self.care.callers.language(call.caller)
                except TemporarilyUnavailable as error:
                    log.warning("language of the caller is not known", reason=str(error))
            if call.language:
                session.set(LANGUAGE, call.language)
            session.set("IVR_REASON", "overload")
            session.set("IVR_NEXT", "busy")
            session.set("IVR_DONE", "1")

    def _caller(self, session: Session) -> Msisdn | None:
        return self.care.numbering.parse(session.environment.get("agi_callerid", ""))

    def _call(self, session: Session) -> Call:
        environment = session.environment
        calling = environment.get("agi_callerid", "")
        origin = origin_of(environment.get("agi_channel", ""), calling, self._caller(session))
        id, now = environment.get("agi_uniqueid", ""), self.clock.now()
        return Call(
            id=id,
            dialled=session.get("IVR_DIALLED"),
            started=now,
            begun=min(begun_at(id) or now, now),
            caller=origin.number,
            calling=origin.calling,
            trunk=origin.trunk,
        )

    def _unanswered(self, session: Session, call: Call, release: Release, at: str) -> str:
        """Return the node at which a call goes on that no agent took.

        If a worker died with an operation pending, the caller hears its result first. A worker that
        resumes the call later does not come here again. A call over the bound has no chosen
        language; ``busy`` put it on the channel.
        """
        call.reason = session.get("IVR_REASON")
        spoken = session.environment.get("agi_language", "")
        if call.language is None and spoken in release.flow.languages:
            call.language = Language(spoken)
        if not call.pending:
            agent = release.flow.nodes[release.flow.agent]
            assert isinstance(agent, AgentQueue)
            at, call.about = agent.unanswered, None
        call.progress.tried = True
        call.heading = at
        session.set(CHECKPOINT, checkpoint_of(call))
        session.set("IVR_RESUME", "")
        return at

    def _converse(
        self, session: Session, call: Call, release: Release, at: str, checkpoint: str, counted: int
    ) -> None:
        """``checkpoint`` is the stored one; ``counted`` goals of the call were already counted
        at the end of its earlier dialogue."""
        log.debug("call begins", caller=call.caller, release=call.release, at=at or "start")
        begun = self._record(call)
        talk = Dialogue(
            call,
            session.telephone,
            release.prompts,
            release.flow.languages,
            release.care,
            self.clock,
            noted=checkpoint,
            patience=self.patience,
            timing=self.timing,
        )
        outcome = CallOutcome.FAILED
        try:
            outcome = run(release.flow, talk, at)
            if call.language:
                session.set(LANGUAGE, call.language)
            session.set("IVR_REASON", call.reason)
            session.set("IVR_TOPIC", call.topic)
            if outcome is CallOutcome.AGENT:
                session.set("IVR_WAIT", str(call.wait))
                session.set("IVR_PROOF", proof_of(call))
                if call.subscriber and (prior := release.care.accounts.priority(call.subscriber)):
                    session.set("QUEUE_PRIO", str(prior))
            session.set("IVR_NEXT", NEXT[outcome])
            session.set("IVR_DONE", "1")
        except CallerHungUp:
            outcome = CallOutcome.HUNG_UP
        finally:
            if begun or self._record(call):
                self._record(call, outcome)
            spent = (self.clock.now() - call.started).total_seconds()
            metrics.call_ended(outcome, call.language, call.goals[counted:], spent)
            if call.ended_by:
                metrics.call_ended_by_line(call.ended_by)
            log.debug(
                "call ends",
                caller=call.caller,
                release=call.release,
                outcome=str(outcome),
                node=call.node,
                goals=call.goals,
            )

    def _record(self, call: Call, outcome: CallOutcome | None = None) -> bool:
        """Write the journal. False: the database does not answer; the call goes on anyway."""
        try:
            if outcome is None:
                self.journal.begin(call)
            else:
                self.journal.end(call, outcome, self.clock.now())
        except TemporarilyUnavailable as error:
            log.error("the journal of a call is not written", call=call.id, reason=str(error))
            return False
        return True


def proof_of(call: Call) -> str:
    """Return the word for the identification on the agent's phone; it never contains a number.

    ``verified``: the caller proved the right to the calling number. ``other``: to another number.
    ``passport``: only by passport, and not from the number's own phone. "": not identified.
    """
    if call.subscriber is None:
        return ""
    if call.evidence.is_weak:
        return "passport"
    return "verified" if call.subscriber == call.caller else "other"
