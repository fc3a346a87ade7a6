"""The actor of an operation, as columns of the operation's row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Row, Text

from ivr.domain.actor import Actor, ActorKind, Channel, caller
from ivr.store.columns import Word


def actor_columns() -> tuple[Column[Any], ...]:
    """Return the columns of an actor. Programs older than form 0015 leave them null."""
    return Column("actor_kind", Word), Column("actor_id", Text), Column("channel", Word)


def row_of(actor: Actor) -> dict[str, str]:
    """Return the values of the actor's columns."""
    return {
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "channel": actor.channel.value,
    }


def actor_of(row: Row[Any], key: str) -> Actor:
    """Return the actor of a row; ``key`` is the key of the operation."""
    if row.actor_id is None:  # before form 0015 only callers acted, and their keys were call:step
        return caller(key.rpartition(":")[0])
    return Actor(ActorKind(row.actor_kind), row.actor_id, Channel(row.channel))
