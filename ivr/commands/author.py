"""Who runs a command, and the key of what it does."""

from __future__ import annotations

import getpass
import os
import uuid

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey


def author() -> str:
    """Name of the user at this terminal; a container's user may have none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operation() -> tuple[Actor, OperationKey]:
    """The user at this terminal as an actor, and a key for this run of the command."""
    return Actor(ActorKind.OPERATOR, author(), Channel.COMMAND), OperationKey(str(uuid.uuid4()))
