"""A number that changes hands: the new owner inherits nothing from the former one.

``ivr.care.ownership`` decides when the owner is another person. One set of statements handles all
numbers of an import.
"""

from __future__ import annotations

import dataclasses
import platform
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    MetaData,
    String,
    Table,
    and_,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from ivr.care.ownership import Ending, Holder, ending
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, write_facts
from ivr.domain.fax import FaxState
from ivr.domain.messages import MessageState
from ivr.domain.subscriber import Status
from ivr.store.callers import WAITS, CallbackStatus
from ivr.store.former_orders import Numbers, end_orders
from ivr.store.tables import (
    attempts,
    audit,
    callbacks,
    caller_languages,
    identification_codes,
    invoices,
    messages,
    payments,
    subscriber_packages,
    subscriber_services,
    subscribers,
)

AT_ONCE = 2000
"""Rows sent at a time."""
_temporary = MetaData()
_ended = Table(
    "ended_holders",
    _temporary,
    Column("msisdn", String(20), primary_key=True),
    Column("is_other", Boolean, nullable=False),
    prefixes=["TEMPORARY"],
)


def hand_over(
    connection: Connection,
    incoming: Table,
    by: tuple[Actor, OperationKey],
    now: Callable[[], datetime],
    lock: Callable[[Connection], None] = lambda _connection: None,
) -> int:
    """Clear what numbers of ``incoming`` must not keep; return how many have another owner.

    Call this before the new rows are carried over, in the same transaction, which
    holds the writer's lock on SQLite. ``lock`` locks the rows of all these numbers, in the order of
    the numbers.
    """
    lock(connection)
    _temporary.create_all(connection, checkfirst=False)
    _find(connection, incoming)
    at = now()  # read under the lock: the former owner writes nothing after this time
    count = connection.execute(
        select(func.count()).select_from(_ended).where(_ended.c.is_other)
    ).scalar_one()
    _end_secrets(connection, select(_ended.c.msisdn))
    if count:
        _end_ownership(connection, select(_ended.c.msisdn).where(_ended.c.is_other), at)
    _audit(connection, by, at)
    _temporary.drop_all(connection, checkfirst=False)
    return count


def _find(connection: Connection, incoming: Table) -> None:
    """Note for each number whether its ownership or its secrets end. Lock the rows read.

    The query reads only rows whose difference can end anything.
    """
    old, new = subscribers.c, incoming.c
    differing = (
        select(
            old.msisdn,
            *(old[name] for name in _HOLDER),
            *(func.coalesce(new[name], old[name]).label(f"new_{name}") for name in _KEPT),
            new.passport.label("new_passport"),
        )
        .join(incoming, new.msisdn == old.msisdn)
        .where(
            or_(
                old.full_name != new.full_name,
                old.company != new.company,
                old.status == Status.TERMINATED.value,
                and_(new.passport.is_not(None), old.passport.is_distinct_from(new.passport)),
            )
        )
        .order_by(old.msisdn)
        .with_for_update(of=subscribers)
    )
    found = []
    for row in connection.execute(differing).mappings():
        was = Holder(**{name: row[name] for name in _HOLDER})
        what = ending(was, Holder(**{name: row[f"new_{name}"] for name in _HOLDER}))
        if what is not Ending.NOTHING:
            found.append({"msisdn": row["msisdn"], "is_other": what is Ending.OWNERSHIP})
    for start in range(0, len(found), AT_ONCE):
        connection.execute(insert(_ended), found[start : start + AT_ONCE])


_HOLDER = tuple(field.name for field in dataclasses.fields(Holder))
_KEPT = tuple(name for name in _HOLDER if name != "passport")
"""Columns that keep their value where a file has none."""


def _end_secrets(connection: Connection, numbers: Numbers) -> None:
    connection.execute(
        update(subscribers)
        .where(subscribers.c.msisdn.in_(numbers))
        .values(
            codeword=None,
            keys_latin=None,
            keys_cyrillic=None,
            passport=None,
            puk=None,
            proof_version=subscribers.c.proof_version + 1,
            proof_call=None,
        )
    )
    connection.execute(
        update(attempts)
        .where(attempts.c.number.in_(numbers), attempts.c.forgotten == false())
        .values(forgotten=True)
    )
    codes = identification_codes
    connection.execute(delete(codes).where(codes.c.number.in_(numbers)))


def _end_ownership(connection: Connection, numbers: Numbers, at: datetime) -> None:
    connection.execute(
        update(subscribers)
        .where(subscribers.c.msisdn.in_(numbers))
        .values(owner_since=at, company="", tax_number=None, address=None, contract=None)
    )
    for table, column in (
        (caller_languages, caller_languages.c.caller),
        (subscriber_packages, subscriber_packages.c.msisdn),
        (payments, payments.c.msisdn),
        (subscriber_services, subscriber_services.c.msisdn),
    ):
        connection.execute(delete(table).where(column.in_(numbers)))
    end_orders(connection, numbers, at)
    _drop_messages(connection, numbers, at)
    _end_invoices_and_callbacks(connection, numbers)


def _drop_messages(connection: Connection, numbers: Numbers, at: datetime) -> None:
    """Drop the text messages to the former owner that were not sent."""
    connection.execute(
        update(messages)
        .where(messages.c.due.is_not(None), messages.c.number.in_(numbers))
        .values(
            state=MessageState.DROPPED.value,
            due=None,
            settled=at,
            body="",
            detail="the number changed hands",
        )
    )


def _end_invoices_and_callbacks(connection: Connection, numbers: Numbers) -> None:
    """End open invoices and call-backs of the former owner. No message is sent."""
    is_going = invoices.c.state.in_((FaxState.WAITING.value, FaxState.SENDING.value))
    connection.execute(
        update(invoices)
        .where(is_going, invoices.c.number.in_(numbers))
        .values(state=FaxState.FAILED.value)
    )
    connection.execute(
        update(callbacks)
        .where(WAITS, callbacks.c.number.in_(numbers))
        .values(status=CallbackStatus.DONE.value)
    )


def _audit(connection: Connection, by: tuple[Actor, OperationKey], at: datetime) -> None:
    """One entry for each number; the import's own gives them their places in the chain."""
    actor, key = by
    since: Facts = {"owner_since": at.isoformat()}
    for tag, after, whose in (
        (Tag.OWNER_CHANGED, since, _ended.c.is_other),
        (Tag.PASSPORT_CHANGED, None, ~_ended.c.is_other),
    ):
        said: dict[str, Any] = {
            "at": at,
            "author": str(actor),
            "action": tag.value,
            "channel": actor.channel.value,
            "key": key,
            "after": write_facts(after),
            "host": platform.node(),
        }
        entry = [literal(value, audit.c[name].type) for name, value in said.items()]
        rows = select(_ended.c.msisdn, *entry).where(whose)
        connection.execute(insert(audit).from_select(["number", *said], rows))
