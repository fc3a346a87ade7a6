"""An invoice for prepayment, put together with the caller and sent by fax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.flow.dialogue import Dialogue, Leave
from ivr.flow.nodes.node import Next, Node
from ivr.ports.invoices import NoInvoice, Prepayment, Wanted
from ivr.values import Money, Msisdn

MANAT = 100
"""Teňňe in a manat."""


class PrepaymentInvoice(Node):
    """Asks what is paid for, how much, and the fax number; reads it back; orders the invoice.

    Nothing is written before the confirmation, and nothing is lost after it.
    """

    kind: Literal["invoice"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        for text in ("for", "amount", "subtotal", "go-on", "more", "fax", "fax.read-back"):
            yield f"invoice.{text}"
        for text in ("confirm", "accepted", "cancelled", *NoInvoice):
            yield f"invoice.{text}"
        for entry in ("amount", "fax"):
            yield from (f"nomatch.{entry}.1", f"nomatch.{entry}.2")

    def visit(self, talk: Dialogue) -> Next:
        assert talk.call.subscriber is not None
        wanted = self._wanted(talk, talk.care.invoices.offered())
        if isinstance(wanted, Leave):
            return wanted
        fax = self._fax(talk)
        if isinstance(fax, Leave):
            return fax
        talk.say("invoice.confirm", total=_total(wanted))
        sure = talk.confirm("confirm")
        if isinstance(sure, Leave):
            return sure
        if not sure:
            talk.say("invoice.cancelled")
            return talk.after()
        return self._order(talk, talk.call.subscriber, wanted, fax)

    def _order(
        self, talk: Dialogue, number: Msisdn, wanted: tuple[Wanted, ...], fax: Msisdn
    ) -> Next:
        talk.call.step += 1
        talk.mark()  # a worker that takes over must not use this step again
        language = talk.call.language or talk.languages[0]
        ordered = talk.care.invoices.order(
            talk.call.id, talk.call.step, number, language, wanted, fax
        )
        if isinstance(ordered, NoInvoice):
            talk.say(f"invoice.{ordered}")
            return talk.after()
        talk.say("invoice.accepted", number=ordered)
        talk.call.reach("account/invoice")
        return talk.after()

    def _wanted(self, talk: Dialogue, offered: Prepayment) -> tuple[Wanted, ...] | Leave:
        """What is paid for: one service, and others as long as the caller adds some."""
        wanted: dict[str, Wanted] = {}
        while True:
            left = [service for service in offered.services if service not in wanted]
            service = self._service(talk, left)
            if isinstance(service, Leave):
                return service
            amount = self._amount(talk, offered)
            if isinstance(amount, Leave):
                return amount
            wanted[service] = Wanted(service, amount)
            chosen = tuple(wanted.values())
            if len(left) == 1:
                return chosen
            talk.say("invoice.subtotal", total=_total(chosen))
            talk.say("invoice.go-on")
            talk.say("press.1")
            talk.say("invoice.more")
            talk.say("press.2")
            key = talk.choose("12", "more")
            if isinstance(key, Leave):
                return key
            if key == "1":
                return chosen

    def _service(self, talk: Dialogue, services: list[str]) -> str | Leave:
        by_key = {str(number): service for number, service in enumerate(services, 1)}
        for key, service in by_key.items():
            talk.say("invoice.for", service=f"invoice.service.{service}")
            talk.say(f"press.{key}")
        pressed = talk.choose("".join(by_key), "service")
        return pressed if isinstance(pressed, Leave) else by_key[pressed]

    def _amount(self, talk: Dialogue, offered: Prepayment) -> Money | Leave:
        longest = len(str(offered.most.tenge // MANAT))

        def read(keyed: str) -> Money | None:
            if not keyed.isdecimal():
                return None
            amount = Money(int(keyed) * MANAT)
            return amount if offered.least <= amount <= offered.most else None

        talk.say("invoice.amount", least=offered.least, most=offered.most)
        return talk.digits(
            lambda keyed: len(keyed) >= longest, read, "amount", hint="nomatch.amount"
        )

    def _fax(self, talk: Dialogue) -> Msisdn | Leave:
        numbering, invoices = talk.care.numbering, talk.care.invoices
        while True:
            talk.say("invoice.fax")
            number = talk.digits(numbering.complete, invoices.fax_number, "fax", hint="nomatch.fax")
            if isinstance(number, Leave):
                return number
            talk.say("invoice.fax.read-back", fax=number)
            right = talk.confirm("fax/confirm")
            if isinstance(right, Leave):
                return right
            if right:
                return number


def _total(wanted: Iterable[Wanted]) -> Money:
    return sum((each.amount for each in wanted), Money(0))
