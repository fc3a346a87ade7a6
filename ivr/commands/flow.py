"""``ivr flow``: check, show, paths, publish, pull, releases, rollback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ivr.commands.author import operation
from ivr.commands.printing import show as show_text
from ivr.commands.tables import print_table
from ivr.commands.wording import wording as page_of
from ivr.commands.wordingchanges import read_changes
from ivr.content.model import Content
from ivr.content.publishing import MovedOn
from ivr.content.simulation.walking import all_goal_paths
from ivr.content.writing import write_content
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.values import Language
from ivr.flow.document import Flow, read_flow
from ivr.flow.outline import outline
from ivr.flow.paths import GoalPath
from ivr.settings import PROJECT
from ivr.speech.manifest import check_recordings
from ivr.speech.readings import Readings
from ivr.speech.recordingnotes import notes
from ivr.system.printable import json_text
from ivr.wiring import telephony
from ivr.wiring.container import Container, open_container, prepare_database

FEW = 5
"""Maximum number of texts that a note names."""
app = typer.Typer(help="Check, show, publish and roll back menus.")
File = Annotated[
    Path | None, typer.Argument(help="A flow file; by default 0890.yaml of IVR_CONTENT.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


@app.command()
def check(file: File = None, as_json: Json = False) -> None:
    """List what must be corrected before the files can be published."""
    container = open_container()
    folder = container.folder
    content = container.content(file)
    check_recordings(content.texts, folder.recordings)
    for note in (*folder.notes(file), *_notes(container, content)):
        show_text(f"note: {note}", err=True)
    issues = content.issues(container.given)
    if as_json:
        print(json_text([{"place": issue.place, "problem": issue.problem} for issue in issues]))
    elif not issues:
        show_text(f"{file or folder.flow_file}: no problems found")
    for issue in issues:
        show_text(f"{issue.place}: {issue.problem}", err=True)
    if issues:
        raise typer.Exit(1)


def _notes(container: Container, content: Content) -> Iterator[str]:
    """Yield the notes on texts and recordings."""
    if content.lent:
        few = ", ".join(sorted(content.lent)[:FEW])
        more = f" and {len(content.lent) - FEW} more" if len(content.lent) > FEW else ""
        yield (
            f"the files lack these texts, so the program's own ones are used: {few}{more}; to"
            " change them, copy them from the program's folder prompts/"
        )

    def seconds(language: Language, words: str) -> float:
        return Readings(container.library, container.voice, language).seconds(words)

    yield from notes(container.folder.recordings, content.texts, content.flow, seconds)


@app.command()
def show(file: File = None) -> None:
    """Print the tree of a flow."""
    show_text(outline(read_flow(file or open_container().folder.flow_file)))


@app.command()
def wording() -> None:
    """Print every text in its languages side by side, in the form of docs/wording.md.

    Texts that changed since the version in docs/wording.yaml are marked.
    """
    changes = read_changes(PROJECT / "docs" / "wording.yaml")
    print(page_of(open_container().folder.texts(), changes), end="")


@app.command()
def paths(file: File = None, as_json: Json = False) -> None:
    """Print every goal with the keys that reach it and the seconds until it is heard."""
    container = open_container()
    content = container.content(file)
    flow = content.flow
    found = all_goal_paths(content, container.speak(content))
    if as_json:
        print(json_text([_plain(path) for path in found]))
        return
    columns = ("goal", "keys", "identified", *(f"{each} s" for each in flow.languages))
    goals = dict.fromkeys(path.goal for path in found)
    rows = (_row(goal, [path for path in found if path.goal == goal], flow) for goal in goals)
    print_table([dict(zip(columns, row, strict=True)) for row in rows], columns)


@app.command()
def publish(
    file: File = None,
    author: Annotated[str, typer.Option(help="Who publishes; by default you.")] = "",
    first: Annotated[
        bool,
        typer.Option(
            "--first", help="Publish only if nothing is published yet, as at the first start."
        ),
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace what others have published in the meantime.")
    ] = False,
) -> None:
    """Check the files, make their audio, and make them live. Calls in progress keep the old ones.

    Refuse, and print the difference, if the files were not made from the live release.
    """
    container = open_container()
    prepare_database(container)
    folder, live = container.folder, container.store.releases.live()
    if first and live is not None:
        print(f"release {live} is already live")
        return
    content = container.content(file)
    if force:
        content = replace(content, base=live)
    try:
        made = telephony.publish(container, *_operation(author), content)
    except MovedOn as moved:
        for place in moved.places:
            show_text(f"differs: {place}", err=True)
        raise
    folder.note_base(made.number)
    already = "" if made.is_new else "already "
    print(f"release {made.number} is {already}live")


@app.command()
def pull() -> None:
    """Write the live release into the files; the previous files are kept beside them."""
    container = open_container()
    prepare_database(container)
    folder = container.folder
    content = container.publishing.live(folder.every_recording())
    kept = folder.prompts / "kept" / f"{container.clock.local():%Y-%m-%d-%H%M%S}"
    changed = write_content(folder, content, kept)
    assert content.base is not None
    folder.note_base(content.base)
    for changed_file in changed:
        show_text(f"{changed_file} now has the content of release {content.base}")
    if kept.exists():
        show_text(f"the previous files are kept in {kept}")
    if not changed:
        print(f"the files already have the content of release {content.base}")


@app.command()
def releases(as_json: Json = False) -> None:
    """List the published releases, newest first."""
    container = open_container()
    prepare_database(container)
    store = container.store
    live = store.releases.live()
    newest = store.releases.newest(50)
    rows = [
        {
            "release": release.number,
            "author": release.author,
            "published": release.published.isoformat(),
            "live": release.number == live,
        }
        for release in newest
    ]
    if as_json:
        print(json_text(rows))
        return
    columns = ("release", "published", "author", "live")
    print_table([{**row, "live": "live" if row["live"] else ""} for row in rows], columns)


@app.command()
def rollback(
    number: Annotated[
        int, typer.Argument(help="The number of a release, from `ivr flow releases`.")
    ],
) -> None:
    """Make an older (or newer) release live, after it was loaded with its sounds."""
    container = open_container()
    prepare_database(container)
    container.publishing.roll_back(*operation(), number)
    telephony.concatenate(container, container.release_cache.load(number))
    print(f"release {number} is live")


def _operation(name: str) -> tuple[Actor, OperationKey]:
    """Return the actor and key of this run; ``name`` replaces that of the user."""
    actor, key = operation()
    return (replace(actor, id=name) if name else actor), key


def _plain(path: GoalPath) -> dict[str, object]:
    return {
        "goal": path.goal,
        "language": path.language,
        "steps": [{"node": node, "key": key} for node, key in path.steps],
        "needs_identification": path.needs_identification,
        "seconds": path.seconds,
    }


def _row(goal: str, found: list[GoalPath], flow: Flow) -> list[str]:
    by_language = {path.language: path for path in found}
    any_path = found[0]
    keys = " ".join(key for _, key in any_path.steps[1:]) or any_path.steps[0][1]
    seconds = [
        f"{by_language[each].seconds:.1f}" if each in by_language else "" for each in flow.languages
    ]
    return [goal, keys, "yes" if any_path.needs_identification else "", *seconds]
