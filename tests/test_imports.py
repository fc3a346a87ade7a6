"""Imports point one way: adapters → care, content, speech → flow → ports → domain."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from ivr.settings import PROJECT
from tests.table import each

CORE = {"domain", "ports", "errors"}
MIDDLE = {"care", "contacts", "content", "flow", "metrics", "speech", "staff"} | CORE
MAY: dict[str, set[str]] = {
    "errors": set(),
    "domain": {"errors"},
    "ports": CORE,
    "flow": CORE,
    "metrics": CORE,
    "care": {"flow", "metrics", "speech", "staff"} | CORE,
    "speech": {"flow", "system"} | CORE,
    "contacts": {"care", "flow", "metrics", "staff"} | CORE,
    "content": MIDDLE,
    "staff": {"care"} | CORE,
    "network": {"system"} | MIDDLE,
    "sheet": CORE,
    "store": {"sheet", "system"} | MIDDLE,
    "telephony": {"settings", "supervision", "system"} | MIDDLE,
    "web": {"staff"} | MIDDLE,
    "paper": MIDDLE,
    "log": {"system"} | CORE,
    "system": {"errors"},
    "settings": {"system", "errors"},
    "supervision": {"settings", "system"} | CORE,
    "simulators": {"network"} | MIDDLE,
    "softphone": {"settings", "system"} | MIDDLE,
    "testing": {"network", "settings"} | MIDDLE,
}
"""Rooms, and what each may import besides itself."""
SEES_EVERYTHING = {"wiring", "processes", "commands", "__main__", "__init__"}
"""``__main__`` is the command; ``__init__`` has the version."""
FOR_TRYING: dict[str, set[str]] = {
    "simulators": {"ivr/processes/up.py", "ivr/processes/network.py"},
    "softphone": {"ivr/commands/call.py"},
    "testing": set(),
}
"""Rooms for trying the line out and for tests, and the only modules outside of them that import
them."""
PRODUCTION = ("line", "line_worker", "line_health", "orders", "messages", "desk", "health")
"""Processes of production: whatever they import, it is none of FOR_TRYING."""
PURE = {"flow": {"pydantic", "yaml"}, "domain": set(), "ports": set()}
"""Rooms that may import the standard library and these only."""
KEPT = {
    "asterisk.agi": {"ivr/telephony/agi.py"},
    "asterisk.ami": {"ivr/telephony/ami.py"},
    "smpplib": {"ivr/network/smpp.py", "ivr/network/link.py"},
}
"""Libraries that one module hides from all others."""
FILES = sorted((PROJECT / "ivr").rglob("*.py"))
MOST_LINES = 300
"""Lines of a module, of the tests too."""


def imported(source: str) -> Iterator[str]:
    """Modules that a source imports, those under TYPE_CHECKING and in functions too."""
    return _imported_by(ast.walk(ast.parse(source)))


def imported_at_once(source: str) -> Iterator[str]:
    """Those of the module itself, also under TYPE_CHECKING, and not those of its functions."""
    return _imported_by(_outside_of_functions(ast.parse(source)))


def _outside_of_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _outside_of_functions(child)


def _imported_by(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from (f"{module}.{name.name}" for name in names)
            case ast.ImportFrom():
                yield "a relative import"


def broken(file: str, source: str) -> list[str]:
    """What a file imports against the law."""
    room = file.split("/")[1].removesuffix(".py")
    return [module for module in imported(source) if not _allowed(file, room, module)]


def _allowed(file: str, room: str, module: str) -> bool:
    if " " in module:
        return False
    for library, files in KEPT.items():
        if f"{module}.".startswith(f"{library}."):
            return file in files
    top, _, rest = module.partition(".")
    if top != "ivr":
        return room not in PURE or top in sys.stdlib_module_names | PURE[room]
    other = rest.partition(".")[0]
    if other in FOR_TRYING and other != room:
        return file in FOR_TRYING[other]
    return room in SEES_EVERYTHING or other in MAY[room] | {room}


def module_of(file: Path) -> str:
    """A file's module: ``ivr.store`` for ``ivr/store/__init__.py``."""
    parts = file.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


@cache
def graph(*, is_lazy_too: bool) -> Mapping[str, frozenset[str]]:
    """What each module of ours imports of ours."""
    find = imported if is_lazy_too else imported_at_once
    return {
        module: frozenset(_modules(find(file.read_text("utf-8")))) - {module}
        for module, file in MODULES.items()
    }


def _modules(names: Iterable[str]) -> Iterator[str]:
    """The modules that are meant: ``ivr.store.Store`` is something in ``ivr.store``."""
    for name in names:
        if name in MODULES:
            yield name
        elif (parent := name.rpartition(".")[0]) in MODULES:
            yield parent


def reached(module: str) -> frozenset[str]:
    """All modules that a module imports, directly or not, in functions too."""
    found, left = set[str](), [module]
    while left:
        new = graph(is_lazy_too=True)[left.pop()] - found
        found |= new
        left += new
    return frozenset(found)


@pytest.mark.parametrize("process", PRODUCTION)
def test_no_process_of_production_loads_what_is_for_trying(process: str) -> None:
    found = reached(f"ivr.processes.{process}")
    assert "ivr.settings" in found
    assert [
        each for each in found if each.startswith(tuple(f"ivr.{room}" for room in FOR_TRYING))
    ] == []


def test_the_simulators_are_found_where_they_are_used() -> None:
    assert "ivr.simulators.smsc" in reached("ivr.processes.up")


def test_imports_make_no_circle() -> None:
    try:
        TopologicalSorter(graph(is_lazy_too=False)).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' → '.join(error.args[1])}")


def test_no_module_is_too_long() -> None:
    lines = {
        file.relative_to(PROJECT).as_posix(): len(file.read_text("utf-8").splitlines())
        for file in [*FILES, *(PROJECT / "tests").rglob("*.py")]
    }
    assert "ivr/flow/dialogue.py" in lines
    assert {file: count for file, count in lines.items() if count > MOST_LINES} == {}


@each("path", FILES)
def test_imports_of_a_module_keep_the_law(path: Path) -> None:
    file = path.relative_to(PROJECT).as_posix()
    assert broken(file, path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("ivr/flow/engine.py", "import sqlalchemy"),
        ("ivr/flow/engine.py", "from ivr.care.orders import OrderWorker"),
        ("ivr/flow/engine.py", "from ivr import wiring"),
        ("ivr/flow/engine.py", "def run() -> None:\n    import ivr.store"),
        ("ivr/flow/engine.py", "from . import document"),
        ("ivr/care/orders.py", "from ivr.store.orders import Orders"),
        ("ivr/care/orders.py", "from ivr.settings import Settings"),
        ("ivr/speech/voice.py", "import ivr.telephony.agi"),
        ("ivr/store/orders.py", "from ivr.telephony.ami import AmiLink"),
        ("ivr/telephony/call_handler.py", "from ivr.store import Store"),
        ("ivr/telephony/call_handler.py", "from asterisk.agi import AGI"),
        ("ivr/wiring/container.py", "from asterisk import ami"),
        ("ivr/domain/call.py", "from ivr.ports.clock import Clock"),
        ("ivr/domain/values.py", "import pydantic"),
        ("ivr/wiring/messaging.py", "from ivr.simulators.smsc import SmscSimulator"),
        ("ivr/processes/orders.py", "def run() -> None:\n    from ivr.simulators import network"),
        ("ivr/commands/say.py", "from ivr.softphone.phone import Phone"),
        ("ivr/processes/line.py", "from ivr.testing.clock import FakeClock"),
        ("ivr/softphone/prompt_listener.py", "from ivr.testing.clock import FakeClock"),
        ("ivr/commands/flow.py", "from ivr.testing.dial import dial"),
    ],
)
def test_an_import_against_the_law_is_seen(file: str, line: str) -> None:
    assert len(broken(file, line)) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("ivr/flow/engine.py", "import yaml\nfrom collections import deque"),
        ("ivr/store/orders.py", "from ivr.care.settlement import FINAL\nimport sqlalchemy"),
        (
            "ivr/telephony/call_handler.py",
            "from ivr.flow.engine import run\nimport ivr.telephony.agi",
        ),
        ("ivr/telephony/agi.py", "from asterisk.agi import AGI"),
        ("ivr/commands/up.py", "from ivr import wiring, store"),
        ("ivr/processes/network.py", "from ivr.simulators.smsc import SmscSimulator"),
    ],
)
def test_an_import_within_the_law_passes(file: str, line: str) -> None:
    assert broken(file, line) == []
