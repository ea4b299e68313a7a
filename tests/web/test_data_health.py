"""Data health: each state in words, the chart and its table, what an open page is answered when it asks again."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.accounts.models import Membership
from partner_portal.organizations.models import Connection, SyncRun
from partner_portal.usecases import sync_runs
from partner_portal.web import data_health as module
from partner_portal.web.view.budget import budget_view, requests_view
from partner_portal.web.view.data_health import HealthPage, duration, health_page
from partner_portal.web.view.figures import Figures
from web import sample
from web.conftest import browser, page
from web.test_every_page import check

VIENNA = ZoneInfo("Europe/Vienna")
AT = "2025-11-20T09:42:00Z"

RUN = {
    "started_at": AT, "finished_at": "2025-11-20T09:42:02Z", "seconds": 2.34, "full": False, "outcome": "done",
    "problem": None, "rows": 12, "requests": 14, "removed": 1, "added": 0,
    "entities": [
        {"entity": "CompanyNotes", "problem": None, "rows": 12, "requests": 1, "removed": 1, "added": 0},
    ],
}  # fmt: skip


def entity(path: str, **changes: Any) -> dict[str, Any]:
    whole = {
        "entity": path,
        "as_of": AT,
        "full_at": AT,
        "next_at": "2025-11-20T09:47:00Z",
        "rows": 50_214,
        "unconfirmed": 0,
        "complete": True,
        "problem": None,
        "reconciled": compared(50_214, 50_214),
    }
    return whole | changes


def compared(ours: int, theirs: int, **ids: Any) -> dict[str, Any]:
    return {"at": AT, "ours": ours, "theirs": theirs, "differs_since": None, "gone": [], "missing": [], **ids}


def sent(hour: str, **entities: tuple[int, int]) -> dict[str, Any]:
    """An hour with the requests of each entity, and how many of these were throttled."""
    told = [{"entity": path, "requests": all_of, "throttled": some} for path, (all_of, some) in entities.items()]
    sums = {name: sum(entity[name] for entity in told) for name in ("requests", "throttled")}
    return {"hour": hour, **sums, "entities": told}


DOCUMENT: dict[str, Any] = {
    "schema": "data-health/1",
    "organization": {"slug": "acme", "name": "Acme IT", "time_zone": "Europe/Vienna"},
    "is_confined": False,
    "connection": {
        "stage": "connected", "is_syncing": False, "is_stale": False, "synced_at": AT,
        "next_sync_at": "2025-11-20T09:47:00Z", "paused_until": None, "pause": None, "problem": None, "progress": [],
    },
    "data": {"version": 7, "as_of": AT, "dialect": "live", "complete": True},
    "history_since": "2025-09-01T08:00:00Z",
    "entities": [entity("CompanyNotes"), entity("Opportunities", rows=644, reconciled=compared(644, 644))],
    "runs": [RUN],
    "budget": {
        "used": 1_234, "limit": 10_000, "minutes": 60, "read_at": AT, "slow_share": 0.5, "stop_share": 0.8,
    },
    "requests": {
        "since": "2025-11-20T06:00:00Z", "until": "2025-11-20T10:00:00Z",
        "hours": [
            sent(
                "2025-11-20T07:00:00Z",
                Tasks=(4, 0), Contacts=(9, 0), Companies=(3, 0), Tickets=(2, 0), Resources=(1, 0),
            ),
            sent("2025-11-20T09:00:00Z", Tasks=(5, 2)),
        ],
    },
    "unmapped": {
        "is_confirmed": True, "recent": {"start": "2025-08-23", "end": "2025-11-20"},
        "action_types": [{"id": 33, "label": "Site walk", "recent": 60}],
        "stages": [],
        "statuses": [{"id": 9, "label": None, "created": 4, "open": 1_003}],
    },
}  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    """The document with parts of it changed; a mapping changes what it names only."""
    document = deepcopy(DOCUMENT)
    for name, part in parts.items():
        document[name] = document[name] | part if isinstance(part, dict) else part
    return document


def shown(document: dict[str, Any] = DOCUMENT) -> HealthPage:
    return health_page(document, Figures(sample.document()), sample.NOW, VIENNA)


NOTHING_UNMAPPED = {"action_types": [], "stages": [], "statuses": []}


def test_where_nothing_is_wrong_the_page_says_so():
    told = shown(changed(unmapped=NOTHING_UNMAPPED))
    assert told.upshot.tone == "good"
    assert "2 of 2 agree" in told.upshot.text
    assert (told.complete.is_whole, told.agreeing.is_whole) == (True, True)


@pytest.mark.parametrize(
    ("parts", "tone", "words"),
    [
        (
            {"entities": [entity("CompanyToDos", complete=False, problem="No.")]},
            "warning",
            "To-dos: not read to the end",
        ),
        ({"entities": [entity("Tasks", complete=False)] * 5}, "warning", "5 entities: not read to the end"),
        ({"entities": [entity("Tasks", reconciled=compared(9, 8))]}, "warning", "Tasks: not as many"),
        ({"connection": {"is_stale": True}}, "warning", "not up to date"),
        ({"connection": {"pause": "It waits."}}, "warning", "not up to date"),
        ({"connection": {"stage": "not_connected"}}, "info", "no longer read"),
        ({"data": {"as_of": None}}, "info", "Nothing has been read yet"),
        ({}, "info", "2 entries of the mapping wait for a meaning"),
        (
            {"unmapped": NOTHING_UNMAPPED | {"stages": [{"id": 1, "label": "New", "created": 0, "open": 0}]}},
            "info",
            "1 entry of the mapping waits",
        ),
    ],
)
def test_the_upshot_names_what_is_wrong(parts, tone, words):
    upshot = shown(changed(**parts)).upshot
    assert upshot.tone == tone
    assert words in upshot.text


def test_an_entity_that_agrees():
    row = shown().entities[0]
    assert (row.name, row.rows, row.sign.text, row.compared.sign.text) == (
        "Company notes", "50,214", "Complete", "Agrees",
    )  # fmt: skip
    assert row.as_of.title == "Thursday, November 20, 2025, 10:42 (Europe/Vienna)"
    assert row.next.text == "Today, 10:47"


def test_an_entity_that_differs_names_counts_and_ids():
    last = compared(50, 9, gone=list(range(1, 46)), missing=[99])
    row = shown(changed(entities=[entity("Tasks", reconciled=last)])).entities[0]
    assert row.compared.sign.tone == "warning"
    assert row.compared.counts == "50 here, 9 in Autotask"
    only_here, only_there = row.compared.ids
    assert only_here.startswith("Only here: 1, 2, 3")
    assert only_here.endswith("40 and 5 more")
    assert only_there == "Only in Autotask: 99"


@pytest.mark.parametrize(
    ("changes", "tone", "text"),
    [
        ({"as_of": None, "rows": None, "complete": False, "problem": "Not permitted."}, "danger", "Not read"),
        ({"as_of": None, "rows": None, "complete": False}, "", "Not read yet"),
        ({"complete": False, "problem": "A page was cut."}, "warning", "Incomplete"),
    ],
)
def test_an_entity_that_is_not_whole(changes, tone, text):
    row = shown(changed(entities=[entity("Tickets", reconciled=None, **changes)])).entities[0]
    assert (row.sign.tone, row.sign.text) == (tone, text)
    assert row.problem == (changes.get("problem") or "")
    assert row.compared.sign.text == "Not compared yet"
    assert (row.rows == "--") == (changes.get("as_of", AT) is None)


def test_a_run_in_words():
    run = shown().runs[0]
    assert (run.took, run.kind, run.sign.text) == ("2.3 s", "What was due", "Done")
    assert (run.rows, run.requests, run.put_right) == ("12", "14", "1 removed")
    assert run.parts == ("Company notes: 12 rows, 1 request, 1 removed after comparing counts",)
    assert run.progress is None


def test_a_running_one_says_how_far_it_is():
    counts = dict.fromkeys(("rows", "requests", "removed", "added", "seconds", "finished_at"))
    run = RUN | counts | {"outcome": "running", "entities": []}
    progress = [
        {"entity": "CompanyNotes", "rows": 500, "expected": 1200, "state": "running", "problem": None},
        {"entity": "Opportunities", "rows": 644, "expected": None, "state": "done", "problem": None},
        {"entity": "Tasks", "rows": 0, "expected": None, "state": "running", "problem": None},
    ]
    told = shown(changed(runs=[run], connection={"progress": progress})).runs[0]
    assert (told.took, told.rows, told.put_right) == ("--", "--", "--")
    assert (told.progress.done, told.progress.of) == (1, 2)
    assert told.progress.reading == "Reading Company notes (500 of 1,200 rows), Tasks"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "--"), (0.0, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (190.0, "3 min 10 s"), (3900.0, "1 h 5 min")],
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("used", "tone", "percent"),
    [(1_234, "good", 12), (5_000, "warning", 50), (8_000, "danger", 80), (12_000, "danger", 100)],
)
def test_the_budget_by_how_tight_it_is(used, tone, percent):
    view = budget_view(DOCUMENT["budget"] | {"used": used}, sample.NOW, VIENNA)
    assert (view.tone, view.percent, view.minutes) == (tone, percent, 60)


def test_requests_are_drawn_for_the_largest_entities_and_the_rest():
    view = requests_view(DOCUMENT["requests"], sample.NOW, VIENNA)
    assert view.chart.labels == ["Thu 07:00", "Thu 08:00", "Thu 09:00", "Thu 10:00"]
    assert view.chart.today == 3
    assert {series.name: list(series.values) for series in view.chart.series} == {
        "Contacts": [0, 9, 0, 0],
        "Tasks": [0, 4, 0, 3],
        "Companies": [0, 3, 0, 0],
        "Everything else": [0, 3, 0, 0],
        "Throttled (429)": [0, 0, 0, 2],
    }
    assert view.summary == (
        "24 requests in the last 4 hours, 19 in the busiest one, 2 throttled by Autotask (429)."
    )  # fmt: skip


def test_the_table_has_the_hours_in_which_anything_was_sent_the_latest_first():
    view = requests_view(DOCUMENT["requests"], sample.NOW, VIENNA)
    assert view.columns == ("Contacts", "Tasks", "Companies", "Everything else", "All", "Throttled")
    assert [(row.moment.text, row.is_now, row.cells) for row in view.rows] == [
        ("Today, 10:00", True, ("0", "5", "0", "0", "5", "2")),
        ("Today, 08:00", False, ("9", "4", "3", "3", "19", "0")),
    ]


COUNTS = st.tuples(st.integers(0, 99), st.integers(0, 99)).map(lambda pair: (max(pair), min(pair)))


@given(st.dictionaries(st.integers(0, 5), st.dictionaries(st.sampled_from("ABCDE"), COUNTS)))
def test_the_bars_of_an_hour_are_all_that_was_sent_in_it(by_hour):
    since = sample.NOW.replace(minute=0)
    names = [(since + timedelta(hours=step)).isoformat().replace("+00:00", "Z") for step in range(6)]
    until = (since + timedelta(hours=6)).isoformat()
    hours = [sent(names[step], **entities) for step, entities in sorted(by_hour.items())]
    view = requests_view({"since": since.isoformat(), "until": until, "hours": hours}, sample.NOW, VIENNA)
    drawn = [sum(values) for values in zip(*(series.values for series in view.chart.series), strict=True)]
    wanted = [sum(number for number, _ in by_hour.get(step, {}).values()) for step in range(6)]
    assert drawn == (wanted if view.chart.series else [])
    assert all(value >= 0 for series in view.chart.series for value in series.values)


def test_where_nothing_was_sent_the_chart_is_left_out():
    view = requests_view(DOCUMENT["requests"] | {"hours": []}, sample.NOW, VIENNA)
    assert not view.chart.has_data
    assert view.summary == "No request was sent in the last 4 hours."


def test_what_is_unmapped_is_named_with_how_often_it_occurs():
    assert [(group.title, group.entries) for group in shown().unmapped] == [
        ("Action types", (("Site walk (id 33)", "60 activities in 90 days"),)),
        ("Statuses", (("Id 9", "1,003 open, 4 created in 90 days"),)),
    ]


def test_what_cannot_be_counted_yet_is_not_zero():
    unmapped = NOTHING_UNMAPPED | {
        "action_types": [{"id": 33, "label": "Site walk", "recent": None}],
        "stages": [{"id": 1, "label": "New", "created": None, "open": None}],
    }
    groups = shown(changed(unmapped=unmapped)).unmapped
    assert [text for group in groups for _, text in group.entries] == ["Not counted yet", "Not counted yet"]


@pytest.fixture
def health(monkeypatch):
    """Stands where the data's health is read: answers with a document that a test can change."""
    document = deepcopy(DOCUMENT)
    monkeypatch.setattr(module, "read_data_health", lambda *_, **__: document)
    monkeypatch.setattr(module, "read_sales_report", lambda *_, **__: sample.document())
    return document


def test_the_page_prints_all_of_it(health, connected, viewer):
    connected((3, "done"))
    found = page(browser(viewer), "/data-health/")
    check(found)
    headings = [heading.text for heading in found.all("h2") if heading["id"].startswith("health-")]
    assert headings[4:] == [
        "Entities",
        "Requests sent per hour",
        "Unclear records of this month",
        "Unmapped types, stages and statuses",
        "Last syncs",
    ]
    assert len(found.one("div", id="data-health").all("table")) == 3


def test_its_figures_are_the_reports(health, connected, viewer):
    connected((3, "done"))
    figures = page(browser(viewer), "/data-health/").figures()
    assert figures == {
        "calls.unspecified": "37",
        "activities.unmapped": "25",
        "activities.merged": "3",
        "activities.undated": "2",
    }


def test_an_open_page_that_has_it_all_is_sent_nothing(health, connected, viewer):
    connected((3, "done"))
    client = browser(viewer)
    again = page(client, "/data-health/").one("div", id="data-health")["hx-get"]
    assert client.get(again, headers={"HX-Request": "true"}).status_code == 204
    health["entities"][0]["rows"] += 1
    answer = client.get(again, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert "50,215" in answer.content.decode()


def test_an_open_page_asks_more_often_while_a_sync_runs(health, connected, viewer):
    connected((8, "done"))
    assert page(browser(viewer), "/data-health/").one("div", id="data-health")["hx-trigger"] == "every 30s"
    sync_runs.begin(Connection.objects.get().organization, sample.NOW, is_full=False)
    found = page(browser(viewer), "/data-health/").one("div", id="data-health")
    assert found["hx-trigger"] == "every 2s"
    assert found["data-announce"] == "Refreshing. Data as of 10:37"


@pytest.mark.parametrize("runs", [None, (), ((0, ""),), ((8, "done"), (0, "")), ((200, "partial"),), ((5, "failed"),)])
@pytest.mark.parametrize("role", ["administrator", "representative"])
def test_the_page_is_well_made_in_every_state_for_everybody(connected, member, runs, role):
    person = member(role)
    if runs is not None:
        connected(*runs)
    check(page(browser(person), "/data-health/"))


def test_who_is_not_connected_is_told_whom_to_ask(organization, viewer, administrator):
    asking = page(browser(viewer), "/data-health/")
    assert "Ask an administrator" in asking.one("section", id="not-connected").text
    assert "hx-trigger" not in asking.one("div", id="data-health").attributes
    acting = page(browser(administrator), "/data-health/")
    assert "Configure Autotask" in acting.one("section", id="not-connected").text


def test_during_the_first_sync_progress_is_shown_and_no_verdict(connected, viewer):
    tickets = {"rows": 5, "expected": 9, "state": "running", "problem": None}
    connected((0, "", {"progress": {"Tickets": tickets}}))
    found = page(browser(viewer), "/data-health/")
    assert "5 of 9 rows" in found.one("div", id="progress").text
    assert not found.all("p", id="health-upshot")


def test_a_pause_is_told_with_when_it_ends(connected, viewer):
    connected((8, "done"))
    until = sample.NOW + timedelta(minutes=10)
    Connection.objects.update(paused_until=until, budget_used=8_600, budget_limit=10_000, budget_read_at=sample.NOW)
    found = page(browser(viewer), "/data-health/")
    assert "86 % used; the sync goes on at about 10:55" in found.one("div", id="health-pause").text
    assert "86%" in found.one("article", **{"aria-labelledby": "health-budget-title"}).text


def test_the_mapping_is_offered_to_those_who_may_change_it(connected, viewer, administrator):
    connected((8, "done"))
    hrefs = {
        person.email: [link["href"] for link in page(browser(person), "/data-health/").one("main").all("a")]
        for person in (viewer, administrator)
    }
    assert "/settings/mapping/" in hrefs[administrator.email]
    assert "/settings/mapping/" not in hrefs[viewer.email]


def test_who_is_not_known_in_autotask_yet_sees_all_but_figures(connected, member):
    person = member("representative")
    Membership.objects.filter(person=person).update(resource_id=None, is_resource_decided=False)
    connected((8, "done"))
    found = page(browser(person), "/data-health/")
    assert found.figures() == {}
    assert "Ask an administrator" in found.one("section", **{"aria-labelledby": "health-unclear-title"}).text


def test_a_representative_sees_no_count_of_others(connected, member):
    person = member("representative")
    connected((8, "done", {"summary": {"requests": 99, "entities": {}}}))
    found = page(browser(person), "/data-health/")
    assert [heading.text for heading in found.one("main").all("th", scope="col")] == [
        *("Entity", "Data as of", "State", "Next reading"),
        *("Began", "Took", "Asked for", "Outcome"),
    ]
    assert SyncRun.objects.exists()
    assert not found.all("section", **{"aria-labelledby": "health-unmapped-title"})
