"""The line: what the dialplan and the journal are told of a call, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
import structlog

from ivr.call import Call, Outcome
from ivr.errors import CallerHungUp, FlowBroken, TemporarilyUnavailable
from ivr.flow.document import Flow, read_flow
from ivr.flow.release import Release
from ivr.ports import Care, Utterance, Value
from ivr.settings import PROJECT
from ivr.telephony.line import Line
from ivr.telephony.server import WHO
from ivr.testing.demo import NUMBER, Operator, demo_operator, subscriber
from ivr.testing.memory import MemoryCallers, MemoryJournal
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone
from ivr.values import Language, Msisdn

CALL = "ivr83aa05-1795531970.12"


class FakeSession:
    """A call whose caller presses ``keys`` and then hangs up.

    ``gone_at`` names a variable whose setting finds the channel dead.
    """

    def __init__(
        self, keys: str = "", *, gone_at: str = "", callerid: str = "865123456", **variables: str
    ) -> None:
        self.telephone = FakeTelephone(keys)
        self.variables = {"IVR_CALL": CALL, "IVR_DIALLED": "0890", **variables}
        self.telephone.notes = self.variables
        self.environment: dict[str, str] = {
            "agi_callerid": callerid,
            "agi_uniqueid": "1795531970.12",
        }
        self.order: list[str] = []
        self._gone_at = gone_at

    def get(self, name: str) -> str:
        return self.variables.get(name, "")

    def set(self, name: str, value: str) -> None:
        if name == self._gone_at:
            raise CallerHungUp("the channel is dead")
        self.order.append(name)
        self.variables[name] = value


class LostDatabase(MemoryJournal, MemoryCallers):
    """A journal, and a memory of callers, that do not answer."""

    def begin(self, call: Call) -> None:
        raise TemporarilyUnavailable("database")

    def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
        raise TemporarilyUnavailable("database")

    def language(self, caller: Msisdn) -> Language | None:
        raise TemporarilyUnavailable("database")


class BrokenPrompts(EchoPrompts):
    """Prompts of which one is missing."""

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        if key == "menu.main.account":
            raise FlowBroken(f"no text {key}")
        return super().say(language, key, **values)


@dataclass
class OneRelease:
    """A shelf with a live release; the ones before it speak with the same flow."""

    flow: Flow
    care: Care
    prompts: EchoPrompts = field(default_factory=EchoPrompts)

    def live(self) -> Release:
        return self.get(7)

    def get(self, number: int) -> Release:
        return Release(number, self.flow, self.prompts, self.care)


@dataclass
class House:
    """A line, and everything behind it."""

    line: Line
    operator: Operator
    journal: MemoryJournal
    shelf: OneRelease

    def ring(self, keys: str = "", **how: str) -> FakeSession:
        session = FakeSession(keys, **how)
        self.line.answer(session)
        return session

    @property
    def outcome(self) -> Outcome:
        return self.journal.outcomes[CALL]


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read_flow(PROJECT / "prompts" / "0890.yaml")


@pytest.fixture
def house(flow: Flow) -> Iterator[House]:
    operator, journal = demo_operator(), MemoryJournal()
    shelf = OneRelease(flow, operator.care)
    yield House(Line(shelf, operator.care, journal, operator.clock), operator, journal, shelf)
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lost(house: House) -> House:
    """The same without a database."""
    database = LostDatabase()
    house.operator.care.callers.language = database.language  # type: ignore[method-assign]
    return House(
        Line(house.shelf, house.operator.care, database, house.operator.clock),
        house.operator,
        database,
        house.shelf,
    )


def test_a_caller_who_asks_for_an_agent_is_handed_over(house: House) -> None:
    variables = house.ring("1 0").variables
    assert (variables["IVR_DONE"], variables["IVR_NEXT"]) == ("1", "agent")
    assert (variables["IVR_REASON"], variables["IVR_LANGUAGE"]) == ("asked", "tk")
    assert house.outcome == Outcome.AGENT


def test_a_caller_whom_the_line_said_goodbye_to_is_let_go(house: House) -> None:
    session = house.ring("1", IVR_RESUME="unanswered", IVR_PLACE="language=ru")
    assert (session.variables["IVR_DONE"], session.variables["IVR_NEXT"]) == ("1", "bye")
    assert session.telephone.words[-1] == "goodbye"
    assert house.outcome == Outcome.ENDED


def test_a_caller_who_hangs_up_leaves_nothing_for_the_dialplan_to_do(house: House) -> None:
    session = house.ring("1")
    assert "IVR_DONE" not in session.variables
    assert house.outcome == Outcome.HUNG_UP


@pytest.mark.parametrize("name", ["IVR_LANGUAGE", "IVR_REASON", "IVR_NEXT", "IVR_DONE"])
def test_a_hang_up_at_the_last_commands_is_a_hang_up(house: House, name: str) -> None:
    assert "IVR_DONE" not in house.ring("1 0", gone_at=name).variables
    assert house.outcome == Outcome.HUNG_UP


def test_done_is_the_last_command(house: House) -> None:
    """Without it the dialplan would take a half-told call for a whole one."""
    assert house.ring("1 0").order[-1] == "IVR_DONE"
    session = FakeSession()
    house.line.busy(session)
    assert session.order[-1] == "IVR_DONE"


def test_the_dialplan_knows_the_topic_for_the_agents(house: House) -> None:
    session = house.ring("3 5 1 1 0")
    assert session.variables["IVR_TOPIC"] == "payment"
    assert session.variables["IVR_NEXT"] == "agent"
    assert house.ring("3 0").variables["IVR_TOPIC"] == ""


@pytest.mark.parametrize(("tariff", "first"), [("biznes", True), ("duet", False)])
def test_key_customers_go_first_once_they_are_identified(
    house: House, tariff: str, first: bool
) -> None:
    house.operator.add(subscriber(tariff=tariff))
    assert "QUEUE_PRIO" not in house.ring("3 0").variables
    session = house.ring("1 # 63753646# 0")
    assert session.variables.get("QUEUE_PRIO") == ("10" if first else None)


def test_the_journal_knows_who_rang_and_the_way_through_the_flow(house: House) -> None:
    house.ring("2 3 0")
    call = house.journal.calls[CALL]
    assert (call.id, call.dialled, call.release) == (CALL, "0890", 7)
    assert (call.caller, call.language, call.subscriber) == (NUMBER, Language.RUSSIAN, None)
    assert [(step.node, step.key) for step in call.path] == [
        ("language", "2"),
        ("main", "3"),
        ("info", "0"),
    ]


@pytest.mark.parametrize("callerid", ["unknown", "", "anonymous", "12"])
def test_a_withheld_number_is_no_caller(house: House, callerid: str) -> None:
    house.ring("1 0", callerid=callerid)
    assert house.journal.calls[CALL].caller is None


def test_a_call_without_an_id_of_the_dialplan_has_that_of_asterisk(house: House) -> None:
    house.ring("1 0", IVR_CALL="")
    assert list(house.journal.calls) == ["1795531970.12"]


def test_without_a_database_the_caller_is_still_served(lost: House) -> None:
    with structlog.testing.capture_logs() as logs:
        variables = lost.ring("3 0").variables
    assert (variables["IVR_DONE"], variables["IVR_NEXT"]) == ("1", "agent")
    assert variables["IVR_LANGUAGE"] == "en"
    assert sum("not written" in line["event"] for line in logs) == 2


def test_a_fault_leaves_the_call_to_the_dialplan_and_is_in_the_journal(house: House) -> None:
    house.shelf.prompts = BrokenPrompts()
    session = FakeSession("1 0")
    with pytest.raises(FlowBroken):
        house.line.answer(session)
    assert "IVR_DONE" not in session.variables
    assert house.outcome == Outcome.FAILED


def test_the_log_of_a_fault_has_the_id_of_its_call(house: House) -> None:
    house.shelf.prompts = BrokenPrompts()
    with pytest.raises(FlowBroken):
        house.line.answer(FakeSession("1 0"))
    assert structlog.contextvars.get_contextvars() == {"call": CALL}


def test_another_worker_goes_on_where_the_first_one_stopped(house: House) -> None:
    """Same place, language, right to the number and release, though another one is live."""
    first = house.ring("2 3 1")
    place = first.variables["IVR_PLACE"].replace("release=7", "release=4")
    house.journal.calls.clear()
    second = house.ring("0", IVR_PLACE=f"{place}&subscriber={NUMBER}&means=codeword")
    call = house.journal.calls[CALL]
    assert (call.language, call.subscriber, call.release) == (Language.RUSSIAN, NUMBER, 4)
    assert [step.node for step in call.path] == ["info-news/item-1"]
    assert second.variables["IVR_NEXT"] == "agent"


@pytest.mark.parametrize("place", ["garbage", "release=x", "language=xx&node=main", "node=nowhere"])
def test_an_unreadable_place_is_the_start(house: House, place: str) -> None:
    house.ring("1 0", IVR_PLACE=place)
    call = house.journal.calls[CALL]
    assert (call.path[0].node, call.release) == ("language", 7)


def test_a_caller_whom_no_agent_answered_may_leave_a_number_with_the_reason(house: House) -> None:
    house.ring(
        "1", IVR_RESUME="unanswered", IVR_REASON="identification", IVR_PLACE="language=tk&release=7"
    )
    ((call, number),) = house.operator.callbacks.left
    assert (number, call.reason) == (NUMBER, "identification")


def test_who_went_on_from_the_call_back_is_not_sent_there_again(house: House) -> None:
    first = house.ring("* 3", IVR_RESUME="unanswered", IVR_PLACE="language=tk&release=7&node=main")
    assert house.journal.calls[CALL].node == "info"
    again = house.ring("0", **first.variables)
    assert again.telephone.words[0] == "menu.info.news"


def test_what_a_dead_worker_had_in_hand_is_told_before_a_call_back(house: House) -> None:
    place = f"language=tk&release=7&node=services-data&subscriber={NUMBER}&step=1"
    hand = "&hand=services/gprs+change.on&trail=language+main+services"
    session = house.ring("* 0", IVR_RESUME="unanswered", IVR_PLACE=place + hand)
    assert session.telephone.words[0] == "change.cancelled"
    assert session.variables["IVR_RESUME"] == ""


def test_a_call_that_began_without_a_database_is_written_at_its_end(flow: Flow) -> None:
    class Late(MemoryJournal):
        away = True

        def begin(self, call: Call) -> None:
            if self.away:
                self.away = False
                raise TemporarilyUnavailable("database")
            super().begin(call)

        def end(self, call: Call, outcome: Outcome, at: datetime) -> None:
            if call.id not in self.calls:
                raise LookupError(call.id)
            super().end(call, outcome, at)

    operator, journal = demo_operator(), Late()
    shelf = OneRelease(flow, operator.care)
    line = Line(shelf, operator.care, journal, operator.clock)
    House(line, operator, journal, shelf).ring("1 3 0")
    assert journal.outcomes[CALL] is Outcome.AGENT
    assert [step.node for step in journal.calls[CALL].path] == ["language", "main", "info"]


def test_a_caller_who_was_one_too_many_for_asterisk_is_spoken_to_in_his_language(
    house: House,
) -> None:
    session = house.ring("1", IVR_RESUME="unanswered", IVR_REASON="overload", IVR_SPOKEN="ru")
    assert (session.variables["IVR_LANGUAGE"], session.telephone.words[-1]) == ("ru", "goodbye")
    assert house.journal.calls[CALL].reason == "overload"


def test_busy_tells_the_dialplan_why_and_in_which_language(house: House) -> None:
    house.operator.callers.languages[NUMBER] = Language.RUSSIAN
    session = FakeSession()
    house.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")
    assert session.variables["IVR_REASON"] == "overload"
    assert session.variables["IVR_LANGUAGE"] == "ru"
    assert session.telephone.heard == []


def test_a_busy_call_is_in_the_journal_once(house: House) -> None:
    house.line.busy(FakeSession())
    call = house.journal.calls[CALL]
    assert (call.caller, call.reason, call.path) == (NUMBER, "overload", [])
    assert house.journal.outcomes[CALL] is Outcome.AGENT


def test_a_call_that_was_taken_before_keeps_its_record(house: House) -> None:
    house.ring("1 3 0")
    kept = house.journal.calls[CALL]
    house.line.busy(FakeSession(IVR_PLACE="anything"))
    assert house.journal.calls[CALL] is kept


@pytest.mark.parametrize("callerid", ["865123456", "anonymous"])
def test_busy_leaves_the_language_alone_where_none_is_known(house: House, callerid: str) -> None:
    session = FakeSession(callerid=callerid)
    house.line.busy(session)
    assert "IVR_LANGUAGE" not in session.variables
    assert session.variables["IVR_DONE"] == "1"


def test_busy_needs_no_database(lost: House) -> None:
    session = FakeSession()
    lost.line.busy(session)
    assert (session.variables["IVR_NEXT"], session.variables["IVR_DONE"]) == ("busy", "1")


def test_a_secret_is_neither_logged_nor_in_the_journal(house: House) -> None:
    with structlog.testing.capture_logs() as logs:
        house.ring("1 1 # 63753646# 0")
    assert house.journal.calls[CALL].identification
    assert "63753646" not in str(logs) + str(house.journal.calls)


def asked_who(house: House, callerid: str) -> FakeSession:
    """The dialplan asks who a caller is."""
    session = FakeSession("1", callerid=callerid)
    session.environment["agi_network_script"] = WHO
    house.line.answer(session)
    assert house.journal.calls == {}, "it is no call of the line's yet"
    assert session.telephone.heard == []
    return session


def test_whom_the_line_knows_asterisk_knows_from_then_on(house: House) -> None:
    house.operator.callers.remember(NUMBER, Language.RUSSIAN)
    session = asked_who(house, "865123456")
    assert session.order == ["DB(language/865123456)"]
    assert session.variables["DB(language/865123456)"] == "ru"


def test_of_a_stranger_nothing_is_said(house: House) -> None:
    assert asked_who(house, "865123457").order == []


def test_without_a_database_he_is_a_stranger(lost: House) -> None:
    assert asked_who(lost, "865123456").order == []


@pytest.mark.parametrize("callerid", ["", "unknown", "sipp", "74951234567"])
def test_who_cannot_be_known_again_is_not_to_be_remembered(house: House, callerid: str) -> None:
    assert asked_who(house, callerid).variables["IVR_FORGET"] == "1"


@pytest.mark.parametrize(
    ("way", "remembered"),
    [("language+main:s21234", {NUMBER: Language.RUSSIAN}), ("main+info:s31234", {})],
)
def test_a_language_is_remembered_where_asterisk_has_asked_for_it(
    house: House, way: str, remembered: dict[Msisdn, Language]
) -> None:
    place = "language=ru&release=7&node=info&step=0&trail=main"
    house.ring("3", IVR_WAY=way, IVR_PLACE=place, IVR_SPOKEN="ru")
    assert house.operator.callers.languages == remembered
