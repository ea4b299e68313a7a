"""`portal demo`: the sandbox, the portal and one organization over generated data, in one command."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from partner_portal.cli.demo_states import SETTINGS, STATES, Stage, told
from partner_portal.cli.failure import CommandFailed, WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.cli.serve import refuse_taken_port

EMAIL = "demo@example.com"
VIEWER_EMAIL = "viewer@example.com"
PASSWORD = "open-the-sales-report"  # noqa: S105 - the demo's own, printed at its start
TIME_ZONE = "America/New_York"
START_SECONDS = 120
NOT_CONNECTED = "not-connected"


class PartStopped(CommandFailed):
    """The sandbox or the portal of a demo ended before it answered."""


def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where the portal listens.")] = 8000,
    activities: Annotated[int, typer.Option(min=0, max=2_000_000, help="How many activities to generate.")] = 20_000,
    dialect: Annotated[str, typer.Option(help="live (real tenants) or guide.")] = "live",
    latency_ms: Annotated[int, typer.Option(min=0, help="Added to every request to the sandbox.")] = 0,
    connected: Annotated[
        bool, typer.Option("--connected/--not-connected", help="Connect the sandbox, or leave that to you.")
    ] = True,
    state: Annotated[str, typer.Option(help=f"What to begin in: {', '.join(STATES)}.")] = "normal",
) -> None:
    """Serve a portal over generated data on http://127.0.0.1:8000. Each start begins anew."""
    if state not in STATES:
        raise WrongUse(f"Unknown state {state!r}. Choose one of: {', '.join(STATES)}.")
    chosen = state if connected else NOT_CONNECTED
    refuse_taken_port("127.0.0.1", port)
    # The parts must not outlive us; a shell that starts us in the background has SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    data = fresh_data_dir()
    sandbox_port = free_port()
    os.environ.update(
        PORTAL_DATA_DIR=str(data),
        PORTAL_AUTOTASK_ENTRY_URL=f"http://127.0.0.1:{sandbox_port}",
        PORTAL_DEMO="1",
        **SETTINGS.get(chosen, {}),
    )
    os.environ.pop("DATABASE_URL", None)
    options = {
        "--port": sandbox_port,
        "--activities": activities,
        "--dialect": dialect,
        "--time-zone": TIME_ZONE,
        "--latency-ms": latency_ms,
    }
    with running(
        data / "sandbox.log", "sandbox", *(str(part) for option in options.items() for part in option)
    ) as sandbox:
        wait_for(f"http://127.0.0.1:{sandbox_port}/ATServicesRest/VersionInformation", sandbox)
        table = first_report(chosen, sandbox_port)
        with running(data / "serve.log", "serve", "--port", str(port)) as server:
            wait_for(f"http://127.0.0.1:{port}/readyz", server)
            print_welcome(port, sandbox_port, table, data, chosen)
            server.wait()


def fresh_data_dir() -> Path:
    """An empty folder for the demo inside the data directory; an earlier demo's is removed."""
    from partner_portal.settings.declared import DATA_DIR, read

    folder = read(os.environ)[DATA_DIR] / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


def first_report(state: str, sandbox_port: int) -> str:
    """Set the organization and its people up and bring it into `state`; This Month's report as a table, if known."""
    from partner_portal.bootstrap import portal

    parts = opened_portal()
    from partner_portal.cli.report import rendered
    from partner_portal.usecases.add_person import add_person
    from partner_portal.usecases.connection_state import CONNECTED, connection_state
    from partner_portal.usecases.organizations import add_organization
    from partner_portal.usecases.sales_report import read_sales_report

    organization = add_organization(parts, slug="demo", name="Demo MSP", time_zone=TIME_ZONE, currency="USD")
    people = ((EMAIL, "Demo Leader", "administrator"), (VIEWER_EMAIL, "Demo Viewer", "viewer"))
    for email, name, role in people:
        add_person(parts, organization=organization, email=email, name=name, role=role, password=PASSWORD)
    try:
        STATES[state](Stage(parts, organization, knobs_of(f"http://127.0.0.1:{sandbox_port}")))
        if connection_state(parts, organization).stage != CONNECTED:
            return ""
        return rendered(read_sales_report(parts, organization), "table", width=None)
    finally:
        portal.close()


def knobs_of(address: str) -> Callable[[str, str, Any], Any]:
    """What turns the knobs of the sandbox that serves at `address`."""

    def turn(method: str, path: str, body: Any) -> Any:
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{address}/_sandbox/{path}", data=content, method=method)  # noqa: S310
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - loopback only
            return json.load(answer)

    return turn


def print_welcome(port: int, sandbox_port: int, table: str, data: Path, state: str) -> None:
    """The report, then where to look, how to log in, and what there is to see."""
    sys.stdout.write(table)
    sys.stdout.flush()
    from partner_portal.sandbox.login import INTEGRATION_CODE, SECRET, USERNAME

    say("")
    say(f"The portal:        http://127.0.0.1:{port}")
    say(f"State:             {state}. {told(state)}")
    say(f"Log in as:         {EMAIL}, or {VIEWER_EMAIL} who may only look")
    say(f"Password:          {PASSWORD}")
    say(f"Sandbox Autotask:  http://127.0.0.1:{sandbox_port}")
    say(f"Its API user:      {USERNAME}, secret {SECRET}, integration code {INTEGRATION_CODE}")
    say(f"Logs and data:     {data}")
    say("All figures come from generated data. Stop with Ctrl-C.")


@contextmanager
def running(log: Path, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `portal` command in a process of its own that writes into `log`, ended when we leave."""
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "partner_portal.cli", *command],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    except PartStopped:
        sys.stderr.write(log.read_text("utf-8", "replace"))
        raise
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until `address` answers; raises `CommandFailed` when the process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PartStopped("A part of the demo stopped at its start; its message is above.")
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - loopback only
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise PartStopped(f"{address} did not answer within {START_SECONDS} s. Look at the messages above.")


def free_port() -> int:
    """A loopback port that nothing listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
