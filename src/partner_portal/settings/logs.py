"""Logs: one JSON object a line on standard error, readable lines on a terminal; with request ids, without secrets.

Secrets are taken out twice: of every value before a line is made (by field name, by known value, by shape, in
tracebacks too), and of the finished line. Tracebacks never show local variables.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from partner_portal.lib.redaction import KNOWN, without_secrets

Event = MutableMapping[str, Any]

PLAIN_NAMES = frozenset({"level", "logger", "timestamp", "_record", "_from_structlog"})
"""Keys that the logging itself writes."""


def redact(_logger: object, _method: str, event: Event) -> Event:
    """Take the secrets out of every value of `event`, however deep."""
    kept = {name: held for name, held in event.items() if name in PLAIN_NAMES}
    told: Event = without_secrets({name: held for name, held in event.items() if name not in PLAIN_NAMES})
    return {**kept, **told}


class LineFormatter(structlog.stdlib.ProcessorFormatter):
    """Formats a line, and looks it through once more as a whole."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of `record`."""
        return KNOWN.without(super().format(record))


_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
    redact,
]


def configure_structlog() -> None:
    """Send the portal's own log lines the way that Django's go."""
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def line_formatter(form: str = "auto") -> LineFormatter:
    """What makes lines: JSON, or words in colour where `form` says "text", or "auto" and a person watches."""
    is_text = form == "text" or (form == "auto" and sys.stderr.isatty())
    return LineFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _words() if is_text else _json()],
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared],
    )


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=repr)


def _words() -> Processor:
    # the exception is text by now: the renderer must not format it once more, with local variables
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=28
    )


def logging_configuration(form: str = "auto") -> dict[str, Any]:
    """Django's LOGGING: everything through one handler; libraries from WARNING, the portal from INFO."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "partner_portal.settings.logs.line_formatter", "form": form}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "partner_portal": {"level": "INFO"},
            # says once what the request log says anyway
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            # DBOS adds a handler of its own to a logger that has none
            "dbos": {"level": "WARNING", "handlers": ["stderr"], "propagate": False},
        },
    }


def server_logging_configuration(form: str = "auto") -> Mapping[str, Any]:
    """The same for the HTTP server's own words, in its main process and its worker.

    Its access log stays off: every request has its line from the portal, with its id and its person.
    """
    configuration = logging_configuration(form)
    configuration["loggers"] |= {
        "_granian": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    }
    return configuration
