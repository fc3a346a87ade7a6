"""The program's own texts behind those of a release that was published before it said them.

An upgrade publishes nothing: the live release may be older than the program. Its texts come first;
what it lacks, or says with values that the program does not give any more, comes from the files of
the program until somebody publishes.
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
    """Completes the texts of releases. One instance serves a process, and says each lack once."""

    read: Callable[[], Texts]
    """Reads the program's own texts. Unusable: they cannot be read."""
    given: Callable[[], Mapping[str, Collection[str]]]
    """What the program fills in, by text, as ``name:kind``."""
    _said: set[frozenset[str]] = field(default_factory=set)

    def complete(self, texts: Texts, needed: Collection[str]) -> Texts:
        """The texts with all that are needed, as far as the program itself has them.

        Where nothing is missing the program's files are not read. Unusable: they cannot be.
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
                "the live release lacks texts of this version, and its own are said: run"
                " `ivr flow publish`",
                texts=sorted(lent),
            )
        return texts.with_texts(own, lent)

    def _outdated(self, texts: Texts, needed: Collection[str]) -> frozenset[str]:
        """Texts that want a value which the program does not give, or one of another kind."""
        given = self.given()
        return frozenset(
            key
            for key in given.keys() & texts.keys & set(needed)
            if not {f"{name}:{kind}" for name, kind in texts.slots(key).items()} <= set(given[key])
        )
