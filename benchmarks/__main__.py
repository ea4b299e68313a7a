"""Run every benchmark, or those named: `python -m benchmarks [--scale 0.1] ingest first_load million report`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks import first_load, idle_refresh, ingest, lighthouse, report, report_postgres

PLAIN: dict[str, Callable[[], None]] = {
    "ingest": ingest.run,
    "idle_refresh": idle_refresh.run,
    "lighthouse": lighthouse.run,
}
SCALED: dict[str, Callable[[float], None]] = {
    "first_load": first_load.run,
    "million": first_load.run_million,
    "first_load_postgres": first_load.run_postgres,
    "report": report.run,
    "report_postgres": report_postgres.run,
}
BENCHMARKS = {**PLAIN, **SCALED}


def main() -> int:
    """Print one block per benchmark."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--scale", type=float, default=1.0, help="make the loads smaller, such as 0.1")
    chosen = parser.parse_args()
    for name in chosen.names:
        if name not in BENCHMARKS:
            parser.error(f"unknown benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
    for name in chosen.names or BENCHMARKS:
        print(f"\n{name}: {(BENCHMARKS[name].__doc__ or '').splitlines()[0]}", flush=True)
        if name in SCALED:
            SCALED[name](chosen.scale)
        else:
            PLAIN[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
