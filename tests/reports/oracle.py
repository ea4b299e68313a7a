"""The report's numbers by plain loops over rows: DESIGN.md section 4 read once more, sharing no code with reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any, NamedTuple

from partner_portal.autotask.catalog import ActionType, Record
from reports.view import View

Rows = dict[str, Sequence[Record]]
TOTALS = {"call": "calls", "email": "emails", "meeting": "meetings"}
FIGURES = ("calls", "outbound", "inbound", "unspecified", "emails", "meetings", "conversations")
STEPS = ("prospects", "contacted", "qualified", "proposal", "closed_won")


class Activity(NamedTuple):
    """One thing done, with what its action type means; without `at` no period holds it."""

    key: tuple[str, int]
    action: int | None
    kind: str
    way: str | None
    owner: int | None
    company: int | None
    opportunity: int | None
    at: datetime | None
    is_echo: bool = False


def guide_activities(rows: Rows, view: View) -> Iterator[Activity]:
    for task in rows["Tasks"]:
        if task.direction is not None:
            told = {1: "outbound", 2: "inbound"}.get(task.direction, "unspecified")
        else:
            said = [word for word in ("outbound", "inbound") if word in (task.description or "").lower()]
            told = said[0] if len(said) == 1 else "unspecified"
        yield Activity(
            ("Tasks", task.id),
            task.action_type,
            *view.meaning(task.action_type, told),
            task.assigned_resource_id,
            task.company_id,
            task.opportunity_id,
            task.create_date_time,
        )


def live_activities(rows: Rows, view: View) -> Iterator[Activity]:
    done = [to_do for to_do in rows["CompanyToDos"] if to_do.completed_date is not None]
    for to_do in done:
        yield Activity(
            ("CompanyToDos", to_do.id),
            to_do.action_type,
            *view.meaning(to_do.action_type, "unspecified"),
            to_do.assigned_to_resource_id,
            to_do.company_id,
            to_do.opportunity_id,
            to_do.start_date_time or to_do.completed_date,
        )
    for note in rows["CompanyNotes"]:
        yield Activity(
            ("CompanyNotes", note.id),
            note.action_type,
            *view.meaning(note.action_type, "unspecified"),
            note.assigned_resource_id,
            note.company_id,
            note.opportunity_id,
            note.start_date_time or note.completed_date_time or note.create_date_time,
            is_echo=any(is_echo(note, to_do) for to_do in done),
        )


def is_echo(note, to_do) -> bool:
    if note.id == to_do.id:
        return True
    same = (note.company_id, note.contact_id, note.action_type, note.assigned_resource_id, note.start_date_time)
    return note.start_date_time is not None and same == (
        to_do.company_id,
        to_do.contact_id,
        to_do.action_type,
        to_do.assigned_to_resource_id,
        to_do.start_date_time,
    )


def activities_asked_for(rows: Rows, view: View) -> list[Activity]:
    """Activities of any time, echoes included, by owner, company and the category of their opportunity."""
    categories = {deal.id: deal.opportunity_category_id for deal in rows["Opportunities"]}
    found = guide_activities(rows, view) if view.dialect == "guide" else live_activities(rows, view)
    return [
        one
        for one in found
        if view.is_of_owner(one.owner)
        and view.is_of_company(one.company)
        and view.is_of_category(categories.get(one.opportunity))
    ]


def activity_figures(activities: Sequence[Activity], view: View) -> dict[str, Any]:
    total, days, owners, unmapped = Counter(), defaultdict(Counter), defaultdict(Counter), Counter()
    inside = []
    for one in activities:
        if one.at is None or not view.holds(view.wall(one.at)):
            continue
        if one.is_echo:
            total["merged"] += 1
            continue
        inside.append(one)
        if one.action not in view.action_types:
            unmapped[one.action] += 1
        for name in ("activities", TOTALS.get(one.kind), one.way, "conversations" * (one.kind in view.conversing)):
            for counter in (total, days[view.wall(one.at)], owners[one.owner]):
                counter[name] += 1
    inside.sort(key=lambda one: (-one.at.timestamp(), -one.key[1], one.key[0]))
    return {"total": total, "days": days, "owners": owners, "unmapped": unmapped, "latest": inside[:20]}


def appointment_figures(rows: Rows, view: View) -> dict[str, Any]:
    days, owners = Counter(), Counter()
    for entry in rows["Appointments"]:
        if entry.start_date_time is None or not view.is_of_owner(entry.resource_id):
            continue
        day = view.wall(entry.start_date_time)
        if view.holds(day) and view.tells_appointments:
            days[day] += 1
            owners[entry.resource_id] += 1
    return {"days": days, "owners": owners, "total": sum(days.values()) if view.tells_appointments else None}


def deal_figures(rows: Rows, view: View) -> dict[str, Any]:
    """Counts and sums of opportunities."""
    found: dict = {
        "steps": Counter(),
        "amounts": Counter(),
        "owners": defaultdict(lambda: [0, Decimal(0)]),
        "dealing": set(),
    }
    found |= {"won": [0, Decimal(0)], "lost": [0, Decimal(0)], "open": [0, Decimal(0)]}
    found |= {"weighted": Fraction(0), "without": 0, "cycle": [], "undated": 0}
    for deal in rows["Opportunities"]:
        if not view.has_deal(deal):
            continue
        rank, amount, outcome = view.rank(deal), deal.amount or Decimal(0), view.outcome(deal)
        created, ended = view.day(deal.create_date), view.ended(deal)
        if view.holds(created):
            reached = [True, rank >= 1, rank >= 2, rank >= 3, outcome == "won"]
            for key, has in zip(STEPS, reached, strict=True):
                found["steps"][key] += has
                found["amounts"][key] += amount * has
        if outcome == "open" or view.holds(created) or view.holds(ended):
            found["dealing"].add(deal.owner_resource_id)
        if view.holds(ended):
            for pair in [found[outcome], *([found["owners"][deal.owner_resource_id]] if outcome == "won" else [])]:
                pair[0] += 1
                pair[1] += amount
            if outcome == "won" and created:
                found["cycle"].append((ended - created).days)
        found["undated"] += outcome == "won" and ended is None
        if outcome == "open":
            found["open"][0] += 1
            found["open"][1] += amount
            found["without"] += deal.probability is None
            found["weighted"] += Fraction(amount) * (deal.probability or 0) / 100
    return found


def check_document(doc: dict, rows: Rows, view: View) -> None:
    """Assert every count, sum and list of `doc`, for its own period and comparison, against the loops."""
    views = [view]
    if doc["comparison"]:
        views.append(
            replace(view, period=tuple(date.fromisoformat(doc["comparison"][end]) for end in ("start", "end")))
        )
    asked = activities_asked_for(rows, view)
    done = [activity_figures(asked, one) for one in views]
    met = [appointment_figures(rows, one) for one in views]
    deals = [deal_figures(rows, one) for one in views]
    check_totals(doc, done, met)
    check_conversations(doc, view)
    check_activities(doc, asked, done)
    check_lists(doc, rows, done[0], met[0], deals[0], view)
    check_deals(doc, deals)
    check_sums(doc)
    check_notes(doc, rows, done[0], view)


def check_sums(doc: dict) -> None:
    """Assert that days and owners add up to the totals, and directions to the calls."""
    totals = {name: doc[name]["total"] for name in ("calls", "emails", "meetings", "conversations", "appointments")}
    totals |= {name: doc["calls"][name] for name in ("outbound", "inbound", "unspecified")}
    for name, total in totals.items():
        for entries in (doc["by_day"], doc["by_owner"]):
            shown = [entry[name] for entry in entries]
            assert shown == [None] * len(shown) if total is None else sum(shown) == total
    assert doc["calls"]["total"] == sum(doc["calls"][name] for name in ("outbound", "inbound", "unspecified"))
    assert sum(entry["won"] for entry in doc["by_owner"]) == doc["pipeline"]["won"]["count"]
    assert sum(Decimal(entry["won_amount"]) for entry in doc["by_owner"]) == Decimal(doc["pipeline"]["won"]["amount"])


def check_totals(doc: dict, done: list[dict], met: list[dict]) -> None:
    now, before = done[0]["total"], done[1]["total"] if len(done) > 1 else None
    for name in ("outbound", "inbound", "unspecified"):
        assert doc["calls"][name] == now[name]
    for name in ("activities", "calls", "emails", "meetings", "conversations"):
        assert doc[name]["total"] == now[name]
        assert doc[name]["previous"] == (None if before is None else before[name])
    assert doc["appointments"]["total"] == met[0]["total"]
    assert doc["appointments"]["previous"] == (met[1]["total"] if len(met) > 1 else None)


def check_conversations(doc: dict, view: View) -> None:
    """Assert that conversations are what they say they include."""
    includes = ["calls", "meetings", *(["emails"] if view.mapping["emails_are_conversations"] else [])]
    assert doc["conversations"]["includes"] == includes
    for figure in ("total", "previous"):
        if doc["conversations"][figure] is not None:
            assert doc["conversations"][figure] == sum(doc[name][figure] for name in includes)


def check_activities(doc: dict, asked: Sequence[Activity], done: list[dict]) -> None:
    shown = doc["activities"]
    assert shown["unmapped"] == done[0]["unmapped"].total()
    assert shown["merged"] == done[0]["total"]["merged"]
    assert shown["undated"] == sum(one.at is None and not one.is_echo for one in asked)


def check_lists(doc: dict, rows: Rows, done: dict, met: dict, deals: dict, view: View) -> None:
    start, end = view.period
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    unknown = None if not view.tells_appointments else 0
    assert doc["by_day"] == [
        {"date": str(day)}
        | {name: done["days"][day][name] for name in FIGURES}
        | {"appointments": met["days"].get(day, unknown)}
        for day in days
    ]
    shown = {entry["owner"] and entry["owner"]["id"]: entry for entry in doc["by_owner"]}
    busy = {who for who, counter in done["owners"].items() if any(counter[name] for name in FIGURES)}
    assert shown.keys() == busy | met["owners"].keys() | deals["dealing"]
    for who, entry in shown.items():
        assert {name: entry[name] for name in FIGURES} == {name: done["owners"][who][name] for name in FIGURES}
        assert entry["appointments"] == met["owners"].get(who, unknown)
        assert [entry["won"], Decimal(entry["won_amount"])] == deals["owners"][who]
    calls = [entry["calls"] for entry in doc["by_owner"]]
    assert calls == sorted(calls, reverse=True)
    assert [(row["source"], row["id"], row["kind"], row["direction"]) for row in doc["recent_activity"]] == [
        (*one.key, one.kind, one.way) for one in done["latest"]
    ]
    check_upcoming(doc["appointments"], rows, view)


def check_upcoming(shown: dict, rows: Rows, view: View) -> None:
    if not view.tells_appointments:
        assert (shown["upcoming_total"], shown["upcoming"]) == (None, [])
        return
    coming = [
        entry
        for entry in rows["Appointments"]
        if entry.start_date_time
        and view.wall(entry.start_date_time) >= view.today
        and view.is_of_owner(entry.resource_id)
    ]
    coming.sort(key=lambda entry: (entry.start_date_time, entry.id))
    assert shown["upcoming_total"] == len(coming)
    assert [row["id"] for row in shown["upcoming"]] == [entry.id for entry in coming[:10]]


def check_deals(doc: dict, deals: list[dict]) -> None:
    now, pipeline = deals[0], doc["pipeline"]
    assert [step["key"] for step in doc["funnel"]] == [*STEPS]
    for step in doc["funnel"]:
        key = step["key"]
        assert (step["count"], Decimal(step["amount"])) == (now["steps"][key], now["amounts"][key])
        if len(deals) > 1:
            before = step["previous"]
            earlier = deals[1]["steps"][key], deals[1]["amounts"][key]
            assert (before["count"], Decimal(before["amount"])) == earlier
        else:
            assert step["previous"] is None
    assert doc["conversion_rate"]["won"] == now["steps"]["closed_won"]
    assert doc["conversion_rate"]["of"] == now["steps"]["prospects"]
    assert [pipeline["open"]["count"], Decimal(pipeline["open"]["amount"])] == now["open"]
    assert abs(Fraction(pipeline["open"]["weighted_amount"]) - now["weighted"]) <= Fraction(1, 200)
    assert pipeline["open"]["without_probability"] == now["without"]
    assert pipeline["won"]["undated"] == now["undated"]
    for key in ("won", "lost"):
        assert [pipeline[key]["count"], Decimal(pipeline[key]["amount"])] == now[key]
        if len(deals) > 1:
            before = pipeline[key]["previous"]
            assert [before["count"], Decimal(before["amount"])] == deals[1][key]
        else:
            assert pipeline[key]["previous"] is None
    assert {key: pipeline["close_rate"][key] for key in ("won", "of", "rate")} == close_rate(now)
    assert pipeline["close_rate"]["previous"] == (close_rate(deals[1]) if len(deals) > 1 else None)
    cycle = now["cycle"]
    assert pipeline["sales_cycle_days"] == {
        "mean": sum(cycle) / len(cycle) if cycle else None,
        "median": float(median(cycle)) if cycle else None,
    }


def close_rate(deals: dict) -> dict[str, Any]:
    won, decided = deals["won"][0], deals["won"][0] + deals["lost"][0]
    return {"won": won, "of": decided, "rate": won / decided if decided else None}


def check_notes(doc: dict, rows: Rows, done: dict, view: View) -> None:
    """Assert what is said of merged notes, and of action types that nobody mapped: each one by its id."""
    merged = done["total"]["merged"]
    said = [note for note in doc["notes"] if note.startswith("Notes that echo")]
    assert said == [f"Notes that echo a completed to-do count once, with the to-do: {merged} in this period."] * bool(
        merged
    )
    said = [note for note in doc["notes"] if note.startswith(("Unmapped action type", "Activities without an action"))]
    labels = {entry.id: entry.name for entry in rows.get("ActionTypes", ()) if isinstance(entry, ActionType)}
    expected = []
    for action, count in done["unmapped"].items() if view.dialect == "live" else ():
        named = f'"{labels[action]}" (id {action})' if action in labels else f"with the unknown id {action}"
        subject = "Activities without an action type" if action is None else f"Unmapped action type {named}"
        expected.append(f"{subject}: {count} in this period, counted as other.")
    assert sorted(said) == sorted(expected)
