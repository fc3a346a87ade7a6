"""Repository of agents' states, conversations and their descriptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, asc, desc, insert, or_, select, update

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.call import IdentificationMethod
from ivr.domain.contacts import (
    Conversation,
    DescribedConversation,
    Result,
    Span,
    WrapUp,
)
from ivr.domain.identification import AttemptResult
from ivr.domain.presence import AgentState
from ivr.domain.values import Language, Msisdn
from ivr.ports.contacts import ContactRepository
from ivr.store.actors import row_of
from ivr.store.audit import is_done, write_entry
from ivr.store.contact_tables import agent_spans, conversations, dispositions
from ivr.store.database import Database
from ivr.store.tables import attempts, orders, promises, subscribers
from ivr.store.upsert import insert_into, insert_or_ignore

_TALKS = conversations.c
_SAID = dispositions.c
_JOINED = conversations.outerjoin(dispositions, _SAID.conversation_id == _TALKS.id)
_SAID_COLUMNS = [
    _SAID[name].label(f"said_{name}")
    for name in ("result", "topic", "note", "promise", "goals", "orders")
]


@dataclass(frozen=True)
class StoredContacts(ContactRepository):
    database: Database

    def begin_span(self, span: Span, key: OperationKey | None = None) -> None:
        spans = agent_spans.c
        with self.database.writing() as connection:
            is_present = and_(spans.agent == span.agent, spans.ended.is_(None))
            connection.execute(update(agent_spans).where(is_present).values(ended=span.begun))
            connection.execute(
                insert(agent_spans).values(
                    agent=span.agent,
                    state=span.state.value,
                    reason=span.reason,
                    call=span.call,
                    begun=span.begun,
                    key=key,
                )
            )

    def open_spans(self) -> Sequence[Span]:
        return self._spans(agent_spans.c.ended.is_(None))

    def spans(self, agent: str, since: datetime, until: datetime) -> Sequence[Span]:
        spans = agent_spans.c
        is_later = or_(spans.ended.is_(None), spans.ended > since)
        return self._spans(and_(spans.agent == agent, spans.begun < until, is_later))

    def answered(self, conversation: Conversation) -> int:
        talk = conversation
        row = {
            "call": talk.call,
            "agent": talk.agent,
            "seat": talk.seat,
            "queue": talk.queue,
            "topic": talk.topic,
            "language": talk.language.value if talk.language else None,
            "number": talk.number,
            "rang": talk.rang,
            "answered": talk.answered,
            "caller": talk.caller,
            "channel": talk.channel,
            "sent_to": talk.sent_to,
        }
        mine = and_(_TALKS.call == talk.call, _TALKS.agent == talk.agent)
        with self.database.writing() as connection:
            is_new = insert_or_ignore(connection, conversations, row, _TALKS.call, _TALKS.agent)
            if not is_new:  # the caller came back to the same agent
                connection.execute(
                    update(conversations).where(mine).values(ended=None, channel=talk.channel)
                )
            id: int = connection.execute(select(_TALKS.id).where(mine)).scalar_one()
            return id

    def ended(self, call: str, agent: str, at: datetime) -> None:
        is_open = and_(_TALKS.call == call, _TALKS.agent == agent, _TALKS.ended.is_(None))
        with self.database.writing() as connection:
            connection.execute(update(conversations).where(is_open).values(ended=at))

    def sent_back(
        self, actor: Actor, key: OperationKey, call: str, node: str, at: datetime
    ) -> bool:
        is_open = and_(_TALKS.call == call, _TALKS.agent == actor.id, _TALKS.ended.is_(None))
        with self.database.writing() as connection:
            if is_done(connection, key, Tag.CALL_SENT_BACK):
                return True
            sent = update(conversations).where(is_open).values(sent_to=node)
            row = connection.execute(sent.returning(_TALKS.number)).one_or_none()
            if row is None:
                return False
            after: Facts = {"call": call, "node": node}
            entry = entry_of(actor, key, at, Tag.CALL_SENT_BACK, row.number, after=after)
            write_entry(connection, entry)
            return True

    def describe(
        self, actor: Actor, key: OperationKey, id: int, wrap_up: WrapUp, at: datetime
    ) -> bool:
        row = {
            "result": wrap_up.result.value,
            "topic": wrap_up.topic,
            "note": wrap_up.note,
            "promise": wrap_up.promise,
            "goals": " ".join(wrap_up.goals),
            "orders": " ".join(wrap_up.orders),
            "at": at,
            "key": key,
            **row_of(actor),
        }
        with self.database.writing() as connection:
            written = insert_into(connection, dispositions).values(conversation_id=id, **row)
            is_mine = or_(_SAID.result == Result.NOT_DESCRIBED.value, _SAID.key == key)
            stored = connection.execute(
                written.on_conflict_do_update(
                    index_elements=[_SAID.conversation_id], set_=row, where=is_mine
                ).returning(_SAID.conversation_id)
            )
            return stored.first() is not None

    def undescribed(self, most: int) -> Sequence[Conversation]:
        is_left = and_(_TALKS.ended.is_not(None), _SAID.conversation_id.is_(None))
        found = self._read(is_left, asc(_TALKS.ended), most)
        return [each.conversation for each in found]

    def get(self, call: str, agent: str) -> DescribedConversation | None:
        mine = and_(_TALKS.call == call, _TALKS.agent == agent)
        return next(iter(self._read(mine, desc(_TALKS.id), 1)), None)

    def of_agent(self, agent: str, since: datetime, most: int) -> Sequence[DescribedConversation]:
        mine = and_(_TALKS.agent == agent, _TALKS.answered >= since)
        return self._read(mine, desc(_TALKS.answered), most)

    def of_number(self, number: Msisdn, most: int) -> Sequence[DescribedConversation]:
        return self._read(_TALKS.number == number, desc(_TALKS.answered), most)

    def open_conversations(self) -> Sequence[Conversation]:
        found = self._read(_TALKS.ended.is_(None), asc(_TALKS.id), None)
        return [each.conversation for each in found]

    def proved(self, call: str) -> tuple[Msisdn, IdentificationMethod, datetime] | None:
        matched = and_(attempts.c.call == call, attempts.c.result == AttemptResult.MATCH.value)
        query = select(attempts).where(matched).order_by(desc(attempts.c.id)).limit(1)
        with self.database.reading() as connection:
            row = connection.execute(query).one_or_none()
            if row is None:
                return None
            return Msisdn(row.number), IdentificationMethod(row.means), row.at

    def owned_since(self, number: Msisdn) -> datetime | None:
        query = select(subscribers.c.owner_since).where(subscribers.c.msisdn == number)
        with self.database.reading() as connection:
            return connection.execute(query).scalar_one_or_none()

    def promised(self, order_ids: Sequence[str]) -> frozenset[str]:
        is_owed = and_(promises.c.order_id.in_(order_ids), orders.c.settled.is_(None))
        query = select(promises.c.order_id).join(orders, orders.c.id == promises.c.order_id)
        with self.database.reading() as connection:
            return frozenset(connection.execute(query.where(is_owed)).scalars())

    def _spans(self, which: ColumnElement[bool]) -> Sequence[Span]:
        spans = agent_spans.c
        query = select(agent_spans).where(which).order_by(spans.begun, spans.id)
        with self.database.reading() as connection:
            return [
                Span(row.agent, AgentState(row.state), row.reason, row.call, row.begun, row.ended)
                for row in connection.execute(query)
            ]

    def _read(
        self, which: ColumnElement[bool], order: ColumnElement[Any], most: int | None
    ) -> Sequence[DescribedConversation]:
        query = select(*conversations.c, *_SAID_COLUMNS).select_from(_JOINED)
        query = query.where(which).order_by(order, desc(_TALKS.id)).limit(most)
        with self.database.reading() as connection:
            return [_described(row) for row in connection.execute(query)]


def _described(row: Row[Any]) -> DescribedConversation:
    talk = Conversation(
        call=row.call,
        agent=row.agent,
        seat=row.seat,
        queue=row.queue,
        topic=row.topic,
        language=Language(row.language) if row.language else None,
        number=Msisdn(row.number) if row.number else None,
        rang=row.rang,
        answered=row.answered,
        ended=row.ended,
        caller=row.caller,
        channel=row.channel,
        sent_to=row.sent_to,
        id=row.id,
    )
    if row.said_result is None:
        return DescribedConversation(talk)
    wrap_up = WrapUp(
        Result(row.said_result),
        row.said_topic,
        row.said_note,
        row.said_promise,
        tuple(row.said_goals.split()),
        tuple(row.said_orders.split()),
    )
    return DescribedConversation(talk, wrap_up)
