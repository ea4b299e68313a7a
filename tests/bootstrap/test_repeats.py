"""The very same request is answered again without asking who and what; whatever may have changed, it is asked anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ConnectionHandler, DatabaseError, OperationalError, connection, connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from prometheus_client import REGISTRY

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.models import AccessToken, Membership
from partner_portal.bootstrap.changes import Changes
from partner_portal.bootstrap.repeats import RepeatedAnswers, let_repeat
from partner_portal.lib.clock import FixedClock
from partner_portal.organizations.models import Organization
from partner_portal.settings.database import database
from partner_portal.usecases.access_tokens import add_token
from partner_portal.usecases.teams import set_team
from postgres import postgres_url
from usecases.mapped import name_types

__all__ = ["postgres_url"]

# With all apps named, the tables are emptied afterwards without making permissions anew, which takes a second.
pytestmark = pytest.mark.django_db(transaction=True, available_apps=settings.INSTALLED_APPS)
REPORT = "/api/v1/sales-report"


@pytest.fixture
def person(store, member):
    return member("manager")


@pytest.fixture
def reader(person) -> Client:
    """Somebody who has just been answered."""
    client = Client()
    client.force_login(person)
    for _ in range(2):  # of a path that was never asked for, nobody knows that answers may be given again
        assert client.get(REPORT).status_code == 200
    return client


def is_repeated(client: Client, path: str = REPORT, **headers: str) -> bool:
    """Whether the next answer is given again: then no table is looked into for it."""
    before = REGISTRY.get_sample_value("portal_answers_repeated_total")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=headers).status_code in {200, 304}
    again = REGISTRY.get_sample_value("portal_answers_repeated_total") != before
    assert again is not any("FROM" in query["sql"] for query in queries)
    return again


def test_the_same_request_gets_the_same_answer_again(reader):
    first = reader.get(REPORT)
    assert is_repeated(reader)
    again = reader.get(REPORT)
    assert again.content == first.content
    assert again.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    own = {"X-Request-ID"}
    assert {k: v for k, v in again.headers.items() if k not in own} == {
        k: v for k, v in first.headers.items() if k not in own
    }


def test_who_holds_the_answer_is_told_so_again(reader):
    tag = reader.get(REPORT)["ETag"]
    assert not is_repeated(reader, **{"If-None-Match": tag})
    assert is_repeated(reader, **{"If-None-Match": tag})
    assert reader.get(REPORT, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("headers", [{"Accept-Language": "de"}, {"If-None-Match": '"x"'}, {"Cookie": "theme=dark"}])
def test_another_request_is_another_question(reader, headers):
    assert not is_repeated(reader, f"{REPORT}?period=last_month")
    if "Cookie" in headers:
        reader.cookies["theme"] = "dark"
        headers = {}
    assert not is_repeated(reader, **headers)


def test_a_request_is_known_by_its_own_id_only(reader):
    assert is_repeated(reader, **{"X-Request-ID": "abcdef-0123"})


def leave(person, store) -> None:
    Membership.objects.filter(person=person).update(is_active=False)


def deactivate(person, store) -> None:
    Organization.objects.update(is_active=False)


def end_sessions(person, store) -> None:
    person.set_password("another long password")
    person.save()


@pytest.mark.parametrize(("happens", "status"), [(leave, 404), (deactivate, 404), (end_sessions, 401)])
def test_a_right_that_was_lost_is_lost_at_once(reader, person, store, happens, status):
    assert is_repeated(reader)
    happens(person, store)
    assert reader.get(REPORT).status_code == status


def test_who_logged_out_is_nobody(reader):
    held = reader.cookies.copy()
    reader.logout()
    reader.cookies = held
    assert reader.get(REPORT).status_code == 401


def test_a_token_that_was_revoked_opens_nothing(reader, person, parts, organization):
    key = add_token(parts, organization, name="nightly", scopes=["report"], actor=Actor.of(person)).key
    program = Client(headers={"Authorization": f"Bearer {key}"})
    assert [is_repeated(program) for _ in range(3)] == [False, False, True]
    AccessToken.objects.update(revoked_at=parts.clock.now())
    assert program.get(REPORT).status_code == 401


def test_data_that_came_are_in_the_next_answer(reader, store):
    before = reader.get(REPORT)
    name_types(store, t31="Kick-off")
    after = reader.get(REPORT)
    assert after["ETag"] != before["ETag"]


def test_another_team_is_another_answer(reader, parts, organization, person):
    set_team(parts, organization, "Inside sales", [8])
    assert not is_repeated(reader)


@pytest.mark.parametrize("seconds", [20, 45, 60])
def test_nothing_is_given_again_for_long(reader, parts, seconds):
    object.__setattr__(parts, "clock", FixedClock(parts.clock.now() + timedelta(seconds=seconds)))
    assert not is_repeated(reader)


def test_what_is_written_down_is_never_given_again(reader):
    records = "/api/v1/records/calls"
    for _ in range(3):
        assert not is_repeated(reader, records)


def test_other_methods_are_answered_for_themselves(reader):
    assert reader.head(REPORT).content == b""
    assert reader.post(REPORT).status_code in {403, 405}


def test_a_store_that_cannot_be_asked_leaves_the_answer_to_whoever_gives_it(parts, rf):
    def mark() -> int:
        raise OperationalError("disk I/O error")

    def answer(request: HttpRequest) -> HttpResponse:
        let_repeat(request)
        request.resolver_match = resolve(REPORT)
        return HttpResponse(f"answer {next(asked)}")

    asked = count(1)
    answers = RepeatedAnswers(answer, mark)
    assert [answers(rf.get(REPORT)).content for _ in range(3)] == [b"answer 1", b"answer 2", b"answer 3"]


@pytest.fixture
def server(postgres_url, monkeypatch):
    """The marks' connection to a PostgreSQL, as a process has one between requests."""
    server = ConnectionHandler({"default": database(postgres_url, Path())})["default"]
    monkeypatch.setattr("partner_portal.bootstrap.changes.connection", server)
    yield server
    server.close()


def test_one_question_tells_of_the_connection_and_of_changes(parts, server, monkeypatch):
    mark = Changes().mark()
    server.close_if_unusable_or_obsolete()  # as each request begins
    monkeypatch.setattr(server, "is_usable", lambda: pytest.fail("that was a question more"))
    assert Changes().mark() == mark


def test_a_connection_that_was_lost_is_given_up_for_another(parts, server):
    assert Changes().mark() is not None
    server.connection.close()
    server.close_if_unusable_or_obsolete()
    with pytest.raises(DatabaseError):
        Changes().mark()
    assert Changes().mark() is not None


def test_within_a_transaction_nothing_is_marked(parts):
    with transaction.atomic():
        assert Changes().mark() is None
    assert Changes().mark() is not None


def test_marks_of_several_threads_are_equal_only_without_a_change_between(organization):
    """Each looks through a connection of its own, as processes do; whoever changes something moves the mark for all."""
    changes = Changes()
    threads = [ThreadPoolExecutor(1), ThreadPoolExecutor(1)]

    def of(number, act, *arguments):
        return threads[number].submit(act, *arguments).result()

    def rename(name: str) -> None:
        Organization.objects.update(name=name)

    of(0, changes.mark), of(1, changes.mark)
    before = set()
    for turn in range(4):
        writer, other = turn % 2, (turn + 1) % 2
        settled = of(0, changes.mark)
        assert of(1, changes.mark) == of(0, changes.mark) == settled, "nothing was committed"
        before.add(settled)
        of(writer, rename, f"Name {turn}")
        changed = of(other if turn < 2 else writer, changes.mark)
        assert changed not in before
        before |= {changed, of(0, changes.mark), of(1, changes.mark)}
    for thread in threads:
        thread.submit(connections.close_all).result()
        thread.shutdown()
