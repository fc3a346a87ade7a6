"""Content that callers hear and read: texts, recordings, catalogue, news, terms, voices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ivr.care.catalogue import Catalogue
from ivr.content.folder import ContentFolder
from ivr.content.live import Live
from ivr.content.model import Content, read_document
from ivr.content.publishing import QUIET, ProgressCallback
from ivr.domain.dialogue import Value
from ivr.domain.values import Language
from ivr.flow.review import WRITTEN_OUTSIDE_OF_CALLS
from ivr.paper.invoice import PdfInvoiceRenderer
from ivr.ports.dialogue import TextSource
from ivr.settings import PROJECT
from ivr.speech.backing import Backing
from ivr.speech.given import read_given
from ivr.speech.library import Library
from ivr.speech.manifest import render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.texts import Texts
from ivr.speech.voice import Voice
from ivr.speech.wholes import UNHURRIED
from ivr.speech.written import WrittenTexts
from ivr.wiring.installation import Installation
from ivr.wiring.voices import open_voice


@dataclass(frozen=True)
class Contents(Installation):
    """The files that operators edit, and the objects made from them."""

    @cached_property
    def folder(self) -> ContentFolder:
        """The folder that operators edit; made from the shipped files if there is none."""
        return self.shipped.make_at(self.settings.content_folder)

    @property
    def shipped(self) -> ContentFolder:
        """The files that came with the program."""
        return ContentFolder.at(PROJECT)

    def content(self, flow_file: Path | None = None) -> Content:
        """Read the files. ``flow_file`` replaces the file with the menus."""
        return self.folder.read(flow_file).completed(self.shipped.texts())

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue of the live release; before the first release, that of the files."""
        if self.store.releases.live() is None:
            return self.folder.catalogue()
        return self.live_catalogue.now()

    @cached_property
    def live_catalogue(self) -> Live[Catalogue]:
        return Live(
            self.store.releases,
            lambda document: read_document(document, self.shipped.read).catalogue,
        )

    @cached_property
    def live_wording(self) -> Live[TextSource]:
        """The texts of the live release that are written, not spoken."""
        return Live(
            self.store.releases,
            lambda document: WrittenTexts(
                self.backing.complete(
                    Texts.from_document(document["speech"]["texts"]), WRITTEN_OUTSIDE_OF_CALLS
                )
            ),
        )

    @cached_property
    def backing(self) -> Backing:
        """The program's own texts, for releases that are older than a text."""
        return Backing(self.shipped.texts, lambda: self.given)

    @cached_property
    def given(self) -> Mapping[str, frozenset[str]]:
        """Names of the values that the program fills in, by text."""
        return read_given(PROJECT / "db" / "placeholders.txt")

    @cached_property
    def voice(self) -> Voice:
        return open_voice(self.settings)

    @cached_property
    def library(self) -> Library:
        return Library(self.settings.home / "audio", self.settings.cache / "audio")

    def speak(self, content: Content, progress: ProgressCallback = QUIET) -> SpokenPrompts:
        """Make the prompts of content, published or not."""
        manifest = render(content.texts, content.recordings, self.library, self.voice, progress)
        return SpokenPrompts(content.texts, manifest, self.library, self.voice, patience=UNHURRIED)

    @cached_property
    def press(self) -> PdfInvoiceRenderer:
        """Draws invoices with the form that operators edit."""
        return PdfInvoiceRenderer(self.folder.form)

    def write(self, language: Language, key: str, **values: Value) -> str:
        """Write a text of the live release with its values."""
        return self.live_wording.now().write(language, key, **values)
