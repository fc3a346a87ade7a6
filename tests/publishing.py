"""Publishing what is in the files of a container, as tests need it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ivr.content.model import Document
from ivr.domain.actor import SYSTEM, new_key
from ivr.domain.values import Language
from ivr.speech.manifest import Manifest
from ivr.testing.acting import by
from ivr.wiring import telephony
from ivr.wiring.container import Container


def publish(container: Container, flow_file: Path | None = None) -> int:
    """Make the files live, whatever is live now; answers the release's number."""
    content = replace(container.content(flow_file), base=container.store.releases.live())
    return telephony.publish(container, SYSTEM, new_key(), content).number


def without_sounds(container: Container) -> Document:
    """The shipped release; each of its sounds is made when it is first said."""
    document = container.shipped.read().to_document()
    none = Manifest({each: {} for each in Language}, {each: {} for each in Language})
    document["speech"]["audio"] = none.to_document()
    return document


def publish_without_sounds(container: Container) -> None:
    """Make the shipped files live where nothing is said."""
    text = json.dumps(without_sounds(container), ensure_ascii=False)
    container.store.releases.publish(*by("test"), text, container.clock.now())
