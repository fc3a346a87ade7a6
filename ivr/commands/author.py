"""The user who runs a command, and the operation key of the run."""

from __future__ import annotations

import getpass
import os
import uuid

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey
from ivr.domain.rights import Right

ALL = frozenset(Right)
"""The rights of an engineer at a terminal, who can reach the database anyway."""


def author() -> str:
    """Return the name of the user at this terminal; in a container the user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operation() -> tuple[Actor, OperationKey]:
    """Return the user at this terminal as an actor, and an operation key for this run."""
    actor = Actor(ActorKind.OPERATOR, author(), Channel.COMMAND, ALL, is_proven=True)
    return actor, OperationKey(str(uuid.uuid4()))
