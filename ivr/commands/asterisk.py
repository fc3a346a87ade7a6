"""``ivr asterisk render``: configure an Asterisk that ``ivr up`` does not start."""

from __future__ import annotations

import platform
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ivr.errors import Unusable
from ivr.system.printable import escaped
from ivr.telephony import confined
from ivr.telephony.configuration import LONGEST_SOCKET, Programs, own_folders, render, socket_fits
from ivr.telephony.folders import check_own
from ivr.wiring import telephony
from ivr.wiring.container import open_container, prepare_database

app = typer.Typer(help="Write the configuration for your own Asterisk.", no_args_is_help=True)
MODULES = Path(f"/usr/lib/{platform.machine()}-linux-gnu/asterisk/modules")
DATA = Path("/usr/share/asterisk")
RUN = Path("/run/asterisk")


@app.callback()
def asterisk() -> None:
    """Write the configuration for your own Asterisk."""


@app.command("render")
def render_(
    directory: Annotated[
        Path | None,
        typer.Argument(help="Folder to write; by default asterisk/system in IVR_HOME."),
    ] = None,
    modules: Annotated[
        Path, typer.Option(help="Folder of the package's loadable modules.")
    ] = MODULES,
    data: Annotated[Path, typer.Option(help="Folder of the package's shared data.")] = DATA,
    run: Annotated[Path, typer.Option(help="Folder of its control socket.")] = RUN,
) -> None:
    """Write, from the settings, the configuration for the Asterisk of a package or a container.

    The folder is new, empty, or one that this command has made before.
    Its paths are those where Asterisk runs; IVR_HOME must be at the same place there.
    """
    container = open_container()
    etc = (directory or container.settings.home / "asterisk" / "system").expanduser().absolute()
    _check(etc, modules, data, run)
    folders = replace(own_folders(container.settings.home), etc=etc, data=etc / "data", run=run)
    prepare_database(container)
    live = container.release_cache.live()
    sounds = telephony.dialplan_sounds(live.prompts)
    programs = Programs(["asterisk"], modules, data)
    configuration = render(
        container.settings, programs, sounds, folders=folders, topics=live.flow.topics
    )
    elsewhere = [str(folder) for folder in (modules, data, run) if not folder.is_dir()]
    if elsewhere:
        print(f"the machine where Asterisk runs needs: {', '.join(elsewhere)}", file=sys.stderr)
    rules = configuration.with_name("confined.conf")
    print(f"python3 -I -S {confined.__file__} {rules} asterisk -f -C {configuration}")


def _check(etc: Path, *given: Path) -> None:
    """Raise Unusable, which names the path, if a path cannot be used."""
    for path in given:
        if not path.is_absolute():
            raise Unusable(f"{path} is not an absolute path: begin it with /")
    _, _, run = given
    if not socket_fits(run):
        raise Unusable(
            f"{run} is too long for a control socket, whose path has {LONGEST_SOCKET} bytes at "
            "most: choose a shorter --run"
        )
    try:
        check_own(etc)
    except OSError as error:
        raise Unusable(
            f"{escaped(str(error.filename))} cannot be read: {error.strerror}; choose another"
        ) from None
