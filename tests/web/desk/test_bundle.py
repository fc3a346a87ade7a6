"""Files for browsers: what they are built from, how large they are, what happens without them."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from ivr.settings import PROJECT
from ivr.web.desk import bundle
from ivr.web.desk.bundle import Asset, Bundle
from tests.web.desk.pages import BUNDLE, client

PAGE_MOST, DESK_MOST = 25_000, 85_000
"""Bytes of script, compressed, of each page and of the agents' desk."""
FOLDER = PROJECT / "ivr" / "web" / "desk"
SETUP = (PROJECT / "setup.sh").read_text("utf-8")


def function(name: str) -> str:
    found = re.search(rf"^{name}\(\) {{\n.*?^}}\n", SETUP, re.M | re.S)
    assert found, name
    return found[0]


def run_web(tmp_path: Path, build: str, want: str = "run") -> subprocess.CompletedProcess[str]:
    """The step of setup.sh in a copy of its files, with another way to build."""
    if not (tmp_path / "ivr").exists():
        (tmp_path / "ivr" / "web").mkdir(parents=True)
        (tmp_path / "ivr" / "web" / "desk").symlink_to(FOLDER)
    script = "\n".join(
        (
            "set -euo pipefail",
            "say() { printf '%s\\n' \"$*\" >&2; }",
            "log=log",
            f'build_web() {{ mkdir -p "$1/built/tests"; {build}; }}',
            function("try"),
            function("web"),
            "web",
        )
    )
    return subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "want": want, "cache": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_setup_builds_once_and_the_desk_knows_the_build(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    first = run_web(tmp_path, 'echo 1 > "$1/built/page.js"')
    assert first.returncode == 0, first.stderr
    assert bundle.is_current(tmp_path / ".web")
    assert Bundle.read(tmp_path / ".web").has_scripts
    again = run_web(tmp_path, "exit 1")
    assert (again.returncode, again.stderr) == (0, "")
    for_tests = run_web(tmp_path, 'touch "$1/built/tests/axe.min.js"', "dev")
    assert "scripts of the desk" in for_tests.stderr
    assert (tmp_path / ".web" / "tests" / "axe.min.js").exists()


def test_setup_goes_on_without_npm(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    found = run_web(tmp_path, "false; touch never")
    assert found.returncode == 0
    assert "npm cannot be used now" in found.stderr
    assert not (tmp_path / "never").exists()
    assert not bundle.is_current(tmp_path / ".web")


def test_an_older_build_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "page.js").write_text("export {}")
    (tmp_path / bundle.STAMP).write_text("of an older version")
    assert not Bundle.read(tmp_path).has_scripts
    (tmp_path / bundle.STAMP).write_text(bundle.stamp())
    assert Bundle.read(tmp_path).has_scripts


def test_without_scripts_each_page_says_so_in_three_languages() -> None:
    bare = Bundle({name: asset for name, asset in BUNDLE.assets.items() if name != "page.js"})
    page = client(bundle=bare).get("/login").text
    for said in ("skriptler gurlanok", "Не собраны скрипты", "scripts of the pages are not built"):
        assert said in page
    assert page.count("make setup") == 3
    assert "<script" not in page
    assert "make setup" not in client().get("/login").text


@pytest.mark.parametrize(
    ("names", "most"),
    [(("page.js", "passkey.js"), PAGE_MOST), (("page.js", "phone.js"), DESK_MOST)],
)
def test_scripts_keep_their_budget(names: tuple[str, ...], most: int) -> None:
    built = Bundle.read()
    assert built.has_scripts, "setup.sh dev builds them"
    assert sum(len(built.assets[name].zipped) for name in names) <= most


def test_only_the_scripts_that_a_page_names_are_loaded() -> None:
    assert "phone.js" not in client(bundle=Bundle.read()).get("/components").text


def test_the_lock_has_hashes_and_no_addresses() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text("utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert package["integrity"].startswith("sha512-"), name
    wanted = json.loads((FOLDER / "package.json").read_text("utf-8"))
    for version in (wanted["dependencies"] | wanted["devDependencies"]).values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)


def test_files_are_compressed_for_browsers_that_read_it() -> None:
    desk = client()
    plain = desk.get("/assets/x/desk.css", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    zipped = desk.get("/assets/x/desk.css", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert zipped.content == plain.content
    font = Asset(b"woff", "font/woff2")
    assert not font.is_zipped_smaller
    assert gzip.decompress(Asset(b"a" * 99, "text/css").zipped) == b"a" * 99
