"""A flow: one document of nodes with readable ids. Reading refuses a document with any fault."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.flow.invalid import Details, fields, first_of, problem
from ivr.flow.marks import hint, shown
from ivr.flow.migrations import migrate
from ivr.flow.nodes import AgentQueue, AnyNode, Choice, Identify, LanguageChoice, Menu, NodeId, Say
from ivr.flow.nodes.agent import Week
from ivr.flow.sheet import read_sheet
from ivr.flow.yamltree import NotYaml, compose_tree, line_of, plain

MOST_NODES = 500


class Flow(BaseModel):
    """A dialogue document. Build one with ``read_flow`` or ``parse_flow``, which check it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=5)]
    """Languages in the order of their keys in the language menu."""
    start: NodeId
    main: NodeId
    """The main menu, to which key 1 leads after an answer."""
    identification: NodeId
    agent: NodeId
    """The node to which key 0 leads from everywhere."""
    nodes: Annotated[dict[NodeId, AnyNode], Field(min_length=1, max_length=MOST_NODES)]

    def links(self, node: str) -> Mapping[str, str]:
        """Return the exits of a node: name → id of the next node."""
        return self.nodes[node].exits()

    @property
    def topics(self) -> tuple[str, ...]:
        """Return the topics for which callers may ask for an agent."""
        said = (node for node in self.nodes.values() if isinstance(node, Say))
        return tuple(dict.fromkeys(node.topic for node in said if node.topic))

    def reachable(self) -> set[str]:
        """Return the ids of the nodes that a caller can reach."""
        seen: set[str] = set()
        waiting = [self.start, self.main, self.identification, self.agent]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(self.links(node).values())
        return seen


def parse_flow(data: object, source: str = "flow", tree: yaml.Node | None = None) -> Flow:
    """Make a flow from parsed YAML or JSON of any format; ``tree`` has the line numbers.

    Raise FlowBroken with the node and its fault.
    """
    if strange := _no_flow(data):
        raise FlowBroken(
            f"{source}: this is not a menu file: {strange}; a menu file has"
            f" {_listed(Flow.model_fields)}, like prompts/0890.yaml"
        )
    assert isinstance(data, dict)
    try:
        flow = Flow.model_validate(migrate(data, source))
    except ValidationError as error:
        first = first_of(error.errors())
        line = line_of(tree, first["loc"])
        source = f"{source}, line {line}" if line else source
        raise FlowBroken(f"{source}: {_first(first)}") from None
    for broken in _broken_links(flow):
        raise FlowBroken(f"{source}: {broken}")
    return flow


def read_flow(path: Path) -> Flow:
    """Read and check a flow file. Raise FlowBroken with the file, line or node, and the fault."""
    try:
        tree = compose_tree(read_sheet(path).text)
    except Unusable as error:
        raise FlowBroken(str(error)) from None
    except NotYaml as error:
        raise FlowBroken(f"{path}{error.place}: {error}") from None
    return parse_flow(plain(tree), str(path), tree)


def _no_flow(data: object) -> str:
    """Say what a document is if it is not a flow at all; empty: it may be a flow."""
    match data:
        case None:
            return "it is empty"
        case str():
            return "it is text"
        case list() | tuple():
            return "it is a list"
        case dict() if not data.keys() & Flow.model_fields.keys():
            texts = sum(isinstance(value, str) for value in data.values())
            kind = ", it seems to be a file of texts" if texts > len(data) / 2 else ""
            return f"it has none of the names of a menu file{kind}"
        case dict():
            return ""
    return "it has no menus"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}:`" for name in names)


def _first(first: Details) -> str:
    """Return one sentence about the first fault: where it is, then what it is."""
    where = _words(first["loc"])
    place = ""
    if where[:1] == ["nodes"] and len(where) > 1:
        place = f"node '{where[1]}': "
        where = [part for part in where[2:] if part not in _KINDS]
    name = ".".join(part for part in where if part != "[key]")
    match first["type"]:
        case "union_tag_not_found":
            what = "'kind' is missing"
        case "union_tag_invalid":
            kind = str(first["ctx"]["tag"])
            what = f"kind '{shown(kind)}' is not one of {', '.join(sorted(_KINDS))}"
            what += f"; {more}" if (more := hint(kind)) else ""
        case _:
            what = problem(first, name, _FIELDS)
    return place + what


def _words(place: Iterable[int | str]) -> list[str]:
    """Return a position in words. Choices are counted from 1, like their keys."""
    words: list[str] = []
    for part in place:
        if isinstance(part, int):
            of = words.pop() if words else "number"
            words.append(f"{'choice' if of == 'choices' else of} {part + 1}")
        else:
            words.append(part)
    return words


def _broken_links(flow: Flow) -> Iterable[str]:
    for role in ("start", "main", "identification", "agent"):
        if getattr(flow, role) not in flow.nodes:
            yield f"{role}: there is no node '{getattr(flow, role)}'"
            return
    if len(set(flow.languages)) != len(flow.languages):
        yield "languages: one is given twice"
    for id, node in flow.nodes.items():
        for name, target in node.exits().items():
            if target not in flow.nodes:
                way = f"choice {name}" if name.isdigit() else f"'{name}'"
                yield f"node '{id}': {way} leads to '{target}', which does not exist"
    if not isinstance(flow.nodes[flow.agent], AgentQueue):
        yield f"agent: node '{flow.agent}' is not of kind agent"
    if not isinstance(flow.nodes[flow.identification], Identify):
        yield f"identification: node '{flow.identification}' is not of kind identify"
    if not isinstance(flow.nodes[flow.main], Menu):
        yield f"main: node '{flow.main}' is not of kind menu"
    if len(flow.languages) > 1 and not isinstance(flow.nodes[flow.start], LanguageChoice):
        yield f"start: node '{flow.start}' does not ask for the language"
    for id in flow.nodes.keys() - flow.reachable():
        yield f"node '{id}': no node leads to it"


_KINDS = frozenset(
    kind
    for node in AnyNode.__origin__.__args__  # type: ignore[attr-defined]
    for kind in node.model_fields["kind"].annotation.__args__
)
_FIELDS = tuple(fields(Flow, Choice, Week, *AnyNode.__origin__.__args__))  # type: ignore[attr-defined]
