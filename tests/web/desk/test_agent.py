"""The agents' pages without a browser: rights, states, what is shown and what never is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

import pytest

from ivr.care.blindcheck import BlindResult
from ivr.contacts.handback import HandedBack
from ivr.contacts.serving import Texted, Unserved
from ivr.domain.audit import PersonalData
from ivr.domain.call import CallOutcome, IdentificationMethod
from ivr.domain.callbacks import Callback, CallbackResult, CallbackStatus
from ivr.domain.card import Cause, ProofKind
from ivr.domain.contacts import AgentCompleted, Result
from ivr.domain.identification import LockState
from ivr.domain.presence import AgentState, PauseReason, SleepReason
from ivr.domain.services import Reason, Settled
from ivr.domain.staff import Role
from ivr.domain.subscriber import Status
from ivr.domain.values import Language
from ivr.testing.demo import CODEWORD, NUMBER, PASSPORT
from ivr.web.desk.texts import Texts
from tests.contacts.office import CHANNEL
from tests.web.desk.agency import Desk, DeskOffice, desk
from tests.web.desk.test_login import hidden

TOLD = "hx-trigger"
DIALOGS = (
    "/desk/services",
    "/desk/texts",
    "/desk/check",
    "/desk/back",
    "/desk/pass",
    "/desk/pause",
)


@pytest.fixture
def talking() -> Desk:
    """An agent who talks to a caller whose number is proved."""
    proof = DeskOffice().operator.care.identification.proof(NUMBER)
    assert proof is not None
    made = desk(
        checkpoint=f"language=ru&release=1&node=account&step=3&subscriber={NUMBER}"
        f"&proof={proof.version}&means=codeword&reason=asked&goals=account/balance"
    )
    made.office.comes()
    made.office.talks()
    return made


@pytest.mark.parametrize("path", ["/desk", *DIALOGS])
def test_an_editor_sees_no_page_of_agents(path: str) -> None:
    made = desk(Role.EDITOR)
    assert made.browser.client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/desk/check-in", {}),
        ("/desk/ready", {}),
        ("/desk/pause", {"reason": "lunch"}),
        ("/desk/beat", {"microphone": "true"}),
        ("/desk/wrap-up", {"call": "c1", "result": "solved"}),
        ("/desk/texts", {"call": "c1", "text": "advice.roaming"}),
        ("/desk/services/offer", {"call": "c1", "service": "mms"}),
        ("/desk/services/order", {"call": "c1", "service": "mms", "told": "x"}),
        ("/desk/services/undo", {"call": "c1", "service": "mms", "order": "x"}),
        ("/desk/back", {"call": "c1", "node": "number-puk"}),
        ("/desk/pass", {"call": "c1"}),
        ("/desk/callbacks/take", {"id": 1}),
        ("/desk/callbacks/tried", {"id": 1, "result": "busy"}),
    ],
)
def test_an_editor_does_nothing_for_callers(path: str, form: dict[str, object]) -> None:
    assert desk(Role.EDITOR).post(path, **form).status_code == 403


def test_the_states_follow_the_buttons() -> None:
    made = desk()
    assert 'data-state="offline"' in made.get()
    made.post("/desk/check-in")
    assert 'data-state="ready"' in made.get()
    made.post("/desk/pause", reason="lunch")
    assert made.office.status().reason == "lunch"
    assert "Lunch" in made.get()
    made.post("/desk/ready")
    assert made.office.state() is AgentState.READY
    made.post("/desk/check-out")
    assert made.office.state() is AgentState.OFFLINE


def test_a_beat_says_what_the_page_should_show() -> None:
    made = desk()
    made.post("/desk/check-in")
    shown = made.browser.post("/desk/beat", {"microphone": "true"}).json()["shown"]
    assert f'data-shown="{shown}"' in made.get()
    made.browser.post("/desk/beat", {"microphone": "false"})
    assert (made.office.state(), made.office.status().reason) == (AgentState.PAUSED, "microphone")
    assert f'data-shown="{shown}"' not in made.get()


def test_without_asterisk_the_page_says_so() -> None:
    made = desk()
    said = "No new calls come for now"
    assert said not in made.get()
    made.office.is_linked = False
    assert said in made.get()


def test_the_number_is_masked_until_it_is_opened_and_both_are_noted(talking: Desk) -> None:
    page = talking.get()
    assert "+993 65 •• •• 56" in page
    assert NUMBER not in page
    assert "Myradowa" in page
    assert len(talking.office.readings.noted) == 1  # the account is seen
    talking.get()
    assert len(talking.office.readings.noted) == 2  # the key makes it one row in the database
    assert talking.post("/desk/number", call="c1").status_code == 204
    assert f"+{NUMBER}" in talking.get()
    assert {read.what for _, read in talking.office.readings.noted} == {PersonalData.CARD}
    assert talking.post("/desk/number", call="c2").status_code == 404


def test_the_card_says_who_and_why_in_the_agents_language_and_what_to_say_in_the_callers(
    talking: Desk,
) -> None:
    page = talking.get()
    for said in ("Speaks Russian", "Verified", "by code word", "Asked for an agent", "balance"):
        assert said in page
    assert "Чем я могу вам помочь?" in page
    assert "How can I help you?" in page


def test_a_change_is_told_confirmed_and_done(talking: Desk) -> None:
    assert "sms" in talking.get("/desk/services")
    form = {"call": "c1", "service": "mms", "on": "true", "package": ""}
    offer = talking.browser.post("/desk/services/offer", form)
    assert offer.status_code == 200
    told = hidden(offer, "told")
    done = talking.post("/desk/services/order", **form, told=told)
    assert "Done." in done.text
    order = hidden(done, "order")
    undone = talking.post("/desk/services/undo", **form, order=order)
    assert "Done." in undone.text


def test_a_refusal_and_an_unproved_number_are_told(talking: Desk) -> None:
    refused = talking.browser.post("/desk/services/offer", {"call": "c1", "service": "sms"})
    assert "It is so already." in refused.text
    talking.office.control.checkpoints["c1"] = "language=ru&release=1&node=main&step=3"
    assert "has not verified the number" in talking.get("/desk/services")


@pytest.mark.parametrize(
    ("typed", "result"),
    [
        ({"word": CODEWORD}, "It matches"),
        ({"word": "wrong word"}, "It does not match"),
        ({"passport": PASSPORT, "name": "Aýgül Myradowa"}, "It matches"),
        ({"word": CODEWORD, "number": "nonsense"}, "Type the telephone number correctly"),
    ],
)
def test_a_blind_check_says_only_whether_it_matches(
    typed: dict[str, str], result: str, talking: Desk
) -> None:
    answer = talking.post("/desk/check", call="c1", **typed)
    assert result in answer.text
    for secret in (CODEWORD, PASSPORT, "wrong word", "Aýgül Myradowa"):
        assert secret not in answer.text


def test_a_caller_goes_back_to_the_line(talking: Desk) -> None:
    assert "number-puk" in talking.get("/desk/back")
    assert "back on the line" in talking.post("/desk/back", call="c1", node="number-puk").text
    assert "no such place" in talking.post("/desk/back", call="c1", node="nowhere").text
    assert len(talking.office.control.sent) == 1


def test_a_caller_is_passed_on_with_a_note(talking: Desk) -> None:
    assert "payments" in talking.get("/desk/pass")
    form = {"call": "c1", "topic": "payments", "language": "tk", "note": "wants a refund"}
    assert "waits for another agent" in talking.post("/desk/pass", **form).text
    assert talking.office.control.passed == [(CHANNEL, "payments", Language.TURKMEN)]


@pytest.mark.parametrize(
    ("begin", "values"),
    [
        ("result.", Result),
        ("state.", AgentState),
        ("pause.", PauseReason),
        ("asleep.", SleepReason),
        ("asleep.about.", SleepReason),
        ("cause.", Cause),
        ("proof.", ProofKind),
        ("means.", IdentificationMethod),
        ("lock.", set(LockState) - {LockState.OPEN}),
        ("status.", Status),
        ("refused.", Reason),
        ("receipt.", Settled),
        ("unserved.", Unserved),
        ("texted.", Texted),
        ("blind.", BlindResult),
        ("back.", HandedBack),
        ("pass.", HandedBack),
        ("tried.", CallbackResult),
        ("outcome.", CallOutcome),
    ],
)
def test_each_value_has_a_text(begin: str, values: Iterable[StrEnum]) -> None:
    known = Texts.read().patterns
    assert [each for each in values if begin + each.value not in known] == []


def test_a_wrap_up_is_filled_and_stored(talking: Desk) -> None:
    talking.office.hear(AgentCompleted("c1", "seat-01"))
    page = talking.get()
    assert 'data-state="wrap-up"' in page
    assert 'value="account"' in page
    talking.post("/desk/extend")
    answer = talking.post("/desk/wrap-up", call="c1", result="promised", note=" rings back ")
    assert answer.status_code == 204
    found = talking.office.contacts.get("c1", "aygul")
    assert found is not None
    assert found.wrap_up is not None
    assert (found.wrap_up.result, found.wrap_up.note) == (Result.PROMISED, "rings back")
    assert found.wrap_up.goals == ("account/balance",)
    assert talking.office.state() is AgentState.READY
    assert "Promised" in talking.get()


def test_a_forgotten_wrap_up_is_listed_and_can_be_written_later(talking: Desk) -> None:
    talking.office.hear(AgentCompleted("c1", "seat-01"))
    talking.office.later(31)
    assert "Not described" in talking.get()
    assert 'name="result"' in talking.get("/desk/describe/c1")
    assert talking.post("/desk/wrap-up", call="c1", result="solved").status_code == 204
    assert "Not described" not in talking.get()


def callback(status: CallbackStatus, taken_by: str | None = None) -> Callback:
    at = DeskOffice().operator.clock.now() - timedelta(hours=1)
    return Callback(1, "c0", NUMBER, None, "nobody", at, status, taken_by=taken_by)


def test_a_call_back_is_masked_until_it_is_taken() -> None:
    made = desk()
    made.post("/desk/check-in")
    made.office.callback_list.rows.append(callback(CallbackStatus.OPEN))
    page = made.get()
    assert "•• •• 56" in page
    assert NUMBER not in page
    made.office.callback_list.rows[:] = [callback(CallbackStatus.TAKEN, "aygul")]
    assert f"+{NUMBER}" in made.get()
    assert "No answer" in made.get("/desk/callbacks/1")


def test_a_call_back_that_another_agent_has_is_not_taken() -> None:
    made = desk()
    assert "Another agent has taken it." in made.post("/desk/callbacks/take", id=9).headers[TOLD]
    tried = made.post("/desk/callbacks/tried", id=9, result="busy")
    assert "Another agent has taken it." in tried.headers[TOLD]
