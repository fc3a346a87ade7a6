"""The caller's side of a call with an agent: reads its checkpoint, sends it back to the line."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.ports.contacts import CallControl
from ivr.telephony.ami import AmiLink
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.lock import PortLock

ON_CHANNEL = "CHANNEL(userfield)"
"""Where the checkpoint of a call is if it could not be written to a file."""


@dataclass(frozen=True)
class AmiCallControl(CallControl):
    """Uses the management link, and the checkpoints of this machine's line."""

    link: AmiLink
    checkpoints: CheckpointStore
    lock: PortLock

    def checkpoint(self, call: str, channel: str) -> str:
        sealed = self.checkpoints.read(call)
        if not sealed:
            sealed = self.link.action("Getvar", Channel=channel, Variable=ON_CHANNEL).get(
                "Value", ""
            )
        return self.lock.unseal(call, sealed)

    def send_back(self, call: str, channel: str, checkpoint: str) -> bool:
        sealed = self.lock.seal(call, checkpoint)
        on_channel = "" if self.checkpoints.write(call, sealed) else sealed
        self.link.action("Setvar", Channel=channel, Variable=ON_CHANNEL, Value=on_channel)
        sent = self.link.action(
            "Redirect", Channel=channel, Context="back", Exten="s", Priority="1"
        )
        return sent["Response"] == "Success"
