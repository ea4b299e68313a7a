"""Conditions that confine a statement to a question's periods.

A column that places a record in time holds a UTC instant (its name ends in `_at`) or a local date (`_on`).
"""

from __future__ import annotations

from partner_portal.reports.dates import Span
from partner_portal.reports.localtime import is_plain_date_sql, local_date_sql
from partner_portal.reports.question import Frame


def is_now(column: str | None) -> str:
    """SQL for "`column` lies in the period"; always true of what counts whatever the period."""
    if column is None:
        return "TRUE"
    if column.endswith("_on"):
        return f"({column} BETWEEN $start AND $end)"
    return f"({column} >= $starts_at AND {column} < $ends_at)"


def is_dated_now(column: str, local: Span | None) -> str:
    """SQL for "the date in the date-only field `column` lies in the period", without working out the date.

    `local` is where those of its values lie that are to be taken locally; None where all are plain dates.
    """
    return _is_dated(column, "", local)


def is_dated_earlier(column: str, local: Span | None, frame: Frame) -> str:
    """SQL for "the date in `column` lies in the comparison period" likewise; never true without comparison."""
    return "FALSE" if frame.comparison is None else _is_dated(column, "earlier_", local)


def _is_dated(column: str, period: str, local: Span | None) -> str:
    begins, ends = f"CAST(${period}start AS TIMESTAMP)", f"CAST(${period}end AS TIMESTAMP) + INTERVAL '1 day'"
    if local is None:
        return f"({column} >= {begins} AND {column} < {ends})"
    # What no index can answer is asked of those only that may lie in the period.
    roughly = f"{column} >= LEAST({begins}, ${period}starts_at) AND {column} < GREATEST({ends}, ${period}ends_at)"
    plain = is_plain_date_sql(column)
    begins = f"CASE WHEN {plain} THEN {begins} ELSE ${period}starts_at END"
    ends = f"CASE WHEN {plain} THEN {ends} ELSE ${period}ends_at END"
    return f"({roughly} AND {column} >= {begins} AND {column} < {ends})"


def is_earlier(column: str | None, frame: Frame) -> str:
    """SQL for "`column` lies in the comparison period"; never true without comparison."""
    if frame.comparison is None or column is None:
        return "FALSE"
    if column.endswith("_on"):
        return f"({column} BETWEEN $earlier_start AND $earlier_end)"
    return f"({column} >= $earlier_starts_at AND {column} < $earlier_ends_at)"


def in_span(column: str, frame: Frame) -> str:
    """SQL for "`column` lies in either period"."""
    return f"({is_now(column)} OR {is_earlier(column, frame)})" if frame.comparison else is_now(column)


def day_of(column: str, frame: Frame) -> str:
    """SQL for the local date of an instant of the period."""
    return local_date_sql(column, frame.zone, *frame.instants)
