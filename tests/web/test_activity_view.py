from __future__ import annotations

import pytest

from partner_portal.web.view.activity import MOST_BARS, activity_page
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.filters import Filters
from web import sample

NOTE = 'Unmapped action type "Touch base" (id 7): 25 in this period, counted as other.'
REFUSED = "The API user may not read CompanyNotes. Give its security level the right."


def view(document, filters=None, **rest):
    return activity_page(Figures(document), filters or Filters(), sample.NOW, **rest)


def remark(document, key):
    return next(remark for remark in view(document).remarks if remark.key == key)


def test_everything_that_is_done_is_counted_and_compared():
    told = [(card.key, card.figure.raw, card.change.text) for card in view(sample.document()).cards]
    assert told == [
        ("activities", "2040", "+3%"),
        ("calls", "1262", "+12%"),
        ("conversations", "1380", "0%"),
        ("emails", "602", "−6%"),
        ("meetings", "118", "new"),
    ]


def test_days_are_drawn_by_kind_with_the_comparison_as_their_sum():
    earlier = sample.document()["by_day"][:20]
    chart = view(sample.document(), earlier=earlier).kinds.chart
    assert [(series.key, series.kind) for series in chart.series] == [
        ("calls", "bar"),
        ("emails", "bar"),
        ("meetings", "bar"),
        ("previous", "line"),
    ]
    assert chart.series[-1].values[6] == sum(chart.series[place].values[6] for place in range(3)) == 27 + 13 + 5


def test_the_busiest_day_is_told_of_all_kinds():
    assert view(sample.document()).kinds.summary == ("Most activity on Fri, Nov 7: 45 calls, e-mails and meetings.")


def test_calls_are_drawn_by_direction():
    chart = view(sample.document()).directions.chart
    day = sample.document()["by_day"][6]
    assert [(series.key, series.values[6]) for series in chart.series] == [
        (key, day[key]) for key in ("outbound", "inbound", "unspecified")
    ]


def test_the_directions_add_up_to_the_calls_in_the_table():
    rows = view(sample.document()).directions.rows
    assert all(int(row.figures[0].raw) == sum(int(figure.raw) for figure in row.figures[1:]) for row in rows)


def test_owners_are_drawn_by_direction_and_named_in_words():
    owners = view(sample.document()).owners
    assert list(owners.chart.labels) == ["Ana Ruiz", "Björn Åkesson", "Chloé Martin", "No owner"]
    assert owners.chart.series[0].values == [350, 260, 170, 80]
    assert owners.summary == "Most calls: Ana Ruiz, 500."
    assert [row.href for row in owners.rows] == ["11/", "12/", "13/", "nobody/"]


def test_many_owners_are_in_the_table_only():
    document = sample.document()
    document["by_owner"] = [document["by_owner"][0] | {"owner": {"id": n, "name": f"Rep {n}"}} for n in range(15)]
    owners = view(document).owners
    assert (len(owners.chart.labels), len(owners.rows)) == (MOST_BARS, 15)
    assert owners.summary == "Most calls: Rep 0 and 14 others, 500 each. The table has 3 others."


def test_who_only_has_deals_is_no_owner_of_activities():
    document = sample.document()
    document["by_owner"][3] |= dict.fromkeys(("calls", "outbound", "inbound", "unspecified", "emails", "meetings"), 0)
    assert "No owner" not in [row.name for row in view(document).owners.rows]


def test_an_owners_page_keeps_the_filters_but_the_owner():
    rows = view(sample.document(), Filters(period="last_week", owner=11)).owners.rows
    assert rows[0].href == "11/?period=last_week"


def test_ratios_are_told_with_both_counts():
    told = next(ratio for ratio in view(sample.document()).ratios if ratio.title == "Calls per appointment")
    assert (told.figure.text, told.of.text, told.of_name, told.per.text, told.per_name, told.reason) == (
        "19.7",
        "1,262",
        "calls",
        "64",
        "appointments",
        "",
    )


def test_a_ratio_to_what_is_not_known_says_why():
    document = sample.document(appointments__total=None, filters__company=4)
    document["ratios"]["calls_per_appointment"].update(per=None, value=None)
    reasons = {ratio.title: ratio.reason for ratio in view(document).ratios}
    assert reasons["Calls per appointment"].startswith("Appointments name no company")
    assert reasons["Calls per won"] == ""


def test_unmapped_activities_are_named_and_lead_to_the_mapping():
    told = remark(sample.document(notes=["3 merged.", NOTE]), "unmapped")
    assert (told.tone, told.figure.text, told.details, told.is_mapping) == ("warning", "25", (NOTE,), True)


def test_in_the_guides_dialect_other_types_are_no_fault():
    told = remark(sample.document(data__dialect="guide"), "unmapped")
    assert (told.tone, told.is_mapping, told.remedy) == ("info", False, "")


@pytest.mark.parametrize("key", ["unmapped", "merged", "undated"])
def test_nothing_to_remark_asks_for_nothing(key):
    told = remark(sample.document(**{f"activities__{key}": 0}), key)
    assert (told.tone, told.remedy, told.is_mapping) == ("passed", "", False)


def test_before_the_first_sync_nothing_is_known_and_nothing_asked_for():
    page = view(sample.never_synced())
    assert page.unknown == "Not read from Autotask yet."
    assert not any(card.figure.is_known for card in page.cards)
    assert {(remark.tone, remark.figure.text, remark.remedy) for remark in page.remarks} == {("info", "--", "")}
    assert (page.kinds.has_data, page.owners.chart.has_data, page.recent) == (False, False, ())


def test_a_source_that_may_not_be_read_is_named_with_its_remedy():
    document = sample.document()
    document["data"]["sources"][1].update(problem=REFUSED, complete=False)
    document["data"]["sources"][3].update(problem="Opportunities failed.")
    assert [(item.tone, item.text) for item in view(document).troubles] == [("warning", REFUSED)]


@pytest.mark.parametrize(("confined_to", "owner", "is_told"), [(None, None, False), (11, 11, False), (11, None, True)])
def test_totals_of_a_team_list_nobodys_records(confined_to, owner, is_told):
    document = sample.document(filters__confined_to=confined_to, filters__owner=owner)
    assert bool(view(document).unlisted) == is_told
