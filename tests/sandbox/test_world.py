"""The generated MSP: the same for the same seed, believable, and never empty where a demo looks."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from partner_portal.sandbox.world import World, generate
from sandbox.conftest import SMALL, TODAY

NEW_YORK = ZoneInfo("America/New_York")


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).astimezone(zone)


def dump(world: World) -> dict:
    return {entity: world.rows(entity) for entity in world.entities}


def test_a_seed_makes_the_same_world_and_another_seed_another(made_world):
    again = generate(seed=3, today=TODAY, activities=700, sizes=SMALL)
    assert dump(again) == dump(made_world)
    other = generate(seed=4, today=TODAY, activities=700, sizes=SMALL)
    assert other.rows("CompanyNotes") != made_world.rows("CompanyNotes")


def test_the_sizes_are_those_that_were_asked_for(made_world):
    held = {entity: len(made_world.table(entity)) for entity in made_world.entities}
    assert (held["Companies"], held["Contacts"], held["Opportunities"]) == (40, 60, 90)
    assert (held["Appointments"], held["Tickets"], held["Tasks"]) == (60, 30, 20)
    echoes = {row["id"] for row in made_world.rows("CompanyNotes")} & set(made_world.table("CompanyToDos").ids())
    assert held["CompanyNotes"] + held["CompanyToDos"] - len(echoes) == 700


@pytest.mark.parametrize("today", [date(2026, 3, 1), date(2026, 11, 1), date(2025, 12, 28), date(2024, 2, 29)])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata"])
def test_today_yesterday_and_the_days_ahead_are_never_empty(today, zone):
    world = generate(seed=2, today=today, activities=120, time_zone=zone, sizes=SMALL)
    days = Counter(
        local(row["startDateTime"], ZoneInfo(zone)).date()
        for entity in ("CompanyNotes", "CompanyToDos")
        for row in world.rows(entity)
        if row["startDateTime"]
    )
    assert days[today]
    assert days[today - timedelta(days=1)]
    appointments = Counter(local(row["startDateTime"], ZoneInfo(zone)).date() for row in world.rows("Appointments"))
    assert appointments[today]
    assert any(day > today for day in appointments)
    created = Counter(local(row["createDate"], ZoneInfo(zone)).date() for row in world.rows("Opportunities"))
    assert created[today]
    assert min(days) < today - timedelta(days=3 * 365)


def test_nothing_is_done_created_or_stamped_in_the_future(made_world):
    now = datetime.combine(TODAY, time(15), NEW_YORK).astimezone(UTC)
    past = ("createDate", "createDateTime", "lastModifiedDate", "lastActivity", "completedDate", "completedDateTime")
    for entity in made_world.entities:
        for row in made_world.rows(entity):
            for name in past:
                assert row.get(name) is None or datetime.fromisoformat(row[name]) <= now, (entity, name, row)


def test_completed_to_dos_come_back_as_notes_with_the_same_id(made_world):
    notes = {row["id"]: row for row in made_world.rows("CompanyNotes")}
    to_dos = made_world.rows("CompanyToDos")
    echoed = [row for row in to_dos if row["id"] in notes]
    assert 0.3 < len(echoed) / len([row for row in to_dos if row["completedDate"]]) < 0.9
    for row in echoed:
        note = notes[row["id"]]
        for name in ("companyID", "actionType", "startDateTime", "contactID", "opportunityID"):
            assert note[name] == row[name]
        assert note["assignedResourceID"] == row["assignedToResourceID"]
        assert row["completedDate"]


@pytest.mark.parametrize("echo", ["other_id", "none"])
def test_the_echo_can_have_an_id_of_its_own_or_stay_away(made_world, echo):
    world = generate(seed=3, today=TODAY, activities=300, sizes=SMALL, echo=echo)
    notes, to_dos = world.rows("CompanyNotes"), world.rows("CompanyToDos")
    assert not {row["id"] for row in notes} & {row["id"] for row in to_dos}
    done = {(row["companyID"], row["startDateTime"]) for row in to_dos if row["completedDate"]}
    twins = [row for row in notes if (row["companyID"], row["startDateTime"]) in done]
    assert bool(twins) == (echo == "other_id")
    assert len(notes) + len(to_dos) - len(twins) == 300


def test_the_people_are_twelve_reps_and_some_who_left_but_still_own_rows(made_world):
    people = {row["id"]: row for row in made_world.rows("Resources")}
    assert people[4]["lastName"] == "Administrator"
    assert sum(row["title"] == "Account Executive" for row in people.values()) == 12
    inactive = {row_id for row_id, row in people.items() if not row["isActive"]}
    owners = {row["ownerResourceID"] for row in made_world.rows("Opportunities")}
    assert inactive & owners
    assert owners <= set(people)


def test_every_reference_leads_somewhere(made_world):
    targets = {
        "companyID": set(made_world.table("Companies").ids()),
        "contactID": set(made_world.table("Contacts").ids()),
        "opportunityID": set(made_world.table("Opportunities").ids()),
        "assignedResourceID": set(made_world.table("Resources").ids()),
        "resourceID": set(made_world.table("Resources").ids()),
    }
    for entity in made_world.entities:
        for row in made_world.rows(entity):
            for name, ids in targets.items():
                assert row.get(name) is None or row[name] in ids, (entity, name, row[name])


def test_deals_are_won_lost_and_open_in_a_believable_way(made_world):
    deals = made_world.rows("Opportunities")
    by_status = Counter(row["status"] for row in deals)
    assert min(by_status[1], by_status[2], by_status[3] + by_status[4]) >= 5
    for row in deals:
        assert row["projectedCloseDate"]
        assert row["amount"] == pytest.approx(
            (row["onetimeRevenue"] or 0) + 12 * (row["monthlyRevenue"] or 0), abs=0.011
        )
        assert 0 < row["cost"] < row["amount"] < 200_000
        assert (row["closedDate"] is not None) if row["status"] in (3, 4) else True
    assert any(row["lossReason"] for row in deals)
    assert any(row["lossReason"] is None for row in deals if row["status"] == 2)
    midnights = {row["projectedCloseDate"][11:] for row in deals}
    assert midnights == {"00:00:00Z", "04:00:00Z", "05:00:00Z"}
    won_today = [
        row for row in deals if row["closedDate"] and row["status"] >= 3 and row["closedDate"][:10] == str(TODAY)
    ]
    assert len(won_today) >= 2


def test_the_world_is_as_untidy_as_a_real_one(made_world):
    ids = made_world.table("CompanyToDos").ids()
    assert ids[-1] - ids[0] > len(ids)
    text = str(dump(made_world))
    for wanted in ("<p>", "&", "Société", "株式会社", "'=Equal Parts Design'", "\\x00"):
        assert wanted in text
    assert made_world.row("Companies", 0)["companyName"]
    stamps = {len(row["lastModifiedDate"]) for row in made_world.rows("CompanyNotes")}
    assert {20, 24} <= stamps
    for entity, required in (
        ("CompanyNotes", {"startDateTime", "assignedResourceID"}),
        ("Opportunities", {"probability"}),
    ):
        seen = generate(seed=3, today=TODAY, activities=2_500, sizes=SMALL) if entity == "CompanyNotes" else made_world
        nulls = {name for row in seen.rows(entity) for name, value in row.items() if value is None}
        assert required <= nulls


def test_weekdays_are_busier_than_weekends_and_office_hours_than_nights(made_world):
    starts = [local(row["startDateTime"]) for row in made_world.rows("CompanyNotes") if row["startDateTime"]]
    weekend = sum(start.weekday() >= 5 for start in starts)
    office = sum(8 <= start.hour < 18 for start in starts)
    assert weekend / len(starts) < 0.1
    assert office / len(starts) > 0.8
    halves = Counter(start.date() > TODAY - timedelta(days=730) for start in starts)
    assert halves[True] > halves[False]


def test_the_guide_says_the_direction_in_a_field_in_words_or_not_at_all(guide_world):
    calls = [row for row in guide_world.rows("Tasks") if row["actionType"] == 4]
    assert {row["direction"] for row in calls} == {1, 2, None}
    told = [row for row in calls if row["direction"] is None]
    words = [row["description"] or "" for row in told]
    assert any("outbound" in text.lower() for text in words)
    assert any("inbound" in text.lower() for text in words)
    assert any("bound" not in text.lower() for text in words)
    stages = {row["stage"] for row in guide_world.rows("Opportunities")}
    assert stages == {0, 1, 2, 3, 4, 5}


def test_a_world_of_the_present_day_runs_on_the_wall_clock_and_another_stands_still(made_world):
    assert made_world.clock.now() == datetime.combine(TODAY, time(15), NEW_YORK)
    assert made_world.today() == TODAY
    today = datetime.now(NEW_YORK).date()
    assert generate(today=today, activities=0, sizes=SMALL).clock.stopped_at is None
    assert abs(World.empty().clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("wrong", [{"dialect": "latin"}, {"echo": "twice"}])
def test_an_unknown_dialect_or_echo_is_refused(wrong):
    with pytest.raises(ValueError, match="unknown"):
        generate(**wrong)


def test_an_id_is_used_once_and_an_unknown_field_is_refused(world):
    world.insert("Companies", {"id": 5})
    with pytest.raises(ValueError, match="twice"):
        world.insert("Companies", {"id": 5})
    with pytest.raises(ValueError, match="no field compName"):
        world.insert("Companies", {"compName": "x"})
    with pytest.raises(KeyError):
        world.update("Companies", 6, companyName="x")
    assert world.insert("Companies", {}) == 6
