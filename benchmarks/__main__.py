"""Run every benchmark, or those named: `python -m benchmarks ingest first_load report`."""

from __future__ import annotations

import sys

from benchmarks import first_load, ingest, report

BENCHMARKS = {"ingest": ingest.run, "first_load": first_load.run, "report": report.run}


def main() -> int:
    """Print one block per benchmark."""
    chosen = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in chosen if name not in BENCHMARKS]
    if unknown:
        sys.stderr.write(f"Unknown benchmark {unknown[0]!r}. There are: {', '.join(BENCHMARKS)}.\n")
        return 2
    for name in chosen:
        print(f"\n{name}: {(BENCHMARKS[name].__doc__ or '').splitlines()[0]}")
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
