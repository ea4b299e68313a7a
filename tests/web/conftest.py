"""A portal whose clock stands at the sample's time, its people, and the sample document in the report's place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from doubles import held_parts
from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.web import reporting as module
from web import sample
from web.reading import Element, read

USERNAME = "api-user@acme.example"


@pytest.fixture
def warehouse(shared_warehouse):
    """One warehouse for all pages, empty of their organizations: none of them writes to it."""
    return shared_warehouse


@pytest.fixture
def parts(db, warehouse):
    """Parts whose clock stands at the sample's time; where a test needs Autotask, it brings its own."""
    with held_parts(warehouse, sample.NOW) as made:
        yield made


@pytest.fixture
def organization(organization):
    organization.time_zone = "Europe/Vienna"
    organization.save()
    return organization


@dataclass
class Report:
    """Stands where the report is read: answers with `document`, and remembers what was asked."""

    document: dict[str, Any] = field(default_factory=sample.document)
    asked: list[dict[str, Any]] = field(default_factory=list)
    refusal: Exception | None = None

    def read(self, parts, organization, *, actor, **asked):
        self.asked.append(asked)
        if self.refusal is not None and asked["period"] == "never":
            raise self.refusal
        return self.document

    def tag(self, parts, organization, *, actor, **asked):
        told = json.dumps([self.document, asked], sort_keys=True, default=str)
        return f"version-{self.document['data']['version']}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"


@pytest.fixture
def report(monkeypatch) -> Report:
    made = Report()
    monkeypatch.setattr(module, "read_sales_report", made.read)
    monkeypatch.setattr(module, "sales_report_tag", made.tag)
    return made


@pytest.fixture
def administrator(member):
    return member("administrator")


@pytest.fixture
def viewer(member):
    return member("viewer")


def browser(person=None) -> Client:
    """A browser, with `person` logged in."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def page(client: Client, path: str = "/", *, status: int = 200, **headers: str) -> Element:
    """The page at `path` as a tree."""
    response = client.get(path, headers=headers)
    assert response.status_code == status, response.content.decode()[:500]
    return read(response.content.decode())


@pytest.fixture
def connected(organization):
    """Connects the organization; each argument is a run: (minutes ago, outcome or "" while it runs, other fields)."""

    def make(*runs, problem: str = "", secret_days: int = 3) -> None:
        Connection.objects.create(
            organization=organization,
            username=USERNAME,
            entry_url="http://127.0.0.1:9",
            zone_name="Zone 5",
            dialect="live",
            connected_at=sample.NOW - timedelta(days=3),
            secret_set_at=sample.NOW - timedelta(days=secret_days),
            problem=problem,
        )
        for minutes, outcome, *rest in runs:
            at = sample.NOW - timedelta(minutes=minutes)
            SyncRun.objects.create(
                organization=organization,
                started_at=at,
                heartbeat_at=at,
                finished_at=at if outcome else None,
                outcome=outcome,
                **(rest[0] if rest else {}),
            )

    return make
