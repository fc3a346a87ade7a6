"""One call on the AGI port: its request, its telephone, its variables."""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence

from ivr.flow.checkpoint import CHECKPOINT
from ivr.telephony.agi import Agi, NotAsterisk
from ivr.telephony.checkpoints import CallCheckpoint, CheckpointStore
from ivr.telephony.concatenated import ConcatenatedPrompts
from ivr.telephony.lock import TOKEN, PortLock
from ivr.telephony.telephone import AgiTelephone, one_by_one

DONE = "IVR_DONE"
"""The last variable that a dialogue sets; then the dialplan goes on."""
SAME = "IVR_SAME_PRESS"
"""Milliseconds within which the same key counts as the same press; empty: no such filter."""
GIVEN = frozenset({TOKEN, "IVR_DIALLED", "IVR_RESUME", "IVR_REASON", CHECKPOINT, SAME})
"""Arguments of every request."""


class AgiSession:
    """One call: its AGI header, its telephone, its variables."""

    def __init__(
        self,
        agi: Agi,
        lock: PortLock,
        checkpoints: CheckpointStore | None,
        concatenated: ConcatenatedPrompts | None,
        connection: socket.socket,
    ) -> None:
        """Raise NotAsterisk if the request does not come from this installation's dialplan."""
        self._agi = agi
        self.connection = connection
        call = agi.env["agi_uniqueid"]
        self._given = _given(agi.arguments)
        """Variables that the dialplan passed with the request."""
        if not lock.opens(agi.env, self._given.pop(TOKEN)):
            raise NotAsterisk(
                "a request has no token of this line: if it is your Asterisk, run `ivr asterisk"
                " render` and restart it"
            )
        self._checkpoint = CallCheckpoint(checkpoints, call, self._given[CHECKPOINT], lock)
        same = self._given[SAME]
        self._telephone = AgiTelephone(
            agi,
            self._checkpoint.keep,
            concatenated.sounds if concatenated else one_by_one,
            int(same) / 1000 if same.isdecimal() else 0.0,
        )

    @property
    def environment(self) -> Mapping[str, str]:
        return self._agi.env

    @property
    def telephone(self) -> AgiTelephone:
        return self._telephone

    def get(self, name: str) -> str:
        given = self._given.get(name)
        if given is None:
            return self._telephone.noted(name)
        return self._checkpoint.read() if name == CHECKPOINT else given

    def set(self, name: str, value: str) -> None:
        if name == DONE and self._given.get("IVR_NEXT") == "bye":
            self._checkpoint.forget()  # other calls may come back from the agents' queue
        self._given[name] = value
        self._telephone.note(name, value)

    def close(self) -> None:
        """Drop the checkpoint if the caller hung up; else another worker may resume the call."""
        if self._agi.is_hung_up:
            self._checkpoint.forget()


def _given(arguments: Sequence[str]) -> dict[str, str]:
    """Parse the request's arguments. NotAsterisk unless they are exactly GIVEN, each once."""
    given = dict(argument.partition("=")[::2] for argument in arguments)
    if len(given) != len(arguments) or given.keys() != GIVEN:
        raise NotAsterisk(
            "the arguments are not those of this version's dialplan: run `ivr asterisk render` and"
            " restart Asterisk"
        )
    return given
