"""Audio files by the hash of what they say: made once, never changed, shared by all releases."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from ivr.errors import Unusable
from ivr.speech.audio import ENCODINGS, FRAME, Encoded

Write = Callable[[int, bytes], None]
"""Writes all bytes to an open file descriptor."""


def write_all(descriptor: int, data: bytes) -> None:
    """Write to a descriptor, which stays open."""
    with os.fdopen(descriptor, "wb", closefd=False) as stream:
        stream.write(data)


class Library:
    """Sounds in ``folder``; ``cache`` keeps them for other installations of the same user."""

    def __init__(self, folder: Path, cache: Path | None = None, write: Write = write_all) -> None:
        self._folder, self._cache, self._write_all = folder, cache, write

    @property
    def folder(self) -> Path:
        """Where the sounds are."""
        return self._folder

    def path(self, hash: str) -> Path:
        """Where a sound is (or would be), without the extension of an encoding."""
        return _path(self._folder, hash)

    def frames(self, hash: str) -> int | None:
        """Length of a sound in frames of 20 ms; None: it is not there in every encoding.

        What only the cache has is brought from there.
        """
        return _frames(self._folder, hash) or self._fetch(hash)

    def alaw(self, hash: str) -> bytes:
        """A sound's A-law bytes. Unusable: the file is gone."""
        return self._read(hash, "alaw")

    def sound(self, hash: str) -> Encoded:
        """A sound in every encoding. Unusable: a file is gone."""
        return {encoding: self._read(hash, encoding) for encoding in ENCODINGS}

    def _read(self, hash: str, encoding: str) -> bytes:
        file = self.path(hash).with_suffix(f".{encoding}")
        try:
            return file.read_bytes()
        except OSError as error:
            raise Unusable(
                f"{file} cannot be read ({error.strerror}): start `ivr up` again to render it"
            ) from None

    def keep(self, hash: str, sound: Encoded, *, shares: bool = True) -> int:
        """Write a sound, whole or not at all; answers its frames. Unusable: the disk is full.

        ``shares``: into the cache, too.
        """
        try:
            self._write(self._folder, hash, sound)
        except OSError as error:
            raise Unusable(
                f"{self._folder} cannot be written ({error.strerror}): make room there, or set "
                "IVR_HOME elsewhere"
            ) from None
        if shares and self._cache is not None:
            with suppress(OSError):  # a cache that cannot be written only costs time
                try:
                    _share(self.path(hash), _path(self._cache, hash))
                except OSError:
                    self._write(self._cache, hash, sound)
        return len(sound["alaw"]) // FRAME

    def remove(self, hash: str) -> None:
        """Remove a sound; what is not there, or cannot be removed, is passed over."""
        for encoding in ENCODINGS:
            with suppress(OSError):
                self.path(hash).with_suffix(f".{encoding}").unlink()

    def _fetch(self, hash: str) -> int | None:
        if self._cache is None:
            return None
        frames = _frames(self._cache, hash)
        if frames is None:
            return None
        kept = _path(self._cache, hash)
        try:
            _share(kept, self.path(hash))
        except OSError:  # another file system, most often
            try:
                sound = {each: kept.with_suffix(f".{each}").read_bytes() for each in ENCODINGS}
                self._write(self._folder, hash, sound)
            except OSError:
                return None
        return frames

    def _write(self, folder: Path, hash: str, sound: Mapping[str, bytes]) -> None:
        """All encodings under temporary names first, so that a full disk leaves none of them."""
        path = _path(folder, hash)
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh: dict[str, str] = {}
        try:
            for encoding in ENCODINGS:
                descriptor, fresh[encoding] = tempfile.mkstemp(prefix=".", dir=path.parent)
                try:
                    self._write_all(descriptor, sound[encoding])
                finally:
                    os.close(descriptor)
            for encoding in ENCODINGS:
                os.replace(fresh[encoding], path.with_suffix(f".{encoding}"))
        finally:
            for name in fresh.values():
                with suppress(FileNotFoundError):
                    os.unlink(name)


def _path(folder: Path, hash: str) -> Path:
    return folder / hash[:2] / hash


def _frames(folder: Path, hash: str) -> int | None:
    path = _path(folder, hash)
    try:
        sizes = {path.with_suffix(f".{encoding}").stat().st_size for encoding in ENCODINGS}
    except OSError:
        return None
    size = sizes.pop()
    return size // FRAME if size and not sizes and size % FRAME == 0 else None


def _share(source: Path, target: Path) -> None:
    """The same files at a second place; by renames, so that each is whole as soon as it is there.

    OSError: they are not on one file system, most often.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for encoding in ENCODINGS:
        suffix = f".{encoding}"
        fresh = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}{suffix}")
        try:
            os.link(source.with_suffix(suffix), fresh)
            os.chmod(fresh, 0o600)  # an older version left it open to others
            os.replace(fresh, target.with_suffix(suffix))
        finally:
            fresh.unlink(missing_ok=True)
