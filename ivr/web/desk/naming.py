"""Names of nodes, services and tariffs for people: the line's own texts, in the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from ivr.domain.call import Step
from ivr.domain.values import Language
from ivr.errors import IvrError, Unusable
from ivr.flow.nodes.menu import Menu
from ivr.flow.nodes.say import Say
from ivr.flow.release import Release
from ivr.web.desk.agents import AgentServices

FIRST_KINDS = ("puk", "invoice", "packages", "identify")
"""Kinds of nodes to which agents send callers most."""


@dataclass(frozen=True)
class Place:
    """A node of the line with its name, under the name of its menu."""

    node: str
    name: str
    menu: str


@dataclass(frozen=True)
class Names:
    """The names of one release in one language. What has no name is shown by its id."""

    release: Release | None
    language: Language

    def step(self, step: Step) -> str:
        """Return the name of the choice that a caller made; of the node, if it is no choice."""
        node = self.release.flow.nodes.get(step.node) if self.release else None
        if isinstance(node, Menu) and step.key in node.exits():
            return self._text(node.choices[int(step.key) - 1].text, step.node)
        return self.node(step.node.partition("/")[0])

    def node(self, id: str) -> str:
        return self._choices[id].name if id in self._choices else id

    def service(self, id: str) -> str:
        return self._text("service." + id, id)

    def tariff(self, id: str) -> str:
        return self._text("tariff." + id, id)

    def message(self, key: str) -> str:
        """Return the name of the choice that leads to a text."""
        nodes = self.release.flow.nodes if self.release else {}
        for id, node in nodes.items():
            if isinstance(node, Say) and key in (node.message, node.text):
                return self.node(id)
        return key

    def places(self) -> Sequence[Place]:
        """Return the nodes to which a caller may be sent, those most wanted first."""
        nodes = self.release.flow.nodes if self.release else {}
        found = [each for each in self._choices.values() if not isinstance(nodes[each.node], Menu)]

        def rank(place: Place) -> int:
            kind = str(getattr(nodes[place.node], "kind", ""))
            return FIRST_KINDS.index(kind) if kind in FIRST_KINDS else len(FIRST_KINDS)

        return sorted(found, key=rank)

    @cached_property
    def _choices(self) -> dict[str, Place]:
        """The nodes that menus lead to, by id."""
        found: dict[str, Place] = {}
        for id, node in (self.release.flow.nodes if self.release else {}).items():
            if isinstance(node, Menu):
                menu = found[id].name if id in found else ""
                for choice in node.choices:
                    name = self._text(choice.text, choice.to)
                    found.setdefault(choice.to, Place(choice.to, name, menu))
        return found

    def _text(self, key: str, otherwise: str) -> str:
        if self.release is None:
            return otherwise
        try:
            return self.release.prompts.write(self.language, key).rstrip(" ,.:")
        except (IvrError, KeyError):
            return otherwise


def names(services: AgentServices, language: Language) -> Names:
    """Return the names of the live release."""
    try:
        return Names(services.release(), language)
    except Unusable:
        return Names(None, language)
