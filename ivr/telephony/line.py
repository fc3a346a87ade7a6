"""The line: takes a call from Asterisk, runs its dialogue, tells the dialplan what comes next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from ivr import metrics
from ivr.domain.call import Call, Outcome, origin_of
from ivr.domain.values import Language, Msisdn
from ivr.errors import CallerHungUp, TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.engine import run
from ivr.flow.front import WAY, Way
from ivr.flow.nodes import AgentQueue, LanguageChoice
from ivr.flow.patience import USUAL, Patience
from ivr.flow.place import LANGUAGE, PLACE, place_of, resume
from ivr.flow.question import USUAL_TIMING, Timing
from ivr.flow.release import Release, Shelf
from ivr.ports.care import Callers, Care
from ivr.ports.clock import Clock
from ivr.ports.dialogue import Telephone
from ivr.ports.journal import Journal
from ivr.telephony.ended import begun_at
from ivr.telephony.server import SPOKEN, WHO

log = structlog.get_logger()

NEXT = {Outcome.AGENT: "agent", Outcome.ENDED: "bye"}
"""What the dialplan does after the dialogue: IVR_NEXT."""
FORGET = "IVR_FORGET"
"""The channel variable of callers whose language cannot be remembered."""
VIP_PRIORITY = "10"
"""Of app_queue: higher goes first, 0 is everybody else."""


class Session(Protocol):
    """One call, as the server hands it over."""

    @property
    def environment(self) -> Mapping[str, str]:
        """What Asterisk said of the call at its start: ``agi_callerid`` …"""
        ...

    @property
    def telephone(self) -> Telephone: ...

    def get(self, name: str) -> str:
        """A channel variable; "" when it is not set."""
        ...

    def set(self, name: str, value: str) -> None: ...


@dataclass(frozen=True)
class Line:
    """Answers calls. One instance serves all threads."""

    shelf: Shelf
    care: Care
    journal: Journal
    clock: Clock
    patience: Patience = USUAL
    timing: Timing = USUAL_TIMING

    def answer(self, session: Session) -> None:
        """Run the dialogue of one call to its end. CallerHungUp never leaves the dialogue.

        The call's id stays bound to the thread's logs: the server logs a fault after this.
        """
        if session.environment.get("agi_network_script") == WHO:
            self._introduce(session)
            return
        call = self._call(session)
        structlog.contextvars.bind_contextvars(call=call.id)
        place = session.get(PLACE)
        at = resume(call, place) if place else ""
        release = self.shelf.get(call.release) if call.release else self.shelf.live()
        call.release = release.number
        way = Way.read(session.get(WAY))
        if way is not None:
            _put_on(way, call)
            self._remember(session, call, release)
        counted = 0
        if session.get("IVR_RESUME") == "unanswered":
            counted = len(call.goals)
            at, place = self._unanswered(session, call, release, at), ""
        elif place and way is None:
            metrics.call_resumed()
            call.progress.since = call.progress.since or call.started
        self._converse(session, call, release, at, place, counted)

    def busy(self, session: Session) -> None:
        """Too many calls: the dialplan apologises, in the caller's language if that is known."""
        call = self._call(session)
        call.reason = "overload"
        has_record = bool(session.get(PLACE))
        with structlog.contextvars.bound_contextvars(call=call.id):
            if call.caller:
                try:
                    call.language = self.care.callers.language(call.caller)
                except TemporarilyUnavailable as error:
                    log.warning("language of the caller is not known", reason=str(error))
            if call.language:
                session.set(LANGUAGE, call.language)
            session.set("IVR_REASON", call.reason)
            session.set("IVR_NEXT", "busy")
            session.set("IVR_DONE", "1")
            if not has_record and self._record(call):
                self._record(call, Outcome.AGENT)

    def _introduce(self, session: Session) -> None:
        """Tell Asterisk which language a caller speaks, if he has ever said so."""
        caller = self._caller(session)
        if caller is None:
            session.set(FORGET, "1")
            return
        with suppress(TemporarilyUnavailable):  # then he is asked
            self._care(session, self.shelf.live()).callers.language(caller)

    def _remember(self, session: Session, call: Call, release: Release) -> None:
        """The language, where Asterisk has asked for it."""
        asked = (release.flow.nodes.get(step.node) for step in call.path)
        if call.caller and call.language and any(isinstance(at, LanguageChoice) for at in asked):
            with suppress(TemporarilyUnavailable):
                self._care(session, release).callers.remember(call.caller, call.language)

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

    def _care(self, session: Session, release: Release) -> Care:
        """Care by which Asterisk, too, comes to know which language a caller speaks."""
        known = session.get(SPOKEN)
        number = re.sub("[^0-9]", "", session.environment.get("agi_callerid", ""))
        introduced = Introduced(
            release.care.callers,
            known,
            lambda spoken: session.set(f"DB(language/{number})", spoken),
        )
        return replace(release.care, callers=introduced)

    def _unanswered(self, session: Session, call: Call, release: Release, at: str) -> str:
        """Where a call goes on that no agent took. What a worker that died had in hand is told
        first; and who goes on from here is not sent here again. Who was one too many has chosen no
        language in this call: Asterisk knows it."""
        call.reason = session.get("IVR_REASON")
        spoken = session.get(SPOKEN)
        if call.language is None and spoken in release.flow.languages:
            call.language = Language(spoken)
        if not call.hand:
            agent = release.flow.nodes[release.flow.agent]
            assert isinstance(agent, AgentQueue)
            at, call.about = agent.unanswered, None
        call.progress.tried = True
        call.heading = at
        session.set(PLACE, place_of(call))
        session.set("IVR_RESUME", "")
        return at

    def _converse(
        self, session: Session, call: Call, release: Release, at: str, place: str, counted: int
    ) -> None:
        """``place`` is what the channel has noted; ``counted`` goals of the call were counted when
        its dialogue ended before."""
        log.debug("call begins", caller=call.caller, release=call.release, at=at or "start")
        begun = self._record(call)
        talk = Dialogue(
            call,
            session.telephone,
            release.prompts,
            self._care(session, release),
            self.clock,
            release.flow.languages,
            noted=place,
            patience=self.patience,
            timing=self.timing,
        )
        outcome = Outcome.FAILED
        try:
            outcome = run(release.flow, talk, at)
            if call.language:
                session.set(LANGUAGE, call.language)
            session.set("IVR_REASON", call.reason)
            session.set("IVR_TOPIC", call.topic)
            if outcome is Outcome.AGENT:
                session.set("IVR_WAIT", str(call.wait))
                session.set("IVR_PROOF", proof_of(call))
                if _is_vip(call, release.care):
                    session.set("QUEUE_PRIO", VIP_PRIORITY)
            session.set("IVR_NEXT", NEXT[outcome])
            session.set("IVR_DONE", "1")
        except CallerHungUp:
            outcome = Outcome.HUNG_UP
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

    def _record(self, call: Call, outcome: Outcome | None = None) -> bool:
        """Write the journal. False: the database does not answer; the call goes on without it."""
        try:
            if outcome is None:
                self.journal.begin(call)
            else:
                self.journal.end(call, outcome, self.clock.now())
        except TemporarilyUnavailable as error:
            log.error("the journal of a call is not written", call=call.id, reason=str(error))
            return False
        return True


@dataclass
class Introduced(Callers):
    """Who speaks what is told to Asterisk, too."""

    callers: Callers
    known: str
    """The language that Asterisk knows of; "" for none."""
    introduce: Callable[[Language], None]

    def language(self, caller: Msisdn) -> Language | None:
        language = self.callers.language(caller)
        if language and language != self.known:
            self._introduce(language)
        return language

    def remember(self, caller: Msisdn, language: Language) -> None:
        self.callers.remember(caller, language)
        if language != self.known:
            self._introduce(language)

    def _introduce(self, language: Language) -> None:
        self.known = language
        self.introduce(language)


def _put_on(way: Way, call: Call) -> None:
    """What a call has behind it that comes from the front, and when it began."""
    now = call.started
    begun = min(begun_at(call.id) or now, now)
    call.started = begun
    call.path = way.steps(begun)


def proof_of(call: Call) -> str:
    """What the agent's phone shows of the proof: of words of our own, and of no number.

    ``verified``: the calling number is proved. ``other``: a right to another number is.
    ``passport``: only by a passport, and not from the number's own phone.
    """
    if call.subscriber is None:
        return ""
    if call.evidence.is_weak:
        return "passport"
    return "verified" if call.subscriber == call.caller else "other"


def _is_vip(call: Call, care: Care) -> bool:
    """Whether the identified subscriber goes first in the queue."""
    if call.subscriber is None:
        return False
    try:
        account = care.accounts.account(call.subscriber)
    except TemporarilyUnavailable:
        return False
    return account is not None and account.vip
