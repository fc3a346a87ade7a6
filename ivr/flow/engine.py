"""Runs a flow with one caller, from node to node until the end.

An unidentified caller who reaches a node that needs identification goes through identification
first. The checkpoint (never a secret) is written to the channel, which outlives this process, so
that another worker can resume the call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import assert_never

from ivr.domain.call import CallOutcome
from ivr.domain.values import Msisdn
from ivr.errors import FlowBroken, ProofEnded, TemporarilyUnavailable
from ivr.flow.checkpoint import checkpoint_of
from ivr.flow.dialogue import Dialogue
from ivr.flow.document import Flow
from ivr.flow.held import tell_held
from ivr.flow.question import NodeExit

MOST_VISITS = 500
"""Limit of node visits in one call, far above what any caller needs."""
UNAVAILABLE = frozenset({"database", "billing", "network", "identification"})
"""Parts whose failure has its own text: ``unavailable.<part>``."""
MOST_FAILURES = 3
"""Number of times that a part may be unavailable in a call before an agent takes over."""


def run(flow: Flow, talk: Dialogue, at: str = "") -> CallOutcome:
    """Run the dialogue to its end; ``at`` is the node at which a resumed call goes on.

    If this flow does not have the node ``at``, begin at the start. Return AGENT or ENDED.
    CallerHungUp passes through.
    """
    if at not in flow.nodes:
        return _Walk(flow, talk, flow.start).from_the_start()
    talk.call.trail = [node for node in talk.call.trail if node in flow.nodes]
    # A call at the start that has a language: the caller came back to choose another one.
    talk.returned = at == flow.start and talk.call.language is not None
    announced = at != flow.start or talk.returned
    return _Walk(flow, talk, at, announced, resumed=True).to_the_end()


@dataclass
class _Walk:
    flow: Flow
    talk: Dialogue
    node: str
    announced: bool = False
    """The announcement was played in this call."""
    resumed: bool = False
    """This worker resumes the node of another worker."""
    failures: int = 0
    told: set[Msisdn] = field(default_factory=set)
    """Numbers whose held changes the caller heard in this call."""
    bits: Mapping[str, int] = field(init=False)
    """The bit of each node in ``Progress.seen``."""

    def __post_init__(self) -> None:
        self.bits = {node: bit for bit, node in enumerate(sorted(self.flow.nodes))}

    def from_the_start(self) -> CallOutcome:
        call = self.talk.call
        call.node = call.heading = self.flow.start
        self.talk.watch.arrives(1 << self.bits[self.flow.start])
        # The checkpoint of a new call need not be written: without one, a call begins there.
        self.talk.noted = self.talk.noted or checkpoint_of(call)
        return self.to_the_end()

    def to_the_end(self) -> CallOutcome:
        for _ in range(MOST_VISITS):
            try:
                left = self._visit()
            except ProofEnded:
                self.talk.unprove()
                left = self.node  # once more, through identification
            except TemporarilyUnavailable as error:
                left = self._unavailable(error)
            self.talk.call.pending = ()
            match left:
                case NodeExit.END:
                    return CallOutcome.ENDED
                case NodeExit.AGENT if self.node == self.flow.agent:
                    return CallOutcome.AGENT
                case NodeExit.AGENT:
                    self._go(self.flow.agent)
                case NodeExit.BACK:
                    self._back()
                case NodeExit.MAIN:
                    self._go(self.flow.main)
                case str():
                    self._go(left)
                case _:
                    assert_never(left)
        raise FlowBroken(f"the call visited {MOST_VISITS} nodes without ending")

    def _visit(self) -> str | NodeExit:
        node = self.flow.nodes[self.node]
        taken_up, self.resumed = self.resumed, False
        self.talk.call.heading = self.node
        if node.needs == "identified":
            self.talk.hold_proof()
        if node.needs == "identified" and self.talk.call.subscriber is None:
            self._enter(self.flow.identification)
            left = self.flow.nodes[self.flow.identification].visit(self.talk)
            if self.talk.call.subscriber is None:
                return left
        self._enter(self.node)
        if self.talk.call.language is not None and not (taken_up and self.talk.call.pending):
            left_early = tell_held(self.talk, self.told)
            if left_early is not None:
                return left_early
        if self.node == self.flow.main and not self.announced:
            self._announce()
        left = node.resume_pending(self.talk) if taken_up else node.visit(self.talk)
        self.talk.returned = False
        return left

    def _announce(self) -> None:
        self.announced = True
        words = self.talk.care.information.announcement()
        if words and self.talk.call.language:
            self.talk.mention("announcement", words=words[self.talk.call.language])

    def _enter(self, node: str) -> None:
        self.talk.call.node = node
        self.talk.watch.arrives(1 << self.bits[node])
        self.talk.mark()

    def _go(self, node: str) -> None:
        trail = self.talk.call.trail
        if node in trail:
            del trail[trail.index(node) :]
        elif self.node != node:
            trail.append(self.node)
        self.node = node
        self.talk.returned = False

    def _back(self) -> None:
        if self.talk.call.trail:
            self.node = self.talk.call.trail.pop()
        elif self.node == self.flow.main:
            self.node = self.flow.start
        elif self.node != self.flow.start:
            self.node = self.flow.main  # the trail was too long for the checkpoint
        self.talk.returned = True

    def _unavailable(self, error: TemporarilyUnavailable) -> NodeExit:
        """Say which part is unavailable and go on elsewhere; to an agent after many failures."""
        self.failures += 1
        named = error.what in UNAVAILABLE
        self.talk.mention(f"unavailable.{error.what}" if named else "unavailable")
        if self.failures < MOST_FAILURES and self.node != self.flow.main:
            return NodeExit.MAIN
        return self.talk.to_agent(f"{error.what} unavailable")
