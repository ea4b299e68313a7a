"""The page of records as a value: figure, chips, headings, cells, pages, and what it says when there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.web.view.filters import Filters, FilterWrong
from partner_portal.web.view.record_cells import Cell
from partner_portal.web.view.record_query import RecordQuery, read_record_query
from partner_portal.web.view.records import Names, RecordsPage, records_page
from web import sample
from web.reading import read
from web.record_sample import URL, document, empty

HERE = "/records/open_amount/"


def made(told: dict[str, Any] | None = None, names: Names | None = None, **asked: Any) -> RecordsPage:
    return records_page(told or document(), RecordQuery(**asked), HERE, sample.NOW, names or Names())


def asks(href: str) -> dict[str, str]:
    """What a link to this page asks for."""
    assert href.startswith(HERE)
    return {name: values[0] for name, values in parse_qs(urlsplit(href).query).items()}


def cells(page: RecordsPage, row: int = 0) -> dict[str, Cell]:
    return {heading.key: cell for heading, cell in zip(page.headings, page.rows[row], strict=True)}


@pytest.mark.parametrize(
    ("unit", "value", "figure", "exact", "made_of"),
    [
        ("money", "1284500.75", "$1,284,501", "$1,284,500.75", "of 312 records"),
        ("count", 312, "312", "", ""),
        ("rate", 0.7234, "72%", "72.34%", "of 312 records"),
        ("ratio", 2.3456, "2.3", "2.346", "of 312 records"),
        ("days", 41.25, "41.2 days", "", "of 312 records"),
        ("money", None, "--", "", "of 312 records"),
    ],
)
def test_the_figure_reads_by_its_unit(unit, value, figure, exact, made_of):
    page = made(document(metric={"unit": unit}, total={"count": 312, "value": value}))
    assert (page.figure, page.exact, page.made_of) == (figure, exact, made_of)
    assert page.raw == ("" if value is None else str(value))


def test_values_read_by_the_type_of_their_column():
    found = cells(made())
    texts = {key: cell.text for key, cell in found.items() if cell.moment is None}
    assert texts == {
        "title": "Firewall <renewal>",
        "company": "Nordwind Logistik",
        "owner": "Ana Ruiz",
        "contact": "Contact 9",
        "stage": "Proposal",
        "outcome": "Open",
        "amount": "$12,345.50",
        "probability": "40%",
        "cycle_days": "1,234",
        "id": "51123",
    }
    assert {key for key, cell in found.items() if cell.is_numeric} == {"amount", "probability", "cycle_days", "id"}
    created, seen = found["created_on"].moment, found["seen_at"].moment
    assert created is not None
    assert seen is not None
    assert (created.iso, created.text) == ("2025-11-03", "Nov 3")
    assert (seen.text, seen.title) == ("Today, 10:30", "Thursday, November 20, 2025, 10:30 (Europe/Vienna)")


def test_a_cell_prints_itself_and_nothing_of_autotask_becomes_markup():
    told = document(rows=[document()["rows"][0] | {"stage": "<b>&", "company": {"id": 4, "name": '"><i>'}}])
    found = cells(made(told))
    shown = {key: read(str(cell)) for key, cell in found.items()}
    assert [shown[key].text for key in ("stage", "company")] == ["<b>&", '"><i>']
    assert not [
        element for cell in shown.values() for element in (*cell.all("b"), *cell.all("i"), *cell.all("renewal"))
    ]
    link = shown["title"].one("a")
    assert (link["href"], link["target"], link["rel"]) == (URL, "_blank", "noopener noreferrer")
    assert link["aria-label"] == found["title"].opens_name
    assert shown["seen_at"].one("time")["title"].endswith("(Europe/Vienna)")
    assert shown["created_on"].one("time")["title"] == "Nov 3, 2025"
    assert shown["company"].one("a")["href"] == found["company"].href
    assert str(cells(made(), row=1)["stage"]) == ""


def test_what_autotask_has_no_value_of_is_left_empty():
    found = cells(made(), row=1)
    assert {cell.text for key, cell in found.items() if key not in ("owner", "id")} == {""}
    assert (found["owner"].text, found["id"].text) == ("No owner", "52")
    assert not any(cell.opens or cell.moment for cell in found.values())


def test_a_record_is_opened_in_autotask_beside_its_title():
    title = cells(made())["title"]
    assert (title.opens, title.opens_name) == (URL, "Open Firewall <renewal> in Autotask, in a new tab")
    untitled = document(rows=[document()["rows"][0] | {"title": None}])
    assert cells(made(untitled))["title"].opens_name == "Open record 51123 in Autotask, in a new tab"
    assert "url" not in {heading.key for heading in made().headings}


def test_companies_and_owners_lead_to_their_own_records():
    query = {"filters": Filters(period="last_month", team="East"), "page": 3, "sort": "id", "only": "stage:5"}
    found = cells(made(**query))
    kept = {"period": "last_month", "team": "East", "sort": "id", "only": "stage:5", "version": "7"}
    assert asks(found["company"].href) == kept | {"company": "4"}
    assert asks(found["owner"].href) == kept | {"owner": "11"}
    assert asks(cells(made(**query), row=1)["owner"].href) == kept | {"owner": "nobody"}
    assert not found["contact"].href


def test_the_one_that_is_in_force_leads_nowhere_nor_does_any_for_who_is_confined():
    found = cells(made(filters=Filters(owner=11, company_id=4)))
    assert (found["owner"].href, found["company"].href) == ("", "")
    confined = cells(made(document(filters={"confined_to": 11})))
    assert (confined["owner"].href, confined["company"].href) == ("", "")


def test_a_heading_sorts_and_the_sorted_one_turns_the_order():
    headings = {heading.key: heading for heading in made(page=4, search="a").headings}
    assert {key: heading.order for key, heading in headings.items() if heading.order} == {"amount": "descending"}
    asked = {"search": "a", "version": "7"}
    assert asks(headings["amount"].href) == asked | {"sort": "amount", "descending": "false"}
    assert asks(headings["title"].href) == asked | {"sort": "title", "descending": "false"}
    for key in ("created_on", "seen_at", "id", "probability"):
        assert asks(headings[key].href) == asked | {"sort": key, "descending": "true"}
        assert headings[key].next_order == "descending"
    assert made().sorted_by == "Amount"
    fixed = document(columns=[document()["columns"][0] | {"sortable": False}])
    assert [heading.href for heading in made(fixed).headings] == [""]


@pytest.mark.parametrize(
    ("page", "listed", "steps"),
    [
        (1, "1–100 of 312 records", {"next": "2", "last": "4"}),
        (2, "101–200 of 312 records", {"first": None, "previous": None, "next": "3", "last": "4"}),
        (4, "301–312 of 312 records", {"first": None, "previous": "3"}),
    ],
)
def test_pages_lead_to_one_another(page, listed, steps):
    count = 12 if page == 4 else 100
    told = document(page={"offset": (page - 1) * 100}, rows=document()["rows"][:1] * count)
    shown = made(told, page=page)
    assert shown.range == listed
    assert [step.key for step in shown.steps] == ["first", "previous", "next", "last"]
    assert {step.key: asks(step.href).get("page") for step in shown.steps if step.href} == steps
    assert shown.announcement == f"{listed}. Page {page} of 4."


def test_one_page_has_no_ways_to_others():
    shown = made(document(found=2, total={"count": 2}))
    assert (shown.steps, shown.range) == ((), "1–2 of 2 records")
    one = document(found=1, total={"count": 1}, rows=document()["rows"][:1])
    assert made(one).range == "1–1 of 1 record"


def test_a_search_tells_how_many_of_the_figures_records_it_found():
    shown = made(document(search="nord", found=2), search="nord")
    assert (shown.range, shown.search) == ("1–2 of 2 found among 312 records", "nord")
    assert shown.figure == "$1,284,501"


def test_everything_that_the_list_is_narrowed_to_can_be_left_out():
    filters = Filters("custom", date(2025, 11, 3), date(2025, 11, 4), "none", 11, "East", 4, 6)
    told = document(
        period={"name": "custom", "start": "2025-11-03", "end": "2025-11-04"},
        only={"key": "stage:5", "label": "Stage: Proposal"},
        search="fire",
    )
    names = Names("Ana Ruiz", "Nordwind", "Hardware")
    chips = made(told, names, filters=filters, only="stage:5", search="fire", page=2).chips
    whole = {"period": "custom", "from": "2025-11-03", "to": "2025-11-04", "compare": "none", "owner": "11"}
    whole |= {"team": "East", "company": "4", "category": "6", "only": "stage:5", "search": "fire", "version": "7"}
    left_out = {
        "Nov 3 – 4": {"period", "from", "to"},
        "Stage: Proposal": {"only"},
        "Owner: Ana Ruiz": {"owner"},
        "Team: East": {"team"},
        "Company: Nordwind": {"company"},
        "Category: Hardware": {"category"},
        "Search: fire": {"search"},
    }
    assert [chip.text for chip in chips] == list(left_out)
    for chip in chips:
        kept = {name: value for name, value in whole.items() if name not in left_out[chip.text]}
        assert asks(chip.href) == kept, chip.text


def test_what_has_no_name_is_told_by_its_id():
    filters = Filters(owner=11, company_id=4, category_id=6)
    assert [chip.text for chip in made(filters=filters).chips[1:]] == ["Owner: 11", "Company: 4", "Category: 6"]
    assert [chip.text for chip in made(filters=Filters(owner="nobody")).chips[1:]] == ["No owner"]


def test_the_range_is_always_told():
    assert made().chips[0].text == "This month: Nov 1 – 30"
    assert made().chips[0].href == ""
    now = made(document(period=None)).chips[0]
    assert (now.text, now.href) == ("As of now, whatever the range", "")
    earlier = made(document(period={"start": "2025-10-01", "end": "2025-10-20"}), of_comparison=True).chips[0]
    assert earlier.text == "Compared with: Oct 1 – 20"
    assert asks(earlier.href) == {"version": "7"}


@pytest.mark.parametrize(
    ("told", "asked", "said", "remedy"),
    [
        (empty(total={"count": None, "value": None}, found=None, notes=["Never read."]), {}, "Never read.", None),
        (empty(found=312, total={"count": 312}), {"page": 9}, "There is no page 9.", {"page": "4", "version": "7"}),
        (empty(search="x", total={"count": 2}), {"search": "x"}, "None of the 2 records has “x”.", {"version": "7"}),
        (empty(), {"filters": Filters(owner=11)}, "There are no such records.", {"version": "7"}),
        (empty(), {"only": "stage:5"}, "There are no such records.", {"version": "7"}),
        (empty(period=None), {}, "There are no such records now.", None),
        (empty(), {}, "There are no such records in this range.", {"period": "last_12_months", "version": "7"}),
        (empty(), {"filters": Filters("last_12_months")}, "There are no such records in this range.", None),
    ],
)
def test_where_there_is_nothing_it_says_why_and_what_to_do(told, asked, said, remedy):
    page = made(told, **asked)
    assert page.empty == said
    assert page.range == ""
    assert page.announcement == said
    assert (None if page.remedy is None else asks(page.remedy.href)) == remedy


def test_notes_are_told_once():
    assert made(document(notes=["Not complete."])).notes == ["Not complete."]
    assert made(empty(total={"count": None}, found=None, notes=["Never read."])).notes == ()


def test_a_search_carries_along_what_else_is_asked():
    hidden = made(
        search="a", page=3, sort="id", descending=False, came_from="pipeline", filters=Filters(owner=11)
    ).hidden
    asked = {"owner": "11", "sort": "id", "descending": "false", "version": "7", "back": "pipeline"}
    assert hidden == asked


queries = st.builds(
    RecordQuery,
    filters=st.builds(
        Filters,
        period=st.sampled_from(("this_month", "last_month")),
        owner=st.one_of(st.none(), st.just("nobody"), st.integers(0, 10**9)),
        team=st.sampled_from(("", "East & West")),
        company_id=st.one_of(st.none(), st.integers(0, 10**9)),
    ),
    only=st.sampled_from(("", "stage:5", "reason:won:none")),
    of_comparison=st.booleans(),
    search=st.sampled_from(("", "a b", "50% & more=?#")),
    sort=st.sampled_from(("", "amount")),
    descending=st.sampled_from((None, True, False)),
    page=st.integers(1, 10**9),
    version=st.one_of(st.none(), st.integers(0, 10**9)),
    came_from=st.sampled_from(("", "pipeline")),
)


@given(query=queries)
def test_the_url_says_all_that_is_asked(query):
    told = {name: values[0] for name, values in parse_qs(query.query().removeprefix("?")).items()}
    assert read_record_query(told) == query


def test_what_is_usual_is_left_out_of_the_url():
    assert RecordQuery().query() == ""


@pytest.mark.parametrize("page", ["0", "-3", "x", "", "1.5"])
def test_a_page_that_is_none_is_the_first(page):
    assert read_record_query({"page": page}) == RecordQuery()


def test_filters_that_cannot_be_understood_are_refused():
    with pytest.raises(FilterWrong, match="owner"):
        read_record_query({"owner": "Ada"})


def test_a_page_asks_for_its_own_records():
    page = replace(RecordQuery(), page=3, sort="id", descending=False, search="a", only="stage:5").listing(100)
    assert (page.offset, page.limit, page.sort, page.descending) == (200, 100, "id", False)
    assert (page.search, page.only, page.of_comparison, page.version) == ("a", "stage:5", False, None)
