"""Information about the account of an identified caller."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, assert_never

from pydantic import Field

from ivr.domain.payments import TAX, BillLine
from ivr.domain.subscriber import Status, Subscriber
from ivr.domain.values import Money
from ivr.errors import SubscriberGone
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.nodes.packages import say_left
from ivr.flow.question import NodeExit

Topic = Literal["balance", "tariff", "services", "payments", "bill"]
PROMPTS: Mapping[Topic, tuple[str, ...]] = {
    "balance": (
        "account.balance",
        "account.balance.other",
        *(f"status.{status}" for status in Status if status is not Status.ACTIVE),
    ),
    "tariff": ("account.tariff",),
    "services": (
        "account.services",
        "account.services.none",
        "account.service",
        "account.service.since",
        "packages.left.megabytes",
        "packages.left.messages",
    ),
    "payments": (
        "account.payments",
        "account.payments.none",
        "account.payment",
        "account.payment.earlier",
    ),
    "bill": (
        "account.bill",
        "account.bill.last",
        "account.bill.item",
        "account.bill.named",
        "account.bill.none",
        TAX,
        "account.bill.total",
        "account.bill.press-last",
    ),
}


class AccountAnswer(Node):
    """Says one or more things about the account, one after the other."""

    kind: Literal["account"]
    needs: Literal["identified"] = "identified"
    topics: Annotated[tuple[Topic, ...], Field(min_length=1)]

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        for topic in self.topics:
            yield from PROMPTS[topic]

    def visit(self, talk: Dialogue) -> Next:
        assert talk.call.subscriber is not None
        account = talk.care.accounts.account(talk.call.subscriber)
        if account is None:
            raise SubscriberGone
        for topic in self.topics:
            self._say(talk, topic, account)
            talk.call.reach(f"account/{topic}")
        return self._after_bill(talk, account) if "bill" in self.topics else talk.after()

    def _say(self, talk: Dialogue, topic: Topic, account: Subscriber) -> None:
        match topic:
            case "balance":
                if account.msisdn == talk.call.caller:
                    talk.say("account.balance", balance=account.balance)
                else:
                    talk.say(
                        "account.balance.other", number=account.msisdn, balance=account.balance
                    )
                if account.status is not Status.ACTIVE:
                    talk.say(f"status.{account.status}")
            case "tariff":
                talk.say("account.tariff", tariff=f"tariff.{account.tariff}")
            case "services":
                self._services(talk, account)
            case "payments":
                self._payments(talk, account)
            case "bill":
                talk.say("account.bill")
                self._bill(talk, talk.care.accounts.bill(account.msisdn))
            case _:
                assert_never(topic)

    def _services(self, talk: Dialogue, account: Subscriber) -> None:
        talk.say("account.services" if account.services else "account.services.none")
        for id, active in account.services.items():
            if active.since:
                day = talk.clock.local(active.since).date()
                talk.say("account.service.since", service=f"service.{id}", since=day)
            else:
                talk.say("account.service", service=f"service.{id}")
        for package in account.packages:
            say_left(talk, package)

    def _payments(self, talk: Dialogue, account: Subscriber) -> None:
        payments = talk.care.accounts.payments(account.msisdn)
        talk.say("account.payments" if payments else "account.payments.none")
        year = talk.clock.local().year
        for each in payments:
            text = "account.payment" if each.day.year == year else "account.payment.earlier"
            talk.say(text, day=each.day, amount=each.amount)

    def _bill(self, talk: Dialogue, items: tuple[BillLine, ...]) -> None:
        if not items:
            talk.say("account.bill.none")
            return
        for item in items:
            if item.item:
                talk.say("account.bill.item", item=item.item, amount=item.amount)
            else:
                talk.say("account.bill.named", name=item.name, amount=item.amount)
        total = sum((item.amount for item in items), Money(0))
        talk.say("account.bill.total", total=total)

    def _after_bill(self, talk: Dialogue, account: Subscriber) -> Next:
        key = talk.after("2", options=talk.words("account.bill.press-last"))
        if isinstance(key, NodeExit):
            return key
        items = talk.care.accounts.bill(account.msisdn, months_ago=1)
        if items:
            talk.say("account.bill.last")
        self._bill(talk, items)
        return talk.after(part="last")
