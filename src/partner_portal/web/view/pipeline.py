"""The Pipeline page: everything its template prints, from one document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partner_portal.web.view.attention import Attention, attention
from partner_portal.web.view.cards import DEALS_AND_DATES, Card, reason_unknown
from partner_portal.web.view.figures import Figures
from partner_portal.web.view.funnel import Funnel, funnel
from partner_portal.web.view.moments import Moment, near_moment
from partner_portal.web.view.pipeline_figures import cards_of_now, cards_of_range
from partner_portal.web.view.pipeline_months import Months, projected_months
from partner_portal.web.view.pipeline_movement import Movement, movement
from partner_portal.web.view.pipeline_ratios import Ratio, ratios
from partner_portal.web.view.pipeline_reasons import Reasons, reasons
from partner_portal.web.view.pipeline_stages import Stages, open_stages


@dataclass(frozen=True)
class PipelinePage:
    """The page's numbers, part by part.

    `open_cards`, `stages` and `months` hold for now, whatever the range; the others go by the range. `read_at` is when
    opportunities were last read, None before; `unknown` says why nothing of deals can be shown, "" when it can.
    `has_data` says that anything was ever read.
    """

    read_at: Moment | None
    unknown: str
    open_cards: Sequence[Card]
    range_cards: Sequence[Card]
    stages: Stages
    months: Months
    movement: Movement
    funnel: Funnel
    reasons: Sequence[Reasons]
    ratios: Sequence[Ratio]
    attention: Sequence[Attention]
    has_data: bool


def pipeline_page(figures: Figures, now: datetime) -> PipelinePage:
    """The page over `figures`' document as seen at `now` (aware)."""
    document = figures.document
    zone = ZoneInfo(document["organization"]["time_zone"])
    return PipelinePage(
        read_at=_read_at(figures, now, zone),
        unknown=reason_unknown(figures, "pipeline.open.count", DEALS_AND_DATES["deals"]),
        open_cards=cards_of_now(figures),
        range_cards=cards_of_range(figures),
        stages=open_stages(figures),
        months=projected_months(figures, now.astimezone(zone).date()),
        movement=movement(figures, now, zone),
        funnel=funnel(figures),
        reasons=tuple(reasons(figures, outcome) for outcome in ("won", "lost")),
        ratios=ratios(figures),
        attention=attention(document),
        has_data=document["data"]["as_of"] is not None,
    )


def _read_at(figures: Figures, now: datetime, zone: ZoneInfo) -> Moment | None:
    sources = figures.document["data"]["sources"]
    read = [source["as_of"] for source in sources if source["entity"] in DEALS_AND_DATES["deals"]]
    return near_moment(read[0], now, zone) if read and read[0] else None
