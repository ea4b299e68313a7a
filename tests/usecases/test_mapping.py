"""Reading, trying and changing the mapping, and what the report makes of it."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.audit.models import Entry
from partner_portal.organizations.models import MappingVersion
from partner_portal.reports.mapping_document import MappingError
from partner_portal.usecases.errors import MappingStale, NothingRead
from partner_portal.usecases.mapping import preview_mapping, read_mapping, save_mapping
from partner_portal.usecases.mapping_versions import keep, mapping_version
from partner_portal.usecases.organizations import add_organization
from partner_portal.usecases.sales_report import read_sales_report, sales_report_tag
from usecases.mapped import fill, name_stages, name_types, proposal, with_action


@pytest.fixture
def demos_are_calls(parts, organization, store):
    return with_action(proposal(parts, organization), 31, "call", "outbound")


def calls(parts, organization) -> dict:
    return read_sales_report(parts, organization)["calls"]


def entry(parts, organization, section: str, number: int) -> dict:
    [found] = [each for each in read_mapping(parts, organization)[section] if each["id"] == number]
    return found


def test_before_anybody_confirmed_the_proposal_is_in_force(parts, organization, store):
    listing = read_mapping(parts, organization)
    assert (listing["version"], listing["is_confirmed"], listing["saved_by"]) == (0, False, None)
    assert listing["unmapped"]["action_types"] == [31]
    assert calls(parts, organization)["total"] == 1


def test_a_saved_mapping_is_what_the_report_counts_with(parts, organization, demos_are_calls):
    tag = sales_report_tag(parts, organization)
    assert save_mapping(parts, organization, demos_are_calls) == 1
    counted = calls(parts, organization)
    assert (counted["total"], counted["outbound"], counted["unspecified"]) == (2, 1, 1)
    assert sales_report_tag(parts, organization) != tag
    listing = read_mapping(parts, organization)
    assert (listing["version"], listing["is_confirmed"]) == (1, True)
    assert (listing["saved_by"], listing["saved_at"]) == ("command line", "2026-11-18T15:00:00Z")
    assert listing["in_force"]["excluded_companies"] == [0]


def test_the_own_company_counts_until_somebody_confirmed_that_it_does_not(parts, organization, demos_are_calls):
    with_own = {**demos_are_calls, "mapping": {**demos_are_calls["mapping"], "excluded_companies": []}}
    save_mapping(parts, organization, with_own)
    assert calls(parts, organization)["outbound"] == 2
    save_mapping(parts, organization, {**demos_are_calls, "based_on": 1})
    assert calls(parts, organization)["outbound"] == 1


def test_a_left_out_resource_and_a_status_of_another_meaning_change_the_figures(parts, organization, store):
    statuses = [{"id": 1, "outcome": "lost"}, {"id": 3, "outcome": "won"}]
    save_mapping(parts, organization, proposal(parts, organization, excluded_resources=[8], statuses=statuses))
    report = read_sales_report(parts, organization)
    assert report["calls"]["total"] == 0
    assert [report["pipeline"][part]["count"] for part in ("open", "won", "lost")] == [0, 1, 2]


def test_a_renamed_action_type_stays_what_it_was_confirmed_to_be(parts, organization, store, demos_are_calls):
    save_mapping(parts, organization, demos_are_calls)
    before = calls(parts, organization)
    name_types(store, t30="Email sent", t31="Kick-off meeting")
    assert calls(parts, organization) == before
    renamed = entry(parts, organization, "action_types", 31)
    assert (renamed["label"], renamed["in_force"]) == ("Kick-off meeting", {"kind": "call", "direction": "outbound"})


def test_an_action_type_that_nobody_mapped_counts_as_other_and_is_told(parts, organization, store):
    save_mapping(parts, organization, proposal(parts, organization, excluded_companies=[]))
    report = read_sales_report(parts, organization)
    assert report["calls"]["total"] == 1
    assert 'Unmapped action type "Demo" (id 31): 2 in this period, counted as other.' in report["notes"]
    assert not any("proposed from their labels" in note for note in report["notes"])
    assert read_mapping(parts, organization)["unmapped"]["action_types"] == [31]


def test_a_type_that_appears_after_confirmation_is_unmapped_though_its_label_tells(parts, organization, store):
    save_mapping(parts, organization, proposal(parts, organization))
    name_types(store, t44="Phone in")
    new = entry(parts, organization, "action_types", 44)
    assert (new["is_unmapped"], new["in_force"]) == (True, None)
    assert new["proposed"] == {"kind": "call", "direction": "unspecified"}


def test_a_stage_that_appears_after_confirmation_ranks_as_the_one_before_it(parts, organization, store):
    save_mapping(parts, organization, proposal(parts, organization))
    name_stages(store, "Lead", "Offer", "Won", "Delivered")
    new = entry(parts, organization, "stages", 14)
    assert new["ranks_as"] == {"id": 13, "label": "Won"}
    assert new["in_force"]["rank"] == 5
    assert read_mapping(parts, organization)["unmapped"]["stages"] == [14]


def test_every_version_is_kept_and_the_newest_is_in_force(parts, organization, demos_are_calls):
    save_mapping(parts, organization, demos_are_calls)
    save_mapping(parts, organization, proposal(parts, organization, emails_are_conversations=True))
    kept = MappingVersion.objects.filter(organization=organization).order_by("version")
    assert [each.version for each in kept] == [1, 2]
    assert [each.document["emails_are_conversations"] for each in kept] == [False, True]
    assert read_sales_report(parts, organization)["conversations"]["includes"] == ["calls", "meetings", "emails"]


def test_a_change_is_audited_with_what_differs_before_and_after(parts, organization, demos_are_calls, member):
    administrator = Actor.of(member("administrator"), "192.0.2.7")
    save_mapping(parts, organization, demos_are_calls, actor=administrator)
    audited = Entry.objects.get(action="mapping.changed")
    assert (audited.actor, audited.address) == ("administrator@acme.example", "192.0.2.7")
    assert audited.organization_id == organization.pk
    assert audited.details == {
        "version": 1,
        "before": {"action_types": {"31": None}, "excluded_companies": []},
        "after": {"action_types": {"31": {"kind": "call", "direction": "outbound"}}, "excluded_companies": [0]},
    }


def test_confirming_the_proposal_is_a_version_and_saving_it_again_is_none(parts, organization, store):
    in_force = proposal(parts, organization, excluded_companies=[])
    assert save_mapping(parts, organization, in_force) == 1
    assert Entry.objects.get(action="mapping.changed").details == {"version": 1, "before": {}, "after": {}}
    assert save_mapping(parts, organization, {**in_force, "based_on": 1}) == 1
    assert Entry.objects.filter(action="mapping.changed").count() == 1


def test_a_change_based_on_an_earlier_version_is_refused(parts, organization, demos_are_calls):
    save_mapping(parts, organization, demos_are_calls)
    with pytest.raises(MappingStale, match=r"Version 1 .* based on 0"):
        save_mapping(parts, organization, demos_are_calls)
    with pytest.raises(MappingStale):
        preview_mapping(parts, organization, {**demos_are_calls, "based_on": 2})
    assert mapping_version(organization) == 1


def test_of_two_saves_at_once_one_is_refused_and_nothing_of_it_stays(parts, organization, demos_are_calls, monkeypatch):
    def overtaken(organization, mapping, at, by):
        keep(organization, mapping, at, "somebody quicker")
        return keep(organization, mapping, at, by)

    monkeypatch.setattr("partner_portal.usecases.mapping.keep", overtaken)
    with pytest.raises(MappingStale):
        save_mapping(parts, organization, demos_are_calls)
    assert not Entry.objects.filter(action="mapping.changed").exists()


def test_a_preview_shows_both_sides_and_changes_nothing(parts, organization, demos_are_calls):
    before = read_sales_report(parts, organization), read_mapping(parts, organization)
    preview = preview_mapping(parts, organization, demos_are_calls)
    shown = {figure["figure"]: (figure["in_force"], figure["proposed"]) for figure in preview["figures"]}
    assert (shown["calls.total"], shown["calls.outbound"]) == ((1, 2), (0, 1))
    assert shown["funnel.prospects"] == (3, 3)
    assert {figure["figure"] for figure in preview["figures"] if figure["differs"]} >= {"calls.total"}
    assert preview["changes"]["after"]["action_types"] == {"31": {"kind": "call", "direction": "outbound"}}
    assert (read_sales_report(parts, organization), read_mapping(parts, organization)) == before
    assert not MappingVersion.objects.exists()
    assert not Entry.objects.filter(action="mapping.changed").exists()


def test_a_preview_tells_what_saving_leads_to(parts, organization, demos_are_calls):
    preview = preview_mapping(parts, organization, demos_are_calls)
    promised = {figure["figure"]: figure["proposed"] for figure in preview["figures"]}
    save_mapping(parts, organization, demos_are_calls)
    report = read_sales_report(parts, organization)
    assert promised["calls.total"] == report["calls"]["total"]
    assert promised["conversations.total"] == report["conversations"]["total"]
    assert promised["pipeline.won.count"] == report["pipeline"]["won"]["count"]
    assert [promised[f"funnel.{step['key']}"] for step in report["funnel"]] == [s["count"] for s in report["funnel"]]


def test_an_id_of_another_organizations_tenant_is_refused(parts, organization, store):
    other = add_organization(parts, slug="other", name="Other")
    elsewhere = parts.warehouse.organization(other.scope)
    fill(elsewhere)
    name_types(elsewhere, t77="Theirs")
    with pytest.raises(MappingError, match="no id 77"):
        save_mapping(parts, organization, with_action(proposal(parts, organization), 77, "call"))


def test_one_organizations_mapping_is_not_anothers(parts, organization, demos_are_calls):
    other = add_organization(parts, slug="other", name="Other")
    fill(parts.warehouse.organization(other.scope))
    save_mapping(parts, organization, demos_are_calls)
    assert read_mapping(parts, other)["version"] == 0
    assert calls(parts, other)["total"] == 1


def test_before_the_first_sync_there_is_nothing_to_map(parts, organization):
    change = proposal(parts, organization)
    assert read_mapping(parts, organization)["dialect"] is None
    for act in (save_mapping, preview_mapping):
        with pytest.raises(NothingRead, match="first sync"):
            act(parts, organization, change)


def test_representatives_do_not_see_it_since_it_counts_everybodys_records(parts, organization, member):
    with pytest.raises(NotPermitted, match="you may not see the mapping"):
        read_mapping(parts, organization, actor=Actor.of(member("representative")))


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_everybody_else_reads_and_only_administrators_change(parts, organization, demos_are_calls, member, role):
    actor = Actor.of(member(role))
    assert read_mapping(parts, organization, actor=actor)["version"] == 0
    for act in (save_mapping, preview_mapping):
        with pytest.raises(NotPermitted, match="you may not change the mapping"):
            act(parts, organization, demos_are_calls, actor=actor)
    assert mapping_version(organization) == 0


def test_another_organizations_administrator_is_a_stranger(parts, organization, demos_are_calls, stranger):
    actor = Actor.of(stranger)
    with pytest.raises(OrganizationUnknown):
        read_mapping(parts, organization, actor=actor)
    for act in (save_mapping, preview_mapping):
        with pytest.raises(OrganizationUnknown):
            act(parts, organization, demos_are_calls, actor=actor)
    assert mapping_version(organization) == 0
