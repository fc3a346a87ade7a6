"""Group the texts by menu, for the reading script and for recording statistics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivr.flow.document import Flow
from ivr.flow.nodes import Menu
from ivr.flow.review import DIALOGUE_TEXTS, DIALPLAN_TEXTS
from ivr.speech.texts import WRITTEN, Texts

EVERYWHERE, OTHERS = "everywhere", "others"


@dataclass
class MenuTexts:
    """The texts of a menu and of the nodes that it leads to, in the order of the flow."""

    menu: str
    """The node's id; ``everywhere``: texts of every menu; ``others``: names, news, tariffs."""
    branch: str
    """The main menu's choice that leads to this menu."""
    keys: list[str] = field(default_factory=list)


def menus(flow: Flow, texts: Texts) -> list[MenuTexts]:
    """Return the menus of a flow, each with all its texts; every spoken text is in one of them."""
    seen: set[str] = set()
    found: list[MenuTexts] = []
    roots = (flow.start, flow.main, flow.identification, flow.agent)
    for root in roots:
        branch = flow.main if root == flow.start else root
        found.extend(_branch(flow, root, branch, seen, frozenset(roots) - {root}))
    found.append(MenuTexts(EVERYWHERE, EVERYWHERE, [*DIALOGUE_TEXTS, *DIALPLAN_TEXTS]))
    named = {key for entry in found for key in entry.keys}
    rest = [key for key in texts.keys if key not in named]
    found.append(MenuTexts(OTHERS, EVERYWHERE, rest))
    known = frozenset(texts.keys)
    for entry in found:
        entry.keys = [
            key for key in dict.fromkeys(entry.keys) if key in known and not key.startswith(WRITTEN)
        ]
    return [entry for entry in found if entry.keys]


def _branch(
    flow: Flow, id: str, branch: str, seen: set[str], roots: frozenset[str]
) -> Iterator[MenuTexts]:
    """Yield the menus from a node on, each before its submenus."""
    here = MenuTexts(id, branch)
    below: list[str] = []
    _gather(flow, id, here, below, seen, roots)
    yield here
    for menu in below:
        if menu not in seen:
            yield from _branch(flow, menu, menu if id == flow.main else branch, seen, roots)


def _gather(
    flow: Flow, id: str, entry: MenuTexts, below: list[str], seen: set[str], roots: frozenset[str]
) -> None:
    """Add the texts of a node and of the nodes after it, up to the next menu."""
    if id in seen or id in roots:
        return
    node = flow.nodes[id]
    if isinstance(node, Menu) and id != entry.menu:
        below.append(id)
        return
    seen.add(id)
    entry.keys.extend(node.prompts())
    targets: Mapping[str, str] = node.exits()
    for target in targets.values():
        _gather(flow, target, entry, below, seen, roots)
