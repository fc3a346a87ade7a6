"""Packages of one service: the remaining volume, and buying a package."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.services import Package
from ivr.domain.subscriber import OwnedPackage
from ivr.domain.values import ServiceId
from ivr.flow.change import ChangeTexts, make_change
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.changing import ChangingNode
from ivr.flow.question import NodeExit

UNITS = ("megabytes", "messages")
AT_ONCE = 3
"""The first packages of the catalogue, which every caller hears. A silent caller hears the others
too."""


class PackagesNode(ChangingNode):
    """Says the remaining volume of a service's packages, and sells one from the catalogue."""

    kind: Literal["packages"]
    service: str

    def prompts(self) -> Iterable[str]:
        yield f"service.{self.service}"
        yield from ("packages.none", "packages.days", "packages.days.each")
        for unit in UNITS:
            yield from (f"packages.left.{unit}", f"packages.offer.{unit}")
            yield from ChangeTexts(f"packages.{unit}", result="change.on").prompts()

    def change_one(self, talk: Dialogue) -> NodeExit | None:
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
            say_left(talk, each)
        if not owned:
            talk.say("packages.none")


def say_left(talk: Dialogue, owned: OwnedPackage) -> None:
    """Say what is left of a package, and its last day."""
    sold = talk.care.subscriptions.packages(owned.service)
    talk.say(
        f"packages.left.{sold[0].unit}",
        package=f"package.{owned.package}",
        left=owned.left,
        until=talk.clock.local(owned.until).date(),
    )


def _said(package: Package) -> dict[str, Value]:
    return {
        "package": f"package.{package.id}",
        "volume": package.volume,
        "price": package.price,
    }
