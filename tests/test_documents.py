"""Settings and commands that documents name are there; decisions are short and in the index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from ivr.care.catalogue import CatalogueService
from ivr.commands.register import COMMANDS, load
from ivr.flow.nodes import AnyNode
from ivr.settings import PROJECT, Settings
from ivr.speech.forms import Kind
from tests.table import each

PAGES = [
    page
    for folder in (".", "docs", "docs/decisions")
    for page in sorted((PROJECT / folder).glob("*.md"))
    if page.name != "CHANGELOG.md"  # it names what earlier versions had
]
SETTINGS = {f"IVR_{name.upper()}" for name in Settings.model_fields}
OTHERS = {
    "IVR_FRONT",  # of an earlier version: docs/operations.md says what an upgrade removes
    "IVR_MOST",  # a variable of Asterisk that decision 38 rejects
    "IVR_PROOF",  # a channel variable
}
SETTING = re.compile(r"\bIVR_[A-Z_]*[A-Z]\b(?!_)")
INLINE = re.compile(r"`([^`]+)`")
COMMAND = re.compile(r"(?:^|[\s(])(?:\.venv/bin/)?ivr ((?:[a-z]|--)[^:]*)")
ENDS = re.compile(r"\s+[#|&;<>(]|\s{3}")
"""What ends a command in a line of the shell."""
NO_COMMANDS = {"ivr", "orders ended by itself"}
"""Behind `ivr` too: the name of a database, and a sentence of `ivr up`."""


def commands_of(page: str) -> Iterator[str]:
    """The commands in a page: in backticks, and in lines of code."""
    for number, block in enumerate(page.split("```")):
        is_code = number % 2 == 1
        text = block if is_code else re.sub(r"\s*\n\s*", " ", block)
        for code in block.splitlines() if is_code else INLINE.findall(text):
            for command in COMMAND.findall(code):
                words = ENDS.split(command)[0]
                if words not in NO_COMMANDS:
                    yield words


@cache
def loaded(name: str) -> Any:
    return load(name)


def options_of(command: Any) -> set[str]:
    own = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return own | {"--help"}


def fault(words: list[str]) -> str | None:
    """What is wrong with the words of a command behind `ivr`; None: nothing."""
    if words[0] == "--help":
        return None
    if words[0] not in COMMANDS:
        return f"no command {words[0]}"
    command = loaded(words[0])
    for word in words[1:]:
        subcommands = getattr(command, "commands", None)
        if re.match(r"--?[a-z]", word):
            if word not in options_of(command):
                return f"no option {word}"
        elif subcommands:
            if word not in subcommands:
                return f"no command {word}"
            command = subcommands[word]
    return None


@each("page", PAGES)
def test_settings_and_commands_of_a_page_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert set(SETTING.findall(text)) - SETTINGS - OTHERS == set()
    faults = {command: fault(command.split()) for command in commands_of(text)}
    assert {command: wrong for command, wrong in faults.items() if wrong} == {}


def test_commands_are_found_in_both_forms() -> None:
    page = "see `ivr flow\ncheck FILE`:\n```\n.venv/bin/ivr calls --jason   # all\n```\n"
    assert [fault(words.split()) for words in commands_of(page)] == [None, "no option --jason"]
    assert fault(["flow", "chek"]) == "no command chek"
    assert fault(["cal"]) == "no command cal"


def test_every_setting_has_a_row() -> None:
    text = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `(IVR_\w+)`", text, re.MULTILINE)) == SETTINGS


@each("page", sorted((PROJECT / "docs" / "decisions").glob("0*.md")))
def test_a_decision_is_short_and_in_the_index(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    number, title = lines[0].removeprefix("# ").split(". ", 1)
    assert f"- {number}: [{title}]({page.name})" in page.with_name("README.md").read_text("utf-8")
    assert int(number) == int(page.name[:4])
    assert len(lines) <= 28
    if not lines[2].startswith("Replaced by "):
        for part in ("**Question.**", "**Decision", "**Why.**", "**What it costs.**"):
            assert any(line.startswith(part) for line in lines), part


def test_the_tables_of_editors_have_every_kind_and_rule() -> None:
    nodes = get_args(get_args(AnyNode)[0])
    kinds = {kind for node in nodes for kind in get_args(node.model_fields["kind"].annotation)}
    wanted = {*kinds, *get_args(Kind), *CatalogueService.model_fields} - {"premium"}
    text = (PROJECT / "docs" / "editing.md").read_text(encoding="utf-8")
    languages = text.split("\n## ")[1:]
    assert len(languages) == 3
    for page in languages:
        first_cells = " ".join(re.findall(r"^\| (`[^|]+) \|", page, re.MULTILINE))
        assert wanted - set(INLINE.findall(first_cells)) == set()
