"""Logs: one JSON object a line on standard error, with the request's id and without secrets."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

SECRET_WORDS = ("secret", "password", "integration", "authorization", "cookie", "token", "credential", "vault_key")
STARS = "********"

Event = MutableMapping[str, Any]


def without_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Put stars in the place of every value whose key names a secret."""
    for key in event:
        if any(word in key.lower() for word in SECRET_WORDS):
            event[key] = STARS
    return event


_shared: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    without_secrets,
    structlog.processors.format_exc_info,
]


def configure_structlog() -> None:
    """Send the portal's own log lines the way that Django's go."""
    structlog.configure(
        processors=[*_shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_configuration() -> dict[str, Any]:
    """Django's LOGGING: everything through one JSON handler; libraries from WARNING, the portal from INFO."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False, default=repr),
                ],
                "foreign_pre_chain": [structlog.stdlib.ExtraAdder(), *_shared],
            },
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
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
