"""The document `mapping/1`: written, read back, compared, refused."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_portal.reports.mapping import (
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    Outcome,
    StageMapping,
    TenantMapping,
)
from partner_portal.reports.mapping_document import MappingError, change_from, differences, document_of, mapping_from

IDS = st.integers(-5, 2**63 - 1)
MEANINGS = st.one_of(
    st.builds(ActionMeaning, st.sampled_from(Kind)),
    st.builds(ActionMeaning, st.just(Kind.CALL), st.sampled_from(Direction)),
)


@st.composite
def stage_mappings(draw) -> StageMapping:
    if draw(st.booleans()):
        ranks = {stage: stage for stage in draw(st.sets(st.integers(0, 5)))}
        return StageMapping(ranks, frozenset(ranks.keys() & {5}), is_by_id=True)
    ranks = draw(st.dictionaries(IDS, st.integers(0, 5), max_size=8))
    won = draw(st.sets(st.sampled_from(sorted(ranks)))) if ranks else set()
    return StageMapping(ranks, frozenset(stage for stage in won if ranks[stage] == 5))


@st.composite
def mappings(draw) -> TenantMapping:
    outcomes = draw(st.dictionaries(IDS, st.sampled_from([*Outcome, None]), max_size=6))
    return TenantMapping(
        ActionMapping(draw(st.dictionaries(IDS, MEANINGS, max_size=8))),
        draw(stage_mappings()),
        emails_are_conversations=draw(st.booleans()),
        is_confirmed=True,
        outcomes={status: outcome for status, outcome in outcomes.items() if outcome is not None},
        neutral_statuses=frozenset(status for status, outcome in outcomes.items() if outcome is None),
        excluded_companies=draw(st.frozensets(IDS, max_size=3)),
        excluded_resources=draw(st.frozensets(IDS, max_size=3)),
        stale_after_days=draw(st.integers(1, 3650)),
        stale_days_by_stage=draw(st.dictionaries(IDS, st.integers(1, 3650), max_size=3)),
        version=draw(st.integers(1, 99)),
    )


DOCUMENT = {
    "schema": "mapping/1",
    "action_types": [{"id": 30, "kind": "call", "direction": "inbound"}, {"id": 31, "kind": "email"}],
    "stages": [{"id": 11, "rank": 0}, {"id": 16, "rank": 5}, {"id": 17, "rank": 5, "won": False}],
    "stages_are_ranks": False,
    "statuses": [{"id": 1, "outcome": "open"}, {"id": 0, "outcome": None}],
    "excluded_companies": [0],
    "excluded_resources": [],
    "emails_are_conversations": True,
}


def changed(*path, to) -> dict:
    document = deepcopy(DOCUMENT)
    *way, last = path
    place = document
    for step in way:
        place = place[step]
    place[last] = to
    return document


@given(mappings())
def test_a_mapping_comes_back_from_its_json_as_it_was(mapping):
    document = json.loads(json.dumps(document_of(mapping)))
    assert mapping_from(document, mapping.version) == mapping


def test_what_a_document_leaves_open_has_its_default():
    mapping = mapping_from(DOCUMENT, 3)
    assert mapping.actions.meanings[31] == ActionMeaning(Kind.EMAIL)
    assert mapping.stages.won == {16}
    assert mapping.outcomes == {1: Outcome.OPEN}
    assert mapping.neutral_statuses == {0}
    assert (mapping.stale_after_days, mapping.stale_days_by_stage) == (30, {})
    assert (mapping.version, mapping.is_confirmed) == (3, True)


def test_names_and_ranks_that_nobody_gave_are_not_written_down():
    mapping = TenantMapping(
        ActionMapping({30: ActionMeaning(Kind.CALL)}, {30: "Anruf"}),
        StageMapping({11: 2, 12: 2}, frozenset(), inferred={12: 11}),
    )
    document = document_of(mapping)
    assert "Anruf" not in json.dumps(document)
    assert [entry["id"] for entry in document["stages"]] == [11]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (changed("action_types", 0, "kind", to="phone"), ("30", "phone", "call, email, meeting, other")),
        (changed("action_types", 0, "direction", to="up"), ("30", "up", "outbound, inbound, unspecified")),
        (changed("action_types", 1, "direction", to="inbound"), ("31", "no call", "Write null")),
        (changed("action_types", 1, "id", to=30), ("action_types", "30", "twice")),
        (changed("action_types", 0, "id", to="30"), ("int", "action_types[0].id")),
        (changed("action_types", 0, "id", to=2**63), ("action_types[0].id",)),
        (changed("action_types", 0, "colour", to="red"), ("colour",)),
        (changed("stages", 0, "rank", to=6), ("11", "6", "from 0")),
        (changed("stages", 0, "rank", to=-1), ("11", "-1", "from 0")),
        (changed("stages", 0, "rank", to=True), ("stages[0].rank",)),
        (changed("stages", 0, "won", to=True), ("11", "won", "rank 5")),
        (changed("stages", 1, "id", to=11), ("stages", "11", "twice")),
        (changed("stages_are_ranks", to=True), ("11", "another rank than its id")),
        (changed("statuses", 0, "outcome", to="dead"), ("1", "dead", "open, won, lost")),
        (changed("statuses", 1, "id", to=1), ("statuses", "twice")),
        (changed("excluded_companies", to=[4, 4]), ("excluded_companies", "4", "twice")),
        (changed("excluded_resources", to=None), ("excluded_resources",)),
        (changed("emails_are_conversations", to="yes"), ("emails_are_conversations",)),
        (changed("stale_after_days", to=0), ("stale_after_days", "0 days", "1 to 3650")),
        (changed("stale_days_by_stage", to=[{"id": 11, "days": 3651}]), ("11", "3651 days")),
        (changed("stale_days_by_stage", to=[{"id": 11, "days": 7}] * 2), ("stale_days_by_stage", "11", "twice")),
        (changed("schema", to="mapping/2"), ("mapping/2", "mapping/1")),
        ({}, ("schema",)),
        ([], ("object",)),
        (None, ("object",)),
    ],
)
def test_a_document_that_cannot_be_used_is_refused_in_one_line(document, words):
    with pytest.raises(MappingError) as refused:
        mapping_from(document, 1)
    text = str(refused.value)
    assert all(word in text for word in words)
    assert "\n" not in text
    assert text.endswith(".")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda each: st.lists(each)))
def test_whatever_json_is_sent_is_refused_cleanly(value):
    for document in (value, {**DOCUMENT, "action_types": value}, {**DOCUMENT, "stages": [value]}):
        if document == {**DOCUMENT, "action_types": []}:
            continue
        with pytest.raises(MappingError):
            mapping_from(document, 1)


def test_a_change_names_the_version_it_is_based_on():
    change = change_from({"based_on": 4, "mapping": DOCUMENT})
    assert (change.based_on, change.mapping.version) == (4, 5)
    with pytest.raises(MappingError, match="based_on"):
        change_from({"mapping": DOCUMENT})


def test_only_what_differs_is_told():
    after = changed("action_types", 0, "kind", to="other")
    after["action_types"].pop()
    after["excluded_companies"] = [0, 7]
    assert differences(DOCUMENT, after) == (
        {
            "action_types": {"30": {"kind": "call", "direction": "inbound"}, "31": {"kind": "email"}},
            "excluded_companies": [],
        },
        {"action_types": {"30": {"kind": "other", "direction": "inbound"}, "31": None}, "excluded_companies": [7]},
    )


@given(mappings(), mappings())
def test_mappings_without_a_difference_are_the_same(one, other):
    before, after = differences(document_of(one), document_of(other))
    assert before.keys() == after.keys()
    assert bool(before) == (document_of(one) != document_of(other))
    assert differences(document_of(one), document_of(one)) == ({}, {})
