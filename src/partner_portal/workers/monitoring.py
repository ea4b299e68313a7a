"""What monitoring asks of a process without pages: `/livez`, `/readyz`, `/metrics`, as web processes answer them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings
from django.db import connections

from partner_portal.bootstrap import portal
from partner_portal.bootstrap.jobs import jobs_problem
from partner_portal.usecases.exposition import CONTENT_TYPE, exposition
from partner_portal.usecases.health import problems_of

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
Answer = tuple[HTTPStatus, str, bytes]
MISSING: Answer = (HTTPStatus.NOT_FOUND, TEXT, b"not found\n")


class _Handler(BaseHTTPRequestHandler):
    """One request, in a thread of its own."""

    timeout = 10

    def do_GET(self) -> None:
        """Answer; the name is what the server calls."""
        try:
            status, kind, body = answer(self.path.partition("?")[0], self.client_address[0])
        finally:
            connections.close_all()
        with suppress(ConnectionError):  # who asked did not wait
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def version_string(self) -> str:
        """Tell nothing of what answers."""
        return "portal"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the server's name)
        """Looks of monitoring are not logged, as in web processes."""


def answer(path: str, client: str) -> Answer:
    """What is told at `path` to the network address `client`."""
    match path:
        case "/livez":
            return HTTPStatus.OK, TEXT, b"ok\n"
        case "/readyz":
            problems = problems_of(portal.parts(), jobs_problem())
            told = {part: problem or "ok" for part, problem in problems.items()}
            status = HTTPStatus.SERVICE_UNAVAILABLE if any(problems.values()) else HTTPStatus.OK
            return status, JSON, json.dumps(told).encode()
        case "/metrics" if client in settings.PORTAL_METRICS_ADDRESSES:
            return HTTPStatus.OK, CONTENT_TYPE, exposition(portal.parts())
    return MISSING


@contextmanager
def monitored(host: str, port: int) -> Iterator[int]:
    """Answer at `host` and `port` within this block; yields the port, which is a free one for 0. Raises OSError."""
    server = ThreadingHTTPServer((host, port), _Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="monitoring", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
