"""What every ContactRepository and every SeatLoans does: in memory and in each database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from ivr.domain.actor import SYSTEM, OperationKey
from ivr.domain.contacts import Conversation, Result, Span, WrapUp
from ivr.domain.presence import AgentState
from ivr.domain.values import Language, Msisdn
from ivr.ports.contacts import ContactRepository, SeatLoans
from ivr.testing.acting import at_desk

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NUMBER = Msisdn("99365123456")
SEATS = ("seat-01", "seat-02")
SAID = WrapUp(Result.PROMISED, "payments", "asks again", "call back", ("account/balance",), ("o1",))


def talk(call: str = "c1", agent: str = "aygul", minutes: int = 0) -> Conversation:
    return Conversation(
        call,
        agent,
        "seat-01",
        "agents-ru",
        "payments",
        Language.RUSSIAN,
        NUMBER,
        NOW,
        NOW + minutes * MINUTE,
        caller="99361000000",
        channel="PJSIP/trunk-1",
    )


class ContactsContract:
    """Derive, and give a fixture ``contacts``."""

    def test_a_state_ends_where_the_next_one_begins(self, contacts: ContactRepository) -> None:
        contacts.begin_span(Span("aygul", AgentState.READY, "", "", NOW))
        contacts.begin_span(Span("merdan", AgentState.READY, "", "", NOW))
        contacts.begin_span(
            Span("aygul", AgentState.PAUSED, "lunch", "", NOW + MINUTE), OperationKey("form")
        )
        present = {each.agent: each for each in contacts.open_spans()}
        assert {name: each.state for name, each in present.items()} == {
            "aygul": AgentState.PAUSED,
            "merdan": AgentState.READY,
        }
        ready, paused = contacts.spans("aygul", NOW, NOW + 9 * MINUTE)
        assert (ready.ended, paused.begun, paused.ended) == (NOW + MINUTE, NOW + MINUTE, None)
        assert list(contacts.spans("aygul", NOW + MINUTE, NOW + 9 * MINUTE)) == [paused]

    def test_a_conversation_is_stored_once_and_ends_once(self, contacts: ContactRepository) -> None:
        id = contacts.answered(talk())
        assert contacts.answered(talk()) == id
        assert [each.call for each in contacts.open_conversations()] == ["c1"]
        contacts.ended("c1", "merdan", NOW + MINUTE)
        contacts.ended("c1", "aygul", NOW + 2 * MINUTE)
        contacts.ended("c1", "aygul", NOW + 3 * MINUTE)
        found = contacts.get("c1", "aygul")
        assert found is not None
        assert (found.conversation.ended, found.wrap_up) == (NOW + 2 * MINUTE, None)
        assert found.conversation.channel == "PJSIP/trunk-1"
        assert contacts.open_conversations() == []

    def test_a_description_is_stored_once(self, contacts: ContactRepository) -> None:
        id = contacts.answered(talk())
        assert contacts.undescribed(9) == []
        contacts.ended("c1", "aygul", NOW + MINUTE)
        assert [each.id for each in contacts.undescribed(9)] == [id]
        actor, key = at_desk()
        assert contacts.describe(actor, key, id, SAID, NOW)
        assert contacts.describe(actor, key, id, SAID, NOW)
        assert not contacts.describe(actor, OperationKey("2"), id, WrapUp(Result.SOLVED), NOW)
        found = contacts.get("c1", "aygul")
        assert found is not None
        assert found.wrap_up == SAID
        assert contacts.undescribed(9) == []

    def test_what_nobody_described_may_be_described_later(
        self, contacts: ContactRepository
    ) -> None:
        id = contacts.answered(talk())
        forgotten = WrapUp(Result.NOT_DESCRIBED)
        assert contacts.describe(SYSTEM, OperationKey("sweep"), id, forgotten, NOW)
        assert contacts.describe(*at_desk(), id, SAID, NOW)
        found = contacts.get("c1", "aygul")
        assert found is not None
        assert found.wrap_up == SAID

    def test_conversations_are_listed_newest_first(self, contacts: ContactRepository) -> None:
        for index in range(3):
            contacts.answered(talk(f"c{index}", minutes=index))
        contacts.answered(talk("other", "merdan", 9))
        mine = contacts.of_agent("aygul", NOW + MINUTE, 9)
        assert [each.conversation.call for each in mine] == ["c2", "c1"]
        about = contacts.of_number(NUMBER, 2)
        assert [each.conversation.call for each in about] == ["other", "c2"]
        assert contacts.of_number(Msisdn("99365999999"), 9) == []

    def test_only_the_agent_of_a_call_sends_it_back(self, contacts: ContactRepository) -> None:
        contacts.answered(talk())
        assert not contacts.sent_back(*at_desk("merdan"), "c1", "main", NOW)
        assert contacts.sent_back(*at_desk("aygul", "2"), "c1", "number-puk", NOW)
        contacts.ended("c1", "aygul", NOW + MINUTE)
        assert contacts.sent_back(*at_desk("aygul", "2"), "c1", "number-puk", NOW)
        assert not contacts.sent_back(*at_desk("aygul", "3"), "c1", "main", NOW)
        found = contacts.get("c1", "aygul")
        assert found is not None
        assert found.conversation.sent_to == "number-puk"


class SeatLoansContract:
    """Derive, and give a fixture ``loans``."""

    def test_each_session_has_a_seat_of_its_own_until_there_are_none(
        self, loans: SeatLoans
    ) -> None:
        assert loans.lend(1, "aygul", SEATS, NOW) == "seat-01"
        assert loans.lend(2, "merdan", SEATS, NOW) == "seat-02"
        assert loans.lend(3, "gozel", SEATS, NOW) is None
        assert loans.lend(1, "aygul", SEATS, NOW) == "seat-01"
        loans.give_back(2)
        assert loans.lend(3, "gozel", SEATS, NOW) == "seat-02"
        assert loans.loans() == {"seat-01": "aygul", "seat-02": "gozel"}

    def test_an_agent_who_logs_in_again_keeps_the_seat(self, loans: SeatLoans) -> None:
        loans.lend(1, "aygul", SEATS, NOW)
        assert loans.lend(5, "aygul", SEATS, NOW) == "seat-01"
        assert (loans.seat_of(1), loans.seat_of(5)) == (None, "seat-01")
        loans.give_back(1)
        assert loans.seat_of(5) == "seat-01"
        loans.take_back("aygul")
        assert loans.seat_of(5) is None

    def test_a_session_of_another_agent_gets_another_seat(self, loans: SeatLoans) -> None:
        loans.lend(1, "aygul", SEATS, NOW)
        loans.lend(1, "merdan", SEATS, NOW)
        assert list(loans.loans().values()) == ["merdan"]

    def test_seats_that_asterisk_does_not_have_are_not_lent(self, loans: SeatLoans) -> None:
        assert loans.lend(1, "aygul", (), NOW) is None
        loans.lend(1, "aygul", SEATS, NOW)
        assert loans.lend(1, "aygul", SEATS[1:], NOW) == "seat-02"
        assert loans.loans() == {"seat-02": "aygul"}

    def test_of_many_at_once_each_gets_another_seat(self, loans: SeatLoans) -> None:
        seats = [f"seat-{number:02d}" for number in range(1, 9)]

        def lend(session: int) -> str | None:
            return loans.lend(session, f"agent{session}", seats, NOW)

        with ThreadPoolExecutor(8) as pool:
            lent = list(pool.map(lend, range(8)))
        assert sorted(str(each) for each in lent) == seats
