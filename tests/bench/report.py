"""What was measured, as a table, as JSON and as a plot."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.station import Trial

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def row(trial: Trial) -> dict[str, Any]:
    """A trial in figures; times in milliseconds."""
    return {
        "contestant": trial.contestant,
        "dialogue": trial.dialogue,
        "starts_a_second": round(trial.rate, 1),
        "most_calls": trial.load.most,
        "calls": trial.load.made,
        "failed": trial.load.failed,
        "cpu_asterisk_ms": round(trial.asterisk, 2),
        "cpu_ours_ms": round(trial.ours, 2),
        "cpu_database_ms": round(trial.database, 2),
        "cpu_ms": round(trial.cpu, 2),
        "keys": trial.delays.keys,
        "prompts": len(trial.delays.seconds),
        **{
            f"key_to_prompt_{name}_ms": round(1000 * trial.delays.percentile(share), 2)
            for name, share in SHARES.items()
        },
    }


COLUMNS = (
    ("dialogue", "dialogue"),
    ("contestant", "contestant"),
    ("starts_a_second", "starts/s"),
    ("most_calls", "at once"),
    ("failed", "failed"),
    ("cpu_asterisk_ms", "Asterisk ms"),
    ("cpu_ours_ms", "ours ms"),
    ("cpu_ms", "CPU ms/call"),
    ("key_to_prompt_p50_ms", "p50 ms"),
    ("key_to_prompt_p95_ms", "p95 ms"),
    ("key_to_prompt_p99_ms", "p99 ms"),
)


def table(rows: Sequence[dict[str, Any]], columns: Iterable[tuple[str, str]] = COLUMNS) -> str:
    """Rows as a Markdown table."""
    columns = tuple(columns)
    cells = [[heading for _, heading in columns]]
    cells += [[_figure(each[name]) for name, _ in columns] for each in rows]
    widths = [max(len(line[place]) for line in cells) for place in range(len(columns))]
    lines = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def _figure(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def write_json(file: Path, document: dict[str, Any]) -> None:
    file.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def plot(file: Path, rows: Sequence[dict[str, Any]]) -> None:
    """CPU a call, and key-to-prompt time, as calls at once grow."""
    from matplotlib import pyplot

    pyplot.switch_backend("svg")

    figure, (cost, delay) = pyplot.subplots(1, 2, figsize=(11, 4.2))
    for contestant in dict.fromkeys(each["contestant"] for each in rows):
        mine = [each for each in rows if each["contestant"] == contestant and not each["failed"]]
        mine.sort(key=lambda each: each["most_calls"])
        calls = [each["most_calls"] for each in mine]
        cost.plot(calls, [each["cpu_ms"] for each in mine], marker="o", label=contestant)
        delay.plot(
            calls, [each["key_to_prompt_p95_ms"] for each in mine], marker="o", label=contestant
        )
    cost.set(xlabel="calls at once", ylabel="CPU ms a call", ylim=(0, None))
    delay.set(xlabel="calls at once", ylabel="key to prompt, p95, ms", yscale="log")
    for each in (cost, delay):
        each.grid(alpha=0.3)
        each.legend()
    figure.tight_layout()
    figure.savefig(file)
    pyplot.close(figure)
