"""The owner of a number after an import: the same owner, perhaps with ended proofs, or a new one.

The passport distinguishes owners. If it differs, the secrets end, because it is one of them. The
owner is a new one only if the name or the company differs too, because passports are renewed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ivr.care.folding import fold_word
from ivr.domain.subscriber import Status


class Ending(StrEnum):
    """What ends with an import."""

    NOTHING = "nothing"
    SECRETS = "secrets"
    """Secrets, proofs, locks and one-time codes end; the owner keeps everything else."""
    OWNERSHIP = "ownership"
    """The number has a new owner, who inherits nothing."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The holder of a number. ``passport`` is its verifier."""

    full_name: str
    company: str
    passport: str | None
    status: str


def ending(old: Holder, new: Holder) -> Ending:
    """Return what ends when a number's row is replaced."""
    is_known = old.passport is not None and new.passport is not None
    is_same_passport = is_known and old.passport == new.passport
    if is_same_passport:
        return Ending.NOTHING
    was_terminated = old.status == Status.TERMINATED.value
    if was_terminated and new.status != Status.TERMINATED.value:
        return Ending.OWNERSHIP
    is_same_name = fold_word(old.full_name) == fold_word(new.full_name)
    is_same_company = fold_word(old.company) == fold_word(new.company)
    if new.passport is None:
        if not is_same_company:
            return Ending.OWNERSHIP
        is_untold = old.passport is None and not is_same_name
        return Ending.SECRETS if is_untold else Ending.NOTHING
    if not (is_same_name and is_same_company):
        return Ending.OWNERSHIP
    return Ending.SECRETS if is_known else Ending.NOTHING
