"""Count the orders, messages, requests and call-backs that wait.

Each query reads an index range of open rows only, not of all rows ever written.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from ivr.domain.backlog import Backlog
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.store.callers import WAITS
from ivr.store.database import Database
from ivr.store.tables import callbacks, messages, orders, requests

OPEN_ORDERS = (
    select(orders.c.state, func.count(), func.min(orders.c.ordered))
    .where(orders.c.settled.is_(None), orders.c.due.is_(None))
    .group_by(orders.c.state)
)
OPEN_MESSAGES = (
    select(messages.c.state, func.count(), func.min(messages.c.written))
    .where(messages.c.due.is_not(None))
    .group_by(messages.c.state)
)
OPEN_CALLBACKS = (
    select(callbacks.c.status, func.count(), func.min(callbacks.c.at))
    .where(WAITS)
    .group_by(callbacks.c.status)
)
OPEN_REQUESTS = select(func.count()).select_from(requests).where(requests.c.ticket.is_(None))

WAITING = MessageState.WAITING.value


@dataclass(frozen=True)
class StoredBacklog:
    database: Database

    def backlog(self) -> Backlog:
        with self.database.reading() as connection:
            waiting_orders = connection.execute(OPEN_ORDERS).all()
            waiting_messages = connection.execute(OPEN_MESSAGES).all()
            waiting_callbacks = connection.execute(OPEN_CALLBACKS).all()
            return Backlog(
                orders={OrderState(state): count for state, count, _ in waiting_orders},
                oldest_order=min((oldest for *_, oldest in waiting_orders), default=None),
                messages={MessageState(state): count for state, count, _ in waiting_messages},
                oldest_message=next(
                    (oldest for state, _, oldest in waiting_messages if state == WAITING), None
                ),
                requests=connection.execute(OPEN_REQUESTS).scalar_one(),
                callbacks={status: count for status, count, _ in waiting_callbacks},
                oldest_callback=min((oldest for *_, oldest in waiting_callbacks), default=None),
            )
