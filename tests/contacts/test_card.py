"""The card: what is known of a caller, before the answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ivr.care.blindcheck import BlindResult
from ivr.contacts.card import cause_of
from ivr.domain.audit import DataRead, PersonalData
from ivr.domain.call import IdentificationMethod, Step
from ivr.domain.card import Cause, Earlier, ProofKind, mask_number
from ivr.domain.contacts import AgentRang, CallLeft, Conversation, Result, WrapUp
from ivr.domain.identification import LockState
from ivr.domain.journal import Record
from ivr.domain.values import Msisdn, SpokenSecret
from ivr.errors import Forbidden
from ivr.testing.demo import CODEWORD, NUMBER, OTHER
from tests.contacts.office import CHANNEL, Office

CALLING = Msisdn("99361000000")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PROVED = f"&subscriber={NUMBER}&proof=2&means="
CHECKPOINT = "language=ru&release=1&node=account&step=3&topic=payments&reason=nomatch"


def record(id: str, started: datetime, outcome: str = "ended") -> Record:
    return Record(
        id,
        "0890",
        CALLING,
        started,
        started,
        1,
        "ru",
        None,
        None,
        outcome,
        "",
        (Step("main", "1", 4.0), Step("account", "4", 9.0)),
        ("account/payments",),
        (),
        (),
        (),
    )


def office(checkpoint: str = CHECKPOINT) -> Office:
    made = Office()
    made.control.checkpoints["c1"] = checkpoint
    made.comes()
    return made


def talks(it: Office, at: datetime) -> None:
    """An earlier talk about the number."""
    it.contacts.answered(
        Conversation("c8", "merdan", "seat-02", "agents", number=NUMBER, answered=at)
    )
    it.contacts.ended("c8", "merdan", at)
    it.contacts.describe(*it.act("merdan"), 1, WrapUp(Result.PROMISED, "roaming"), NOW)


def test_what_a_former_owner_did_is_not_shown() -> None:
    it = office(f"{CHECKPOINT}{PROVED}codeword")
    it.calls.records = [record("c0", NOW - timedelta(hours=2))]
    talks(it, NOW - timedelta(hours=3))
    it.contacts.owners = {number: NOW - timedelta(hours=1) for number in (CALLING, NUMBER)}
    it.rings(caller=CALLING)
    ((_, card),) = it.shown
    assert (card.earlier, card.calls_today) == ((), 1)


def test_it_says_who_why_and_what_the_line_did() -> None:
    it = office(
        f"{CHECKPOINT}{PROVED}codeword&goals=account/balance"
        "&identification=codeword:no-match+codeword:match"
    )
    it.contacts.proofs["c1"] = NUMBER, IdentificationMethod.CODEWORD, NOW - timedelta(seconds=40)
    it.calls.records = [
        record("c1", NOW),
        record("c0", NOW - timedelta(hours=2)),
        record("old", NOW - timedelta(days=3), "hung-up"),
    ]
    talks(it, NOW - timedelta(days=1))
    it.rings(caller=CALLING)
    seat, card = it.shown[0]
    assert (seat, card.number, card.calling, card.language) == ("seat-01", NUMBER, CALLING, "ru")
    assert (card.cause, card.topic, card.node) == (Cause.NO_MATCH, "payments", "account")
    assert (card.proof.kind, card.proof.at) == (ProofKind.OTHER, NOW - timedelta(seconds=40))
    assert (card.told, card.failed) == (("account/balance",), ("codeword:no-match",))
    assert [step.node for step in card.steps] == ["main", "account"]
    assert card.earlier == (
        Earlier(NOW - timedelta(hours=2), "account/payments", "ended"),
        Earlier(NOW - timedelta(days=1), "roaming", "promised", "merdan"),
        Earlier(NOW - timedelta(days=3), "account/payments", "hung-up"),
    )
    assert (card.calls_today, card.lock) == (2, LockState.OPEN)
    assert card.account is not None
    assert card.account.full_name == "Myradowa Aýgül Batyrowna"
    it.later(72)
    assert card.waited(it.operator.clock.now()) == timedelta(seconds=72)


@pytest.mark.parametrize(
    ("means", "caller", "kind"),
    [
        ("codeword", NUMBER, ProofKind.OWN),
        ("codeword", CALLING, ProofKind.OTHER),
        ("passport", NUMBER, ProofKind.OWN),
        ("passport", CALLING, ProofKind.WEAK),
    ],
)
def test_it_says_how_much_is_proved(means: str, caller: str, kind: ProofKind) -> None:
    it = office(CHECKPOINT + PROVED + means)
    it.rings(caller=caller)
    (_, card) = it.shown[0]
    assert (card.proof.kind, card.proof.at) == (kind, None)


def test_nothing_of_an_account_is_shown_without_a_proof() -> None:
    it = office()
    it.rings(caller=NUMBER)
    ((_, card),) = it.shown
    assert (card.proof.kind, card.account, card.number) == (ProofKind.NONE, None, NUMBER)
    assert card.masked == "+993 65 •• •• 56"


def test_a_withheld_number_and_no_checkpoint_still_give_a_card() -> None:
    it = office("")
    it.rings(caller="")
    ((_, card),) = it.shown
    assert (card.number, card.masked, card.language, card.cause) == (None, "", None, Cause.ASKED)


def test_what_is_known_only_when_it_rings_is_shown_then() -> None:
    it = office()
    it.rings(caller=CALLING)
    it.later(1)
    it.calls.records = [record("c1", NOW)]
    it.hear(AgentRang("c1", "seat-02", "agents-ru", CHANNEL, CALLING))
    for _ in range(3):
        it.later(1)
    assert [(seat, len(card.steps)) for seat, card in it.shown] == [
        ("seat-01", 0),
        ("seat-02", 0),
        ("seat-02", 2),
    ]


def test_a_caller_who_has_hung_up_is_forgotten() -> None:
    it = office()
    it.rings()
    it.hear(CallLeft("c1", is_abandoned=True))
    assert it.cards.card("c1") is None


def test_what_the_caller_proves_to_the_agent_is_on_the_card_and_goes_back_with_the_call() -> None:
    it = office()
    it.rings(caller=OTHER)
    wrong, right = SpokenSecret("arnohal"), SpokenSecret(CODEWORD)
    check, act = it.identification.check, it.act()
    assert check(*act, "c1", NUMBER, wrong) is BlindResult.NO_MATCH
    assert check(*act, "c1", NUMBER, right) is BlindResult.NO_MATCH, "the same form again"
    assert check(*it.act(), "c1", NUMBER, right) is BlindResult.MATCHES
    assert check(*it.act(), "c9", NUMBER, right) is None
    card = it.cards.card("c1")
    assert card is not None
    assert (card.proof.kind, card.number) == (ProofKind.OTHER, NUMBER)
    assert f"&subscriber={NUMBER}&proof=" in it.control.checkpoints["c1"]
    assert "&means=codeword&" in it.control.checkpoints["c1"]


@pytest.mark.parametrize(
    ("number", "shown"),
    [("99365123456", "+993 65 •• •• 56"), ("74991234567", "•••• 67"), ("102", "••••"), ("", "")],
)
def test_a_number_is_masked(number: str, shown: str) -> None:
    assert mask_number(number) == shown


def test_an_unknown_reason_is_another_one() -> None:
    assert [cause_of(reason) for reason in ("", "overload", "new")] == [
        Cause.ASKED,
        Cause.OVERLOAD,
        Cause.OTHER,
    ]


def test_who_opens_a_card_is_in_the_audit() -> None:
    it = office()
    it.rings(caller=NUMBER)
    act = it.act()
    card = it.cards.open(*act, "c1")
    assert card is not None
    assert it.readings.noted == [("aygul", DataRead(PersonalData.CARD, NUMBER, "c1"))]
    assert it.cards.open(*it.act(), "c9") is None
    with pytest.raises(Forbidden):
        it.cards.open(replace(act[0], rights=frozenset()), act[1], "c1")
    assert len(it.readings.noted) == 1
