"""``ivr users``: add, list, suspend, restore, reset; sessions."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ivr.commands.author import operation
from ivr.commands.printing import show
from ivr.commands.records import Json
from ivr.commands.tables import Document, print_json, print_table
from ivr.commands.times import told
from ivr.domain.rights import Role
from ivr.domain.staff import Limits, Profile, StaffSession, User, UserOverview
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.staff.users import Invitation, UserFault
from ivr.wiring.installation import open_installation
from ivr.wiring.staff import Staff, staff_of

app = typer.Typer(
    help="Users of the desk: add, list, suspend, restore, reset, their sessions.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(help="The user's name, as aygul.")]
COLUMNS = ("name", "display_name", "roles", "state", "second_factor", "sessions", "seen")
FAULTS = {
    UserFault.NAME: "the name '{name}' cannot be used: write 2 to 32 of a–z, 0–9, dot, dash and"
    " underscore, with a letter first",
    UserFault.DISPLAY_NAME: "the display name is empty or too long: write 1 to 80 letters",
    UserFault.TAKEN: "there is a user {name} already: take another name, or run `ivr users reset`",
    UserFault.NO_ROLE: "a user without a role can do nothing: give one with --role",
    UserFault.NOBODY: "there is no user {name}: `ivr users list` lists them",
    UserFault.LAST_ADMIN: "{name} is the last administrator who can log in: add another one first",
    UserFault.OWN_ROLES: "nobody changes the own roles: ask another administrator",
}


@app.callback()
def users() -> None:
    """Users of the desk: add, list, suspend, restore, reset, their sessions."""


@app.command()
def add(
    name: Name,
    role: Annotated[list[Role], typer.Option(help="A role; several times for several roles.")],
    display_name: Annotated[
        str, typer.Option("--display", help="The name that others see; by default the name.")
    ] = "",
    language: Annotated[Language, typer.Option(help="Of the user's pages.")] = Language.TURKMEN,
    speaks: Annotated[
        list[Language] | None, typer.Option(help="A language in which an agent takes calls.")
    ] = None,
    queue: Annotated[list[str] | None, typer.Option(help="Only this queue.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic.")] = None,
    office: Annotated[list[str] | None, typer.Option(help="Only this sales office.")] = None,
) -> None:
    """Add a user; print the path of the one-time link with which the user chooses a password."""
    limits = Limits(frozenset(queue or ()), frozenset(topic or ()), offices=frozenset(office or ()))
    profile = Profile(
        display_name or name, language, frozenset(speaks or [language]), frozenset(role), limits
    )
    staff = staff_of(open_installation())
    _print_link(staff.users.invite(*operation(), name, profile), name)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """All users: roles, whether they can log in, when they were last seen."""
    staff, (actor, _) = staff_of(open_installation()), operation()
    documents = [_document(each) for each in staff.users.list(actor)]
    if as_json:
        print_json(documents)
        return
    print_table([{**each, "roles": ", ".join(each["roles"])} for each in documents], COLUMNS)


@app.command()
def suspend(name: Name) -> None:
    """Suspend a user: all sessions and links end at once."""
    staff = staff_of(open_installation())
    _tell(staff.users.suspend(*operation(), _user(staff, name).id), name, "is suspended")


@app.command()
def restore(name: Name) -> None:
    """End the suspension of a user."""
    staff = staff_of(open_installation())
    _tell(staff.users.restore(*operation(), _user(staff, name).id), name, "can log in again")


@app.command()
def reset(name: Name) -> None:
    """Remove a user's password and second factors; print the path of a new one-time link."""
    staff = staff_of(open_installation())
    _print_link(staff.users.reset(*operation(), _user(staff, name).id), name)


@app.command()
def sessions(
    name: Name,
    as_json: Json = False,
    ends: Annotated[bool, typer.Option("--end", help="End them all.")] = False,
) -> None:
    """The open sessions of a user, newest first."""
    staff, (actor, _) = staff_of(open_installation()), operation()
    user = _user(staff, name)
    if ends:
        count = staff.sessions.end_all(actor, user.id)
        print(f"{count} sessions of {user.name} are ended", file=sys.stderr)
        return
    documents = [_session(each) for each in staff.sessions.list(actor, user)]
    if as_json:
        print_json(documents)
    else:
        print_table(documents, ("id", "opened", "seen", "address", "browser"))


def _user(staff: Staff, name: str) -> User:
    actor, _ = operation()
    user = staff.users.find(actor, name)
    if user is None:
        raise Unusable(FAULTS[UserFault.NOBODY].format(name=name))
    return user


def _print_link(found: Invitation | UserFault, name: str) -> None:
    if isinstance(found, UserFault):
        raise Unusable(FAULTS[found].format(name=name))
    show(found.path)
    said = (
        f"give {found.user.name} this link on the desk's address; it works once, until"
        f" {told(found.until)}"
    )
    print(said, file=sys.stderr)


def _tell(found: User | UserFault, name: str, said: str) -> None:
    if isinstance(found, UserFault):
        raise Unusable(FAULTS[found].format(name=name))
    print(f"{found.name} {said}", file=sys.stderr)


def _document(each: UserOverview) -> Document:
    user = each.user
    return {
        "id": user.id,
        "name": user.name,
        "display_name": user.display_name,
        "language": user.language.value,
        "spoken": sorted(user.spoken),
        "roles": [role.value for role in Role if role in user.roles],
        "limits": {name: sorted(getattr(user.limits, name)) for name in Limits.__slots__},
        "state": _state(each),
        "second_factor": "yes" if each.factors else "no",
        "sessions": each.sessions,
        "seen": each.seen_at.isoformat() if each.seen_at else None,
    }


def _state(each: UserOverview) -> str:
    if each.user.suspended_at is not None:
        return "suspended"
    if each.has_joined:
        return "active"
    return "invited" if each.invited_until else "link over"


def _session(session: StaffSession) -> Document:
    return {
        "id": session.id,
        "opened": session.created_at.isoformat(),
        "seen": session.seen_at.isoformat(),
        "second_factor": session.step_up_at.isoformat() if session.step_up_at else None,
        "address": session.address,
        "browser": session.browser,
    }
