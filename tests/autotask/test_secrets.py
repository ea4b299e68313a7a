"""The secret is nowhere to be seen: not in a repr, a message, a traceback or a log."""

from __future__ import annotations

import logging
import pickle
import traceback
from datetime import UTC, datetime

import pytest

from autotask.scripted import CODE, CREDENTIALS, SECRET, ScriptedTransport, Waits, connected, respond
from partner_portal.autotask import errors
from partner_portal.autotask.catalog import COMPANIES
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import AutotaskError, HostUnreachable, explain
from partner_portal.autotask.limits import Limits
from partner_portal.autotask.transport import Request

FAULTS = [
    respond(401, SECRET.encode()),
    respond(500, {"errors": [f"bad header {SECRET} with {CODE}"]}),
    respond(429, {"errors": [f"{SECRET} has been throttled"]}),
    respond(503, f"<html>{SECRET}</html>".encode()),
    respond(200, f'{{"items": "{SECRET}"'.encode()),
    respond(200, {"errors": [SECRET]}),
    HostUnreachable("webservices5.autotask.net", "the connection was lost"),
]


def test_no_text_of_the_credentials_shows_the_secret_values() -> None:
    shown = f"{CREDENTIALS!r} {CREDENTIALS} {[CREDENTIALS]} {CREDENTIALS.hide_in(f'{SECRET}/{CODE}')}"
    assert CREDENTIALS.username in shown
    assert SECRET not in shown
    assert CODE not in shown


def test_no_text_of_a_request_shows_headers_or_body() -> None:
    request = Request("POST", "https://h.example/X/query", CREDENTIALS.headers(), SECRET.encode())
    assert SECRET not in repr(request)
    assert CODE not in f"{request}"


@pytest.mark.parametrize("fault", FAULTS, ids=range(len(FAULTS)))
async def test_no_traceback_and_no_log_shows_them(fault, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(ScriptedTransport(*[fault] * 9)) as client:
        with pytest.raises(AutotaskError) as caught:
            await client.count(COMPANIES)
    told = "".join(traceback.format_exception(caught.value)) + explain(caught.value) + repr(caught.value) + caplog.text
    assert SECRET not in told
    assert CODE not in told


async def test_a_host_that_is_not_there_shows_nothing_either(caplog, unused_tcp_port) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(HostUnreachable, match=f"127.0.0.1:{unused_tcp_port} cannot be reached") as caught:
        await AutotaskClient.connect(
            CREDENTIALS, entry_url=f"http://127.0.0.1:{unused_tcp_port}", limits=Limits(attempts=2), pause=Waits()
        )
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=False).format())
    assert SECRET not in told + caplog.text
    assert "aiohttp" not in told


def all_errors(root: type[AutotaskError]) -> list[type[AutotaskError]]:
    return [root, *(leaf for child in root.__subclasses__() for leaf in all_errors(child))]


ARGUMENTS = {
    errors.AutotaskError: ("it happened",),
    errors.CredentialsUnusable: ("secret", "is empty"),
    errors.FilterInvalid: ("no",),
    errors.WriteRefused: ("PUT", "/x"),
    errors.HostRefused: ("h", "no"),
    errors.RedirectRefused: ("h", 302),
    errors.HostUnreachable: ("h", "no"),
    errors.TlsFailed: ("h", "no"),
    errors.ServerFailed: ("Tasks", 503, 1.0),
    errors.CallBudgetReserved: (0.83, datetime(2026, 3, 2, 10, 42, tzinfo=UTC)),
    errors.UnknownUser: ("u",),
    errors.ZoneRefused: ("h",),
    errors.ZoneMissing: ("h",),
    errors.CredentialsRefused: (),
    errors.PermissionMissing: ("Tasks",),
    errors.EntityMissing: ("Tasks",),
    errors.QueryRefused: ("Tasks", 500, "no."),
    errors.UnknownField: ("Tasks", "stage"),
    errors.MalformedAnswer: ("Tasks", "no"),
    errors.AnswerCutShort: ("Tasks", "no"),
    errors.AnswerTooLarge: ("Tasks", "no"),
    errors.Throttled: ("Tasks", 3.0),
    errors.ThreadLimitReached: ("Tasks", None),
    errors.CallBudgetSpent: ("Tasks", 3.0),
}


@pytest.mark.parametrize("kind", all_errors(AutotaskError), ids=lambda kind: kind.__name__)
def test_every_error_has_one_line_a_remedy_and_survives_pickling(kind) -> None:
    error = kind(*ARGUMENTS[kind])
    assert str(error)
    assert not str(error).endswith(".")
    assert kind.remedy.endswith(".")
    assert explain(error) == f"{error}. {kind.remedy}"
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), vars(copy)) == (kind, str(error), vars(error))


def test_the_drawn_tree_of_errors_is_the_real_one() -> None:
    drawn = (errors.__doc__ or "").split("`*` = retryable")[0]
    for kind in all_errors(AutotaskError):
        (line,) = [line for line in drawn.splitlines() if kind.__name__ in line.split()]
        assert ("*" in line.split()) is kind.retryable, kind.__name__
