"""The files that browsers load: our styles, the scripts that setup.sh has built, the font.

setup.sh builds scripts into its cache and links them as ``.web`` beside ``ivr``. The desk uses them
if they were built from the present lock and sources. Without them it still shows pages, and each
page says what is missing.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

HERE = Path(__file__).parent
BUILT = HERE.parent.parent.parent / ".web"
"""The link that setup.sh makes."""
STAMP = "stamp"
"""The file of a build with the hash of what it was built from."""
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Asset:
    """One file in memory, as it is and compressed."""

    body: bytes
    kind: str

    @cached_property
    def zipped(self) -> bytes:
        return gzip.compress(self.body, 9, mtime=0)

    @property
    def is_zipped_smaller(self) -> bool:
        return self.kind != TYPES[".woff2"]


@dataclass(frozen=True)
class Bundle:
    """All files for browsers, by name."""

    assets: Mapping[str, Asset]

    @classmethod
    def read(cls, built: Path = BUILT) -> Bundle:
        """Read the styles of this version, and the build if it is of this version too."""
        assets = {"desk.css": Asset(styles(), TYPES[".css"])}
        files = [HERE / "styles" / "icon.svg"]
        if is_current(built):
            files += sorted(built.iterdir())
        for file in files:
            if file.suffix in TYPES:
                assets[file.name] = Asset(file.read_bytes(), TYPES[file.suffix])
        return cls(assets)

    @property
    def has_scripts(self) -> bool:
        return "page.js" in self.assets

    @cached_property
    def version(self) -> str:
        """A hash of all files: it is part of their addresses, so that browsers may keep them."""
        whole = hashlib.sha256()
        for name, asset in sorted(self.assets.items()):
            whole.update(name.encode() + asset.body)
        return whole.hexdigest()[:12]


def styles() -> bytes:
    """Return all style sheets as one, in the order of their names."""
    return b"\n".join(file.read_bytes() for file in sorted((HERE / "styles").glob("*.css")))


def sources() -> list[Path]:
    """Return the files that a build is made from, in the order in which setup.sh hashes them."""
    scripts = sorted((HERE / "scripts").glob("*.js"), key=lambda file: file.name.encode())
    return [HERE / "package.json", HERE / "package-lock.json", *scripts]


def stamp() -> str:
    """Return the hash of the lock and the sources, as setup.sh computes it."""
    whole = hashlib.sha256(b"".join(file.read_bytes() for file in sources()))
    return whole.hexdigest()[:16]


def is_current(built: Path) -> bool:
    """Whether a build was made from the present lock and sources."""
    try:
        return (built / STAMP).read_text().strip() == stamp()
    except OSError:
        return False
