"""A flow: one document of nodes by readable id, refused when read if anything in it is broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ivr.errors import FlowBroken
from ivr.flow.nodes import AgentQueue, AnyNode, Identify, LanguageChoice, Menu, NodeId, Say
from ivr.flow.yamltree import MOST_BYTES, NotYaml, read_tree
from ivr.values import Language

MOST_NODES = 500


class Flow(BaseModel):
    """A dialogue document. Build one with ``read_flow`` or ``parse_flow``, which check it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=5)]
    """In the order of their keys in the language menu."""
    start: NodeId
    main: NodeId
    """The main menu: where "1" leads after an answer."""
    identification: NodeId
    agent: NodeId
    """Where 0 leads from everywhere."""
    nodes: Annotated[dict[NodeId, AnyNode], Field(min_length=1, max_length=MOST_NODES)]

    def links(self, node: str) -> Mapping[str, str]:
        """The exits of a node: name → id of the next node."""
        return self.nodes[node].exits()

    @property
    def topics(self) -> tuple[str, ...]:
        """What callers may want to talk about with agents who know it."""
        said = (node for node in self.nodes.values() if isinstance(node, Say))
        return tuple(dict.fromkeys(node.topic for node in said if node.topic))

    def reachable(self) -> set[str]:
        """Ids of the nodes that a caller can come to."""
        seen: set[str] = set()
        waiting = [self.start, self.main, self.identification, self.agent]
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(self.links(node).values())
        return seen


def parse_flow(data: object, source: str = "flow") -> Flow:
    """Make a flow of parsed YAML or JSON. FlowBroken names the node that is wrong and how."""
    try:
        flow = Flow.model_validate(data)
    except ValidationError as error:
        raise FlowBroken(f"{source}: {_first(error)}") from None
    for problem in _broken_links(flow):
        raise FlowBroken(f"{source}: {problem}")
    return flow


def read_flow(path: Path) -> Flow:
    """Read and check a flow file. FlowBroken names file, line or node, and what is wrong."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise FlowBroken(f"{path}: cannot be read ({error.strerror})") from None
    if len(raw) > MOST_BYTES:
        raise FlowBroken(f"{path}: longer than {MOST_BYTES} bytes, no flow is that long")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise FlowBroken(f"{path}: not UTF-8 text (byte {error.start})") from None
    try:
        data = read_tree(text)
    except NotYaml as error:
        raise FlowBroken(f"{path}{error.place}: {error}") from None
    return parse_flow(data, str(path))


def _first(error: ValidationError) -> str:
    """One sentence about the first thing that is wrong: where, then what."""
    first = error.errors()[0]
    where = _words(first["loc"])
    place = ""
    if where[:1] == ["nodes"] and len(where) > 1:
        place = f"node '{where[1]}': "
        where = [part for part in where[2:] if part not in _KINDS]
    name = ".".join(part for part in where if part != "[key]")
    match first["type"]:
        case "extra_forbidden":
            what = f"'{name}' is not known here"
        case "missing":
            what = f"'{name}' is missing"
        case "too_long":
            what = f"{name}: {first['ctx']['actual_length']} are too many, "
            what += f"{first['ctx']['max_length']} are the most"
        case "union_tag_not_found":
            what = "'kind' is missing"
        case "union_tag_invalid":
            what = f"kind '{first['ctx']['tag']}' is not one of {', '.join(sorted(_KINDS))}"
        case "string_pattern_mismatch":
            what = f"'{first['input']}' is not a name of small letters, digits and hyphens"
            what = f"{name}: {what}" if name else what
        case _:
            what = f"{name}: {first['msg']}" if name else str(first["msg"])
    return place + what


def _words(place: Iterable[int | str]) -> list[str]:
    """A place in words; choices are counted from 1, as their keys are."""
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
        yield f"node '{id}': no way leads to it"


_KINDS = frozenset(
    kind
    for node in AnyNode.__origin__.__args__  # type: ignore[attr-defined]
    for kind in node.model_fields["kind"].annotation.__args__
)
