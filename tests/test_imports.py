"""Imports point one way: adapters → care, content, speech → flow → ports → domain."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.settings import PROJECT
from tests.table import each

CORE = {"domain", "ports", "errors"}
MIDDLE = {"care", "content", "flow", "metrics", "speech"} | CORE
MAY: dict[str, set[str]] = {
    "errors": set(),
    "domain": {"errors"},
    "ports": CORE,
    "flow": CORE,
    "metrics": CORE,
    "care": {"flow", "metrics"} | CORE,
    "speech": {"flow", "system"} | CORE,
    "content": {"wiring"} | MIDDLE,
    "network": MIDDLE,
    "sheet": CORE,
    "store": {"sheet", "system"} | MIDDLE,
    "telephony": {"settings", "supervision", "system"} | MIDDLE,
    "web": MIDDLE,
    "paper": MIDDLE,
    "log": {"system"} | CORE,
    "system": {"errors"},
    "settings": {"system", "errors"},
    "supervision": {"settings", "system"} | CORE,
    "simulators": {"network"} | MIDDLE,
    "softphone": {"settings", "system"} | MIDDLE,
    "testing": {"network", "settings"} | MIDDLE,
    "aside": CORE,
}
"""Rooms, and what each may import besides itself."""
SEES_EVERYTHING = {"wiring", "processes", "commands", "__main__", "__init__"}
"""``__main__`` is the command; ``__init__`` has the version."""
FOR_TRYING = {"simulators", "softphone", "testing"}
"""Rooms that only these import: processes, commands, and each other."""
PURE = {"flow": {"pydantic", "yaml"}, "domain": set(), "ports": set()}
"""Rooms that may import the standard library and these only."""
KEPT = {
    "asterisk.agi": {"ivr/telephony/agi.py"},
    "asterisk.ami": {"ivr/telephony/ami.py"},
    "smpplib": {"ivr/network/smpp.py", "ivr/network/link.py"},
}
"""Libraries that one module hides from all others."""
FILES = sorted((PROJECT / "ivr").rglob("*.py"))


def imported(source: str) -> Iterator[str]:
    """Modules that a source imports, those under TYPE_CHECKING and in functions too."""
    for node in ast.walk(ast.parse(source)):
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
    return room in SEES_EVERYTHING or rest.partition(".")[0] in MAY[room] | {room}


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
        ("ivr/telephony/line.py", "from ivr.store import Store"),
        ("ivr/telephony/line.py", "from asterisk.agi import AGI"),
        ("ivr/wiring/container.py", "from asterisk import ami"),
        ("ivr/domain/call.py", "from ivr.ports.clock import Clock"),
        ("ivr/domain/values.py", "import pydantic"),
    ],
)
def test_an_import_against_the_law_is_seen(file: str, line: str) -> None:
    assert len(broken(file, line)) == 1


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("ivr/flow/engine.py", "import yaml\nfrom collections import deque"),
        ("ivr/store/orders.py", "from ivr.care.orders import FINAL\nimport sqlalchemy"),
        ("ivr/telephony/line.py", "from ivr.flow.engine import run\nimport ivr.telephony.agi"),
        ("ivr/telephony/agi.py", "from asterisk.agi import AGI"),
        ("ivr/commands/up.py", "from ivr import wiring, store"),
    ],
)
def test_an_import_within_the_law_passes(file: str, line: str) -> None:
    assert broken(file, line) == []
