"""The pipeline's figures by plain loops over deals and their readings, sharing no code with reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from partner_portal.autotask.catalog import Opportunity
from reports.oracle import Rows
from reports.stocked import Deals
from reports.view import View

REASONS = {
    "won": {1: "Price", 2: "Trust"},
    "lost": {1: "Price", 2: "Feature", 3: "Timing"},
}
LEAVING = {"open": "pushed_out", "won": "won", "lost": "lost", "": "removed"}


def total(deals: Iterable[Opportunity]) -> tuple[int, Decimal]:
    listed = list(deals)
    return len(listed), sum((deal.amount or Decimal(0) for deal in listed), Decimal(0))


def pair(shown: Mapping) -> tuple[int, Decimal]:
    return shown["count"], Decimal(shown["amount"])


def weighted(deals: Iterable[Opportunity]) -> Fraction:
    return sum((Fraction(deal.amount or 0) * (deal.probability or 0) / 100 for deal in deals), Fraction(0))


def is_near(shown: str, exact: Fraction) -> bool:
    return abs(Fraction(shown) - exact) <= Fraction(1, 200)


def revenue(deals: Iterable[Opportunity], name: str) -> Decimal:
    return sum((getattr(deal, name) or Decimal(0) for deal in deals), Decimal(0))


def check_pipeline(doc: dict, rows: Rows, view: View, *, labels: Mapping[int, str]) -> None:
    """Assert what the document says of deals as they are now."""
    pipeline = doc["pipeline"]
    deals = [deal for deal in rows["Opportunities"] if view.has_deal(deal)]
    of = {outcome: [deal for deal in deals if view.outcome(deal) == outcome] for outcome in ("open", "won", "lost")}
    ended = {outcome: [deal for deal in of[outcome] if view.holds(view.ended(deal))] for outcome in ("won", "lost")}
    for name in ("onetime_revenue", "monthly_revenue"):
        assert Decimal(pipeline["open"][name]) == revenue(of["open"], name)
        assert Decimal(pipeline["won"][name]) == revenue(ended["won"], name)
    check_projected(pipeline, of["open"], view)
    check_stages(pipeline["open_by_stage"], of["open"], view, labels)
    check_reasons(pipeline["win_loss_reasons"], ended)
    check_cohort(pipeline["cohort_win_rate"], [deal for deal in deals if view.holds(view.day(deal.create_date))], view)
    assert pair(pipeline["stale"]) == total(stale(of["open"], rows, view))
    assert pipeline["stale"]["after_days"] == view.mapping["stale_after_days"]
    check_owners(doc, deals, of["open"], ended, view)
    check_ratios(doc)


def check_projected(pipeline: dict, deals: Sequence[Opportunity], view: View) -> None:
    months: dict[str, list[Opportunity]] = defaultdict(list)
    overdue, unprojected = [], []
    for deal in deals:
        day = view.day(deal.projected_close_date)
        if day is None:
            unprojected.append(deal)
        elif day < view.today:
            overdue.append(deal)
        else:
            months[f"{day:%Y-%m}"].append(deal)
    assert pair(pipeline["overdue"]) == total(overdue)
    assert pair(pipeline["unprojected"]) == total(unprojected)
    assert [entry["month"] for entry in pipeline["projected_close"]] == sorted(months)
    for entry in pipeline["projected_close"]:
        assert pair(entry) == total(months[entry["month"]])
        assert is_near(entry["weighted_amount"], weighted(months[entry["month"]]))
    apart = [*pipeline["projected_close"], pipeline["overdue"], pipeline["unprojected"]]
    assert sum(entry["count"] for entry in apart) == pipeline["open"]["count"]
    assert sum(Decimal(entry["amount"]) for entry in apart) == Decimal(pipeline["open"]["amount"])


def check_stages(shown: list[dict], deals: Sequence[Opportunity], view: View, labels: Mapping[int, str]) -> None:
    by_stage: dict[int | None, list[Opportunity]] = defaultdict(list)
    for deal in deals:
        by_stage[deal.stage].append(deal)
    in_order = [stage for stage in labels if stage in by_stage]
    in_order += sorted(stage for stage in by_stage if stage is not None and stage not in labels)
    in_order += [None] * (None in by_stage)
    assert [entry["stage"] for entry in shown] == in_order
    for entry in shown:
        stage = entry["stage"]
        assert entry["label"] == ("no stage" if stage is None else labels.get(stage, f"id {stage}"))
        assert entry["rank"] == view.ranks.get(stage, 0)
        assert pair(entry) == total(by_stage[stage])
        assert is_near(entry["weighted_amount"], weighted(by_stage[stage]))


def check_reasons(shown: list[dict], ended: Mapping[str, Sequence[Opportunity]]) -> None:
    found: dict[tuple[str, int | None], list[Opportunity]] = defaultdict(list)
    for outcome, deals in ended.items():
        for deal in deals:
            found[outcome, deal.win_reason if outcome == "won" else deal.loss_reason].append(deal)
    assert len(shown) == len(found)
    for entry in shown:
        outcome, reason = entry["outcome"], entry["reason_id"]
        assert pair(entry) == total(found[outcome, reason])
        known = REASONS[outcome].get(reason, f"id {reason}")
        assert entry["reason"] == ("not recorded" if reason is None else known)


def check_cohort(shown: dict, created: Sequence[Opportunity], view: View) -> None:
    became = Counter(view.outcome(deal) for deal in created)
    decided = became["won"] + became["lost"]
    rate = became["won"] / decided if decided else None
    assert shown == {"won": became["won"], "of": decided, "rate": rate, "open": became["open"]}


def stale(deals: Iterable[Opportunity], rows: Rows, view: View) -> list[Opportunity]:
    """Open deals at rest. Whoever's activity it was: nobody's is left out here, neither by filters nor as excluded."""
    last: dict[int, date] = {}
    for deal_id, at in touches(rows, view.dialect):
        day = view.wall(at)
        last[deal_id] = max(day, last.get(deal_id, day))
    entries = rows["Tasks"] if view.dialect == "guide" else rows["CompanyToDos"]
    planned = {
        entry.opportunity_id
        for entry in entries
        if (entry.completed_date_time if view.dialect == "guide" else entry.completed_date) is None
        and entry.start_date_time is not None
        and view.wall(entry.start_date_time) >= view.today
    }
    quiet = {deal.id: view.today - timedelta(days=view.quiet_days(deal)) for deal in deals}
    return [
        deal
        for deal in deals
        if deal.id not in planned
        and (view.day(deal.create_date) or date.min) <= quiet[deal.id]
        and last.get(deal.id, date.min) <= quiet[deal.id]
    ]


def touches(rows: Rows, dialect: str) -> Iterable[tuple[int, datetime]]:
    if dialect == "guide":
        found = [(task.opportunity_id, task.create_date_time) for task in rows["Tasks"]]
    else:
        found = [
            (to_do.opportunity_id, to_do.start_date_time or to_do.completed_date)
            for to_do in rows["CompanyToDos"]
            if to_do.completed_date
        ]
        found += [
            (note.opportunity_id, note.start_date_time or note.completed_date_time or note.create_date_time)
            for note in rows["CompanyNotes"]
        ]
    return [(deal_id, at) for deal_id, at in found if deal_id is not None and at is not None]


def check_owners(
    doc: dict,
    deals: Sequence[Opportunity],
    opened: Sequence[Opportunity],
    ended: Mapping[str, Sequence[Opportunity]],
    view: View,
) -> None:
    for entry in doc["by_owner"]:
        who = entry["owner"] and entry["owner"]["id"]

        def theirs(found: Iterable[Opportunity], who: int | None = who) -> list[Opportunity]:
            return [deal for deal in found if deal.owner_resource_id == who]

        won, lost = len(theirs(ended["won"])), len(theirs(ended["lost"]))
        assert (entry["open"], Decimal(entry["open_amount"])) == total(theirs(opened))
        assert (entry["won"], entry["lost"], entry["decided"]) == (won, lost, won + lost)
        assert entry["close_rate"] == (won / (won + lost) if won + lost else None)
        assert entry["created"] == sum(view.holds(view.day(deal.create_date)) for deal in theirs(deals))
    for name, whole in (("open", len(opened)), ("lost", len(ended["lost"]))):
        assert sum(entry[name] for entry in doc["by_owner"]) == whole


def check_ratios(doc: dict) -> None:
    counts = {name: doc[name]["total"] for name in ("activities", "calls", "appointments")}
    counts["won"] = doc["pipeline"]["won"]["count"]
    for name, of, per in (
        ("activities_per_won", "activities", "won"),
        ("calls_per_appointment", "calls", "appointments"),
        ("appointments_per_won", "appointments", "won"),
        ("calls_per_won", "calls", "won"),
    ):
        value = counts[of] / counts[per] if counts[per] and counts[of] is not None else None
        assert doc["ratios"][name] == {"of": counts[of], "per": counts[per], "value": value}


def check_movement(pipeline: dict, readings: Sequence[Deals], view: View) -> None:
    """Assert the movement by going from reading to reading; what each part adds up to is checked at the end."""
    read_at = readings[-1].at
    since = next((reading.at for reading in readings if reading.records), None)
    midnight = [datetime.combine(day, datetime.min.time(), view.zone) for day in view.period]
    begins = max(midnight[0].astimezone(UTC), since or datetime.max.replace(tzinfo=UTC))
    ends = min((midnight[1] + timedelta(days=1)).astimezone(UTC), read_at)
    if begins > ends:
        assert pipeline["movement"] is None
        assert pipeline["stage_changes"] == {"forward": None, "backward": None}
        return
    moves: dict[str, list[Decimal]] = defaultdict(list)
    stages: Counter[str] = Counter()
    now: dict[int, Opportunity] = {}
    seen: set[int] = set()
    for reading in readings:
        if reading.at > begins and "start" not in moves:
            moves["start"] = amounts(now.values(), view.has_in_pipeline)
        if reading.at > ends:
            break
        for deal_id, deal in [*((gone, None) for gone in reading.gone), *((deal.id, deal) for deal in reading.records)]:
            if reading.at > begins:
                is_new = deal_id not in seen and deal is not None and view.holds(view.day(deal.create_date))
                follow(moves, stages, now.get(deal_id), deal, view, is_new=is_new)
            now[deal_id] = deal
            seen.add(deal_id)
    moves.setdefault("start", amounts(now.values(), view.has_in_pipeline))
    moves["end"] = amounts(now.values(), view.has_in_pipeline)
    shown = pipeline["movement"]
    assert datetime.fromisoformat(shown["since"]) == since
    assert (datetime.fromisoformat(shown["from"]), datetime.fromisoformat(shown["to"])) == (begins, ends)
    names = ("start", "created", "moved_in", "increases", "decreases", "pushed_out", "won", "lost", "removed", "end")
    assert {name: pair(shown[name]) for name in names} == {
        name: (len(moves[name]), sum(moves[name], Decimal(0))) for name in names
    }
    assert pipeline["stage_changes"] == {"forward": stages["forward"], "backward": stages["backward"]}
    check_balance(shown)


def amounts(deals: Iterable[Opportunity | None], is_in: Callable[[Opportunity | None], bool]) -> list[Decimal]:
    return [(deal.amount or Decimal(0)) for deal in deals if deal is not None and is_in(deal)]


def follow(
    moves: dict[str, list[Decimal]],
    stages: Counter[str],
    before: Opportunity | None,
    after: Opportunity | None,
    view: View,
    *,
    is_new: bool,
) -> None:
    was_in, is_in = view.has_in_pipeline(before), view.has_in_pipeline(after)
    amount = ((after or before).amount if after or before else None) or Decimal(0)
    if was_in and before is not None:
        gain = amount - (before.amount or Decimal(0))
        if gain:
            moves["increases" if gain > 0 else "decreases"].append(abs(gain))
        if after is not None and view.outcome(after) in ("open", "won") and view.rank(after) != view.rank(before):
            stages["forward" if view.rank(after) > view.rank(before) else "backward"] += 1
        if not is_in:
            moves[LEAVING[view.outcome(after) if after is not None else ""]].append(amount)
    elif is_in:
        moves["created" if is_new else "moved_in"].append(amount)


def check_balance(shown: dict) -> None:
    """Assert that the parts of a movement add up to its end, in money to the cent."""
    coming, going = ("start", "created", "moved_in"), ("pushed_out", "won", "lost", "removed")
    count = sum(shown[name]["count"] for name in coming) - sum(shown[name]["count"] for name in going)
    assert count == shown["end"]["count"]
    grown = [*coming, "increases"]
    shrunk = [*going, "decreases"]
    amount = sum(Decimal(shown[name]["amount"]) for name in grown)
    assert amount - sum(Decimal(shown[name]["amount"]) for name in shrunk) == Decimal(shown["end"]["amount"])
