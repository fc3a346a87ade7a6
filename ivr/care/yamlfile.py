"""Reads the YAML files that operators edit; reports a fault in one sentence."""

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
    """An operator's file: its contents, and the line of each part."""

    sheet: Sheet
    tree: yaml.Node | None

    @property
    def data(self) -> Any:
        """The contents as maps, lists and texts; None: the file is empty."""
        return plain(self.tree)

    def refusal(self, error: ValidationError, models: Iterable[type[BaseModel]]) -> Unusable:
        """Return the error for the first fault; ``models`` are the models of the file."""
        first = first_of(error.errors())
        where = [part for part in first["loc"] if part != "[key]"]
        name = ".".join(str(part + 1 if isinstance(part, int) else part) for part in where)
        said = problem(first, name, fields(*models))
        if first["type"] == "extra_forbidden":
            said = f"{name}: {problem(first, str(where[-1]), fields(*models))}"
        return Unusable(f"{self.sheet.place(line_of(self.tree, where))}: {said}")


def read_yaml(path: Path) -> YamlFile:
    """Read a file. Raise Unusable with the file, the line and the fault."""
    sheet = read_sheet(path)
    try:
        return YamlFile(sheet, compose_tree(sheet.text))
    except NotYaml as error:
        raise Unusable(f"{path}{error.place}: {error}") from None
