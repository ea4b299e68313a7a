"""Conditions that confine a statement to a question's periods and owner."""

from __future__ import annotations

from partner_portal.reports.localtime import local_date_sql
from partner_portal.reports.question import Frame


def is_now(column: str) -> str:
    """SQL for "the instant in `column` lies in the period"."""
    return f"({column} >= $starts_at AND {column} < $ends_at)"


def is_earlier(column: str, frame: Frame) -> str:
    """SQL for "the instant in `column` lies in the comparison period"; never true without comparison."""
    return f"({column} >= $earlier_starts_at AND {column} < $earlier_ends_at)" if frame.comparison else "FALSE"


def in_span(column: str, frame: Frame) -> str:
    """SQL for "the instant in `column` lies in either period"."""
    return f"({is_now(column)} OR {is_earlier(column, frame)})" if frame.comparison else is_now(column)


def is_owner(column: str, frame: Frame) -> str:
    """SQL for "the row belongs to the owner asked for"; always true when nobody was."""
    return "TRUE" if frame.question.owner_id is None else f"{column} = $owner_id"


def day_of(column: str, frame: Frame) -> str:
    """SQL for the local date of an instant of the period."""
    return local_date_sql(column, frame.zone, *frame.instants)
