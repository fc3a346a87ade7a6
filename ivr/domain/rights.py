"""Roles and rights of the people who work with the line. A role is a fixed, named set of rights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a user is to the line."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    PUBLISHER = "publisher"
    CLERK = "clerk"
    LETTERS = "letters"
    CORPORATE = "corporate"
    """The department that answers letters of companies."""
    ANALYST = "analyst"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What one operation asks for."""

    TAKE_CALLS = "calls.take"
    """Take calls, hand them back to the line, see one's own day."""
    CALL_BACK = "calls.back"
    SEE_CARD = "card.see"
    """See the card of the present caller."""
    CHECK_BLIND = "subscriber.check"
    ORDER = "subscriber.order"
    """Do for an identified subscriber what the line can do."""

    SEE_WALL = "wall.see"
    LISTEN = "calls.listen"
    """Listen to a call, whisper, barge in, take it."""
    DIRECT_AGENTS = "agents.direct"
    """Change the states and queues of other agents."""
    HEAR_RECORDINGS = "recordings.hear"

    DRAFT = "content.draft"
    """Edit drafts, record prompts, try them, write announcements."""
    APPROVE = "content.approve"
    PUBLISH = "content.publish"
    """Publish, schedule, roll back."""
    ANNOUNCE = "announcement.air"

    FIND_SUBSCRIBER = "subscriber.find"
    SET_CODEWORD = "subscriber.codeword"
    UNLOCK = "subscriber.unlock"

    ANSWER_LETTERS = "letters.answer"
    SEE_RAW_LETTER = "letters.raw"

    SEE_REPORTS = "reports.see"

    MANAGE_USERS = "users.manage"
    """List users and their sessions, suspend, restore, end sessions."""
    GRANT_ROLES = "users.grant"
    """Invite users, give roles, reset a user's way in."""
    CHANGE_SETTINGS = "settings.change"

    READ_AUDIT = "audit.read"


ROLE_RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.AGENT: frozenset(
        {Right.TAKE_CALLS, Right.CALL_BACK, Right.SEE_CARD, Right.CHECK_BLIND, Right.ORDER}
    ),
    Role.SUPERVISOR: frozenset(
        {Right.SEE_WALL, Right.LISTEN, Right.DIRECT_AGENTS, Right.HEAR_RECORDINGS, Right.SEE_CARD}
    ),
    Role.EDITOR: frozenset({Right.DRAFT}),
    Role.PUBLISHER: frozenset({Right.APPROVE, Right.PUBLISH, Right.ANNOUNCE}),
    Role.CLERK: frozenset(
        {Right.FIND_SUBSCRIBER, Right.CHECK_BLIND, Right.SET_CODEWORD, Right.UNLOCK}
    ),
    Role.LETTERS: frozenset(
        {Right.ANSWER_LETTERS, Right.SEE_RAW_LETTER, Right.CHECK_BLIND, Right.ORDER}
    ),
    Role.CORPORATE: frozenset({Right.ANSWER_LETTERS, Right.SEE_RAW_LETTER, Right.CHECK_BLIND}),
    Role.ANALYST: frozenset({Right.SEE_REPORTS}),
    Role.ADMIN: frozenset({Right.MANAGE_USERS, Right.GRANT_ROLES, Right.CHANGE_SETTINGS}),
    Role.AUDITOR: frozenset({Right.READ_AUDIT}),
}

OF_CUSTOMERS = frozenset(
    {
        Right.SEE_CARD,
        Right.CHECK_BLIND,
        Right.ORDER,
        Right.CALL_BACK,
        Right.LISTEN,
        Right.HEAR_RECORDINGS,
        Right.FIND_SUBSCRIBER,
        Right.SET_CODEWORD,
        Right.UNLOCK,
        Right.ANSWER_LETTERS,
        Right.SEE_RAW_LETTER,
    }
)
"""Rights that reach customers' data."""

STEP_UP = frozenset({Right.PUBLISH, Right.GRANT_ROLES, Right.UNLOCK, Right.SEE_RAW_LETTER})
"""Rights that ask for a second factor that was shown recently (ASVS 7.5.3)."""
STEP_UP_FOR = timedelta(minutes=5)


def rights_of(roles: Collection[Role]) -> frozenset[Right]:
    """Return the rights of all roles together."""
    return frozenset[Right]().union(*(ROLE_RIGHTS[role] for role in roles))
