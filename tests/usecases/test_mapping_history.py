"""Versions of the mapping: who saved what, and two changes at once of which none is lost."""

from __future__ import annotations

import pytest

from partner_portal.accounts.actor import Actor
from partner_portal.accounts.policy import NotPermitted, OrganizationUnknown
from partner_portal.reports.mapping_document import MappingError
from partner_portal.usecases import mapping_history as module
from partner_portal.usecases.errors import InputRefused
from partner_portal.usecases.mapping import read_mapping, save_mapping
from partner_portal.usecases.mapping_history import join_change, mapping_history
from partner_portal.usecases.mapping_names import find_company, name_excluded
from usecases.mapped import proposal, with_action


def test_each_version_tells_who_saved_it_when_and_what_it_changed(parts, organization, store, member):
    save_mapping(parts, organization, proposal(parts, organization))
    change = with_action(proposal(parts, organization), 31, "meeting")
    save_mapping(parts, organization, change, actor=Actor.of(member("administrator")))
    newest, first = mapping_history(organization)
    assert (first["version"], first["saved_by"], first["before"], first["after"]) == (1, "command line", None, None)
    assert (newest["version"], newest["saved_by"]) == (2, "administrator@acme.example")
    assert newest["saved_at"] == "2026-11-18T15:00:00Z"
    assert newest["before"] == {"action_types": {"31": None}}
    assert newest["after"]["action_types"]["31"]["kind"] == "meeting"


def test_the_oldest_of_the_listed_versions_tells_what_it_changed_too(parts, organization, store, monkeypatch):
    monkeypatch.setattr(module, "LISTED_VERSIONS", 2)
    for days in (10, 11, 12):
        save_mapping(parts, organization, proposal(parts, organization, stale_after_days=days))
    listed = mapping_history(organization)
    assert [each["version"] for each in listed] == [3, 2]
    assert listed[1]["before"] == {"stale_after_days": 10}


def test_a_change_that_came_second_goes_on_with_both(parts, organization, store):
    ours = with_action(proposal(parts, organization), 31, "meeting")
    save_mapping(parts, organization, proposal(parts, organization, emails_are_conversations=True))
    joined = join_change(parts, organization, ours)
    assert joined.change["based_on"] == 1
    assert joined.after["emails_are_conversations"] is True
    assert save_mapping(parts, organization, joined.change) == 2
    in_force = read_mapping(parts, organization)["in_force"]
    assert in_force["emails_are_conversations"] is True
    assert {"id": 31, "kind": "meeting", "direction": None} in in_force["action_types"]


def test_where_both_chose_the_later_visitor_has_its_way_and_is_told(parts, organization, store):
    ours = with_action(proposal(parts, organization), 31, "meeting")
    save_mapping(parts, organization, with_action(proposal(parts, organization), 31, "call"))
    joined = join_change(parts, organization, ours)
    assert joined.after["action_types"]["31"]["kind"] == "call"
    assert [e["kind"] for e in joined.change["mapping"]["action_types"] if e["id"] == 31] == ["meeting"]


def test_a_version_that_never_was_is_refused(parts, organization, store):
    with pytest.raises(MappingError, match="no version 7"):
        join_change(parts, organization, {**proposal(parts, organization), "based_on": 7})


def test_a_company_is_found_by_id_name_and_part_of_the_name(parts, organization, store):
    assert find_company(parts, organization, " 4 ") == 4
    assert find_company(parts, organization, "THEM") == 4
    assert find_company(parts, organization, "he") == 4
    assert name_excluded(parts, organization, [4, 4711, 2**70]) == {
        "companies": [{"id": 4, "name": "Them"}],
        "resources": [{"id": 8, "name": "Ada L"}],
    }


@pytest.mark.parametrize(("text", "told"), [("nobody", "No company is called"), ("", "Us"), (str(2**63), "No company")])
def test_a_text_that_may_mean_none_or_several_is_refused_with_what_to_write(parts, organization, store, text, told):
    with pytest.raises(InputRefused, match=told):
        find_company(parts, organization, text)


def test_only_administrators_join_and_find_and_strangers_learn_nothing(parts, organization, store, member, stranger):
    change = proposal(parts, organization)
    manager, representative, outsider = (
        Actor.of(person) for person in (member("manager"), member("representative"), stranger)
    )
    for act in (
        lambda actor: join_change(parts, organization, change, actor=actor),
        lambda actor: find_company(parts, organization, "Them", actor=actor),
    ):
        with pytest.raises(NotPermitted):
            act(manager)
    for act in (
        lambda actor: mapping_history(organization, actor=actor),
        lambda actor: name_excluded(parts, organization, [], actor=actor),
    ):
        with pytest.raises(NotPermitted):
            act(representative)
        with pytest.raises(OrganizationUnknown):
            act(outsider)
