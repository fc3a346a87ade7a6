"""The queues of an agent, by skills.

There is one queue for everything, one for each language, and one for each topic in each language.
The dialplan takes the most special queue that fits a caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ivr.domain.contacts import Skills
from ivr.domain.staff import User
from ivr.domain.values import Language

ALL = "agents"
"""The queue for callers whose language is not known."""
OTHER_TOPIC = 5
"""Penalty in the queues of topics that the agent does not know: such a call rings only if nobody
who knows the topic is free."""

OTHER_LANGUAGE = 50
"""Penalty in the queues of languages that the agent does not speak (queuerules.conf)."""


def skills_of(user: User) -> Skills:
    """Return the skills of a user: the spoken languages, within the user's limits."""
    limits = user.limits
    languages = user.spoken & limits.languages if limits.languages else user.spoken
    return Skills(languages, limits.topics or None, is_strict=bool(limits.topics))


def language_queue(language: Language) -> str:
    """Return the queue for calls in a language without a topic."""
    return f"{ALL}-{language}"


def topic_queue(topic: str, language: Language) -> str:
    """Return the queue for calls about a topic in a language."""
    return f"{ALL}-{topic}-{language}"


def memberships(
    skills: Skills, topics: Iterable[str], *, is_widened: bool = False
) -> Mapping[str, int]:
    """Return the queues that an agent serves, with the penalty in each.

    ``topics`` are those of the live release. ``is_widened``: the agent also serves languages that
    the agent does not speak, for callers who have waited for some time (IVR_WIDEN_SECONDS).
    """
    queues = {ALL: 0}
    for language in Language:
        if language not in skills.languages and not is_widened:
            continue
        base = 0 if language in skills.languages else OTHER_LANGUAGE
        queues[language_queue(language)] = base
        for topic in topics:
            is_known = skills.topics is None or topic in skills.topics
            if is_known or not skills.is_strict:
                penalty = base + (0 if is_known else OTHER_TOPIC)
                queues[topic_queue(topic, language)] = penalty
    return queues
