"""How tests share processes.

Tests of the line run in a few groups, each in one process, which starts the line that its tests
call. They wait more than they compute. The other tests run beside them, a file at a time.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import structlog
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from ivr.domain.values import Language

# The same examples in every run, and no test that fails because the machine is busy.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
# Now and then by hand: `pytest --hypothesis-profile=deep tests/speech`.
settings.register_profile("deep", max_examples=10_000, deadline=None, database=None)
settings.load_profile("steady")

# The installation of who runs the tests is none of theirs.
for name in [name for name in os.environ if name.startswith("IVR_") and name != "IVR_RUNTIME"]:
    del os.environ[name]

_configure = structlog.configure


def _uncached(**options: Any) -> None:
    """Loggers that are made while a test has logging set up would keep it for all tests behind."""
    _configure(**{**options, "cache_logger_on_first_use": False})


structlog.configure = _uncached  # type: ignore[assignment]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Logging that a test sets up, as each command does, is its own."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    if root.handlers is not handlers:
        root.handlers = [each for each in handlers if not hasattr(each, "reset")]  # pytest's own
        root.setLevel(level)
    structlog.reset_defaults()


TESTS = Path(__file__).parent
LINE = "e2e/"
WIRE = (LINE, "telephony/asterisk/", "softphone/test_phone.py", "runtime/test_starting.py")
"""Tests that need a real Asterisk, by the beginning of their path."""
WIRE_SECONDS = 120
LINES = {
    "agents": ("agents", "declining", "fax", "forwarding", "up", "workers"),
    "items": ("ends", "items", "keys", "media", "messages", "money", "network", "refusals"),
}
"""Groups of the tests of the line, which take about as long: the beginnings of their files' names
after ``test_``. Each group starts a line of its own; files in no group are the third."""
LANGUAGES = list(Language)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the line first, since they take longest.

    A test of the line that is there for every language is for one of them in `make test`: its
    name says for which, so that the languages take turns. The others are nightly.
    """
    items.sort(key=lambda item: not _path(item).startswith(LINE))
    for item in items:
        path = _path(item)
        if not path.startswith(WIRE):
            continue
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(WIRE_SECONDS))
        language = _language(item)
        if language and language is not LANGUAGES[crc32(_name(item).encode()) % len(LANGUAGES)]:
            item.add_marker(pytest.mark.nightly)


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Gives a process a group of the tests of the line, or the tests of one file.

    ``--dist loadgroup`` would do the same by marks; pytest-xdist 3.8 has no groups with pytest 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("tests/")
        if file.startswith(LINE):
            name = file.removeprefix(f"{LINE}test_")
            return next((group for group, names in LINES.items() if name.startswith(names)), LINE)
        return "browser" if file.startswith("browser/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Groups | None:
    """Use the groups where files are wanted whole (`make test`)."""
    return Groups(config, log) if config.option.dist == "loadscope" else None


def _path(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def _name(item: pytest.Item) -> str:
    """Of the test, whatever it is given."""
    return f"{_path(item)}::{item.name.partition('[')[0]}"


def _language(item: pytest.Item) -> Language | None:
    """The one that the fixture ``language`` of tests/e2e gives, if the test is for each."""
    if not _path(item).startswith("e2e/") or not hasattr(item, "callspec"):
        return None
    if any("language" in mark.args[0] for mark in item.iter_markers("parametrize")):
        return None  # it has chosen its languages itself
    language: Language | None = item.callspec.params.get("language")
    return language
