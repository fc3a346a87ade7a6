"""A number that changes hands: its new owner inherits nothing of the former one.

One set of statements for all numbers of an import, however many.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
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

from ivr.ports import MessageState, OrderState, Status
from ivr.store.tables import (
    attempts,
    audit,
    caller_languages,
    identification_codes,
    messages,
    orders,
    payments,
    promises,
    subscriber_packages,
    subscribers,
)

CHANGED = "owner.changed"
"""The audit's word for a number that changed hands."""
_temporary = MetaData()
_changed = Table(
    "changed_hands",
    _temporary,
    Column("msisdn", String(20), primary_key=True),
    prefixes=["TEMPORARY"],
)


def hand_over(connection: Connection, incoming: Table, author: str, at: datetime) -> int:
    """Clear what numbers of ``incoming`` must not keep whose owner is another; answers how many.

    To be called before the new rows are carried over, in the same transaction.
    """
    _temporary.create_all(connection, checkfirst=False)
    found = (
        select(incoming.c.msisdn)
        .join(subscribers, subscribers.c.msisdn == incoming.c.msisdn)
        .where(_is_other_owner(incoming))
    )
    connection.execute(insert(_changed).from_select(["msisdn"], found))
    count = connection.execute(select(func.count()).select_from(_changed)).scalar_one()
    if count:
        _clear(connection, author, at)
    _temporary.drop_all(connection, checkfirst=False)
    return count


def _is_other_owner(incoming: Table) -> ColumnElement[bool]:
    """Passports differ; or the number was terminated, and nothing says that the owner is the same;
    or no passport was known, and the name differs from the one that came with the first."""
    old, new = subscribers.c, incoming.c
    differs = and_(
        old.passport.is_not(None), new.passport.is_not(None), old.passport != new.passport
    )
    is_same = and_(
        old.passport.is_not(None), new.passport.is_not(None), old.passport == new.passport
    )
    is_again = and_(
        old.status == Status.TERMINATED.value, new.status != Status.TERMINATED.value, ~is_same
    )
    is_first = and_(
        old.passport.is_(None), new.passport.is_not(None), old.full_name != new.full_name
    )
    return or_(differs, is_again, is_first)


def _clear(connection: Connection, author: str, at: datetime) -> None:
    numbers = select(_changed.c.msisdn)
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
    for table, column in (
        (identification_codes, identification_codes.c.number),
        (caller_languages, caller_languages.c.caller),
        (subscriber_packages, subscriber_packages.c.msisdn),
        (payments, payments.c.msisdn),
    ):
        connection.execute(delete(table).where(column.in_(numbers)))
    _end_orders(connection, numbers, at)
    _drop_messages(connection, numbers, at)
    who = select(literal(at, audit.c.at.type), literal(author), literal(CHANGED), _changed.c.msisdn)
    connection.execute(insert(audit).from_select(["at", "author", "action", "number"], who))


def _end_orders(connection: Connection, numbers: Select[tuple[str]], at: datetime) -> None:
    """What the former owner ordered and was not carried out is cancelled; nobody is told of it."""
    is_open = and_(orders.c.settled.is_(None), orders.c.number.in_(numbers))
    connection.execute(
        delete(promises).where(
            promises.c.order_id.in_(select(orders.c.id).where(orders.c.number.in_(numbers)))
        )
    )
    connection.execute(
        update(orders).where(is_open).values(state=OrderState.CANCELLED.value, settled=at, due=None)
    )


def _drop_messages(connection: Connection, numbers: Select[tuple[str]], at: datetime) -> None:
    """Text messages to the former owner that were not sent."""
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
