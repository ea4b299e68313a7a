"""Two changes of one mapping joined: nobody's entry is lost, and where both spoke, ours counts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partner_portal.reports.mapping import ActionMapping, StageMapping, TenantMapping
from partner_portal.reports.mapping_document import differences, document_of
from partner_portal.reports.mapping_merge import join_documents

BASE = document_of(TenantMapping(ActionMapping({}), StageMapping({}, frozenset())))

ids = st.integers(0, 4)


def entries(**fields: st.SearchStrategy) -> st.SearchStrategy:
    made = st.dictionaries(ids, st.fixed_dictionaries(fields), max_size=4)
    return made.map(lambda found: [{"id": number, **found[number]} for number in sorted(found)])


documents = st.fixed_dictionaries(
    {
        "schema": st.just("mapping/1"),
        "action_types": entries(kind=st.sampled_from(["call", "email"]), direction=st.none()),
        "stages": entries(rank=st.integers(0, 4), won=st.just(False)),
        "stages_are_ranks": st.just(False),
        "statuses": entries(outcome=st.sampled_from(["open", None])),
        "excluded_companies": st.sets(ids).map(sorted),
        "excluded_resources": st.sets(ids).map(sorted),
        "emails_are_conversations": st.booleans(),
        "stale_after_days": st.integers(1, 3),
        "stale_days_by_stage": entries(days=st.integers(1, 3)),
    }
)


@given(documents, documents)
def test_a_change_of_one_side_only_is_that_sides(base, changed):
    assert join_documents(base, base, changed) == changed
    assert join_documents(base, changed, base) == changed


@given(documents, documents, documents)
def test_ours_counts_where_both_changed_and_theirs_where_we_did_not(base, theirs, ours):
    joined = join_documents(base, theirs, ours)
    assert set(joined) == set(base)
    for section, value in joined.items():
        if not isinstance(value, list):
            assert value == (ours[section] if ours[section] != base[section] else theirs[section])
            continue
        was, other, own, got = (by_id(side[section]) for side in (base, theirs, ours, joined))
        for number in {*was, *other, *own}:
            wanted = own.get(number) if own.get(number) != was.get(number) else other.get(number)
            assert got.get(number) == wanted


def by_id(section: list) -> dict:
    return {entry["id"] if isinstance(entry, dict) else entry: entry for entry in section}


def test_both_sides_company_is_left_out():
    theirs, ours = BASE | {"excluded_companies": [0]}, BASE | {"excluded_companies": [7]}
    joined = join_documents(BASE, theirs, ours)
    assert joined["excluded_companies"] == [0, 7]
    assert differences(theirs, joined) == ({"excluded_companies": []}, {"excluded_companies": [7]})


def test_an_entry_that_they_took_away_stays_away_unless_we_changed_it():
    base = BASE | {"action_types": [{"id": 1, "kind": "call", "direction": None}]}
    ours = base | {"stale_after_days": 9}
    assert join_documents(base, BASE, ours)["action_types"] == []
    changed = base | {"action_types": [{"id": 1, "kind": "email", "direction": None}]}
    assert join_documents(base, BASE, changed)["action_types"] == changed["action_types"]
