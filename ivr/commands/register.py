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
    "desk": Command("desk.desk", "Serve the pages for agents, editors, clerks and administrators."),
    "line-worker": Command("line.work", "Run one worker; `ivr line` starts it.", is_hidden=True),
    "line-health": Command(
        "line.tell_health",
        "Serve health and metrics of the line; `ivr line` starts it.",
        is_hidden=True,
    ),
    "doctor": Command(
        "doctor.doctor", "Check programs, files, database, ports and the running line."
    ),
    "call": Command(
        "call.call",
        "Call the line. Typed keys are sent to it, q hangs up; --keys sends keys automatically.",
    ),
    "say": Command(
        "say.say", "Render one prompt exactly as a caller hears it; without -o, print its words."
    ),
    "calls": Command("records.calls", "List the calls in the journal, newest first."),
    "audit": Command("audit.app", "List who did what, or verify the audit."),
    "unlock": Command("codeword.unlock", "End an identification lock."),
    "network-simulator": Command(
        "network.network_simulator",
        "Serve a simulated operator's network (TM Forum APIs) until SIGINT or SIGTERM.",
    ),
    "catalogue": Command(
        "network.catalogue", "Compare the catalogue of services and tariffs with the network's."
    ),
    "callbacks": Command(
        "callbacks.app", "List the requested call-backs, reserve one, or close one."
    ),
    "flow": Command("flow.app", "Check, show, publish and roll back menus."),
    "voices": Command(
        "voices.app", "List voices, print what to record, and show what is recorded."
    ),
    "asterisk": Command("asterisk.app", "Write the configuration for your own Asterisk."),
    "subscribers": Command("subscribers.app", "Import subscribers from a file, or show one."),
    "users": Command(
        "users.app", "Users of the desk: add, list, suspend, restore, reset, their sessions."
    ),
    "codeword": Command("codeword.app", "Set or remove subscribers' code words."),
    "payments": Command("payments.app", "Import payments from a file."),
    "database": Command("database.app", "Show, upgrade or downgrade the form of the database."),
    "pepper": Command("pepper.app", "Check or replace the pepper."),
    "packages": Command("packages.app", "Import what is left of packages."),
    "announcement": Command(
        "announcement.app", "Set, show or end an announcement that callers hear before the menu."
    ),
    "invoices": Command("invoices.app", "List invoices for prepayment, or write one as PDF."),
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
