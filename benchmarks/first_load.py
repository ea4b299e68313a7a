"""The first load over HTTP, against what the API's rules allow and against other ways to fetch the same rows."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from benchmarks.database import own_postgres
from benchmarks.rivals import NotInstalled, python_with
from benchmarks.sandbox import Sandbox, sandbox
from partner_portal.autotask.catalog import CATALOG, GUIDE_TASK_FIELDS, TASKS
from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME

ACTIVITIES = 100_000
SIZES = {"opportunities": 20_000, "appointments": 50_000}
LATENCIES_MS = (100, 300)
MILLION = 1_000_000
PAGE = 500
AT_ONCE = 3
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Contender:
    """A program below contenders/; with `package` it runs in an environment that has it."""

    name: str
    program: str
    package: str | None = None


OURS = Contender("our first load", "ours")
CONTENDERS = (
    OURS,
    Contender("one stream of nextPageUrl", "next_page"),
    Contender("py-autotask", "py_autotask_load", "py-autotask"),
    Contender("autotask-client", "autotask_client_load", "autotask-client"),
)


def run(scale: float = 1.0) -> None:
    """First load of 100,000 activities, 20,000 opportunities, 50,000 appointments and the rest."""
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    print(f"  {os.cpu_count()} processors, load average before {load}; sizes times {scale:g}")
    sizes = {name: round(size * scale) for name, size in SIZES.items()}
    with sandbox(round(ACTIVITIES * scale), sizes=sizes) as served:
        there = served.rows()
        for latency_ms in LATENCIES_MS:
            served.set_latency(latency_ms)
            limit = math.ceil(max(map(pages_of, there.values())) / AT_ONCE) * latency_ms / 1000
            print(f"  latency {latency_ms} ms; three requests at once per entity allow {limit:.1f} s")
            for contender in CONTENDERS:
                print(_line(contender, served, there, limit), flush=True)
        served.set_latency(0)
        print("  latency 0")
        print(_cost(served, there))


def run_million(scale: float = 1.0) -> None:
    """First load of 1,000,000 activities: peak memory of the process that syncs."""
    with sandbox(round(MILLION * scale)) as served:
        print(_cost(served, served.rows()))


def run_postgres(scale: float = 1.0) -> None:
    """First load into a PostgreSQL server, of 100,000 activities and of a million, beside one into a DuckDB file."""
    for activities in (ACTIVITIES, MILLION):
        with sandbox(round(activities * scale), sizes=SIZES) as served, own_postgres() as database:
            there = served.rows()
            print(_cost(served, there))
            before = _processor_seconds(database.process_id)
            print(_cost(served, there, database.url))
            spent = _processor_seconds(database.process_id) - before
            print(f"      processor time of the PostgreSQL server: {spent:.1f} s")


def _processor_seconds(process_id: int) -> float:
    """What a server has used with all its processes, those that have ended included."""
    server = psutil.Process(process_id)
    used = [each.cpu_times() for each in (server, *server.children())]
    ended = server.cpu_times()
    return sum(each.user + each.system for each in used) + ended.children_user + ended.children_system


def pages_of(rows: int) -> int:
    """Pages that so many rows fill; asking for none costs one as well."""
    return max(1, math.ceil(rows / PAGE))


def _line(contender: Contender, served: Sandbox, there: Mapping[str, int], limit: float) -> str:
    try:
        done, requests = _run(contender, served)
    except (NotInstalled, RuntimeError) as reason:
        return f"    {contender.name:<28}cannot be compared: {reason}"
    came, seconds = sum(done["rows"].values()), done["seconds"]
    is_complete = done["rows"] == dict(there)
    share = f"{limit / seconds:>7.1%} of the limit" if is_complete else "  not the rows that are there"
    line = (
        f"    {contender.name:<28}{seconds:>8.2f} s{came / seconds:>10,.0f} rows/s{requests:>7,} requests"
        f"{done['peak_mb']:>7.0f} MB{came / sum(there.values()):>8.1%} of the rows{share}"
    )
    if is_complete and "with_comparison" in done:
        line += f" ({limit / done['with_comparison']:.1%} with its counts compared)"
    for path, problem in done.get("problems", {}).items():
        line += f"\n      {path}: {problem[:150]}"
    return line


def _cost(served: Sandbox, there: Mapping[str, int], location: str = "") -> str:
    """What a row costs: the sandbox's processor time is measured apart from ours."""
    before = served.cpu_seconds()
    done, requests = _run(OURS, served, location)
    rows, spent = sum(done["rows"].values()), served.cpu_seconds() - before
    return (
        f"    {'PostgreSQL' if location else 'DuckDB'}: {rows:,} of {sum(there.values()):,} rows "
        f"in {done['seconds']:.1f} s beside the sandbox, "
        f"{requests:,} requests; processor time: ours {done['cpu_seconds']:.1f} s, sandbox's {spent:.1f} s; "
        f"{rows / done['cpu_seconds']:,.0f} rows per second of ours; peak memory {done['peak_mb']:.0f} MB"
    )


def _run(contender: Contender, served: Sandbox, location: str = "") -> tuple[dict[str, Any], int]:
    """What the contender did, and how many requests reached the sandbox. Raises `RuntimeError` when it failed."""
    python = Path(sys.executable) if contender.package is None else python_with(contender.package)
    order = {
        "address": served.address,
        "username": USERNAME,
        "secret": SECRET,
        "integration_code": INTEGRATION_CODE,
        "location": location,
        "entities": {entity.path: _fields(entity.path, entity.field_names) for entity in CATALOG},
    }
    served.forget()
    program = str(HERE / "contenders" / f"{contender.program}.py")
    ran = subprocess.run([str(python), program], input=json.dumps(order), capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError((ran.stderr.strip().splitlines() or ["it ended without a word"])[-1])
    return json.loads(ran.stdout), sum(served.requests().values())


def _fields(path: str, names: tuple[str, ...]) -> list[str]:
    """What a tenant of the live dialect has of our fields."""
    return [name for name in names if path != TASKS.path or name not in GUIDE_TASK_FIELDS]
