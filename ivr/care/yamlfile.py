"""The YAML files that operators edit, read with one sentence for whatever is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ivr.errors import Unusable
from ivr.flow.invalid import fields, first_of, problem
from ivr.flow.sheet import Sheet, read_sheet
from ivr.flow.yamltree import NotYaml, compose_tree, line_of, plain


@dataclass(frozen=True)
class YamlFile:
    """A file of an operator: what it holds, and in which line each part stands."""

    sheet: Sheet
    tree: yaml.Node | None

    @property
    def data(self) -> Any:
        """Maps, lists and texts; None: the file is empty."""
        return plain(self.tree)

    def refusal(self, error: ValidationError, models: Iterable[type[BaseModel]]) -> Unusable:
        """The sentence about the first thing that does not fit; ``models`` make the file."""
        first = first_of(error.errors())
        where = [part for part in first["loc"] if part != "[key]"]
        name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in where)
        said = problem(first, name, fields(*models))
        if first["type"] == "extra_forbidden":
            said = f"{name}: {problem(first, str(where[-1]), fields(*models))}"
        return Unusable(f"{self.sheet.place(line_of(self.tree, where))}: {said}")


def read_yaml(path: Path) -> YamlFile:
    """Read a file. Unusable names it, the line, and what is wrong."""
    sheet = read_sheet(path)
    try:
        return YamlFile(sheet, compose_tree(sheet.text))
    except NotYaml as error:
        raise Unusable(f"{path}{error.place}: {error}") from None
