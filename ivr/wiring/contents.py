"""What callers hear and read: texts, recordings, catalogue, news, terms, voices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.invoices import Terms, read_terms
from ivr.care.news import News, read_news
from ivr.care.wording import LiveWording
from ivr.domain.dialogue import Value
from ivr.domain.values import Language
from ivr.flow.review import WRITTEN_OUTSIDE_OF_CALLS
from ivr.paper.invoice import InvoicePress
from ivr.settings import PROJECT
from ivr.speech.backing import Backing
from ivr.speech.given import read_given
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, check_recordings, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts, read_texts
from ivr.speech.voice import Voice
from ivr.speech.wholes import UNHURRIED
from ivr.speech.written import WrittenTexts
from ivr.wiring.installation import Installation
from ivr.wiring.voices import open_voice

ProgressCallback = Callable[[int, int], None]
"""Told how much of a long step is done: this many of that many."""
QUIET: ProgressCallback = lambda _done, _all: None  # noqa: E731


@dataclass(frozen=True)
class Contents(Installation):
    """The files that operators edit, and what is made of them."""

    @property
    def flow_file(self) -> Path:
        """The flow that operators edit."""
        return PROJECT / "prompts" / "0890.yaml"

    @cached_property
    def catalogue(self) -> Catalogue:
        return read_catalogue(PROJECT / "db" / "catalogue.yaml")

    @cached_property
    def news(self) -> News:
        """The news that operators edit."""
        return read_news(PROJECT / "prompts" / "news.yaml")

    @cached_property
    def terms(self) -> Terms:
        """The terms for invoices that operators edit."""
        return read_terms(PROJECT / "db" / "invoice.yaml")

    @cached_property
    def live_wording(self) -> LiveWording:
        """The texts of the live release, for what is written and not said."""
        return LiveWording(
            self.store.releases,
            lambda parts: WrittenTexts(
                self.backing.complete(
                    Texts.from_document(parts["speech"]["texts"]), WRITTEN_OUTSIDE_OF_CALLS
                )
            ),
        )

    @cached_property
    def backing(self) -> Backing:
        """The program's own texts, for releases that were published before it said them."""
        return Backing(lambda: self.texts, lambda: self.given)

    @cached_property
    def texts(self) -> Texts:
        """The texts that operators edit."""
        return read_texts(PROJECT / "prompts")

    @cached_property
    def given(self) -> Mapping[str, frozenset[str]]:
        """What the program fills in, by text."""
        return read_given(PROJECT / "db" / "placeholders.txt")

    @cached_property
    def voice(self) -> Voice:
        return open_voice(self.settings)

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.home / "audio", self.settings.cache / "audio")

    def text_keys(self) -> Mapping[Language, frozenset[str]]:
        """The keys of the texts that operators edit, by language."""
        return {language: frozenset(self.texts.keys) for language in Language}

    def render(self, progress: ProgressCallback = QUIET) -> Manifest:
        """Audio of all texts that operators edit; only what changed is made anew."""
        return render(self.texts, self.recordings, self.library, self.voice, progress)

    @property
    def recordings(self) -> Path:
        """The folder of recordings, with one of each language."""
        return PROJECT / "prompts" / "recordings"

    @property
    def edited_files(self) -> tuple[Path, ...]:
        """The files of YAML that operators edit, besides the flow."""
        texts = (f"{name}.yaml" for name in (*Language, "pronunciation", "news"))
        rules = (PROJECT / "db" / f"{name}.yaml" for name in ("catalogue", "invoice"))
        return (*(PROJECT / "prompts" / name for name in texts), *rules)

    def check_recordings(self) -> None:
        """Unusable names a recording that belongs to no text or cannot be read."""
        check_recordings(self.texts, self.recordings)

    def speak(self, progress: ProgressCallback = QUIET) -> SpokenPrompts:
        """The prompts of the texts as they stand in their files."""
        manifest = self.render(progress)
        return SpokenPrompts(self.texts, manifest, self.library, self.voice, patience=UNHURRIED)

    @cached_property
    def press(self) -> InvoicePress:
        """Draws invoices by the form that operators edit."""
        return InvoicePress(PROJECT / "db" / "invoice.typ")

    def write(self, language: Language, key: str, **values: Value) -> str:
        """A text of the live release in writing."""
        return self.live_wording.now().write(language, key, **values)
