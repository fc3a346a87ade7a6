"""The audit: typed entries with actor, action and subject, chained by hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from ivr.domain.actor import Actor, Channel, OperationKey
from ivr.domain.values import Msisdn

Facts = Mapping[str, str | int | bool | None]
"""A few facts about a state. Never a secret."""


class Tag(StrEnum):
    """The action of an entry. Rows of older program versions use the same words."""

    CODEWORD_SET = "codeword.set"
    CODEWORD_CLEAR = "codeword.clear"
    CODE = "identification.code"
    """A one-time code ended a lock."""
    UNLOCK = "identification.unlock"
    ANNOUNCEMENT_SET = "announcement.set"
    PUK_TOLD = "puk.told"
    CALLBACK_TAKEN = "callback.taken"
    CALLBACK_DONE = "callback.done"
    CALLBACK_TRIED = "callback.tried"
    CALL_SENT_BACK = "call.sent-back"
    """An agent sent a caller back to the line."""
    MESSAGE_RETRY = "message.retry"
    RELEASE_PUBLISH = "release.publish"
    RELEASE_POINT = "release.point"
    SUBSCRIBERS_IMPORT = "subscribers.import"
    PAYMENTS_IMPORT = "payments.import"
    PACKAGES_IMPORT = "packages.import"
    OWNER_CHANGED = "owner.changed"
    PASSPORT_CHANGED = "passport.changed"
    PEPPER_REPLACED = "pepper.replaced"
    ORDER_COMPLETED = "order.completed"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_STOPPED = "order.stopped"
    LOGIN = "staff.login"
    LOGIN_FAILED = "staff.login-failed"
    LOGOUT = "staff.logout"
    SESSION_ENDED = "staff.session-ended"
    STEPPED_UP = "staff.stepped-up"
    INVITED = "staff.invited"
    JOINED = "staff.joined"
    """An invited user chose a password."""
    SUSPENDED = "staff.suspended"
    RESTORED = "staff.restored"
    USER_CHANGED = "staff.changed"
    """Name, languages, roles or limits of a user were changed."""
    USER_RESET = "staff.reset"
    """Password and second factors of a user were removed."""
    PASSWORD_CHANGED = "staff.password-changed"  # noqa: S105 - an act
    FACTOR_ADDED = "staff.factor-added"
    FACTOR_REMOVED = "staff.factor-removed"
    DATA_READ = "data.read"
    """A user read personal data."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One action. ``action`` is a Tag, or the words of an older program version, such as
    ``release.publish 7``."""

    at: datetime
    author: str
    """The actor, as ``operator aygul``."""
    action: str
    number: Msisdn | None = None
    """The number that the action concerns. Complete: code that shows it must mask it."""
    channel: Channel | None = None
    key: OperationKey | None = None
    """The key of the operation."""
    before: Facts | None = None
    after: Facts | None = None
    host: str | None = None
    """The machine on which the action was done; the store fills it in."""


def entry_of(
    actor: Actor,
    key: OperationKey | None,
    at: datetime,
    action: Tag,
    number: Msisdn | None = None,
    *,
    before: Facts | None = None,
    after: Facts | None = None,
) -> AuditEntry:
    """Return the entry of an operation; ``key`` None: the state makes it safe to repeat."""
    return AuditEntry(at, str(actor), action, number, actor.channel, key, before, after)


class PersonalData(StrEnum):
    """Kinds of personal data whose reading is audited."""

    NUMBER = "number"
    """A whole telephone number, where it was masked."""
    CARD = "card"
    """The card of a caller."""
    ACCOUNT = "account"
    HISTORY = "history"
    """Earlier calls and conversations."""
    RECORDING = "recording"
    INVOICE = "invoice"
    LETTER = "letter"
    LIVE_CALL = "live-call"


@dataclass(frozen=True, slots=True)
class DataRead:
    """A reading of personal data: what, and of which number."""

    what: PersonalData
    subject: Msisdn | None
    item: str | None = None
    """The id of the one thing that was read, such as a recording."""


def write_facts(facts: Facts | None) -> str | None:
    """Return facts as they are stored: JSON with sorted names."""
    return None if facts is None else json.dumps(facts, ensure_ascii=False, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the audit as it is stored: the fields that its hash covers, and the hash."""

    id: int
    at: datetime
    author: str
    action: str
    number: str | None
    channel: str | None
    key: str | None
    before: str | None
    after: str | None
    host: str | None
    link: int | None
    """Position in the chain, from 1; None: the row is not in the chain."""
    hash: str | None


def hash_of(row: Link, place: int, previous: str) -> str:
    """Return the SHA-256 of a row, its position and the previous row's hash, in hexadecimal.

    docs/decisions/0072 specifies the hashed form, so that other programs can compute it.
    """
    at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    said = [row.author, row.action, row.number, row.channel, row.key, row.before, row.after]
    form = [previous, place, row.id, at, *said, row.host]
    text = json.dumps(form, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class Fault(StrEnum):
    """Why a chain is broken."""

    MISSING = "missing"
    """A row before this one was removed."""
    CHANGED = "changed"
    """This row, or its hash, was changed after it was written."""
    OUTSIDE = "outside"
    """The row was added after the chain began, but is not in the chain."""
    NOT_LAST = "not-last"
    """The row with the noted hash is not in the chain: its end was cut off or replaced."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of checking the whole chain."""

    rows: int
    """Number of rows in the chain, up to the first broken one."""
    last: str
    """Hash of the last valid row; empty: there is no chain yet."""
    fault: Fault | None = None
    id: int | None = None
    """Id of the first broken row."""


def prove(rows: Iterable[Link], noted: str | None = None) -> Proof:
    """Check the rows of a chain from its begin. ``noted``: a hash that must be in it."""
    count, last, is_noted = 0, "", noted is None
    for row in rows:
        if row.link != count + 1:
            return Proof(count, last, Fault.MISSING, row.id)
        if row.hash != hash_of(row, count + 1, last):
            return Proof(count, last, Fault.CHANGED, row.id)
        count, last = count + 1, row.hash
        is_noted = is_noted or last == noted
    return Proof(count, last, None if is_noted else Fault.NOT_LAST)
