"""Passwords, recovery codes and tokens: how they are made, and the hashes that are stored.

Passwords are argon2id (OWASP: 19 MiB, 2 passes, 1 lane) over an HMAC with the pepper, as code words
are. Tokens have 256 bits, so a plain SHA-256 of them is enough.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ivr.care.verifiers import OWASP
from ivr.domain.actor import OperationKey

TOKEN_BYTES = 32
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters of recovery codes: those that are not mistaken for one another."""
CODE_LENGTH = 10
CODES = 10


def new_token() -> str:
    """Return a token for a cookie or a link: 256 bits in 43 letters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest_of(token: str) -> str:
    """Return the hash under which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_codes() -> tuple[str, ...]:
    """Return recovery codes of 49 bits each, as ``abcde-fghjk``."""
    half = CODE_LENGTH // 2
    made = ("".join(map(secrets.choice, [CODE_LETTERS] * CODE_LENGTH)) for _ in range(CODES))
    return tuple(f"{code[:half]}-{code[half:]}" for code in made)


def normal_name(typed: str) -> str:
    """Return a user's name as it is stored."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def normal_password(typed: str) -> str:
    """Return a password with its letters composed: keyboards differ in that."""
    return unicodedata.normalize("NFC", typed)


@dataclass(frozen=True)
class StaffSecrets:
    """Makes hashes and compares with them. ``pepper`` never leaves this object."""

    pepper: str = field(repr=False)
    hasher: PasswordHasher = OWASP

    def verifier(self, password: str) -> str:
        """Return the verifier of a password. It takes one argon2id computation."""
        return self.hasher.hash(self._keyed(f"password|{normal_password(password)}"))

    def matches(self, verifier: str | None, password: str) -> bool:
        """Tell whether a password is that of a verifier.

        It takes one argon2id computation in every case, also without a verifier.
        """
        if verifier is None:
            self.verifier(password)
            return False
        try:
            return self.hasher.verify(
                verifier, self._keyed(f"password|{normal_password(password)}")
            )
        except (VerificationError, InvalidHashError):
            return False

    def code(self, user: int, code: str) -> str:
        """Return the hash of a recovery code, however it was typed."""
        letters = "".join(each for each in code.casefold() if each.isalnum())
        return self._keyed(f"recovery|{user}|{letters}")

    def name(self, typed: str) -> str:
        """Return the hash of a name that was typed at a login."""
        return self._keyed(f"name|{normal_name(typed)}")

    def seal(self, text: str) -> str:
        """Return a hash by which a text that a browser keeps is known again."""
        return self._keyed(f"seal|{text}")

    def link(self, key: OperationKey) -> str:
        """Return the token of a link that an operation makes.

        The same operation makes the same link, so that a repeated request returns it again.
        """
        made = hmac.digest(self.pepper.encode(), f"link|{key}".encode(), "sha256")
        return base64.urlsafe_b64encode(made).decode().rstrip("=")

    def _keyed(self, text: str) -> str:
        return hmac.digest(self.pepper.encode(), f"staff|{text}".encode(), "sha256").hex()
