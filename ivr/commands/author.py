"""Who runs a command, for the audit."""

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


def actor(kind: ActorKind = ActorKind.OPERATOR) -> Actor:
    """The user at this terminal, as who acts."""
    return Actor(kind, author(), Channel.COMMAND)


def new_key() -> OperationKey:
    """The key of what one run of a command does."""
    return OperationKey(str(uuid.uuid4()))
