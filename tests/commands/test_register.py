"""The commands are found by name, and `ivr` starts without what it does not need."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivr.__main__ import app
from ivr.commands.register import COMMANDS, load
from ivr.settings import PROJECT

LOADED = """
import gc
import sys
before = set(sys.modules)
from ivr.__main__ import main
sys.argv = ["ivr", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code
assert gc.isenabled() == ("--help" not in sys.argv)
print(*sys.modules.keys() - before, file=sys.stderr)
"""
HELP = {
    *("ivr", "ivr.__main__", "ivr.commands", "ivr.commands.printing", "ivr.commands.register"),
    *(
        "ivr.domain",
        "ivr.errors",
        "ivr.log",
        "ivr.system",
        "ivr.system.hardening",
        "ivr.system.printable",
        "ivr.domain.values",
    ),
}
HELP_LIBRARIES = {
    *("annotated_doc", "greenlet", "markdown_it", "mdurl", "pygments", "rich", "shellingham"),
    *("structlog", "typer"),
}
CALLS = {
    *(
        "ivr.domain.actor",
        "ivr.domain.call",
        "ivr.system.checks",
        "ivr.system.clock",
        "ivr.commands.records",
        "ivr.commands.tables",
        "ivr.commands.times",
    ),
    *(
        "ivr.system.filemodes",
        "ivr.wiring",
        "ivr.wiring.installation",
        "ivr.system.node",
        "ivr.system.secretfiles",
        "ivr.settings",
    ),
    *("ivr.domain.audit", "ivr.domain.journal", "ivr.domain.paging"),
    *("ivr.ports", "ivr.ports.audit", "ivr.ports.clock", "ivr.ports.journal", "ivr.ports.lists"),
    *("ivr.store", "ivr.store.actors", "ivr.store.audit", "ivr.store.call_tables"),
    *("ivr.store.columns", "ivr.store.database", "ivr.store.fingerprint"),
    *("ivr.store.journal", "ivr.store.migrations", "ivr.store.upsert", "ivr.store.snapshots"),
    *("ivr.store.paging", "ivr.store.staff_tables", "ivr.domain.rights"),
    *("ivr.store.encryption", "ivr.store.tables", "ivr.system.breaker"),
}
CALLS_LIBRARIES = {
    *("annotated_types", "cryptography", "cython_runtime", "dotenv", "pydantic", "pydantic_core"),
    *("pydantic_settings", "sqlalchemy", "typing_extensions", "typing_inspection", "tzdata"),
}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "IVR_HOME": str(tmp_path), "IVR_PEPPER": secrets.token_hex()}


def imported(environment: dict[str, str], *words: str) -> set[str]:
    """The modules that a command imports."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED, *words],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.splitlines()[-1].split())


def of_ours(modules: set[str]) -> set[str]:
    return {module for module in modules if module.partition(".")[0] == "ivr"}


def libraries(modules: set[str]) -> set[str]:
    tops = {module.partition(".")[0] for module in modules} - sys.stdlib_module_names
    return {top for top in tops if not top.startswith("_")} - {"ivr"}


def test_help_imports_no_command_and_few_libraries(environment: dict[str, str]) -> None:
    modules = imported(environment, "--help")
    assert of_ours(modules) == HELP
    assert libraries(modules) <= HELP_LIBRARIES


def test_calls_imports_the_journal_and_no_other_part(environment: dict[str, str]) -> None:
    imported(environment, "calls", "--json")  # makes the database, which takes alembic
    modules = imported(environment, "calls", "--json")
    assert of_ours(modules) <= HELP | CALLS
    assert libraries(modules) <= HELP_LIBRARIES | CALLS_LIBRARIES


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_the_list_what_its_own_help_says(name: str) -> None:
    own = " ".join(load(name).help.split("\n\n")[0].split())
    assert COMMANDS[name].help == own


def test_the_list_has_every_command_but_the_hidden_ones() -> None:
    said = CliRunner().invoke(app, ["--help"], terminal_width=200).output
    hidden = {name for name, command in COMMANDS.items() if command.is_hidden}
    assert hidden == {"line-worker", "line-health"}
    for name in COMMANDS:
        assert (f" {name} " in said) == (name not in hidden)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["calls", "--help"], "The journal of calls"),
        (["orders", "list", "--help"], "The orders and their states"),
        (["codeword", "set", "--help"], "Set a subscriber's code word"),
        (["cals"], "Did you mean 'calls'"),
    ],
)
def test_words_lead_to_a_command(words: list[str], said: str) -> None:
    assert said in CliRunner().invoke(app, words, terminal_width=200).output
