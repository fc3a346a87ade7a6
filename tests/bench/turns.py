"""The contestants by turns: a machine whose speed changes within minutes is fair to all of them.

Each load is measured in several short rounds, every contestant once in each; what is told is the
median of the rounds, and ratios are those within a round.
"""

from __future__ import annotations

import statistics
from typing import Any

from tests.bench import report
from tests.bench.dialogues import BARE, CONTESTANTS, LINE
from tests.bench.search import most_calls
from tests.bench.station import Station, Trial

STEADY_SECONDS = 6.0
"""How long calls begin in a round, beyond the time that fills the line."""
LOADED = 400
"""Calls at once at which key-to-prompt times are compared."""
ROUNDS = {10: 3, 100: 3, 200: 5, LOADED: 5}
SERVICE_CALLS = 20

Row = dict[str, Any]


class Turns:
    """Measures, and keeps every trial."""

    def __init__(self, place: Station) -> None:
        self._place = place
        self.trials: list[Row] = []
        for contestant in CONTESTANTS:  # the first calls of a process are no measure
            place.measure(contestant, "menus", 10, 4)

    def measure(self, contestant: str, dialogue: str, calls: float) -> Trial:
        """One contestant with about so many calls at once."""
        lasts = self._place.dialogues[dialogue].script.seconds
        trial = self._place.measure(contestant, dialogue, calls / lasts, lasts + STEADY_SECONDS)
        self.trials.append(report.row(trial) | {"load": round(calls)})
        print(report.table(self.trials[-1:]).splitlines()[-1], flush=True)
        return trial

    def rounds(self, dialogue: str, calls: int, rounds: int) -> None:
        """All contestants, again and again."""
        for _ in range(rounds):
            for contestant in CONTESTANTS:
                self.measure(contestant, dialogue, calls)

    def most(self) -> dict[str, Row]:
        """The greatest load that each contestant holds, searched by turns."""
        searches = {contestant: most_calls() for contestant in CONTESTANTS}
        wanted = {contestant: next(search) for contestant, search in searches.items()}
        best: dict[str, Row] = {}
        while wanted:
            for contestant, calls in list(wanted.items()):
                trial = self.measure(contestant, "menus", calls)
                if trial.held and calls > best.get(contestant, {"load": 0})["load"]:
                    best[contestant] = self.trials[-1]
                try:
                    wanted[contestant] = searches[contestant].send(trial.held)
                except StopIteration:
                    del wanted[contestant]
        return best

    def medians(self) -> list[Row]:
        """The trials of each contestant under each load as one row."""
        groups: dict[tuple[str, str, int], list[Row]] = {}
        for row in self.trials:
            groups.setdefault((row["dialogue"], row["contestant"], row["load"]), []).append(row)
        return [_median(rows) for rows in groups.values()]

    def ratio(self, calls: int) -> list[float]:
        """The line's processor time as a multiple of the bare dialplan's, round by round."""
        return [
            round(line["cpu_ms"] / bare["cpu_ms"], 3)
            for line, bare in zip(self._of(LINE, calls), self._of(BARE, calls), strict=True)
        ]

    def over_bare(self, calls: int) -> list[float]:
        """Milliseconds that the line's p95 is over the bare dialplan's, round by round."""
        p95 = "key_to_prompt_p95_ms"
        return [
            round(line[p95] - bare[p95], 2)
            for line, bare in zip(self._of(LINE, calls), self._of(BARE, calls), strict=True)
        ]

    def _of(self, contestant: str, calls: int) -> list[Row]:
        rows = [
            row
            for row in self.trials
            if (row["contestant"], row["dialogue"], row["load"]) == (contestant, "menus", calls)
        ]
        return rows[: ROUNDS[calls]]  # the search for the most calls comes by here, too


def measure_calls(place: Station, *, quick: bool) -> dict[str, Any]:
    """All of it; ``quick`` leaves out the real dialogue and the most calls."""
    print("\n".join(report.table([]).splitlines()[:2]))
    turns = Turns(place)
    if not quick:
        turns.rounds("service", SERVICE_CALLS, 1)
    for calls, rounds in ROUNDS.items():
        turns.rounds("menus", calls, rounds)
    most = {} if quick else turns.most()
    medians = turns.medians()
    found: dict[str, Any] = {}
    for calls in ROUNDS:
        found[f"cpu_at_{calls}"] = _with_rounds(turns.ratio(calls))
    found[f"p95_over_bare_ms_at_{LOADED}"] = _with_rounds(turns.over_bare(LOADED))
    if LINE in most and BARE in most:
        found["most_calls"] = round(most[LINE]["load"] / most[BARE]["load"], 3)
        least = next(row for row in medians if (row["contestant"], row["load"]) == (LINE, 10))
        found["cpu_growth"] = round(most[LINE]["cpu_ms"] / least["cpu_ms"], 3)
    print("\nmedians\n" + report.table(medians))
    for name, value in found.items():
        print(f"{name}: {value}")
    return {"trials": turns.trials, "medians": medians, "most": most, "ratios": found}


def _with_rounds(rounds: list[float]) -> dict[str, Any]:
    return {"median": round(statistics.median(rounds), 3), "rounds": rounds}


def _median(rows: list[Row]) -> Row:
    return {
        name: round(statistics.median(row[name] for row in rows), 2)
        if isinstance(value, int | float)
        else value
        for name, value in rows[0].items()
    } | {"failed": sum(row["failed"] for row in rows), "rounds": len(rows)}
