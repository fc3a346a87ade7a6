"""Actors and operation keys for tests."""

from __future__ import annotations

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey, caller, new_key
from ivr.domain.rights import ROLE_RIGHTS, Right, Role


def on_phone(call: str = "call", step: int = 1) -> tuple[Actor, OperationKey]:
    """Return the caller as actor, with the operation key of a step of the call."""
    return caller(call), OperationKey(f"{call}:{step}")


def at_desk(name: str = "aygul", form: str = "form-1") -> tuple[Actor, OperationKey]:
    """Return an agent as actor, with the operation key of a form."""
    rights = ROLE_RIGHTS[Role.AGENT]
    return Actor(ActorKind.AGENT, name, Channel.DESK, rights), OperationKey(form)


def at_terminal(name: str = "engineer", run: str = "run-1") -> tuple[Actor, OperationKey]:
    """Return an engineer as actor, with the operation key of a command run."""
    actor = Actor(ActorKind.OPERATOR, name, Channel.COMMAND, frozenset(Right), is_proven=True)
    return actor, OperationKey(run)


def named(name: str) -> Actor:
    """An actor by name: ``caller c1``, or an operator at a terminal."""
    kind, _, id = name.rpartition(" ")
    return caller(id) if kind == "caller" else Actor(ActorKind.OPERATOR, name, Channel.COMMAND)


def by(name: str) -> tuple[Actor, OperationKey]:
    """An actor by name, who does something once more: with a new key."""
    return named(name), new_key()
