"""What an identified caller may hear about the account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, assert_never

from ivr.errors import TemporarilyUnavailable
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.ports import Account, Status
from ivr.values import Money

Topic = Literal["balance", "tariff", "services", "bill"]


class AccountAnswer(Node):
    """Says one thing about the account: its balance, tariff, services that are on, or bill."""

    kind: Literal["account"]
    needs: Literal["identified"] = "identified"
    topic: Topic

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        match self.topic:
            case "balance":
                yield "account.balance"
                for status in Status:
                    if status is not Status.ACTIVE:
                        yield f"status.{status}"
            case "tariff":
                yield "account.tariff"
            case "services":
                yield from ("account.services", "account.services.none")
            case "bill":
                yield from ("account.bill", "account.bill.item", "account.bill.total")
            case _:
                assert_never(self.topic)

    def visit(self, talk: Dialogue) -> Next:
        assert talk.call.subscriber is not None
        account = talk.care.accounts.account(talk.call.subscriber)
        if account is None:
            raise TemporarilyUnavailable("database", "the identified number is no longer there")
        match self.topic:
            case "balance":
                talk.say("account.balance", number=account.number, balance=account.balance)
                if account.status is not Status.ACTIVE:
                    talk.say(f"status.{account.status}")
            case "tariff":
                talk.say("account.tariff", tariff=f"tariff.{account.tariff}")
            case "services":
                self._services(talk, account)
            case "bill":
                self._bill(talk, account)
            case _:
                assert_never(self.topic)
        talk.call.reach(f"account/{self.topic}")
        return talk.after()

    def _services(self, talk: Dialogue, account: Account) -> None:
        talk.say("account.services" if account.services else "account.services.none")
        for service in account.services:
            talk.say(f"service.{service}")

    def _bill(self, talk: Dialogue, account: Account) -> None:
        items = talk.care.accounts.bill(account.number)
        talk.say("account.bill")
        for item in items:
            talk.say("account.bill.item", item=item.item, amount=item.amount)
        total = sum((item.amount for item in items), Money(0))
        talk.say("account.bill.total", total=total)
