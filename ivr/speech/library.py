"""Audio files stored by the hash of what they say: made once, never changed, shared by releases."""

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
"""Write all bytes to an open file descriptor."""


def write_all(descriptor: int, data: bytes) -> None:
    """Write all data to a descriptor; it stays open."""
    with os.fdopen(descriptor, "wb", closefd=False) as stream:
        stream.write(data)


class Library:
    """Sounds in ``folder``; ``cache`` shares them with other installations of the same user."""

    def __init__(self, folder: Path, cache: Path | None = None, write: Write = write_all) -> None:
        self._folder, self._cache, self._write_all = folder, cache, write

    @property
    def folder(self) -> Path:
        """The folder of the sounds."""
        return self._folder

    def path(self, hash: str) -> Path:
        """Return the path of a sound, existing or not, without the extension of an encoding."""
        return _path(self._folder, hash)

    def frames(self, hash: str) -> int | None:
        """Return the length of a sound in frames of 20 ms; None if an encoding is missing.

        A sound that only the cache has is copied from there.
        """
        return _frames(self._folder, hash) or self._fetch(hash)

    def alaw(self, hash: str) -> bytes:
        """Return a sound's A-law bytes. Unusable: the file is missing."""
        return self._read(hash, "alaw")

    def sound(self, hash: str) -> Encoded:
        """Return a sound in every encoding. Unusable: a file is missing."""
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
        """Write a sound in all encodings or none; return its frames. Unusable: the disk is full.

        ``shares``: write it to the cache, too.
        """
        try:
            self._write(self._folder, hash, sound)
        except OSError as error:
            raise Unusable(
                f"{self._folder} cannot be written ({error.strerror}): free some space there,"
                " or set IVR_HOME to another folder"
            ) from None
        if shares and self._cache is not None:
            with suppress(OSError):  # without the cache, the sound is only rendered again
                try:
                    _share(self.path(hash), _path(self._cache, hash))
                except OSError:
                    self._write(self._cache, hash, sound)
        return len(sound["alaw"]) // FRAME

    def remove(self, hash: str) -> None:
        """Remove a sound; ignore it if it is missing or cannot be removed."""
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
        except OSError:  # usually another file system
            try:
                sound = {each: kept.with_suffix(f".{each}").read_bytes() for each in ENCODINGS}
                self._write(self._folder, hash, sound)
            except OSError:
                return None
        return frames

    def _write(self, folder: Path, hash: str, sound: Mapping[str, bytes]) -> None:
        """Write all encodings under temporary names first: a full disk then leaves none of them."""
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
    """Copy files to a second folder by links and renames, so that each is complete from the start.

    OSError: usually, they are not on one file system.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for encoding in ENCODINGS:
        suffix = f".{encoding}"
        fresh = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}{suffix}")
        try:
            os.link(source.with_suffix(suffix), fresh)
            os.chmod(fresh, 0o600)  # an older version made it readable by others
            os.replace(fresh, target.with_suffix(suffix))
        finally:
            fresh.unlink(missing_ok=True)
