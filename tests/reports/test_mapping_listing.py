"""What an administrator sees of a mapping, on both stores."""

from __future__ import annotations

from partner_portal.autotask.catalog import ActionType, Company, CompanyNote, CompanyToDo, Opportunity, Resource, Task
from partner_portal.reports.labels import mapping_in_force
from partner_portal.reports.mapping import (
    ActionMapping,
    ActionMeaning,
    Direction,
    Kind,
    Outcome,
    StageMapping,
    TenantMapping,
)
from partner_portal.reports.mapping_document import mapping_from
from partner_portal.reports.mapping_listing import mapping_listing
from partner_portal.reports.mapping_notes import unmapped_notes
from partner_portal.reports.sources import ground_of
from partner_portal.warehouse.store import PicklistValue
from reports.stocked import NOW, facts, stages, stock, utc

CONFIRMED = TenantMapping(
    ActionMapping({30: ActionMeaning(Kind.CALL, Direction.INBOUND)}),
    StageMapping({11: 0, 13: 5}, frozenset({13})),
    is_confirmed=True,
    outcomes={1: Outcome.OPEN, 3: Outcome.WON},
    neutral_statuses=frozenset({2}),
    excluded_companies=frozenset({4}),
    excluded_resources=frozenset({8}),
    version=2,
)


def statuses(**labels: str) -> list[PicklistValue]:
    return [PicklistValue("Opportunities", "status", int(key[1:]), label) for key, label in labels.items()]


def live(warehouse, *, picklists=(), **rows):
    return stock(warehouse, rows, picklists=picklists)


def listed(store, confirmed=None, zone="UTC") -> dict:
    return mapping_listing(store, facts(zone), NOW, confirmed)


def by_id(entries) -> dict[int, dict]:
    return {entry["id"]: entry for entry in entries}


def test_action_types_stand_with_label_flags_meaning_and_their_count_of_90_days(warehouse):
    store = live(
        warehouse,
        ActionTypes=[
            ActionType(id=30, name="Inbound call", is_active=False, is_system_action_type=False),
            ActionType(id=31, name="Demo", is_active=True),
        ],
        CompanyNotes=[
            CompanyNote(id=1, action_type=30, start_date_time=utc(2026, 8, 25)),  # the first of the 90 days
            CompanyNote(id=2, action_type=30, start_date_time=utc(2026, 8, 24, 23, 59)),
            CompanyNote(id=3, action_type=30, start_date_time=utc(2026, 11, 3)),  # echoes the to-do
            CompanyNote(id=5, action_type=99, create_date_time=utc(2026, 11, 3)),
        ],
        CompanyToDos=[
            CompanyToDo(id=3, action_type=30, start_date_time=utc(2026, 11, 3), completed_date=utc(2026, 11, 3)),
            CompanyToDo(id=4, action_type=31, start_date_time=utc(2026, 11, 4)),  # planned
        ],
    )
    entries = by_id(listed(store)["action_types"])
    assert entries[30] == {
        "id": 30,
        "label": "Inbound call",
        "is_active": False,
        "is_system": False,
        "proposed": {"kind": "call", "direction": "inbound"},
        "in_force": {"kind": "call", "direction": "inbound"},
        "is_unmapped": False,
        "recent": 2,
    }
    assert (entries[31]["in_force"], entries[31]["is_unmapped"], entries[31]["recent"]) == (None, True, 0)
    assert (entries[99]["label"], entries[99]["recent"]) == (None, 1)
    assert listed(store)["unmapped"]["action_types"] == [31, 99]


def test_a_renamed_type_stays_mapped_and_a_new_one_is_unmapped(warehouse):
    types = [ActionType(id=30, name="Mail from customer"), ActionType(id=31, name="Phone call")]
    entries = by_id(listed(live(warehouse, ActionTypes=types), CONFIRMED)["action_types"])
    assert entries[30]["in_force"] == {"kind": "call", "direction": "inbound"}
    assert entries[30]["proposed"] == {"kind": "email", "direction": None}
    assert entries[31]["is_unmapped"]
    assert entries[31]["proposed"] == {"kind": "call", "direction": "unspecified"}


def test_a_new_stage_says_which_one_it_ranks_as(warehouse):
    store = live(warehouse, picklists=stages("Lead", "Offer", "Won", "Delivered"))
    entries = by_id(listed(store, CONFIRMED)["stages"])
    assert (entries[12]["is_unmapped"], entries[12]["ranks_as"]) == (True, {"id": 11, "label": "Lead"})
    assert entries[14]["in_force"] == {"rank": 5, "won": False}
    assert not entries[13]["is_unmapped"]
    told = list(unmapped_notes(ground_of(store), mapping_in_force(ground_of(store), CONFIRMED)))
    assert told == [
        'Unmapped stage "Offer" (id 12): it ranks as "Lead" (id 11) before it, until an administrator maps it.',
        'Unmapped stage "Delivered" (id 14): it ranks as "Won" (id 13) before it, until an administrator maps it.',
    ]


def test_a_new_first_stage_and_a_new_status_are_told(warehouse):
    picklists = [PicklistValue("Opportunities", "stage", 9, "Rumour", sort_order=-1), *stages("Lead")]
    store = live(warehouse, picklists=[*picklists, *statuses(s1="Active", s2="Lost", s5="Stalled")])
    told = list(unmapped_notes(ground_of(store), mapping_in_force(ground_of(store), CONFIRMED)))
    assert len(told) == 2
    assert '"Rumour" (id 9): it has rank 0' in told[0]
    assert '"Stalled" (id 5)' in told[1]
    assert listed(store, CONFIRMED)["unmapped"] == {"action_types": [0, 1, 2, 3, 5], "stages": [9], "statuses": [4, 5]}


def test_a_proposal_has_nothing_new(warehouse):
    store = live(warehouse, picklists=[*stages("Lead"), *statuses(s5="Stalled")])
    assert list(unmapped_notes(ground_of(store), mapping_in_force(ground_of(store), None))) == []


def test_deals_are_counted_by_stage_and_status(warehouse):
    store = live(
        warehouse,
        picklists=[*stages("Lead", "Won"), *statuses(s1="Active", s2="Lost")],
        Opportunities=[
            Opportunity(id=1, stage=11, status=1, create_date=utc(2026, 8, 25)),
            Opportunity(id=2, stage=11, status=1, create_date=utc(2026, 8, 24)),
            Opportunity(id=3, stage=12, status=3, create_date=utc(2026, 11, 1)),
            Opportunity(id=4, stage=77, status=None, create_date=None),
        ],
    )
    document = listed(store, zone="America/New_York")
    found = {entry["id"]: (entry["created"], entry["open"]) for entry in document["stages"]}
    assert found == {11: (1, 2), 12: (1, 0), 77: (0, 0)}
    found = {entry["id"]: (entry["created"], entry["open"]) for entry in document["statuses"]}
    assert found == {1: (1, 2), 2: (0, 0), 3: (1, 0), 4: (0, 0)}


def test_the_own_company_and_own_statuses_are_proposed_and_not_in_force(warehouse):
    store = live(
        warehouse,
        picklists=statuses(s1="Active", s3="Closed", s5="Won elsewhere", s6="Asleep"),
        Companies=[Company(id=0, company_name="Us"), Company(id=4, company_name="Them")],
        CompanyNotes=[CompanyNote(id=1, company_id=0, action_type=1, start_date_time=utc(2026, 11, 3))],
    )
    document = listed(store)
    assert document["companies"] == [
        {"id": 0, "name": "Us", "proposed": True, "in_force": False, "recent": 1, "is_own": True}
    ]
    assert document["in_force"]["excluded_companies"] == []
    found = {entry["id"]: (entry["proposed"], entry["in_force"]) for entry in document["statuses"]}
    assert (found[5], found[6]) == (("won", None), (None, None))
    assert len(document["notes"]) == 3
    assert "own company" in document["notes"][1]
    assert '"Won elsewhere" (id 5)' in document["notes"][2]
    assert "Asleep" not in document["notes"][2]


def test_left_out_records_stand_with_their_names(warehouse):
    store = live(
        warehouse,
        Companies=[Company(id=4, company_name="Them")],
        Resources=[Resource(id=8, first_name="Ada", last_name="L")],
        CompanyNotes=[CompanyNote(id=1, company_id=4, assigned_resource_id=8, start_date_time=utc(2026, 11, 3))],
    )
    document = listed(store, CONFIRMED)
    assert [(e["id"], e["name"], e["in_force"], e["recent"]) for e in document["companies"]] == [(4, "Them", True, 1)]
    assert [(e["id"], e["name"], e["in_force"], e["recent"]) for e in document["resources"]] == [(8, "Ada L", True, 1)]


def test_a_label_that_contradicts_the_vendors_id_is_doubtful_until_confirmed(warehouse):
    store = live(warehouse, picklists=statuses(s1="Active", s3="Lost"))
    assert [entry["id"] for entry in listed(store)["statuses"] if entry["is_doubtful"]] == [3]
    assert not any(entry["is_doubtful"] for entry in listed(store, CONFIRMED)["statuses"])


def test_in_the_guides_dialect_other_types_and_statuses_need_no_mapping(warehouse):
    tasks = [Task(id=1, action_type=4, create_date_time=utc(2026, 11, 3)), Task(id=2, action_type=9)]
    deals = [Opportunity(id=1, stage=5, status=1), Opportunity(id=2, stage=1, status=7)]
    document = listed(stock(warehouse, {"Tasks": tasks, "Opportunities": deals}, dialect="guide"))
    assert by_id(document["action_types"])[4]["recent"] == 1
    assert document["unmapped"] == {"action_types": [], "stages": [], "statuses": []}
    found = {entry["id"]: (entry["in_force"], entry["open"]) for entry in document["statuses"]}
    assert found == {1: ("open", 0), 2: ("lost", 0), 7: ("open", 1)}
    assert document["in_force"]["stages_are_ranks"]


def test_what_was_never_read_is_unknown_not_zero(warehouse):
    unread = dict.fromkeys(("CompanyNotes", "CompanyToDos", "Opportunities"), "No right.")
    store = stock(warehouse, {}, picklists=stages("Lead"), unread=unread)
    document = listed(store)
    assert {entry["recent"] for entry in document["action_types"]} == {None}
    assert [(entry["created"], entry["open"]) for entry in document["stages"]] == [(None, None)]


def test_both_mappings_of_a_listing_can_be_read_back(warehouse):
    store = live(warehouse, picklists=stages("Lead", "Won"), ActionTypes=[ActionType(id=30, name="Demo")])
    document = listed(store, CONFIRMED)
    assert mapping_from(document["in_force"], 2) == CONFIRMED
    assert mapping_from(document["proposed"], 1).stages.ranks == {11: 0, 12: 5}
