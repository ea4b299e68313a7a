"""The audit log in words: actions, instants of the organization's zone, details of every shape."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from partner_portal.web.view.audit_log import action_name, audit_rows
from partner_portal.web.view.formats import instant

NOW = instant("2025-11-22T12:00:00Z")
VIENNA = ZoneInfo("Europe/Vienna")


def row(**told):
    entry = {
        "at": "2025-11-21T23:30:07.123Z",
        "actor": "ada@acme.example",
        "action": "session.started",
        "result": "done",
        "reason": "",
        "address": None,
        "details": {},
        "unusual": [],
    }
    [made] = audit_rows([entry | told], NOW, VIENNA)
    return made


def told(details):
    return {detail.name: detail.text for detail in row(details=details).details}


def test_an_instant_is_of_the_organization_s_zone_and_kept_for_machines():
    at = row().at
    assert (at.iso, at.text) == ("2025-11-21T23:30:07.123Z", "Today, 00:30")
    assert at.title == "Saturday, November 22, 2025, 00:30 (Europe/Vienna)"


@pytest.mark.parametrize("address", [None, ""])
def test_an_address_that_there_was_none_of_is_a_dash(address):
    assert row(address=address).address == "--"


@pytest.mark.parametrize(
    ("code", "name"),
    [("session.started", "Session started"), ("organization.rules_changed", "Organization rules changed")],
)
def test_an_action_reads_as_words(code, name):
    assert action_name(code) == name
    assert (row(action=code).code, row(action=code).action) == (code, name)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        ("", "none"),
        ([], "none"),
        ({}, "none"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (12431, "12431"),
        ("a_b@acme.example", "a_b@acme.example"),
        (["report", "records"], "report, records"),
        ({"role": "viewer", "is_active": False}, "role: viewer, is active: no"),
        ({"calls": [1, 2], "mail": None}, "calls: (1, 2), mail: none"),
        ([{"id": 1}, [2, 3]], "(id: 1), (2, 3)"),
    ],
)
def test_a_detail_of_every_shape_reads_as_words(value, text):
    assert told({"some_detail": value}) == {"some detail": text}


def test_fields_are_named_and_instants_told_as_everywhere():
    assert told({"changed": ["integration_code"], "expires_at": "2025-12-01T08:00:00Z"}) == {
        "changed": "integration code",
        "expires at": "Monday, December 1, 2025, 09:00 (Europe/Vienna)",
    }
