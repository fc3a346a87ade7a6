"""docs/third-party.md names everything that others have made, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import metadata

import pytest

from ivr.settings import PROJECT
from tests.table import each

ROW = re.compile(r"^\| ([@a-z0-9./-]+) \| ([^|]+) \| ", re.MULTILINE)


def named() -> dict[str, str]:
    """Package → licence, as the page has them."""
    rows = ROW.findall((PROJECT / "docs" / "third-party.md").read_text(encoding="utf-8"))
    found = {name: licence for name, licence in rows if name != "package"}
    assert len(found) == len(rows) - sum(name == "package" for name, _ in rows), "named twice"
    return found


def locked() -> set[str]:
    """The packages of Python."""
    return {
        name.lower()
        for lock in PROJECT.glob("requirements*.lock")
        for name in re.findall(r"^([A-Za-z0-9.-]+)==", lock.read_text(encoding="utf-8"), re.M)
    }


def of_npm() -> dict[str, str]:
    """Package → licence of what npm brings, without esbuild's packages for each system."""
    lock = PROJECT / "ivr" / "web" / "desk" / "package-lock.json"
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {
        name.removeprefix("node_modules/"): package["license"]
        for name, package in packages.items()
        if name and "@esbuild/" not in name
    }


def of_debian(script: str) -> Iterator[str]:
    """The Debian packages that a shell script or a Dockerfile installs or downloads."""
    lines = script.replace("\\\n", " ").splitlines()
    for line in lines:
        if listed := re.fullmatch(r"packages=(\S+)", line):
            yield from listed[1].split(",")
        for words in re.findall(
            r"(?:install_debian|--no-install-recommends|apt-get download) ([^&|;{}\n]+)", line
        ):
            for word in words.replace('"', "").split():
                if re.fullmatch(r"[a-z][a-z0-9.+-]+", word):
                    yield word


def installed() -> set[str]:
    scripts = [(PROJECT / name).read_text(encoding="utf-8") for name in ("setup.sh", "Dockerfile")]
    return {package for script in scripts for package in of_debian(script)}


def told(package: str) -> str | None:
    """The licence in a package's metadata; None: it is not installed, or tells it in free words."""
    try:
        about = metadata.metadata(package)
    except metadata.PackageNotFoundError:
        return None
    said = about.json.get("license_expression")
    return said if isinstance(said, str) else None


def test_everything_that_is_installed_has_its_licence_on_the_page() -> None:
    assert locked() | installed() | of_npm().keys() <= named().keys()


def test_nothing_on_the_page_is_gone() -> None:
    assert named().keys() - locked() - installed() - of_npm().keys() == set()


@each("package", sorted(locked()))
def test_the_licence_is_what_the_package_says(package: str) -> None:
    licence = named()[package]
    assert licence
    said = told(package)
    assert said is None or licence.split(", ")[0] == said


@each("package", sorted(of_npm()))
def test_the_licence_is_what_npm_says(package: str) -> None:
    assert named()[package] == of_npm()[package]


@pytest.mark.parametrize(
    ("script", "packages"),
    [
        ("packages=asterisk,baresip-core\n", {"asterisk", "baresip-core"}),
        ('    step "PostgreSQL" install_debian postgresql\n', {"postgresql"}),
        ('step "venv" install_debian "$(basename x)-venv"\n', set()),
        (
            "RUN apt-get install --no-install-recommends \\\n  espeak-ng python3 \\\n && rm x",
            {"espeak-ng", "python3"},
        ),
        (
            "&& apt-get download librhvoice5 libsonic0 \\\n && for each in x",
            {"librhvoice5", "libsonic0"},
        ),
    ],
)
def test_packages_of_debian_are_read_from_scripts(script: str, packages: set[str]) -> None:
    assert set(of_debian(script)) == packages
