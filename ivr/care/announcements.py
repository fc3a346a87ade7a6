"""Emergency announcements: checking, setting and ending them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.content import Announcement
from ivr.domain.values import Language
from ivr.errors import Unusable
from ivr.ports.clock import Clock
from ivr.ports.content import Announcements
from ivr.ports.dialogue import Prompts
from ivr.speech.lettering import check_letters
from ivr.speech.texts import check_said

LONGEST = 300
"""Maximum number of characters: about 20 seconds."""


def check_announcement(announced: Announcement, clock: Clock) -> None:
    """Raise Unusable if callers should not hear an announcement.

    The sentence of the error begins with the faulty part: ``until`` or a language.
    """
    until, now = clock.local(announced.until), clock.local()
    if until <= now:
        raise Unusable(
            f"until {until:%Y-%m-%d %H:%M} is in the past; it is now {now:%Y-%m-%d %H:%M}"
        )
    for language in Language:
        text = announced.words.get(language, "")
        check_letters(language, language, text)
        check_said(language, language, text)
        if not any(map(str.isalpha, text)):
            raise Unusable(f"{language} has no words: write what callers should hear")
        if len(text) > LONGEST:
            raise Unusable(
                f"{language} has {len(text)} letters; at most {LONGEST} are allowed, because"
                " callers have to hear it to its end"
            )


def set_announcement(
    actor: Actor,
    key: OperationKey,
    announced: Announcement,
    announcements: Announcements,
    prompts: Prompts,
    clock: Clock,
) -> Mapping[Language, float]:
    """Play an announcement to every caller before the menu; return its seconds per language.

    It holds from now until its ``until``. ``prompts`` of the live release make the sound now, so
    that no caller waits for it. Raise Unusable as ``check_announcement`` does.
    """
    check_announcement(announced, clock)
    seconds = {
        language: prompts.say(language, "announcement", words=text).seconds
        for language, text in announced.words.items()
    }
    announcements.set(actor, key, announced, clock.now())
    return seconds


def end_announcement(
    actor: Actor,
    key: OperationKey,
    current: Announcement,
    announcements: Announcements,
    clock: Clock,
) -> None:
    """End the present announcement."""
    now = clock.now()
    announcements.set(actor, key, replace(current, until=now), now)
