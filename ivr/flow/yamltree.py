"""A strict YAML reader for operators' files, with line numbers of faults.

Every value is a text: no word becomes a number, a date or a boolean by itself. Besides invalid
YAML, the reader refuses: a key that is given twice, because one value would be lost silently;
aliases, anchors and merged keys; tags; deep nesting, because reading it takes the square of its
depth; and everything that would be lost silently, such as words after an unquoted ``#`` or letters
after a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

import yaml

from ivr.flow.fields import Unquoted
from ivr.flow.marks import CURLY, named, shown
from ivr.flow.sheet import MOST_BYTES as MOST_BYTES
from ivr.flow.slips import QUOTES, explain, slip_in

MOST_LEVELS = 30
_NUMBER = re.compile(r"[-+]?\.?[0-9][0-9_.,eE+-]*")
_WORD = re.compile(r"[a-z0-9][a-z0-9._-]*")
"""A value after which a comment is allowed: a name or a number, not a sentence."""
_KEPT = re.compile(r'\\(?:[n"/ \n]|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})')
"""Allowed escapes in a text: the new line of a text message, a quotation mark, a slash or space,
the code of a letter, and a line break that joins two lines."""

Place = Sequence[str | int]
"""The path to a part of a document: keys and indexes."""


class NotYaml(ValueError):
    """The fault in words; ``line`` counts from 1; 0: unknown."""

    def __init__(self, problem: str, line: int = 0) -> None:
        super().__init__(problem)
        self.line = line

    @property
    def place(self) -> str:
        """The part after the name of the file: ``, line 3``."""
        return f", line {self.line}" if self.line else ""


def compose_tree(text: str) -> yaml.Node | None:
    """Return the nodes of a document with their lines; None: it is empty. Raise NotYaml."""
    lines = text.split("\n")
    try:
        node = yaml.compose(text, Loader=_Strict)
    except _Slip as error:
        line = shown(lines[min(error.line, len(lines) - 1)])
        raise NotYaml(f"{error.problem}: `{line}`; {error.way}", error.line + 1) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        at, problem = explain(lines, mark.line if mark else 0)
        raise NotYaml(problem, at + 1) from None
    return None if isinstance(node, yaml.ScalarNode) and node.value == "" else node


def plain(node: yaml.Node | None) -> Any:
    """Return a node as maps, lists and texts; an empty node is None."""
    match node:
        case yaml.MappingNode():
            return {key.value: plain(value) for key, value in node.value}
        case yaml.SequenceNode():
            return [plain(each) for each in node.value]
        case yaml.ScalarNode() if node.style is None and _NUMBER.fullmatch(node.value):
            return Unquoted(node.value)
        case yaml.ScalarNode():
            return node.value
    return None


def line_of(node: yaml.Node | None, place: Place) -> int:
    """Return the line (from 1) of a part of a document, or of its parent; 0: unknown."""
    line = 0
    for part in place:
        if isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == part]
            if not found:
                continue  # the name of a kind, or a missing field
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


class _Slip(yaml.YAMLError):
    """The fault of a line (counted from 0) and its correction."""

    def __init__(self, problem: str, line: int, way: str) -> None:
        super().__init__(problem)
        self.problem, self.line, self.way = problem, line, way


class _Strict(yaml.SafeLoader):
    _levels = 0

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.yaml_implicit_resolvers = {}  # every value is a text
        self._text = stream

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        event = cast(Any, self).peek_event()
        line = event.start_mark.line
        mark = ""
        if self.check_event(yaml.AliasEvent):
            mark = "*"
        elif event.anchor is not None:
            mark = "&"
        elif event.tag is not None:
            mark = "!"
        if mark:
            raise _Slip(f"'{mark}' at the beginning has a special meaning here", line, QUOTES)
        if self._levels == MOST_LEVELS:
            raise _Slip("nested too deeply", line, "compare it with the original file")
        self._levels += 1
        try:
            node = cast("yaml.Node | None", cast(Any, super()).compose_node(parent, index))
        finally:
            self._levels -= 1
        if isinstance(node, yaml.ScalarNode):
            self._check_scalar(node)
        if isinstance(node, yaml.MappingNode):
            self._check_keys(node)
        return node

    def _check_scalar(self, node: yaml.ScalarNode) -> None:
        """Refuse a text if a part of it would be lost."""
        line = node.start_mark.line
        written = self._text[node.start_mark.index : node.end_mark.index]
        if node.style is None:
            self._check_plain(node, line)
        elif node.style == '"' and (wrong := re.search(r"\\.", _KEPT.sub("", written), re.DOTALL)):
            taken = shown(wrong.group()[1:])
            raise _Slip(f"a backslash (\\) removes the '{taken}' after it", line, "remove it")
        hidden = next((each for each in node.value if not each.isprintable() and each != "\n"), "")
        if hidden and node.style == '"' and "\\" in written:
            raise _Slip(f"the character {named(hidden)} is not a letter", line, "remove it")
        if node.style in ('"', "'") and re.search(r"\n\s*[\w.-]+:(\s|$)", written):
            raise _Slip("the closing quotation mark is missing", line, "write it after the text")

    def _check_plain(self, node: yaml.ScalarNode, line: int) -> None:
        rest = self._text[node.end_mark.index :].partition("\n")[0].lstrip()
        if not node.value:
            return
        if node.end_mark.line > line:
            self._look_at(line)
            raise _Slip("the text continues in the next line without quotes", line, QUOTES)
        if rest.startswith("#") and not _WORD.fullmatch(node.value):
            way = f"{QUOTES}, or put the comment on a line of its own"
            raise _Slip("the text after # is not read", line, way)
        if node.value.count('"') % 2:
            raise _Slip("a quotation mark has no partner", line, QUOTES)
        if node.value[0] in CURLY or node.value[-1] in "“”„":
            mark = next(each for each in node.value if each in CURLY)
            way = 'write straight ones (")'
            raise _Slip(f"the quotation mark {mark} comes from Word", line, way)

    def _check_keys(self, node: yaml.MappingNode) -> None:
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line
            name = getattr(key, "value", None)
            if not isinstance(name, str) or name in ("", "<<"):
                raise _Slip("a key must be a word", line, 'write `name: "text"`')
            if " " in name:
                self._look_at(line)
            if name in seen:
                both = f"here and in line {seen[name] + 1}"
                raise _Slip(f"'{shown(name)}' is given twice, {both}", line, "remove one of them")
            seen[name] = line
            if isinstance(value, yaml.ScalarNode) and value.style is None and not value.value:
                if node.flow_style and ":" in name:
                    raise _Slip("a value that begins with '{' is not a text here", line, QUOTES)
                way = "write it after the colon and a space; put a value with a comma in quotes"
                raise _Slip(f"'{shown(name)}' has no value", line, way)

    def _look_at(self, line: int) -> None:
        """Refuse a line that is certainly wrong."""
        if found := slip_in(self._text.split("\n")[line]):
            problem, _, way = found.partition("; ")
            raise _Slip(problem, line, way)
