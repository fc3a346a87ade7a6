"""The sender's half of SRTP (RFC 3711): AES_CM_128_HMAC_SHA1_80, without re-keying."""

from __future__ import annotations

import base64
import hmac
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY = base64.b64encode(bytes(range(30))).decode()
"""Master key (16 bytes) and salt (14 bytes), as ``a=crypto`` has them."""
TAG = 10


@dataclass(frozen=True)
class Sender:
    """Protects the packets of one stream."""

    master: str = KEY

    def protect(self, packet: bytes) -> bytes:
        """An RTP packet without extensions, whose sequence number never wraps."""
        head, payload = packet[:12], packet[12:]
        sequence, source = struct.unpack("!2xH4xI", head)
        cipher, salt, auth = (self._derive(label, size) for label, size in SIZES)
        start = int.from_bytes(salt, "big") << 16 ^ source << 64 ^ sequence << 16
        sealed = head + _stream(cipher, start, payload)
        return sealed + hmac.digest(auth, sealed + bytes(4), "sha1")[:TAG]

    def _derive(self, label: int, size: int) -> bytes:
        whole = base64.b64decode(self.master)
        start = (int.from_bytes(whole[16:], "big") ^ label << 48) << 16
        return _stream(whole[:16], start, bytes(size))


SIZES = ((0, 16), (2, 14), (1, 20))
"""Labels and lengths of the cipher's key, its salt, and the key of the tag."""


def _stream(key: bytes, start: int, data: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CTR(start.to_bytes(16, "big"))).encryptor()
    return encryptor.update(data) + encryptor.finalize()
