"""Publish content: review it, make its sounds, and make it the live release.

Everything is checked first. Files are refused if another release was published since they were
made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

from ivr.content.difference import difference
from ivr.content.model import Content, Document, read_document, take_name
from ivr.content.releases import ReleaseCache, stored_document
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.ports.clock import Clock
from ivr.speech.library import Library
from ivr.speech.manifest import Manifest, render
from ivr.speech.prompts import SpokenPrompts
from ivr.speech.recordable import file_words
from ivr.speech.recording import Recording, read_bytes
from ivr.speech.voice import Voice

ProgressCallback = Callable[[int, int], None]
"""Gets the progress of a long step: the number of items done, and of all."""
QUIET: ProgressCallback = lambda _done, _all: None  # noqa: E731
SHOWN = 5
"""Most places of a difference that an error sentence names."""


class MovedOn(Unusable):
    """The live release is not the one that the content was made from."""

    def __init__(self, said: str, places: list[str]) -> None:
        super().__init__(said)
        self.places = places


@dataclass(frozen=True)
class Published:
    number: int
    is_new: bool
    """False: the same content was live already."""


@dataclass(frozen=True)
class Publishing:
    """Publishes content. One instance for each process."""

    release_cache: ReleaseCache
    library: Library
    voice: Callable[[], Voice]
    own: Callable[[], Content]
    """The program's own content."""
    given: Callable[[], Mapping[str, frozenset[str]]]
    """The placeholders that the program fills in, by text."""
    clock: Clock

    def publish(
        self,
        actor: Actor,
        key: OperationKey,
        content: Content,
        progress: ProgressCallback = QUIET,
    ) -> Published:
        """Make content live. With the key of a publication that is done: its result.

        FlowBroken names the first error to correct. MovedOn: the content was made from a release
        that is not live any more.
        """
        releases = self.release_cache.releases
        if (done := releases.published(key)) is not None:
            return Published(done, is_new=True)
        for issue in content.issues(self.given()):
            raise FlowBroken(f"{issue.place} {issue.problem}: `ivr flow check` lists all problems")
        live = releases.live()
        places = self.difference(content) if live is not None else []
        if live is not None and places and content.base != live:
            self._refuse(live, content.base, self._since(content.base, live) or places)
        document = content.to_document()
        for _, _, file, _ in content.recordings:
            self._keep_take(file)
        found = content.recordings
        audio = render(content.texts, found, self.library, self.voice(), progress)
        document["speech"]["audio"] = audio.to_document()
        if live is not None and not places and self._sounds(live) == audio:
            return Published(live, is_new=False)
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        return Published(releases.publish(actor, key, text, self.clock.now()), is_new=True)

    def _refuse(self, live: int, base: int | None, places: list[str]) -> NoReturn:
        made = f"were made from release {base}" if base else "were not made from it"
        few = ", ".join(places[:SHOWN])
        if len(places) > SHOWN:
            few += f" and {len(places) - SHOWN} more"
        raise MovedOn(
            f"release {live} is live, but the files {made}; they differ in {few}: `ivr flow"
            f" pull` writes release {live} into the files and keeps yours beside them, `ivr"
            " flow publish --force` publishes your files instead",
            places,
        )

    def difference(self, content: Content) -> list[str]:
        """Return where content differs from the live release. Sounds are not compared.

        Unusable: nothing is published.
        """
        number, stored = self._live()
        try:
            live = self._plain(stored, number)
        except FlowBroken:
            return [f"release {number}, which cannot be loaded"]
        document = content.to_document()
        if "takes" not in stored["speech"]:  # an earlier version stored no takes
            document["speech"]["takes"] = live["speech"]["takes"] = {}
        return difference(live, document)

    def live(self, recordings: tuple[Recording, ...] = ()) -> Content:
        """Return the live release as content for editing.

        ``recordings`` are used for a release of an earlier version, which did not store its own.
        Unusable: nothing is published, or recordings are not on this machine. FlowBroken: the
        release is damaged.
        """
        number, stored = self._live()
        content = read_document(stored, self.own, f"release {number}")
        takes = stored["speech"].get("takes")
        found = recordings if takes is None else tuple(self._takes(content, takes, number))
        return replace(content, recordings=found, base=number)

    def roll_back(self, actor: Actor, key: OperationKey, number: int) -> None:
        """Load an older (or newer) release, make its missing sounds, and make it live.

        FlowBroken says why the release cannot be used; then the live release stays.
        """
        prompts = self.release_cache.load(number).prompts
        if isinstance(prompts, SpokenPrompts):
            prompts.prepare()
        self.release_cache.releases.point(actor, key, number, self.clock.now())

    def _live(self) -> tuple[int, Document]:
        number = self.release_cache.releases.live()
        if number is None:
            raise Unusable("nothing is published yet: run `ivr flow publish`")
        return number, stored_document(self.release_cache.releases, number)

    def _plain(self, stored: Document, number: int) -> Document:
        """Return a stored document as this version would write it, without its sounds."""
        plain = read_document(stored, self.own, f"release {number}").to_document()
        plain["speech"]["takes"] = stored["speech"].get("takes", {})
        return plain

    def _since(self, base: int | None, live: int) -> list[str]:
        """Return where the live release differs from ``base``; nothing if ``base`` is not known."""
        if base is None:
            return []
        try:
            documents = (
                self._plain(stored_document(self.release_cache.releases, number), number)
                for number in (base, live)
            )
            return difference(*documents)
        except FlowBroken:
            return []

    def _sounds(self, number: int) -> Manifest | None:
        try:
            document = stored_document(self.release_cache.releases, number)
            return Manifest.from_document(document["speech"]["audio"])
        except (FlowBroken, KeyError, TypeError):
            return None

    def _takes(
        self, content: Content, takes: Mapping[str, Mapping[str, str]], number: int
    ) -> list[Recording]:
        found = []
        for language in Language:
            words = file_words(content.texts, language)
            for name, kept in takes.get(language, {}).items():
                file = self._take(kept)
                if not file.is_file():
                    raise Unusable(
                        f"the recording {language}/{name} of release {number} is not on this"
                        f" machine: copy {file.parent} from the machine where it was published"
                    )
                found.append((language, name, file, words.get(name, "")))
        return found

    def _keep_take(self, file: Path) -> None:
        """Store the original recording, so that the release can be written back into files."""
        data = read_bytes(file)
        kept = self._take(take_name(data, file.suffix))
        if kept.exists():
            return
        try:
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_name(f".{kept.name}")
            fresh.write_bytes(data)
            fresh.replace(kept)
        except OSError as error:
            raise Unusable(
                f"{kept.parent} cannot be written ({error.strerror}): free some space there,"
                " or set IVR_HOME to another folder"
            ) from None

    def _take(self, name: str) -> Path:
        return self.library.folder / "takes" / name
