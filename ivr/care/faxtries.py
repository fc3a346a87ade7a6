"""Repeating failed faxes: how often and when, and the text to the payer about a final failure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ivr.care.numbering import is_mobile
from ivr.domain.fax import FaxNotice, FaxReason
from ivr.domain.values import Msisdn


@dataclass(frozen=True, slots=True)
class Again:
    """How often and how soon a fax is tried again after a failure."""

    pauses: int
    """Time before the next attempt, as a multiple of the operator's pause."""
    most: int | None = None
    """Maximum number of attempts, fewer than the operator's limit; None: the operator's limit."""


NEVER = Again(0, 1)
SOON, LATER = Again(1), Again(3)
RULES: Mapping[FaxReason, Again] = {
    FaxReason.BUSY: SOON,
    FaxReason.NO_ANSWER: SOON,
    FaxReason.DROPPED: SOON,
    FaxReason.BAD_LINE: SOON,
    FaxReason.NOT_DRAWN: SOON,
    FaxReason.LOST: SOON,
    FaxReason.UNKNOWN: SOON,
    # A person has to correct something first.
    FaxReason.UNAVAILABLE: LATER,
    FaxReason.REDIRECTED: LATER,
    FaxReason.DECLINED: LATER,
    FaxReason.INCOMPATIBLE: LATER,
    # A person may have answered: call only once more.
    FaxReason.NO_FAX: Again(3, 2),
    # The same call would fail in the same way (RFC 3261, 21.4.4 and 21.4.5).
    FaxReason.NO_SUCH_NUMBER: NEVER,
    FaxReason.FORBIDDEN: NEVER,
    FaxReason.NOT_DIALLED: NEVER,
}
TOLD: Mapping[FaxReason, FaxNotice] = {
    FaxReason.BUSY: FaxNotice.BUSY,
    FaxReason.NO_ANSWER: FaxNotice.NO_ANSWER,
    FaxReason.NO_SUCH_NUMBER: FaxNotice.NO_SUCH_NUMBER,
    FaxReason.NO_FAX: FaxNotice.NO_FAX,
    FaxReason.DROPPED: FaxNotice.BROKEN_OFF,
    FaxReason.BAD_LINE: FaxNotice.BROKEN_OFF,
}


def pause_before_next(
    reason: FaxReason | None, fax: Msisdn, tried: int, tries: int, pause: timedelta
) -> timedelta | None:
    """Return the pause after attempt number ``tried`` failed; None: there is no further attempt.

    If a person answered at a mobile phone, the line does not call again.
    """
    rule = RULES[reason or FaxReason.UNKNOWN]
    most = tries if rule.most is None else min(tries, rule.most)
    if reason is FaxReason.NO_FAX and is_mobile(fax):
        most = 1
    return rule.pauses * pause if tried < most else None


def told(reason: FaxReason | None) -> str:
    """Return the key of the text that tells the payer why the fax failed."""
    notice = TOLD.get(reason or FaxReason.UNKNOWN)
    return f"sms.invoice.failed.{notice}" if notice else "sms.invoice.failed"
