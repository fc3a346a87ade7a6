"""Verifiers: slow, salted and keyed hashes with which secrets are compared.

They are argon2id with the parameters recommended by OWASP (19 MiB, 2 passes, 1 lane), over an HMAC
of the folded secret with a pepper that is not in the database.
"""

from __future__ import annotations

import base64
import hmac
import os
from dataclasses import dataclass, replace

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import Argon2Error

from ivr.care.folding import fold_word, word_keys
from ivr.domain.subscriber import Verifiers
from ivr.domain.values import Msisdn

OWASP = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


@dataclass(frozen=True)
class KeyCheck:
    """The result of comparing keys with a code word."""

    matches: bool
    renewed: Verifiers | None = None
    """Verifiers to store instead, with one salt. None: no renewal is needed."""


@dataclass(frozen=True)
class CredentialVerifier:
    """Makes verifiers and compares secrets with them. ``pepper`` never leaves this object."""

    pepper: str
    hasher: PasswordHasher = OWASP

    def codeword(self, word: str) -> Verifiers:
        """Return the verifiers of a code word: of the word, and of its Latin and Cyrillic keys.

        The key verifiers share one salt, so that one computation compares with both. Keys that are
        the same in both scripts are stored once: two equal verifiers would reveal that.
        """
        latin, cyrillic = word_keys(word)
        if cyrillic == latin:
            cyrillic = None
        salt = os.urandom(self.hasher.salt_len)
        return Verifiers(
            codeword=self._hash(fold_word(word)),
            keys_latin=self._hash(latin, salt) if latin else None,
            keys_cyrillic=self._hash(cyrillic, salt) if cyrillic else None,
        )

    def passport(self, number: Msisdn, keys: str) -> str:
        """Return the verifier of a passport's eight keys.

        An HMAC is enough here. With the pepper, an attacker can try all eight-digit values against
        any hash; without it, against none.
        """
        return self._keyed(f"{number}|{keys}")

    def code(self, number: Msisdn, code: str) -> str:
        """Return the verifier of a one-time code, which is valid for minutes and a few attempts."""
        return self._keyed(f"code|{number}|{code}")

    def check_keys(self, verifiers: Verifiers, keys: str) -> KeyCheck:
        """Tell whether keys are those of the code word, in either script.

        It takes one argon2id computation in every case. Verifiers of version 0.1 may have a salt
        for each script; they take two computations until they next match (docs/decisions/0065).
        """
        latin, cyrillic = verifiers.keys_latin, verifiers.keys_cyrillic
        made = again = self._hash_like(latin or cyrillic, keys)
        has_two_salts = latin and cyrillic and _setting(latin) != _setting(cyrillic)
        if has_two_salts:
            again = self._hash_like(cyrillic, keys)
        is_latin, is_cyrillic = _equal(latin, made), _equal(cyrillic, again)
        if not has_two_salts or not (is_latin or is_cyrillic):
            return KeyCheck(is_latin or is_cyrillic)
        if is_latin and is_cyrillic:
            return KeyCheck(True, replace(verifiers, keys_cyrillic=None))
        if is_latin:
            return KeyCheck(True, replace(verifiers, keys_latin=again))
        return KeyCheck(True, replace(verifiers, keys_cyrillic=made))

    def matches_word(self, verifiers: Verifiers, word: str) -> bool:
        """Tell whether a word, as it was said and typed, is the code word.

        It is folded as the code word was. It takes one argon2id computation in every case.
        """
        return _equal(verifiers.codeword, self._hash_like(verifiers.codeword, fold_word(word)))

    def matches_passport(self, verifiers: Verifiers, number: Msisdn, keys: str) -> bool:
        """Tell whether keys are those of the owner's passport."""
        expected = verifiers.passport or self._keyed("no passport is known")
        return hmac.compare_digest(expected, self.passport(number, keys))

    def _hash(self, text: str, salt: bytes | None = None) -> str:
        return self.hasher.hash(self._keyed(text), salt=salt)

    def _hash_like(self, verifier: str | None, text: str) -> str:
        """Hash ``text`` with the parameters and the salt of ``verifier``.

        If the verifier is missing or damaged, use a new salt: the work is the same, and the result
        equals no verifier.
        """
        if verifier is None:
            return self._hash(text)
        try:
            hasher, salt = self.hasher, _salt(verifier)
            if hasher.check_needs_rehash(verifier):  # made with other parameters
                hasher = PasswordHasher.from_parameters(extract_parameters(verifier))
            return hasher.hash(self._keyed(text), salt=salt)
        except (Argon2Error, ValueError):
            return self._hash(text)

    def _keyed(self, text: str) -> str:
        return hmac.digest(self.pepper.encode(), text.encode(), "sha256").hex()


def _setting(verifier: str) -> str:
    """Return the parameters and the salt of a verifier: ``$argon2id$v=…$m=…,t=…,p=…$salt``."""
    return verifier.rpartition("$")[0]


def _salt(verifier: str) -> bytes:
    """Return the salt of a verifier. Raise ValueError if it is damaged."""
    salt = _setting(verifier).rpartition("$")[2]
    return base64.b64decode(salt + "=" * (-len(salt) % 4), validate=True)


def _equal(verifier: str | None, made: str) -> bool:
    return hmac.compare_digest((verifier or "").encode(), made.encode())
