"""Log lines: JSON, and without secrets."""

from __future__ import annotations

import io
import json
import logging
import logging.config

import pytest
import structlog

from partner_portal.lib.redaction import KNOWN
from partner_portal.settings.logs import (
    configure_structlog,
    line_formatter,
    logging_configuration,
    server_logging_configuration,
)

NAME = "partner_portal.tests.logs"
SECRET = "hunter2-of-the-vault"


@pytest.fixture
def lines(request):
    handler = logging.StreamHandler(io.StringIO())
    handler.setFormatter(line_formatter(getattr(request, "param", "json")))
    logger = logging.getLogger(NAME)
    logger.addHandler(handler)
    configure_structlog()
    KNOWN.add(SECRET)
    yield lambda: [
        json.loads(line) if line.startswith("{") else line for line in handler.stream.getvalue().splitlines()
    ]
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


class Refused(Exception):
    """An error whose message repeats what it should not."""


def fail_with(message: str) -> None:
    held_in_a_local_variable = "a-local-value-that-nobody-sees"
    assert held_in_a_local_variable
    raise Refused(message)


@pytest.mark.parametrize("lines", ["json", "text"], indirect=True)
def test_a_credential_in_an_exception_is_not_written_and_local_variables_neither(lines):
    try:
        try:
            fail_with(f"401 for {SECRET}")
        except Refused as first:
            raise RuntimeError(f"while sending {{'Secret': {SECRET!r}}}") from first
    except RuntimeError:
        structlog.get_logger(NAME).exception("request failed")
        logging.getLogger(NAME).exception("the same of a library, with %s", SECRET)
    told = json.dumps(lines())
    assert "Refused" in told
    assert "RuntimeError" in told
    assert SECRET not in told
    assert "a-local-value-that-nobody-sees" not in told


@pytest.mark.parametrize(
    "facts",
    [
        {"url": f"https://ww1.example/a?key={SECRET}"},
        {"request": {"headers": [{"name": "x", "held": {"apiSecret": "never-registered"}}]}},
        {"body": SECRET.encode()},
        {"odd": Refused(SECRET)},
        {SECRET: "as a name"},
    ],
    ids=["url", "nested", "bytes", "object", "name"],
)
def test_a_credential_in_a_value_is_not_written(lines, facts):
    structlog.get_logger(NAME).warning("sent", **facts)
    logging.getLogger(NAME).warning("sent", extra={f"of_{name}": held for name, held in facts.items()})
    told = json.dumps(lines())
    assert SECRET not in told
    assert "never-registered" not in told
    assert len(lines()) == 2


def test_a_line_of_a_library_cannot_forge_another(lines):
    logging.getLogger(NAME).warning('x\n{"event": "forged"}')
    [line] = lines()
    assert line["event"].startswith("x\n")


@pytest.mark.parametrize("lines", ["text"], indirect=True)
def test_a_person_reads_words(lines):
    structlog.get_logger(NAME).warning("sync", organization="acme")
    [line] = lines()
    assert "sync" in line
    assert "organization=acme" in line


def test_the_server_logs_the_same_way():
    configuration = server_logging_configuration("json")
    for name in ("_granian", "granian.access"):
        assert configuration["loggers"][name]["handlers"] == ["stderr"]
    assert (
        json.loads(json.dumps(configuration))
        == configuration
        == logging_configuration("json") | {"loggers": configuration["loggers"]}
    )
