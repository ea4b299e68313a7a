from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.reports.mapping import GUIDE_STAGES, LIVE_OUTCOMES, Direction, Kind, Outcome, StageMapping
from partner_portal.reports.proposals import (
    STAGE_WORDS,
    ActionLabel,
    StageLabel,
    StatusLabel,
    action_meaning,
    is_doubtful,
    propose_actions,
    propose_outcomes,
    propose_stages,
    telling_rank,
    with_new_stages,
)


@pytest.mark.parametrize(
    ("label", "kind", "direction"),
    [
        ("Phone Call", Kind.CALL, Direction.UNSPECIFIED),
        ("To-Do: Phone", Kind.CALL, Direction.UNSPECIFIED),
        ("Inbound call", Kind.CALL, Direction.INBOUND),
        ("INCOMING CALLS", Kind.CALL, Direction.INBOUND),
        ("Called (outgoing)", Kind.CALL, Direction.OUTBOUND),
        ("Outbound-call", Kind.CALL, Direction.OUTBOUND),
        ("Call, inbound or outbound", Kind.CALL, Direction.UNSPECIFIED),
        ("Email", Kind.EMAIL, None),
        ("E-Mail", Kind.EMAIL, None),
        ("Mail", Kind.EMAIL, None),
        ("Inbound email", Kind.EMAIL, None),
        ("Account Management Meeting", Kind.MEETING, None),
        ("Appointment", Kind.MEETING, None),
    ],
)
def test_telling_labels(label, kind, direction):
    meaning = action_meaning(ActionLabel(700, label))
    assert meaning is not None
    assert (meaning.kind, meaning.direction) == (kind, direction)


@pytest.mark.parametrize("label", ["Demo", "", "Recall", "Mailbox", "Inbound", "Vorführung", "1"])
def test_labels_that_tell_nothing_map_nothing(label):
    assert action_meaning(ActionLabel(700, label)) is None


@pytest.mark.parametrize(
    ("action", "label", "is_system", "kind"),
    [
        (1, "Telefonat", True, Kind.CALL),
        (2, "Besprechung", None, Kind.MEETING),
        (0, "Opportunity Update", True, Kind.OTHER),
        (3, "Allgemein", True, Kind.OTHER),
        (5, "Quick Note", True, Kind.OTHER),
        (1, "E-Mail", True, Kind.EMAIL),  # what the tenant says goes before what the id once meant
    ],
)
def test_the_vendors_own_ids_are_the_fallback(action, label, is_system, kind):
    meaning = action_meaning(ActionLabel(action, label, is_system))
    assert meaning is not None
    assert meaning.kind is kind


def test_a_type_of_the_tenants_own_has_no_fallback():
    assert action_meaning(ActionLabel(1, "Kick-off", is_system=False)) is None
    assert action_meaning(ActionLabel(4, "Kick-off", is_system=True)) is None


def test_types_that_nobody_names_keep_the_vendors_meaning():
    actions = propose_actions([ActionLabel(30, "Demo")])
    assert actions.kind(1) is Kind.CALL
    assert actions.is_mapped(3)
    assert not actions.is_mapped(30)
    assert not actions.is_mapped(None)
    assert actions.kind(30) is actions.kind(None) is actions.kind(31) is Kind.OTHER
    assert actions.labels == {30: "Demo"}


@pytest.mark.parametrize(
    ("label", "rank"),
    [
        ("New", 0),
        ("New Lead", 0),
        ("Prospecting", 0),
        ("1. Identification & Discovery", 1),
        ("First Contact", 1),
        ("First call", 1),
        ("Contacted prospect", 1),
        ("Qualification", 2),
        ("Qualified lead", 2),
        ("2_Qualifying", 2),
        ("Proposal Sent", 3),
        ("Quote", 3),
        ("Proposed", 3),
        ("Negotiation", 4),
        ("Negotiating quote", 4),
        ("6. Closed Won", 5),
        ("WON", 5),
        ("Closed", 5),
        ("Lost proposal", 3),
        ("Lost", None),
        ("Closed Lost", None),
        ("closed - LOST", None),
        ("DO NOT USE - Proposal", None),
        ("Not qualified", None),
        ("Unqualified", None),
        ("Contract Sent", None),
        ("Wonder", None),
        ("Enclosed", None),
        ("", None),
    ],
)
def test_what_a_stages_label_tells(label, rank):
    assert telling_rank(label) == rank


def test_every_rank_has_its_words():
    assert [rank for rank, _ in STAGE_WORDS] == [5, 4, 3, 2, 1, 0]


def test_a_stage_that_tells_nothing_takes_the_rank_of_the_one_before_it():
    labels = ["Open", "First Contact", "Demo", "Proposal Sent", "Contract Sent", "Closed Won", "Delivered", "Lost"]
    mapping = propose_stages([StageLabel(11 + place, label, place) for place, label in enumerate(labels)])
    assert [mapping.rank(stage) for stage in range(11, 19)] == [0, 1, 1, 3, 3, 5, 5, 5]
    assert mapping.won == {16, 17}
    assert mapping.rank(None) == mapping.rank(99) == 0
    assert not mapping.is_by_id


def test_the_sort_order_decides_not_the_id():
    mapping = propose_stages([StageLabel(11, "Proposal", 9), StageLabel(99, "Lead", 1), StageLabel(50, "Demo", 5)])
    assert mapping.ranks == {99: 0, 50: 0, 11: 3}


def test_ids_from_0_to_5_are_ranks_whatever_their_labels():
    mapping = propose_stages([StageLabel(5, "New"), StageLabel(1, "Won")], seen=[0, 3])
    assert mapping.is_by_id
    assert [mapping.rank(stage) for stage in range(6)] == list(range(6))
    assert mapping.won == {5}


def test_one_other_id_in_the_rows_ends_the_guides_case():
    assert not propose_stages([StageLabel(5, "New")], seen=[6]).is_by_id
    assert propose_stages([]).is_by_id


LABELS = st.lists(
    st.builds(
        StageLabel,
        st.integers(0, 40),
        st.sampled_from(("New", "Contacted", "Qualified", "Proposal", "Negotiation", "Won", "Lost", "Demo", "Ω")),
        st.integers(0, 8),
    ),
    unique_by=lambda entry: entry.stage,
)


@given(LABELS, st.lists(st.integers(0, 8)))
def test_every_proposal_ranks_within_the_funnel_and_carries_forward(labels, seen):
    mapping = propose_stages(labels, seen)
    assert set(mapping.ranks.values()) <= GUIDE_STAGES
    assert all(mapping.rank(stage) == 5 for stage in mapping.won)
    if mapping.is_by_id:
        return
    before = 0
    for entry in sorted(labels, key=lambda entry: (entry.sort_order, entry.stage)):
        told = telling_rank(entry.label)
        assert mapping.rank(entry.stage) == (before if told is None else told)
        before = mapping.rank(entry.stage)


@given(st.text(max_size=40))
def test_any_text_is_a_label(text):
    assert telling_rank(text) in (None, 0, 1, 2, 3, 4, 5)
    meaning = action_meaning(ActionLabel(700, text))
    assert meaning is None or meaning.kind in Kind


def test_a_new_stage_ranks_as_the_nearest_mapped_one_before_it_and_says_which():
    labels = [
        StageLabel(7, "First", 0),
        StageLabel(12, "Lead", 1),
        StageLabel(30, "Won", 2),
        StageLabel(11, "Quote", 9),
    ]
    stages = with_new_stages(StageMapping({12: 1, 11: 5}, frozenset({11})), labels)
    assert stages.ranks == {7: 0, 12: 1, 30: 1, 11: 5}
    assert stages.inferred == {7: None, 30: 12}
    assert stages.won == {11}


def test_where_ids_are_ranks_an_unlisted_one_is_its_own_rank_and_any_other_ranks_as_the_one_before_it():
    labels = [StageLabel(stage, "Any", place) for place, stage in enumerate((0, 4, 7, 1))]
    mapped = StageMapping({0: 0, 1: 1}, frozenset(), is_by_id=True)
    assert [mapped.rank(stage) for stage in (*range(6), 7, None)] == [0, 1, 2, 3, 4, 5, 0, 0]
    stages = with_new_stages(mapped, labels)
    assert [stages.rank(stage) for stage in (*range(6), 7, None)] == [0, 1, 2, 3, 4, 5, 4, 0]
    assert stages.inferred == {7: 4}
    assert not stages.won


@given(LABELS, st.dictionaries(st.integers(0, 40), st.integers(0, 5)))
def test_naming_new_stages_twice_changes_nothing_and_no_mapped_rank(labels, ranks):
    mapped = StageMapping(ranks, frozenset())
    once = with_new_stages(mapped, labels)
    assert with_new_stages(once, labels) == once
    assert once.ranks.keys() == ranks.keys() | {entry.stage for entry in labels}
    assert {stage: once.rank(stage) for stage in ranks} == ranks
    assert once.inferred.keys() == {entry.stage for entry in labels} - ranks.keys()


@pytest.mark.parametrize(
    ("label", "outcome"),
    [
        ("Won", Outcome.WON),
        ("Open - in talks", Outcome.OPEN),
        ("Lost to nobody", Outcome.LOST),
        ("Closed", Outcome.WON),
        ("Closed - Lost", Outcome.LOST),
        ("Not won", None),
        ("Won or lost", None),
        ("Wonder", None),
        ("Stalled", None),
        ("", None),
    ],
)
def test_a_status_of_the_tenants_own_is_read_by_its_label(label, outcome):
    assert propose_outcomes([StatusLabel(9, label)]).get(9) is outcome


@pytest.mark.parametrize(
    ("status", "label", "doubtful"),
    [
        (1, "Active", False),
        (1, "Open", False),
        (1, "Reopened", True),
        (2, "Closed - Lost", False),
        (3, "Closed", False),
        (3, "Closed Lost", True),
        (4, "Implemented", False),
        (4, "Done", True),
        (9, "Whatever", False),
    ],
)
def test_a_label_that_says_something_else_casts_doubt_on_the_vendors_id(status, label, doubtful):
    assert is_doubtful(StatusLabel(status, label)) is doubtful


def test_the_vendors_statuses_keep_their_meaning_whatever_they_are_called():
    assert propose_outcomes([StatusLabel(1, "Lost"), StatusLabel(3, "Open")]) == LIVE_OUTCOMES
