"""Audio files by the hash of what they say: made once, never changed, shared by all releases."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from ivr.errors import Unusable
from ivr.speech.audio import ENCODINGS, FRAME, Encoded


class Library:
    """Sounds in ``folder``; ``cache`` keeps them for other installations of the same user."""

    def __init__(self, folder: Path, cache: Path | None = None) -> None:
        self._folder = folder
        self._cache = cache

    def path(self, hash: str) -> Path:
        """Where a sound is (or would be), without the extension of an encoding."""
        return self._folder / hash[:2] / hash

    def frames(self, hash: str) -> int | None:
        """Length of a sound in frames of 20 ms; None: it is not there in every encoding."""
        path = self.path(hash)
        sizes = {_size(path, encoding) for encoding in ENCODINGS}
        if len(sizes) == 1 and (size := sizes.pop()):
            return size // FRAME
        return self._fetch(hash)

    def alaw(self, hash: str) -> bytes:
        """A sound's A-law bytes."""
        return self.path(hash).with_suffix(".alaw").read_bytes()

    def keep(self, hash: str, sound: Encoded) -> int:
        """Write a sound, whole or not at all; answers its frames. Unusable: the disk is full."""
        for encoding in ENCODINGS:
            self._write(self.path(hash).with_suffix(f".{encoding}"), sound[encoding])
        if self._cache is not None:
            for encoding in ENCODINGS:
                kept = self._cache / hash[:2] / f"{hash}.{encoding}"
                with suppress(OSError, Unusable):  # a cache that cannot be written only costs time
                    _link(self.path(hash).with_suffix(f".{encoding}"), kept)
        return len(sound["alaw"]) // FRAME

    def _fetch(self, hash: str) -> int | None:
        if self._cache is None:
            return None
        kept = self._cache / hash[:2] / hash
        sizes = {_size(kept, encoding) for encoding in ENCODINGS}
        if len(sizes) != 1 or not (size := sizes.pop()):
            return None
        for encoding in ENCODINGS:
            source = kept.with_suffix(f".{encoding}")
            target = self.path(hash).with_suffix(f".{encoding}")
            try:
                _link(source, target)
            except OSError:
                self._write(target, source.read_bytes())
        return size // FRAME

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(data)
                os.chmod(fresh, 0o644)
                os.replace(fresh, path)
            except OSError:
                os.unlink(fresh)
                raise
        except OSError as error:
            raise Unusable(
                f"{self._folder} cannot be written ({error.strerror}): make room there, or set "
                "IVR_HOME elsewhere"
            ) from None


def _size(path: Path, encoding: str) -> int:
    try:
        return path.with_suffix(f".{encoding}").stat().st_size
    except OSError:
        return 0


def _link(source: Path, target: Path) -> None:
    """The same file at a second place; by a rename, so that it is whole as soon as it is there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        fresh.unlink()
    os.link(source, fresh)
    os.replace(fresh, target)
