"""Write content into the files of a folder, in the form that editors know."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from ivr.care.news import to_document
from ivr.content.folder import ContentFolder
from ivr.content.model import Content
from ivr.domain.values import Language
from ivr.errors import IvrError
from ivr.flow.migrations import FORMAT

NOBREAK = 1_000_000
"""Line width in characters: so long that texts are never wrapped."""
_PLAIN = re.compile(r"[a-z][A-Za-z0-9._/-]*")


def write_content(folder: ContentFolder, content: Content, kept: Path) -> list[Path]:
    """Write content into a folder; return the changed files.

    A file with equal content is not touched and keeps its comments. The old version of a changed
    file is copied to the folder ``kept``. OSError: a file cannot be written.
    """
    before = _read(folder)
    changed = []
    for file, part, text in _files(folder, content):
        if before is None or part(before) != part(content):
            _replace(file, kept, text.encode())
            changed.append(file)
    return changed + list(_recordings(folder, content, kept))


def _read(folder: ContentFolder) -> Content | None:
    """Read the present files; None: they cannot be read."""
    try:
        return folder.read()
    except IvrError:
        return None


Part = Callable[[Content], object]


def _files(folder: ContentFolder, content: Content) -> Iterator[tuple[Path, Part, str]]:
    """Yield each file, a function that returns its part of the content, and its new text."""
    flow = {"format": FORMAT, **_dumped(content.flow)}
    yield folder.flow_file, lambda each: _ordered(each.flow), _yaml(flow)
    for language in Language:
        texts = dict(content.texts.by_language[language])
        yield folder.prompts / f"{language}.yaml", partial(_words, language), _yaml(texts)
    lexicon = {language.value: dict(content.texts.lexicon[language]) for language in Language}
    file = folder.prompts / "pronunciation.yaml"
    yield file, lambda each: each.texts.lexicon, _yaml(lexicon)
    news = _yaml(to_document(content.news))
    yield folder.prompts / "news.yaml", lambda each: each.news, news
    catalogue = _yaml(_dumped(content.catalogue))
    yield folder.rules / "catalogue.yaml", lambda each: _ordered(each.catalogue), catalogue
    terms = _yaml(_dumped(content.terms))
    yield folder.rules / "invoice.yaml", lambda each: _ordered(each.terms), terms


def _words(language: Language, content: Content) -> list[tuple[str, str]]:
    return list(content.texts.by_language[language].items())


def _recordings(folder: ContentFolder, content: Content, kept: Path) -> Iterator[Path]:
    """Replace the recordings by those of the content; yield the changed files."""
    wanted = {
        folder.recordings / language / f"{name}{file.suffix}": file
        for language, name, file, _ in content.recordings
    }
    for old in sorted(folder.recordings.glob("*/*")):
        if old not in wanted and not old.name.startswith("."):
            _keep(old, kept / old.parent.name)
            old.unlink()
            yield old
    for file, source in wanted.items():
        data = source.read_bytes()
        if not file.exists() or file.read_bytes() != data:
            file.parent.mkdir(parents=True, exist_ok=True)
            _replace(file, kept / file.parent.name, data)
            yield file


def _replace(file: Path, kept: Path, data: bytes) -> None:
    if file.exists():
        _keep(file, kept)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(data)
    fresh.replace(file)


def _keep(file: Path, kept: Path) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    shutil.copy2(file, kept / file.name)


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_defaults=True)


def _ordered(model: BaseModel) -> str:
    """Return a text for comparison that also differs if only the order of entries differs."""
    return model.model_dump_json()


class _Dumper(yaml.SafeDumper):
    """Writes texts in straight quotes, and names without quotes."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = None if _PLAIN.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _map(dumper: _Dumper, mapping: Mapping[str, Any]) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", mapping.items())


_Dumper.add_representer(str, _text)
_Dumper.add_representer(dict, _map)


def _yaml(data: Any) -> str:
    return yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=NOBREAK,
        default_flow_style=None,
    )
