"""Lists that are read item by item: news, tariffs, prices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal, assert_never

from ivr.domain.services import PricedItem
from ivr.domain.values import Money
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node

Subject = Literal["news", "tariffs", "services"]
PROMPTS: Mapping[Subject, tuple[str, ...]] = {
    "news": ("info.news.none",),
    "tariffs": ("info.tariff", "info.tariffs.change"),
    "services": (
        "info.price.free",
        "info.price.once",
        "info.price.monthly",
        "info.price.both",
        "info.package.megabytes",
        "info.package.messages",
        "info.services.switch",
    ),
}
Saying = Callable[[], None]


class ListNode(Node):
    """Reads a public list from the operator's data; ``#`` goes on to the next item."""

    kind: Literal["listing"]
    subject: Subject

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        yield from ("info.next", *PROMPTS[self.subject])

    def visit(self, talk: Dialogue) -> Next:
        items = self._items(talk)
        for number, say in enumerate(items):
            say()
            if number == 0 and len(items) > 1:
                talk.say("info.next")
            talk.call.reach(f"info/{self.subject}")
            if number == len(items) - 1:
                break
            left = talk.browse(f"item-{number + 1}")
            if left is not None:
                return left
        return talk.after()

    def _items(self, talk: Dialogue) -> list[Saying]:
        information = talk.care.information
        match self.subject:
            case "news":
                return [_saying(talk, text) for text in information.news()] or [
                    _saying(talk, "info.news.none")
                ]
            case "tariffs":
                tariffs = [_tariff(talk, id, fee) for id, fee in information.tariffs()]
                return [*tariffs, _saying(talk, "info.tariffs.change")]
            case "services":
                prices = [_price(talk, each) for each in information.prices()]
                return [*prices, _saying(talk, "info.services.switch")]
            case _:
                assert_never(self.subject)


def _saying(talk: Dialogue, text: str) -> Saying:
    return lambda: talk.say(text)


def _tariff(talk: Dialogue, id: str, fee: Money) -> Saying:
    def say() -> None:
        talk.say("info.tariff", tariff=f"tariff.{id}", fee=fee)
        talk.say(f"tariff.{id}.about")

    return say


def _price(talk: Dialogue, priced: PricedItem) -> Saying:
    service = f"service.{priced.service}"
    if package := priced.package:
        return lambda: talk.say(
            f"info.package.{package.unit}",
            service=service,
            volume=package.volume,
            days=package.days,
            price=package.price,
        )
    paid = [name for name in ("once", "monthly") if getattr(priced, name) > Money(0)]
    text = {(): "free", ("once",): "once", ("monthly",): "monthly"}.get(tuple(paid), "both")
    return lambda: talk.say(
        f"info.price.{text}", service=service, once=priced.once, monthly=priced.monthly
    )
