"""Content as one value: menus, texts, recordings, catalogue, news, terms of invoices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError

from ivr.care.catalogue import Catalogue
from ivr.care.invoices import Terms
from ivr.care.news import News, parse_news, to_document
from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.flow.document import Flow, parse_flow
from ivr.flow.migrations import FORMAT
from ivr.flow.review import Issue, needed_texts, review
from ivr.speech.given import wrongly_filled
from ivr.speech.recording import Recording, read_bytes
from ivr.speech.texts import Texts

WAY_BACK = (
    "use `ivr flow rollback` with a number from `ivr flow releases`, or `ivr flow publish` again"
)
Document = dict[str, Any]
"""Content as JSON. The document of a release also has its sounds."""


@dataclass(frozen=True)
class Content:
    """Content from a folder (``ivr.content.folder``) or from a release (``read_document``)."""

    flow: Flow
    texts: Texts
    """The texts with their pronunciation."""
    catalogue: Catalogue
    news: News
    terms: Terms
    recordings: tuple[Recording, ...] = field(default=(), compare=False)
    """The recordings; of a release only those whose takes are on this machine."""
    base: int | None = field(default=None, compare=False)
    """The release that the content was made from; None: not known."""
    lent: frozenset[str] = field(default=frozenset(), compare=False)
    """Keys of the texts that come from the program because the files had none."""

    @property
    def named_texts(self) -> tuple[str, ...]:
        """Keys of the texts that catalogue, news and terms name."""
        news = (item.text for item in self.news)
        return (*self.catalogue.texts(), *news, *self.terms.texts())

    @property
    def needed_texts(self) -> set[str]:
        """Keys of all texts that callers can hear or read."""
        return needed_texts(self.flow, self.named_texts)

    def issues(self, given: Mapping[str, frozenset[str]]) -> list[Issue]:
        """Return what prevents publishing. ``given``: the placeholders that each text may have."""
        keys = {language: frozenset(self.texts.keys) for language in Language}
        services = {id: bool(entry.packages) for id, entry in self.catalogue.services.items()}
        return [
            *review(self.flow, keys, self.named_texts, self.catalogue.groups, services),
            *(Issue(f"text/{at}", problem) for at, problem in wrongly_filled(self.texts, given)),
        ]

    def completed(self, own: Texts) -> Content:
        """Return the content with the program's own texts for those that are missing.

        A new version of the program needs new texts, which older files do not have.
        """
        lent = frozenset(self.needed_texts - set(self.texts.keys)) & frozenset(own.keys)
        return replace(self, texts=self.texts.with_texts(own, lent), lent=lent)

    def to_document(self) -> Document:
        """Return the content as JSON, with recordings by hash; ``read_document`` is the reverse.

        The order of keys is kept: services have the same order in their menus.
        """
        return {
            "format": FORMAT,
            "flow": self.flow.model_dump(mode="json"),
            "speech": {
                "texts": self.texts.to_document(),
                "takes": {language: dict(sorted(self._takes(language))) for language in Language},
            },
            "catalogue": self.catalogue.model_dump(mode="json"),
            "news": to_document(self.news),
            "invoice": self.terms.model_dump(mode="json"),
        }

    def _takes(self, language: Language) -> Iterator[tuple[str, str]]:
        for each, name, file, _ in self.recordings:
            if each is language:
                yield name, take_name(read_bytes(file), file.suffix)


def take_name(data: bytes, suffix: str) -> str:
    """Return the file name of a recording in the folder of the releases' takes."""
    return hashlib.sha256(data).hexdigest() + suffix.lower()


def read_document(
    document: Document, own: Callable[[], Content], source: str = "release"
) -> Content:
    """Read the content of a release of any version, without recordings.

    Parts that an earlier version did not have come from ``own``, the program's own content.
    FlowBroken: the document is damaged.
    """
    try:
        flow = parse_flow({**document["flow"], "format": document.get("format", 1)}, source)
        texts = Texts.from_document(document["speech"]["texts"])
        catalogue, terms = document.get("catalogue"), document.get("invoice")
        return Content(
            flow,
            texts,
            own().catalogue if catalogue is None else Catalogue.model_validate(catalogue),
            parse_news(document.get("news", []), f"{source}, its news"),
            own().terms if terms is None else Terms.model_validate(terms),
        )
    except (KeyError, TypeError, AttributeError, ValidationError, Unusable) as error:
        raise FlowBroken(f"{source} is damaged ({_first_line(error)}): {WAY_BACK}") from None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
