"""Sealing what must be read again: a PUK. Code words and passports are never readable at all."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.errors import Unusable
from ivr.values import Msisdn, Secret

_NONCE = 12
Pepper = str | Callable[[], str]
"""The pepper, or how it is had: a process that seals and opens nothing does without it."""


class Seal:
    """AES-256-GCM with a key from the pepper, bound to the number that the secret belongs to."""

    def __init__(self, pepper: Pepper) -> None:
        self._pepper = pepper

    @cached_property
    def _cipher(self) -> AESGCM:
        pepper = self._pepper if isinstance(self._pepper, str) else self._pepper()
        return AESGCM(hmac.digest(pepper.encode(), b"ivr puk seal 1", hashlib.sha256))

    def close(self, number: Msisdn, secret: Secret) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret.keys.encode(), number.encode())

    def open(self, number: Msisdn, sealed: bytes) -> Secret:
        """Unusable if it was sealed with another pepper or for another number."""
        try:
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], number.encode())
        except InvalidTag:
            raise Unusable(
                "a stored PUK cannot be opened: IVR_PEPPER is not the one that it was sealed with"
            ) from None
        return Secret(text.decode())
