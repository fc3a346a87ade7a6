"""Publishing what is in the files of a house, as tests need it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from ivr.content.model import Document
from ivr.domain.actor import SYSTEM
from ivr.domain.values import Language
from ivr.speech.manifest import Manifest
from ivr.wiring import telephony
from ivr.wiring.container import House


def publish(house: House, flow_file: Path | None = None) -> int:
    """Make the files live, whatever is live now; answers the release's number."""
    content = replace(house.content(flow_file), base=house.store.releases.live())
    return telephony.publish(house, content, SYSTEM).number


def without_sounds(house: House) -> Document:
    """The shipped release; each of its sounds is made when it is first said."""
    document = house.shipped.read().to_document()
    none = Manifest({each: {} for each in Language}, {each: {} for each in Language})
    document["speech"]["audio"] = none.to_document()
    return document


def publish_without_sounds(house: House) -> None:
    """Make the shipped files live where nothing is said."""
    text = json.dumps(without_sounds(house), ensure_ascii=False)
    house.store.releases.publish(text, "test", house.clock.now())
