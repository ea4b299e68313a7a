from __future__ import annotations

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from partner_portal.web.view.owner import ordinal, owner_page
from partner_portal.web.view.owners import COLUMNS, NAME, Order, owners_page, read_order
from partner_portal.web.view.record_links import RecordLinks
from web import sample

KEYS = [NAME, *(column.key for column in COLUMNS)]
ORDERS = st.builds(Order, st.sampled_from(KEYS), st.booleans())
ANA, BJORN, CHLOE = (owner["name"] for owner in sample.OWNERS)


def document(*changes, **others):
    """The sample with these changes to the rows of its owners, by their place."""
    made = sample.document(**others)
    for place, change in enumerate(changes):
        made["by_owner"][place].update(change)
    return made


def shown(made=None, order=None, filters=None, measure=""):
    figures = Figures(made or document(), RecordLinks(made or document(), filters or Filters(), "/records/METRIC/"))
    return owners_page(figures, filters or Filters(), order or Order(), measure)


def names(page):
    return [row.name for row in page.rows]


def cells(page, key):
    place = [column.key for column in COLUMNS].index(key)
    return [row.cells[place] for row in page.rows]


@given(ORDERS)
def test_a_link_reproduces_the_order(order):
    assert read_order(order.fields()) == order


@pytest.mark.parametrize(
    "query", [{}, {"sort": ""}, {"sort": "shoe_size"}, {"sort": "by_owner"}, {"descending": "true"}]
)
def test_an_order_that_there_is_not_is_the_documents_own(query):
    assert read_order(query) == Order("calls", is_descending=True)


@pytest.mark.parametrize("key", KEYS[1:])
def test_each_column_sorts_both_ways_and_what_is_unknown_comes_last(key):
    made = document(*({key: value} for value in (3, None, 0, 7)))

    def ranked(*, is_descending):
        return [cell.figure.raw for cell in cells(shown(made, Order(key, is_descending=is_descending)), key)]

    assert ranked(is_descending=True) == ["7", "3", "0", ""]
    assert ranked(is_descending=False) == ["0", "3", "7", ""]


def test_names_sort_both_ways_and_nobody_comes_last():
    assert names(shown(order=Order(NAME, is_descending=False))) == [ANA, BJORN, CHLOE, "No owner"]
    assert names(shown(order=Order(NAME))) == [CHLOE, BJORN, ANA, "No owner"]


def test_equals_stay_in_the_documents_order():
    made = document({"won": 1}, {"won": 2}, {"won": 1}, {"won": 2})
    assert names(shown(made, Order("won"))) == [BJORN, "No owner", ANA, CHLOE]
    assert names(shown(made, Order("won", is_descending=False))) == [ANA, CHLOE, BJORN, "No owner"]


def test_amounts_are_sorted_as_numbers():
    made = document({"won_amount": "9.00"}, {"won_amount": "1000.00"}, {"won_amount": "-5.00"}, {"won_amount": "20.50"})
    assert names(shown(made, Order("won_amount"))) == [BJORN, "No owner", ANA, CHLOE]


def test_headings_say_the_order_and_lead_to_the_other_way_round():
    filters = Filters("last_week")
    page = shown(order=Order("won"), filters=filters, measure="won_amount")
    orders = {heading.key: heading.order for heading in (page.name, *page.columns)}
    assert {key: order for key, order in orders.items() if order} == {"won": "descending"}
    leads = {heading.key: parse_qs(heading.href.removeprefix("?")) for heading in (page.name, *page.columns)}
    rest = {"period": ["last_week"], "chart": ["won_amount"]}
    assert leads["won"] == rest | {"sort": ["won"]}
    assert leads["lost"] == rest | {"sort": ["lost"], "descending": ["true"]}
    assert leads["name"] == rest | {"sort": ["name"]}
    assert leads["calls"] == rest
    assert page.here == "?period=last_week&sort=won&descending=true&chart=won_amount"


def test_the_totals_are_the_documents():
    made = document()
    totals = {column.key: cell for column, cell in zip(COLUMNS, shown(made).totals, strict=True)}
    assert {key: (cell.figure.path, cell.figure.raw) for key, cell in totals.items()} == {
        "calls": ("calls.total", "1262"),
        "outbound": ("calls.outbound", "884"),
        "inbound": ("calls.inbound", "341"),
        "unspecified": ("calls.unspecified", "37"),
        "emails": ("emails.total", "602"),
        "meetings": ("meetings.total", "118"),
        "conversations": ("conversations.total", "1380"),
        "appointments": ("appointments.total", "64"),
        "created": ("funnel.0.count", "96"),
        "won": ("pipeline.won.count", "18"),
        "won_amount": ("pipeline.won.amount", "236400.00"),
        "lost": ("pipeline.lost.count", "7"),
        "close_rate": ("pipeline.close_rate.rate", "0.72"),
        "open": ("pipeline.open.count", "143"),
        "open_amount": ("pipeline.open.amount", "1284500.75"),
    }
    assert (totals["close_rate"].won.text, totals["close_rate"].decided.text) == ("18", "25")


def test_each_cell_leads_to_the_owners_records():
    row = shown(filters=Filters("last_week")).rows[-1]
    assert [cell.figure.href for cell in row.cells if not cell.figure.href] == []
    assert row.cells[0].figure.href == "/records/calls/?period=last_week&owner=nobody&version=7"
    assert row.cells[-1].figure.href == "/records/open_amount/?period=last_week&owner=nobody&version=7"


def test_a_close_rate_is_shown_with_what_it_is_made_of():
    made = document({"won": 2, "decided": 3, "close_rate": 0.6667}, {"won": 0, "decided": 0, "close_rate": None})
    some, none = cells(shown(made), "close_rate")[:2]
    assert (some.figure.text, some.won.text, some.decided.text) == ("67%", "2", "3")
    assert (none.figure.text, none.won.text, none.decided.text) == ("--", "0", "0")


def test_names_lead_to_the_own_page_with_the_same_filters():
    rows = shown(filters=Filters("last_week", team="North")).rows
    assert rows[0].href == "11/?period=last_week&team=North"
    assert rows[-1].href == "nobody/?period=last_week&team=North"


def test_bars_stand_in_the_column_that_is_sorted_by():
    page = shown(order=Order("won"))
    assert [cell.width for cell in cells(page, "won")] == [100.0, 75.0, 50.0, 25.0]
    assert {cell.width for cell in cells(page, "calls")} == {None}
    nothing = shown(document(*[{"won": 0}] * 4), Order("won"))
    assert {cell.width for cell in cells(nothing, "won")} == {0.0}


@pytest.mark.parametrize("values", [(-5, 0, 2, None), (-5, -3, -1, -2), (0, 0, 0, 0), (1, 3, 7, 9)])
def test_bars_are_never_wider_than_their_cell(values):
    made = document(*({"open_amount": value} for value in values))
    widths = [cell.width for cell in cells(shown(made, Order("open_amount")), "open_amount")]
    assert all(width is None or 0 <= width <= 100 for width in widths)


def test_an_unread_source_is_told_and_the_rest_stays():
    made = document(*[{"appointments": None}] * 4, appointments__total=None)
    made["data"]["sources"][0].update(as_of=None, problem="The API user may not read Appointments.")
    page = shown(made)
    assert page.reasons == ("Appointments could not be read.",)
    assert {cell.figure.text for cell in cells(page, "appointments")} == {"--"}
    assert names(page)[0] == ANA
    assert page.empty == ""


def test_where_nobody_is_listed_the_reason_is_told():
    assert shown(sample.never_synced()).empty == "Not read from Autotask yet."
    assert "Choose a longer one" in shown(document(by_owner=[])).empty


def test_the_chart_has_the_most_first_and_leaves_out_who_has_none():
    chart = shown(document({"calls": 5}, {"calls": 0}, {"calls": 9}, {"calls": None})).chart
    assert list(chart.chart.labels) == [CHLOE, ANA]
    assert [list(series.values) for series in chart.chart.series] == [[9.0, 5.0]]
    assert chart.chart.series[0].links[0] == "/records/calls/?owner=13&version=7"
    assert chart.summary == "Most calls: Chloé Martin, 9 of 1,262."


def test_the_chart_draws_conversations_by_kind():
    made = document(conversations__includes=["calls", "meetings", "emails"])
    chart = shown(made, measure="conversations").chart
    assert [series.key for series in chart.chart.series] == ["calls", "meetings", "emails"]
    assert chart.summary == "Most conversations: Ana Ruiz, 540 of 1,380."


def test_the_chart_draws_money_in_the_organizations_currency():
    chart = shown(measure="won_amount").chart
    assert (chart.chart.unit, chart.chart.currency) == ("money", "USD")
    assert chart.summary == "Highest won amount: Ana Ruiz, $96,000 of $236,400."
    assert [(choice.name, choice.href, choice.is_chosen) for choice in chart.choices] == [
        ("Calls", "", False),
        ("Conversations", "?chart=conversations", False),
        ("Won amount", "?chart=won_amount", True),
    ]


def test_a_shared_first_place_is_told():
    summary = shown(document({"calls": 9}, {"calls": 9}, {"calls": 3}, {"calls": 9})).chart.summary
    assert summary == "Most calls: Ana Ruiz and 2 more, 9 each of 1,262."


@pytest.mark.parametrize(
    ("change", "words"),
    [({"calls__total": None}, "Calls: not read from Autotask yet."), ({"by_owner": []}, "No calls in this range.")],
)
def test_a_chart_of_nothing_says_so(change, words):
    assert shown(document(**change)).chart.summary == words


def test_more_than_can_be_drawn_are_counted():
    made = document()
    row = made["by_owner"][0]
    made["by_owner"] = [row | {"owner": {"id": number, "name": f"P{number}"}} for number in range(15)]
    chart = shown(made).chart
    assert (len(chart.chart.labels), chart.rest) == (12, 3)


def person(owner, made=None, known=None):
    return owner_page(Figures(made or document()), made or document(), owner, known)


@pytest.mark.parametrize(
    ("owner", "name", "earlier", "later"),
    [
        (11, ANA, None, BJORN),
        (12, BJORN, ANA, CHLOE),
        (13, CHLOE, BJORN, "No owner"),
        ("nobody", "No owner", CHLOE, None),
        (99, "Resource 99", CHLOE, "No owner"),
    ],
)
def test_people_stand_in_the_order_of_names(owner, name, earlier, later):
    page = person(owner)
    assert page.name == name
    assert (page.earlier and page.earlier.name, page.later and page.later.name) == (earlier, later)


def test_somebody_without_a_figure_is_called_as_in_autotask():
    page = person(99, known="Anton Berg")
    assert (page.name, page.earlier.name, page.later.slug) == ("Anton Berg", ANA, "12")


def test_namesakes_are_told_apart():
    made = document({"owner": {"id": 21, "name": "Kim"}}, {"owner": {"id": 22, "name": "Kim"}})
    assert (person(21, made).later.slug, person(22, made).earlier.slug) == ("22", "21")


@pytest.mark.parametrize(
    ("calls", "rank"),
    [((5, 3, 4, 100), "1st of 3 by calls"), ((4, 9, 4, 1), "2nd of 3 by calls"), ((3, 5, 4, 1), "3rd of 3 by calls")],
)
def test_the_rank_counts_people_ahead(calls, rank):
    assert person(11, document(*({"calls": count} for count in calls))).rank == rank


@pytest.mark.parametrize(
    "made",
    [
        document({"calls": 0}),
        document({"calls": None}),
        document(filters__confined_to=11),
        document(by_owner=document()["by_owner"][:1]),
        document(by_owner=[]),
    ],
)
def test_there_is_no_rank_to_tell(made):
    assert person(11, made).rank == ""


def test_what_nobody_owns_has_no_rank():
    assert person("nobody").rank == ""


@pytest.mark.parametrize(
    ("number", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th")]
)
def test_ordinals(number, text):
    assert ordinal(number) == text
    assert ordinal(number + 100) == f"10{text}" if number < 10 else f"1{text}"


def test_open_deals_are_the_documents():
    lines = {line.name: (line.count and line.count.path, line.amount.path) for line in person(11).open_deals}
    assert lines == {
        "Open": ("pipeline.open.count", "pipeline.open.amount"),
        "Weighted by probability": (None, "pipeline.open.weighted_amount"),
        "Past their projected close": ("pipeline.overdue.count", "pipeline.overdue.amount"),
        "Without a projected close": ("pipeline.unprojected.count", "pipeline.unprojected.amount"),
        "Stale": ("pipeline.stale.count", "pipeline.stale.amount"),
    }
