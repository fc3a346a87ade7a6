"""The subscribers who call in a measurement: all with the same code word, passport and services."""

from __future__ import annotations

from sqlalchemy import update

from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.store.rows import Row
from ivr.store.snapshots import CallerLanguage
from ivr.store.tables import subscribers
from ivr.testing.acting import by
from ivr.testing.demo import CODEWORD, PASSPORT_KEYS
from ivr.wiring.container import Container
from tests.bench.sipp import FIRST
from tests.telephony.extended import manager

CALLERS = 5_000
"""The first callers of a station are subscribers; those after them may hear what anyone may."""

ACQUAINTANCES = range(CALLERS, CALLERS + 10_000)
"""They have rung before and chosen English, so that Asterisk knows it as well as the database."""


def introduce(container: Container) -> None:
    """Make the acquaintances known, as the line does when one of them chooses a language."""
    link = manager(container.settings)
    link.start()
    try:
        assert link.connected.wait(10)
        for number in ACQUAINTANCES:
            said = link.action(
                "DBPut", Family="language", Key=str(FIRST + number), Val=Language.ENGLISH
            )
            assert said["Response"] == "Success", said
    finally:
        link.close()
    known = [
        CallerLanguage(Msisdn(str(FIRST + number)), Language.ENGLISH) for number in ACQUAINTANCES
    ]
    container.store.journal.write(known)


def populate(container: Container) -> None:
    """Make a subscriber of each calling number, with code words hashed as in service."""
    rows = [
        Row(
            msisdn=Msisdn(str(FIRST + number)),
            full_name="Myradowa Aýgül Batyrowna",
            passport=Secret(PASSPORT_KEYS),
            language=Language.TURKMEN,
            tariff="duet",
            status=Status.ACTIVE,
            balance=Money(4530),
            services=frozenset({ServiceId("sms"), ServiceId("clip")}),
            puk=None,
            company="",
        )
        for number in range(CALLERS)
    ]
    container.store.imports.take_over(*by("bench"), rows)
    made = container.verifying.codeword(CODEWORD)
    with container.store.database.writing(60) as connection:
        connection.execute(
            update(subscribers).values(
                codeword=made.codeword,
                keys_latin=made.keys_latin,
                keys_cyrillic=made.keys_cyrillic,
            )
        )
