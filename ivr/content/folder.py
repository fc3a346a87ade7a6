"""The folder in which the operator edits the content.

The first start creates it from the shipped files. After that it belongs to the operator: an upgrade
of the program does not change it. A checkout of this project can also be such a folder.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.care.catalogue import Catalogue, read_catalogue
from ivr.care.invoices import Terms, read_terms
from ivr.care.news import read_news
from ivr.content.model import Content
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.flow.document import read_flow
from ivr.flow.sheet import read_sheet
from ivr.speech.recording import Recording, files, recordings
from ivr.speech.texts import Texts, read_texts

FLOW = "0890.yaml"
TEXTS = (*(f"{language}.yaml" for language in Language), "pronunciation.yaml", "news.yaml")
RULES = ("catalogue.yaml", "invoice.yaml")
FORM = "invoice.typ"
RECORDINGS = "recordings"
BASE = "release"
"""The file with the number of the release that the other files were made from."""


@dataclass(frozen=True)
class ContentFolder:
    """Reads its files at each call, so a long-running process never uses old ones."""

    prompts: Path
    """The folder of menus, texts, pronunciation, news and recordings."""
    rules: Path
    """The folder of the catalogue, the invoice terms and the invoice layout."""

    @classmethod
    def at(cls, path: Path) -> ContentFolder:
        """Return the folder at a path. All files are in it; a checkout has them in two folders."""
        if (path / "prompts").is_dir() and (path / "db").is_dir():
            return cls(path / "prompts", path / "db")
        return cls(path, path)

    @property
    def flow_file(self) -> Path:
        return self.prompts / FLOW

    @property
    def recordings(self) -> Path:
        """The folder of recordings, with a subfolder for each language."""
        return self.prompts / RECORDINGS

    @property
    def form(self) -> Path:
        """The layout of invoices. It is used directly, without publishing."""
        return self.rules / FORM

    @property
    def edited_files(self) -> tuple[Path, ...]:
        """The YAML files other than the menus."""
        return (*(self.prompts / name for name in TEXTS), *(self.rules / name for name in RULES))

    def texts(self) -> Texts:
        """Read the texts. This and all other methods that read raise Unusable.

        The error names the file, the line, and what is wrong.
        """
        return read_texts(self.prompts)

    def catalogue(self) -> Catalogue:
        return read_catalogue(self.rules / "catalogue.yaml")

    def terms(self) -> Terms:
        return read_terms(self.rules / "invoice.yaml")

    def read(self, flow_file: Path | None = None) -> Content:
        """Read the whole content; ``flow_file``: read the menus from another file."""
        flow, texts = read_flow(flow_file or self.flow_file), self.texts()
        return Content(
            flow,
            texts,
            self.catalogue(),
            read_news(self.prompts / "news.yaml"),
            self.terms(),
            tuple(recordings(self.recordings, texts)),
            self.base(),
        )

    def every_recording(self) -> tuple[Recording, ...]:
        """Return all recordings in the folder, also those without a text."""
        return tuple(
            (language, name, file, "")
            for language in Language
            for name, file in files(self.recordings / language).items()
        )

    def base(self) -> int | None:
        """Return the release that the files were made from; None: not known."""
        try:
            words = (self.prompts / BASE).read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return None
        return int(words[0]) if words and words[0].isascii() and words[0].isdecimal() else None

    def note_base(self, release: int) -> None:
        """Write down the release that the files are equal to."""
        (self.prompts / BASE).write_text(f"{release}\n", encoding="utf-8")

    def make_at(self, path: Path) -> ContentFolder:
        """Return the folder at a path; copy this folder's files to it where they are missing.

        Recordings are copied only if the path has none of the files. Unusable: the folder cannot
        be written.
        """
        made = self.at(path)
        try:
            if not path.exists():
                self._copy_to(path)
            elif self.recordings.is_dir() and not any(file.exists() for file in made._files()):
                shutil.copytree(
                    self.recordings,
                    made.recordings,
                    copy_function=shutil.copyfile,
                    dirs_exist_ok=True,
                )
            for source, target in zip(self._files(), made._files(), strict=True):
                if not target.exists():
                    _put(source, target)
        except OSError as error:
            raise Unusable(
                f"{error.filename} cannot be written ({error.strerror}): let this user write"
                " there, or set IVR_CONTENT to another folder"
            ) from None
        return made

    def notes(self, flow_file: Path | None = None) -> Iterator[str]:
        """Yield notes on harmless errors in the files, which were ignored."""
        for path in (flow_file or self.flow_file, *self.edited_files):
            sheet = read_sheet(path)
            for note in sheet.notes:
                yield f"{sheet.place(note.line)}: {note.what}"

    def _files(self) -> tuple[Path, ...]:
        return (self.flow_file, *self.edited_files, self.form)

    def _copy_to(self, path: Path) -> None:
        """Create a complete folder or none. Another process may do the same at the same time."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            fresh.mkdir()
            for source in self._files():
                shutil.copyfile(source, fresh / source.name)
            if self.recordings.is_dir():
                shutil.copytree(self.recordings, fresh / RECORDINGS, copy_function=shutil.copyfile)
            with suppress(FileExistsError):
                fresh.rename(path)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _put(source: Path, target: Path) -> None:
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, fresh)
    fresh.replace(target)
