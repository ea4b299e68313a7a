"""The figures of deals, declared: what they mean, read and leave out, and which records they are made of."""

from __future__ import annotations

from partner_portal.reports.metric import Measure, Metric, Selection, Subject, Unit


def _deals(where: str, dated: str | None = None) -> Selection:
    return Selection(Subject.DEALS, where, dated)


def _created(where: str = "TRUE") -> Selection:
    return _deals(where, "created_on")


_OPEN = _deals("outcome = 'open'")
_WON = _deals("outcome = 'won'", "ended_on")
_LOST = _deals("outcome = 'lost'", "ended_on")
_DECIDED = _deals("outcome <> 'open'", "ended_on")
_CYCLE = _deals("outcome = 'won' AND cycle_days IS NOT NULL", "ended_on")

_CREATED = ("Opportunities.createDate", "Opportunities.stage", "Opportunities.status", "Opportunities.amount")
_ENDED = ("Opportunities.status", "Opportunities.stage", "Opportunities.closedDate", "Opportunities.lostDate")
_PROBABLE = ("Opportunities.status", "Opportunities.stage", "Opportunities.amount", "Opportunities.probability")


def _step(key: str, rank: int) -> Metric:
    return Metric(
        f"funnel_{key}",
        key.capitalize(),
        Unit.COUNT,
        f"Opportunities created in the period whose stage ranks {rank} or higher. A stage's rank is its id where all "
        "of the tenant's stage ids lie in 0-5, else what the mapping of stages says.",
        ("Opportunities.createDate", "Opportunities.stage", "Opportunities.ownerResourceID"),
        "Opportunities created outside of the period, wherever they stand now.",
        (f"funnel.{key}.count", f"funnel.{key}.previous.count"),
        _created(f"rank >= {rank}"),
    )


def _step_amount(key: str, where: str) -> Metric:
    return Metric(
        f"funnel_{key}_amount",
        f"{key.replace('_', ' ').capitalize()}, amount",
        Unit.MONEY,
        "Sum of the amounts of the funnel step's opportunities.",
        _CREATED,
        "Opportunities without amount add nothing.",
        (f"funnel.{key}.amount", f"funnel.{key}.previous.amount"),
        _created(where),
        Measure.SUM,
        "amount",
    )


DEAL_METRICS: tuple[Metric, ...] = (
    Metric(
        "funnel_prospects",
        "Prospects",
        Unit.COUNT,
        "Opportunities created in the period.",
        ("Opportunities.createDate", "Opportunities.ownerResourceID"),
        "Opportunities without createDate.",
        ("funnel.prospects.count", "funnel.prospects.previous.count", "conversion_rate.of", "by_owner[].created"),
        _created(),
    ),
    _step("contacted", 1),
    _step("qualified", 2),
    _step("proposal", 3),
    Metric(
        "funnel_closed_won",
        "Closed won",
        Unit.COUNT,
        "Opportunities created in the period that are won now: status 3 (Closed) or 4 (Implemented); in the guide's "
        "dialect stage rank 5.",
        _CREATED,
        "Deals won in the period but created before it; the pipeline counts those.",
        (
            "funnel.closed_won.count",
            "funnel.closed_won.previous.count",
            "conversion_rate.won",
            "pipeline.cohort_win_rate.won",
        ),
        _created("outcome = 'won'"),
    ),
    *(
        _step_amount(*step)
        for step in (
            ("prospects", "TRUE"),
            ("contacted", "rank >= 1"),
            ("qualified", "rank >= 2"),
            ("proposal", "rank >= 3"),
            ("closed_won", "outcome = 'won'"),
        )
    ),
    Metric(
        "funnel_share",
        "Share of prospects",
        Unit.RATE,
        "A step's count / prospects; not known for 0 of 0.",
        _CREATED,
        "Nothing beyond what the step leaves out.",
        ("funnel[].share",),
        _created(),
        Measure.SHARE,
    ),
    Metric(
        "funnel_conversion",
        "Conversion from the step before",
        Unit.RATE,
        "A step's count / the count of the step before it; not known for the first step and for 0 of 0.",
        _CREATED,
        "Nothing beyond what the steps leave out.",
        ("funnel[].conversion",),
        _created(),
        Measure.SHARE,
    ),
    Metric(
        "conversion_rate",
        "Conversion rate",
        Unit.RATE,
        "Closed won / prospects, both of opportunities created in the period; not known for 0 of 0.",
        _CREATED,
        "Opportunities created outside of the period.",
        ("conversion_rate.rate",),
        _created(),
        Measure.SHARE,
        part="funnel_closed_won",
    ),
    Metric(
        "cohort_decided",
        "Decided of the cohort",
        Unit.COUNT,
        "Opportunities created in the period that are won or lost by now, whenever that was.",
        _CREATED,
        "Those still open, which are counted apart, and statuses that are neither open nor ended.",
        ("pipeline.cohort_win_rate.of",),
        _created("outcome <> 'open'"),
    ),
    Metric(
        "cohort_open",
        "Open of the cohort",
        Unit.COUNT,
        "Opportunities created in the period that are still open: the cohort win rate may change with each of them.",
        _CREATED,
        "Statuses that are neither open nor ended.",
        ("pipeline.cohort_win_rate.open",),
        _created("outcome = 'open'"),
    ),
    Metric(
        "cohort_win_rate",
        "Cohort win rate",
        Unit.RATE,
        "Won / (won + lost) of the opportunities created in the period, by what became of them up to now; not known "
        "for 0 of 0. The close rate is that of the deals that ended in the period, whenever created.",
        _CREATED,
        "Opportunities of the cohort that are still open.",
        ("pipeline.cohort_win_rate.rate",),
        _created("outcome <> 'open'"),
        Measure.SHARE,
        part="funnel_closed_won",
    ),
    Metric(
        "open_deals",
        "Open deals",
        Unit.COUNT,
        "Opportunities that are open now, whenever created: status 1 (Active); in the guide's dialect those neither "
        "won nor lost.",
        ("Opportunities.status", "Opportunities.stage"),
        "Statuses besides 1 to 4, which are neither open nor ended.",
        ("pipeline.open.count", "pipeline.open_by_stage[].count", "by_owner[].open"),
        _OPEN,
    ),
    Metric(
        "open_amount",
        "Open pipeline",
        Unit.MONEY,
        "Sum of the amounts of open deals.",
        ("Opportunities.status", "Opportunities.stage", "Opportunities.amount"),
        "Open deals without amount add nothing.",
        ("pipeline.open.amount", "pipeline.open_by_stage[].amount", "by_owner[].open_amount"),
        _OPEN,
        Measure.SUM,
        "amount",
    ),
    Metric(
        "weighted_amount",
        "Weighted pipeline",
        Unit.MONEY,
        "Sum of amount x probability / 100 over open deals that have a probability.",
        _PROBABLE,
        "Open deals without probability, which are counted apart.",
        ("pipeline.open.weighted_amount", "pipeline.open_by_stage[].weighted_amount"),
        _deals("outcome = 'open' AND probability IS NOT NULL"),
        Measure.SUM,
        "amount_by_percent",
    ),
    Metric(
        "open_without_probability",
        "Open deals without probability",
        Unit.COUNT,
        "Open deals that have no probability.",
        _PROBABLE,
        "Deals with a probability of 0.",
        ("pipeline.open.without_probability",),
        _deals("outcome = 'open' AND probability IS NULL"),
    ),
    Metric(
        "won",
        "Won deals",
        Unit.COUNT,
        "Deals won with a closedDate in the period: status 3 or 4; in the guide's dialect stage rank 5.",
        _ENDED,
        "Won deals without closedDate.",
        (
            "pipeline.won.count",
            "pipeline.won.previous.count",
            "pipeline.close_rate.won",
            "pipeline.close_rate.previous.won",
            "by_owner[].won",
            "ratios.activities_per_won.per",
            "ratios.appointments_per_won.per",
            "ratios.calls_per_won.per",
        ),
        _WON,
    ),
    Metric(
        "won_amount",
        "Won",
        Unit.MONEY,
        "Sum of the amounts of deals won in the period.",
        (*_ENDED, "Opportunities.amount", "Opportunities.ownerResourceID"),
        "Won deals without closedDate; deals without amount add nothing.",
        ("pipeline.won.amount", "pipeline.won.previous.amount", "by_owner[].won_amount"),
        _WON,
        Measure.SUM,
        "amount",
    ),
    Metric(
        "lost",
        "Lost deals",
        Unit.COUNT,
        "Deals with status 2 (Lost) and a lostDate, else a closedDate, in the period.",
        _ENDED,
        "Lost deals without either date; in the guide's dialect those in stage 5.",
        ("pipeline.lost.count", "pipeline.lost.previous.count", "by_owner[].lost"),
        _LOST,
    ),
    Metric(
        "lost_amount",
        "Lost",
        Unit.MONEY,
        "Sum of the amounts of deals lost in the period.",
        (*_ENDED, "Opportunities.amount"),
        "Lost deals without either date; deals without amount add nothing.",
        ("pipeline.lost.amount", "pipeline.lost.previous.amount"),
        _LOST,
        Measure.SUM,
        "amount",
    ),
    Metric(
        "undated_won_deals",
        "Won deals without a date",
        Unit.COUNT,
        "Deals won at any time that no period can hold, for want of a closedDate.",
        _ENDED,
        "Deals that have a closedDate.",
        ("pipeline.won.undated",),
        _deals("outcome = 'won' AND ended_on IS NULL"),
    ),
    Metric(
        "closed_deals",
        "Decided deals",
        Unit.COUNT,
        "Deals won + deals lost in the period.",
        _ENDED,
        "Deals without a date of their end.",
        (
            "pipeline.close_rate.of",
            "pipeline.close_rate.previous.of",
            "pipeline.win_loss_reasons[].count",
            "by_owner[].decided",
        ),
        _DECIDED,
    ),
    Metric(
        "closed_amount",
        "Decided deals, amount",
        Unit.MONEY,
        "Sum of the amounts of deals won and of deals lost in the period, which the report shows by their win or loss "
        "reason; those without one as not recorded.",
        (*_ENDED, "Opportunities.amount", "Opportunities.winReason", "Opportunities.lossReason"),
        "Deals without a date of their end; deals without amount add nothing.",
        ("pipeline.win_loss_reasons[].amount",),
        _DECIDED,
        Measure.SUM,
        "amount",
    ),
    Metric(
        "close_rate",
        "Close rate",
        Unit.RATE,
        "Won / (won + lost) in the period; not known for 0 of 0.",
        _ENDED,
        "Deals without a date of their end.",
        ("pipeline.close_rate.rate", "pipeline.close_rate.previous.rate", "by_owner[].close_rate"),
        _DECIDED,
        Measure.SHARE,
        part="won",
    ),
    Metric(
        "sales_cycle_mean",
        "Sales cycle, mean",
        Unit.DAYS,
        "Mean number of days from createDate to closedDate of the deals won in the period, by local dates.",
        (*_ENDED, "Opportunities.createDate"),
        "Won deals without createDate or closedDate.",
        ("pipeline.sales_cycle_days.mean",),
        _CYCLE,
        Measure.MEAN,
        "cycle_days",
    ),
    Metric(
        "sales_cycle_median",
        "Sales cycle, median",
        Unit.DAYS,
        "Median number of days from createDate to closedDate of the deals won in the period, by local dates; "
        "the mean of the two middle ones for an even number of deals.",
        (*_ENDED, "Opportunities.createDate"),
        "Won deals without createDate or closedDate.",
        ("pipeline.sales_cycle_days.median",),
        _CYCLE,
        Measure.MEDIAN,
        "cycle_days",
    ),
)
