"""The services of one group, with their state, made from the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.services import Change
from ivr.flow.change import OFF, ON, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import Leave
from ivr.flow.result import take_up_change


class Services(Node):
    """Lists the services of a catalogue group with their state and switches the chosen one."""

    kind: Literal["services"]
    needs: Literal["identified"] = "identified"
    group: str

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield from ("services.is-on", "services.is-off", "services.next")
        yield from (*ON.prompts(), *OFF.prompts())

    def visit(self, talk: Dialogue) -> Next:
        while True:
            left = self._switch_one(talk)
            if left is not None:
                return left

    def take_up(self, talk: Dialogue) -> Next:
        left = take_up_change(talk)
        return self.visit(talk) if left in (None, Leave.BACK) else left

    def _switch_one(self, talk: Dialogue) -> Leave | None:
        assert talk.call.subscriber is not None
        menu = talk.care.subscriptions.menu(self.group)
        states = talk.care.subscriptions.states(talk.call.subscriber)
        choices = {str(number): service for number, service in enumerate(menu, 1)}
        before = None
        for key, service in choices.items():
            text = "services.is-on" if states[service] else "services.is-off"
            # What can be done is said once for a row of services.
            talk.say("services.next" if text == before else text, service=f"service.{service}")
            talk.say(f"press.{key}")
            before = text
        key = talk.choose("".join(choices))
        if isinstance(key, Leave):
            return key
        service = choices[key]
        wanted = Change(service, on=not states[service])
        words = ON if wanted.on else OFF
        left = make_change(talk, wanted, words, f"services/{service}")
        return None if left is Leave.BACK else left
