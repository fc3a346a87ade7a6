"""The contestants by turns: a machine whose speed changes within minutes is fair to all of them.

Each load is measured in several short rounds, every contestant once in each; what is told is the
median of the rounds, and ratios are those within a round. With few calls the least decides, so that
there are more rounds.
"""

from __future__ import annotations

import statistics
from collections.abc import Container, Iterator
from typing import Any

from tests.bench import report
from tests.bench.dialogues import BARE, CONTESTANTS, LINE
from tests.bench.search import TRIALS, most_calls
from tests.bench.station import Station, Trial

STEADY_SECONDS = 6.0
"""How long calls begin in a round, beyond the time that fills the line."""
LEAST_CALLS = 30
"""That begin in it: where they are few it takes longer."""
LOADED = 400
"""Calls at once at which key-to-prompt times are compared."""
ROUNDS = {
    "menus": {10: 5, 100: 3, 200: 3, LOADED: 3},
    "first": {100: 3},
    "service": {20: 1},
}
"""How many of each dialogue under each load; the last is left out where it is to be quick."""

Row = dict[str, Any]


class Turns:
    """Measures, and keeps every trial."""

    def __init__(self, place: Station) -> None:
        self._place = place
        self.trials: list[Row] = []
        self.searched: list[Row] = []
        """The trials of the search for the most calls."""
        for contestant in CONTESTANTS:  # the first calls of a process are no measure
            place.measure(contestant, "menus", 10, 4)

    def measure(self, contestant: str, dialogue: str, calls: float) -> Trial:
        """One contestant with about so many calls at once."""
        lasts = self._place.dialogues[dialogue].script.seconds
        rate = calls / lasts
        steady = max(STEADY_SECONDS, LEAST_CALLS / rate)
        trial = self._place.measure(contestant, dialogue, rate, lasts + steady)
        self.trials.append(report.row(trial) | {"load": round(calls)})
        print(report.table(self.trials[-1:]).splitlines()[-1], flush=True)
        return trial

    def rounds(self, dialogue: str, calls: int, rounds: int) -> None:
        """All contestants, again and again."""
        for _ in range(rounds):
            for contestant in CONTESTANTS:
                self.measure(contestant, dialogue, calls)

    def most(self) -> dict[str, Row]:
        """The load that each contestant holds, searched by turns: its trials near it as one row."""
        searches = {contestant: most_calls() for contestant in CONTESTANTS}
        wanted = {contestant: next(search) for contestant, search in searches.items()}
        tried: dict[str, list[Row]] = {contestant: [] for contestant in CONTESTANTS}
        best: dict[str, Row] = {}
        while wanted:
            for contestant, calls in list(wanted.items()):
                trial = self.measure(contestant, "menus", calls)
                tried[contestant].append(self.trials.pop())
                try:
                    wanted[contestant] = searches[contestant].send(trial.held)
                except StopIteration as found:
                    del wanted[contestant]
                    best[contestant] = _median(tried[contestant][-TRIALS:]) | {
                        "load": round(found.value)
                    }
        self.searched = [row for rows in tried.values() for row in rows]
        return best

    def medians(self) -> list[Row]:
        """The trials of each contestant under each load as one row."""
        groups: dict[tuple[str, str, int], list[Row]] = {}
        for row in self.trials:
            groups.setdefault((row["dialogue"], row["contestant"], row["load"]), []).append(row)
        return [_median(rows) for rows in groups.values()]

    def ratio(self, dialogue: str, calls: int) -> list[float]:
        """The line's processor time as a multiple of the bare dialplan's, round by round."""
        return [
            round(line["cpu_ms"] / bare["cpu_ms"], 3)
            for line, bare in self._with_bare(dialogue, calls)
        ]

    def over_bare(self, dialogue: str, calls: int) -> list[float]:
        """Milliseconds that the line's p95 is over the bare dialplan's, round by round."""
        p95 = "key_to_prompt_p95_ms"
        return [round(line[p95] - bare[p95], 2) for line, bare in self._with_bare(dialogue, calls)]

    def _with_bare(self, dialogue: str, calls: int) -> Iterator[tuple[Row, Row]]:
        line, bare = (
            [
                row
                for row in self.trials
                if (row["contestant"], row["dialogue"], row["load"])
                == (contestant, dialogue, calls)
            ]
            for contestant in (LINE, BARE)
        )
        return zip(line, bare, strict=True)


def measure_calls(place: Station, *, quick: bool, only: Container[int] = ()) -> dict[str, Any]:
    """All of it; ``quick`` leaves out the real dialogue and the most calls, ``only`` all loads but
    those, if it has any."""
    print("\n".join(report.table([]).splitlines()[:2]))
    turns = Turns(place)
    found: dict[str, Any] = {}
    for dialogue, loads in ROUNDS.items():
        if quick and dialogue == "service":
            continue
        for calls, rounds in loads.items():
            if only and calls not in only:
                continue
            turns.rounds(dialogue, calls, rounds)
            found[f"{dialogue}_cpu_at_{calls}"] = _with_rounds(turns.ratio(dialogue, calls))
    if over := turns.over_bare("menus", LOADED):
        found[f"p95_over_bare_ms_at_{LOADED}"] = _with_rounds(over)
    most = {} if quick else turns.most()
    medians = turns.medians()
    if LINE in most and BARE in most:
        found["most_calls"] = round(most[LINE]["load"] / most[BARE]["load"], 3)
        for least in medians:
            if (least["contestant"], least["load"]) == (LINE, 10):
                found["cpu_growth"] = round(most[LINE]["cpu_ms"] / least["cpu_ms"], 3)
    print("\nmedians\n" + report.table(medians))
    for name, value in found.items():
        print(f"{name}: {value}")
    return {
        "trials": turns.trials,
        "searched": turns.searched,
        "medians": medians,
        "most": most,
        "ratios": found,
    }


def _with_rounds(rounds: list[float]) -> dict[str, Any]:
    return {"median": round(statistics.median(rounds), 3), "rounds": rounds}


def _median(rows: list[Row]) -> Row:
    return {
        name: round(statistics.median(row[name] for row in rows), 2)
        if isinstance(value, int | float)
        else value
        for name, value in rows[0].items()
    } | {"failed": sum(row["failed"] for row in rows), "rounds": len(rows)}
