"""A request that changes nothing reads what it needs to know of the reader once."""

from __future__ import annotations

import pytest
from django.test import Client

from partner_portal.accounts.models import Membership
from partner_portal.organizations.models import MappingVersion

REPORT = "/api/v1/sales-report"


def asked(queries, model) -> int:
    return sum(f'FROM "{model._meta.db_table}"' in query["sql"] for query in queries)


@pytest.fixture
def reader(store, member) -> Client:
    client = Client()
    client.force_login(member("manager"))
    return client


@pytest.mark.parametrize("path", ["/", REPORT])
def test_a_reading_request_asks_once_who_reads_and_what_types_mean(reader, path, django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(12) as queries:
        assert reader.get(path).status_code == 200
    assert asked(queries, Membership) <= 2  # the reader's, and on the page once more who the others are
    assert asked(queries, MappingVersion) == 1


def test_the_next_request_asks_anew(reader) -> None:
    assert reader.get(REPORT).status_code == 200
    Membership.objects.update(is_active=False)
    assert reader.get(REPORT).status_code == 404
