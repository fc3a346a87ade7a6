"""Numbers that change hands."""

from __future__ import annotations

from datetime import timedelta

from ivr.domain.actor import caller
from ivr.domain.call import Evidence, IdentificationMethod
from ivr.domain.imports import Imported
from ivr.domain.invoices import Draft, Invoice, Payer, Wanted
from ivr.domain.services import Change
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.store.importing import import_rows
from ivr.store.rows import Row
from ivr.testing.acting import by
from ivr.testing.demo import shipped_terms
from tests.store.rows import NUMBER, PEPPER, row
from tests.store.test_order_races import FORWARDING, Desk

DAY = timedelta(days=1)
HOME = (("always", "99312223344"),)
FORWARDED = Change(FORWARDING, True, HOME)
SERVICES = frozenset(map(ServiceId, ("sms", "gprs")))
NEW_OWNER = row(
    full_name="Orazow Merdan",
    passport=Secret("11300890"),
    balance=Money(60_000),
    services=SERVICES,
)


def take(desk: Desk, taken: Row = NEW_OWNER) -> Imported:
    return import_rows(desk.store.database, [taken], PEPPER, by("clerk"), now=desk.clock.now)


def proved(desk: Desk) -> Evidence:
    """Of a caller who proves the right to the number now."""
    proof = desk.store.subscribers.proof(NUMBER)
    assert proof is not None
    return Evidence(IdentificationMethod.CODEWORD, version=proof.version)


def invoice_of(desk: Desk, version: int | None = None) -> Invoice:
    terms, now = shipped_terms(), desk.clock.now()
    wanted = (Wanted(next(iter(terms.services)), Money(10_000)),)
    paper = terms.paper(Payer("Myradowa Aýgül", NUMBER), Language.ENGLISH, wanted, now.date())
    draft = Draft("old:9", paper, Msisdn("99312223344"), now, version, actor=caller("old"))
    written = desk.store.invoices.write(draft, now - DAY, 9)
    assert isinstance(written, Invoice)
    return written
