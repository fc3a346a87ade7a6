"""The users of the demo. None has a password: their doors exist in the demo only."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.domain.rights import Role
from ivr.domain.staff import Limits, Profile
from ivr.domain.values import Language

TURKMEN, RUSSIAN, ENGLISH = Language


def demo_users() -> Mapping[str, Profile]:
    """Return the demo's users by name. The administrator is the auditor too, to show both."""
    return {
        "gozel": _profile("Gözel Annayewa", TURKMEN, {TURKMEN, RUSSIAN}, Role.AGENT),
        "igor": _profile("Игорь Соколов", RUSSIAN, {RUSSIAN, ENGLISH}, Role.SUPERVISOR, Role.AGENT),
        "aylar": _profile("Aýlar Orazowa", TURKMEN, set(), Role.EDITOR, Role.PUBLISHER),
        "merjen": Profile(
            "Merjen Berdiýewa",
            TURKMEN,
            frozenset(),
            frozenset({Role.CLERK}),
            Limits(offices=frozenset({"Aşgabat-3"})),
        ),
        "natalya": _profile("Наталья Ким", RUSSIAN, set(), Role.LETTERS),
        "daniel": _profile("Daniel Hart", ENGLISH, set(), Role.ADMIN, Role.AUDITOR),
    }


def _profile(shown: str, language: Language, spoken: set[Language], *roles: Role) -> Profile:
    return Profile(shown, language, frozenset(spoken), frozenset(roles))
