"""Which texts are said in which menu: for reading them in order, and for counting recordings."""

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
    """The texts of a menu and of what it leads to, in the order of the flow."""

    menu: str
    """The node's id; ``everywhere``: said in every menu; ``others``: names, news, tariffs."""
    branch: str
    """The choice of the main menu that it belongs to."""
    keys: list[str] = field(default_factory=list)


def menus(flow: Flow, texts: Texts) -> list[MenuTexts]:
    """The menus of a flow, each with all that is said in it; every text that is said is in one."""
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
    """The menus from a node on, those under it behind it."""
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
    """Add what a node says, and what follows it up to the next menu."""
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
