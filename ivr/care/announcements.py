"""Emergency announcements: which words are taken, and until when every caller hears them."""

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
"""Letters: some 20 seconds."""


def check_announcement(announced: Announcement, clock: Clock) -> None:
    """Refuse an announcement that callers should not hear.

    Unusable: its sentence begins with the part that is wrong, ``until`` or a language.
    """
    until, now = clock.local(announced.until), clock.local()
    if until <= now:
        raise Unusable(
            f"until {until:%Y-%m-%d %H:%M} is over already; now it is {now:%Y-%m-%d %H:%M}"
        )
    for language in Language:
        text = announced.words.get(language, "")
        check_letters(language, language, text)
        check_said(language, language, text)
        if not any(map(str.isalpha, text)):
            raise Unusable(f"{language} has no word: write what callers are to hear")
        if len(text) > LONGEST:
            raise Unusable(
                f"{language} has {len(text)} letters, {LONGEST} are the most: callers wait for it"
            )


def set_announcement(
    actor: Actor,
    key: OperationKey,
    announced: Announcement,
    announcements: Announcements,
    prompts: Prompts,
    clock: Clock,
) -> Mapping[Language, float]:
    """Say words to every caller before the menu, from now until a time; answers their seconds.

    ``prompts`` of the live release make the sound, before any caller waits for it. Unusable: as
    ``check_announcement``.
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
    """End the announcement that callers hear now."""
    now = clock.now()
    announcements.set(actor, key, replace(current, until=now), now)
