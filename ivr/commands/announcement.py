"""``ivr announcement``: what every caller hears before the menu, for a time."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Annotated

import typer

from ivr.care.information import Noticeboard
from ivr.commands import times
from ivr.commands.author import author
from ivr.commands.printing import show as show_text
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.speech.lettering import check_letters
from ivr.speech.texts import check_said
from ivr.system.printable import escaped, json_text
from ivr.wiring.installation import Installation, open_installation

app = typer.Typer(
    help="An emergency announcement before the menu: set, show, end.", no_args_is_help=True
)
LONGEST = 300
"""Letters: some 20 seconds."""
Words = Annotated[str, typer.Option(help="What is said in this language.")]


@app.command("set")
def set_(
    until: Annotated[str, typer.Option(help="When it ends, in IVR_TIMEZONE: 2026-11-26 08:00.")],
    tk: Words,
    ru: Words,
    en: Words,
) -> None:
    """Say something to every caller before the menu, from now until a time."""
    from ivr.wiring.container import open_house, prepare_database

    house = open_house()
    prepare_database(house)
    now = house.clock.now()
    end = _moment(until)
    if end <= now:
        raise Unusable(f"--until {until} is over already; now it is {times.told(now)}")
    words = {Language.TURKMEN: tk, Language.RUSSIAN: ru, Language.ENGLISH: en}
    for language, text in words.items():
        check_letters(f"--{language}", language, text)
        check_said(f"--{language}", language, text)
        if not any(map(str.isalpha, text)):
            raise Unusable(f"--{language} has no word: write what callers are to hear")
        if len(text) > LONGEST:
            raise Unusable(
                f"--{language} has {len(text)} letters, {LONGEST} are the most: callers wait for it"
            )
    prompts = house.shelf.live().prompts
    seconds = {
        language: prompts.say(language, "announcement", words=text).seconds
        for language, text in words.items()
    }
    house.store.announcements.set(Announcement(words, end, author()), now)
    said = ", ".join(f"{language} {length:.0f} s" for language, length in seconds.items())
    typer.echo(f"callers hear it until {times.told(end)} ({said})", err=True)


@app.command()
def show(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
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
    now = installation.clock.now()
    ended = dataclasses.replace(current, until=now, author=author())
    installation.store.announcements.set(ended, now)
    typer.echo("it is ended", err=True)


def _current(installation: Installation) -> Announcement | None:
    board = Noticeboard(installation.store.announcements, installation.clock)
    board.refresh()
    return board.current()


def _moment(text: str) -> datetime:
    try:
        return times.read(text)
    except ValueError:
        raise Unusable(f"--until {text} is not a time, as 2026-11-26 08:00 is") from None


def _plain(installation: Installation, current: Announcement | None) -> dict[str, object] | None:
    if current is None:
        return None
    until = installation.clock.local(current.until).isoformat()
    return {"until": until, "author": current.author, "words": dict(current.words)}
