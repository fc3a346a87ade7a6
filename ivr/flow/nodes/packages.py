"""Packages of one service: what is left, and buying one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.services import Package
from ivr.domain.values import ServiceId
from ivr.flow.change import ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import NodeExit
from ivr.flow.result import resume_pending_change

UNITS = ("megabytes", "messages")
AT_ONCE = 3
"""Packages that everybody hears, the first of the catalogue; who stays silent hears the others."""


class PackagesNode(Node):
    """Tells what is left of the packages of a service and sells one of the catalogue's."""

    kind: Literal["packages"]
    needs: Literal["identified"] = "identified"
    service: str

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield f"service.{self.service}"
        yield from ("packages.none", "packages.days", "packages.days.each")
        for unit in UNITS:
            yield from (f"packages.left.{unit}", f"packages.offer.{unit}")
            yield from ChangeTexts(f"packages.{unit}", result="change.on").prompts()

    def visit(self, talk: Dialogue) -> Next:
        while True:
            left = self._one(talk)
            if left is not None:
                return left

    def resume_pending(self, talk: Dialogue) -> Next:
        left = resume_pending_change(talk)
        return self.visit(talk) if left in (None, NodeExit.BACK) else left

    def _one(self, talk: Dialogue) -> NodeExit | None:
        """None: back here from what was chosen."""
        assert talk.call.subscriber is not None
        service = ServiceId(self.service)
        self._tell(talk, service)
        choices = {
            str(key): package
            for key, package in enumerate(talk.care.subscriptions.packages(service), 1)
        }
        same = len({package.days for package in choices.values()}) == 1
        if same:
            talk.say("packages.days", days=choices["1"].days)
        rest: list[Utterance] = []
        for key, package in choices.items():
            offer = talk.words(f"packages.offer.{package.unit}", **_said(package))
            if not same:
                offer += talk.words("packages.days.each", days=package.days)
            offer += talk.words(f"press.{key}")
            if int(key) <= AT_ONCE:
                talk.say_words(offer)
            else:
                rest += offer
        key = talk.choose("".join(choices), options=rest)
        if isinstance(key, NodeExit):
            return key
        chosen = choices[key]
        wanted = talk.care.subscriptions.purchase(service, chosen.id)
        values: dict[str, Value] = {**_said(chosen), "days": chosen.days}
        words = ChangeTexts(f"packages.{chosen.unit}", values, result="change.on")
        left = make_change(talk, wanted, words, f"services/{service}")
        return None if left is NodeExit.BACK else left

    def _tell(self, talk: Dialogue, service: ServiceId) -> None:
        assert talk.call.subscriber is not None
        owned = talk.care.subscriptions.owned(talk.call.subscriber, service)
        for each in owned:
            package = f"package.{each.package}"
            talk.say(
                f"packages.left.{each.unit}", package=package, left=each.left, until=each.until
            )
        if not owned:
            talk.say("packages.none")


def _said(package: Package) -> dict[str, Value]:
    return {
        "package": f"package.{package.id}",
        "volume": package.volume,
        "price": package.price,
    }
