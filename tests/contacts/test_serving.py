"""What an agent does for a caller: only in the own call, only for the proved number."""

from __future__ import annotations

import pytest

from ivr.contacts.serving import Asked, Texted, Unserved, terms
from ivr.domain.actor import Actor, ActorKind, Channel
from ivr.domain.services import Offer, Reason, Receipt, Refusal, Settled
from ivr.domain.values import ServiceId
from ivr.errors import Forbidden
from ivr.testing.demo import NUMBER
from tests.contacts.office import Office

MMS = Asked(ServiceId("mms"))
STRANGER = Actor(ActorKind.ADMIN, "boss", Channel.DESK)


@pytest.fixture
def office() -> Office:
    office = Office()
    proof = office.operator.care.identification.proof(NUMBER)
    assert proof is not None
    office.control.checkpoints["c1"] = (
        f"language=ru&release=1&node=account&step=3&subscriber={NUMBER}&proof={proof.version}"
        "&means=codeword"
    )
    office.comes()
    office.talks()
    return office


def offered(office: Office, asked: Asked = MMS) -> Offer:
    actor, _ = office.act()
    offer = office.serving.offer(actor, "c1", asked)
    assert isinstance(offer, Offer)
    return offer


def test_services_and_packages_are_listed_with_their_states(office: Office) -> None:
    found = office.serving.switches(office.act()[0], "c1")
    assert not isinstance(found, Unserved)
    states = {str(each.service): each.is_on for each in found if each.package is None}
    assert (states["sms"], states["mms"]) == (True, False)
    assert {each.service for each in found if each.package} == {"internet-package", "sms-package"}


def test_an_order_is_carried_out_as_it_was_told_with_the_agent_as_actor(office: Office) -> None:
    offer = offered(office)
    actor, key = office.act()
    receipt = office.serving.order(actor, key, "c1", MMS, terms(offer))
    assert isinstance(receipt, Receipt)
    assert receipt.settled is Settled.DONE
    (order,) = office.operator.orders.orders.values()
    assert (order.actor, order.external_id) == (actor, key)
    again = office.serving.order(actor, key, "c1", MMS, terms(offer))
    assert again == receipt
    account = office.operator.care.accounts.account(NUMBER)
    assert account is not None
    assert "mms" in account.services
    undone = office.serving.undo(*office.act(), "c1", receipt.order)
    assert isinstance(undone, Receipt)
    assert undone.settled is Settled.DONE


def test_with_other_terms_than_told_nothing_is_ordered(office: Office) -> None:
    receipt = office.serving.order(*office.act(), "c1", MMS, "0 0 mms=on")
    assert receipt == Receipt(Settled.REFUSED, "", Reason.CHANGED)
    assert office.operator.orders.orders == {}


def test_a_refusal_says_why(office: Office) -> None:
    refusal = office.serving.offer(office.act()[0], "c1", Asked(ServiceId("sms")))
    assert isinstance(refusal, Refusal)
    assert refusal.reason is Reason.ALREADY


def test_nothing_is_done_without_the_right(office: Office) -> None:
    for act in (
        lambda: office.serving.switches(STRANGER, "c1"),
        lambda: office.serving.offer(STRANGER, "c1", MMS),
        lambda: office.serving.order(STRANGER, office.act()[1], "c1", MMS, ""),
        lambda: office.serving.undo(STRANGER, office.act()[1], "c1", "o1"),
        lambda: office.serving.send_text(STRANGER, office.act()[1], "c1", "advice.roaming"),
    ):
        with pytest.raises(Forbidden):
            act()


def test_nothing_is_done_in_the_call_of_another_agent(office: Office) -> None:
    actor, key = office.act("merjen")
    assert office.serving.order(actor, key, "c1", MMS, terms(offered(office))) is Unserved.GONE
    assert office.serving.send_text(actor, key, "c1", "advice.roaming") is Unserved.GONE


def test_nothing_is_done_for_a_number_that_was_not_proved(office: Office) -> None:
    office.control.checkpoints["c1"] = "language=ru&release=1&node=main&step=3"
    assert office.serving.switches(office.act()[0], "c1") is Unserved.UNPROVED


def test_a_text_goes_to_the_caller_once_for_each_form(office: Office) -> None:
    actor, key = office.act()
    for _ in range(2):
        assert office.serving.send_text(actor, key, "c1", "advice.roaming") is Texted.SENT
    assert [number for number, _ in office.operator.outbox.messages.values()] == [NUMBER]
    assert office.serving.send_text(actor, key, "c1", "no.such") is Texted.UNKNOWN
