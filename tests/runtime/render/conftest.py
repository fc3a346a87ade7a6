"""A folder with the rendered files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.settings import PROJECT
from ivr.wiring.container import Container, prepare_database
from tests.e2e.installation import own_settings, short_folder
from tests.publishing import publish
from tests.runtime.render.rendering import ivr


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    """A container with a live release."""
    folder = short_folder()
    container = Container(own_settings(folder / "home"))
    prepare_database(container)
    publish(container)
    yield container
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def folder(container: Container) -> Path:
    """What the command wrote for a Debian system."""
    done = ivr(container.settings, "asterisk", "render")
    assert done.returncode == 0, done.stderr
    folder = container.settings.home / "asterisk" / "system"
    confining = f"python3 -I -S {PROJECT}/ivr/telephony/confined.py {folder}/confined.conf"
    assert done.stdout == f"{confining} asterisk -f -C {folder}/asterisk.conf\n"
    return folder
