"""Reading the sales report: made once, and made again whenever anything that it is made of has changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import OrganizationUnknown
from partner_portal.autotask.catalog import COMPANIES, CompanyNote, Resource
from partner_portal.lib.clock import FixedClock
from partner_portal.lib.kept_answers import KeptAnswers
from partner_portal.usecases.mapping import save_mapping
from partner_portal.usecases.sales_report import QuestionError, read_sales_report, sales_report_tag, tagged_sales_report
from partner_portal.usecases.teams import set_team
from partner_portal.warehouse.store import Reconciliation
from reports.stocked import add
from usecases.mapped import DONE, fill, proposal, with_action


class Counted(KeptAnswers):
    """Counts the documents that were made."""

    made = 0

    def get(self, name, make):
        def counted() -> bytes:
            self.made += 1
            return make()

        return super().get(name, counted)


@pytest.fixture
def counted(parts):
    return replace(parts, reports=Counted())


@pytest.fixture
def store(store):
    add(store, "Resources", [Resource(id=9, first_name="Bo", last_name="M")])
    return store


def test_the_same_question_is_answered_once(counted, organization, store):
    first = tagged_sales_report(counted, organization).content
    assert tagged_sales_report(counted, organization, period="this_month", compare="previous_period").content == first
    assert counted.reports.made == 1
    sales_report_tag(counted, organization)
    assert counted.reports.made == 1


def test_another_question_and_another_organization_are_answered_apart(counted, organization, store, stranger):
    other = stranger.memberships.get().organization
    fill(counted.warehouse.organization(other.scope))
    set_team(counted, organization, "East", [8])
    asked = ({}, {"owner": 8}, {"owner": "nobody"}, {"company": 4}, {"compare": "none"}, {"team": "East"})
    answers = {tagged_sales_report(counted, organization, **each).content for each in asked}
    answers.add(tagged_sales_report(counted, other).content)
    assert len(answers) == counted.reports.made == len(asked) + 1
    assert read_sales_report(counted, other)["organization"]["slug"] == "other"


def new_rows(parts, organization, store):
    add(store, "CompanyNotes", [CompanyNote(id=9, action_type=30, company_id=4, start_date_time=DONE)])


def nothing_new(parts, organization, store):
    store.confirm([COMPANIES], as_of=parts.clock.now(), watermark=parts.clock.now())


def counts_compared_again(parts, organization, store):
    store.keep_reconciliation(Reconciliation("Companies", parts.clock.now(), 2, 2))


def another_mapping(parts, organization, store):
    save_mapping(parts, organization, with_action(proposal(parts, organization), 31, "call", "outbound"))


def another_zone(parts, organization, store):
    organization.time_zone = "Asia/Tokyo"
    organization.save()


def another_team(parts, organization, store):
    set_team(parts, organization, "East", [8, 9])


@pytest.mark.parametrize(
    "change", [new_rows, nothing_new, counts_compared_again, another_mapping, another_zone, another_team]
)
def test_what_changes_leads_to_a_fresh_document_and_tag(counted, organization, store, change):
    store.keep_reconciliation(Reconciliation("Companies", DONE, 2, 2))
    set_team(counted, organization, "East", [8])
    before = sales_report_tag(counted, organization, team="east")
    tagged_sales_report(counted, organization, team="east")
    change(counted, organization, store)
    assert sales_report_tag(counted, organization, team="east") != before
    tagged_sales_report(counted, organization, team="east")
    assert counted.reports.made == 2


def test_agreement_that_is_found_again_is_told_though_the_data_version_stays(counted, organization, store):
    store.keep_reconciliation(Reconciliation("Companies", DONE, 2, 2))
    version = read_sales_report(counted, organization)["data"]["version"]
    counts_compared_again(counted, organization, store)
    data = read_sales_report(counted, organization)["data"]
    [companies] = [source for source in data["sources"] if source["entity"] == "Companies"]
    assert companies["reconciled"]["at"] == "2026-11-18T15:00:00Z"
    assert data["version"] == version


def test_a_day_that_passed_leads_to_a_fresh_document(counted, organization, store):
    today = tagged_sales_report(counted, organization).content
    later = replace(counted, clock=FixedClock(counted.clock.now() + timedelta(hours=1)))
    assert tagged_sales_report(later, organization).content == today
    assert counted.reports.made == 1
    tomorrow = replace(counted, clock=FixedClock(counted.clock.now() + timedelta(days=1)))
    assert tagged_sales_report(tomorrow, organization).content != today
    assert counted.reports.made == 2


def test_a_mapping_saved_while_a_report_is_made_is_not_kept_under_the_earlier_name(parts, organization, store):
    change = with_action(proposal(parts, organization), 31, "call", "outbound")

    class Overtaken(KeptAnswers):
        def get(self, name, make):
            if not organization.mapping_versions.exists():
                save_mapping(parts, organization, change)
            return super().get(name, make)

    overtaken = replace(parts, reports=Overtaken())
    assert read_sales_report(overtaken, organization)["data"]["mapping_version"] == 0
    assert read_sales_report(overtaken, organization)["data"]["mapping_version"] == 1


def test_what_is_kept_is_for_members_only(counted, organization, store, stranger):
    tagged_sales_report(counted, organization)
    for read in (tagged_sales_report, read_sales_report, sales_report_tag):
        with pytest.raises(OrganizationUnknown):
            read(counted, organization, actor=Actor.of(stranger))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"owner": "9" * 5000}, "no owner"),
        ({"company": "-1"}, "no company"),
        ({"category": "three"}, "no category"),
        ({"company": "99"}, "No company has the id 99"),
        ({"category": "99"}, "No opportunity category has the id 99"),
        ({"team": "West"}, "no team 'West'; there are: none yet"),
        ({"period": "custom", "start": "1826-01-01", "end": "2026-01-01"}, "longer than"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_its_remedy(parts, organization, store, asked, said):
    for read in (tagged_sales_report, read_sales_report):
        with pytest.raises(QuestionError, match=said):
            read(parts, organization, **asked)


def test_what_is_held_already_is_not_made_again(counted, organization, store):
    tag = sales_report_tag(counted, organization)
    assert tagged_sales_report(counted, organization, held=[tag]).content is None
    assert counted.reports.made == 0
    assert tagged_sales_report(counted, organization, held=["another"]).tag == tag
    assert counted.reports.made == 1
