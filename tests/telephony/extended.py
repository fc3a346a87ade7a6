"""What a test needs of its own Asterisk, and the line does not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ivr.settings import Settings, host_port
from ivr.telephony.ami import AmiLink

USER, PASSWORD = "test", "Kaf-7-test"
EVERYTHING = f"""
[{USER}]
secret = {PASSWORD}
read = system,agent,user
write = all
"""


def extend(
    configuration: Path,
    *,
    modules: Iterable[str] = (),
    dialplan: str = "",
    opens: Iterable[Path] = (),
) -> None:
    """Before it starts: modules and dialplan in addition, folders that it may read, and a manager
    with every right. ``configuration`` is the path of its asterisk.conf."""
    more = {
        "modules.conf": "".join(f"load = {name}.so\n" for name in modules),
        "extensions.conf": dialplan,
        "confined.conf": "".join(f"read {folder}\n" for folder in opens),
        "manager.conf": EVERYTHING,
    }
    for name, text in more.items():
        with configuration.with_name(name).open("a") as file:
            file.write(text)


def manager(settings: Settings) -> AmiLink:
    """A link with every right."""
    return AmiLink(host_port(settings.ami_bind), USER, PASSWORD)
