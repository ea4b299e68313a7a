"""The client cannot write: no request that could is ever built."""

from __future__ import annotations

from typing import get_args, get_type_hints

import pytest

from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.errors import WriteRefused
from partner_portal.autotask.transport import Request

BASE = "https://webservices5.autotask.net/ATServicesRest/V1.0"


def test_the_type_of_a_request_knows_two_verbs() -> None:
    assert set(get_args(get_type_hints(Request)["method"])) == {"GET", "POST"}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "post", "HEAD", "OPTIONS", ""])
def test_no_other_verb_can_be_sent(method) -> None:
    with pytest.raises(WriteRefused):
        Request(method, f"{BASE}/Companies/query")


@pytest.mark.parametrize(
    "path",
    [
        "/Companies",
        "/Companies/1/Notes",
        "/Companies?x=/query",
        "/Companies#/query",
        "/Companies/query/",
        "/Companies/query/next",
        "/Companies/query/count/1",
        "/Companies/queries",
        "/Companies/1/query",
        "/query",
        "",
    ],
)
def test_a_post_goes_to_queries_only(path) -> None:
    url = BASE + path if path != "/query" else "https://webservices5.autotask.net/query"
    with pytest.raises(WriteRefused):
        Request("POST", url)


@pytest.mark.parametrize("path", ["/Companies/query", "/CompanyToDos/query/count"])
def test_queries_and_counts_may_be_posted(path) -> None:
    assert Request("POST", BASE + path, body=b"{}").method == "POST"


def test_a_get_carries_no_body() -> None:
    with pytest.raises(WriteRefused):
        Request("GET", f"{BASE}/Companies/1", body=b"{}")


def test_the_client_offers_reading_only() -> None:
    public = {name for name in vars(AutotaskClient) if not name.startswith("_")}
    assert public == {
        "connect",
        "close",
        "zone",
        "requests",
        "limits",
        "pages",
        "walk",
        "page",
        "query",
        "count",
        "get",
        "raw_page",
        "raw_get",
        "entity_information",
        "entity_descriptions",
        "fields",
        "threshold",
        "tally",
        "server_now",
        "acquaintance",
        "has_found_zone",
        "is_refused",
        "wait_seconds",
    }
