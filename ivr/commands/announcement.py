"""``ivr announcement``: the announcement that every caller hears before the menu, for a time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from ivr.care.announcements import check_announcement, end_announcement, set_announcement
from ivr.care.information import AnnouncementCache
from ivr.commands import times
from ivr.commands.author import operation
from ivr.commands.printing import show as show_text
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.system.printable import escaped, json_text
from ivr.wiring.installation import Installation, open_installation

app = typer.Typer(
    help="Set, show or end an announcement that callers hear before the menu.", no_args_is_help=True
)
Words = Annotated[str, typer.Option(help="The text in this language.")]


@app.command("set")
def set_(
    until: Annotated[str, typer.Option(help="The end, in IVR_TIMEZONE: 2026-11-26 08:00.")],
    tk: Words,
    ru: Words,
    en: Words,
) -> None:
    """Say something to every caller before the menu, from now until a time."""
    from ivr.wiring.container import open_container, prepare_database

    container = open_container()
    prepare_database(container)
    words = {Language.TURKMEN: tk, Language.RUSSIAN: ru, Language.ENGLISH: en}
    announced = Announcement(words, _moment(until))
    try:
        check_announcement(announced, container.clock)
    except Unusable as error:
        raise Unusable(f"--{error}") from None
    announcements, prompts = container.store.announcements, container.release_cache.live().prompts
    seconds = set_announcement(*operation(), announced, announcements, prompts, container.clock)
    said = ", ".join(f"{language} {length:.0f} s" for language, length in seconds.items())
    typer.echo(f"callers hear it until {times.told(announced.until)} ({said})", err=True)


@app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Print the announcement that callers hear now."""
    installation = open_installation()
    current = _current(installation)
    if as_json:
        print(json_text(_plain(installation, current)))
    elif current is None:
        print("there is no announcement now")
    else:
        show_text(f"until {times.told(current.until)}, set by {escaped(current.author)}")
        for language, text in current.words.items():
            show_text(f"{language}: {escaped(text)}")


@app.command()
def end() -> None:
    """End the announcement now."""
    installation = open_installation()
    current = _current(installation)
    if current is None:
        typer.echo("there is no announcement now", err=True)
        return
    announcements = installation.store.announcements
    end_announcement(*operation(), current, announcements, installation.clock)
    typer.echo("the announcement is ended", err=True)


def _current(installation: Installation) -> Announcement | None:
    announcement_cache = AnnouncementCache(installation.store.announcements, installation.clock)
    announcement_cache.refresh()
    return announcement_cache.current()


def _moment(text: str) -> datetime:
    try:
        return times.read(text)
    except ValueError:
        raise Unusable(f"--until {text} is not a time such as 2026-11-26 08:00") from None


def _plain(installation: Installation, current: Announcement | None) -> dict[str, object] | None:
    if current is None:
        return None
    until = installation.clock.local(current.until).isoformat()
    return {"until": until, "author": current.author, "words": dict(current.words)}
