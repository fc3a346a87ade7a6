"""Call forwarding (3GPP TS 22.082): its kinds, and the changes that set or end one of them."""

from __future__ import annotations

from typing import Literal, get_args

from ivr.domain.services import FORWARDING, Change

Kind = Literal["always", "busy", "no-answer", "unreachable"]
"""Unconditional, on busy, on no reply, on not reachable."""
KINDS: tuple[Kind, ...] = get_args(Kind)
SECONDS = "no-answer-seconds"
SHORTEST, LONGEST, STEP = 5, 30, 5
"""Seconds until a call counts as not answered, and their step (TS 22.082, 3.1.2)."""
END_ALL = Change(FORWARDING, on=False)


def set_kind(kind: Kind, number: str, seconds: int = 0) -> Change:
    """Forward calls of one kind; ``seconds`` is for "no-answer". Other kinds stay as they are."""
    parts = ((kind, number), (SECONDS, str(seconds))) if seconds else ((kind, number),)
    return Change(FORWARDING, True, parts)


def end_kind(kind: Kind) -> Change:
    """End one kind; other kinds stay as they are."""
    ended = ((kind, ""), (SECONDS, "")) if kind == "no-answer" else ((kind, ""),)
    return Change(FORWARDING, True, ended)


def seconds_of(keyed: int) -> int | None:
    """Seconds as the network takes them, rounded up to its step; None: not from 5 to 30."""
    return -(-keyed // STEP) * STEP if SHORTEST <= keyed <= LONGEST else None
