"""What people who come to the repository rely on."""

from __future__ import annotations

import re
import tomllib

import pytest

from ivr import VERSION
from ivr.settings import PROJECT

PATH = re.compile(
    r"`((?:ivr|tests|docs|db|prompts|dialplans)/[\w./-]*|\.ci/|[\w-]+\.(?:md|toml))`( \(new\))?"
)
LINK = re.compile(r"\]\(([^)#:]+)(?:#([^)]*))?\)")
PAGES = (
    "docs/glossary.md",
    "docs/README.ru.md",
    "docs/README.tk.md",
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/third-party.md",
    "docs/security.md",
)


def read(page: str) -> str:
    return (PROJECT / page).read_text(encoding="utf-8")


def anchors(page: str) -> set[str]:
    """The names of a page's headings in links."""
    headings = re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_the_version_is_told_once() -> None:
    assert tomllib.loads(read("pyproject.toml"))["project"]["version"] == VERSION


def test_the_package_says_that_it_has_types() -> None:
    assert (PROJECT / "ivr" / "py.typed").exists()
    packaged = tomllib.loads(read("pyproject.toml"))["tool"]["setuptools"]["package-data"]
    assert "py.typed" in packaged["ivr"]


@pytest.mark.parametrize("path", sorted(set(PATH.findall(read("CONTRIBUTING.md")))))
def test_the_files_of_the_examples_are_there(path: tuple[str, str]) -> None:
    name, new = path
    there = PROJECT / name
    assert there.parent.exists() if new else there.exists()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (PROJECT / page).parent
    for name, anchor in LINK.findall(read(page)):
        target = (folder / name).resolve()
        assert target.exists(), name
        if anchor:
            assert anchor in anchors(str(target.relative_to(PROJECT))), f"{name}#{anchor}"


def test_the_glossary_names_code_that_is_there() -> None:
    rows = [line.split(" | ") for line in read("docs/glossary.md").splitlines() if "| " in line]
    words = rows[1:]
    assert len(words) <= 60
    named = [each.strip(" |`") for *_, each in words]
    missing = [
        name
        for name in named
        if name.startswith("ivr.")
        and not (PROJECT / name.replace(".", "/")).is_dir()
        and not (PROJECT / f"{name.replace('.', '/')}.py").is_file()
    ]
    assert missing == []
    assert sum(name.startswith("ivr.") for name in named) > 40
