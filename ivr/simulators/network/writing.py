"""Change the simulated network's documents to the form of its habits. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from ivr.simulators.network.habit import Habit, Habits

USED = frozenset({"startDateTime", "startDate"})
"""Dates that clients need: the habits change their form, but never remove them."""
STATES = frozenset({"state", "status"})
UNSET = (
    "relatedParty",
    "note",
    "serviceOrderItem",
    "serviceCharacteristic",
    "place",
    "billingPeriod",
)
EXTRAS = {
    "@type": "OfOurOwn",
    "x": {"y": [1, None, {"z": []}]},
    "isFast": "perhaps",
    "note": "text",
}
OWN = "beingProvisioned"
UNDER_WAY = frozenset({"acknowledged", "inProgress", "pending"})


def written(document: Any, habits: Habits) -> Any:
    """Return a document in the form of the habits."""
    return _value("", document, habits) if habits else document


def _value(name: str, value: Any, habits: Habits) -> Any:
    if isinstance(value, list):
        return [_value(name, each, habits) for each in value]
    if isinstance(value, dict):
        return _resource(value, habits)
    if isinstance(value, str):
        if name in STATES:
            return _state(value, habits)
        if re.search(r"(Date|DateTime|Time)$", name):
            return _date(name, value, habits)
        if name == "id" and Habit.NUMBERS in habits and value.isdecimal():
            return int(value)
        if name in ("id", "productSerialNumber") and Habit.PLUS in habits and value[:3] == "993":
            return f"+{value}"
    if name == "value" and isinstance(value, float | int) and Habit.TEXT_AMOUNTS in habits:
        return str(value)
    return value


def _resource(resource: Mapping[str, Any], habits: Habits) -> dict[str, Any]:
    said = {name: _value(name, value, habits) for name, value in resource.items()}
    if Habit.NULLS in habits:
        said = {name: value if value != [] else None for name, value in said.items()}
        said |= {name: None for name in UNSET if name not in said}
    return {**EXTRAS, **said} if Habit.EXTRAS in habits else said


def _state(state: str, habits: Habits) -> str:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", state)
    forms: Mapping[Habit, Callable[[], str]] = {
        Habit.OWN_STATES: lambda: OWN if state in UNDER_WAY else state,
        Habit.DONE: lambda: "Done" if state == "completed" else state,
        Habit.CAPITALS: state.upper,
        Habit.SNAKE: lambda: apart.replace(" ", "_").lower(),
        Habit.SPACED: apart.title,
    }
    return next((form() for habit, form in forms.items() if habit in habits), state)


def _date(name: str, date: str, habits: Habits) -> Any:
    if Habit.BLANK_DATES in habits and name not in USED:
        return ""
    if Habit.ZONES in habits:
        return f"{date}[Asia/Ashgabat]"
    if Habit.EPOCHS in habits:
        return int(datetime.fromisoformat(date).timestamp() * 1000)
    return date
