"""`portal serve`: the portal over HTTP, with its jobs, in one process that owns the warehouse."""

from __future__ import annotations

import socket
from typing import Annotated

import typer

from partner_portal.cli.failure import CommandFailed, say
from partner_portal.cli.opened import opened_portal

Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="The port to listen at.")]

BLOCKING_THREADS = 8


def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the pages and the API, and keep the mirror fresh."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from partner_portal.bootstrap import portal
    from partner_portal.settings import declared
    from partner_portal.settings.logs import server_logging_configuration

    refuse_taken_port(host, port)
    # Opened once here so that a locked store or a wrong setting is one clear line, not a worker's traceback.
    opened_portal()
    portal.close()
    say(f"Serving on http://{host}:{port} (stop with Ctrl-C).")
    Server(
        "partner_portal.cli.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        log_dictconfig=dict(server_logging_configuration(declared.current()[declared.LOG_FORMAT])),
        workers_kill_timeout=30,
    ).serve()


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
