"""What operators edit: reviewed, rendered, and made live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ivr.care.news import to_document
from ivr.care.publishing import Parts, document_of, is_same, publish
from ivr.domain.values import Language
from ivr.errors import FlowBroken, Unusable
from ivr.flow.document import Flow, read_flow
from ivr.flow.review import Issue, review
from ivr.flow.sheet import read_sheet
from ivr.speech.given import wrongly_filled
from ivr.speech.readings import Readings
from ivr.speech.recordingnotes import notes
from ivr.wiring import telephony
from ivr.wiring.container import QUIET, House, ProgressCallback


def issues_of(house: House, flow: Flow) -> list[Issue]:
    """What stands against publishing a flow with the texts and the catalogue as they are."""
    named = (
        *house.catalogue.texts(),
        *(item.text for item in house.news),
        *house.terms.texts(),
    )
    services = {id: bool(entry.packages) for id, entry in house.catalogue.services.items()}
    wrong = wrongly_filled(house.texts, house.given)
    return [
        *review(flow, house.text_keys(), named, house.catalogue.groups, services),
        *(Issue(f"text/{place}", problem) for place, problem in wrong),
    ]


def notes_of(house: House, file: Path) -> Iterator[str]:
    """What is harmless in a flow file and those around it, and was passed over."""
    for path in (file, *house.edited_files):
        sheet = read_sheet(path)
        for note in sheet.notes:
            yield f"{sheet.place(note.line)}: {note.what}"


def notes_of_recordings(house: House, flow: Flow) -> Iterator[str]:
    """What is to be known of the recordings that are there."""

    def seconds(language: Language, words: str) -> float:
        return Readings(house.library, house.voice, language).seconds(words)

    return notes(house.recordings, house.texts, flow, seconds)


def publish_flow(
    house: House, file: Path, author: str, progress: ProgressCallback = QUIET
) -> tuple[int, bool]:
    """Check a flow file, render its audio, make both live, and concatenate its prompts.

    Answers the release's number and whether it is new. FlowBroken names the first thing to mend.
    """
    flow = read_flow(file)
    for issue in issues_of(house, flow):
        raise FlowBroken(f"{file}: {issue.place} {issue.problem}")
    parts = _parts(house, progress)
    number, is_new = publish(house.store.releases, flow, parts, author, house.clock)
    telephony.concatenate(house, house.shelf.get(number))
    return number, is_new


def is_edited(house: House, progress: ProgressCallback = QUIET) -> bool:
    """Whether the files that operators edit differ from the live release."""
    live = house.store.releases.live()
    if live is None:
        return True
    try:
        document = document_of(read_flow(house.flow_file), _parts(house, progress))
    except (FlowBroken, Unusable):
        return True  # `ivr flow check` says what is wrong with them
    return not is_same(house.store.releases, live, document)


def _parts(house: House, progress: ProgressCallback) -> Parts:
    return {
        "speech": {
            "texts": house.texts.to_document(),
            "audio": house.render(progress).to_document(),
        },
        "catalogue": house.catalogue.model_dump(mode="json"),
        "news": to_document(house.news),
        "invoice": house.terms.model_dump(mode="json"),
    }
