"""The commands of ``ivr``, and where each of them is.

A command's module is imported when the command runs, and ``ivr --help`` imports none of them: the
line needs libraries that take a second to import.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True)
class Command:
    """A command, or a group of them."""

    target: str
    """Module in this package, and the function or ``typer.Typer`` in it."""
    help: str
    """The first paragraph of its own help."""
    is_hidden: bool = False


COMMANDS: Mapping[str, Command] = {
    "up": Command(
        "up.up", "Run everything in one terminal, with demo subscribers; Ctrl-C ends it all."
    ),
    "line": Command(
        "line.line",
        "Take calls from Asterisk; SIGHUP replaces the workers, SIGTERM lets calls end.",
    ),
    "line-worker": Command(
        "line.work", "One worker of ``ivr line``, which starts it.", is_hidden=True
    ),
    "line-health": Command(
        "line.tell_health", "Health and metrics of ``ivr line``, which starts it.", is_hidden=True
    ),
    "doctor": Command(
        "doctor.doctor", "Look at programs, files, database, ports and the running line."
    ),
    "call": Command(
        "call.call",
        "Ring the line. Keys typed go down it, q hangs up; with --keys they are pressed by itself.",
    ),
    "say": Command(
        "say.say", "Render one prompt exactly as a caller hears it; without -o, print its words."
    ),
    "calls": Command("records.calls", "The journal of calls, newest first."),
    "audit": Command("audit.app", "The audit: list who did what, or prove it."),
    "unlock": Command("codeword.unlock", "End an identification lock."),
    "network-simulator": Command(
        "network.network_simulator",
        "Serve a simulated operator's network (TM Forum APIs) until SIGINT or SIGTERM.",
    ),
    "catalogue": Command("network.catalogue", "The catalogue of services and tariffs."),
    "callbacks": Command(
        "callbacks.app", "Who waits to be called back, the longest first; take one, close one."
    ),
    "flow": Command("flow.app", "Menus: check them, look at them, publish them, go back."),
    "voices": Command("voices.app", "Voices: which there are, what to record, what is recorded."),
    "asterisk": Command("asterisk.app", "The configuration of an Asterisk of your own."),
    "subscribers": Command(
        "subscribers.app", "Subscribers: take them over from a file, look at one."
    ),
    "codeword": Command("codeword.app", "Code words of subscribers."),
    "payments": Command("payments.app", "Payments: take them over from a file."),
    "database": Command(
        "database.app", "The form of the database: look at it, bring it up to date, take it back."
    ),
    "pepper": Command("pepper.app", "The pepper: look whether it is the database's."),
    "packages": Command("packages.app", "Packages: take over what is left of them."),
    "announcement": Command(
        "announcement.app", "An emergency announcement before the menu: set, show, end."
    ),
    "invoices": Command("invoices.app", "Invoices for prepayment: list them, or print one."),
    "orders": Command(
        "orders.app",
        "Carry out accepted orders, list them, or settle one that the network has lost.",
    ),
    "messages": Command(
        "texts.app", "List text messages, send what waits, or send again what failed."
    ),
}


class Commands(TyperGroup):
    """Finds a command in COMMANDS. The ones that it is made with are there for their help."""

    def resolve_command(self, context: Any, words: list[str]) -> Any:
        """The command that ``words`` begin with, imported, and the rest of them."""
        name, _stub, rest = super().resolve_command(context, words)
        return name, load(name) if name else None, rest


def load(name: str) -> Any:
    """A command as typer runs it."""
    module, _, attribute = COMMANDS[name].target.partition(".")
    found = getattr(import_module(f"ivr.commands.{module}"), attribute)
    if not gc.isenabled():  # ``ivr.__main__`` has disabled it
        gc.freeze()
        gc.enable()
    group = typer.Typer(add_completion=False)
    group.callback()(lambda: None)  # a typer with one command and no callback is no group
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(found)
    return typer.main.get_group(group).commands[name]
