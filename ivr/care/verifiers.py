"""What secrets are compared with: slow, salted and keyed hashes.

argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane), over an HMAC of the
folded secret with a pepper that is not in the database.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.care.folding import fold_word, word_keys
from ivr.ports import Verifiers
from ivr.values import Msisdn

OWASP = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True)
class Verifying:
    """Makes verifiers and compares secrets with them. ``pepper`` never leaves it."""

    pepper: str
    hasher: PasswordHasher = OWASP

    def codeword(self, word: str) -> Verifiers:
        """Verifiers of a code word: as said, and as keyed in Latin and in Cyrillic letters."""
        latin, cyrillic = word_keys(word)
        return Verifiers(
            codeword=self._hash(fold_word(word)),
            keys_latin=self._hash(latin) if latin else None,
            keys_cyrillic=self._hash(cyrillic) if cyrillic else None,
        )

    def passport(self, number: Msisdn, keys: str) -> str:
        """Verifier of a passport's eight keys.

        An HMAC is enough where there is nothing to spell out slowly: eight digits fall to any
        hash once the pepper is known, and to none while it is not.
        """
        return self._keyed(f"{number}|{keys}")

    def code(self, number: Msisdn, code: str) -> str:
        """Verifier of a one-time code, which is good for minutes and for a few tries."""
        return self._keyed(f"code|{number}|{code}")

    def matches_keys(self, verifiers: Verifiers, keys: str) -> bool:
        """Whether keys are those of the code word, in either script.

        The work is the same whatever is set and whatever matches.
        """
        latin = self._verify(verifiers.keys_latin, keys)
        cyrillic = self._verify(verifiers.keys_cyrillic, keys)
        return latin or cyrillic

    def matches_passport(self, verifiers: Verifiers, number: Msisdn, keys: str) -> bool:
        """Whether keys are those of the owner's passport."""
        expected = verifiers.passport or self._keyed("no passport is known")
        return hmac.compare_digest(expected, self.passport(number, keys))

    def _hash(self, text: str) -> str:
        return self.hasher.hash(self._keyed(text))

    def _verify(self, verifier: str | None, text: str) -> bool:
        if verifier is None:
            self.hasher.hash(self._keyed(text))  # the same work as a comparison
            return False
        try:
            return self.hasher.verify(verifier, self._keyed(text))
        except (VerificationError, InvalidHashError):
            return False

    def _keyed(self, text: str) -> str:
        return hmac.digest(self.pepper.encode(), text.encode(), "sha256").hex()
