"""`portal worker`: a process that runs jobs and serves no pages; any number of them, over one PostgreSQL."""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import nullcontext
from typing import Annotated

import typer

from partner_portal.cli.failure import FAILED, WrongUse, say
from partner_portal.cli.serve import refuse_taken_port
from partner_portal.lib.interpreter import settle, share_heaps

MetricsPort = Annotated[
    int | None, typer.Option(min=1, max=65535, help="The port of /livez, /readyz and /metrics; none without it.")
]
MetricsHost = Annotated[str, typer.Option(help="The address of these.")]

LONGEST_STOP_SECONDS = 25
"""After which a worker that was told to stop ends whatever it does: others take over what it held."""


def worker(metrics_port: MetricsPort = None, metrics_host: MetricsHost = "127.0.0.1") -> None:
    """Run the jobs of all organizations, beside other processes, until told to stop."""
    from partner_portal.bootstrap import portal
    from partner_portal.settings import declared

    if not declared.current()[declared.DATABASE_URL]:
        raise WrongUse(
            "portal worker needs PostgreSQL: set DATABASE_URL. "
            "Over the embedded stores `portal serve` runs the jobs itself."
        )
    share_heaps()
    portal.prepare()
    if metrics_port is not None:
        refuse_taken_port(metrics_host, metrics_port)
    from partner_portal.workers import running
    from partner_portal.workers.monitoring import monitored

    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    running.start()
    with nullcontext() if metrics_port is None else monitored(metrics_host, metrics_port):
        say(f"Working as {portal.parts().member.name} (stop with Ctrl-C).")
        settle()
        stopping.wait()
        _end_in_time()
        is_over = running.stop()
    portal.close()
    if not is_over:
        _end_now()


def _end_in_time() -> None:
    timer = threading.Timer(LONGEST_STOP_SECONDS, _end_now)
    timer.daemon = True
    timer.start()


def _end_now() -> None:
    """End though threads still run, which Python would wait for."""
    logging.shutdown()
    os._exit(FAILED)
