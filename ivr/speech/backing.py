"""Complete the texts of an older release with the program's own texts.

An upgrade publishes nothing, so the live release may be older than the program. The texts of the
release have priority. Texts that are missing, or that use values which the program no longer
provides, come from the program's files until the next release is published.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import structlog

from ivr.errors import Unusable
from ivr.speech.texts import Texts

log = structlog.get_logger()


@dataclass
class Backing:
    """Complete the texts of releases. One instance serves a process; it
    logs a missing text once."""

    read: Callable[[], Texts]
    """Read the program's own texts. Unusable: they cannot be read."""
    given: Callable[[], Mapping[str, Collection[str]]]
    """Return the values that the program provides for each text, as ``name:kind``."""
    _said: set[frozenset[str]] = field(default_factory=set)

    def complete(self, texts: Texts, needed: Collection[str]) -> Texts:
        """Return the texts with all that are needed, as far as the program has them.

        The program's files are read only if something is missing. Unusable: they cannot be read.
        """
        wanted = frozenset(needed) - set(texts.keys) | self._outdated(texts, needed)
        if not wanted:
            return texts
        try:
            own = self.read()
        except Unusable as error:
            raise Unusable(
                f"the live release lacks the text '{min(wanted)}', and the program's own texts "
                f"cannot be read: {error}; or go back to the earlier version of the program"
            ) from None
        lent = wanted & set(own.keys)
        if lent and lent not in self._said:
            self._said.add(lent)
            log.warning(
                "the live release lacks texts of this version, so the program's own texts are"
                " used: run `ivr flow publish`",
                texts=sorted(lent),
            )
        return texts.with_texts(own, lent)

    def _outdated(self, texts: Texts, needed: Collection[str]) -> frozenset[str]:
        """Return the texts that use a value which the program does not provide, or
        provides in another kind."""
        given = self.given()
        return frozenset(
            key
            for key in given.keys() & texts.keys & set(needed)
            if not {f"{name}:{kind}" for name, kind in texts.slots(key).items()} <= set(given[key])
        )
