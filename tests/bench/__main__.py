"""``make bench``: the line, Asterisk's bare dialplan and a bare FastAGI server, side by side.

Everything is on this machine, on loopback, and bounded: some 20 minutes. It writes a table to
standard output, and JSON and a plot into a folder.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr import log
from tests.bench import machine, report
from tests.bench.dialogues import BARE, CONTESTANTS, LINE
from tests.bench.search import most_calls
from tests.bench.station import Station, Trial, station

STEADY_SECONDS = 12.0
"""How long calls begin, beyond the time that fills the line."""
SOAK_CALLS = 200
"""Calls at once of a soak, where the most were not measured in the same run."""
LOADED = 400
"""Calls at once at which key-to-prompt times are compared."""


def main() -> None:
    """Measure what is asked for."""
    arguments = _arguments()
    log.set_up("warning")
    arguments.out.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {
        "command": "make bench",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workers": arguments.workers,
    }
    if "alone" in arguments.parts:
        from tests.bench.alone import measure_alone

        parts["alone"] = measure_alone()
        print("one three-menu call alone in Python:", parts["alone"]["cpu_ms"], "ms")
    if "calls" in arguments.parts:
        with station(arguments.workers, orders=True) as place:
            parts["machine"] = machine.describe(place.house.programs().asterisk)
            parts |= _calls(place, arguments)
        report.plot(arguments.out / "bench.svg", parts["trials"])
    if "bad-days" in arguments.parts:
        from tests.bench.baddays import measure_bad_days

        parts["bad_days"] = measure_bad_days()
        print(json.dumps(parts["bad_days"], indent=2))
    if "subscribers" in arguments.parts:
        from tests.bench.records import measure_records

        parts["subscribers"] = measure_records(arguments.subscribers)
        print(report.table(parts["subscribers"]["times"], _TIMES))
    if "soak" in arguments.parts:
        from tests.bench.soak import measure_soak

        most = parts.get("most", {}).get(LINE, {}).get("most_calls", 2 * SOAK_CALLS)
        parts["soak"] = measure_soak(most // 2, arguments.soak_seconds)
        print(json.dumps(parts["soak"], indent=2))
    report.write_json(arguments.out / "bench.json", parts)
    print(f"\nwritten: {arguments.out}/bench.json", file=sys.stderr)


_TIMES = (("what", "what"), ("p50_ms", "p50 ms"), ("p95_ms", "p95 ms"), ("p99_ms", "p99 ms"))


def _calls(place: Station, arguments: argparse.Namespace) -> dict[str, Any]:
    trials: list[Trial] = []

    def measure(contestant: str, dialogue: str, calls: float) -> Trial:
        lasts = place.dialogues[dialogue].script.seconds
        trial = place.measure(contestant, dialogue, calls / lasts, lasts + STEADY_SECONDS)
        trials.append(trial)
        print(report.table([report.row(trial)]).splitlines()[-1], flush=True)
        return trial

    print("\n".join(report.table([]).splitlines()[:2]))
    for contestant in CONTESTANTS:  # the first calls of a process are no measure
        place.measure(contestant, "menus", 5, 2)
    if not arguments.quick:  # by the first callers, who are subscribers
        for contestant in CONTESTANTS:
            measure(contestant, "service", 20)
    for calls in (10, 100, LOADED):
        for contestant in CONTESTANTS:
            measure(contestant, "menus", calls)
    most = {}
    if not arguments.quick:
        for contestant in CONTESTANTS:
            best, _ = most_calls(lambda calls, who=contestant: measure(who, "menus", calls))  # type: ignore[misc]
            if best is not None:
                most[contestant] = report.row(best)
    rows = [report.row(trial) for trial in trials]
    return {"trials": rows, "most": most, "ratios": _ratios(rows, most)}


def _ratios(rows: list[dict[str, Any]], most: dict[str, Any]) -> dict[str, float]:
    """The line beside the bare dialplan."""

    def of(contestant: str, calls: int) -> dict[str, Any]:
        return min(
            (
                each
                for each in rows
                if each["contestant"] == contestant and each["dialogue"] == "menus"
            ),
            key=lambda each: abs(each["most_calls"] - calls),
        )

    ratios = {
        f"cpu_at_{calls}": round(of(LINE, calls)["cpu_ms"] / of(BARE, calls)["cpu_ms"], 3)
        for calls in (10, 100, LOADED)
    }
    over = of(LINE, LOADED)["key_to_prompt_p95_ms"] - of(BARE, LOADED)["key_to_prompt_p95_ms"]
    ratios[f"key_to_prompt_p95_over_bare_ms_at_{LOADED}"] = round(over, 2)
    if LINE in most and BARE in most:
        ratios["most_calls"] = round(most[LINE]["most_calls"] / most[BARE]["most_calls"], 3)
        ratios["cpu_growth"] = round(most[LINE]["cpu_ms"] / of(LINE, 10)["cpu_ms"], 3)
    for name, ratio in ratios.items():
        print(f"{name}: {ratio}")
    return ratios


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path(os.environ.get("BENCH_OUT", "var/bench")))
    parser.add_argument("--workers", type=int, default=int(os.environ.get("BENCH_WORKERS", "1")))
    parser.add_argument(
        "--subscribers", type=int, default=int(os.environ.get("BENCH_SUBSCRIBERS", "100000"))
    )
    parser.add_argument(
        "--soak-seconds", type=float, default=float(os.environ.get("BENCH_SOAK_SECONDS", "3600"))
    )
    parser.add_argument("--quick", action="store_true", help="neither the most calls nor services")
    parser.add_argument(
        "--parts",
        default="alone,calls,bad-days,subscribers",
        type=lambda text: text.split(","),
        metavar="P,P",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
