"""An invoice for prepayment, ordered by the caller and sent by fax."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from ivr.domain.invoices import InvoiceNumber, NoInvoice, Prepayment, Wanted
from ivr.domain.services import NOT_DIALLED, Reason
from ivr.domain.values import Money, Msisdn
from ivr.flow.dialogue import Dialogue
from ivr.flow.nodes.node import Next, Node
from ivr.flow.question import PATIENCE, Hint, NodeExit

MANAT = 100
"""Teňňe per manat."""
YES, NO, MORE = "1", "2", "3"
HELD = "invoice"
"""Pending operation: an invoice."""


class PrepaymentInvoice(Node):
    """Asks for services, amounts and the fax number; reads them back; orders the invoice.

    Nothing is stored before the confirmation, and nothing is lost after it.
    """

    kind: Literal["invoice"]
    needs: Literal["identified"] = "identified"

    def exits(self) -> Mapping[str, str]:
        return {}

    def prompts(self) -> Iterable[str]:
        said = ("for", "amount", "fax", "confirm", "more", "accepted", "cancelled", "press-again")
        for text in said:
            yield f"invoice.{text}"
        yield from (f"invoice.{reason}" for reason in NoInvoice)
        yield from (f"refused.{reason}" for reason in NOT_DIALLED)
        for entry in ("amount", "fax"):
            yield from (f"nomatch.{entry}.1", f"nomatch.{entry}.2")

    def visit(self, talk: Dialogue) -> Next:
        while True:
            left = self._once(talk)
            if left is not None:
                return left

    def resume_pending(self, talk: Dialogue) -> Next:
        if talk.call.pending != (HELD,):
            return self.visit(talk)
        call = talk.call
        assert call.subscriber is not None
        ordered = talk.care.invoices.recall(call.actor, call.key, call.subscriber)
        if ordered is None:
            talk.mention("invoice.cancelled")
            return self.visit(talk)
        self._tell(talk, ordered)
        return talk.after()

    def _once(self, talk: Dialogue) -> Next | None:
        """Ask everything once, and order. None: the caller wants to start again."""
        wanted: dict[str, Wanted] = {}
        offered = talk.care.invoices.offered()
        left = self._add(talk, offered, wanted)
        if left is not None:
            return left
        fax = self._fax(talk)
        if isinstance(fax, NodeExit):
            return fax
        # Before the confirmation: nothing may come between confirmation and storing.
        talk.hold(HELD)
        while (key := self._confirm(talk, offered, wanted, fax)) == MORE:
            left = self._add(talk, offered, wanted)
            if left is not None:
                return left
        if isinstance(key, NodeExit):
            return key
        if key == YES:
            self._order(talk, tuple(wanted.values()), fax)
            return talk.after()
        talk.say("invoice.cancelled")
        again = talk.after("2", "cancelled", talk.words("invoice.press-again"))
        return again if isinstance(again, NodeExit) else None

    def _confirm(
        self, talk: Dialogue, offered: Prepayment, wanted: Mapping[str, Wanted], fax: Msisdn
    ) -> str | NodeExit:
        """Read back total and fax number; 3 adds a service. Keys pressed before do not count."""
        total = sum((each.amount for each in wanted.values()), Money(0))
        talk.say("invoice.confirm", total=total, fax=fax)
        talk.say("confirm")
        keys = YES + NO
        if len(wanted) < len(offered.services):
            talk.say("invoice.more")
            talk.say(f"press.{MORE}")
            keys += MORE
        talk.telephone.forget_keys()
        return talk.choose(keys, "confirm")

    def _order(self, talk: Dialogue, wanted: tuple[Wanted, ...], fax: Msisdn) -> None:
        call = talk.call
        assert call.subscriber is not None
        ordered = talk.care.invoices.order(
            call.actor,
            call.key,
            call.subscriber,
            call.language or talk.languages[0],
            wanted,
            fax,
            call.evidence,
        )
        if isinstance(ordered, NoInvoice):
            talk.say(f"invoice.{ordered}")
            return
        self._tell(talk, ordered)

    def _tell(self, talk: Dialogue, ordered: InvoiceNumber) -> None:
        if (order := f"invoice:{ordered}") not in talk.call.orders:
            talk.call.orders.append(order)
        talk.call.reach("account/invoice")
        talk.say("invoice.accepted", number=ordered.sequence)

    def _add(
        self, talk: Dialogue, offered: Prepayment, wanted: dict[str, Wanted]
    ) -> NodeExit | None:
        """Ask for one more service and its amount. None: it was added to ``wanted``."""
        service = self._service(talk, [each for each in offered.services if each not in wanted])
        if isinstance(service, NodeExit):
            return service
        amount = self._amount(talk, offered)
        if isinstance(amount, NodeExit):
            return amount
        wanted[service] = Wanted(service, amount)
        return None

    def _service(self, talk: Dialogue, services: list[str]) -> str | NodeExit:
        if len(services) == 1:
            talk.say("invoice.for", service=f"invoice.service.{services[0]}")
            return services[0]
        by_key = {str(number): service for number, service in enumerate(services, 1)}
        for key, service in by_key.items():
            talk.say("invoice.for", service=f"invoice.service.{service}")
            talk.say(f"press.{key}")
        pressed = talk.choose("".join(by_key), "service")
        return pressed if isinstance(pressed, NodeExit) else by_key[pressed]

    def _amount(self, talk: Dialogue, offered: Prepayment) -> Money | NodeExit:
        longest = len(str(offered.most.tenge // MANAT))

        def read(keyed: str) -> Money | None:
            if not keyed.isdecimal():
                return None
            amount = Money(int(keyed) * MANAT)
            return amount if offered.least <= amount <= offered.most else None

        talk.say("invoice.amount")
        hint = Hint("nomatch.amount", {"least": offered.least, "most": offered.most})
        return talk.digits(lambda keyed: len(keyed) >= longest, read, "amount", hint)

    def _fax(self, talk: Dialogue) -> Msisdn | NodeExit:
        complete, read = talk.care.numbering.complete, talk.care.invoices.fax_number
        for _ in range(PATIENCE):
            talk.say("invoice.fax")
            number: Msisdn | Reason | NodeExit = talk.digits(
                complete, read, "fax", Hint("nomatch.fax")
            )
            if not isinstance(number, Reason):
                return number
            talk.telephone.forget_keys()  # the rest of an entry that is too long
            talk.mention(f"refused.{number}")
        return talk.to_agent("nomatch")
