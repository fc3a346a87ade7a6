"""Members of Asterisk's queues, by the management interface.

A member's state is that of the hint of its seat: the phone's own state, and ``Custom:<seat>``. The
latter is INUSE while an agent describes a call: callers then wait for the agent, as for one who
talks. A paused member is not waited for (``leavewhenempty`` in queues.conf).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ivr.domain.contacts import QueueMembers, SeatMember
from ivr.errors import TemporarilyUnavailable
from ivr.ports.contacts import AgentQueues
from ivr.telephony.ami import AmiLink, Event
from ivr.telephony.queue_events import seat_in

RINGING = frozenset({"6", "7"})
"""States of a device in which it rings (AST_DEVICE_RINGING, AST_DEVICE_RINGINUSE)."""
STATUS_SECONDS = 3.0
"""Limit for the list of all members."""


class AmiAgentQueues(AgentQueues):
    """One per process: it hears the lists that it asks for. Not for the link's own thread."""

    def __init__(self, link: AmiLink, seconds: float = STATUS_SECONDS) -> None:
        self._link, self._seconds = link, seconds
        self._queues: set[str] = set()
        self._listed: dict[str, SeatMember] = {}
        self._is_complete = threading.Event()
        self._asking = threading.Lock()
        link.listen_to(self._hear)

    def join(self, seat: str, agent: str, queues: Mapping[str, int]) -> None:
        for queue, penalty in queues.items():
            added = self._act(
                "QueueAdd",
                seat,
                Queue=queue,
                Penalty=str(penalty),
                Paused="true",
                Reason="joins",
                MemberName=agent,
                StateInterface=f"hint:{seat}@seats",
            )
            if not added:  # it is there already, or there is no such queue
                self._act("QueuePenalty", seat, Queue=queue, Penalty=str(penalty))

    def leave(self, seat: str) -> None:
        member = self.members().members.get(seat)
        for queue in member.queues if member else ():
            self._act("QueueRemove", seat, Queue=queue)

    def free(self, seat: str) -> None:
        self._custom(seat, "UNAVAILABLE")
        self._act("QueuePause", seat, Paused="false")

    def occupy(self, seat: str) -> None:
        self._custom(seat, "INUSE")
        self._act("QueuePause", seat, Paused="false")

    def pause(self, seat: str, reason: str) -> None:
        self._act("QueuePause", seat, Paused="true", Reason=reason)
        self._custom(seat, "UNAVAILABLE")

    def members(self) -> QueueMembers:
        with self._asking:
            self._queues, self._listed, self._is_complete = set(), {}, threading.Event()
            self._link.action("QueueStatus")
            if not self._is_complete.wait(self._seconds):
                raise TemporarilyUnavailable("asterisk")
            return QueueMembers(frozenset(self._queues), self._listed)

    def _hear(self, name: str, event: Event) -> None:
        if name == "QueueParams":
            self._queues.add(event["Queue"])
        if name == "QueueStatusComplete":
            self._is_complete.set()
        seat = seat_in(event.get("Location", "")) if name == "QueueMember" else ""
        if not seat:
            return
        known = self._listed.get(seat, SeatMember({}))
        queues = {**known.queues, event["Queue"]: int(event["Penalty"])}
        paused = event.get("PausedReason", "") if event["Paused"] == "1" else None
        is_talking = known.is_talking or event.get("InCall") == "1"
        is_ringing = event.get("Status") in RINGING
        self._listed[seat] = SeatMember(queues, paused, is_talking, is_ringing)

    def _act(self, action: str, seat: str, **fields: str) -> bool:
        """Change a membership. False: there is no such queue or member."""
        done = self._link.action(action, Interface=f"PJSIP/{seat}", **fields)
        return done["Response"] == "Success"

    def _custom(self, seat: str, state: str) -> None:
        self._link.action("Setvar", Variable=f"DEVICE_STATE(Custom:{seat})", Value=state)
