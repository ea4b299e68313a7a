"""Queries of Autotask through the portal, against the sandbox."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from autotask.scripted import ScriptedTransport, page_answer, respond, zone_answer
from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.accounts.rates import TooManyRequests
from partner_portal.audit.models import Entry
from partner_portal.autotask.client import AutotaskClient
from partner_portal.autotask.credentials import Credentials
from partner_portal.lib.turns import Turns
from partner_portal.organizations.models import Connection, SentRequests
from partner_portal.sandbox.faults import Fault
from partner_portal.sandbox.login import SECRET
from partner_portal.usecases import proxy
from partner_portal.usecases.add_person import add_person
from partner_portal.usecases.connect_autotask import connect_autotask
from partner_portal.usecases.contact import Contact
from partner_portal.usecases.errors import InputRefused, NotConnected
from partner_portal.usecases.organizations import add_organization
from partner_portal.usecases.proxy import Proxy, Wish
from partner_portal.usecases.proxy_errors import ProxyBusy, ProxyFailed, ProxyForbidden
from partner_portal.usecases.proxy_query import EntityUnknown

ALL = {"filter": []}


@pytest.fixture
def manager(member):
    return Actor.of(member("manager"), "192.0.2.7")


@pytest.fixture
def asked(parts, connected, manager, sandbox):
    """Asks for companies: `asked(document, ...)`; the sandbox's count of queries so far is `asked.sent()`."""
    sandbox.state.forget()
    sandbox.state.options.release_seconds = 0.0

    def ask(document=ALL, entity="Companies", cursor=None, *, at=parts, organization=connected, **more):
        return Proxy(at, organization, **{"actor": manager} | more).query(entity, document, cursor)

    ask.sent = lambda: sum(
        number for route, number in sandbox.state.counters.routes.items() if route.split()[-1] in ("query", "count")
    )
    return ask


def rows(given):
    return json.loads(given.body)


def test_rows_come_with_autotasks_own_names_and_values(asked, world):
    world.insert("Opportunities", {"title": "T", "amount": 12.5, "createDate": "2026-03-08T06:59:59.877Z"})
    [row] = rows(asked(entity="opportunities"))
    assert (row["title"], row["amount"], row["createDate"]) == ("T", 12.5, "2026-03-08T06:59:59.877Z")
    assert "userDefinedFields" not in row  # only what the portal knows of
    assert "description" not in row


def test_a_filter_is_autotasks_own(asked):
    found = rows(asked({"filter": [{"op": "eq", "field": "COMPANYNAME", "value": "Second"}]}))
    assert [row["companyName"] for row in found] == ["Second"]
    nested = [{"op": "or", "items": [{"op": "exist", "field": "id"}, {"op": "in", "field": "id", "value": [1]}]}]
    assert len(rows(asked({"filter": nested}))) == 2
    assert rows(asked({"filter": [], "includefields": ["companyname"], "MAXRECORDS": 1})) == [
        {"id": rows(asked())[0]["id"], "companyName": "First"}
    ]


def test_count_and_item(parts, connected, manager, asked):
    ids = [row["id"] for row in rows(asked())]
    proxied = Proxy(parts, connected, manager)
    assert proxied.count("Companies", ALL).body == b"2"
    assert rows(proxied.item("Companies", ids[0]))["companyName"] == "First"
    assert proxied.item("Companies", 4711).body == b"null"


def test_pages_follow_one_another_and_each_row_comes_once(asked, world):
    for number in range(7):
        world.insert("Companies", {"companyName": f"C{number}"})
    document, seen, cursor = {"filter": [], "MaxRecords": 4}, [], None
    while True:
        given = asked(document, cursor=cursor)
        seen += [row["id"] for row in rows(given)]
        cursor = given.cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 9
    assert seen == sorted(seen)


PAGED = {"filter": [], "MaxRecords": 1}


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"document": {"filter": [], "MaxRecords": 2}}, "another query"),
        ({"document": {"filter": [{"op": "gte", "field": "id", "value": 0}], "MaxRecords": 1}}, "another query"),
        ({"entity": "Resources"}, "another query"),
    ],
)
def test_a_cursor_is_good_for_its_own_query_only(asked, more, why):
    cursor = asked(PAGED).cursor
    assert asked(PAGED, cursor=cursor).rows == 1
    with pytest.raises(InputRefused, match=why):
        asked(**{"document": PAGED, "cursor": cursor} | more)


def test_a_cursor_is_good_for_its_own_person_and_organization_only(asked, parts, connected, member, credentials):
    cursor = asked(PAGED).cursor
    with pytest.raises(InputRefused, match="another query"):
        asked(PAGED, cursor=cursor, actor=Actor.of(member("administrator")))
    other = add_organization(parts, slug="other", name="Other")
    person = add_person(parts, organization=other, email="manager@acme.example", role="manager")
    assert connect_autotask(parts, other, credentials).passed
    with pytest.raises(InputRefused, match="another query"):
        asked(PAGED, cursor=cursor, organization=other, actor=Actor.of(person))


@pytest.mark.parametrize("spoil", [lambda c: c[:-1], lambda c: "A" + c, lambda c: c.replace(":", "", 1), lambda _: "x"])
def test_a_forged_cursor_is_refused(asked, spoil):
    with pytest.raises(InputRefused, match="not one of the portal's"):
        asked(PAGED, cursor=spoil(asked(PAGED).cursor))


def test_a_cursor_ages(asked, later):
    cursor = asked(PAGED).cursor
    assert asked(PAGED, cursor=cursor, at=later(3600)).rows == 1
    with pytest.raises(InputRefused, match="too old"):
        asked(PAGED, cursor=cursor, at=later(3601))


def test_autotasks_own_link_is_never_given(asked):
    given = asked(PAGED)
    assert given.cursor is not None
    assert b"http" not in given.body
    assert "127.0.0.1" not in given.cursor


@pytest.mark.parametrize(
    "filtered",
    [
        [{"op": "startsWith", "field": "companyName", "value": "F"}],
        [{"op": "isNull", "field": "companyName"}],
        [{"op": "EQ", "field": "id", "value": 1}],
        [{"op": "eq", "field": "nonsense", "value": 1}],
        [{"op": "eq", "field": "id", "value": "1"}],
        [{"op": "eq", "field": "id", "value": True}],
        [{"op": "eq", "field": "id", "value": None}],
        [{"op": "eq", "field": "id", "value": 2**63}],
        [{"op": "eq", "field": "id", "value": {"a": 1}}],
        [{"op": "in", "field": "id", "value": []}],
        [{"op": "in", "field": "id", "value": list(range(501))}],
        [{"op": "exist", "field": "id", "value": 1}],
        [{"op": "contains", "field": "id", "value": "1"}],
        [{"op": "eq", "field": "lastActivityDate", "value": "yesterday"}],
        [{"op": "gt", "field": "lastActivityDate", "value": "0001-01-01T00:00:00+23:00"}],
        [{"op": "eq", "field": "companyName", "value": "x" * 501}],
        [{"op": "eq", "field": "x", "value": "1", "udf": True}],
        [{"op": "and", "items": []}],
        [{"op": "and", "items": {}}],
        [{"op": "and"}],
        [{"field": "id", "value": 1}],
        [[]],
        ["id eq 1"],
        [None],
        {},
        None,
        [{"op": "eq", "field": "id", "value": 1}] * 101,
    ],
)
def test_what_autotask_would_ignore_or_refuse_is_never_sent(asked, filtered):
    with pytest.raises(InputRefused) as refused:
        asked({"filter": filtered})
    assert "\n" not in str(refused.value)
    assert asked.sent() == 0


def test_groups_are_bounded_in_depth(asked):
    def nested(depth):
        inner = {"op": "exist", "field": "id"}
        for _ in range(depth):
            inner = {"op": "and", "items": [inner]}
        return {"filter": [inner]}

    assert asked(nested(8)).rows == 2
    with pytest.raises(InputRefused, match="deep"):
        asked(nested(9))


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"filter": [], "MaxRecords": 0},
        {"filter": [], "MaxRecords": 501},
        {"filter": [], "MaxRecords": True},
        {"filter": [], "MaxRecords": "5"},
        {"filter": [], "IncludeFields": ["nonsense"]},
        {"filter": [], "IncludeFields": "id"},
        {"filter": [], "Filter": []},
        {"filter": [], "page": 2},
    ],
)
def test_a_query_is_what_autotask_documents_and_nothing_else(asked, document):
    with pytest.raises(InputRefused):
        asked(document)
    assert asked.sent() == 0


@pytest.mark.parametrize("entity", ["Invoices", "Companies/../x", "..", "companies ", "", "Ⅽompanies", "X" * 999])
def test_an_entity_that_nobody_declared_is_not_asked_for(asked, entity):
    with pytest.raises(EntityUnknown):
        asked(entity=entity)
    assert asked.sent() == 0


def test_who_may_ask(asked, member, stranger):
    for role in ("viewer", "representative"):
        with pytest.raises(NotPermitted):
            asked(actor=Actor.of(member(role)))
    with pytest.raises(OrganizationUnknown):
        asked(actor=Actor.of(stranger))
    assert asked.sent() == 0
    assert asked(actor=Actor.of(member("administrator"))).rows == 2


def test_an_answer_serves_for_five_minutes(asked, later, world):
    assert asked().age == timedelta(0)
    world.insert("Companies", {"companyName": "Third"})
    kept = asked(at=later(299))
    assert (kept.rows, kept.age) == (2, timedelta(seconds=299))
    assert asked.sent() == 1
    assert asked(at=later(300)).rows == 3
    assert asked.sent() == 2


def test_another_question_is_another_answer(asked, parts, connected, manager):
    asked()
    asked({"filter": [], "MaxRecords": 3})
    asked({"filter": [], "IncludeFields": ["companyName"]})
    asked({"filter": [{"op": "exist", "field": "id"}]})
    asked(entity="Resources")
    Proxy(parts, connected, manager).count("Companies", ALL)
    assert asked.sent() == 6


def test_a_new_answer_can_be_asked_for_but_not_twice_in_a_moment(asked, later):
    asked()
    now_please = Wish(oldest=timedelta(0))
    assert asked(wish=now_please, at=later(4)).age == timedelta(seconds=4)
    assert asked(wish=now_please, at=later(5)).age == timedelta(0)
    assert asked.sent() == 2


def test_an_answer_that_may_not_be_kept_is_not(asked):
    asked(wish=Wish(may_keep=False))
    asked()
    assert asked.sent() == 2


def test_answers_serve_the_same_rights_only(asked, member):
    asked()
    asked(actor=Actor.of(member("administrator")))
    assert asked.sent() == 2


def test_rows_never_cross_organizations(asked, parts, credentials, sandbox, world):
    """The same question, first in one organization, then in another that is not connected, then connected."""
    assert asked().rows == 2
    other = add_organization(parts, slug="other", name="Other")
    person = add_person(parts, organization=other, email="boss@other.example", role="manager")
    with pytest.raises(NotConnected):
        asked(organization=other, actor=Actor.of(person))
    assert connect_autotask(parts, other, credentials).passed
    before = asked.sent()
    assert asked(organization=other, actor=Actor.of(person)).age == timedelta(0)
    assert asked.sent() == before + 1


def test_another_connection_forgets_the_answers_of_the_one_before(asked, later, connected, credentials, sandbox):
    asked()
    sandbox.state.login = replace(sandbox.state.login, secret="another")
    assert connect_autotask(later(10), connected, replace(credentials, secret="another")).passed
    before = asked.sent()
    assert asked(at=later(11)).age == timedelta(0)
    assert asked.sent() == before + 1


def test_a_person_is_slowed_down_then_the_organization(asked, member, monkeypatch):
    monkeypatch.setattr(proxy, "OF_A_PERSON", replace(proxy.OF_A_PERSON, most=3))
    monkeypatch.setattr(proxy, "OF_AN_ORGANIZATION", replace(proxy.OF_AN_ORGANIZATION, most=5))
    for _ in range(3):
        asked()
    with pytest.raises(TooManyRequests, match="person"):
        asked()
    other = Actor.of(member("administrator"))
    asked(actor=other)
    asked(actor=other)
    with pytest.raises(TooManyRequests, match="organization"):
        asked(actor=other)


def test_autotask_is_asked_less_often_than_we_are(asked, monkeypatch, later):
    monkeypatch.setattr(proxy, "TO_AUTOTASK", replace(proxy.TO_AUTOTASK, most=2))
    asked()
    asked({"filter": [], "MaxRecords": 2})
    asked()  # kept
    for _ in range(3):
        with pytest.raises(TooManyRequests, match="sent to Autotask") as refused:
            asked({"filter": [], "MaxRecords": 3})
    assert 0 < refused.value.seconds <= 60
    assert asked.sent() == 2
    assert asked({"filter": [], "MaxRecords": 3}, at=later(60)).rows == 2
    assert Entry.objects.filter(action="autotask.queried", result="refused").count() == 1  # of the flood the first


def test_while_the_hour_is_tight_nothing_is_sent(asked, sandbox, later):
    sandbox.state.hour.set_used(9_000)
    Connection.objects.update(budget_read_at=None)
    with pytest.raises(ProxyBusy) as busy:
        asked()
    assert busy.value.seconds >= 60
    assert asked.sent() == 0
    requests = sum(sandbox.state.counters.requests.values())
    for _ in range(20):
        with pytest.raises(ProxyBusy, match="call budget"):
            asked(at=later(30))
    assert sum(sandbox.state.counters.requests.values()) == requests


def test_a_kept_answer_needs_no_budget(asked, parts):
    asked()
    Connection.objects.update(paused_until=parts.clock.now() + timedelta(minutes=9))
    assert asked().rows == 2


def test_a_query_does_not_end_the_pause_of_a_sync(asked, parts, connected, monkeypatch):
    """A pause that begins while a query is under way stays."""
    until, keep = parts.clock.now() + timedelta(minutes=9), Contact.keep

    def paused_meanwhile(*args, **more):
        Connection.objects.update(paused_until=until)
        keep(*args, **more)

    monkeypatch.setattr(Contact, "keep", paused_meanwhile)
    asked()
    assert Connection.objects.get().paused_until == until


def test_what_is_sent_counts_against_the_hour(asked):
    SentRequests.objects.all().delete()
    asked()
    assert SentRequests.objects.get(entity="Companies").requests == 1


def test_a_refused_secret_is_tried_once_and_then_waits(asked, sandbox, parts, connected, later):
    sandbox.state.login = replace(sandbox.state.login, secret="another")
    Connection.objects.update(accepted_at=None)
    with pytest.raises(ProxyFailed):
        asked()
    for number in range(10):
        with pytest.raises(ProxyBusy, match="refused"):
            asked({"filter": [], "MaxRecords": number + 1})
    assert sum(sandbox.state.counters.failed_logins.values()) == 1
    assert Connection.objects.get().refusals == 1


def test_one_query_goes_ahead_while_the_credentials_are_in_doubt(asked, parts, connected):
    """The others wait for how it ends, and not for ever."""
    hasty = replace(parts, proxy_doubts=Turns(1, longest_wait_seconds=0.01))
    with hasty.proxy_doubts.turn(connected.pk):
        Connection.objects.update(accepted_at=None)
        with pytest.raises(ProxyBusy, match="under way"):
            asked(at=hasty)
        assert asked.sent() == 0
        Connection.objects.update(accepted_at=parts.clock.now())
        assert asked(at=hasty).rows == 2


def test_few_queries_of_an_organization_are_under_way_at_once(asked, parts, connected):
    hasty = replace(parts, proxy_places=Turns(1, longest_wait_seconds=0.01))
    with hasty.proxy_places.turn(connected.pk), pytest.raises(ProxyBusy, match="under way"):
        asked(at=hasty)
    assert asked.sent() == 0


def test_what_autotask_refuses_is_told_in_words(asked, sandbox):
    sandbox.state.options.permissions = {"Companies": "forbidden"}
    with pytest.raises(ProxyForbidden, match="Companies"):
        asked()
    sandbox.state.options.permissions = {}
    sandbox.state.faults.add(Fault(kind="wrong_type", entity="Companies", count=9))
    sandbox.state.faults.add(Fault(kind="broken_json", entity="Companies", count=9))
    with pytest.raises(ProxyFailed):
        asked({"filter": [], "MaxRecords": 9})


def test_every_question_is_written_down_without_its_values(asked, manager):
    asked({"filter": [{"op": "eq", "field": "companyName", "value": "Mrs Miller"}]})
    asked({"filter": [{"op": "eq", "field": "companyName", "value": "Mrs Miller"}]})
    entries = list(Entry.objects.filter(action="autotask.queried"))
    assert [entry.details["is_kept"] for entry in entries] == [False, True]
    assert entries[0].details == {
        "entity": "Companies",
        "kind": "query",
        "filtered_by": ["companyName"],
        "rows": 0,
        "is_kept": False,
    }
    assert (entries[0].actor, entries[0].address) == (manager.name, "192.0.2.7")
    assert not any("Miller" in json.dumps(entry.details) + entry.reason for entry in entries)


def test_refusals_and_failures_are_written_down_too(asked, sandbox):
    with pytest.raises(InputRefused):
        asked({"filter": [{"op": "like", "field": "companyName", "value": "Mrs Miller"}]})
    sandbox.state.options.permissions = {"Companies": "forbidden"}
    with pytest.raises(ProxyForbidden):
        asked()
    refused, failed = Entry.objects.filter(action="autotask.queried")
    assert (refused.result, failed.result) == ("refused", "failed")
    assert "Miller" not in refused.reason
    assert "permission" in failed.reason


ELSEWHERE = "https://evil.example/ATServicesRest/"


@pytest.mark.parametrize(
    "wire",
    [
        ScriptedTransport(zones=[zone_answer("evil.example")]),
        ScriptedTransport(zones=[zone_answer("webservices5.autotask.net@evil.example")]),
        ScriptedTransport(zones=[respond(302, {}, {"location": ELSEWHERE})]),
        ScriptedTransport(respond(302, {}, {"location": ELSEWHERE})),
        ScriptedTransport(page_answer([{"id": 1}], next_url=f"{ELSEWHERE}V1.0/Companies/query/next?paging=x")),
        ScriptedTransport(page_answer([{"id": 1}], next_url="http://169.254.169.254/latest/meta-data/")),
    ],
    ids=["zone", "zone with a user", "redirect of the zone", "redirect", "page link", "page link to the machine"],
)
def test_an_answer_that_points_elsewhere_is_refused_and_nothing_follows_it(asked, parts, wire):
    """Server-side request forgery: whoever can make Autotask's answers cannot make the portal call another host."""
    budget = {"budget_read_at": parts.clock.now(), "budget_limit": 10_000}  # so that the first request is the query
    Connection.objects.update(zone_url="", zone_found_at=None, **budget)

    async def open_client(credentials, limits, known=None):
        return await AutotaskClient.connect(credentials, limits=limits, transport=wire, known=known)

    with pytest.raises(ProxyFailed):
        asked(at=replace(parts, open_client=open_client))
    hosts = {urlsplit(request.url).hostname for request in wire.sent}
    assert hosts <= {"webservices.autotask.net", "webservices5.autotask.net"}


def test_nothing_secret_is_in_an_answer_or_an_entry(asked, sandbox, credentials: Credentials):
    sandbox.state.faults.add(Fault(kind="error", entity="Companies", text=f"invalid query by {SECRET}", count=9))
    with pytest.raises(Exception) as refused:
        asked()
    told = str(refused.value) + "".join(entry.reason for entry in Entry.objects.all())
    assert "invalid query" in told
    assert credentials.secret not in told
