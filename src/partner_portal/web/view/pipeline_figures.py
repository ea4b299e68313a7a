"""The key figures of the pipeline: what is open now, and what ended in the range."""

from __future__ import annotations

from dataclasses import replace

from partner_portal.web.view.cards import (
    DEALS_AND_DATES,
    Card,
    Detail,
    activity_sources,
    close_rate,
    is_compared,
    percent,
    reason_unknown,
)
from partner_portal.web.view.change import change
from partner_portal.web.view.figures import Figure, Figures

DEALS = DEALS_AND_DATES["deals"]


def cards_of_now(figures: Figures) -> tuple[Card, ...]:
    """What is open now, whatever the range: how much, what it is likely to bring, and what needs a look."""
    return (
        _money_card(figures, "open", "Open pipeline"),
        _card(
            figures,
            "weighted",
            "Weighted pipeline",
            figures.money("pipeline.open.weighted_amount"),
            Detail(figures.count("pipeline.open.without_probability"), "without a probability left out"),
        ),
        _revenue_card(figures, "open", "Open monthly revenue"),
        _overdue(figures),
        _stale(figures),
        _money_card(figures, "unprojected", "No projected close"),
    )


def cards_of_range(figures: Figures) -> tuple[Card, ...]:
    """What ended in the range, and what became of the deals created in it."""
    return (
        _won(figures),
        _ended(figures, "lost", "Lost"),
        close_rate(figures),
        _cohort(figures),
        _sales_cycle(figures),
        _revenue_card(figures, "won", "Won monthly revenue"),
    )


def _card(figures: Figures, key: str, title: str, figure: Figure, *details: Detail) -> Card:
    """The card of a figure that is known wherever opportunities were read."""
    return Card(key, title, figure, details, reason=reason_unknown(figures, figure.path, DEALS))


def _money_card(figures: Figures, key: str, title: str, *more: Detail) -> Card:
    """The card of an amount and of how many deals it is made of."""
    count = figures.count(f"pipeline.{key}.count")
    deals = Detail(count, "deal" if count.raw == "1" else "deals")
    return _card(figures, key, title, figures.money(f"pipeline.{key}.amount"), deals, *more)


def _revenue_card(figures: Figures, key: str, title: str) -> Card:
    """Monthly revenue, with the one-time revenue that is never added to it."""
    onetime = Detail(figures.money(f"pipeline.{key}.onetime_revenue"), "one-time, apart")
    return _card(figures, f"{key}_revenue", title, figures.money(f"pipeline.{key}.monthly_revenue"), onetime)


def _sales_cycle(figures: Figures) -> Card:
    """Without a deal won in the range there is none, which is no want of data."""
    return Card(
        "sales_cycle",
        "Sales cycle, median",
        figures.days("pipeline.sales_cycle_days.median"),
        details=(Detail(figures.days("pipeline.sales_cycle_days.mean"), "on average"),),
        reason=reason_unknown(figures, "pipeline.won.count", DEALS),
    )


def _overdue(figures: Figures) -> Card:
    card = _money_card(figures, "overdue", "Overdue")
    return replace(card, words="projected to close before today")


def _stale(figures: Figures) -> Card:
    entities = (*DEALS, *activity_sources(figures.document))
    days = Detail(figures.count("pipeline.stale.after_days"), "days or more without activity")
    card = _money_card(figures, "stale", "Stale", days)
    return replace(card, reason=reason_unknown(figures, card.figure.path, entities))


def _ended(figures: Figures, key: str, title: str, *more: Detail) -> Card:
    card = _money_card(figures, key, title, *more)
    before = figures.money(f"pipeline.{key}.previous.amount")
    return replace(card, change=change(card.figure, before, is_compared=is_compared(figures)))


def _won(figures: Figures) -> Card:
    undated = figures.count("pipeline.won.undated")
    without = (Detail(undated, "without a date, in no range"),) if undated.raw not in {"", "0"} else ()
    return _ended(figures, "won", "Won", *without)


def _cohort(figures: Figures) -> Card:
    """What became of the deals that were created in the range, whenever that was."""
    place = "pipeline.cohort_win_rate"
    won, decided = figures.count(f"{place}.won"), figures.count(f"{place}.of")
    return Card(
        "cohort_win_rate",
        "Cohort win rate",
        figures.rate(f"{place}.rate"),
        details=(
            Detail(won, "of", Detail(decided, "decided")),
            Detail(figures.count(f"{place}.open"), "still open"),
        ),
        meter=percent(figures.value(f"{place}.rate")),
        reason=reason_unknown(figures, won.path, DEALS),
    )
