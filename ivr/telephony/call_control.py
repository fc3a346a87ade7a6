"""The caller's side of a call with an agent: reads its checkpoint, sends it back to the line, or on
to another agent."""

from __future__ import annotations

from dataclasses import dataclass

from ivr.domain.values import Language
from ivr.ports.contacts import CallControl
from ivr.telephony.ami import AmiLink
from ivr.telephony.checkpoints import CheckpointStore
from ivr.telephony.lock import PortLock

ON_CHANNEL = "CHANNEL(userfield)"
"""Where the checkpoint of a call is if it could not be written to a file."""
PASSED_ON = "10"
"""Priority of callers whom an agent has passed on: that of key customers."""


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

    def pass_on(self, channel: str, topic: str, language: Language | None) -> bool:
        for name, value in {
            "IVR_TOPIC": topic,
            **({"IVR_LANGUAGE": language.value} if language else {}),
            "IVR_WAITS": "",
            "QUEUE_PRIO": PASSED_ON,
        }.items():
            self._set(channel, name, value)
        return self._redirect(channel, "agents")

    def keep(self, call: str, channel: str, checkpoint: str) -> None:
        sealed = self.lock.seal(call, checkpoint)
        self._set(channel, ON_CHANNEL, "" if self.checkpoints.write(call, sealed) else sealed)

    def send_back(self, call: str, channel: str, checkpoint: str) -> bool:
        self.keep(call, channel, checkpoint)
        return self._redirect(channel, "back")

    def _set(self, channel: str, name: str, value: str) -> None:
        self.link.action("Setvar", Channel=channel, Variable=name, Value=value)

    def _redirect(self, channel: str, context: str) -> bool:
        sent = self.link.action(
            "Redirect", Channel=channel, Context=context, Exten="s", Priority="1"
        )
        return sent["Response"] == "Success"
