"""A stand-in for text messages until they are really sent: each is a file in IVR_HOME/outbox."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ivr.ports import Value
from ivr.speech.texts import Texts
from ivr.values import Language, Money, Msisdn


@dataclass(frozen=True)
class FileOutbox:
    """Implements ``ivr.ports.Outbox``."""

    folder: Path

    def put(self, number: Msisdn, body: str, reference: str) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{hashlib.sha256(reference.encode()).hexdigest()[:16]}.json"
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
                json.dump({"number": number, "body": body, "reference": reference}, stream)
        except FileExistsError:
            return


def write_plainly(texts: Texts, language: Language, key: str, values: Mapping[str, Value]) -> str:
    """A text with its values in digits."""

    def shown(found: re.Match[str]) -> str:
        value = values[found[1]]
        match value:
            case Money():
                return f"{value.manat} manat"
            case date():
                return f"{value:%d.%m.%Y}"
            case _:
                return str(value)

    return re.sub(r"\{([a-z_]+):[a-z]+\}", shown, texts.by_language[language][key])
