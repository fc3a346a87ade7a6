"""``make bench``: the line, Asterisk's bare dialplan and a bare FastAGI server, side by side.

Everything is on this machine, on loopback, and bounded: an hour. It writes a
table to standard output, and JSON and a plot into a folder, after each part what there is.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ivr import log
from ivr.wiring import telephony
from tests.bench import machine, report
from tests.bench.dialogues import LINE
from tests.bench.station import station
from tests.bench.turns import measure_calls


def main() -> None:
    """Measure what is asked for."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # all that runs is ended
    log.set_up("warning")
    arguments.out.mkdir(parents=True, exist_ok=True)
    parts: dict[str, Any] = {
        "command": "make bench",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "workers": arguments.workers,
    }

    def keep() -> None:
        report.write_json(arguments.out / "bench.json", parts)

    if "alone" in arguments.parts:
        from tests.bench.alone import measure_alone

        parts["alone"] = measure_alone()
        print("one three-menu call alone in Python:", parts["alone"]["cpu_ms"], "ms")
    if "calls" in arguments.parts:
        with station(arguments.workers, orders=True) as place:
            parts["machine"] = machine.describe(telephony.programs(place.container).asterisk)
            parts |= measure_calls(place, quick=arguments.quick, only=arguments.loads)
        rows = [row for row in parts["medians"] if row["dialogue"] == "menus"]
        report.plot(arguments.out / "bench.svg", [*rows, *parts["most"].values()])
        keep()
    most = parts.get("most", {}).get(LINE, {}).get("load", arguments.most)
    if "bad-days" in arguments.parts:
        from tests.bench.baddays import measure_bad_days

        parts["bad_days"] = measure_bad_days(most)
        print(json.dumps(parts["bad_days"], indent=2))
        keep()
    if "subscribers" in arguments.parts:
        from tests.bench.records import measure_records

        parts["subscribers"] = measure_records(arguments.subscribers)
        print(report.table(parts["subscribers"]["times"], _TIMES))
        keep()
    if "soak" in arguments.parts:
        from tests.bench.soak import measure_soak

        parts["soak"] = measure_soak(most // 2, arguments.soak_seconds)
        print(json.dumps(parts["soak"], indent=2))
    keep()
    print(f"\nwritten: {arguments.out}/bench.json", file=sys.stderr)


_TIMES = (("what", "what"), ("p50_ms", "p50 ms"), ("p95_ms", "p95 ms"), ("p99_ms", "p99 ms"))


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
    parser.add_argument(
        "--most",
        type=int,
        default=int(os.environ.get("BENCH_MOST", "400")),
        help="calls at once that the line holds, where they are not measured in the same run",
    )
    parser.add_argument("--quick", action="store_true", help="neither the most calls nor services")
    parser.add_argument(
        "--loads",
        default=(),
        type=lambda text: [int(each) for each in text.split(",")],
        metavar="CALLS,CALLS",
        help="of 10, 20, 100, 200 and 400 calls at once only these",
    )
    parser.add_argument(
        "--parts",
        default="alone,calls,bad-days,subscribers",
        type=lambda text: text.split(","),
        metavar="P,P",
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
