"""A YAML file that is a flat map of texts, read with line numbers; nothing is guessed in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from ivr.errors import Unusable
from ivr.flow.yamltree import MOST_BYTES, NotYaml, compose_tree

Lines = dict[str, tuple[str, int]]
"""By key: the text, and the line where it stands."""


def read_document(file: Path) -> yaml.Node | None:
    """The tree of a YAML file; None: it is empty. Unusable names the file, the line, the fault."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Unusable(f"{file}: cannot be read ({error.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise Unusable(f"{file}: longer than {MOST_BYTES} bytes, no list of texts is that long")
    try:
        return compose_tree(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unusable(f"{file}: not UTF-8 text; save it as UTF-8") from None
    except NotYaml as error:
        raise Unusable(f'{file}{error.place}: {error}; a text stands in "quotes"') from None


def children(file: Path, node: yaml.Node | None) -> Iterator[tuple[str, yaml.Node, int]]:
    """Key, node and line of each entry of a map; a key given twice is refused."""
    if not isinstance(node, yaml.MappingNode):
        place = f", line {node.start_mark.line + 1}" if node else ""
        raise Unusable(f'{file}{place}: here must be lines of `key: "text"`')
    seen: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise Unusable(f'{file}, line {line}: here must be a line of `key: "text"`')
        if key.value in seen:
            raise Unusable(
                f"{file}, line {line}: '{key.value}' stands in line {seen[key.value]} already; "
                "remove one of them"
            )
        seen[key.value] = line
        yield key.value, value, line


def read_lines(file: Path, node: yaml.Node | None) -> Lines:
    """The texts of a flat map."""
    lines: Lines = {}
    for key, value, line in children(file, node):
        is_text = isinstance(value, yaml.ScalarNode) and value.tag == "tag:yaml.org,2002:str"
        if not is_text or not value.value.strip():
            raise Unusable(f"{file}, line {line}: text '{key}' is empty or not in \"quotes\"")
        lines[key] = (value.value, line)
    return lines
