"""Log lines: JSON, and without secrets."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from partner_portal.settings.logs import configure_structlog, logging_configuration


@pytest.fixture
def lines():
    handler = logging.StreamHandler(io.StringIO())
    configuration = logging_configuration()["formatters"]["json"]
    handler.setFormatter(
        configuration.pop("()")(
            processors=configuration["processors"], foreign_pre_chain=configuration["foreign_pre_chain"]
        )
    )
    logger = logging.getLogger("partner_portal.tests.logs")
    logger.addHandler(handler)
    configure_structlog()
    yield lambda: [json.loads(line) for line in handler.stream.getvalue().splitlines()]
    logger.removeHandler(handler)


def test_secrets_become_stars(lines):
    log = structlog.get_logger("partner_portal.tests.logs")
    log.warning("connect", username="u", secret="hunter2", integration_code="hunter3", api_token="hunter4")
    [line] = lines()
    assert line["username"] == "u"
    assert "hunter" not in json.dumps(line)


def test_what_libraries_log_is_json_too(lines):
    logging.getLogger("partner_portal.tests.logs").error("plain %s", "words", extra={"password": "hunter2"})
    [line] = lines()
    assert line["event"] == "plain words"
    assert line["level"] == "error"
    assert "hunter2" not in json.dumps(line)


def test_a_request_id_is_on_every_line(lines):
    with structlog.contextvars.bound_contextvars(request_id="abc"):
        structlog.get_logger("partner_portal.tests.logs").warning("something")
    assert lines()[0]["request_id"] == "abc"


def test_a_traceback_stays_within_its_line(lines):
    try:
        int("no luck")
    except ValueError:
        structlog.get_logger("partner_portal.tests.logs").exception("failed")
    [line] = lines()
    assert "no luck" in line["exception"]
