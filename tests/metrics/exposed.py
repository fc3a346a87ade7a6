"""What an exposition says, for tests to compare."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from ivr import metrics

Sample = tuple[str, tuple[tuple[str, str], ...]]
"""A name with its labels in order."""


def samples(text: str | None = None) -> dict[Sample, float]:
    """Every value of a text; of this process's own, where none is given."""
    said = metrics.exposition().decode() if text is None else text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(said)
        for sample in family.samples
    }


def value(found: dict[Sample, float], name: str, **labels: str) -> float:
    """One value; 0 where it has not moved yet."""
    return found.get((name, tuple(sorted(labels.items()))), 0.0)


def names(found: dict[Sample, float]) -> frozenset[str]:
    return frozenset(name for name, _ in found)
