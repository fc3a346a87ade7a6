"""YAML of operators, read without surprises: what a document may hold, and where it is wrong.

Refused besides what is no YAML: a key that is given twice, of which one would be lost without a
word; aliases and merged keys, with which a few lines grow without bound where the library is older
than 6.0.4; levels within levels, whose reading takes the square of their number; tags; numbers
longer than any is; numbers and dates that are none, where the library raises errors of any kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import yaml

MOST_BYTES = 1_000_000
"""Of a file: no flow, catalogue or list of news is that long."""
MOST_LEVELS = 30
LONGEST_PROBLEM = 200
LONGEST_PLAIN = 100
"""Letters of a number or a date."""
_TAG = "tag:yaml.org,2002:"
_TEXT, _MERGE = f"{_TAG}str", f"{_TAG}merge"
_PLAIN = ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
_KINDS: Mapping[type[yaml.Node], frozenset[str]] = {
    yaml.ScalarNode: frozenset(f"{_TAG}{name}" for name in _PLAIN),
    yaml.SequenceNode: frozenset({f"{_TAG}seq"}),
    yaml.MappingNode: frozenset({f"{_TAG}map"}),
}
"""What a node may be made into; other tags, as !!set and !!binary, are none of these files'."""


class NotYaml(ValueError):
    """What is wrong, in words; ``line`` counts from 1, 0 where it is not known."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.line = line

    @property
    def place(self) -> str:
        """What stands behind the name of the file: ``, line 3``."""
        return f", line {self.line}" if self.line else ""


def read_tree(text: str) -> Any:
    """What a document holds. NotYaml: it cannot be read."""
    with _told():
        return yaml.load(text, Loader=_Strict)  # noqa: S506  a SafeLoader


def compose_tree(text: str) -> yaml.Node | None:
    """The nodes of a document, which know their lines; None: it is empty. NotYaml as above."""
    with _told():
        return yaml.compose(text, Loader=_Strict)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise NotYaml(str(problem)[:LONGEST_PROBLEM], mark.line + 1 if mark else 0) from None


class _Strict(yaml.SafeLoader):
    _levels = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = cast(Any, self).peek_event()
            raise _wrong("aliases (*name) are not used here", event.start_mark)
        if self._levels == MOST_LEVELS:
            raise _wrong("nested too deeply", cast(Any, self).peek_event().start_mark)
        self._levels += 1
        try:
            node = cast("yaml.Node | None", cast(Any, super()).compose_node(parent, index))
        finally:
            self._levels -= 1
        if node is not None and node.tag not in _KINDS[type(node)]:
            raise _wrong("tags (!name) are not used here", node.start_mark)
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            name = getattr(key, "value", None)
            if not isinstance(name, str) or key.tag == _MERGE:
                raise _wrong("a key must be a word", key.start_mark)
            if name in seen:
                raise _wrong(f"'{name}' is given twice", key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        is_plain = isinstance(node, yaml.ScalarNode) and node.tag != _TEXT
        if is_plain and len(node.value) > LONGEST_PLAIN:
            raise _wrong("a number or date is too long", node.start_mark)
        try:
            return cast(Any, super()).construct_object(node, deep)
        except (ValueError, LookupError, AttributeError, ArithmeticError, TypeError):
            raise _wrong("this cannot be read as what it looks like", node.start_mark) from None


def _wrong(problem: str, mark: yaml.Mark) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)
