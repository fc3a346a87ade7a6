"""The commands of ``ivr`` and their modules.

A command's module is imported when the command runs. ``ivr --help`` imports none of them, because
the line needs libraries that take a second to import.
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
    """The module in this package, and the function or ``typer.Typer`` in it."""
    help: str
    """The first paragraph of the command's own help."""
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
    "users": Command(
        "users.app", "Users of the desk: add, list, suspend, restore, reset, their sessions."
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
    """Find a command in COMMANDS. The commands passed to the group are used for their help only."""

    def resolve_command(self, context: Any, words: list[str]) -> Any:
        """Return the imported command that ``words`` begin with, and the rest of the words."""
        name, _stub, rest = super().resolve_command(context, words)
        return name, load(name) if name else None, rest


def load(name: str) -> Any:
    """Return a command in the form that Typer runs."""
    module, _, attribute = COMMANDS[name].target.partition(".")
    found = getattr(import_module(f"ivr.commands.{module}"), attribute)
    if not gc.isenabled():  # ``ivr.__main__`` has disabled garbage collection
        gc.freeze()
        gc.enable()
    group = typer.Typer(add_completion=False)
    group.callback()(lambda: None)  # Typer makes no group of one command without a callback
    if isinstance(found, typer.Typer):
        group.add_typer(found, name=name)
    else:
        group.command(name)(found)
    return typer.main.get_group(group).commands[name]
