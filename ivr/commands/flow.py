"""``ivr flow``: check, show, paths, publish, releases, rollback."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ivr.commands.author import author as author_of_command
from ivr.commands.printing import show as show_text
from ivr.commands.tables import print_table
from ivr.commands.wording import wording as page_of
from ivr.commands.wordingchanges import read_changes
from ivr.content import editing
from ivr.errors import Unusable
from ivr.flow.document import Flow, read_flow
from ivr.flow.outline import outline
from ivr.flow.paths import GoalPath
from ivr.settings import PROJECT
from ivr.system.printable import json_text
from ivr.testing.walking import all_goal_paths
from ivr.wiring.container import open_house, prepare_database

app = typer.Typer(help="Menus: check them, look at them, publish them, go back.")
File = Annotated[Path | None, typer.Argument(help="A flow file; by default prompts/0890.yaml.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


@app.command()
def check(file: File = None, as_json: Json = False) -> None:
    """Say what must be mended before a flow can be published."""
    house = open_house()
    flow = read_flow(file or house.flow_file)
    issues = editing.issues_of(house, flow)
    house.check_recordings()
    for note in editing.notes_of(house, file or house.flow_file):
        show_text(f"note: {note}", err=True)
    for note in editing.notes_of_recordings(house, flow):
        show_text(f"note: {note}", err=True)
    if as_json:
        print(json_text([{"place": issue.place, "problem": issue.problem} for issue in issues]))
    elif not issues:
        print(f"{file or house.flow_file}: nothing to mend")
    for issue in issues:
        show_text(f"{issue.place}: {issue.problem}", err=True)
    if issues:
        raise typer.Exit(1)


@app.command()
def show(file: File = None) -> None:
    """Print the tree of a flow."""
    show_text(outline(read_flow(file or open_house().flow_file)))


@app.command()
def wording() -> None:
    """Print every text in its languages side by side, as docs/wording.md has them.

    Marked is what changed since the version that docs/wording.yaml names.
    """
    changes = read_changes(PROJECT / "docs" / "wording.yaml")
    print(page_of(open_house().texts, changes), end="")


@app.command()
def paths(file: File = None, as_json: Json = False) -> None:
    """Print every goal with the keys that reach it and the seconds until it is heard."""
    house = open_house()
    flow = read_flow(file or house.flow_file)
    found = all_goal_paths(flow, house.speak())
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
        bool, typer.Option("--first", help="Only if nothing is published yet, as at a first start.")
    ] = False,
) -> None:
    """Check a flow with its texts and audio, and make it live. Calls in progress keep theirs."""
    house = open_house()
    prepare_database(house)
    live = house.store.releases.live()
    if first and live is not None:
        print(f"release {live} is live already")
        return
    number, fresh = editing.publish_flow(
        house, file or house.flow_file, author or author_of_command()
    )
    print(f"release {number} is live" if fresh else f"release {number} is live already")


@app.command()
def releases(as_json: Json = False) -> None:
    """List the published releases, newest first."""
    store = open_house().store
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
    number: Annotated[int, typer.Argument(help="A release, as `ivr flow releases` lists them.")],
) -> None:
    """Make an older (or newer) release live."""
    house = open_house()
    if not house.store.releases.point(number, author_of_command(), house.clock.now()):
        raise Unusable(f"there is no release {number}: `ivr flow releases` lists them")
    print(f"release {number} is live")


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
