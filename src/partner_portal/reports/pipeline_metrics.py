"""The figures of the pipeline, declared: what is open and when it should close, what rests, and how it moved."""

from __future__ import annotations

from partner_portal.reports.metric import Measure, Metric, Selection, Subject, Unit

_STATE = ("Opportunities.status", "Opportunities.stage")
_PROJECTED = (*_STATE, "Opportunities.projectedCloseDate")
_WITHOUT_AMOUNT = "Deals without amount add nothing."


def _open(where: str) -> Selection:
    return Selection(Subject.DEALS, f"outcome = 'open' AND {where}", None)


def _revenue(slug: str, title: str, kind: str, figure: str, selection: Selection, reads: tuple[str, ...]) -> Metric:
    return Metric(
        f"{slug}_{kind}_revenue",
        f"{title}, {'one-time' if kind == 'onetime' else 'monthly'} revenue",
        Unit.MONEY,
        f"Sum of the {'one-time' if kind == 'onetime' else 'monthly'} revenue of these deals, as Autotask has it.",
        (*reads, f"Opportunities.{kind}Revenue"),
        "Deals without it add nothing; one-time and monthly revenue are never added up.",
        (f"{figure}.{kind}_revenue",),
        selection,
        Measure.SUM,
        f"{kind}_revenue",
    )


_WON = Selection(Subject.DEALS, "outcome = 'won'", "ended_on")

REVENUE_METRICS: tuple[Metric, ...] = tuple(
    _revenue(slug, title, kind, figure, selection, reads)
    for slug, title, figure, selection, reads in (
        ("open", "Open pipeline", "pipeline.open", _open("TRUE"), _STATE),
        ("won", "Won", "pipeline.won", _WON, (*_STATE, "Opportunities.closedDate")),
    )
    for kind in ("onetime", "monthly")
)


def _counted_and_summed(
    slug: str,
    title: str,
    figure: str,
    selection: Selection,
    *,
    formula: str,
    exclusions: str,
    reads: tuple[str, ...],
    sums: tuple[str, str] = ("amount", "Sum of the amounts of these deals."),
) -> tuple[Metric, Metric]:
    """A number of deals and what they are worth; `sums` is the column that is summed, and the sum in words."""
    column, summed = sums
    amount_reads = (*reads, "Opportunities.amount") if "Opportunities.amount" not in reads else reads
    return (
        Metric(f"{slug}_deals", title, Unit.COUNT, formula, reads, exclusions, (f"{figure}.count",), selection),
        Metric(
            f"{slug}_amount",
            f"{title}, amount",
            Unit.MONEY,
            f"{formula} {summed}",
            amount_reads,
            f"{exclusions} {_WITHOUT_AMOUNT}",
            (f"{figure}.amount",),
            selection,
            Measure.SUM,
            column,
        ),
    )


_AHEAD = _open("projected_on >= $today")

PROJECTED_METRICS: tuple[Metric, ...] = (
    *_counted_and_summed(
        "projected",
        "Projected to close",
        "pipeline.projected_close[]",
        _AHEAD,
        formula="Open deals whose projected close date is today or later, by the month of that date.",
        exclusions="Overdue deals and deals without a projected date, which are counted apart: the three make up the "
        "open pipeline.",
        reads=_PROJECTED,
    ),
    Metric(
        "projected_weighted_amount",
        "Projected to close, weighted",
        Unit.MONEY,
        "Sum of amount x probability / 100 over these deals, by the month of their projected close date.",
        (*_PROJECTED, "Opportunities.amount", "Opportunities.probability"),
        "Overdue deals, deals without a projected date, and deals without probability.",
        ("pipeline.projected_close[].weighted_amount",),
        _open("projected_on >= $today AND probability IS NOT NULL"),
        Measure.SUM,
        "amount_by_percent",
    ),
    *_counted_and_summed(
        "overdue",
        "Overdue deals",
        "pipeline.overdue",
        _open("projected_on < $today"),
        formula="Open deals whose projected close date lies before today, whatever the period.",
        exclusions="Deals projected to close today.",
        reads=_PROJECTED,
    ),
    *_counted_and_summed(
        "unprojected",
        "Deals without a projected close",
        "pipeline.unprojected",
        _open("projected_on IS NULL"),
        formula="Open deals that have no projected close date, whatever the period.",
        exclusions="Deals that are won, lost, or of another status.",
        reads=_PROJECTED,
    ),
)

STALE_METRICS: tuple[Metric, ...] = _counted_and_summed(
    "stale",
    "Stale deals",
    "pipeline.stale",
    Selection(Subject.STALE_DEALS, "TRUE", None),
    formula="Open deals whose last activity, whoever's it was, is N or more local days ago or not there at all; N is "
    "30 or what the organization's mapping says for all stages or for one.",
    exclusions="Deals created less than N days ago. Deals that something is planned for: an open to-do of the deal "
    "that starts today or later, in the guide's dialect such a task; Autotask's appointments name no deal.",
    reads=(
        *_STATE,
        "Opportunities.createDate",
        "CompanyNotes.opportunityID",
        "CompanyNotes.startDateTime",
        "CompanyNotes.completedDateTime",
        "CompanyNotes.createDateTime",
        "CompanyToDos.opportunityID",
        "CompanyToDos.startDateTime",
        "CompanyToDos.completedDate",
        "CompanyToDos.createDateTime",
        "Tasks.opportunityID",
        "Tasks.createDateTime",
        "Tasks.startDateTime",
        "Tasks.completedDateTime",
    ),
)

_OF_WHOM = ("Opportunities.ownerResourceID", "Opportunities.companyID", "Opportunities.opportunityCategoryID")
_MOVED = (*_PROJECTED, "Opportunities.amount", *_OF_WHOM)
_PIPELINE = "the period's pipeline (open deals projected to close within the period)"


def _moves(
    key: str, title: str, where: str, formula: str, exclusions: str, column: str = "amount"
) -> tuple[Metric, ...]:
    summed = {
        "amount": "Sum of the amounts that the deals had then.",
        "gain": "Sum of what they gained.",
        "loss": "Sum of what they lost.",
    }
    return _counted_and_summed(
        f"movement_{key}",
        title,
        f"pipeline.movement.{key}",
        Selection(Subject.CHANGES, where, None),
        formula=formula,
        exclusions=exclusions,
        reads=_MOVED,
        sums=(column, summed[column]),
    )


_NO_EARLIER = "What happened before the first sync: Autotask has no history, it is recorded as changes are seen."
_TODAYS_MEANING = "Stages and statuses count as the mapping means them today."

MOVEMENT_METRICS: tuple[Metric, ...] = (
    *_moves(
        "start",
        "Pipeline at the start",
        "is_start",
        f"Deals of {_PIPELINE} at its start, or when the history of deals begins.",
        f"{_TODAYS_MEANING}",
    ),
    *_moves(
        "created",
        "Created",
        "is_entry AND is_new",
        f"Deals that were seen for the first time in {_PIPELINE}, and created in the period.",
        f"{_NO_EARLIER} Deals that were already decided when first seen.",
    ),
    *_moves(
        "moved_in",
        "Moved in",
        "is_entry AND NOT is_new",
        f"Each time that a deal came into {_PIPELINE} in another way: its projected date moved into the period, it was "
        "opened again, or it came to the owner, team, company or category that is asked for.",
        _NO_EARLIER,
    ),
    *_moves(
        "increases",
        "Increases",
        "gain > 0",
        f"Each rise of the amount of a deal in {_PIPELINE}, one seen together with its leaving included.",
        _NO_EARLIER,
        "gain",
    ),
    *_moves(
        "decreases",
        "Decreases",
        "loss > 0",
        f"Each fall of the amount of a deal in {_PIPELINE}, one seen together with its leaving included.",
        _NO_EARLIER,
        "loss",
    ),
    *_moves(
        "pushed_out",
        "Pushed out",
        "is_exit AND outcome = 'open'",
        f"Each time that a deal left {_PIPELINE} and stayed open: its projected date moved out of the period, or it "
        "came to an owner, company or category that is not asked for or is left out by the mapping.",
        _NO_EARLIER,
    ),
    *_moves(
        "won",
        "Won out of the pipeline",
        "is_exit AND outcome = 'won'",
        f"Each time that a deal left {_PIPELINE} as won, when that was seen.",
        "Deals won that were not in it, and those won before the first sync.",
    ),
    *_moves(
        "lost",
        "Lost out of the pipeline",
        "is_exit AND outcome = 'lost'",
        f"Each time that a deal left {_PIPELINE} as lost, when that was seen.",
        "Deals lost that were not in it, and those lost before the first sync.",
    ),
    *_moves(
        "removed",
        "Removed",
        "is_exit AND outcome IS NULL",
        f"Each time that a deal left {_PIPELINE} without an end: it vanished from Autotask, or has a status that is "
        "neither open, won nor lost.",
        _NO_EARLIER,
    ),
    *_moves(
        "end",
        "Pipeline at the end",
        "is_end",
        f"Deals of {_PIPELINE} at its end, or when opportunities were last read: start + created + moved in + increases"
        " - decreases - pushed out - won - lost - removed.",
        f"{_TODAYS_MEANING}",
    ),
    Metric(
        "stages_forward",
        "Stages forward",
        Unit.COUNT,
        f"Changes of stage of deals in {_PIPELINE} to one of a higher rank.",
        (*_PROJECTED, *_OF_WHOM),
        f"{_NO_EARLIER} Changes by which the deal was lost.",
        ("pipeline.stage_changes.forward",),
        Selection(Subject.CHANGES, "is_step AND outcome <> 'lost' AND rank > rank_before", None),
    ),
    Metric(
        "stages_backward",
        "Stages backward",
        Unit.COUNT,
        f"Changes of stage of deals in {_PIPELINE} to one of a lower rank.",
        (*_PROJECTED, *_OF_WHOM),
        f"{_NO_EARLIER} Changes by which the deal was lost.",
        ("pipeline.stage_changes.backward",),
        Selection(Subject.CHANGES, "is_step AND outcome <> 'lost' AND rank < rank_before", None),
    ),
)

PIPELINE_METRICS: tuple[Metric, ...] = (*REVENUE_METRICS, *PROJECTED_METRICS, *STALE_METRICS, *MOVEMENT_METRICS)
