"""The report's numbers by plain loops over rows: DESIGN.md section 4 read once more, sharing no code with reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from statistics import median
from zoneinfo import ZoneInfo

from partner_portal.autotask.catalog import Record

Rows = dict[str, Sequence[Record]]
FIGURES = ("calls", "outbound", "inbound", "unspecified", "emails", "meetings")


def wall(instant: datetime, zone: ZoneInfo) -> date:
    return instant.astimezone(zone).date()


def only_date(instant: datetime | None, zone: ZoneInfo) -> date | None:
    if instant is None:
        return None
    at = instant.astimezone(UTC)
    return at.date() if at.time() == time(0, 0) else wall(at, zone)


def guide_activities(rows: Rows) -> Iterator[tuple]:
    for task in rows["Tasks"]:
        if task.create_date_time is None:
            continue
        kind = {4: "calls", 3: "emails", 6: "meetings", 7: "meetings"}.get(task.action_type, "other")
        if task.direction is not None:
            way = {1: "outbound", 2: "inbound"}.get(task.direction, "unspecified")
        else:
            said = [word for word in ("outbound", "inbound") if word in (task.description or "").lower()]
            way = said[0] if len(said) == 1 else "unspecified"
        yield kind, way, task.assigned_resource_id, task.create_date_time, ("Tasks", task.id)


def live_activities(rows: Rows, meanings: dict[int, tuple[str, str]], echoes: list) -> Iterator[tuple]:
    done = [to_do for to_do in rows["CompanyToDos"] if to_do.completed_date is not None]
    for to_do in done:
        kind, way = meanings.get(to_do.action_type, ("other", ""))
        at = to_do.start_date_time or to_do.completed_date
        yield kind, way, to_do.assigned_to_resource_id, at, ("CompanyToDos", to_do.id)
    for note in rows["CompanyNotes"]:
        at = note.start_date_time or note.completed_date_time or note.create_date_time
        if at is None:
            continue
        kind, way = meanings.get(note.action_type, ("other", ""))
        found = kind, way, note.assigned_resource_id, at, ("CompanyNotes", note.id)
        if any(is_echo(note, to_do) for to_do in done):
            echoes.append(found)
        else:
            yield found


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


def activity_figures(activities: list[tuple], zone: ZoneInfo, start: date, end: date, owner: int | None) -> dict:
    total, days, owners = Counter(), defaultdict(Counter), defaultdict(Counter)
    inside = []
    for kind, way, who, at, key in activities:
        day = wall(at, zone)
        if not start <= day <= end or owner not in (None, who):
            continue
        inside.append((at, key))
        for name in (kind, way) if kind == "calls" else (kind,):
            for counter in (total, days[day], owners[who]):
                counter[name] += 1
    latest = sorted(inside, key=lambda found: (-found[0].timestamp(), -found[1][1], found[1][0]))
    return {"total": total, "days": days, "owners": owners, "latest": [key for _, key in latest[:20]]}


def deal_figures(
    rows: Rows, dialect: str, ranks: dict[int, int], zone: ZoneInfo, start: date, end: date, owner: int | None
) -> dict:
    """Counts and sums of opportunities; `ranks` gives each stage's rank, in the guide's dialect the id itself."""
    found: dict = {
        "steps": Counter(),
        "amounts": Counter(),
        "owners": defaultdict(lambda: [0, Decimal(0)]),
        "dealing": set(),
    }
    found |= {"won": [0, Decimal(0)], "lost": [0, Decimal(0)], "open": [0, Decimal(0)]}
    found |= {"weighted": Fraction(0), "without": 0, "cycle": []}
    for deal in rows["Opportunities"]:
        if owner not in (None, deal.owner_resource_id):
            continue
        rank, amount = ranks.get(deal.stage, 0), deal.amount or Decimal(0)
        won = rank == 5 if dialect == "guide" else deal.status in (3, 4)
        lost = deal.status == 2 and not won
        is_open = (not won and not lost) if dialect == "guide" else deal.status == 1
        created, closed = only_date(deal.create_date, zone), only_date(deal.closed_date, zone)
        if created and start <= created <= end:
            reached = [True, rank >= 1, rank >= 2, rank >= 3, won]
            for key, has in zip(
                ("prospects", "contacted", "qualified", "proposal", "closed_won"), reached, strict=True
            ):
                found["steps"][key] += has
                found["amounts"][key] += amount * has
        ended = closed if won else only_date(deal.lost_date or deal.closed_date, zone) if lost else None
        if is_open or any(day and start <= day <= end for day in (created, ended)):
            found["dealing"].add(deal.owner_resource_id)
        if ended and start <= ended <= end:
            for pair in [found["won"], found["owners"][deal.owner_resource_id]] if won else [found["lost"]]:
                pair[0] += 1
                pair[1] += amount
            if won and created:
                found["cycle"].append((closed - created).days)
        if is_open:
            found["open"][0] += 1
            found["open"][1] += amount
            found["without"] += deal.probability is None
            found["weighted"] += Fraction(amount) * (deal.probability or 0) / 100
    return found


def check_document(
    doc: dict, rows: Rows, *, dialect: str, meanings: dict, ranks: dict, zone: ZoneInfo, owner: int | None, today: date
) -> None:
    """Assert every count, sum and list of `doc`, for its own period and comparison, against the loops."""
    echoes: list = []
    activities = list(guide_activities(rows) if dialect == "guide" else live_activities(rows, meanings, echoes))
    ranges = [(date.fromisoformat(doc["period"]["start"]), date.fromisoformat(doc["period"]["end"]))]
    if doc["comparison"]:
        ranges.append((date.fromisoformat(doc["comparison"]["start"]), date.fromisoformat(doc["comparison"]["end"])))
    done = [activity_figures(activities, zone, *span, owner) for span in ranges]
    met = [appointment_figures(rows, zone, *span, owner) for span in ranges]
    deals = [deal_figures(rows, dialect, ranks, zone, *span, owner) for span in ranges]
    check_totals(doc, done, met)
    check_lists(doc, rows, done[0], met[0], deals[0], zone, owner, today)
    check_deals(doc, deals)
    check_sums(doc)
    merged = [
        at for *_, who, at, _ in echoes if ranges[0][0] <= wall(at, zone) <= ranges[0][1] and owner in (None, who)
    ]
    said = [note for note in doc["notes"] if note.startswith("Notes that echo")]
    assert said == [
        f"Notes that echo a completed to-do count once, with the to-do: {len(merged)} in this period."
    ] * bool(merged)


def check_sums(doc: dict) -> None:
    """Assert that days and owners add up to the totals, and directions to the calls."""
    totals = {"calls": doc["calls"]["total"], "emails": doc["emails"]["total"], "meetings": doc["meetings"]["total"]}
    totals |= {name: doc["calls"][name] for name in ("outbound", "inbound", "unspecified")}
    totals["conversations"] = doc["conversations"]["total"]
    totals["appointments"] = doc["appointments"]["total"]
    for name, total in totals.items():
        assert sum(entry[name] for entry in doc["by_day"]) == total
        assert sum(entry[name] for entry in doc["by_owner"]) == total
    assert doc["calls"]["total"] == sum(doc["calls"][name] for name in ("outbound", "inbound", "unspecified"))
    assert sum(entry["won"] for entry in doc["by_owner"]) == doc["pipeline"]["won"]["count"]
    assert sum(Decimal(entry["won_amount"]) for entry in doc["by_owner"]) == Decimal(doc["pipeline"]["won"]["amount"])


def activity(counts: Counter) -> dict:
    return {name: counts[name] for name in FIGURES} | {"conversations": counts["calls"] + counts["meetings"]}


def appointment_figures(rows: Rows, zone: ZoneInfo, start: date, end: date, owner: int | None) -> dict:
    days, owners = Counter(), Counter()
    for entry in rows["Appointments"]:
        if entry.start_date_time is None or owner not in (None, entry.resource_id):
            continue
        day = wall(entry.start_date_time, zone)
        if start <= day <= end:
            days[day] += 1
            owners[entry.resource_id] += 1
    return {"days": days, "owners": owners, "total": sum(days.values())}


def check_totals(doc: dict, done: list[dict], met: list[dict]) -> None:
    now, before = done[0]["total"], done[1]["total"] if len(done) > 1 else None
    assert {name: doc["calls"][name] for name in ("outbound", "inbound", "unspecified")} == {
        name: now[name] for name in ("outbound", "inbound", "unspecified")
    }
    for group, name in (("calls", "calls"), ("emails", "emails"), ("meetings", "meetings")):
        assert doc[group]["total"] == now[name]
        assert doc[group]["previous"] == (None if before is None else before[name])
    assert doc["conversations"]["total"] == now["calls"] + now["meetings"]
    assert doc["conversations"]["previous"] == (None if before is None else before["calls"] + before["meetings"])
    assert doc["appointments"]["total"] == met[0]["total"]
    assert doc["appointments"]["previous"] == (met[1]["total"] if len(met) > 1 else None)


def check_lists(
    doc: dict, rows: Rows, done: dict, met: dict, deals: dict, zone: ZoneInfo, owner: int | None, today: date
) -> None:
    start, end = date.fromisoformat(doc["period"]["start"]), date.fromisoformat(doc["period"]["end"])
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    assert doc["by_day"] == [
        {"date": str(day)} | activity(done["days"][day]) | {"appointments": met["days"][day]} for day in days
    ]
    shown = {entry["owner"] and entry["owner"]["id"]: entry for entry in doc["by_owner"]}
    busy = {who for who, counter in done["owners"].items() if sum(counter[name] for name in FIGURES)}
    assert shown.keys() == busy | met["owners"].keys() | deals["dealing"]
    for who, entry in shown.items():
        assert {name: entry[name] for name in FIGURES} == {name: done["owners"][who][name] for name in FIGURES}
        assert entry["appointments"] == met["owners"][who]
        assert [entry["won"], Decimal(entry["won_amount"])] == deals["owners"][who]
    calls = [entry["calls"] for entry in doc["by_owner"]]
    assert calls == sorted(calls, reverse=True)
    assert [(row["source"], row["id"]) for row in doc["recent_activity"]] == done["latest"]
    coming = [
        entry
        for entry in rows["Appointments"]
        if entry.start_date_time and wall(entry.start_date_time, zone) >= today and owner in (None, entry.resource_id)
    ]
    coming.sort(key=lambda entry: (entry.start_date_time, entry.id))
    assert [row["id"] for row in doc["appointments"]["upcoming"]] == [entry.id for entry in coming[:10]]


def check_deals(doc: dict, deals: list[dict]) -> None:
    now, pipeline = deals[0], doc["pipeline"]
    assert {step["key"]: step["count"] for step in doc["funnel"]} == {
        step["key"]: now["steps"][step["key"]] for step in doc["funnel"]
    }
    assert all(Decimal(step["amount"]) == now["amounts"][step["key"]] for step in doc["funnel"])
    assert doc["conversion_rate"]["won"] == now["steps"]["closed_won"]
    assert doc["conversion_rate"]["of"] == now["steps"]["prospects"]
    assert [pipeline["open"]["count"], Decimal(pipeline["open"]["amount"])] == now["open"]
    assert abs(Fraction(pipeline["open"]["weighted_amount"]) - now["weighted"]) <= Fraction(1, 200)
    assert pipeline["open"]["without_probability"] == now["without"]
    for key in ("won", "lost"):
        assert [pipeline[key]["count"], Decimal(pipeline[key]["amount"])] == now[key]
        if len(deals) > 1:
            before = pipeline[key]["previous"]
            assert [before["count"], Decimal(before["amount"])] == deals[1][key]
        else:
            assert pipeline[key]["previous"] is None
    decided = now["won"][0] + now["lost"][0]
    rate = now["won"][0] / decided if decided else None
    assert pipeline["close_rate"] | {"previous": 0} == {
        "won": now["won"][0],
        "of": decided,
        "rate": rate,
        "previous": 0,
    }
    cycle = now["cycle"]
    assert pipeline["sales_cycle_days"] == {
        "mean": sum(cycle) / len(cycle) if cycle else None,
        "median": float(median(cycle)) if cycle else None,
    }
