"""Which faxes are tried again, and when; and what the payer is told of one that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ivr.care.numbering import is_mobile
from ivr.domain.fax import FaxNotice, FaxReason
from ivr.domain.values import Msisdn


@dataclass(frozen=True, slots=True)
class Again:
    """How often and how soon a fax is tried again for a reason."""

    pauses: int
    """Before the next try, as multiples of the operator's pause."""
    most: int | None = None
    """Tries at most, fewer than the operator's; None: the operator's."""


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
    # Somebody has to mend or change something first.
    FaxReason.UNAVAILABLE: LATER,
    FaxReason.REDIRECTED: LATER,
    FaxReason.DECLINED: LATER,
    FaxReason.INCOMPATIBLE: LATER,
    # A person may have answered: rung once more, not again and again.
    FaxReason.NO_FAX: Again(3, 2),
    # The standard says that the same call would come to the same (RFC 3261, 21.4.4 and 21.4.5).
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
    """How long to wait after try number ``tried`` has failed; None: there is no further one.

    A person at a mobile phone who has answered is not rung again.
    """
    rule = RULES[reason or FaxReason.UNKNOWN]
    most = tries if rule.most is None else min(tries, rule.most)
    if reason is FaxReason.NO_FAX and is_mobile(fax):
        most = 1
    return rule.pauses * pause if tried < most else None


def told(reason: FaxReason | None) -> str:
    """The text that tells the payer why a fax was given up."""
    notice = TOLD.get(reason or FaxReason.UNKNOWN)
    return f"sms.invoice.failed.{notice}" if notice else "sms.invoice.failed"
