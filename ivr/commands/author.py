"""The user who runs a command, and the operation key of the run."""

from __future__ import annotations

import getpass
import os

from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey, new_key


def author() -> str:
    """Return the name of the user at this terminal; in a container the user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def operation() -> tuple[Actor, OperationKey]:
    """Return the user at this terminal as an actor, and an operation key for this run."""
    return Actor(ActorKind.OPERATOR, author(), Channel.COMMAND), new_key()
