"""Encryption of PUKs and TOTP secrets, which must be readable. All others are stored as hashes."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from functools import cached_property

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ivr.domain.values import Msisdn, Secret
from ivr.errors import Unusable

_NONCE = 12
Pepper = str | Callable[[], str]
"""The pepper, or a function that returns it: only a process that encrypts or decrypts needs it."""


class PukCipher:
    """AES-256-GCM with a key from the pepper, bound to the number that the secret belongs to."""

    def __init__(self, pepper: Pepper) -> None:
        self._pepper = pepper

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(self._key(b"ivr puk seal 1"))

    @cached_property
    def _nonce_key(self) -> bytes:
        return self._key(b"ivr puk nonce 1")

    def _key(self, purpose: bytes) -> bytes:
        return _key_of(self._pepper, purpose)

    def close(self, number: Msisdn, secret: Secret) -> bytes:
        nonce = self._nonce(number, secret)
        return nonce + self._cipher.encrypt(nonce, secret.keys.encode(), number.encode())

    def _nonce(self, number: Msisdn, secret: Secret) -> bytes:
        """Derive the nonce from number and secret, so that importing them again changes nothing.

        A keyed hash of the plain text as nonce is never used for another plain text (RFC 5297).
        """
        text = f"{number}|{secret.keys}".encode()
        return hmac.digest(self._nonce_key, text, hashlib.sha256)[:_NONCE]

    def open(self, number: Msisdn, sealed: bytes) -> Secret:
        """Decrypt a secret. Raise Unusable if it belongs to another pepper or another number."""
        try:
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], number.encode())
        except InvalidTag:
            raise Unusable(
                "a stored PUK cannot be opened: IVR_PEPPER is not the one that it was sealed with;"
                " set that one, or import the PUKs again"
            ) from None
        return Secret(text.decode())


class StaffCipher:
    """AES-256-GCM with a key from the pepper and a random nonce, bound to the user of a secret."""

    def __init__(self, pepper: Pepper) -> None:
        self._pepper = pepper

    @cached_property
    def _cipher(self) -> AESGCM:
        return AESGCM(_key_of(self._pepper, b"ivr staff seal 1"))

    def close(self, user: int, secret: Secret) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret.keys.encode(), str(user).encode())

    def open(self, user: int, sealed: bytes) -> Secret:
        """Decrypt a secret. Raise Unusable if it belongs to another pepper or another user."""
        try:
            text = self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], str(user).encode())
        except InvalidTag:
            raise Unusable(
                "a user's second factor cannot be opened: IVR_PEPPER is not the one that it was"
                " sealed with; set that one, or run `ivr users reset`"
            ) from None
        return Secret(text.decode())


def _key_of(pepper: Pepper, purpose: bytes) -> bytes:
    known = pepper if isinstance(pepper, str) else pepper()
    return hmac.digest(known.encode(), purpose, hashlib.sha256)
