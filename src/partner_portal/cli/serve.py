"""`portal serve`: the portal over HTTP; over the embedded stores one process that owns them, else as many as wanted."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from partner_portal.cli.failure import CommandFailed, WrongUse, say
from partner_portal.cli.opened import opened_portal
from partner_portal.lib.interpreter import share_heaps

Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen at.")]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Web processes; more than one need DATABASE_URL.")]
Jobs = Annotated[bool, typer.Option(help="Run jobs as well, or leave them all to `portal worker` processes.")]

BLOCKING_THREADS = 8


def serve(host: Host = "127.0.0.1", port: Port = 8000, workers: Workers = 1, jobs: Jobs = True) -> None:
    """Serve the pages and the API, and keep the mirror fresh."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from partner_portal.bootstrap import portal
    from partner_portal.settings import declared
    from partner_portal.settings.logs import server_logging_configuration

    if not declared.current()[declared.DATABASE_URL]:
        refuse_several_processes(workers, jobs=jobs)
    refuse_taken_port(host, port)
    share_heaps()  # here as well as in the web processes: where they are forks they begin with the heaps there are
    with counting_together(workers):
        # Opened once here so that a locked store or a wrong setting is one clear line, not a worker's traceback.
        opened_portal()
        portal.close()
        say(f"Serving on http://{host}:{port} (stop with Ctrl-C).")
        Server(
            "partner_portal.cli.wsgi:application" if jobs else "partner_portal.cli.wsgi_pages:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=BLOCKING_THREADS,
            respawn_failed_workers=True,
            log_level=LogLevels.warning,
            log_dictconfig=dict(server_logging_configuration(declared.current()[declared.LOG_FORMAT])),
            workers_kill_timeout=30,
        ).serve()


def refuse_several_processes(workers: int, *, jobs: bool) -> None:
    """Raise `WrongUse` for what one process that owns the embedded stores cannot do."""
    if workers > 1:
        raise WrongUse(
            "Several web processes need PostgreSQL: set DATABASE_URL (`portal migrate-store` carries the data over), "
            "or leave out --workers."
        )
    if not jobs:
        raise WrongUse(
            "--no-jobs leaves the jobs to `portal worker` processes, which need PostgreSQL: set DATABASE_URL, "
            "or leave out --no-jobs."
        )


@contextmanager
def counting_together(workers: int) -> Iterator[None]:
    """Let the processes of one port count in one folder: a scrape of /metrics reaches any of them.

    The Prometheus client asks for that folder when it is imported, which must not have happened yet.
    """
    if workers == 1:
        yield
        return
    with TemporaryDirectory(prefix="portal-metrics-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `CommandFailed` when something listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                f"Cannot listen at {host}:{port}: {error.strerror}. Stop what uses it, or choose another with --port."
            ) from None
