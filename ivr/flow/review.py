"""The review of a flow: issues that an operator should correct before publishing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.domain.fax import FaxNotice
from ivr.domain.notices import Occasion
from ivr.domain.services import INACTIVITY, SUSPENSION, Reason
from ivr.domain.values import Language
from ivr.flow.document import Flow
from ivr.flow.engine import UNAVAILABLE
from ivr.flow.held import HELD_TEXTS
from ivr.flow.nodes import AgentQueue, Menu, PackagesNode, ServiceNode, Services

DIALOGUE_TEXTS = (
    *(f"press.{key}" for key in range(1, 6)),
    *(f"{kind}.{count}" for kind in ("noinput", "nomatch") for count in (1, 2, 3)),
    "nomatch.number.1",
    "nomatch.number.2",
    "fixed-keys",
    "confirm",
    "after",
    "presence.1",
    "presence.2",
    "limit.soon",
    "limit.reached",
    "unavailable",
    *(f"unavailable.{part}" for part in sorted(UNAVAILABLE)),
    "announcement",
    *HELD_TEXTS,
    "identify.ended",
)
"""Texts that every dialogue may say, with any nodes."""

DIALPLAN_TEXTS = ("dialplan.busy", "dialplan.failure", "dialplan.nobody", "dialplan.bye")
"""Texts that the dialplan plays when the line fails."""


MESSAGE_TEXTS = (
    "sms.warning",
    "sms.notice.number",
    *(f"sms.notice.{occasion}" for occasion in Occasion),
    "sms.code",
    "sms.invoice.sent",
    "sms.invoice.failed",
    *(f"sms.invoice.failed.{notice}" for notice in FaxNotice),
    "sms.order.done",
    "sms.order.refused",
    "sms.order.withdrawn",
    "sms.order.change.modify",
    *(
        f"sms.order.{what}.{side}"
        for what in ("change", "suspension", "inactivity")
        for side in ("on", "off")
    ),
)
"""Texts of messages that are sent outside the dialogue. They are written, not spoken."""

WRITTEN_OUTSIDE_OF_CALLS = (
    *MESSAGE_TEXTS,
    *(f"refused.{reason}" for reason in Reason),
    *(f"service.{state}" for state in (SUSPENSION, INACTIVITY)),
)
"""Texts that `ivr messages` and `ivr orders` use, besides the names in the catalogue."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue; ``place``: ``node/<id>``, ``text/<language>/<key>`` or ``group/<id>``."""

    place: str
    problem: str


def needed_texts(flow: Flow, catalogue_texts: Iterable[str]) -> set[str]:
    """Return the keys of all texts that callers of this flow can hear."""
    keys = {*DIALOGUE_TEXTS, *DIALPLAN_TEXTS, *MESSAGE_TEXTS, *catalogue_texts}
    for node in flow.nodes.values():
        keys.update(node.prompts())
    return keys


def review(
    flow: Flow,
    texts: Mapping[Language, Collection[str]],
    catalogue_texts: Iterable[str],
    groups: Collection[str],
    services: Mapping[str, bool] | None = None,
) -> list[Issue]:
    """Return all issues that prevent publishing.

    ``texts``: the text keys of each language; ``groups``: the groups of the catalogue;
    ``services``: the services of the catalogue, and whether each comes in packages. Reading a flow
    has checked the flow itself; this checks what it needs from texts and catalogue.
    """
    issues = []
    needed = needed_texts(flow, catalogue_texts)
    for language in flow.languages:
        for key in sorted(needed - set(texts.get(language, ()))):
            issues.append(Issue(f"text/{language}/{key}", "is missing"))
    for id, node in flow.nodes.items():
        if isinstance(node, Services) and node.group not in groups:
            issues.append(Issue(f"node/{id}", f"the catalogue has no group '{node.group}'"))
        if isinstance(node, Menu):
            targets = [choice.to for choice in node.choices]
            for target in {target for target in targets if targets.count(target) > 1}:
                issues.append(Issue(f"node/{id}", f"two choices lead to '{target}'"))
    issues.extend(_services(flow, services or {}) if services is not None else ())
    issues.extend(_topics(flow))
    offered = {node.group for node in flow.nodes.values() if isinstance(node, Services)}
    for group in sorted(set(groups) - offered):
        problem = "no node of kind 'services' offers this group of the catalogue"
        issues.append(Issue(f"group/{group}", problem))
    return issues


def _services(flow: Flow, services: Mapping[str, bool]) -> Iterator[Issue]:
    """Find nodes whose service is not in the catalogue, or not of the kind that they need."""
    for id, node in flow.nodes.items():
        if isinstance(node, PackagesNode) and not services.get(node.service):
            yield Issue(f"node/{id}", f"the catalogue has no packages of '{node.service}'")
        if isinstance(node, ServiceNode) and node.service not in services:
            yield Issue(f"node/{id}", f"the catalogue has no service '{node.service}'")


def _topics(flow: Flow) -> Iterator[Issue]:
    """Find hours for topics that no consultation has."""
    for id, node in flow.nodes.items():
        if isinstance(node, AgentQueue):
            for topic in sorted(set(node.topics) - set(flow.topics)):
                yield Issue(f"node/{id}", f"no node of kind 'say' has the topic '{topic}'")
