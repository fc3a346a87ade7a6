"""Asterisk asks who a caller is, and tells which language he chose."""

from __future__ import annotations

import pytest

from ivr.domain.values import Language, Msisdn
from ivr.telephony.server import WHO
from ivr.testing.demo import NUMBER
from tests.telephony.line.house import FakeSession, House


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
