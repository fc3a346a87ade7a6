"""The news, each with its first and last day. The texts are ``news.<id>``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from ivr.care.yamlfile import read_yaml
from ivr.errors import Unusable
from ivr.flow.fields import Day, Id
from ivr.flow.invalid import fields, first_of, problem
from ivr.flow.yamltree import line_of

MOST_NEWS = 50


class NewsItem(BaseModel):
    """One piece of news, played from its first to its last day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Id
    since: Day
    until: Day

    @model_validator(mode="after")
    def _in_order(self) -> NewsItem:
        if self.until < self.since:
            raise ValueError(f"'{self.id}' ends before it begins")
        return self

    @property
    def text(self) -> str:
        """Return the key of its text."""
        return f"news.{self.id}"


News = tuple[NewsItem, ...]
_News = TypeAdapter(Annotated[News, Field(max_length=MOST_NEWS)])


def parse_news(data: object, source: str = "news", tree: yaml.Node | None = None) -> News:
    """Make news from parsed YAML or JSON; ``tree`` has the line numbers.

    Raise Unusable with the entry and its fault.
    """
    try:
        news = _News.validate_python(data or ())
    except ValidationError as error:
        first = first_of(error.errors())
        place = [part + 1 if isinstance(part, int) else part for part in first["loc"]]
        where = "entry " + ".".join(map(str, place)) if place else ""
        line = line_of(tree, first["loc"])
        source = f"{source}, line {line}" if line else source
        raise Unusable(f"{source}: {problem(first, where, fields(NewsItem))}") from None
    ids = [item.id for item in news]
    for id in ids:
        if ids.count(id) > 1:
            raise Unusable(f"{source}: '{id}' is given twice")
    return news


def read_news(path: Path) -> News:
    """Read and check the news file. Raise Unusable with the file, the entry and the fault."""
    read = read_yaml(path)
    return parse_news(read.data, str(path), read.tree)


def to_document(news: Iterable[NewsItem]) -> list[dict[str, str]]:
    """Return a document for JSON, which ``parse_news`` reads."""
    return [item.model_dump(mode="json") for item in news]


def holding(news: News, today: date) -> tuple[NewsItem, ...]:
    """Return the news that are valid on a day, newest first."""
    now = [item for item in news if item.since <= today <= item.until]
    return tuple(sorted(now, key=lambda item: item.since, reverse=True))
