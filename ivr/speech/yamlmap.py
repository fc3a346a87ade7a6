"""Read a YAML file that is a flat map of texts, with line numbers; ambiguous values are refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import yaml

from ivr.errors import Unusable
from ivr.flow.marks import hint, shown
from ivr.flow.sheet import Sheet, read_sheet
from ivr.flow.yamltree import NotYaml, compose_tree

Lines = dict[str, tuple[str, int]]
"""By key: the text and its line number."""
FORM = 'lines of `key: "text"`'


def read_document(file: Path) -> tuple[Sheet, yaml.Node | None]:
    """Return a YAML file and its tree; None: it is empty. Unusable names file, line, fault."""
    sheet = read_sheet(file)
    try:
        return sheet, compose_tree(sheet.text)
    except NotYaml as error:
        raise Unusable(f"{file}{error.place}: {error}") from None


def children(sheet: Sheet, node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, int]]:
    """Yield key, node and line of each entry of a map; refuse a duplicate key."""
    if node is None:
        raise Unusable(f"{sheet.file}: the file is empty; write {FORM}")
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1
        raise Unusable(f"{sheet.place(line)}: {_kind(node)}; write {FORM} here")
    for key, value in node.value:
        yield key.value, value, key.start_mark.line + 1


def read_lines(sheet: Sheet, node: yaml.Node | None) -> Lines:
    """Return the texts of a flat map."""
    lines: Lines = {}
    for key, value, line in children(sheet, node):
        place = f"{sheet.place(line)}: text '{shown(key)}'"
        style = value.style if isinstance(value, yaml.ScalarNode) else ""
        is_text = style or (style is None and _is_word(value.value))
        if not is_text or not value.value.strip():
            raise Unusable(
                f'{place} is empty or not in "quotes": `{shown(_written(sheet, value))}`; write '
                f'it as `{shown(key)}: "text"`'
            )
        behind = sheet.text[value.end_mark.index :].partition("\n")[0].strip()
        if behind.startswith("#") and style in (None, '"', "'"):
            raise Unusable(
                f"{place}: the text after # would not be said: `{shown(behind)}`; put the"
                " whole text in one pair of quotes, or put the comment on a line of its own"
            )
        lines[key] = (value.value, line)
    return lines


def named_key(key: str) -> str:
    """Return what is wrong with a key, as the end of a sentence."""
    more = hint(key)
    return f"; {more}" if more else ""


def _is_word(value: str) -> bool:
    """Tell whether YAML 1.1 reads an unquoted value as a text; ``NO``, ``5``, ``09:00`` are not."""
    tag = cast(Any, _RESOLVER).resolve(yaml.ScalarNode, value, (True, False))
    return any(map(str.isalpha, value)) and tag == "tag:yaml.org,2002:str"


def _written(sheet: Sheet, node: yaml.Node) -> str:
    return sheet.text[node.start_mark.index : node.end_mark.index]


def _kind(node: yaml.Node) -> str:
    return "this is a list" if isinstance(node, yaml.SequenceNode) else "this is a single value"


_RESOLVER = yaml.SafeLoader("")
