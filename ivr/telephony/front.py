"""The front of the live release as Asterisk asks it: contexts of its dialplan, in a folder.

Each front has a name of its own and a context for each language, ``front-<name>-tk``, and for those
who are asked for theirs, ``front-<name>-new``; in it each question is an extension that is called
as the caller came to it: ``s``, then each key with the last four digits of its second
(``s3123411236``). So no variable keeps the path, and a call goes on in the front in which it began
when another one is live. ``dialplans/extensions.conf.j2`` has what all of them share. What a call
was about that ended in a front is in the file ``<name>.json``.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivr.care.numbering import COUNTRY
from ivr.flow.front import FrontQuestion
from ivr.ports import OPTIONS_AFTER
from ivr.telephony.medley import Medleys
from ivr.telephony.trunks import CLEAN_CALLER, NUMBERS
from ivr.values import Language, Msisdn

KEPT_SECONDS = 4 * 3600.0
"""How long a front stays loaded after it was replaced: no call in it lasts so long."""
LONGEST_SOUNDS = 3_000
"""Letters of the sounds of one question; Asterisk takes some more in an argument."""
ENDED = "ended"
"""The folder of what calls leave behind that ended in a front."""
STRANGERS = "new"
"""In place of the language of callers who are asked for it."""
HELD = "held"
"""The file of callers who are to be told something before anything else."""
UNKNOWN = ""
"""The language of callers of whom Asterisk does not know whether they have chosen one."""
MOST = "most"
"""The file with the number of calls that are let in at once. Asterisk reads it with each call."""
NONE = ""
"""The name of the front that is none: all is asked by the workers."""
_SOUND = re.compile(r"/[\w./+:=%@ -]+", re.ASCII)
_PLACE = re.compile(r"[\w./+:=%&-]+", re.ASCII)
"""Nothing else means nothing special to Asterisk where it reads them."""
_NAME = re.compile(r"[0-9a-f]{12}")

_LANGUAGE = re.compile(r"language=([a-z]{2})&")
_REMEMBERED = (
    'Set(${IF($["${AGISTATUS}${IVR_FORGET}" = "SUCCESS"]'
    "?DB(language/${FILTER(0-9,${CALLERID(num)})}):IVR_CHOSEN)}=%s)"
)
"""Unless the line could not be asked who he is, or has said that nobody can know him again."""

Fronts = Mapping[str, Sequence[FrontQuestion]]
"""By language, or STRANGERS."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What is known of a call that came to a question."""

    place: str
    """As ``ivr.flow.place`` reads it."""
    asked: tuple[str, ...]
    """Where each key of the way was asked for, and in the end the question itself."""


@dataclass(frozen=True)
class FrontFolder:
    """Where the fronts are written. One process writes; Asterisk reads."""

    path: Path
    numbers: tuple[str, ...] = NUMBERS
    """What is dialled as a rule (``usual_numbers``)."""

    def write(
        self, fronts: Fronts, medleys: Medleys, seal: Callable[[str], str], *, use: bool = True
    ) -> str:
        """Write a front, and ``use`` it unless calls may come; answers its name.

        ``seal`` makes the line believe a place that the dialplan holds.

        A question that Asterisk could not read is left out, with all behind it. OSError where the
        folder cannot be written. What is written is loaded with the dialplan's next reload.
        """
        spoken = {language: _spoken(front, medleys) for language, front in fronts.items()}
        document = json.dumps(
            {
                language: {
                    each.keys: (
                        *(each.place, each.places, each.sounds, each.options, each.seconds),
                    )
                    for each in front
                }
                for language, front in spoken.items()
            },
            indent=1,
        )
        name = hashlib.sha256(document.encode()).hexdigest()[:12]
        (self.path / ENDED).mkdir(parents=True, exist_ok=True)
        _write(self.path / f"{name}.json", document)
        contexts = [
            _context(name, each, spoken.get(each, ()), seal) for each in (*Language, STRANGERS)
        ]
        contexts.append(f"[front-{name}-{UNKNOWN}]\nexten => s,1,Goto(stranger,s,1)\n")
        _write(self.path / f"{name}.conf", "\n".join(contexts))
        if use:
            self.use(name)
        return name

    def clear(self) -> str:
        """From the next reload on new calls are a worker's from their first question."""
        (self.path / ENDED).mkdir(parents=True, exist_ok=True)
        self.use(NONE)
        return NONE

    def admit(self, most: int) -> None:
        """Let so many calls in at once, from now on. OSError where the folder cannot be written."""
        self.path.mkdir(parents=True, exist_ok=True)
        _write(self.path / MOST, str(most))

    def hold(self, numbers: Collection[Msisdn]) -> None:
        """From the next reload on, calls from these numbers are a worker's from their first
        question: it has something to tell them. No other call pays a step for it."""
        self.path.mkdir(parents=True, exist_ok=True)
        lines = [
            f"exten => {dialled}/{caller},1,Set({CLEAN_CALLER})\n same => n,Goto(held,s,1)"
            for number in sorted(numbers)
            for caller in _written(number)
            for dialled in self.numbers
        ]
        text = "\n".join(["[from-trunk](+)", *lines, ""]) if lines else ""
        _write(self.path / f"{HELD}.conf", text)

    def read(self, name: str) -> Mapping[str, Mapping[str, Passed]]:
        """Where a call is in a front, by its language and the keys on the way.

        KeyError: there is no such front.
        """
        if not _NAME.fullmatch(name):
            raise KeyError(name)
        try:
            found = json.loads((self.path / f"{name}.json").read_text())
        except (OSError, ValueError):
            raise KeyError(name) from None
        return {
            language: {
                keys: Passed(place, tuple(asked)) for keys, (place, asked, *_) in front.items()
            }
            for language, front in found.items()
        }

    def use(self, name: str) -> None:
        """From the next reload on new calls come to this front.

        Where calls may come, Asterisk must have loaded it before. It sets the variables of a
        dialplan before it has the contexts: a call that comes in between would be declined.
        """
        used = f"{name}-" if name else ""
        _write(self.path / "current.conf", f"[globals](+)\nIVR_FRONT = {used}\n")
        now = time.time()
        for file in self.path.glob("*.*"):
            if file.stem in (name, "current", HELD):
                os.utime(file)
            elif file.stat().st_mtime < now - KEPT_SECONDS:
                with suppress(FileNotFoundError):
                    file.unlink()


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A question as the dialplan has it."""

    keys: str
    place: str
    places: tuple[str, ...]
    sounds: str
    options: str
    """Said to a caller who is silent; "" for none."""
    seconds: float
    chosen: str
    """The language that the last key has chosen; "" for none."""


def _spoken(front: Sequence[FrontQuestion], medleys: Medleys) -> list[_Spoken]:
    """The questions that Asterisk can read, each with its parent."""
    found: dict[str, _Spoken] = {}
    for question in front:
        sounds = medleys.made(question.utterances)
        options = medleys.made(question.options)
        played, offered = "&".join(sounds), "&".join(options)
        is_readable = sounds and all(
            (
                *map(_SOUND.fullmatch, (*sounds, *options)),
                *map(_PLACE.fullmatch, (question.place, *question.places)),
            )
        )
        if not is_readable or max(len(played), len(offered)) > LONGEST_SOUNDS:
            continue
        before = found.get(question.keys[:-1])
        if before or not question.keys:
            is_chosen = before and not _language(before.place)
            found[question.keys] = _Spoken(
                question.keys,
                question.place,
                question.places,
                played,
                offered,
                question.seconds,
                _language(question.place) if is_chosen else "",
            )
    return list(found.values())


def _written(number: Msisdn) -> tuple[str, ...]:
    """A number as the trunk may write it."""
    national = number.removeprefix(COUNTRY)
    return (
        *(number, f"+{number}", national, f"8{national}", f"0{national}"),
        *(f"8{number}", f"00{number}", f"810{number}"),
    )


def _language(place: str) -> str:
    found = _LANGUAGE.match(place)
    return found[1] if found else ""


def _context(name: str, language: str, front: Sequence[_Spoken], seal: Callable[[str], str]) -> str:
    lines = [f"[front-{name}-{language}]", "include => front-all"]
    if not front:
        lines.append("exten => s,1,Goto(line,s,1)")
    for each in front:
        extension = f"_s{''.join(f'{key}XXXX' for key in each.keys)}" if each.keys else "s"
        first = OPTIONS_AFTER if each.options else each.seconds
        asked = f"Read(IVR_KEY,{each.sounds},1,,1,{first:g})"
        if each.chosen:
            lines += [f"exten => {extension},1,{_REMEMBERED % each.chosen}", f" same => n,{asked}"]
        else:
            lines.append(f"exten => {extension},1,{asked}")
        if each.options:
            lines += [
                ' same => n,GotoIf($["${READSTATUS}" != "TIMEOUT"]?answered)',
                f" same => n,Read(IVR_KEY,{each.options},1,,1,{each.seconds:g})",
            ]
        lines += [
            " same => n(answered),Gosub(told,1)",
            " same => n,GotoIf(${GOSUB_RETVAL}?1)",
            " same => n,Goto(${SET(CHANNEL(userfield)=${EXTEN}${IVR_KEY}${EPOCH:-4})},1)",
            f" same => n(hand),Set(IVR_WAY={'+'.join(each.places)}:${{CHANNEL(userfield)}})",
            f" same => n,Set(CHANNEL(userfield)={seal(each.place)})",
            " same => n,Goto(line,s,take)",
        ]
    return "\n".join([*lines, ""])


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)
