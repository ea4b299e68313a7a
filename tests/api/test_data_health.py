"""GET /api/v1/data-health."""

from __future__ import annotations

import pytest

from partner_portal.api.data_health_schemas import DataHealth
from partner_portal.organizations.models import SyncRun
from partner_portal.usecases.data_health import read_data_health

ADDRESS = "/api/v1/data-health"


@pytest.mark.parametrize("role", ["viewer", "administrator"])
def test_it_answers_in_its_declared_shape(browser, member, parts, organization, store, role):
    at = parts.clock.now()
    part = {"rows": 4, "requests": 1, "removed": 0, "added": 0, "problem": None}
    SyncRun.objects.create(
        organization=organization, started_at=at, heartbeat_at=at, finished_at=at, outcome="done",
        summary={"requests": 2, "entities": {"Tickets": part}},
    )  # fmt: skip
    answer = browser(member(role)).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.json() == read_data_health(parts, organization)
    assert DataHealth.model_validate(answer.json()).model_dump(by_alias=True) == answer.json()


def test_an_unchanged_answer_is_not_sent_again(browser, member, store):
    client = browser(member("viewer"))
    tag = client.get(ADDRESS)["ETag"]
    assert client.get(ADDRESS, headers={"If-None-Match": tag}).status_code == 304
