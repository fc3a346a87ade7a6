"""The services of one group of the catalogue, with their states."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ivr.flow.change import OFF, ON, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.changing import ChangingNode
from ivr.flow.question import NodeExit


class Services(ChangingNode):
    """Lists the services of a catalogue group with their state and switches the chosen one."""

    kind: Literal["services"]
    group: str

    def prompts(self) -> Iterable[str]:
        yield from ("services.is-on", "services.is-off", "services.next")
        yield from (*ON.prompts(), *OFF.prompts())

    def change_one(self, talk: Dialogue) -> NodeExit | None:
        assert talk.call.subscriber is not None
        subscriptions = talk.care.subscriptions
        wanted = subscriptions.wanted(talk.call.subscriber, subscriptions.menu(self.group))
        choices = {str(number): change for number, change in enumerate(wanted, 1)}
        before = None
        for key, change in choices.items():
            text = "services.is-off" if change.on else "services.is-on"
            # For several services in a row with the same choice, say the long form once.
            said = "services.next" if text == before else text
            talk.say(said, service=f"service.{change.service}")
            talk.say(f"press.{key}")
            before = text
        key = talk.choose("".join(choices))
        if isinstance(key, NodeExit):
            return key
        chosen = choices[key]
        words = ON if chosen.on else OFF
        left = make_change(talk, chosen, words, f"services/{chosen.service}")
        return None if left is NodeExit.BACK else left
