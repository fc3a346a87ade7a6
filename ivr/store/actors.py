"""Who did what is stored, as columns of its row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Row, Text

from ivr.domain.actor import Actor, ActorKind, Channel, caller
from ivr.store.columns import Word


def actor_columns() -> tuple[Column[Any], ...]:
    """Empty in rows that a program before form 0015 has written."""
    return Column("actor_kind", Word), Column("actor_id", Text), Column("channel", Word)


def row_of(actor: Actor) -> dict[str, str]:
    """The values of the columns."""
    return {
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "channel": actor.channel.value,
    }


def actor_of(row: Row[Any], key: str) -> Actor:
    """Who acted; ``key`` is the key of the operation."""
    if row.actor_id is None:  # before form 0015 only callers acted, and their keys were call:step
        return caller(key.rpartition(":")[0])
    return Actor(ActorKind(row.actor_kind), row.actor_id, Channel(row.channel))
